"""What telling people needs of the store: sources with their memory, and how our own lists go.

The row of a source in `alert` holds what stands of it, as text of `core.health`; a source of which
nothing stands has none. What is remembered of the site, of lists and of messages are facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    delete,
    func,
    literal_column,
    or_,
    select,
    text,
)

from feedhub.model import SourceState
from feedhub.store.schema import alert, entry, source
from feedhub.store.values import chunks, maybe_instant, source_value, to_seconds

LOOK = "alert_look"
"""The fact that holds what the last look left: when it was, the site's and the lists' standings."""

TOLD = "alert_told"
"""The fact that holds what people were told and is still so."""

OUTBOX = "alert_outbox"
"""The fact that holds messages not delivered yet, by a hash of the address."""

DAYS = 60
"""Days for which entries of a list are counted."""

_A_DAY = 24 * 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A source to look at: its state, the text of its history, the text of what stands of it."""

    state: SourceState
    memory: str
    standings: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Habit:
    """How a list goes: when its newest entry is listed, and how many in each day back from now.

    `by_day` ends with the day of the oldest entry, or after 60 days; empty unless it was counted.
    """

    newest: datetime | None = None
    by_day: tuple[int, ...] = ()


def next_in_turn(conn: Connection, after: str, *, limit: int) -> tuple[str, str] | None:
    """Return the first and last slug of the polled sources that follow one; at the end the first."""
    query = select(source.c.slug).where(source.c.last_poll_at.is_not(None))
    query = query.order_by(source.c.slug).limit(limit)
    slugs = list(conn.execute(query.where(source.c.slug > after)).scalars())
    slugs = slugs or list(conn.execute(query).scalars())
    return (slugs[0], slugs[-1]) if slugs else None


def watched(
    conn: Connection, *, failed_since: datetime | None, turn: tuple[str, str] | None
) -> tuple[Watched, ...]:
    """Return the sources to look at: something stands of them, they failed, or it is their turn.

    `failed_since` takes those whose last poll was since then (None: ever) and failed, `turn` is
    the first and the last slug of those whose turn it is.
    """
    wanted = [
        alert.c.source.is_not(None),
        and_(source.c.error != "", _polled_since(failed_since)),
    ]
    if turn:
        wanted.append(source.c.slug.between(*turn))
    query = (
        select(source, func.coalesce(alert.c.state, "").label("standings"))
        .outerjoin(alert, alert.c.source == source.c.slug)
        .where(or_(*wanted))
        .order_by(source.c.slug)
    )
    return tuple(
        Watched(state=source_value(row), memory=row["memory"], standings=row["standings"])
        for row in conn.execute(query).mappings()
    )


def polled(conn: Connection, *, since: datetime) -> tuple[int, int]:
    """Return how many sources were polled since then, and of how many the last poll failed."""
    query = select(func.count(), func.count().filter(source.c.error != ""))
    row = conn.execute(query.where(_polled_since(since))).one()
    return row[0], row[1]


def memories(conn: Connection, *, since: datetime, limit: int) -> tuple[str, ...]:
    """Return the texts of the histories of sources polled since then, the last polled first."""
    query = select(source.c.memory).where(_polled_since(since))
    query = query.order_by(source.c.last_poll_at.desc(), source.c.slug).limit(limit)
    return tuple(conn.execute(query).scalars())


def _polled_since(since: datetime | None) -> ColumnElement[bool]:
    if since is None:
        return source.c.last_poll_at.is_not(None)
    return source.c.last_poll_at >= to_seconds(since)


def put_standings(conn: Connection, changed: Mapping[str, str]) -> None:
    """Write what stands of these sources; empty text is nothing."""
    kept = [{"source": slug, "state": state} for slug, state in sorted(changed.items()) if state]
    if kept:
        conn.execute(_PUT, kept)
    for part in chunks(sorted(slug for slug, state in changed.items() if not state)):
        conn.execute(delete(alert).where(alert.c.source.in_(part)))


_PUT = text(
    "INSERT INTO alert(source, state) VALUES (:source, :state)"
    " ON CONFLICT (source) DO UPDATE SET state = excluded.state"
)


def habit(
    conn: Connection, section: str | None, *, now: datetime, quiet: timedelta = timedelta(0)
) -> Habit:
    """Return how the list of a section goes, or that of everything (None).

    The newest entry is one step in an index. Entries are counted, out of the index alone, only
    where none came for as long as `quiet`. Withdrawn ones count: they were listed.
    """
    listed = [entry.c.published <= to_seconds(now)]
    if section is not None:
        listed.append(entry.c.section == section)
    newest = maybe_instant(_first(conn, listed, entry.c.published.desc()))
    if newest is None or now - newest < quiet:
        return Habit(newest=newest)
    oldest = _first(conn, listed, entry.c.published) or 0
    days = min((to_seconds(now) - oldest) // _A_DAY + 1, DAYS)
    return Habit(newest=newest, by_day=_by_day(conn, listed, now, days))


def _first(
    conn: Connection, listed: Sequence[ColumnElement[bool]], order: ColumnElement[int]
) -> int | None:
    query = select(entry.c.published).where(*listed).order_by(order).limit(1)
    return conn.execute(query).scalar()


def _by_day(
    conn: Connection, listed: Sequence[ColumnElement[bool]], now: datetime, days: int
) -> tuple[int, ...]:
    end = to_seconds(now)
    day = (end - entry.c.published) // literal_column(str(_A_DAY), Integer)
    rows = conn.execute(
        select(day.label("day"), func.count().label("n"))
        .where(*listed, entry.c.published > end - days * _A_DAY)
        .group_by("day")
    )
    found = {row.day: row.n for row in rows}
    return tuple(found.get(number, 0) for number in range(days))
