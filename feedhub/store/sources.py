"""The sources' memory: which are due, who holds them, and what their last poll came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from feedhub.model import NextPoll, Outcome, Source, SourceState
from feedhub.model.fetched import Failed, Fetched, Unchanged
from feedhub.store.schema import entry, source
from feedhub.store.values import chunks, maybe_seconds, source_value, to_seconds


def all_states(conn: Connection) -> tuple[SourceState, ...]:
    """Return the memory of every source ever read, also of those no longer in the file."""
    rows = conn.execute(select(source).order_by(source.c.slug)).mappings()
    return tuple(source_value(row) for row in rows)


def states(conn: Connection, slugs: Iterable[str]) -> dict[str, SourceState]:
    """Return the memory of these sources; unknown ones are missing."""
    found: dict[str, SourceState] = {}
    for part in chunks(sorted(set(slugs))):
        rows = conn.execute(select(source).where(source.c.slug.in_(part))).mappings()
        found.update({row["slug"]: source_value(row) for row in rows})
    return found


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
    return _hold(conn, list(conn.execute(due).scalars()), owner, now + lease)


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
    return _hold(conn, free, owner, now + lease)


def _hold(
    conn: Connection, slugs: Sequence[str], owner: str, until: datetime
) -> tuple[SourceState, ...]:
    for part in chunks(slugs):
        conn.execute(
            update(source)
            .where(source.c.slug.in_(part))
            .values(lease_owner=owner, lease_until=to_seconds(until))
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


def finish(
    conn: Connection,
    state: SourceState,
    outcome: Outcome,
    next_poll: NextPoll,
    *,
    now: datetime,
    weight: float = 0.0,
    found: dict[str, object] | None = None,
) -> None:
    """Write what a poll came to and when the next one is, and let go of the source.

    `weight` is added to the count of failures; `found` are columns that a new document fills
    (title of the site, ttl, notice, last_new_at).
    """
    seconds = to_seconds(now)
    values: dict[str, object] = {
        "last_poll_at": seconds,
        "next_poll_at": to_seconds(next_poll.at),
        "cadence": next_poll.reason,
        "lease_owner": None,
        "lease_until": None,
    }
    if isinstance(outcome, Failed):
        values |= {"failures": state.failures + weight, "error": outcome.message}
    else:
        values |= {
            "failures": 0.0,
            "error": "",
            "first_poll_at": to_seconds(state.first_poll_at or now),
            "last_success_at": seconds,
            "etag": outcome.validators.etag,
            "last_modified": outcome.validators.last_modified,
        }
    if isinstance(outcome, Fetched | Unchanged):
        values["body_hash"] = outcome.body_hash
        values["last_document_at"] = seconds
    here: dict[str, object] = {"of": state.slug, "read_at": state.feed_url}
    if conn.execute(_FINISH, here | values | (found or {})).rowcount == 0:
        # Its address was changed meanwhile: this says nothing of the new one, which is due at once;
        # but what was stored is stored, so the next poll is not the first.
        kept = {name: values[name] for name in ("first_poll_at",) if name in values}
        conn.execute(
            update(source)
            .where(source.c.slug == state.slug)
            .values(lease_owner=None, lease_until=None, **kept)
        )


_FINISH = update(source).where(
    source.c.slug == bindparam("of"), source.c.feed_url == bindparam("read_at")
)


def recent_counts(conn: Connection, slug: str, *, since: datetime) -> int:
    """Return how many entries of a source are as new as this instant: published and seen since."""
    return conn.execute(_RECENT, {"of": slug, "since": to_seconds(since)}).scalar() or 0


_RECENT = select(func.count()).where(
    entry.c.source == bindparam("of"),
    entry.c.published > bindparam("since"),
    entry.c.first_seen > bindparam("since"),
)


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
