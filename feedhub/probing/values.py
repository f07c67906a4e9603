"""What a probe comes to: frozen values, to be printed, shown on a page or sent as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feedhub.core.probe import FoundLink
from feedhub.model import FieldPaths, PageRules, SourceKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One address asked, why, and what came of it in one sentence."""

    url: str
    why: str
    outcome: str
    is_found: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TagShown:
    """A tag that an entry would get, and why."""

    name: str
    state: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """An entry as it would look; `published` is aware, with what made it believable."""

    url: str | None
    title: str
    published: datetime | None
    published_why: str
    lead: str
    tags: tuple[TagShown, ...]
    image: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the entries of a document have in common, before they are made fit for the store.

    `newest` was read in the zone asked for; `newest_local` is the newest time that names no zone,
    as it stands there, taken for UTC. `dated` of `count` entries have a believable time, `zoneless`
    of those name no zone. `affixes` are to be stripped from headlines, as they stand in them.
    """

    count: int = 0
    dated: int = 0
    zoneless: int = 0
    newest: datetime | None = None
    newest_local: datetime | None = None
    affixes: tuple[str, ...] = ()
    affixes_why: tuple[str, ...] = ()
    has_number_titles: bool = False
    body: str = ""
    has_text: bool = False
    trackers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    is_news_sitemap: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ListFound:
    """A list of a page whose selectors were proved by reading it."""

    rules: PageRules
    why: str
    facts: Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """One document: what it is and what it names. `kind` is None where it is no source.

    `sentence` says what it is; `fault` as in `model.Fault`. Of an index of sitemaps `sitemaps` are
    those it lists; `onward` is where a page sends its readers by itself; `lists` are the lists of a
    page, best first, of which the first is meant.
    """

    url: str
    kind: SourceKind | None
    sentence: str
    format: str = ""
    title: str = ""
    language: str | None = None
    home_url: str | None = None
    declared: str | None = None
    real: str = ""
    encoding_why: str = ""
    facts: Facts = Facts()
    fault: str | None = None
    is_page: bool = False
    is_scripted: bool = False
    hub: str | None = None
    links: tuple[FoundLink, ...] = ()
    onward: FoundLink | None = None
    news: tuple[FoundLink, ...] = ()
    channels: tuple[FoundLink, ...] = ()
    usual: tuple[FoundLink, ...] = ()
    sitemaps: tuple[FoundLink, ...] = ()
    lists: tuple[ListFound, ...] = ()
    paths: FieldPaths | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternative:
    """Another way to read the site: what it is, how much it holds, and why it was not chosen."""

    kind: SourceKind
    url: str
    title: str
    count: int
    newest: datetime | None
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The document chosen, with what the server offers to those who come again."""

    url: str
    kind: SourceKind
    format: str
    title: str
    language: str | None
    count: int
    newest: datetime | None
    declared: str | None
    real: str
    encoding_why: str
    zone: str
    zone_why: str
    body: str
    etag: str | None
    last_modified: str | None
    cache_control: str | None
    expires: str | None
    hub: str | None
    trackers: tuple[str, ...]
    categories: tuple[str, ...]
    repeated: tuple[tuple[str, int], ...]
    guesses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """What was found at an address. Without `item` nothing was; then `advice` says what to try."""

    address: str
    steps: tuple[Step, ...]
    document: Document | None = None
    samples: tuple[Sample, ...] = ()
    warnings: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    item: Mapping[str, object] | None = None
    advice: tuple[str, ...] = ()
