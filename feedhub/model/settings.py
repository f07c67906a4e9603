"""What the admin wrote in config.yaml, checked and complete: made by `config`, read by everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

BodyPolicy = Literal["full", "summary", "none"]
SourceKind = Literal["feed", "page", "telegram", "sitemap", "json"]
TagKind = Literal["place", "organisation", "person", "topic", "event", "document", "company"]

LOCAL = "local"
"""The reserved source slug of articles written here; no configured source may take it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """Who publishes. `base_url` has no trailing slash and is the only origin of absolute links."""

    title: str
    base_url: str
    language: str = "ru"
    timezone: str = "Europe/Moscow"
    accent: str = "#1d4f91"
    logo: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """One of the portal's parts."""

    slug: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeout:
    """Seconds to connect and seconds for the whole answer."""

    connect: float = 10.0
    total: float = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchSettings:
    """Limits of fetching. `gap` is in seconds, `max_bytes` counts bytes after decompression.

    `allow_private` holds the private addresses that an admin opened, as written:
    "127.0.0.1:8081", "10.1.2.3" or "10.0.0.0/8". `user_agent` is already filled in.
    """

    concurrency: int = 64
    per_host: int = 2
    gap: float = 1.0
    timeout: Timeout = field(default_factory=Timeout)
    max_bytes: int = 15 * 1024 * 1024
    user_agent: str = "FeedHub"
    allow_private: tuple[str, ...] = ()
    proxy: str | None = None
    ca_bundle: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRules:
    """How entries are found in an HTML list: CSS selectors, those but `item` within one item.

    `article` selects the text on the entry's own page; "auto" lets it be found. `include` and
    `exclude` say which items count: a selector that an item matches or holds, or "/.../", a
    regular expression on the entry's address.
    """

    item: str
    title: str | None = None
    link: str | None = None
    date: str | None = None
    image: str | None = None
    article: str | None = None
    include: str | None = None
    exclude: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldPaths:
    """Where entries and their fields stand in a JSON document: `data.items`, `images[0].url`.

    `items` is a path from the root ("" is the root itself), the others from one item.
    """

    items: str = ""
    id: str | None = None
    title: str | None = None
    url: str | None = None
    date: str | None = None
    body: str | None = None
    image: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TitleRules:
    """What is done to a source's headlines: `strip` are endings or beginnings cut off.

    `pattern` makes headlines where the source gives numbers only: "{Объект закупки} — {Заказчик}"
    takes what stands behind these words in the text, "/.../" the groups of a regular expression.
    """

    pattern: str | None = None
    strip: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A configured external feed with its rules; `slug` is its identity, `url` may change.

    `every` is None for "auto". `encoding` is None for "auto". `categories` maps what the source
    calls a category to a tag's name, or to None for "ignore". `include` and `exclude` are regular
    expressions on title + summary. `max_age` refuses older entries. `fallback_urls` are asked in
    turn while `url` fails; `warm_up` is asked first for its cookies. `body_strip` are regular
    expressions cut from the text. `trust`, 0 to 100, says who leads a story.
    """

    slug: str
    title: str
    url: str
    kind: SourceKind = "feed"
    section: str = "news"
    tags: tuple[str, ...] = ()
    every: timedelta | None = None
    timezone: str = "Europe/Moscow"
    encoding: str | None = None
    body: BodyPolicy = "full"
    ca_bundle: str | None = None
    proxy: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    include: str | None = None
    exclude: str | None = None
    categories: tuple[tuple[str, str | None], ...] = ()
    max_age: timedelta | None = None
    timeout: Timeout | None = None
    language: str = "ru"
    paused: bool = False
    fallback_urls: tuple[str, ...] = ()
    warm_up: str | None = None
    trust: int = 50
    title_rules: TitleRules = TitleRules()
    body_strip: tuple[str, ...] = ()
    page: PageRules | None = None
    json: FieldPaths | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TagSpec:
    """A tag as configured. `match` None means name and aliases; when given, it is complete.

    An entry of `match` is a phrase matched in every word form; abbreviations in capitals are
    matched as they are; "=..." exactly as it is; "/.../" a regular expression. `unless_near` are
    words, in any form, within three words of a hit, that cancel it.
    """

    name: str
    slug: str | None = None
    kind: TagKind = "topic"
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    match: tuple[str, ...] | None = None
    unless_near: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Tagging:
    """Weights of a hit by field, and the score from which a tag is given instead of proposed."""

    title: float = 3
    lead: float = 2
    body: float = 1
    threshold: float = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedSettings:
    """How many entries a feed holds unless asked, and at most."""

    items: int = 50
    max_items: int = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """How long what is no entry is kept: `poll_log`, the record of single polls."""

    poll_log: timedelta = timedelta(days=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The whole configuration, checked; paths inside are absolute.

    `path` is the file it came from, `stamp` a digest of its bytes: other bytes, other settings.
    `alerts` are addresses of Apprise, with their secrets.
    """

    path: str
    stamp: str = ""
    site: Site
    database: str
    articles: str
    sections: tuple[Section, ...]
    fetch: FetchSettings = field(default_factory=FetchSettings)
    sources: tuple[Source, ...] = ()
    tags: tuple[TagSpec, ...] = ()
    tagging: Tagging = field(default_factory=Tagging)
    feeds: FeedSettings = field(default_factory=FeedSettings)
    alerts: tuple[str, ...] = field(default=(), repr=False)
    retention: Retention = Retention()
