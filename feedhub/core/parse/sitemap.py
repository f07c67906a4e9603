"""Sitemaps as a source: `urlset` with Google's news and image parts, and an index of sitemaps.

Many sites without a feed list their newest pages for search engines, with times and, in a news
sitemap, with headlines. (sitemaps.org, protocol 0.9; Google's sitemap-news and sitemap-image.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree  # type: ignore[import-untyped]

from feedhub.core.parse.links import web_link
from feedhub.core.parse.refusal import is_page, refusal
from feedhub.core.parse.scrub import legal, scrub
from feedhub.core.parse.tolerant import BROKEN
from feedhub.errors import ParseError
from feedhub.model.entry import Category, Image
from feedhub.model.parsed import ParsedEntry, ParsedFeed

MAX_ENTRIES = 1000
"""The newest so many are read: a sitemap may list the whole site, 50,000 pages of ten years."""
MAX_SITEMAPS = 1000
_MAX_IMAGES = 20
_MAX_KEYWORDS = 50
_FEEDS = frozenset({"rss", "feed", "rdf"})
_OLDEST = datetime.min.replace(tzinfo=UTC)
_ENDING = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp|xml|md|pdf|docx?)$", re.IGNORECASE)
_INDEX_PAGE = re.compile(r"(?:index|default|detail|show|view)", re.IGNORECASE)
_NUMBERS = re.compile(r"(?:^|\s)(?:id)?\d{5,}(?=\s|$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class SitemapAddress:
    """One sitemap that an index lists; `lastmod` is the raw string, None where it is missing."""

    url: str
    lastmod: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SitemapIndex:
    """A sitemap of sitemaps, newest `lastmod` first: what to fetch instead of it."""

    sitemaps: tuple[SitemapAddress, ...]
    warnings: tuple[str, ...] = ()


def read_sitemap(text: str, *, url: str) -> ParsedFeed | SitemapIndex:
    """Read a sitemap found at `url`, its 1,000 newest pages first; an index as what it lists.

    The site's home page is no entry. `lastmod` is the time of update; only a news sitemap says
    when something was published. Raises `ParseError` where the document is something else.
    """
    root, warnings = _root(text)
    kind = _name(root)
    if kind == "sitemapindex":
        return _index(root, url, warnings)
    if kind != "urlset":
        raise ParseError(_otherwise(text, kind))
    pages = [page for each in root if _name(each) == "url" and (page := _Page.of(each, url))]
    listed = len(pages)
    if not pages and any(warning.startswith(BROKEN) for warning in warnings):
        raise ParseError(f"{warnings[-1]}, and no page was found")
    pages.sort(key=lambda page: _instant(page.newest), reverse=True)
    if listed > MAX_ENTRIES:
        warnings += (f"the sitemap lists {listed} pages; the {MAX_ENTRIES} newest were read",)
    chosen = pages[:MAX_ENTRIES]
    return ParsedFeed(
        format="sitemap",
        title=next((escape(page.paper, quote=False) for page in chosen if page.paper), ""),
        entries=tuple(page.entry() for page in chosen),
        warnings=warnings,
    )


def _root(text: str) -> tuple[Any, tuple[str, ...]]:
    """Read XML without entities, network or endless depth; broken XML as far as possible."""
    document = scrub(text)
    if not document.root or is_page(document.root):
        raise ParseError(_otherwise(text, document.root))
    try:
        return etree.fromstring(document.body, _parser(recover=False)), document.warnings
    except etree.XMLSyntaxError as error:
        fault = " ".join(str(error).split())[:120]
        told = f"{BROKEN} ({fault}), read as far as possible"
    root = etree.fromstring(document.body, _parser(recover=True))
    if root is None:
        raise ParseError(f"XML that cannot be read: {told}")
    return root, (*document.warnings, told)


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _otherwise(text: str, root: str) -> str:
    """Say what a document is that is no sitemap."""
    if root.lower().rpartition(":")[2] in _FEEDS:
        return "a feed instead of a sitemap: kind feed reads it"
    if not root and text.strip("\ufeff\x00 \t\r\n"):
        return "no sitemap: the answer is not XML"
    return refusal(text, root).replace("a feed", "a sitemap").replace("no feed", "no sitemap")


def _index(root: Any, url: str, warnings: tuple[str, ...]) -> SitemapIndex:
    found: dict[str, SitemapAddress] = {}
    for each in root:
        link = web_link(_child(each, "loc"), url)
        if _name(each) == "sitemap" and link and link != url:
            found.setdefault(
                link, SitemapAddress(url=link, lastmod=_child(each, "lastmod") or None)
            )
    newest = sorted(found.values(), key=lambda each: _instant(each.lastmod), reverse=True)
    if not newest:
        raise ParseError("a sitemap index that lists no sitemaps")
    return SitemapIndex(sitemaps=tuple(newest[:MAX_SITEMAPS]), warnings=warnings)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """One page that a sitemap lists: its element, address and what dates it."""

    element: Any
    news: Any
    url: str
    lastmod: str | None
    published: str | None

    @classmethod
    def of(cls, element: Any, base: str) -> _Page | None:
        """Take one `url` element; None where it names no page, or the site's home page."""
        link = web_link(_child(element, "loc"), base)
        if link is None or not (urlsplit(link).path.strip("/") or urlsplit(link).query):
            return None
        news = next((part for part in element if _name(part) == "news"), None)
        return cls(
            element=element,
            news=news,
            url=link,
            lastmod=_child(element, "lastmod") or None,
            published=(_child(news, "publication_date") if news is not None else "") or None,
        )

    @property
    def newest(self) -> str | None:
        return self.published or self.lastmod

    @property
    def paper(self) -> str:
        """The name of the publication, of a news sitemap."""
        return _child(self._publication, "name")

    @property
    def _publication(self) -> Any:
        news = () if self.news is None else self.news
        return next((part for part in news if _name(part) == "publication"), ())

    def entry(self) -> ParsedEntry:
        """Make the entry; a title that is missing is read off the address."""
        news = () if self.news is None else self.news
        title = _child(news, "title") or words_of(self.url)
        keywords = re.split(r"[,;]", _child(news, "keywords"))
        terms = dict.fromkeys(" ".join(word.split())[:200] for word in keywords[:_MAX_KEYWORDS])
        return ParsedEntry(
            url=self.url,
            title=escape(title, quote=False),
            published=self.published,
            updated=self.lastmod,
            categories=tuple(Category(term=term) for term in terms if term),
            images=tuple(_images(self.element, self.url)),
            language=_child(self._publication, "language")[:35] or None,
        )


def _images(page: Any, base: str) -> Iterator[Image]:
    found = [part for part in page if _name(part) == "image"][:_MAX_IMAGES]
    for part in found:
        if link := web_link(_child(part, "loc"), base):
            yield Image(url=link, alt=_child(part, "title"), caption=_child(part, "caption"))


def words_of(url: str) -> str:
    """Return a title made of the last words of an address, percent-decoded, numbers left out.

    Where it ends in a number alone, the word before it stands in front: «news 12345».
    """
    parts = urlsplit(url)
    steps = [_unslugged(step) for step in parts.path.split("/") if step]
    if parts.query and steps and _INDEX_PAGE.fullmatch(steps[-1]):
        steps.pop()
    steps += re.findall(r"=([\w%-]{1,80})", parts.query)[:1]
    last = next((word for step in reversed(steps) if (word := _wordy(step))), "")
    if not steps or not last:
        return legal(" ".join([parts.hostname or "", *steps]))[:300]
    if not _wordy(steps[-1]):
        last = f"{last} {steps[-1]}"
    return legal(last[:1].upper() + last[1:])[:300]


def _unslugged(step: str) -> str:
    try:
        decoded = unquote(step, errors="strict")
    except UnicodeDecodeError:
        decoded = unquote(step, "windows-1251", errors="replace")
    return " ".join(re.sub(r"[-_+.~]+", " ", _ENDING.sub("", decoded)).split())


def _wordy(step: str) -> str:
    """Return a step of an address without its long numbers, if letters are left."""
    rest = " ".join(_NUMBERS.sub(" ", step).split())
    return rest if any(char.isalpha() for char in rest) else ""


def _instant(raw: str | None) -> datetime:
    """Read a W3C date only to order by it; one that is none counts as the oldest."""
    try:
        read = datetime.fromisoformat((raw or "").strip())
    except ValueError:
        return _OLDEST
    try:
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except OverflowError:
        return _OLDEST


def _name(element: Any) -> str:
    """Return an element's name without namespace or prefix, which many sitemaps get wrong."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _child(element: Any, name: str) -> str:
    """Return the text of the first child of this name, in one line."""
    for child in element:
        if _name(child) == name:
            return legal(" ".join("".join(child.itertext()).split()))[:2000]
    return ""
