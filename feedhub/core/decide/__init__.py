"""Deciding without touching: a source's entries against what is known of them.

Every entry gets one answer with its reason. What keeps readers safe from floods is here: an
entry's id and time never move, and nothing that merely came in another order, with another date
or under another guid is new or updated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from feedhub.core.decide.match import likeness, matches
from feedhub.core.text.slug import slugify
from feedhub.model import LOCAL, Change, Entry, Insert, KnownEntry, Skip, Tagged, Update

A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
_NOBODY: Mapping[str, KnownEntry] = {}
RENAMED = "the source calls it by another name"
ELSEWHERE = "it stands here already, read at another address of this source"
REDATED = "the source gives it another time; the first one stays"


def decide(
    entries: Sequence[Entry],
    known: Iterable[KnownEntry],
    *,
    now: datetime,
    is_first_poll: bool,
    also_here: frozenset[str] = frozenset(),
    previous: datetime | None = None,
    titled: Mapping[str, KnownEntry] = _NOBODY,
) -> tuple[Change, ...]:
    """Return one change for each entry, in document order.

    `known` must hold what the store has under the entries' identities, canonical addresses and
    likenesses. `also_here` are the identities of entries that stand in the document too, but said
    nothing new; `previous` is when the document before this one was read. `titled` are known
    entries by title, where the source is read at another address, which gives other names and
    other words to the same news: they stay as they are.
    An identity that stands twice counts once: the store holds one entry under it.
    """
    pairs = matches(entries, tuple(known), also_here=also_here, previous=previous)
    floor = _floor(entries, now) if is_first_poll else None
    changes: list[Change] = []
    seen: set[str] = set()
    for entry, match in zip(entries, pairs, strict=True):
        if entry.identity in seen:
            changes.append(Skip(identity=entry.identity, reason="it stands twice in the document"))
        elif match is None and (same := _same_news(entry, titled)):
            changes.append(Skip(identity=entry.identity, reason=ELSEWHERE, number=same.number))
        elif match is None:
            changes.append(_insert(entry, now=now, floor=floor, is_first_poll=is_first_poll))
        else:
            changes.append(_compare(entry, match, now=now))
        seen.add(entry.identity)
    return tuple(changes)


def _same_news(entry: Entry, titled: Mapping[str, KnownEntry]) -> KnownEntry | None:
    """Return what is known under the entry's title, if the times say that it is the same news."""
    known = titled.get(entry.title) if entry.title else None
    if known is None or entry.published is None:
        return known
    return known if abs(entry.published - known.published) <= A_DAY else None


def tag_digest(tags: Iterable[Tagged]) -> str:
    """Return a digest of the tags a machine gave and of the rules that gave them."""
    lines = sorted(f"{tag.key}\t{tag.state}\t{tag.rule}\t{tag.version}" for tag in tags)
    return blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def _floor(entries: Sequence[Entry], now: datetime) -> datetime:
    """Return the time at which a first poll lists undated entries: below its oldest dated one."""
    dated = [entry.published for entry in entries if entry.published is not None]
    return min(now, min(dated) - timedelta(seconds=1)) if dated else now


def _insert(entry: Entry, *, now: datetime, floor: datetime | None, is_first_poll: bool) -> Insert:
    published, reason = _listed_at(entry, now=now, floor=floor, is_first_poll=is_first_poll)
    return Insert(
        entry=entry,
        slug=entry.slug or slugify(entry.title),
        published=published,
        tag_digest=tag_digest(entry.tags),
        likeness=likeness(entry),
        reason=f"new; {reason}",
    )


def _listed_at(
    entry: Entry, *, now: datetime, floor: datetime | None, is_first_poll: bool
) -> tuple[datetime, str]:
    """Return the time at which a new entry is listed, with the reason (docs/addresses.md)."""
    if entry.published is None:
        if floor is not None:
            return floor, "no believable time: below the oldest dated entry of the first poll"
        return now, "no believable time: when it was first seen"
    if entry.date_only and not is_first_poll and entry.published <= now < entry.published + A_DAY:
        return now, "only a day is known, and it is today: when it was first seen"
    return _whole(entry.published), "its own time"


def _compare(entry: Entry, known: KnownEntry, *, now: datetime) -> Update | Skip:
    digest = tag_digest(entry.tags)
    published = _moved(entry, known, now=now)
    shown = [
        reason
        for reason, is_so in (
            ("seen again after it was withdrawn", known.is_withdrawn),
            ("its content changed", entry.digest != known.digest),
            ("its address changed", entry.canonical_url != known.canonical_url),
            ("its tags changed", digest != known.tag_digest),
            ("its time was changed by its author", published != known.published),
        )
        if is_so
    ]
    is_renamed = entry.identity != known.identity
    if not shown and not is_renamed:
        reason = REDATED if _is_redated(entry, known) else "unchanged"
        return Skip(identity=entry.identity, reason=reason, number=known.number, stamp=entry.stamp)
    is_real = known.is_withdrawn or entry.digest != known.digest
    return Update(
        number=known.number,
        entry=replace(entry, uri=known.uri),
        published=published,
        updated=_updated(entry, known, now=now) if is_real else None,
        tag_digest=digest,
        likeness=likeness(entry),
        is_shown=bool(shown),
        reason="; ".join([*shown, *([RENAMED] if is_renamed else ())]),
    )


def _moved(entry: Entry, known: KnownEntry, *, now: datetime) -> datetime:
    """Return the time of a known entry: it stays, save where its author moved it on purpose.

    An editor of ours may give an article another time, or take away the one it waits for; a
    source may move what is still waiting to be shown. Anything else is an archive that was given
    new dates.
    """
    is_ours, is_waiting = entry.source == LOCAL, known.published > now
    if entry.published is None:
        return now if is_ours and is_waiting else known.published
    return _whole(entry.published) if is_ours or is_waiting else known.published


def _is_redated(entry: Entry, known: KnownEntry) -> bool:
    """Tell whether a source gives an entry quite another time than the one it is listed at."""
    if entry.published is None or entry.date_only:
        return False
    return abs(entry.published - known.published) > AN_HOUR


def _whole(instant: datetime) -> datetime:
    """Return an instant cut to the whole seconds that the store and RSS hold."""
    return instant.replace(microsecond=0)


def _updated(entry: Entry, known: KnownEntry, *, now: datetime) -> datetime:
    """Return when a real change happened: as the source says if that can be, else now."""
    if entry.updated is not None and known.updated < entry.updated <= now:
        return entry.updated
    return max(now, known.updated)
