"""What a document says, before we believe it: feeds of sources and files of local articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from feedhub.model.entry import Category, Enclosure, Event, Image, SeeAlso
from feedhub.model.history import Hints


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A body as text, with the encoding it claimed and the one it really has.

    `why` is empty when both agree, else one sentence for the admin.
    """

    text: str
    declared: str | None
    real: str
    why: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedEntry:
    """One entry as its document gives it: strings as received, HTML not yet cleaned.

    `url` is absolute where it could be resolved. Bodies: `content` is the fullest text the
    document offers, `summary` its short one; either may be HTML. Times are raw strings.
    The fields after `base_url` are filled by local articles only.
    """

    guid: str | None = None
    url: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    images: tuple[Image, ...] = ()
    language: str | None = None
    base_url: str | None = None

    section: str | None = None
    tags: tuple[str, ...] = ()
    lead: str | None = None
    see_also: tuple[SeeAlso, ...] = ()
    event: Event | None = None
    slug: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedFeed:
    """A source's document. `entries` stand in document order; `ttl` is in minutes (RSS 2.0).

    `links` are (relation, address as written): hub, self, next, prev-archive; `hints` say how
    often it changes; `deleted` are ids of entries taken back (RFC 6721). `warnings` are sentences
    for the admin (broken XML that could be read all the same, ...).
    """

    format: str
    title: str = ""
    home_url: str | None = None
    language: str | None = None
    ttl: int | None = None
    entries: tuple[ParsedEntry, ...] = ()
    encoding: Decoded | None = None
    warnings: tuple[str, ...] = field(default=())
    links: tuple[tuple[str, str], ...] = ()
    hints: Hints = field(default_factory=Hints)
    deleted: tuple[str, ...] = ()
