"""Writing entries: what `decide` answered becomes rows, all of it in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from feedhub.model import Change, Entry, Insert, KnownEntry, Skip, Tagged, Update, Withdraw
from feedhub.store import facts, search, tags
from feedhub.store.schema import body, entry, entry_tag, tag, tagging
from feedhub.store.search import Fold
from feedhub.store.values import chunks, entry_columns, entry_value, to_instant, to_seconds

PUBLIC = ("auto", "manual")
"""The states in which a tag is shown and listed."""

BY_HAND = "by hand"
"""The rule of a tag that a person decided on: it sticks, whatever the rules say later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Writing:
    """What writing needs besides the rows: the instant, the folding, and who mints ids.

    `authority` is the host in `tag:` URIs (RFC 4151) for entries whose source gives no URI.
    `tags` describes every tag the changes bear, so that new ones can be made.
    """

    now: datetime
    fold: Fold
    authority: str
    tags: Mapping[str, tags.WantedTag]


def known(
    conn: Connection, source: str, *, identities: Iterable[str], canonical_urls: Iterable[str]
) -> tuple[KnownEntry, ...]:
    """Return what is stored of a source's entries under these identities or these addresses."""
    found: dict[int, KnownEntry] = {}
    wanted = ((entry.c.identity, identities), (entry.c.canonical_url, canonical_urls))
    for column, values in wanted:
        for part in chunks(sorted(set(values))):
            rows = conn.execute(_KNOWN.where(entry.c.source == source, column.in_(part)))
            found.update({row["number"]: _known_entry(row) for row in rows.mappings()})
    return tuple(found[number] for number in sorted(found))


_KNOWN = select(
    entry.c.number,
    entry.c.identity,
    entry.c.uri,
    entry.c.canonical_url,
    entry.c.slug,
    entry.c.digest,
    entry.c.tag_digest,
    entry.c.published,
    entry.c.updated,
    entry.c.withdrawn_at,
)


def _known_entry(row: RowMapping) -> KnownEntry:
    return KnownEntry(
        number=row["number"],
        identity=row["identity"],
        uri=row["uri"],
        canonical_url=row["canonical_url"],
        slug=row["slug"],
        digest=row["digest"],
        tag_digest=row["tag_digest"],
        published=to_instant(row["published"]),
        updated=to_instant(row["updated"]),
        is_withdrawn=row["withdrawn_at"] is not None,
    )


def apply(conn: Connection, source: str, changes: Sequence[Change], writing: Writing) -> None:
    """Write the changes of one source. Rows keep document order: what stood first comes last."""
    inserts = [change for change in reversed(changes) if isinstance(change, Insert)]
    updates = [change for change in changes if isinstance(change, Update)]
    withdrawals = [change for change in changes if isinstance(change, Withdraw)]
    seen = [
        change.number
        for change in changes
        if isinstance(change, Skip) and change.number is not None
    ]
    ids = tags.ensure(conn, writing.tags)
    deltas: Counter[str] = Counter()
    _insert(conn, source, inserts, ids, writing, deltas)
    for change in updates:
        _update(conn, source, change, ids, writing, deltas)
    for withdrawal in withdrawals:
        _withdraw(conn, source, withdrawal, writing, deltas)
    for part in chunks(seen):
        conn.execute(
            update(entry).where(entry.c.number.in_(part)).values(last_seen=to_seconds(writing.now))
        )
    facts.add_counts(conn, deltas)
    if inserts or updates or withdrawals:
        facts.note_change(conn, now=writing.now)


def _insert(
    conn: Connection,
    source: str,
    changes: Sequence[Insert],
    ids: Mapping[str, int],
    writing: Writing,
    deltas: Counter[str],
) -> None:
    if not changes:
        return
    uris = _free_uris(conn, source, [change.entry for change in changes], writing)
    rows = [_row(source, change, uri, writing) for change, uri in zip(changes, uris, strict=True)]
    numbers = conn.execute(
        insert(entry).returning(entry.c.number, sort_by_parameter_order=True), rows
    ).scalars()
    written = list(zip(numbers, changes, strict=True))
    conn.execute(
        insert(body),
        [{"entry": n, "content": c.entry.content, "text": c.entry.text} for n, c in written],
    )
    search.index(conn, ((n, c.entry.title, c.entry.text) for n, c in written), writing.fold)
    _insert_tags(conn, [(n, c.entry.tags, c.published) for n, c in written], ids, writing.now)
    for _, change in written:
        deltas.update(_places(source, change.entry.section, _public(change.entry.tags, ids)))


def _row(source: str, change: Insert, uri: str, writing: Writing) -> dict[str, Any]:
    now = to_seconds(writing.now)
    published = to_seconds(change.published)
    source_updated = change.entry.updated
    updated = max(published, to_seconds(source_updated)) if source_updated else published
    return entry_columns(change.entry) | {
        "source": source,
        "uri": uri,
        "slug": change.entry.slug or "entry",
        "published": published,
        "updated": min(updated, max(now, published)),
        "changed": now,
        "first_seen": now,
        "last_seen": now,
        "tag_digest": change.tag_digest,
    }


def _free_uris(
    conn: Connection, source: str, entries: Sequence[Entry], writing: Writing
) -> list[str]:
    """Return a permanent id for each entry: its own URI while nobody else has it, else minted."""
    wanted = {one.uri for one in entries if one.uri}
    minted = [_minted(source, one, writing) for one in entries]
    taken: set[str] = set()
    for part in chunks(sorted(wanted | set(minted))):
        taken.update(conn.execute(select(entry.c.uri).where(entry.c.uri.in_(part))).scalars())
    uris: list[str] = []
    for one, mint in zip(entries, minted, strict=True):
        uri = next(uri for uri in _candidates(one.uri, mint) if uri not in taken)
        taken.add(uri)
        uris.append(uri)
    return uris


def _candidates(own: str | None, minted: str) -> Iterable[str]:
    if own:
        yield own
    yield minted
    for number in range(2, 1000):
        yield f"{minted}-{number}"


def _minted(source: str, one: Entry, writing: Writing) -> str:
    digest = blake2b(one.identity.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"tag:{writing.authority},{writing.now.year}:{source}/{digest}"


def _update(
    conn: Connection,
    source: str,
    change: Update,
    ids: Mapping[str, int],
    writing: Writing,
    deltas: Counter[str],
) -> None:
    now = to_seconds(writing.now)
    deltas.subtract(_places_now(conn, source, change.number))
    values = entry_columns(change.entry) | {
        "published": to_seconds(change.published),
        "last_seen": now,
        "tag_digest": change.tag_digest,
        "withdrawn_at": None,
        "withdrawn_reason": None,
        "changed": now,
        "version": entry.c.version + (1 if change.updated else 0),
    }
    if change.updated is not None:
        values["updated"] = to_seconds(change.updated)
    if change.entry.slug:
        values["slug"] = change.entry.slug
    conn.execute(update(entry).where(entry.c.number == change.number).values(values))
    conn.execute(
        update(body)
        .where(body.c.entry == change.number)
        .values(content=change.entry.content, text=change.entry.text)
    )
    search.index(conn, [(change.number, change.entry.title, change.entry.text)], writing.fold)
    replace_tags(conn, [(change.number, change.entry.tags, change.published)], ids, writing.now)
    deltas.update(_places_now(conn, source, change.number))


def _withdraw(
    conn: Connection, source: str, change: Withdraw, writing: Writing, deltas: Counter[str]
) -> None:
    deltas.subtract(_places_now(conn, source, change.number))
    conn.execute(
        update(entry)
        .where(entry.c.number == change.number)
        .values(
            withdrawn_at=to_seconds(writing.now),
            withdrawn_reason=change.reason,
            changed=to_seconds(writing.now),
        )
    )


def replace_tags(
    conn: Connection,
    rows: Sequence[tuple[int, tuple[Tagged, ...], datetime]],
    ids: Mapping[str, int],
    now: datetime,
) -> None:
    """Put the tags a machine gave in place of those it gave before; decisions by hand stay."""
    numbers = [number for number, _, _ in rows]
    by_hand: dict[int, dict[int, str]] = {}
    for part in chunks(numbers):
        conn.execute(delete(tagging).where(tagging.c.entry.in_(part), tagging.c.rule != BY_HAND))
        conn.execute(delete(entry_tag).where(entry_tag.c.entry.in_(part)))
        kept = conn.execute(
            select(tagging.c.entry, tagging.c.tag, tagging.c.state).where(
                tagging.c.entry.in_(part), tagging.c.rule == BY_HAND
            )
        )
        for row in kept:
            by_hand.setdefault(row.entry, {})[row.tag] = row.state
    _insert_tags(conn, rows, ids, now, by_hand)


def _insert_tags(
    conn: Connection,
    rows: Sequence[tuple[int, tuple[Tagged, ...], datetime]],
    ids: Mapping[str, int],
    now: datetime,
    by_hand: Mapping[int, Mapping[int, str]] | None = None,
) -> None:
    whys: list[dict[str, Any]] = []
    listed: list[dict[str, Any]] = []
    for number, given, published in rows:
        decided = (by_hand or {}).get(number, {})
        public = {tag_id for tag_id, state in decided.items() if state in PUBLIC}
        for one in given:
            if ids[one.key] not in decided:
                whys.append(_why(number, one, ids[one.key], now))
                public.update({ids[one.key]} if one.state in PUBLIC else ())
        listed.extend(
            {"tag": tag_id, "published": to_seconds(published), "entry": number}
            for tag_id in sorted(public)
        )
    if whys:
        conn.execute(insert(tagging), whys)
    if listed:
        conn.execute(insert(entry_tag), listed)


def _why(number: int, one: Tagged, tag_id: int, now: datetime) -> dict[str, Any]:
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


def _public(given: Iterable[Tagged], ids: Mapping[str, int]) -> set[int]:
    return {ids[one.key] for one in given if one.state in PUBLIC}


def _places(source: str, section: str, tag_ids: Iterable[int]) -> list[str]:
    """Return the names of the kept counts in which a listed entry counts."""
    return [
        "home",
        f"section:{section}",
        f"source:{source}",
        *(f"tag:{tag_id}" for tag_id in tag_ids),
    ]


def _places_now(conn: Connection, source: str, number: int) -> list[str]:
    row = conn.execute(
        select(entry.c.section, entry.c.withdrawn_at).where(entry.c.number == number)
    ).one()
    if row.withdrawn_at is not None:
        return []
    return _places(source, row.section, _tags_now(conn, number))


def _tags_now(conn: Connection, number: int) -> Iterable[int]:
    return conn.execute(select(entry_tag.c.tag).where(entry_tag.c.entry == number)).scalars()


def move_sections(conn: Connection, source: str, section: str) -> int:
    """Put all entries of a source into a section; return how many moved."""
    moved: Counter[str] = Counter(
        conn.execute(
            select(entry.c.section).where(
                entry.c.source == source,
                entry.c.section != section,
                entry.c.withdrawn_at.is_(None),
            )
        ).scalars()
    )
    conn.execute(
        update(entry)
        .where(entry.c.source == source, entry.c.section != bindparam("target"))
        .values(section=bindparam("target")),
        {"target": section},
    )
    deltas = {f"section:{old}": -n for old, n in moved.items()}
    facts.add_counts(conn, deltas | {f"section:{section}": moved.total()})
    return moved.total()


@dataclass(frozen=True, kw_only=True, slots=True)
class TaggedEntry:
    """A stored entry with what retagging needs; `own_tags` of articles are in the entry."""

    number: int
    entry: Entry
    tag_digest: str


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
    for part in chunks(numbers):
        rows = conn.execute(
            select(tagging.c.entry, tag.c.name)
            .join(tag, tag.c.id == tagging.c.tag)
            .where(tagging.c.entry.in_(part), tagging.c.rule == "article")
            .order_by(tagging.c.entry, tag.c.id)
        )
        for row in rows:
            found[row.entry] = (*found.get(row.entry, ()), row.name)
    return found


def set_tags(
    conn: Connection,
    number: int,
    given: tuple[Tagged, ...],
    ids: Mapping[str, int],
    *,
    tag_digest: str,
    now: datetime,
) -> None:
    """Give an entry the tags of a machine anew; its `updated` stays, its feeds know it changed."""
    published = conn.execute(select(entry.c.published).where(entry.c.number == number)).scalar_one()
    replace_tags(conn, [(number, given, to_instant(published))], ids, now)
    conn.execute(
        update(entry)
        .where(entry.c.number == number)
        .values(tag_digest=tag_digest, changed=to_seconds(now))
    )


def tag_places(conn: Connection, number: int) -> list[str]:
    """Return the names of the kept counts of an entry's tags; none for a withdrawn one."""
    withdrawn = conn.execute(select(entry.c.withdrawn_at).where(entry.c.number == number)).scalar()
    return [] if withdrawn is not None else [f"tag:{t}" for t in _tags_now(conn, number)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What names an entry: its identity within its source, and the words in its address."""

    identity: str
    slug: str
    is_withdrawn: bool


def names(conn: Connection, numbers: Sequence[int]) -> dict[int, Named]:
    """Return what names these entries, by number."""
    found: dict[int, Named] = {}
    for part in chunks(numbers):
        rows = conn.execute(
            select(entry.c.number, entry.c.identity, entry.c.slug, entry.c.withdrawn_at).where(
                entry.c.number.in_(part)
            )
        )
        for row in rows:
            found[row.number] = Named(
                identity=row.identity, slug=row.slug, is_withdrawn=row.withdrawn_at is not None
            )
    return found
