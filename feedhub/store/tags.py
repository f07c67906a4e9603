"""Our tags: their names, aliases, slugs and parents, and finding one by any of its names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from feedhub.store.schema import alias, tag
from feedhub.store.values import chunks


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTag:
    """A tag as stored. `key` is its identity (the folded name), `slug` its address for ever."""

    id: int
    key: str
    slug: str
    name: str
    kind: str = "topic"
    parent: int | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedTag:
    """A tag as the configuration, a source or an article names it.

    `slug` is a wish: when it is taken the stored one gets a number. Of a known tag only what
    the configuration says (`is_configured`) changes, never the slug, unless it is written there.
    """

    key: str
    name: str
    slug: str
    kind: str = "topic"
    parent_key: str | None = None
    aliases: tuple[tuple[str, str], ...] = ()
    is_configured: bool = False
    is_slug_given: bool = False


def all_tags(conn: Connection) -> tuple[StoredTag, ...]:
    """Return every tag with its aliases, in the order in which they came to be."""
    names: dict[int, list[str]] = {}
    for row in conn.execute(select(alias.c.tag, alias.c.name).order_by(alias.c.key)):
        names.setdefault(row.tag, []).append(row.name)
    return tuple(
        StoredTag(
            id=row.id,
            key=row.key,
            slug=row.slug,
            name=row.name,
            kind=row.kind,
            parent=row.parent,
            aliases=tuple(names.get(row.id, ())),
        )
        for row in conn.execute(select(tag).order_by(tag.c.id))
    )


def ids_of(conn: Connection, keys: Iterable[str]) -> dict[str, int]:
    """Return the ids of the tags with these keys; unknown ones are missing."""
    found: dict[str, int] = {}
    for part in chunks(sorted(set(keys))):
        rows = conn.execute(_IDS_OF, {"keys": part})
        found.update({row.key: row.id for row in rows})
    return found


_IDS_OF = select(tag.c.key, tag.c.id).where(tag.c.key.in_(bindparam("keys", expanding=True)))


def ensure(conn: Connection, wanted: Mapping[str, WantedTag]) -> dict[str, int]:
    """Return the ids of these tags by key, making those that are missing."""
    known = ids_of(conn, wanted)
    for key in sorted(wanted.keys() - known.keys()):
        known[key] = _create(conn, wanted[key])
    return known


def settle(conn: Connection, wanted: Iterable[WantedTag]) -> None:
    """Make the stored tags what the configuration says; tags it does not name stay as they are."""
    wanted = tuple(wanted)
    ids = ensure(conn, {one.key: one for one in wanted})
    ids |= ids_of(conn, {one.parent_key for one in wanted if one.parent_key})
    # A name that another tag bore as an alias until now must be free before it is given away.
    for part in chunks([ids[one.key] for one in wanted]):
        conn.execute(delete(alias).where(alias.c.tag.in_(part)))
    for one in wanted:
        _describe(conn, ids, one)


def _describe(conn: Connection, ids: Mapping[str, int], one: WantedTag) -> None:
    values: dict[str, object] = {
        "name": one.name,
        "kind": one.kind,
        "parent": ids[one.parent_key] if one.parent_key else None,
    }
    if one.is_slug_given:
        _make_way(conn, one.slug, own=ids[one.key])
        values["slug"] = one.slug
    if one.is_configured:
        conn.execute(update(tag).where(tag.c.id == ids[one.key]).values(values))
    for key, name in one.aliases:
        conn.execute(delete(alias).where(alias.c.key == key))
        conn.execute(insert(alias).values(key=key, name=name, tag=ids[one.key]))


def _make_way(conn: Connection, slug: str, own: int) -> None:
    """Give another tag that has this slug a number: what the configuration says, holds."""
    owner = conn.execute(select(tag.c.id).where(tag.c.slug == slug, tag.c.id != own)).scalar()
    if owner is not None:
        conn.execute(update(tag).where(tag.c.id == owner).values(slug=_free_slug(conn, slug)))


def _create(conn: Connection, one: WantedTag) -> int:
    values = {
        "key": one.key,
        "name": one.name,
        "slug": _free_slug(conn, one.slug),
        "kind": one.kind,
    }
    return int(conn.execute(insert(tag).values(values).returning(tag.c.id)).scalar_one())


def _free_slug(conn: Connection, slug: str) -> str:
    """Return the slug, or the first of slug-2, slug-3, ... that no tag has."""
    number, free = 1, slug
    while conn.execute(select(tag.c.id).where(tag.c.slug == free)).first() is not None:
        number += 1
        free = f"{slug}-{number}"
    return free
