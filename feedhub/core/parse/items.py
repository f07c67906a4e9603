"""One item of an HTML list: where its link, headline, date, picture and teaser stand.

What the admin selected is taken; the rest is guessed from what lists of news have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from feedhub.core.parse.hypertext import Element, picture, words
from feedhub.core.parse.links import web_link
from feedhub.core.parse.scrub import legal
from feedhub.core.parse.selectors import Finder
from feedhub.model.entry import Image
from feedhub.model.parsed import ParsedEntry

_SUMMARY_WORDS = 4
"""Fewer words than this beside title and date are a label («Новости»), no teaser."""

_HREFS = ("href", "data-href", "data-url")
_LINKS = etree.XPath("(descendant-or-self::*[self::a or self::area][@href])[position() <= 50]")
_UPWARD = etree.XPath("ancestor::a[@href][1]")
_HEADINGS = etree.XPath("(.//h1|.//h2|.//h3|.//h4|.//h5|.//h6)[position() <= 5]")
_TIMES = etree.XPath(
    "(descendant-or-self::*[self::time or @itemprop = 'datePublished'])[position() <= 5]"
)
_SHORT = etree.XPath(
    "(descendant-or-self::*[count(*) < 3][string-length(.) < 200])[position() <= 60]"
)
_MONTH = (
    r"(?:янв|фев|мар|апр|ма[йяю]|июн|июл|авг|сен|окт|ноя|дек|студ|лют|сак|крас|чэрв|ліп|жні|вер"
    r"|каст|ліст|снеж|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[^\W\d_]{0,8}\.?"
)
_DAY = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{2}[./-]\d{2}"
    rf"|\d{{1,2}}\s{_MONTH}(?:,?\s\d{{4}})?(?:\s?г(?:ода|\.)?)?|{_MONTH}\s\d{{1,2}}(?:,\s\d{{4}})?"
    r"|сегодня|вчера|сёння|учора|today|yesterday)"
)
_CLOCK = r"(?:\d{1,2}[:.]\d{2}(?::\d{2})?)"
_DATED = re.compile(
    rf"(?:[^\W\d_]{{2,12}}\.?,?\s)?(?:{_CLOCK}[\s,|/]{{0,3}})?{_DAY}"
    rf"(?:[\s,|/–—-]{{0,3}}(?:(?:в|у|at)\s)?{_CLOCK})?",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#].*)?$", re.IGNORECASE)
_CALL = re.compile(
    r"(?:читать|узнать|смотреть|подробн|далее|дальше|больше|ещ[её]\b|полностью|чытаць|падрабязн"
    r"|more\b|read\b|details\b|[»>→.…]).{0,30}",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """The selectors of what stands within an item; None where it is to be guessed."""

    title: Finder | None = None
    link: Finder | None = None
    date: Finder | None = None
    image: Finder | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One item as it was read; `hits` names the places where something was found."""

    element: Element
    entry: ParsedEntry
    hits: frozenset[str]


class _Link(NamedTuple):
    element: Element
    address: str


def read_item(element: Element, places: Places, base: str) -> Item:
    """Read one item; its entry lacks an address or a title where the item has none."""
    links = _links(element, places.link, base)
    address = links[0].address if links else None
    own = [link.element for link in links if link.address == address]
    dated, raw = _date(element, places.date)
    named, title, is_named = _title(element, places.title, own, dated)
    image, is_image = _picture(element, places.image, base)
    passed = {dated, named} | {link for link in own if not _is_above(link, named)}
    rest = words(element, limit=2000, without=passed) if title else ""
    hits = {"title": is_named, "link": links, "date": raw, "image": is_image}
    entry = ParsedEntry(
        url=address,
        title=escape(title, quote=False),
        summary=escape(rest, quote=False) if _is_teaser(rest) else "",
        published=raw,
        images=(image,) if image else (),
    )
    return Item(element=element, entry=entry, hits=frozenset(one for one in hits if hits[one]))


def date_of(element: Element) -> str | None:
    """Return a date as it is written: for machines where it is, else in words."""
    for node in (element, *element.iter("time", "meta")):
        for name in ("datetime", "content"):
            held = " ".join((node.get(name) or "").split())[:100]
            if len(re.findall(r"\d", held)) >= 4:
                return held
    return words(element, limit=200) or None


def _links(item: Element, selected: Finder | None, base: str) -> list[_Link]:
    """Return the links that may lead to the entry: the selected ones, else all within the item."""
    if selected is None:
        found = _LINKS(item)
    else:
        found = [link for element in selected(item) for link in _link_at(element)]
    tried = ((element, _address(element, base)) for element in found)
    return [_Link(element, address) for element, address in tried if address]


def _link_at(element: Element) -> list[Element]:
    """Return the link that a selected element is, holds or stands in."""
    if any(element.get(name) for name in _HREFS):
        return [element]
    return list(_LINKS(element)[:1] or _UPWARD(element))


def _address(element: Element, base: str) -> str | None:
    raw = next((held for name in _HREFS if (held := (element.get(name) or "").strip())), "")
    return web_link(raw, base) if raw and not raw.startswith("#") else None


def _title(
    item: Element, selected: Finder | None, links: list[Element], dated: Element | None
) -> tuple[Element | None, str, bool]:
    """Return the element that holds the headline, its words, and whether it was selected so.

    Selected, else a heading within the link, else the link's words («Подробнее» is no headline),
    else a heading of the item, else what the link or its picture is called.
    """
    if selected is not None:
        element, title = _with_words(selected(item), dated)
        if title:
            return element, title, True
    inside = (heading for link in links for heading in _HEADINGS(link))
    spoken = (link for link in links if not _CALL.fullmatch(words(link, limit=200)))
    element, title = _with_words((*inside, *spoken, *_HEADINGS(item)), dated)
    if title:
        return element, title, False
    for link in links:
        called = (link.get("title"), *(image.get("alt") for image in link.iter("img")))
        if told := next((each for each in called if each and each.strip()), ""):
            return link, legal(" ".join(told.split()))[:1000], False
    return None, "", False


def _with_words(found: Iterable[Element], dated: Element | None) -> tuple[Element | None, str]:
    """Return the first element that says something beside the date."""
    without = () if dated is None else (dated,)
    for element in found:
        if told := "" if element is dated else words(element, without=without):
            return element, told
    return None, ""


def _date(item: Element, selected: Finder | None) -> tuple[Element | None, str | None]:
    """Return the element that holds the date, and the date as written.

    Unselected, a `time` element, else a short element that holds a date and nothing else.
    """
    for element in (_TIMES if selected is None else selected)(item):
        if raw := date_of(element):
            return element, raw
    for element in _SHORT(item) if selected is None else ():
        written = words(element, limit=80)
        if 5 <= len(written) < 60 and _DATED.fullmatch(written):
            return element, written
    return None, None


def _picture(item: Element, selected: Finder | None, base: str) -> tuple[Image | None, bool]:
    """Return the picture, and whether what was selected is there at all."""
    if selected is None:
        return picture(item, base), True
    found = selected(item)
    for element in found:
        if image := picture(element, base):
            return image, True
        named = element.get("content") or element.get("poster") or ""
        href = element.get("href") or ""
        if link := web_link(named or (href if _PICTURE.search(href[-300:]) else None), base):
            return Image(url=link), True
    return None, bool(found)


def _is_above(outer: Element, inner: Element | None) -> bool:
    return inner is not None and any(above is outer for above in inner.iterancestors())


def _is_teaser(rest: str) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", rest)) >= _SUMMARY_WORDS
