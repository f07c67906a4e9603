"""Lead pictures whose source did not say all about them: which, and what was learned.

Beside the picture's own fields its record in `entry.image` then holds two marks of ours: `tried`,
how often it was looked at, and `asked`, the second of the last time. After an answer, or two
failures, nobody looks again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, null, select, update

from feedhub.store import facts
from feedhub.store.schema import entry
from feedhub.store.values import chunks, to_seconds

RECENT = timedelta(days=7)
"""How old an entry may be whose picture is looked at, by its own time."""

FRESH = timedelta(days=1)
"""How long after its first sight."""

NEWEST = 2000
"""Entries gone through, newest first: as many as pictures can be looked at in an hour."""

TRIES = 2
AGAIN = timedelta(hours=1)
"""How long after a failure the second try comes."""

_SIDES = ("width", "height")
_FACTS = ("type", "length", *_SIDES)

Record = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """What a picture's own bytes said, as in `model.Image`; None where they did not."""

    type: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lacking:
    """An entry's lead picture of which something is unknown."""

    number: int
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """The pictures to look at, newest first, and what is known by now of those looked at before."""

    lacking: tuple[Lacking, ...] = ()
    known: Mapping[str, Learned]


def look(conn: Connection, *, now: datetime) -> Looked:
    """Go through the newest entries for pictures to look at; costs the same in any store."""
    lacking: list[Lacking] = []
    known: dict[str, Learned] = {}
    for number, record in _newest(conn, now):
        if record.get("tried", 0) >= TRIES:
            known[record["url"]] = Learned(**{name: record.get(name) for name in _FACTS})
        elif _is_due(record, now):
            lacking.append(Lacking(number=number, url=record["url"]))
    return Looked(lacking=tuple(lacking), known=known)


def _newest(conn: Connection, now: datetime) -> Iterable[tuple[int, Record]]:
    newest = (
        select(entry.c.number)
        .where(entry.c.published >= to_seconds(now - RECENT))
        .order_by(entry.c.published.desc(), entry.c.number.desc())
        .limit(NEWEST)
        .subquery()
    )
    rows = conn.execute(
        select(entry.c.number, entry.c.image)
        .join(newest, newest.c.number == entry.c.number)
        .where(
            entry.c.image.is_not(null()),
            entry.c.first_seen >= to_seconds(now - FRESH),
            entry.c.withdrawn_at.is_(None),
        )
        .order_by(entry.c.published.desc(), entry.c.number.desc())
    )
    return ((row.number, row.image) for row in rows)


def _is_due(record: Record, now: datetime) -> bool:
    if all(record.get(name) is not None for name in _FACTS):
        return False
    if not record["url"].startswith(("http://", "https://")):  # ours, stored without an origin
        return False
    asked = record.get("asked")
    return asked is None or to_seconds(now) - asked >= AGAIN.total_seconds()


def begin(conn: Connection, pictures: Sequence[Lacking], *, now: datetime) -> tuple[Lacking, ...]:
    """Mark pictures as looked at once more; return those that nobody else took meanwhile.

    The mark comes first, so that a process that dies over a picture does not come back for ever.
    """
    records = _records(conn, pictures)
    taken = [one for one in pictures if one.number in records and _is_due(records[one.number], now)]
    mark = {"asked": to_seconds(now)}
    rows = [
        {
            "n": one.number,
            "record": {**records[one.number], **mark, "tried": _next_try(records, one)},
        }
        for one in taken
    ]
    if rows:
        conn.execute(_WRITE, rows)
    return tuple(taken)


def _next_try(records: Mapping[int, Record], one: Lacking) -> int:
    tried: int = records[one.number].get("tried", 0)
    return tried + 1


def learn(conn: Connection, learned: Sequence[tuple[Lacking, Learned]], *, now: datetime) -> int:
    """Write what was learned; return of how many entries something is known now that was not.

    What a source said itself stays. An entry is not updated by it, but its feeds know they
    changed. A picture that a poll replaced meanwhile is left alone.
    """
    records = _records(conn, [one for one, _ in learned])
    rows: list[dict[str, Any]] = []
    shown: list[int] = []
    for one, more in learned:
        if (record := records.get(one.number)) is not None:
            fresh = _completed(record, {name: getattr(more, name) for name in _FACTS})
            rows.append({"n": one.number, "record": {**fresh, "tried": TRIES}})
            shown += [one.number] if fresh != record else []
    if rows:
        conn.execute(_WRITE, rows)
    for part in chunks(shown):
        conn.execute(update(entry).where(entry.c.number.in_(part)).values(changed=to_seconds(now)))
    if shown:
        facts.note_change(conn, now=now)
    return len(shown)


_WRITE = update(entry).where(entry.c.number == bindparam("n")).values(image=bindparam("record"))


def _records(conn: Connection, pictures: Sequence[Lacking]) -> dict[int, Record]:
    """Return the records of entries that still have these pictures and were not withdrawn."""
    wanted = {one.number: one.url for one in pictures}
    found: dict[int, Record] = {}
    for part in chunks(list(wanted)):
        rows = conn.execute(
            select(entry.c.number, entry.c.image).where(
                entry.c.number.in_(part),
                entry.c.image.is_not(null()),
                entry.c.withdrawn_at.is_(None),
            )
        )
        found.update({r.number: r.image for r in rows if r.image["url"] == wanted[r.number]})
    return found


def carried(record: Record | None, stored: Record | None) -> Record | None:
    """Return the record of a picture that a source names anew, with what we know of it besides."""
    if record is None or stored is None or record["url"] != stored["url"]:
        return record
    marks = {name: stored[name] for name in ("tried", "asked") if name in stored}
    return {**_completed(record, stored), **marks} if marks else record


def _completed(record: Record, more: Record) -> dict[str, Any]:
    """Return a record with the facts it lacks; the sides as a pair, for half a size distorts."""
    fresh = {**record}
    for name in ("type", "length"):
        if record.get(name) is None:
            fresh[name] = more.get(name)
    has_size = all(record.get(name) is not None for name in _SIDES)
    if not has_size and all(more.get(name) is not None for name in _SIDES):
        fresh |= {name: more[name] for name in _SIDES}
    return fresh
