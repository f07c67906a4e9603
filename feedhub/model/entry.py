"""The entry, the one noun of this house: an item of news, theirs or ours, and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TagState = Literal["auto", "manual", "proposed", "rejected"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    """What the source said an entry is about (atom:category, RSS category); not yet a tag."""

    term: str
    scheme: str | None = None
    label: str | None = None

    @property
    def name(self) -> str:
        """Return the words a person reads: the label, or the term where there is none."""
        return self.label or self.term


@dataclass(frozen=True, kw_only=True, slots=True)
class Enclosure:
    """A related file. `length` is in bytes; None where the source did not say."""

    url: str
    type: str | None = None
    length: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture; sizes in pixels and bytes, None where unknown. `credit` is who took it."""

    url: str
    type: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeeAlso:
    """A link «См. также»: the words and the address."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """When and where something dated takes place (entries of the events section)."""

    start: datetime
    end: datetime | None = None
    place: str = ""
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagged:
    """One tag on one entry, with its why.

    `key` is the tag's identity (its folded name), `name` how to write it should it be new.
    `rule` says in words what gave it («слово», «рубрика источника», «источник», «статья»),
    `field` where, `quote` the words as they stand there with `start` and `end` offsets in that
    field's plain text. `score` is compared with `threshold`: below it the tag is only proposed.
    """

    key: str
    name: str
    state: TagState = "auto"
    rule: str = ""
    version: str = ""
    field: str = ""
    quote: str = ""
    start: int | None = None
    end: int | None = None
    score: float = 0
    threshold: float = 0
    by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry made fit for the store: cleaned, dated, identified, and (after `tag`) tagged.

    `identity` is unique within its source and says which entry this is at the next poll;
    `identity_why` how it was found. `uri` is the source's own id where that is a URI, else None:
    then one is minted when the entry is stored. `url` is where it is read (None: on our own
    page), `canonical_url` only compares. `published` is None where no believable time could be
    had; `date_only` marks a day without a time. `content` is cleaned HTML with absolute links,
    `text` its plain text, `teaser` whole sentences cut for lists. `digest` covers all that a
    reader sees; equal digests mean that nothing really changed. `stamp` covers what the source
    said word for word: an entry with a known stamp need not be made again.
    """

    source: str
    identity: str
    identity_why: str
    uri: str | None = None
    url: str | None = None
    canonical_url: str | None = None
    title: str
    summary: str = ""
    content: str = ""
    text: str = ""
    lead: str = ""
    teaser: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_raw: str | None = None
    published_why: str = ""
    date_only: bool = False
    updated: datetime | None = None
    language: str = "ru"
    section: str = "news"
    categories: tuple[Category, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: Image | None = None
    see_also: tuple[SeeAlso, ...] = ()
    reading_minutes: int = 1
    event: Event | None = None
    slug: str | None = None
    own_tags: tuple[str, ...] = ()
    tags: tuple[Tagged, ...] = ()
    digest: str = ""
    stamp: str = ""
