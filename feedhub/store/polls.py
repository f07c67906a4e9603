"""The log of polls, and the last answer of each source: what an admin looks at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from feedhub.model import PollOutcome
from feedhub.store.rows import insert_many
from feedhub.store.schema import answer, poll
from feedhub.store.values import to_instant, to_seconds

HEAD = 4096
"""Bytes of an answer's body that are kept."""

AT_ONCE = 5000
"""Lines that one clearing takes out, so that nobody waits for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedPoll:
    """One line of the log; `ms` is how long the answer took, `bytes` the size of its body.

    `entries` is None where no document was read; `reason` is the error or what was remarkable.
    """

    source: str
    at: datetime
    outcome: PollOutcome
    status: int | None = None
    ms: int = 0
    bytes: int = 0
    entries: int | None = None
    new: int = 0
    updated: int = 0
    withdrawn: int = 0
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnswer:
    """The last answer of a source that had a body; `head` is its beginning."""

    source: str
    at: datetime
    url: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    head: bytes


def add(conn: Connection, polls: Sequence[LoggedPoll]) -> None:
    """Write lines of the log."""
    insert_many(
        conn,
        poll,
        [
            {
                "source": one.source,
                "at": to_seconds(one.at),
                "outcome": one.outcome,
                "status": one.status,
                "ms": one.ms,
                "bytes": one.bytes,
                "entries": one.entries,
                "new": one.new,
                "updated": one.updated,
                "withdrawn": one.withdrawn,
                "reason": one.reason,
            }
            for one in polls
        ],
    )


def of(conn: Connection, source: str, *, limit: int) -> tuple[LoggedPoll, ...]:
    """Return the newest lines of a source."""
    rows = conn.execute(
        select(poll).where(poll.c.source == source).order_by(poll.c.id.desc()).limit(limit)
    ).mappings()
    return tuple(
        LoggedPoll(
            **{name: row[name] for name in LoggedPoll.__slots__ if name != "at"},
            at=to_instant(row["at"]),
        )
        for row in rows
    )


def forget_before(conn: Connection, at: datetime) -> int:
    """Take out lines older than this, some thousands at most; return how many."""
    old = select(poll.c.id).where(poll.c.at < to_seconds(at)).order_by(poll.c.at).limit(AT_ONCE)
    return conn.execute(delete(poll).where(poll.c.id.in_(old))).rowcount


def keep_answers(conn: Connection, answers: Sequence[KeptAnswer]) -> None:
    """Keep these answers in place of those kept before."""
    if not answers:
        return
    conn.execute(_FORGET, [{"of": one.source} for one in answers])
    insert_many(
        conn,
        answer,
        [
            {
                "source": one.source,
                "at": to_seconds(one.at),
                "url": one.url,
                "status": one.status,
                "headers": [list(pair) for pair in one.headers],
                "head": one.head[:HEAD],
            }
            for one in answers
        ],
    )


_FORGET = delete(answer).where(answer.c.source == bindparam("of"))


def last_answer(conn: Connection, source: str) -> KeptAnswer | None:
    """Return the last answer of a source that was kept."""
    row = conn.execute(select(answer).where(answer.c.source == source)).mappings().first()
    if row is None:
        return None
    return KeptAnswer(
        source=source,
        at=to_instant(row["at"]),
        url=row["url"],
        status=row["status"],
        headers=tuple((name, value) for name, value in row["headers"]),
        head=bytes(row["head"]),
    )
