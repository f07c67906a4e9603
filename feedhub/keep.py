"""The last reach of the river, shared by its two springs: decide, give addresses, store.

Agency entries come here from `ingest`, local articles from `editorial`; from here on nobody can
tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit

from feedhub.core.decide import decide
from feedhub.core.decide.match import likeness
from feedhub.core.text.slug import slugify
from feedhub.model import Change, Entry, Insert, KnownEntry, Skip, Update
from feedhub.store import Connection, Store, entries, lookup
from feedhub.store.entries import Writing
from feedhub.store.tags import WantedTag

LATELY = timedelta(days=14)
"""How far back entries are recognised by their titles when a source is read elsewhere."""


def keep(
    conn: Connection,
    store: Store,
    source: str,
    refined: Sequence[Entry],
    *,
    base_url: str,
    now: datetime,
    is_first_poll: bool = False,
    previous: datetime | None = None,
    seen: Sequence[str] = (),
    more: Sequence[Change] = (),
    is_elsewhere: bool = False,
) -> tuple[Change, ...]:
    """Decide on a source's entries and write what follows, with `more` changes of the caller.

    `previous` is when the document before this one was read, `seen` are the identities of entries
    that stood in the document and said nothing new. `is_elsewhere`: it, or the one before it, was
    read at another address than the source's own, so that entries may be known by other names.
    Works within the caller's transaction; returns every change with its reason.
    """
    known = _known(conn, source, refined, seen)
    decided = decide(
        refined,
        known,
        now=now,
        is_first_poll=is_first_poll,
        also_here=frozenset(seen),
        previous=previous,
        titled=_titled(conn, source, refined, now) if is_elsewhere else {},
    )
    changes = (*decided, *_skipped(seen, known), *more)
    writing = Writing(
        now=now, words=store.words, authority=authority(base_url), tags=_tags_of(changes)
    )
    entries.apply(conn, source, changes, writing)
    return changes


def _known(
    conn: Connection, source: str, refined: Sequence[Entry], seen: Sequence[str]
) -> tuple[KnownEntry, ...]:
    return lookup.known(
        conn,
        source,
        identities=chain((entry.identity for entry in refined), seen),
        canonical_urls=(entry.canonical_url for entry in refined if entry.canonical_url),
        likenesses=(likeness(entry) for entry in refined),
    )


def _titled(
    conn: Connection, source: str, refined: Sequence[Entry], now: datetime
) -> dict[str, KnownEntry]:
    titles = {entry.title for entry in refined}
    return lookup.under_titles(conn, source, titles, since=now - LATELY)


def _skipped(seen: Sequence[str], known: Iterable[KnownEntry]) -> Iterator[Skip]:
    numbers = {one.identity: one.number for one in known}
    for identity in seen:
        yield Skip(identity=identity, reason="said as before", number=numbers.get(identity))


def authority(base_url: str) -> str:
    """Return the host that stands in the ids we mint (RFC 4151: a domain name)."""
    return (urlsplit(base_url).hostname or "localhost").encode("idna").decode("ascii")


def wanted_tag(key: str, name: str) -> WantedTag:
    """Return a tag nobody has configured, described well enough to be made."""
    return WantedTag(key=key, name=name, slug=slugify(name))


def _tags_of(changes: Iterable[Change]) -> dict[str, WantedTag]:
    return {
        tagged.key: wanted_tag(tagged.key, tagged.name)
        for change in changes
        if isinstance(change, Insert | Update)
        for tagged in change.entry.tags
    }
