"""What the formats have alike: addresses, times, texts, HTML, XML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "at": "http://purl.org/atompub/tombstones/1.0",
    "fh": "http://purl.org/syndication/history/1.0",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
}
A = f"{{{NS['atom']}}}"
MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})+")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_MARKUP = re.compile(r"</[a-z]\w*>|<(?:b|i|p|a|br|em|strong|span|div|img)\b[^<>]*>", re.IGNORECASE)
_TWICE_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|nbsp|laquo|raquo|mdash|ndash|#\d+|#x[0-9a-f]+);")
_DANGEROUS = {"script", "iframe", "object", "embed", "applet", "form", "meta", "link", "style"}
_VOID = {"area", "br", "col", "hr", "img", "input", "source", "track", "wbr"}
_OPEN_END = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "option"}
_LINKING = {"href", "src", "cite", "poster", "data", "action"}
RELS = {
    *("alternate", "current", "enclosure", "first", "hub", "last", "next", "next-archive"),
    *("prev-archive", "previous", "related", "replies", "self", "via"),
}


class _Html(HTMLParser):
    """Notes what must not stand in published HTML, and whether it is well nested."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DANGEROUS:
            self.faults.append(f"<{tag}> in HTML")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in _VOID:
            self.open.append(tag)

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self.faults.append(f"event attribute {name} on <{tag}>")
        if name == "style" and re.search(r"position|url\(|expression|display\s*:\s*none", value):
            self.faults.append(f"dangerous style on <{tag}>")
        if name in _LINKING and not re.match(r"(?:https?://[^/]|mailto:|tel:)", value):
            self.faults.append(f"relative or odd address in <{tag} {name}>: {value}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in _OPEN_END:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> closes nothing")


def html_faults(html: str) -> list[str]:
    """Return what is wrong with a piece of published HTML."""
    reader = _Html()
    reader.feed(html)
    reader.close()
    unclosed = [tag for tag in reader.open if tag not in _OPEN_END]
    return reader.faults + [f"<{tag}> is not closed" for tag in unclosed]


def is_web_address(url: object) -> bool:
    """Tell whether this is an absolute http(s) address in ASCII with nothing left to encode."""
    if not isinstance(url, str) or not URI.fullmatch(url):
        return False
    return urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)


def text_faults(where: str, text: str | None) -> Iterator[str]:
    if not (text or "").strip():
        yield f"{where} is blank"
    elif _MARKUP.search(text or "") or _TWICE_ESCAPED.search(text or ""):
        yield f"{where} holds markup or is escaped twice: {text}"


def address_faults(where: str, url: object) -> Iterator[str]:
    if not is_web_address(url):
        yield f"{where} is no absolute ASCII address: {url}"


def rfc822(text: str | None) -> datetime | None:
    """Return the time, or None unless spelled to the letter, with the right weekday, in GMT."""
    try:
        at = parsedate_to_datetime(text or "")
        gmt = format_datetime(at, usegmt=True) if at.tzinfo else ""
    except (ValueError, TypeError):
        return None
    return at if text in {gmt, gmt.replace("GMT", "+0000")} else None


def rfc3339(text: object) -> datetime | None:
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def repeated(values: Iterable[str | None]) -> list[str | None]:
    return [value for value, times in Counter(values).items() if times > 1]


def order_faults(times: list[datetime | None]) -> Iterator[str]:
    known = [at for at in times if at]
    if known != sorted(known, reverse=True):
        yield "entries are not newest first"


def parsed(body: bytes, root: str) -> tuple[Element | None, list[str]]:
    """Return an XML document's root, or None with the reason."""
    if not body.startswith(b"<?xml "):
        return None, ["the XML declaration is not the first byte"]
    try:
        text = body.decode("utf-8")
        element = ElementTree.fromstring(body)
    except (UnicodeDecodeError, ElementTree.ParseError) as error:
        return None, [f"not well-formed UTF-8 XML: {error}"]
    declared = re.findall(r"\sxmlns(?::\w+)?=[\"']([^\"']+)", text)
    faults = [f"unknown namespace {name}" for name in declared if name not in NS.values()]
    if not re.search(r"encoding=[\"']utf-8[\"']", text[:60], re.IGNORECASE):
        faults.append("the declaration does not say UTF-8")
    if element.tag != root:
        return None, [*faults, f"the root is {element.tag}, not {root}"]
    return element, faults


def self_faults(
    links: list[Element], self_url: str | None, page: str | None, media_type: str
) -> Iterator[str]:
    own = [link for link in links if link.get("rel") == "self"]
    if len(own) != 1:
        yield f"{len(own)} self links"
        return
    yield from address_faults("self link", own[0].get("href"))
    if own[0].get("type") != media_type:
        yield f"self link has type {own[0].get('type')}"
    if self_url is not None and own[0].get("href") != self_url:
        yield f"self link {own[0].get('href')} is not the address served, {self_url}"
    if own[0].get("href") == page:
        yield "the feed's page is the feed itself"


def link_faults(links: list[Element]) -> Iterator[str]:
    for link in links:
        yield from address_faults("link", link.get("href"))
        if link.get("rel", "alternate") not in RELS and ":" not in link.get("rel", ""):
            yield f"unknown rel {link.get('rel')}"
        if not MEDIA_TYPE.fullmatch(link.get("type", "a/b")):
            yield f"link type: {link.get('type')}"
        if not link.get("length", "0").isdigit():
            yield f"link length: {link.get('length')}"
    kinds = [
        f"{link.get('type')} {link.get('hreflang')}"
        for link in links
        if link.get("rel", "alternate") == "alternate"
    ]
    yield from (f"two alternate links of one kind: {kind}" for kind in repeated(kinds))


def media_faults(parent: Element) -> Iterator[str]:
    for content in parent.findall("media:content", NS):
        yield from address_faults("media:content", content.get("url"))
        if not MEDIA_TYPE.fullmatch(content.get("type") or ""):
            yield f"media:content type: {content.get('type')}"
        for name in ("width", "height", "fileSize"):
            if not content.get(name, "1").isdigit():
                yield f"media:content {name}: {content.get(name)}"
    extent = parent.findtext("dcterms:extent", "1", NS)
    if not extent.isdigit() or int(extent) < 1:
        yield f"dcterms:extent is no whole number of minutes: {extent}"
