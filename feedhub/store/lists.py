"""Reading lists of entries, newest first, by cursor and never by offset.

A list of a tag is read from the index (tag, published, entry) backwards: as fast with a million
entries as with ten thousand. An expression becomes one such walk for each tag that may lead,
with the other terms looked up for each step; the walks are merged here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    RowMapping,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from feedhub.errors import FeedHubError
from feedhub.store import facts, search
from feedhub.store.schema import body, entry, entry_tag, tag
from feedhub.store.values import chunks, to_instant, to_seconds

_LARGEST = 2**63 - 1
"""The largest number that a database can compare with; addresses may hold any."""

_WEEK = 7 * 24 * 3600

WITHDRAWN_SHOWN = timedelta(days=30)
"""How long a withdrawn entry stays in feeds, marked (docs/addresses.md)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TagGroup:
    """All of `all_of`, none of `none_of`; each term is the ids of a tag and its descendants."""

    all_of: tuple[frozenset[int], ...] = ()
    none_of: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Selection:
    """Which entries: every condition given must hold; of `groups` one is enough."""

    section: str | None = None
    source: str | None = None
    groups: tuple[TagGroup, ...] | None = None
    words: search.Query = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Cursor:
    """A place in a list: entries before it are older. Written as `<seconds>-<number>`."""

    published: int
    number: int

    def __str__(self) -> str:
        return f"{self.published}-{self.number}"


class BadCursor(FeedHubError):
    """A cursor that was not made by us."""


_CURSOR = re.compile(r"(-?\d{1,12})-(\d{1,12})")


def read_cursor(text: str) -> Cursor:
    """Return the cursor that `text` stands for; raise BadCursor."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise BadCursor(f"«{text[:40]}» is no cursor; take it from the link to older entries")
    return Cursor(published=int(found[1]), number=int(found[2]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """How much of a list: `limit` entries older than `before`, as seen at `now`.

    `withdrawn` says whether entries taken back in the last 30 days are there too, marked.
    """

    now: datetime
    limit: int
    before: Cursor | None = None
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One entry as read for a list: its row and its public tags' ids."""

    row: RowMapping
    tags: tuple[int, ...] = field(default=())


def page(conn: Connection, selection: Selection, window: Window) -> tuple[Listed, ...]:
    """Return the entries of a list's window, newest first."""
    return entries(conn, [place.number for place in places(conn, selection, window)])


def places(conn: Connection, selection: Selection, window: Window) -> list[Cursor]:
    """Return where the entries of a list's window stand, newest first."""
    found: set[Cursor] = set()
    for query in _walks(conn, selection, window):
        found.update(_cursor(row) for row in conn.execute(query.limit(window.limit)))
    return sorted(found, reverse=True)[: window.limit]


def entries(conn: Connection, numbers: Sequence[int]) -> tuple[Listed, ...]:
    """Return these entries in this order; numbers that are not there are left out."""
    rows: dict[int, RowMapping] = {}
    tags: dict[int, list[int]] = {}
    for part in chunks([number for number in numbers if 0 < number <= _LARGEST]):
        found = conn.execute(_ENTRY.where(entry.c.number.in_(part))).mappings()
        rows.update({row["number"]: row for row in found})
        given = conn.execute(
            select(entry_tag.c.entry, entry_tag.c.tag).where(entry_tag.c.entry.in_(part))
        )
        for row in given:
            tags.setdefault(row.entry, []).append(row.tag)
    return tuple(
        Listed(row=rows[number], tags=tuple(sorted(tags.get(number, ()))))
        for number in numbers
        if number in rows
    )


_ENTRY = select(entry, body.c.content, body.c.text).join(body, body.c.entry == entry.c.number)


def _cursor(row: Row[Any]) -> Cursor:
    return Cursor(published=row.published, number=row.number)


def _walks(conn: Connection, selection: Selection, window: Window) -> Iterable[Select[Any]]:
    """Return the queries whose merged answers are the list."""
    if selection.groups is None:
        yield _walk_entries(conn, selection, window, true())
        return
    for group in selection.groups:
        if not group.all_of:
            yield _walk_entries(conn, selection, window, _tag_conditions(group, entry.c.number))
            continue
        leader = _narrowest(conn, group.all_of)
        rest = TagGroup(
            all_of=tuple(term for term in group.all_of if term != leader),
            none_of=group.none_of,
        )
        for tag_id in sorted(leader):
            yield _walk_tag(conn, selection, window, tag_id, rest)


def _narrowest(conn: Connection, terms: Sequence[frozenset[int]]) -> frozenset[int]:
    """Return the term that fewest entries bear: it leads, the others are looked up for its steps."""
    if len(terms) == 1:
        return terms[0]
    counts = facts.counts_of(conn, [f"tag:{tag_id}" for term in terms for tag_id in term])
    return min(terms, key=lambda term: sum(counts.get(f"tag:{tag_id}", 0) for tag_id in term))


def _walk_entries(
    conn: Connection, selection: Selection, window: Window, condition: ColumnElement[bool]
) -> Select[Any]:
    query = select(entry.c.published, entry.c.number).where(
        condition,
        *_conditions(conn, selection, window),
        *_times(selection, window, entry.c.published, entry.c.number),
    )
    return query.order_by(entry.c.published.desc(), entry.c.number.desc())


def _walk_tag(
    conn: Connection, selection: Selection, window: Window, tag_id: int, rest: TagGroup
) -> Select[Any]:
    query = (
        select(entry_tag.c.published, entry_tag.c.entry.label("number"))
        .join(entry, entry.c.number == entry_tag.c.entry)
        .where(
            entry_tag.c.tag == tag_id,
            _tag_conditions(rest, entry_tag.c.entry),
            *_conditions(conn, selection, window),
            *_times(selection, window, entry_tag.c.published, entry_tag.c.entry),
        )
    )
    return query.order_by(entry_tag.c.published.desc(), entry_tag.c.entry.desc())


def _tag_conditions(group: TagGroup, number: ColumnElement[int]) -> ColumnElement[bool]:
    other = entry_tag.alias("other")

    def has(term: frozenset[int]) -> ColumnElement[bool]:
        return exists().where(other.c.entry == number, other.c.tag.in_(sorted(term)))

    return and_(
        true(), *(has(term) for term in group.all_of), *(~has(term) for term in group.none_of)
    )


def _conditions(
    conn: Connection, selection: Selection, window: Window
) -> Iterable[ColumnElement[bool]]:
    yield _is_shown(window)
    if selection.section is not None:
        yield entry.c.section == selection.section
    if selection.source is not None:
        yield entry.c.source == selection.source
    if selection.words:
        yield search.condition(conn, selection.words, entry.c.number)


def _is_shown(window: Window) -> ColumnElement[bool]:
    listed = entry.c.withdrawn_at.is_(None)
    if not window.withdrawn:
        return listed
    return or_(listed, entry.c.withdrawn_at > to_seconds(window.now - WITHDRAWN_SHOWN))


def _times(
    selection: Selection,
    window: Window,
    published: ColumnElement[int],
    number: ColumnElement[int],
) -> Iterable[ColumnElement[bool]]:
    latest = to_seconds(min(selection.until, window.now) if selection.until else window.now)
    before = window.before
    # One bound above, never both: SQLite starts at one of them and steps to the other.
    if before is not None and before.published <= latest:
        yield tuple_(published, number) < tuple_(before.published, before.number)
    else:
        yield published <= latest
    if selection.since:
        yield published >= to_seconds(selection.since)


def next_appearance(conn: Connection, now: datetime) -> datetime | None:
    """Return when the next waiting entry will show, or None when none waits."""
    seconds = conn.execute(
        select(func.min(entry.c.published)).where(entry.c.published > to_seconds(now))
    ).scalar()
    return None if seconds is None else to_instant(seconds)


def newest_of_tags(conn: Connection, now: datetime) -> dict[int, datetime]:
    """Return when each tag was last given to an entry that is shown."""
    newest = (
        select(entry_tag.c.published)
        .join(entry, entry.c.number == entry_tag.c.entry)
        .where(
            entry_tag.c.tag == tag.c.id,
            entry_tag.c.published <= to_seconds(now),
            entry.c.withdrawn_at.is_(None),
        )
        .order_by(entry_tag.c.published.desc())
        .limit(1)
        .correlate(tag)
        .scalar_subquery()
    )
    rows = conn.execute(select(tag.c.id, newest))
    return {tag_id: to_instant(seconds) for tag_id, seconds in rows if seconds is not None}


def count_of_family(conn: Connection, tag_ids: frozenset[int]) -> int:
    """Return how many entries bear any of these tags; withdrawn ones do not count."""
    return (
        conn.execute(
            select(func.count(func.distinct(entry_tag.c.entry)))
            .join(entry, entry.c.number == entry_tag.c.entry)
            .where(entry_tag.c.tag.in_(sorted(tag_ids)), entry.c.withdrawn_at.is_(None))
        ).scalar()
        or 0
    )


def weeks_of(
    conn: Connection, tag_ids: frozenset[int], *, now: datetime, weeks: int
) -> tuple[int, ...]:
    """Return how many entries a week bore these tags in the last `weeks` weeks, oldest first."""
    end = to_seconds(now)
    start = end - weeks * _WEEK
    week = (entry_tag.c.published - start - 1) // literal_column(str(_WEEK), Integer)
    rows = conn.execute(
        select(week.label("week"), func.count(func.distinct(entry_tag.c.entry)).label("n"))
        .join(entry, entry.c.number == entry_tag.c.entry)
        .where(
            entry_tag.c.tag.in_(sorted(tag_ids)),
            entry_tag.c.published > start,
            entry_tag.c.published <= end,
            entry.c.withdrawn_at.is_(None),
        )
        .group_by("week")
    )
    found = {row.week: row.n for row in rows}
    return tuple(found.get(number, 0) for number in range(weeks))


def related_tags(conn: Connection, tag_id: int, *, limit: int, sample: int = 300) -> list[int]:
    """Return the tags most often given together with a tag, among its newest entries."""
    newest = (
        select(entry_tag.c.entry)
        .where(entry_tag.c.tag == tag_id)
        .order_by(entry_tag.c.published.desc())
        .limit(sample)
        .subquery()
    )
    other = entry_tag.alias("other")
    times = func.count()
    return list(
        conn.execute(
            select(other.c.tag)
            .join(newest, newest.c.entry == other.c.entry)
            .where(other.c.tag != tag_id)
            .group_by(other.c.tag)
            .having(times >= 2)
            .order_by(times.desc(), other.c.tag)
            .limit(limit)
        ).scalars()
    )
