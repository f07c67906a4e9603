"""Values for tests: complete ones, of which a test writes only what it is about.

Every agency and every address here is invented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from feedhub.core.decide import tag_digest
from feedhub.core.decide.match import likeness
from feedhub.core.text.fold import search_words, tag_key
from feedhub.core.text.slug import slugify
from feedhub.model import (
    Change,
    Entry,
    Insert,
    KnownEntry,
    Section,
    Settings,
    Site,
    Source,
    Tagged,
    Update,
)
from feedhub.store import Connection, entries, lookup, sources
from feedhub.store.entries import Writing
from feedhub.store.tags import WantedTag

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AUTHORITY = "news.example"
SOURCE = "agency"

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

SECTIONS = (
    Section(slug="news", title="Новости"),
    Section(slug="press-releases", title="Пресс-релизы"),
    Section(slug="events", title="События"),
)


class Dice:
    """Throws that are the same every time: a test that fails once fails always."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._throws = 0

    def roll(self, sides: int) -> int:
        """Return a number from 0 to `sides` - 1."""
        self._throws += 1
        digest = blake2b(f"{self._seed} {self._throws}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) % sides

    def pick(self, things: Sequence[Any]) -> Any:
        """Return one of some things."""
        return things[self.roll(len(things))]

    def some(self, things: Sequence[Any], most: int) -> tuple[Any, ...]:
        """Return up to `most` different things, in their order."""
        chosen = {self.roll(len(things)) for _ in range(self.roll(most + 1))}
        return tuple(things[place] for place in sorted(chosen))


def a_tag(name: str, **overrides: Any) -> Tagged:
    """Return a tag on an entry, given by a keyword rule."""
    values = {"key": tag_key(name), "name": name, "rule": f"keyword «{name}»", "version": "1"}
    return Tagged(**values | overrides)


def some_tags(*names: str) -> tuple[Tagged, ...]:
    """Return tags by their names."""
    return tuple(a_tag(name) for name in names)


def an_entry(identity: str = "guid:1", **overrides: Any) -> Entry:
    """Return an entry; `digest` covers title and text unless it is given.

    `tags` may be names.
    """
    values: dict[str, Any] = {
        "source": SOURCE,
        "identity": identity,
        "identity_why": "its guid",
        "title": f"Новость {identity}",
        "text": f"Текст записи {identity}.",
        "content": f"<p>Текст записи {identity}.</p>",
        "published": NOW - HOUR,
    }
    values |= overrides
    values["tags"] = tuple(
        a_tag(tag) if isinstance(tag, str) else tag for tag in values.get("tags", ())
    )
    shown = f"{values['title']}\n{values['text']}"
    values.setdefault("digest", blake2b(shown.encode(), digest_size=16).hexdigest())
    return Entry(**values)


def an_insert(entry: Entry | None = None, **overrides: Any) -> Insert:
    """Return the change that adds an entry; overrides of the entry's fields may be given."""
    entry = entry or an_entry(**overrides)
    return Insert(
        entry=entry,
        published=entry.published or NOW,
        tag_digest=tag_digest(entry.tags),
        reason="new",
    )


def an_update(number: int, entry: Entry, **overrides: Any) -> Update:
    """Return the change that rewrites an entry; a real one at NOW unless told otherwise."""
    values: dict[str, Any] = {
        "published": entry.published or NOW,
        "updated": NOW,
        "tag_digest": tag_digest(entry.tags),
        "reason": "its content changed",
    }
    return Update(number=number, entry=entry, **values | overrides)


def a_known(entry: Entry, number: int = 1, **overrides: Any) -> KnownEntry:
    """Return what the store would know of an entry."""
    values: dict[str, Any] = {
        "number": number,
        "identity": entry.identity,
        "uri": entry.uri or f"tag:{AUTHORITY},2026:{number}",
        "canonical_url": entry.canonical_url,
        "slug": entry.slug or "entry",
        "digest": entry.digest,
        "tag_digest": tag_digest(entry.tags),
        "published": entry.published or NOW,
        "updated": entry.updated or entry.published or NOW,
        "last_seen": NOW,
        "likeness": likeness(entry),
    }
    return KnownEntry(**values | overrides)


def a_source(slug: str = SOURCE, **overrides: Any) -> Source:
    """Return a configured source."""
    values = {
        "slug": slug,
        "title": f"Ведомство {slug}",
        "url": f"https://{slug}.example/feed.xml",
    }
    return Source(**values | overrides)


def settings(**overrides: Any) -> Settings:
    """Return a whole configuration; the fields of `site` may be given among the others."""
    own = {field.name for field in fields(Site)}
    site = {"title": "Портал", "base_url": f"https://{AUTHORITY}"}
    site |= {name: value for name, value in overrides.items() if name in own}
    values: dict[str, Any] = {
        "path": "/nowhere/config.yaml",
        "stamp": "1",
        "site": Site(**site),
        "database": "sqlite://",
        "articles": "/nowhere/articles",
        "sections": SECTIONS,
    }
    return Settings(
        **values | {name: value for name, value in overrides.items() if name not in own}
    )


def a_writing(tags: Iterable[Tagged] = (), now: datetime = NOW) -> Writing:
    """Return what writing needs, for changes that bear these tags."""
    wanted = {
        tag.key: WantedTag(key=tag.key, name=tag.name, slug=slugify(tag.name)) for tag in tags
    }
    return Writing(now=now, words=search_words, authority=AUTHORITY, tags=wanted)


def add_sources(conn: Connection, *slugs: str, now: datetime = NOW) -> None:
    """Make the rows of sources, besides those that are there."""
    known = {state.slug for state in sources.all_states(conn)}
    wanted = [a_source(slug) for slug in sorted(known | set(slugs))]
    sources.settle(conn, wanted, now=now)


def write(conn: Connection, *changes: Change, source: str = SOURCE, now: datetime = NOW) -> None:
    """Apply changes of one source, with all the tags they bear."""
    tags = [
        tag
        for change in changes
        if isinstance(change, Insert | Update)
        for tag in change.entry.tags
    ]
    entries.apply(conn, source, changes, a_writing(tags, now))


def numbers(conn: Connection, source: str, *identities: str) -> tuple[int, ...]:
    """Return the numbers under which these identities of a source are stored, in their order."""
    found = lookup.known(conn, source, identities=identities, canonical_urls=())
    by_identity = {one.identity: one.number for one in found}
    return tuple(by_identity[identity] for identity in identities)
