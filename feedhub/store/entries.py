"""Writing entries: what `decide` answered becomes rows, all of it in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text, update

from feedhub.model import Change, Entry, Insert, Skip, Update, Withdraw
from feedhub.store import facts, images, revisions, search, tagging, tags
from feedhub.store.rows import insert_many
from feedhub.store.schema import body, entry
from feedhub.store.search import Words
from feedhub.store.tagging import Given
from feedhub.store.values import chunks, entry_columns, to_seconds

LONGEST_URI = 1000
"""Characters of a source's own id that we publish; for an entry with a longer one we mint one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """What writing needs besides the rows: the instant, what cuts texts into words, and who mints ids.

    `authority` is the host in `tag:` URIs (RFC 4151) for entries whose source gives no URI.
    `tags` describes every tag the changes bear, so that new ones can be made.
    """

    now: datetime
    words: Words
    authority: str
    tags: Mapping[str, tags.WantedTag]


def apply(conn: Connection, source: str, changes: Sequence[Change], writing: Writing) -> None:
    """Write the changes of one source. Rows keep document order: what stood first comes last."""
    inserts = [change for change in reversed(changes) if isinstance(change, Insert)]
    updates = [change for change in changes if isinstance(change, Update)]
    withdrawals = [change for change in changes if isinstance(change, Withdraw)]
    _note_seen(conn, changes, writing.now)
    if not (inserts or updates or withdrawals):
        return
    ids = tags.ensure(conn, writing.tags)
    touched = [one.number for one in updates] + [one.number for one in withdrawals]
    before = _counted(conn, touched)
    # Updates first: one may give up an identity or an address that a new entry takes over.
    _update(conn, updates, ids, writing)
    _withdraw(conn, withdrawals, writing.now)
    _insert(conn, source, inserts, ids, writing)
    deltas = _counted(conn, touched)
    deltas.subtract(before)
    for change in inserts:
        deltas.update(_places(source, change, ids))
    facts.add_counts(conn, deltas)
    if inserts or withdrawals or any(change.is_shown for change in updates):
        facts.note_change(conn, now=writing.now)


def _note_seen(conn: Connection, changes: Sequence[Change], now: datetime) -> None:
    seen = [one.number for one in changes if isinstance(one, Skip) and one.number is not None]
    for part in chunks(seen):
        conn.execute(
            update(entry).where(entry.c.number.in_(part)).values(last_seen=to_seconds(now))
        )
    stamped = [
        {"n": one.number, "mark": one.stamp}
        for one in changes
        if isinstance(one, Skip) and one.number is not None and one.stamp
    ]
    if stamped:
        conn.execute(_STAMP, stamped)


_STAMP = update(entry).where(entry.c.number == bindparam("n")).values(stamp=bindparam("mark"))


def _insert(
    conn: Connection,
    source: str,
    changes: Sequence[Insert],
    ids: Mapping[str, int],
    writing: Writing,
) -> None:
    """Write new entries; the last of `changes` gets the highest number."""
    if not changes:
        return
    uris = _free_uris(conn, source, [change.entry for change in changes], writing)
    rows = [_row(source, change, uri, writing) for change, uri in zip(changes, uris, strict=True)]
    numbers = _next_numbers(conn, len(rows))
    insert_many(conn, entry, [row | {"number": n} for row, n in zip(rows, numbers, strict=True)])
    written = list(zip(numbers, changes, strict=True))
    insert_many(
        conn,
        body,
        [{"entry": n, "content": c.entry.content, "text": c.entry.text} for n, c in written],
    )
    words = ((n, c.entry.title, c.entry.text) for n, c in written)
    search.index(conn, words, writing.words, are_new=True)
    tagging.give_first(conn, [_given(n, c) for n, c in written], ids, now=writing.now)


def _next_numbers(conn: Connection, wanted: int) -> list[int]:
    """Take numbers that no entry ever had; nobody else takes any before this transaction ends."""
    if conn.dialect.name == "sqlite":
        last = conn.execute(_LAST_NUMBER).scalar() or 0
        return list(range(last + 1, last + 1 + wanted))
    return list(conn.execute(_TAKE_NUMBERS, {"wanted": wanted}).scalars())


_LAST_NUMBER = text("SELECT seq FROM sqlite_sequence WHERE name = 'entry'")
_TAKE_NUMBERS = text(
    "SELECT nextval(pg_get_serial_sequence('entry', 'number')) FROM generate_series(1, :wanted)"
)


def _places(source: str, change: Insert, ids: Mapping[str, int]) -> list[str]:
    """Return the names of the kept counts in which a new entry counts."""
    public = {ids[one.key] for one in change.entry.tags if one.state in tagging.PUBLIC}
    named = ["home", f"section:{change.entry.section}", f"source:{source}"]
    return [*named, *(f"tag:{tag_id}" for tag_id in public)]


def _given(number: int, change: Insert | Update) -> Given:
    return Given(number=number, published=to_seconds(change.published), tags=change.entry.tags)


def _row(source: str, change: Insert, uri: str, writing: Writing) -> dict[str, Any]:
    now = to_seconds(writing.now)
    published = to_seconds(change.published)
    updated = to_seconds(change.entry.updated or change.published)
    return entry_columns(change.entry) | {
        "source": source,
        "uri": uri,
        "slug": change.slug or change.entry.slug or "entry",
        "published": published,
        "updated": _believable(updated, published=published, now=now),
        "changed": now,
        "first_seen": now,
        "last_seen": now,
        "tag_digest": change.tag_digest,
        "likeness": change.likeness,
    }


def _believable(updated: int, *, published: int, now: int) -> int:
    """Return when an entry was updated: never before it was published, never in the future.

    Save as far as `published` itself is in the future, for an entry that waits.
    """
    return max(published, min(updated, now))


def _free_uris(
    conn: Connection, source: str, entries: Sequence[Entry], writing: Writing
) -> list[str]:
    """Return a permanent id for each entry: its own URI while nobody else has it, else minted."""
    wishes = [
        one.uri if one.uri and _is_fit(one.uri) else _minted(source, one, writing)
        for one in entries
    ]
    taken: set[str] = set()
    for part in chunks(sorted(set(wishes))):
        taken.update(conn.execute(_TAKEN_URIS, {"keys": part}).scalars())
    uris: list[str] = []
    for one, wish in zip(entries, wishes, strict=True):
        uri = wish if wish not in taken else _other(conn, _minted(source, one, writing), taken)
        taken.add(uri)
        uris.append(uri)
    return uris


_TAKEN_URIS = select(entry.c.uri).where(entry.c.uri.in_(bindparam("keys", expanding=True)))


def _is_fit(uri: str | None) -> bool:
    return bool(uri) and len(uri or "") <= LONGEST_URI


def _other(conn: Connection, minted: str, taken: set[str]) -> str:
    """Return the first of id, id-2, id-3, ... that no entry has."""
    for uri in chain([minted], (f"{minted}-{number}" for number in count(2))):
        if uri not in taken and conn.execute(_TAKEN_URIS, {"keys": [uri]}).first() is None:
            return uri
    raise AssertionError("numbers do not end")


def _minted(source: str, one: Entry, writing: Writing) -> str:
    digest = blake2b(one.identity.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"tag:{writing.authority},{writing.now.year}:{source}/{digest}"


def _update(
    conn: Connection, changes: Sequence[Update], ids: Mapping[str, int], writing: Writing
) -> None:
    if not changes:
        return
    stored = _stored(conn, [change.number for change in changes])
    real = [change.number for change in changes if change.updated is not None]
    revisions.keep_present(conn, real, now=writing.now)
    for change in changes:
        values = _new_values(change, stored[change.number], writing.now)
        conn.execute(update(entry).where(entry.c.number == change.number).values(values))
    conn.execute(
        update(body)
        .where(body.c.entry == bindparam("n"))
        .values(content=bindparam("new_content"), text=bindparam("new_text")),
        [
            {"n": c.number, "new_content": c.entry.content, "new_text": c.entry.text}
            for c in changes
        ],
    )
    search.index(conn, ((c.number, c.entry.title, c.entry.text) for c in changes), writing.words)
    tagging.give(conn, [_given(c.number, c) for c in changes], ids, now=writing.now)


def _stored(conn: Connection, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    found: dict[int, Row[Any]] = {}
    for part in chunks(numbers):
        rows = conn.execute(
            select(
                entry.c.number,
                entry.c.updated,
                entry.c.version,
                entry.c.slug,
                entry.c.changed,
                entry.c.image,
            ).where(entry.c.number.in_(part))
        )
        found.update({row.number: row for row in rows})
    return found


def _new_values(change: Update, stored: Row[Any], now: datetime) -> dict[str, Any]:
    published, seconds = to_seconds(change.published), to_seconds(now)
    updated = to_seconds(change.updated) if change.updated else stored.updated
    columns = entry_columns(change.entry)
    return columns | {
        "image": images.carried(columns["image"], stored.image),
        "slug": change.entry.slug or stored.slug,
        "published": published,
        "updated": _believable(updated, published=published, now=seconds),
        "changed": seconds if change.is_shown else stored.changed,
        "last_seen": seconds,
        "tag_digest": change.tag_digest,
        "likeness": change.likeness,
        "version": stored.version + (1 if change.updated else 0),
        "withdrawn_at": None,
        "withdrawn_reason": None,
    }


def _withdraw(conn: Connection, changes: Sequence[Withdraw], now: datetime) -> None:
    """Mark entries as taken back; one that is keeps its first time and reason."""
    for change in changes:
        conn.execute(
            update(entry)
            .where(entry.c.number == change.number, entry.c.withdrawn_at.is_(None))
            .values(
                withdrawn_at=to_seconds(now),
                withdrawn_reason=change.reason,
                changed=to_seconds(now),
            )
        )


def _counted(conn: Connection, numbers: Sequence[int]) -> Counter[str]:
    """Return how much these entries add to each kept count; withdrawn ones add nothing."""
    found = tagging.counted(conn, numbers)
    for part in chunks(numbers):
        rows = conn.execute(
            select(entry.c.source, entry.c.section, func.count())
            .where(entry.c.number.in_(part), entry.c.withdrawn_at.is_(None))
            .group_by(entry.c.source, entry.c.section)
        )
        for source, section, n in rows:
            found.update({"home": n, f"section:{section}": n, f"source:{source}": n})
    return found


def move_sections(conn: Connection, source: str, section: str, *, now: datetime) -> int:
    """Put all entries of a source into a section; return how many moved."""
    there = (entry.c.source == source, entry.c.section != section)
    moved: Counter[str] = Counter()
    rows = conn.execute(
        select(entry.c.section, func.count())
        .where(*there, entry.c.withdrawn_at.is_(None))
        .group_by(entry.c.section)
    )
    for old, n in rows:
        moved[old] = n
    conn.execute(update(entry).where(*there).values(section=section, changed=to_seconds(now)))
    deltas = {f"section:{old}": -n for old, n in moved.items()}
    facts.add_counts(conn, deltas | {f"section:{section}": moved.total()})
    return moved.total()
