"""HTML in place of a feed: a list of news by selectors, and the page of one entry.

For agencies that publish no feed. `item` alone is often enough: what the admin did not select is
guessed (see `items`), and a selector that finds nothing is named with what to do about it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from html import escape

from feedhub.core.parse.articletext import headline, lead_image, longest_text, published
from feedhub.core.parse.hypertext import Element, base_of, inner_html, read_html, words
from feedhub.core.parse.items import Item, Places, read_item
from feedhub.core.parse.links import web_link
from feedhub.core.parse.refusal import refusal
from feedhub.core.parse.selectors import (
    Condition,
    Finder,
    check_condition,
    check_selector,
    condition,
    finder,
)
from feedhub.errors import ParseError
from feedhub.model.entry import Image
from feedhub.model.parsed import ParsedEntry, ParsedFeed
from feedhub.model.settings import PageRules

__all__ = [
    "ArticlePage",
    "check_condition",
    "check_selector",
    "read_article",
    "read_page",
    "with_article",
]

MAX_ITEMS = 1000
_LOOKED_AT = 5000
AUTO = "auto"
_TEXT = 200
"""A page with fewer characters than this in it is made by scripts in the browser."""
_FEED = re.compile(r"(?:<\?xml[^>]{0,200}>\s*)?<(?:rss|feed|rdf:RDF)[\s>]")


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticlePage:
    """An entry's own page: `content` is HTML as found, `published` a raw string.

    `base_url` is what relative addresses in `content` start from.
    """

    content: str
    base_url: str
    title: str = ""
    published: str | None = None
    image: Image | None = None


def read_page(text: str, *, url: str, rules: PageRules) -> ParsedFeed:
    """Read an HTML list found at `url`; raise `ParseError` where its rules find no entries.

    At most 1,000 items are read; an item within an item is part of it. A selector of item, title
    or link that matches nothing is an error that names it; one of date or image a warning, as a
    page without pictures is still worth reading.
    """
    root, warnings = _page(text)
    asked = _finder("item", rules.item, limit=_LOOKED_AT)
    places = Places(
        title=_optional("title", rules.title),
        link=_optional("link", rules.link),
        date=_optional("date", rules.date),
        image=_optional("image", rules.image),
    )
    elements, told = _outermost(asked(root))
    if not elements:
        raise ParseError(_nothing(text, root, "item", rules.item))
    base = base_of(root, url)
    items = [read_item(element, places, base) for element in elements]
    doubts = _unmatched(items, rules)
    entries, left = _kept(items, rules)
    return ParsedFeed(
        format="page",
        title=escape(_title(root), quote=False),
        home_url=web_link(url),
        language=(root.get("lang") or "").strip()[:35] or None,
        entries=entries,
        warnings=(*warnings, *told, *doubts, *left),
    )


def read_article(text: str, *, url: str, rules: PageRules) -> ArticlePage:
    """Read the full text on an entry's own page by `rules.article`, "auto" or None: find it.

    Raises `ParseError` where the selector matches nothing or no text can be found.
    """
    root, _ = _page(text)
    base = base_of(root, url)
    title = headline(root)
    selector = rules.article or AUTO
    found = longest_text(root) if selector == AUTO else _finder("article", selector)(root)
    if not found and selector == AUTO:
        raise ParseError(
            "page.article: no text was found on this page; select it by a CSS selector"
        )
    if not found:
        raise ParseError(_nothing(text, root, "article", selector))
    chosen, _told = _outermost(found)
    return ArticlePage(
        content="\n".join(filter(None, map(inner_html, chosen))),
        base_url=base,
        title=escape(title, quote=False),
        published=published(root, chosen),
        image=lead_image(root, chosen, base),
    )


def with_article(entry: ParsedEntry, page: ArticlePage) -> ParsedEntry:
    """Complete an entry of a list by its own page: the text, and what the list did not say."""
    return replace(
        entry,
        content=page.content or entry.content,
        title=entry.title or page.title,
        published=entry.published or page.published,
        images=entry.images or ((page.image,) if page.image else ()),
        base_url=page.base_url,
    )


def _page(text: str) -> tuple[Element, tuple[str, ...]]:
    """Read a page; refuse what is plainly none, and say which kind of source reads it."""
    head = text[:2000].lstrip("\ufeff\x00 \t\r\n")
    if not head and not text.strip("\ufeff\x00 \t\r\n"):
        raise ParseError("an empty answer instead of a page")
    if head.startswith(("{", "[")):
        raise ParseError("JSON instead of a page: kind json reads it")
    if _FEED.match(head):
        raise ParseError("a feed instead of a page: kind feed reads it")
    return read_html(text)


def _finder(key: str, selector: str, *, limit: int = 50) -> Finder:
    """Make a selector ready; one that the configuration's check let through is named."""
    try:
        return finder(selector, limit=limit)
    except ValueError as error:
        raise ParseError(f"page.{key}: {error}"[:300]) from error


def _optional(key: str, selector: str | None) -> Finder | None:
    return _finder(key, selector) if selector else None


def _condition(key: str, text: str | None) -> Condition | None:
    try:
        return condition(text) if text else None
    except ValueError as error:
        raise ParseError(f"page.{key}: {error}"[:300]) from error


def _outermost(found: list[Element]) -> tuple[list[Element], tuple[str, ...]]:
    """Drop items that stand within another, so that no part of a page is read twice."""
    chosen: list[Element] = []
    within = 0
    for element in found:
        if chosen and any(above is chosen[-1] for above in element.iterancestors()):
            within += 1
        elif len(chosen) == MAX_ITEMS:
            return chosen, (f"the page has more than {MAX_ITEMS} items; the first were read",)
        else:
            chosen.append(element)
    told = f"{_items(within, 'stands', 'stand')} within another and passed for a part of it"
    return chosen, (told,) if within else ()


def _kept(items: list[Item], rules: PageRules) -> tuple[tuple[ParsedEntry, ...], list[str]]:
    """Return the entries that have a link and a title and are meant; tell how many are not."""
    include, exclude = (
        _condition("include", rules.include),
        _condition("exclude", rules.exclude),
    )
    left: Counter[str] = Counter()
    found: dict[tuple[str, str], ParsedEntry] = {}
    for item in items:
        entry, address = item.entry, item.entry.url
        if address is None or not entry.title:
            left["title" if address else "link"] += 1
        elif (include and not include(item.element, address)) or (
            exclude and exclude(item.element, address)
        ):
            left["rules"] += 1
        else:
            found.setdefault((address, entry.title), entry)
    if left["link"] + left["title"] == len(items):
        every = _items(len(items), "has", "have")
        raise ParseError(f"page.item: {every} no link or no title; correct the selector")
    return tuple(found.values()), _left_out(left, len(items))


def _left_out(left: Counter[str], count: int) -> list[str]:
    told = [
        f"{_items(left[what], 'has', 'have')} no {what} and {_was(left[what])} left out"
        for what in ("link", "title")
        if left[what]
    ]
    if left["rules"] and left.total() == count:
        told.append("page.include and page.exclude leave none of the items; check them")
    return told


def _unmatched(items: list[Item], rules: PageRules) -> list[str]:
    """Tell which selectors match nothing in any item; without title or link there is no entry."""
    told = []
    for name in ("title", "link", "date", "image"):
        selector = getattr(rules, name)
        if not selector or any(name in item.hits for item in items):
            continue
        said = f"{_selector(name, selector)} matches nothing in any item ({len(items)} looked at)"
        if name in ("title", "link"):
            raise ParseError(f"{said}; look at the page's source and correct it, or leave it out")
        told.append(said)
    return told


def _nothing(text: str, root: Element, name: str, selector: str) -> str:
    """Say that a selector matches nothing on a page, why that may be, and what to do."""
    said = f"{_selector(name, selector)} matches nothing on this page"
    _, asks, what = refusal(text, "html").partition(": it asks ")
    if asks:
        return f"{said}: the page asks {what}"
    if len(words(root, limit=2 * _TEXT)) < _TEXT:
        return (
            f"{said}, which holds hardly any text: scripts make it in the browser; "
            "look for a feed, or for the address they load"
        )
    return f"{said}; look at its source, it may have changed, and correct the selector"


def _selector(name: str, selector: str) -> str:
    return f'page.{name}: the selector "{" ".join(selector.split())[:120]}"'


def _title(root: Element) -> str:
    return next((name for one in root.iter("title") if (name := words(one, limit=300))), "")


def _items(count: int, one: str, many: str) -> str:
    return f"1 item {one}" if count == 1 else f"{count} items {many}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
