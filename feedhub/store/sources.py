"""The sources' memory: which are due, who holds them, and what their last poll came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Connection, RowMapping, bindparam, insert, or_, select, update

from feedhub.model import NextPoll, Outcome, Source, SourceState
from feedhub.model.fetched import Failed, Fetched, Unchanged
from feedhub.store.schema import source
from feedhub.store.values import chunks, maybe_seconds, source_value, to_seconds


def all_states(conn: Connection) -> tuple[SourceState, ...]:
    """Return the memory of every source ever read, also of those no longer in the file."""
    rows = conn.execute(select(source).order_by(source.c.slug)).mappings()
    return tuple(source_value(row) for row in rows)


def states(conn: Connection, slugs: Iterable[str]) -> dict[str, SourceState]:
    """Return the memory of these sources; unknown ones are missing."""
    found: dict[str, SourceState] = {}
    for part in chunks(sorted(set(slugs))):
        for row in conn.execute(select(source).where(source.c.slug.in_(part))):
            # SQLAlchemy's own mapping of a row looks each column up anew, at twice the cost of all
            state = source_value(cast("RowMapping", dict(zip(_COLUMNS, row, strict=True))))
            found[state.slug] = state
    return found


_COLUMNS = tuple(column.name for column in source.columns)


def settle(conn: Connection, wanted: Sequence[Source], *, now: datetime) -> None:
    """Make the stored sources what the configuration says: new ones are due at once, those no
    longer there are not polled any more, and a changed address forgets its validators."""
    known = {state.slug: state for state in all_states(conn)}
    fresh = [one for one in wanted if one.slug not in known]
    if fresh:
        conn.execute(insert(source), [_fresh_row(one, now) for one in fresh])
    for one in wanted:
        state = known.get(one.slug)
        if state is not None:
            _describe(conn, one, state, now)
    gone = [slug for slug in known.keys() - {one.slug for one in wanted} if known[slug].is_active]
    for part in chunks(sorted(gone)):
        conn.execute(
            update(source).where(source.c.slug.in_(part)).values(is_active=False, next_poll_at=None)
        )


def _fresh_row(one: Source, now: datetime) -> dict[str, object]:
    return {
        "slug": one.slug,
        "title": one.title,
        "feed_url": one.url,
        "section": one.section,
        "body": one.body,
        "is_active": not one.paused,
        "next_poll_at": None if one.paused else to_seconds(now),
    }


def _describe(conn: Connection, one: Source, state: SourceState, now: datetime) -> None:
    values: dict[str, object] = {}
    if (one.title, one.section, one.body) != (state.title, state.section, state.body):
        values |= {"title": one.title, "section": one.section, "body": one.body}
    if one.url != state.feed_url:
        # what the old address said of its document says nothing of the new one's
        values |= {"feed_url": one.url, "etag": None, "last_modified": None, "body_hash": None}
        values |= {"next_poll_at": to_seconds(now), "failures": 0.0, "error": ""}
    if state.is_active == one.paused:
        values |= {
            "is_active": not one.paused,
            "next_poll_at": None if one.paused else to_seconds(now),
        }
    if values:
        conn.execute(update(source).where(source.c.slug == one.slug).values(values))


def make_due(conn: Connection, slugs: Iterable[str], *, now: datetime) -> None:
    """Let these sources be polled at once."""
    for part in chunks(sorted(set(slugs))):
        conn.execute(
            update(source).where(source.c.slug.in_(part)).values(next_poll_at=to_seconds(now))
        )


def claim(
    conn: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> tuple[SourceState, ...]:
    """Take up to `limit` due sources that nobody holds, for as long as the lease.

    A source is polled by one process at a time; a dead one's lease runs out by itself.
    """
    seconds = to_seconds(now)
    due = (
        select(source.c.slug)
        .where(
            source.c.is_active,
            source.c.next_poll_at <= seconds,
            or_(source.c.lease_until.is_(None), source.c.lease_until <= seconds),
        )
        .order_by(source.c.next_poll_at, source.c.slug)
        .limit(limit)
    )
    return _hold(conn, list(conn.execute(due).scalars()), owner, now, lease)


def claim_named(
    conn: Connection, slugs: Iterable[str], *, owner: str, now: datetime, lease: timedelta
) -> tuple[SourceState, ...]:
    """Take these sources, due or not, unless another process is just polling them."""
    free: list[str] = []
    for part in chunks(sorted(set(slugs))):
        query = select(source.c.slug).where(
            source.c.slug.in_(part),
            or_(source.c.lease_until.is_(None), source.c.lease_until <= to_seconds(now)),
        )
        free.extend(conn.execute(query).scalars())
    return _hold(conn, free, owner, now, lease)


def _hold(
    conn: Connection, slugs: Sequence[str], owner: str, now: datetime, lease: timedelta
) -> tuple[SourceState, ...]:
    if not slugs:
        return ()
    for part in chunks(slugs):
        conn.execute(
            update(source)
            .where(source.c.slug.in_(part))
            .values(lease_owner=owner, lease_until=to_seconds(now + lease))
        )
    found = states(conn, slugs)
    return tuple(found[slug] for slug in slugs)


def renew(conn: Connection, slugs: Iterable[str], *, owner: str, until: datetime) -> None:
    """Hold on for some time more to those of these sources that this process holds."""
    for part in chunks(sorted(set(slugs))):
        conn.execute(
            update(source)
            .where(source.c.slug.in_(part), source.c.lease_owner == owner)
            .values(lease_until=to_seconds(until))
        )


def release(conn: Connection, slugs: Iterable[str], *, owner: str) -> None:
    """Let go of those of these sources that this process holds."""
    for part in chunks(sorted(set(slugs))):
        conn.execute(
            update(source)
            .where(source.c.slug.in_(part), source.c.lease_owner == owner)
            .values(lease_owner=None, lease_until=None)
        )


def owners(conn: Connection) -> tuple[str, ...]:
    """Return who holds sources."""
    held = select(source.c.lease_owner).where(source.c.lease_owner.is_not(None)).distinct()
    return tuple(conn.execute(held.order_by(source.c.lease_owner)).scalars())


def release_all(conn: Connection, *, owner: str) -> None:
    """Let go of everything this process holds, so that another may poll it at once."""
    conn.execute(
        update(source)
        .where(source.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=None)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """What a poll came to and when the next one is.

    `memory` is the text of the source's past with this poll, `weight` is added to the count of
    failures; `found` are columns that a new document fills.
    """

    state: SourceState
    outcome: Outcome
    next_poll: NextPoll
    memory: str = ""
    weight: float = 0.0
    found: Mapping[str, object] = field(default_factory=dict)


def finish(conn: Connection, polls: Sequence[Finished], *, now: datetime) -> None:
    """Write what polls came to, and let go of their sources."""
    alike: dict[tuple[str, ...], list[dict[str, object]]] = {}
    for one in polls:
        values = _finished_row(one, to_seconds(now))
        alike.setdefault(tuple(values), []).append(values)
    for rows in alike.values():
        if conn.execute(_FINISH, rows).rowcount != len(rows):
            _let_go(conn, rows)


def _finished_row(one: Finished, now: int) -> dict[str, object]:
    values: dict[str, object] = {
        "of": one.state.slug,
        "read_at": one.state.feed_url,
        "last_poll_at": now,
        "next_poll_at": to_seconds(one.next_poll.at),
        "cadence": one.next_poll.reason,
        "memory": one.memory,
        "lease_owner": None,
        "lease_until": None,
    }
    if isinstance(one.outcome, Failed):
        failures = one.state.failures + one.weight
        return values | {"failures": failures, "error": one.outcome.message}
    values |= {
        "failures": 0.0,
        "error": "",
        "first_poll_at": to_seconds(one.state.first_poll_at) if one.state.first_poll_at else now,
        "last_success_at": now,
        "etag": one.outcome.validators.etag,
        "last_modified": one.outcome.validators.last_modified,
    }
    if isinstance(one.outcome, Fetched | Unchanged):
        values["body_hash"] = one.outcome.body_hash
        is_whole = not (isinstance(one.outcome, Fetched) and one.outcome.is_partial)
        if is_whole:  # what a part leaves out is not missing
            values["last_document_at"] = now
    return values | dict(one.found)


_FINISH = update(source).where(
    source.c.slug == bindparam("of"), source.c.feed_url == bindparam("read_at")
)
_LET_GO = update(source).where(
    source.c.slug == bindparam("of"), source.c.feed_url != bindparam("read_at")
)
_KEPT = ("of", "read_at", "lease_owner", "lease_until", "first_poll_at")


def _let_go(conn: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Let go of sources whose address was changed while they were polled.

    What came says nothing of the new address, which is due at once; but what was stored is stored,
    so the next poll is not the first.
    """
    conn.execute(_LET_GO, [{name: row[name] for name in _KEPT if name in row} for row in rows])


def note_pushed(conn: Connection, slug: str, *, memory: str, new_at: datetime) -> None:
    """Keep a source's past after a push that brought something; what polls go by stays as it is."""
    values = {"memory": memory, "last_new_at": to_seconds(new_at)}
    conn.execute(update(source).where(source.c.slug == slug).values(values))


def put_off(conn: Connection, until: Mapping[str, datetime]) -> None:
    """Let these sources be polled at these times."""
    if until:
        rows = [{"of": slug, "next_poll_at": to_seconds(at)} for slug, at in until.items()]
        conn.execute(update(source).where(source.c.slug == bindparam("of")), rows)


def ensure_local(conn: Connection, *, slug: str, title: str, now: datetime) -> None:
    """Make the row under which local articles stand; it is never polled."""
    state = states(conn, [slug]).get(slug)
    if state is None:
        conn.execute(
            insert(source).values(
                slug=slug, title=title, is_active=False, first_poll_at=maybe_seconds(now)
            )
        )
    elif state.title != title:
        conn.execute(update(source).where(source.c.slug == slug).values(title=title))
