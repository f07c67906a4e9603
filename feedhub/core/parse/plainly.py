"""Names and texts as feedparser has them, for what it has no special rule for.

All else raises `Declined`: an entry then goes to feedparser's own handlers, or the whole document.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

from feedparser import api
from feedparser.urls import _urljoin, make_safe_absolute_uri

from feedhub.core.parse.reader import StrictReader

Attributes = dict[str, str]
Raw = dict[str, Any]
Namespace = tuple[str, str]
TEXT_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
}
_IN_LOWER_CASE = frozenset({"rel", "type"})
_ODD_CONTROL = re.compile("[\x80-\x9f]")
_CP1252 = {
    code: bytes([code]).decode("cp1252")
    for code in range(128, 160)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


def named(words: str) -> frozenset[str]:
    """Return names from words in a row."""
    return frozenset(words.split())


_USED_BY_FEEDPARSER = named(
    "author authors category channel content contributors created dc_date entry feed "
    "feedburner_origlink href id image item language license link links math published publisher "
    "publishers rel source summary svg sy_updatefrequency sy_updateperiod tags textinput title ttl "
    "updated where"
) | frozenset(api.FeedParserDict.keymap)
_FORBIDDEN_PARTS = re.compile(r"^feedhub|_detail$|_parsed$")
_MAX_NAMESPACES = 40
_MAX_DEPTH = 8
_KNOWN = {uri.lower(): prefix for uri, prefix in StrictReader.namespaces.items()}
_PREFIXES = {prefix.lower() for prefix in _KNOWN.values()}


class Declined(Exception):
    """Something is not plain; the text says what."""


class Names:
    """Names of elements and attributes as feedparser's handlers are called by them.

    `rules` is for the caller: what to do with each element, by its name in the tree. `odd` says
    that controls of C1 may stand in texts: nearly no document has any, and looking costs time;
    `is_atom10` is set when the version is known.
    """

    def __init__(self, declared: list[Namespace], *, odd: bool = True) -> None:
        self.odd = odd
        self.is_atom10 = False
        self.rules: dict[str, tuple[Any, str]] = {}
        self.tags: dict[str, str] = {}
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

    def tag(self, name: str) -> str:
        """Return `prefix:local` with the usual prefix, or the local name of a core element."""
        tag = self.tags.get(name)
        if tag is None:
            tag = self.tags[name] = self._tag(name)
        return tag

    def _tag(self, name: str) -> str:
        uri, _, local = name.rpartition("}")
        prefix = _standard(uri[1:]) if uri else ""
        if prefix is None:
            prefix = self.foreign.get(uri[1:], "")
        if ":" in local:
            raise Declined(f"the name {local}")
        return f"{prefix}:{local}".lower() if prefix else local.lower()

    def key(self, name: str) -> str:
        """Return `prefix_local`, as feedparser calls its handlers and its fields."""
        return self.tag(name).replace(":", "_")

    def pairs(self, element: Element) -> list[tuple[str, str]]:
        """Return attributes under their local and prefixed names, in their order."""
        return [(key, value) for name, value in element.items() for key in self._keys(name)]

    def attributes(self, element: Element) -> Attributes:
        """Return the attributes as feedparser hands them to its handlers: some in lower case."""
        found: Attributes = {}
        for name, value in element.items():
            for key in self._keys(name):
                found[key] = value.lower() if key in _IN_LOWER_CASE else value
        return found

    def _keys(self, name: str) -> tuple[str, ...]:
        keys = self.attribute_keys.get(name)
        if keys is None:
            keys = self.attribute_keys[name] = _attribute_keys(name)
        return keys

    def text(self, element: Element) -> str:
        """Return an element's text after feedparser's two repairs of wrongly decoded letters."""
        if len(element):
            raise Declined(f"elements within <{element.tag}>")
        text = element.text
        if text is None:
            return ""
        text = text.strip()
        return text if text.isascii() else self.lettered(text)

    def lettered(self, text: str) -> str:
        """Repair UTF-8 that was taken for Latin-1, and windows-1252 that stands as C1 controls."""
        try:
            text = text.encode("iso-8859-1").decode("utf-8")
        except UnicodeError:
            if not self.odd:
                return text
        return text.translate(_CP1252) if _ODD_CONTROL.search(text) else text


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


def ignorable(names: Names, element: Element, depth: int = 0) -> None:
    """Make sure that feedparser has no rule for an element or anything in it."""
    tag = element.tag
    if tag not in names.harmless:
        without_rule(names.key(tag))
        names.harmless.add(tag)
    if depth > _MAX_DEPTH:
        raise Declined("deeply nested elements")
    for child in element:
        ignorable(names, child, depth + 1)


def without_rule(key: str) -> None:
    """Decline an element that feedparser has a rule for, or whose name it uses itself."""
    if hasattr(StrictReader, f"_start_{key}") or hasattr(StrictReader, f"_end_{key}"):
        raise Declined(f"<{key}> in a place of its own")
    if key in _USED_BY_FEEDPARSER or _FORBIDDEN_PARTS.search(key):
        raise Declined(f"<{key}>, a name that feedparser uses itself")


def content_type(attrs: Attributes, default: str) -> str:
    """Return the type of a text element; only plain text and HTML are read here."""
    found = TEXT_TYPES.get(attrs.get("type", default))
    if found is None or "mode" in attrs:
        raise Declined(f"a text of type {attrs.get('type')}")
    return found


def based(outer: str, attrs: Attributes) -> str:
    """Return the base that feedparser has within an element; decline what it reads twice."""
    given = attrs.get("xml:base", attrs.get("base")) or outer
    base = make_safe_absolute_uri(outer, given) or outer if outer else _urljoin("", given)
    if base and (make_safe_absolute_uri(base, base) or base) != base:
        raise Declined("xml:base")
    return str(base)
