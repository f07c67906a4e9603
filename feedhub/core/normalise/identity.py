"""Which entry is which: an identity for each entry of a document, the same at the next poll.

Sources give one guid to all entries, none at all, or the same entry twice, so a guid counts only
where it is unique in its document; after it the address, after that what the entry says.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from feedhub.core.normalise.dates import is_fixed, parse_time
from feedhub.core.normalise.urls import canonical_url, is_uri
from feedhub.model import ParsedEntry

_LONGEST_GUID = 400
_START_OF_TEXT = 200
# Two readings far apart and after every real date: a string that says another time in the second
# («10 минут назад») would give the entry a new identity at each poll.
_ONE_DAY = datetime(8999, 12, 1, tzinfo=UTC)
_ANOTHER_DAY = _ONE_DAY + timedelta(days=27)


class Identified(NamedTuple):
    """An entry with its identity within its source, and how that was found.

    `identity` begins with its kind ("guid:", "url:", "digest:"), so that kinds never collide.
    `uri` is the guid where that is the identity and fit to be published as an id; else None.
    """

    entry: ParsedEntry
    identity: str
    why: str
    canonical_url: str | None
    uri: str | None


class _Marks:
    """All by which an entry may be known; what few documents need is made when asked for.

    `guid`, `key` (the canonical address) and `brief` are "" where there is none.
    """

    def __init__(self, entry: ParsedEntry) -> None:
        self.entry = entry
        self.guid = (entry.guid or "").strip()
        self.key = (entry.url and canonical_url(entry.url)) or ""

    @cached_property
    def title(self) -> str:
        return _folded(self.entry.title)

    @cached_property
    def when(self) -> str:
        return _steady_time(self.entry)

    @cached_property
    def brief(self) -> str:
        """The digest of title and date."""
        return _digest((self.title, self.when)) if self.title and self.when else ""

    @cached_property
    def full(self) -> str:
        """The digest of title, date, start of the text and files."""
        said = (self.entry.content or self.entry.summary)[: 4 * _START_OF_TEXT]
        files = (file.url for file in self.entry.enclosures)
        return _digest((self.title, self.when, _folded(said)[:_START_OF_TEXT], *files))


def identify(entries: tuple[ParsedEntry, ...]) -> tuple[Identified, ...]:
    """Identify the entries of one document, in its order; an entry given twice comes back once.

    The guid counts where it is unique in the document, else the canonical address where that is,
    else a digest of title and date, with the start of the text where these do not tell enough.
    Digests are made only where they are needed: in few documents.
    """
    marks = _once([_Marks(entry) for entry in entries])
    guids = Counter(mark.guid for mark in marks)
    keys = Counter(mark.key for mark in marks)
    named = [_named(mark, guids[mark.guid], keys[mark.key]) for mark in marks]
    if None in named:
        briefs = Counter(mark.brief for mark in marks)
        pairs = zip(named, marks, strict=True)
        named = [one or _digested(mark, briefs[mark.brief]) for one, mark in pairs]
    found: dict[str, Identified] = {}
    for one in filter(None, named):
        found.setdefault(one.identity, one)
    return tuple(found.values())


def check(entry: ParsedEntry) -> None:
    """Raise whatever error `identify` could meet in an entry that no parser should have made."""
    mark = _Marks(entry)
    _digest((mark.brief, mark.full))
    _updated(entry)


def _named(mark: _Marks, guids: int, keys: int) -> Identified | None:
    """Identify by guid or address, by how many entries of the document share each."""
    if mark.guid and guids == 1:
        identity, why = guid_identity(mark.guid), "its guid"
        uri = mark.guid if is_uri(mark.guid) else None
        return _identified(mark, identity, why, uri)
    if mark.key and keys == 1:
        why = f"its address: {_lack('guid', mark.guid)}"
        return _identified(mark, f"url:{mark.key}", why)
    return None


def _digested(mark: _Marks, briefs: int) -> Identified:
    digest = mark.brief if mark.brief and briefs == 1 else mark.full
    return _identified(mark, f"digest:{digest}", f"title and date: {_lacks(mark)}")


def _identified(mark: _Marks, identity: str, why: str, uri: str | None = None) -> Identified:
    return Identified(
        entry=mark.entry, identity=identity, why=why, canonical_url=mark.key or None, uri=uri
    )


def _lack(name: str, value: str) -> str:
    return f"the {name} repeats in the document" if value else f"it has no {name}"


def _lacks(mark: _Marks) -> str:
    if not mark.guid and not mark.key:
        return "neither guid nor address"
    return f"{_lack('guid', mark.guid)}, and {_lack('address', mark.key)}"


def _once(marks: list[_Marks]) -> list[_Marks]:
    """Leave one of each entry that stands twice, the later updated one, at the first's place."""
    shared = Counter((mark.guid, mark.key) for mark in marks)
    kept: dict[tuple[str, ...], _Marks] = {}
    for mark in marks:
        place: tuple[str, ...] = (mark.guid, mark.key)
        if shared[mark.guid, mark.key] > 1:
            place = (*place, _sameness(mark))
        kept[place] = _later(kept[place], mark) if place in kept else mark
    return list(kept.values())


def _sameness(mark: _Marks) -> str:
    """Return what two entries share when they are one, beside guid and address: the title.

    Without a guid, an address or a title to tell by, the digest of all must be the same.
    """
    is_named = mark.guid and mark.key and mark.title
    return f"title {mark.title}" if is_named else f"digest {mark.full}"


def _later(first: _Marks, second: _Marks) -> _Marks:
    before, after = _updated(first.entry), _updated(second.entry)
    return second if before and after and after > before else first


def _updated(entry: ParsedEntry) -> datetime | None:
    return entry.updated_at or parse_time(entry.updated, zone=UTC, now=_ONE_DAY).instant


def _steady_time(entry: ParsedEntry) -> str:
    """Return the entry's own date in one spelling; "" for one that moves with the day of reading."""
    if entry.published_at:
        return entry.published_at.astimezone(UTC).isoformat()
    one = parse_time(entry.published, zone=UTC, now=_ONE_DAY).instant
    if one is None:
        return _folded(entry.published or "")
    if is_fixed(entry.published):
        return one.isoformat()
    another = parse_time(entry.published, zone=UTC, now=_ANOTHER_DAY).instant
    return one.isoformat() if one == another else ""


def guid_identity(guid: str) -> str:
    """Return the guid as it is, or its start and a digest where it is too long for a column."""
    if len(guid) <= _LONGEST_GUID and guid.isprintable():
        return f"guid:{guid}"
    start = "".join(char for char in guid[:_LONGEST_GUID] if char.isprintable())
    return f"guid:{start[:300]}…{_digest((guid,))}"


def _digest(parts: Iterable[str]) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:32]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:1000]).casefold().split())
