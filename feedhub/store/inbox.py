"""What hubs pushed and nobody has read yet: bounded by source, in the order in which it came.

Nothing that was taken in is ever dropped unread; what finds no room is refused instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from feedhub.store.schema import inbox, source
from feedhub.store.values import chunks, to_instant, to_seconds

MOST_BODIES = 16
"""Bodies of one source that may wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """A body that a hub sent, as it came; `id` grows with time."""

    id: int
    source: str
    at: datetime
    content_type: str | None
    body: bytes


def add(
    conn: Connection,
    slug: str,
    *,
    content_type: str | None,
    body: bytes,
    most_bytes: int,
    now: datetime,
) -> bool:
    """Take a body in, unless 16 bodies or, with it, more than `most_bytes` of the source wait."""
    length = func.coalesce(func.sum(func.length(inbox.c.body)), 0)
    waiting = conn.execute(select(func.count(), length).where(inbox.c.source == slug)).one()
    if waiting[0] >= MOST_BODIES or waiting[1] + len(body) > most_bytes:
        return False
    conn.execute(
        insert(inbox).values(source=slug, at=to_seconds(now), content_type=content_type, body=body)
    )
    return True


def waiting(conn: Connection, *, limit: int) -> tuple[str, ...]:
    """Return polled sources for which something waits, those that wait longest first."""
    # what waits is looked through first: it is little, and the sources are many
    first = func.min(inbox.c.id).label("first")
    heads = select(inbox.c.source, first).group_by(inbox.c.source).subquery()
    query = (
        select(heads.c.source)
        .join(source, source.c.slug == heads.c.source)
        .where(source.c.is_active)
        .order_by(heads.c.first)
        .limit(limit)
    )
    return tuple(conn.execute(query).scalars())


def of(conn: Connection, slug: str, *, limit: int = MOST_BODIES) -> tuple[Pushed, ...]:
    """Return what waits for a source, the oldest first."""
    rows = conn.execute(
        select(inbox).where(inbox.c.source == slug).order_by(inbox.c.id).limit(limit)
    )
    return tuple(
        Pushed(
            id=row.id,
            source=row.source,
            at=to_instant(row.at),
            content_type=row.content_type,
            body=row.body,
        )
        for row in rows
    )


def remove(conn: Connection, ids: Iterable[int]) -> None:
    """Remove what was read, in the transaction that keeps what it brought."""
    wanted: Sequence[int] = sorted(set(ids))
    for part in chunks(wanted):
        conn.execute(delete(inbox).where(inbox.c.id.in_(part)))
