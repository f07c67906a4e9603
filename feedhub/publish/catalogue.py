"""Finding tags by any of their names, and walking their families, from one reading of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from feedhub.core.text.fold import tag_key
from feedhub.core.text.near import near
from feedhub.model import OutTag
from feedhub.store import Connection, tags
from feedhub.store.tags import StoredTag


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """All tags, by id, slug and key. `children` are direct ones."""

    by_id: Mapping[int, StoredTag]
    by_slug: Mapping[str, StoredTag]
    by_key: Mapping[str, StoredTag]
    children: Mapping[int, tuple[StoredTag, ...]] = field(default_factory=dict)

    def find(self, text: str) -> StoredTag | None:
        """Return the tag with this slug, name or alias, or None."""
        known = self.by_slug.get(text) or self.by_key.get(tag_key(text))
        return known or self.by_slug.get(text.lower())

    def slug_of(self, text: str) -> str | None:
        """Return the canonical slug for a slug, name or alias, or None."""
        found = self.find(text)
        return found.slug if found else None

    def family(self, tag: StoredTag) -> frozenset[int]:
        """Return the ids of a tag and all its descendants."""
        ids: set[int] = set()
        todo = [tag]
        while todo:
            one = todo.pop()
            if one.id not in ids:
                ids.add(one.id)
                todo.extend(self.children.get(one.id, ()))
        return frozenset(ids)

    def ancestors(self, tag: StoredTag) -> tuple[StoredTag, ...]:
        """Return a tag's parents, the furthest first."""
        found: list[StoredTag] = []
        parent = self.by_id.get(tag.parent or 0)
        while parent is not None and parent not in found:
            found.insert(0, parent)
            parent = self.by_id.get(parent.parent or 0)
        return tuple(found)

    def near(self, text: str) -> tuple[str, ...]:
        """Return the slugs of tags whose name or slug looks like the text, nearest first."""
        names = {one.name: one.slug for one in self.by_id.values()}
        names |= {one.slug: one.slug for one in self.by_id.values()}
        return tuple(dict.fromkeys(names[name] for name in near(text, names)))


def read_catalogue(conn: Connection) -> Catalogue:
    """Read all tags of the store."""
    found = tags.all_tags(conn)
    by_key = {tag_key(alias): one for one in found for alias in one.aliases}
    children: dict[int, tuple[StoredTag, ...]] = {}
    for one in found:
        if one.parent is not None:
            children[one.parent] = (*children.get(one.parent, ()), one)
    return Catalogue(
        by_id={one.id: one for one in found},
        by_slug={one.slug: one for one in found},
        by_key=by_key | {one.key: one for one in found},
        children=children,
    )


def out_tag(base_url: str, tag: StoredTag) -> OutTag:
    """Return a tag as it is shown."""
    return OutTag(slug=tag.slug, name=tag.name, url=f"{base_url}/tags/{tag.slug}/")
