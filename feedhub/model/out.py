"""What we publish: entries and feeds as every format and page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from feedhub.model.entry import Enclosure, Event, Image, SeeAlso


@dataclass(frozen=True, kw_only=True, slots=True)
class OutTag:
    """A tag to show; `url` is the absolute address of its page and its category scheme's base."""

    slug: str
    name: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OutSection:
    """A section to show."""

    slug: str
    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OutSource:
    """Who said it. For a local article the portal itself (`is_local`).

    `updated` is when we last saw something new there; `url` is our page of this source.
    """

    slug: str
    title: str
    home_page_url: str | None
    feed_url: str | None
    url: str
    updated: datetime
    is_local: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """When and why an entry was taken back."""

    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OutEntry:
    """One entry to publish. All addresses are absolute.

    `id` is the permanent URI, `number` the key in our addresses, `page_url` our page of it,
    `url` its link (the source's own page; ours for a local article). `summary` is plain text,
    `content` HTML as far as the source's body policy allows (empty: we only show a summary),
    `teaser` whole sentences for lists on pages.
    `changed` is when anything of it last changed here: Last-Modified, never shown.
    """

    number: int
    id: str
    url: str
    page_url: str
    title: str
    summary: str
    content: str
    published: datetime
    updated: datetime
    changed: datetime
    authors: tuple[str, ...]
    language: str
    tags: tuple[OutTag, ...]
    section: OutSection
    source: OutSource
    image: Image | None
    enclosures: tuple[Enclosure, ...]
    see_also: tuple[SeeAlso, ...]
    reading_minutes: int
    event: Event | None
    date_only: bool
    version: int
    teaser: str = ""
    withdrawn: Withdrawn | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutFeed:
    """A list of entries as a feed, newest first; what is the same in every format.

    `id` is the feed's permanent URI (the same for all its formats), `page_url` the HTML twin,
    `self_url` the address of this document, `next_url` the
    one with the entries before its last (RFC 5005, 3: a paged feed). `updated` is the newest change shown.
    """

    id: str
    title: str
    subtitle: str
    page_url: str
    self_url: str
    language: str
    updated: datetime
    site_title: str
    icon_url: str | None
    generator_version: str
    next_url: str | None = None
    entries: tuple[OutEntry, ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """A document to serve: bytes and the headers that describe them."""

    body: bytes
    media_type: str
    etag: str
    last_modified: datetime
    next_url: str | None = None
