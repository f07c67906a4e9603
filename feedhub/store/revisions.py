"""What entries said before their source changed them: kept, bounded, for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from feedhub.store.rows import insert_many
from feedhub.store.schema import body, entry, revision
from feedhub.store.values import chunks, to_instant, to_seconds

KEPT = 20
"""Revisions of one entry that are kept, the newest ones."""

LONGEST = 50_000
"""Characters of a text that are kept; what follows is cut."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """What stood in an entry until `at`, when its source changed it; `version` counts from 1."""

    version: int
    at: datetime
    title: str
    text: str


def keep_present(conn: Connection, numbers: Sequence[int], *, now: datetime) -> None:
    """Keep what these entries say now, because it is about to change."""
    for part in chunks(numbers):
        rows = conn.execute(
            select(entry.c.number, entry.c.version, entry.c.title, body.c.text)
            .join(body, body.c.entry == entry.c.number)
            .where(entry.c.number.in_(part))
        ).all()
        oldest = {row.number: row.version - KEPT for row in rows if row.version > KEPT}
        for number, version in oldest.items():
            conn.execute(_FORGET, {"of": number, "until": version})
        insert_many(
            conn,
            revision,
            [
                {
                    "entry": row.number,
                    "version": row.version,
                    "at": to_seconds(now),
                    "title": row.title,
                    "text": row.text[:LONGEST],
                }
                for row in rows
            ],
        )


_FORGET = delete(revision).where(
    revision.c.entry == bindparam("of"), revision.c.version <= bindparam("until")
)


def of(conn: Connection, number: int) -> tuple[Revision, ...]:
    """Return the kept revisions of an entry, the newest first."""
    rows = conn.execute(
        select(revision).where(revision.c.entry == number).order_by(revision.c.version.desc())
    )
    return tuple(
        Revision(version=row.version, at=to_instant(row.at), title=row.title, text=row.text)
        for row in rows
    )


def count(conn: Connection) -> int:
    """Return how many revisions are kept in all."""
    return conn.execute(select(func.count()).select_from(revision)).scalar() or 0
