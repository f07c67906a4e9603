"""The lists we publish, named: each is a page and a feed in every format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.model.out import OutEntry, OutSource, OutTag


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One tag of an expression, by slug; `is_not` for `!slug`."""

    slug: str
    is_not: bool = False

    def __str__(self) -> str:
        return f"!{self.slug}" if self.is_not else self.slug


@dataclass(frozen=True, kw_only=True, slots=True)
class Expression:
    """A tag expression: any of `groups`, each all of its terms (`a+!b,c`)."""

    groups: tuple[tuple[Term, ...], ...]

    def __str__(self) -> str:
        return ",".join("+".join(str(term) for term in group) for group in self.groups)


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Newest of everything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InSection:
    """A section's entries."""

    slug: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ByTags:
    """Entries that a tag expression picks; the expression is canonical."""

    expression: Expression


@dataclass(frozen=True, kw_only=True, slots=True)
class FromSource:
    """One source's entries."""

    slug: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """Entries that hold the words, in any form; filters are slugs, times are bounds of `published`."""

    query: str
    section: str | None = None
    source: str | None = None
    tag: str | None = None
    since: datetime | None = None
    until: datetime | None = None


ListRef = Home | InSection | ByTags | FromSource | Search


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedOptions:
    """What a reader may ask of a feed: query fields `limit`, `body`, `images`, `before`."""

    limit: int | None = None
    body: str | None = None
    images: bool = True
    before: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TagRow:
    """A tag in a list of tags, with how many listed entries bear it or a child of it."""

    slug: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    parent: str | None
    count: int
    newest: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRow:
    """A source in the list of sources, with how it is: `state` is one plain sentence, `more` are
    further ones, `rhythm` says how often it is polled, and why."""

    slug: str
    title: str
    home_page_url: str | None
    feed_url: str
    section: str
    is_active: bool
    is_healthy: bool
    state: str
    count: int
    newest: datetime | None
    last_poll_at: datetime | None
    next_poll_at: datetime | None
    more: tuple[str, ...] = ()
    rhythm: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """A list for a person: `path` is its canonical address ("/tags/a+b/"), `total` may be None
    where counting would cost too much; `older` is the cursor of the next page, None at the end.

    `tag` with `ancestors`, `children`, `related` and `weeks` (entries a week, oldest first) is
    set for the page of a single tag; `source` for the page of a source.
    """

    ref: ListRef
    path: str
    query: str
    title: str
    description: str
    entries: tuple[OutEntry, ...]
    total: int | None
    older: str | None
    tag: TagRow | None = None
    ancestors: tuple[OutTag, ...] = ()
    children: tuple[TagRow, ...] = ()
    related: tuple[OutTag, ...] = ()
    weeks: tuple[int, ...] = ()
    source: SourceRow | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryPage:
    """One entry for a person, with its canonical path ("/entries/12-slug")."""

    entry: OutEntry
    path: str
    source: OutSource


@dataclass(frozen=True, kw_only=True, slots=True)
class Media:
    """A stored picture of a local article."""

    hash: str
    type: str
    width: int
    height: int
    body: bytes
