"""Where a site may keep its feeds: what its page names, and what such sites usually have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from feedhub.core.probe.tree import Element, address, is_same_site, said

MOST_LINKS = 3000
"""Links of a page that are looked at."""

_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/xml",
        "text/xml",
    }
)
_WORDS = re.compile(
    r"\b(?:rss|atom)\b|rss-?(?:лент|канал|поток)|лент[аы] новостей|новостная лента|json feed",
    re.IGNORECASE,
)
_PLACES = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)(?:[/.?_-]|$)|\.(?:rss|atom)(?:\?|$)|rss\d?\.(?:php|aspx?|xml)"
    r"|(?:^|/)[\w-]*(?:rss|feed|atom|news)[\w-]*\.xml|[?&](?:format|feed|type)=(?:rss|atom|xml)",
    re.IGNORECASE,
)
_NO_FEEDS = re.compile(
    r"\.(?:jpe?g|png|gif|svg|ico|pdf|docx?|zip|css|js)(?:\?|$)|/wp-json/|oembed|opensearch"
    r"|validator\.w3\.org|add\.my\.yahoo|/(?:api/)?subscribe(?:[/?]|$)",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"comment|комментари", re.IGNORECASE)
_NEWS_WORDS = re.compile(
    r"(?:все |последние |архив |лента )?(?:новост(?:и|ей)|навіны|навiны|news)(?:\s.{0,20})?"
    r"|пресс-?(?:центр|служба|релизы)|сообщения|press(?:[ -](?:cent(?:re|er)|releases|room))?",
    re.IGNORECASE,
)
_NEWS_PLACES = re.compile(
    r"/(?:news|novosti|press|press-?cent(?:er|re)|press-?releases?|events|media|naviny)/?$",
    re.IGNORECASE,
)
_CHANNEL = re.compile(
    r"https?://(?:www\.)?(?:t\.me|telegram\.me)/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?(?:\?.*)?",
    re.IGNORECASE,
)
_NOT_CHANNELS = re.compile(r"(?:share|joinchat|addstickers|iv|proxy|\w*bot)$", re.IGNORECASE)
_REFRESH = re.compile(r"\s*\d{1,2}\s*[;,]\s*url\s*=\s*[\"']?([^\"']+)", re.IGNORECASE)
_LONGEST = 1000
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_BITRIX_ID = re.compile(
    r"\bI?BLOCK_?ID\b[\"']?\s{0,3}(?:[:=]|=>)\s{0,3}[\"']?(\d{1,5})\b|rss\.php\?ID=(\d{1,5})\b",
    re.IGNORECASE,
)
_DEPARTMENT = re.compile(r"/(department|gov/persons|rugovclassifier)/(\d{1,6})(?:/|$)")
_USUAL = (
    *("/rss", "/rss.xml", "/feed", "/news/rss/", "/atom.xml", "/rss/", "/feed/"),
    *("/index.xml", "/rss/news", "/export/rss2/archive/index.xml"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLink:
    """An address worth asking: what it is called, and why it is thought to be a feed."""

    url: str
    title: str = ""
    why: str = ""


def feed_links(root: Element, base: str) -> tuple[FoundLink, ...]:
    """Return what a page names as feeds, the likeliest first, at most 30.

    Its link elements, then its own links in words or by their address. Feeds of comments stand
    last, and links to another site's feeds are not the page's own.
    """
    found = (*_declared(root, base), *_spoken(root, base))
    return _once(sorted(found, key=lambda link: _is_of_comments(link)))[:30]


def _declared(root: Element, base: str) -> Iterator[FoundLink]:
    for link in islice(root.iter("link"), 300):
        rels = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        url = address(link.get("href"), base)
        if "alternate" not in rels or url is None or _NO_FEEDS.search(url):
            continue
        if kind in _TYPES or (not kind and _PLACES.search(_tail(url))):
            title = " ".join((link.get("title") or "").split())[:200]
            yield FoundLink(url=url, title=title, why=f"a link element of type {kind or 'none'}")


def _spoken(root: Element, base: str) -> Iterator[FoundLink]:
    for link in islice(root.iter("a"), MOST_LINKS):
        url = address(link.get("href"), base)
        if url is None or _NO_FEEDS.search(url) or not is_same_site(url, base) or url == base:
            continue
        words = said(link, 100) or _called(link)
        if _PLACES.search(_tail(url)):
            yield FoundLink(url=url, title=words, why="a link whose address looks like a feed's")
        elif _WORDS.search(words):
            yield FoundLink(url=url, title=words, why=f"a link called «{words[:60]}»")


def _called(link: Element) -> str:
    pictures = islice(link.iter("img"), 3)
    names = (link.get("title"), *(picture.get("alt") for picture in pictures))
    return next((" ".join(name.split())[:100] for name in names if name and name.strip()), "")


def _is_of_comments(link: FoundLink) -> bool:
    return _COMMENTS.search(f"{link.title} {_tail(link.url)}") is not None


def _tail(url: str) -> str:
    """Return path and query of an address: a host «rss.example» says nothing."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _once(links: Iterable[FoundLink]) -> tuple[FoundLink, ...]:
    first: dict[str, FoundLink] = {}
    for link in links:
        first.setdefault(link.url, link)
    return tuple(first.values())


def news_pages(root: Element, base: str) -> tuple[FoundLink, ...]:
    """Return the pages of the same site that its page calls news or press centre, at most 5."""
    found: list[FoundLink] = []
    for link in islice(root.iter("a"), MOST_LINKS):
        url = address(link.get("href"), base)
        if url is None or not is_same_site(url, base) or url.rstrip("/") == base.rstrip("/"):
            continue
        words = said(link, 60)
        if _NEWS_WORDS.fullmatch(words) or _NEWS_PLACES.search(urlsplit(url).path):
            found.append(FoundLink(url=url, title=words, why=f"a page called «{words[:60]}»"))
    found.sort(key=lambda link: _NEWS_PLACES.search(urlsplit(link.url).path) is None)
    return _once(found)[:5]


def onward(root: Element, base: str) -> FoundLink | None:
    """Return where a page sends its readers on to by itself, on the same site; None where it stays."""
    for meta in islice(root.iter("meta"), 100):
        if (meta.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        sent = _REFRESH.match((meta.get("content") or "")[:_LONGEST])
        url = address(sent[1], base) if sent else None
        if url is not None and url != base and is_same_site(url, base):
            return FoundLink(url=url, why="the page sends its readers on to it")
    return None


def channels(root: Element) -> tuple[FoundLink, ...]:
    """Return the Telegram channels that a page links to, at most 3."""
    found: list[FoundLink] = []
    for link in islice(root.iter("a"), MOST_LINKS):
        named = _CHANNEL.fullmatch((link.get("href") or "").strip()[:300])
        if named and not _NOT_CHANNELS.match(named[1]):
            url = f"https://t.me/s/{named[1]}"
            found.append(
                FoundLink(url=url, title=f"@{named[1]}", why="a Telegram channel it names")
            )
    return _once(found)[:3]


def usual_feeds(url: str, text: str = "") -> tuple[FoundLink, ...]:
    """Return addresses where such a site often keeps a feed, the likeliest first.

    `text` is the page's markup, which betrays its engine: Bitrix has a feed for each block of
    content, by number. On the government's portal each ministry has a feed of its own.
    """
    found = [*_of_portal(url, text), *_of_bitrix(url, text), *_of_engine(url, text)]
    path = urlsplit(url).path
    if path not in ("", "/"):
        own = f"{path.rstrip('/')}/rss/"
        found.append(FoundLink(url=urljoin(url, own), why="a feed beneath the page asked"))
    found += [FoundLink(url=urljoin(url, path), why="a usual place") for path in _USUAL]
    return tuple(link for link in _once(found) if link.url != url)


def _of_portal(url: str, text: str) -> Iterator[FoundLink]:
    is_portal = is_same_site(url, "http://government.ru/")
    places = _DEPARTMENT.finditer(urlsplit(url).path) if is_portal else ()
    for kind, number in ((place[1], place[2]) for place in places):
        yield FoundLink(
            url=urljoin(url, f"/{kind}/{number}/events/rss/"),
            why="the government portal's feed of this department",
        )


def _of_bitrix(url: str, text: str) -> Iterator[FoundLink]:
    if "/bitrix/" not in text:
        return
    numbers = dict.fromkeys(found[1] or found[2] for found in _BITRIX_ID.finditer(text))
    for number in islice(numbers, 2):
        yield FoundLink(
            url=urljoin(url, f"/bitrix/rss.php?ID={number}&LIMIT=50"),
            why=f"a Bitrix site whose page names block {number}",
        )
    yield FoundLink(url=urljoin(url, "/news/rss/"), why="a usual place of Bitrix sites")


def _of_engine(url: str, text: str) -> Iterator[FoundLink]:
    if "/wp-content/" in text:
        yield FoundLink(url=urljoin(url, "/feed/"), why="a WordPress site")
    if "/sites/default/files" in text or 'content="Drupal' in text:
        yield FoundLink(url=urljoin(url, "/rss.xml"), why="a Drupal site")


def sitemaps_of(robots: str, base: str) -> tuple[FoundLink, ...]:
    """Return the sitemaps that a robots.txt names, those of news first, at most 10."""
    named = (address(found[1], base) for found in islice(_SITEMAP.finditer(robots), 100))
    found = [FoundLink(url=url, why="a sitemap named in robots.txt") for url in named if url]
    found.sort(key=lambda link: "news" not in _tail(link.url).lower())
    return _once(found)[:10]
