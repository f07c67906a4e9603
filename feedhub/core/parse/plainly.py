"""Names and texts as feedparser has them, for what it has no special rule for.

All else raises `Declined`, and the tolerant reader does the whole document.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import Element

from feedparser import api

from feedhub.core.parse.reader import StrictReader

Attributes = dict[str, str]
Raw = dict[str, Any]
TEXT_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}
_ODD_CONTROL = re.compile("[\x80-\x9f]")
_CP1252 = {
    code: bytes([code]).decode("cp1252")
    for code in range(128, 160)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_SIMPLE_BASE = re.compile(r"https?://[A-Za-z0-9][!-~]*")
_FORBIDDEN = frozenset(
    [
        "ttl",
        "sy_updateperiod",
        "sy_updatefrequency",
        "links",
        "link",
        "tags",
        "authors",
        "author",
        "publisher",
        "publishers",
        "contributors",
        "content",
        "where",
        "image",
        "textinput",
        "title",
        "summary",
        "id",
        "published",
        "updated",
        "created",
        "dc_date",
        "language",
        "source",
        "license",
        "svg",
        "math",
        "feedburner_origlink",
        "item",
        "entry",
        "channel",
        "feed",
        "href",
        "rel",
    ]
) | frozenset(api.FeedParserDict.keymap)
_FORBIDDEN_PARTS = re.compile(r"^feedhub|_detail$|_parsed$")
_MAX_NAMESPACES = 40
_KNOWN = {uri.lower(): prefix for uri, prefix in StrictReader.namespaces.items()}
_PREFIXES = {prefix.lower() for prefix in _KNOWN.values()}


class Declined(Exception):
    """The document is left to the tolerant reader; the text says why."""


class Names:
    """Names of elements and attributes as feedparser's handlers are called by them."""

    def __init__(self, declared: list[tuple[str, str]]) -> None:
        self.keys: dict[str, str] = {}
        self.attribute_keys: dict[str, tuple[str, ...]] = {}
        self.foreign: dict[str, str] = {}
        self.harmless: set[str] = set()
        spaces = {(prefix or "", uri) for prefix, uri in declared if uri}
        named = [prefix for prefix, _ in spaces if prefix]
        if len(spaces) > _MAX_NAMESPACES or len(set(named)) < len(named):
            raise Declined("a prefix for two namespaces")
        for prefix, uri in spaces:
            self._declare(prefix, uri)
        usual = {known.lower() for _, uri in spaces if (known := _standard(uri)) is not None}
        written = {prefix for prefix, uri in spaces if _standard(uri) is not None}
        if any(prefix and prefix in usual | written for prefix in self.foreign.values()):
            raise Declined("a usual prefix for a namespace of their own")

    def _declare(self, prefix: str, uri: str) -> None:
        known = _standard(uri)
        if known is None:
            if uri in self.foreign:
                raise Declined(f"two prefixes of {uri}")
            self.foreign[uri] = prefix.lower()
        elif prefix in _PREFIXES and prefix and prefix != known:
            raise Declined(f"{prefix} as prefix of another namespace")

    def key(self, tag: str) -> str:
        """Return `prefix_local` with the usual prefix, or the local name of a core element."""
        key = self.keys.get(tag)
        if key is None:
            key = self.keys[tag] = self._key(tag)
        return key

    def _key(self, tag: str) -> str:
        uri, _, local = tag.rpartition("}")
        prefix = _standard(uri[1:]) if uri else ""
        if prefix is None:
            prefix = self.foreign.get(uri[1:], "")
        if ":" in local:
            raise Declined(f"the name {local}")
        return f"{prefix}_{local}".lower() if prefix else local.lower()

    def attributes(self, element: Element) -> Attributes:
        """Return attributes under their local and prefixed names; decline a base for others."""
        found: Attributes = {}
        for name, value in element.attrib.items():
            keys = self.attribute_keys.get(name)
            if keys is None:
                keys = self.attribute_keys[name] = _attribute_keys(name)
            for key in keys:
                found[key] = value.lower() if key in {"rel", "type"} else value
        if "base" in found and not with_simple_base(self.key(element.tag), found):
            raise Declined("xml:base")
        return found


def _standard(uri: str) -> str | None:
    lower = uri.lower()
    return "" if "backend.userland.com/rss" in lower else _KNOWN.get(lower)


def _attribute_keys(name: str) -> tuple[str, ...]:
    uri, _, local = name.rpartition("}")
    prefix = _KNOWN.get(uri[1:].lower(), "") if uri else ""
    local = local.lower()
    return (f"{prefix}:{local}".lower(), local) if prefix else (local,)


def stripped(element: Element) -> str:
    """Return the text of an element that holds nothing else."""
    if len(element):
        raise Declined(f"elements within <{element.tag}>")
    return (element.text or "").strip()


def text_of(element: Element) -> str:
    """Return an element's text after feedparser's two repairs of wrongly decoded letters."""
    text = (element.text or "").strip()
    if len(element):
        raise Declined(f"elements within <{element.tag}>")
    return text if text.isascii() else _lettered(text)


def _lettered(text: str) -> str:
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_CP1252) if _ODD_CONTROL.search(text) else text


def ignorable(names: Names, element: Element, depth: int = 0) -> None:
    """Make sure that feedparser has no rule for an element or anything in it."""
    if element.attrib:
        names.attributes(element)
    if element.tag not in names.harmless:
        _without_rule(names.key(element.tag))
        names.harmless.add(element.tag)
    if depth > 8:
        raise Declined("deeply nested elements")
    for child in element:
        ignorable(names, child, depth + 1)


def _without_rule(key: str) -> None:
    if hasattr(StrictReader, f"_start_{key}") or hasattr(StrictReader, f"_end_{key}"):
        raise Declined(f"<{key}> in a place of its own")
    if key in _FORBIDDEN or _FORBIDDEN_PARTS.search(key):
        raise Declined(f"<{key}>, a name that feedparser uses itself")


def content_type(attrs: Attributes, default: str) -> str:
    """Return the type of a text element; only plain text and HTML are read here."""
    found = TEXT_TYPES.get(attrs.get("type", default))
    if found is None or "mode" in attrs:
        raise Declined(f"a text of type {attrs.get('type')}")
    return found


def with_simple_base(key: str, attrs: Attributes) -> bool:
    """Say whether `xml:base` on this element concerns that element's own text only."""
    return key in {"title", "summary", "content"} and bool(
        _SIMPLE_BASE.fullmatch(attrs.get("xml:base", ""))
    )
