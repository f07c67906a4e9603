"""The tags of entries: every one with its why, and the public ones again in the order of lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from feedhub.model import Entry, Tagged
from feedhub.store import facts, schema
from feedhub.store.rows import insert_many
from feedhub.store.schema import body, entry, entry_tag, tag
from feedhub.store.values import chunks, entry_value, to_seconds

PUBLIC = ("auto", "manual")
"""The states in which a tag is shown and listed."""

BY_HAND = "by hand"
"""The rule of a tag that a person decided on: it sticks, whatever the rules say later."""

_BY_AUTHOR = "article"
"""The rule of a tag that an article gave itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """The tags a machine gave to an entry, and the second at which the entry is listed."""

    number: int
    published: int
    tags: tuple[Tagged, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaggedEntry:
    """A stored entry with what retagging needs; `own_tags` of articles are in the entry."""

    number: int
    entry: Entry
    tag_digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Retagging:
    """A stored entry, the tags it gets now and their digest."""

    stored: TaggedEntry
    tags: tuple[Tagged, ...]
    tag_digest: str


def give(conn: Connection, rows: Sequence[Given], ids: Mapping[str, int], *, now: datetime) -> None:
    """Put the tags a machine gave in place of those it gave before; decisions by hand stay.

    `ids` holds the id of every tag by its key.
    """
    by_hand: dict[int, dict[int, str]] = {}
    why = schema.tagging
    for part in chunks([one.number for one in rows]):
        conn.execute(delete(why).where(why.c.entry.in_(part), why.c.rule != BY_HAND))
        conn.execute(delete(entry_tag).where(entry_tag.c.entry.in_(part)))
        # what is left was decided by hand
        for row in conn.execute(select(why).where(why.c.entry.in_(part))):
            by_hand.setdefault(row.entry, {})[row.tag] = row.state
    _insert(conn, rows, by_hand, ids, now)


def give_first(
    conn: Connection, rows: Sequence[Given], ids: Mapping[str, int], *, now: datetime
) -> None:
    """Write the tags of entries that are just being stored: nothing of theirs can be there yet."""
    _insert(conn, rows, {}, ids, now)


def _insert(
    conn: Connection,
    rows: Sequence[Given],
    by_hand: Mapping[int, Mapping[int, str]],
    ids: Mapping[str, int],
    now: datetime,
) -> None:
    whys: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    for one in rows:
        decided = by_hand.get(one.number, {})
        given = {ids[tagged.key]: tagged for tagged in reversed(one.tags)}
        free = {tag_id: tagged for tag_id, tagged in given.items() if tag_id not in decided}
        whys += [_why(one.number, tag_id, tagged, now) for tag_id, tagged in free.items()]
        states = {**decided, **{tag_id: tagged.state for tag_id, tagged in free.items()}}
        listed += [
            {"tag": tag_id, "published": one.published, "entry": one.number}
            for tag_id, state in states.items()
            if state in PUBLIC
        ]
    insert_many(conn, schema.tagging, whys)
    insert_many(conn, entry_tag, listed)


def _why(number: int, tag_id: int, one: Tagged, now: datetime) -> dict[str, Any]:
    return {
        "entry": number,
        "tag": tag_id,
        "state": one.state,
        "rule": one.rule,
        "version": one.version,
        "field": one.field,
        "quote": one.quote,
        "start": one.start,
        "end": one.end,
        "score": one.score,
        "threshold": one.threshold,
        "by": one.by,
        "at": to_seconds(now),
    }


def counted(conn: Connection, numbers: Sequence[int]) -> Counter[str]:
    """Return how much these entries add to the kept count of each tag; withdrawn ones nothing."""
    found: Counter[str] = Counter()
    for part in chunks(numbers):
        rows = conn.execute(
            select(entry_tag.c.tag, func.count())
            .join(entry, entry.c.number == entry_tag.c.entry)
            .where(entry_tag.c.entry.in_(part), entry.c.withdrawn_at.is_(None))
            .group_by(entry_tag.c.tag)
        )
        found.update({f"tag:{tag_id}": n for tag_id, n in rows})
    return found


def after(conn: Connection, number: int, limit: int) -> tuple[TaggedEntry, ...]:
    """Return the next entries by number, whole, for a walk over the store."""
    rows = conn.execute(
        select(entry, body.c.content, body.c.text)
        .join(body, body.c.entry == entry.c.number)
        .where(entry.c.number > number)
        .order_by(entry.c.number)
        .limit(limit)
    ).mappings()
    found = [(row["number"], entry_value(row), row["tag_digest"]) for row in rows]
    own = _own_tags(conn, [n for n, _, _ in found])
    return tuple(
        TaggedEntry(number=n, entry=replace(one, own_tags=own.get(n, ())), tag_digest=digest)
        for n, one, digest in found
    )


def _own_tags(conn: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return the names of the tags that articles gave themselves."""
    found: dict[int, tuple[str, ...]] = {}
    why = schema.tagging
    for part in chunks(numbers):
        rows = conn.execute(
            select(why.c.entry, tag.c.name)
            .join(tag, tag.c.id == why.c.tag)
            .where(why.c.entry.in_(part), why.c.rule == _BY_AUTHOR)
            .order_by(why.c.entry, tag.c.id)
        )
        for row in rows:
            found[row.entry] = (*found.get(row.entry, ()), row.name)
    return found


def retag(
    conn: Connection, rows: Sequence[Retagging], ids: Mapping[str, int], *, now: datetime
) -> None:
    """Give stored entries other tags; their `updated` stays, but their feeds know they changed."""
    if not rows:
        return
    numbers = [one.stored.number for one in rows]
    published = _published(conn, numbers)
    before = counted(conn, numbers)
    given = [
        Given(number=n, published=published[n], tags=one.tags)
        for n, one in zip(numbers, rows, strict=True)
    ]
    give(conn, given, ids, now=now)
    conn.execute(
        update(entry)
        .where(entry.c.number == bindparam("n"))
        .values(tag_digest=bindparam("new_digest"), changed=to_seconds(now)),
        [{"n": one.stored.number, "new_digest": one.tag_digest} for one in rows],
    )
    deltas = counted(conn, numbers)
    deltas.subtract(before)
    facts.add_counts(conn, deltas)
    facts.note_change(conn, now=now)


def digests(conn: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """Return the digest of the machine's tags of these entries, as stored now."""
    found: dict[int, str] = {}
    for part in chunks(numbers):
        rows = conn.execute(
            select(entry.c.number, entry.c.tag_digest).where(entry.c.number.in_(part))
        )
        found.update({row.number: row.tag_digest for row in rows})
    return found


def _published(conn: Connection, numbers: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in chunks(numbers):
        rows = conn.execute(
            select(entry.c.number, entry.c.published).where(entry.c.number.in_(part))
        )
        found.update({row.number: row.published for row in rows})
    return found
