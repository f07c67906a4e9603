"""What the store knows of entries: of a source's for deciding, of any by number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, select

from feedhub.model import KnownEntry
from feedhub.store.schema import body, entry
from feedhub.store.values import chunks, short_key, to_instant, to_seconds


def known(
    conn: Connection,
    source: str,
    *,
    identities: Iterable[str],
    canonical_urls: Iterable[str],
    likenesses: Iterable[str] = (),
) -> tuple[KnownEntry, ...]:
    """Return what is stored of a source's entries under these identities, addresses or words."""
    found: dict[int, KnownEntry] = {}
    if conn.execute(_ANY, {"of": source}).first() is None:
        return ()
    by_key = {short_key(one): one for one in (*identities, *canonical_urls)}
    for part in chunks(sorted(by_key)):
        for query in (_BY_IDENTITY, _BY_ADDRESS):
            rows = conn.execute(query, {"of": source, "keys": part}).mappings()
            found.update({row["number"]: _known_entry(row, by_key) for row in rows})
    for part in chunks(sorted(set(likenesses))):
        rows = conn.execute(_BY_LIKENESS, {"of": source, "keys": part}).mappings()
        found.update({row["number"]: _known_entry(row, by_key) for row in rows})
    return tuple(found[number] for number in sorted(found))


# A new source's archive is the largest document it will ever bring, and nothing of it is known.
_ANY = select(entry.c.number).where(entry.c.source == bindparam("of")).limit(1)
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
    entry.c.last_seen,
    entry.c.likeness,
    entry.c.withdrawn_at,
).where(entry.c.source == bindparam("of"))
# Statements are made once and given their values: making them anew costs more than running them.
_BY_IDENTITY = _KNOWN.where(entry.c.identity.in_(bindparam("keys", expanding=True)))
_BY_LIKENESS = _KNOWN.where(entry.c.likeness.in_(bindparam("keys", expanding=True)))
_BY_ADDRESS = _KNOWN.where(entry.c.canonical_url.in_(bindparam("keys", expanding=True)))


_MISSING = _KNOWN.where(
    entry.c.published > bindparam("low"),
    entry.c.published < bindparam("high"),
    entry.c.last_seen < bindparam("since"),
    entry.c.withdrawn_at.is_(None),
    entry.c.published_raw.is_not(None),
    entry.c.date_only.is_(False),
).limit(100)
_LATELY = (
    _KNOWN.add_columns(entry.c.title)
    .where(entry.c.published > bindparam("since"), entry.c.withdrawn_at.is_(None))
    .order_by(entry.c.published.desc(), entry.c.number.desc())
    .limit(bindparam("most"))
)


def _known_entry(row: RowMapping, by_key: Mapping[str, str]) -> KnownEntry:
    """Return what is known, with the keys as the asker wrote them."""
    canonical_url = row["canonical_url"]
    return KnownEntry(
        number=row["number"],
        identity=by_key.get(row["identity"], row["identity"]),
        uri=row["uri"],
        canonical_url=by_key.get(canonical_url, canonical_url),
        slug=row["slug"],
        digest=row["digest"],
        tag_digest=row["tag_digest"],
        published=to_instant(row["published"]),
        updated=to_instant(row["updated"]),
        last_seen=to_instant(row["last_seen"]),
        likeness=row["likeness"],
        is_withdrawn=row["withdrawn_at"] is not None,
    )


def text_of(conn: Connection, number: int) -> str:
    """Return the text of an entry; empty where there is no such entry."""
    return conn.execute(select(body.c.text).where(body.c.entry == number)).scalar() or ""


def under_titles(
    conn: Connection, source: str, titles: Collection[str], *, since: datetime
) -> dict[str, KnownEntry]:
    """Return a source's entries listed since then, by title; of several the newest."""
    found: dict[str, KnownEntry] = {}
    rows = conn.execute(
        _LATELY, {"of": source, "since": to_seconds(since), "most": _LOOKED_AT}
    ).mappings()
    for row in rows:
        if row["title"] in titles:
            found.setdefault(row["title"], _known_entry(row, {}))
    return found


def missing(
    conn: Connection, source: str, *, newer_than: datetime, older_than: datetime, since: datetime
) -> tuple[KnownEntry, ...]:
    """Return entries listed at their own times between these, and not seen since that time."""
    rows = conn.execute(
        _MISSING,
        {
            "of": source,
            "low": to_seconds(newer_than),
            "high": to_seconds(older_than),
            "since": to_seconds(since),
        },
    ).mappings()
    return tuple(_known_entry(row, {}) for row in rows)


_LOOKED_AT = 2000
"""Newest entries of a source that are compared by title."""


def last_number(conn: Connection) -> int:
    """Return the highest number of an entry, 0 where there is none."""
    return conn.execute(select(func.max(entry.c.number))).scalar() or 0


STAMPS = 3000
"""Newest entries of a source whose stamps are handed to whoever reads its document."""


def stamps(conn: Connection, source: str) -> frozenset[str]:
    """Return the stamps of what a source has said and what still stands."""
    return frozenset(conn.execute(_STAMPS_OF, {"of": source}).scalars())


_STAMPS_OF = (
    select(entry.c.stamp)
    .where(entry.c.source == bindparam("of"), entry.c.stamp != "", entry.c.withdrawn_at.is_(None))
    .order_by(entry.c.published.desc(), entry.c.number.desc())
    .limit(STAMPS)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What names an entry: its identity within its source, and the words in its address."""

    identity: str
    slug: str
    title: str
    is_withdrawn: bool


def names(conn: Connection, numbers: Sequence[int]) -> dict[int, Named]:
    """Return what names these entries, by number."""
    found: dict[int, Named] = {}
    for part in chunks(numbers):
        rows = conn.execute(
            select(
                entry.c.number,
                entry.c.identity,
                entry.c.slug,
                entry.c.title,
                entry.c.withdrawn_at,
            ).where(entry.c.number.in_(part))
        )
        for row in rows:
            found[row.number] = Named(
                identity=row.identity,
                slug=row.slug,
                title=row.title,
                is_withdrawn=row.withdrawn_at is not None,
            )
    return found
