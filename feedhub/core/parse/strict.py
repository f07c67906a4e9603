"""A quick reader for well-formed, plain RSS, RDF and Atom, which declines whatever is not plain.

It gives what the tolerant reader gives, or nothing: feedparser's work for each element is what
most of a document's time goes to (some 300 us an entry), and plain documents need none of it.
Where an entry, or the feed's own elements, are not plain, these alone go to feedparser's handlers
(`aside`). expat reads for both (through `ElementTree`, which builds its tree in C), so that they
cannot disagree on what is well-formed: what it takes as it stands, `scrub` would not change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from feedhub.core.parse.aside import Aside
from feedhub.core.parse.channel import Channel
from feedhub.core.parse.elements import Entry
from feedhub.core.parse.events import SEPARATOR
from feedhub.core.parse.handlers import MAX_ELEMENTS, MAX_ENTRIES
from feedhub.core.parse.media import plain
from feedhub.core.parse.plainly import (
    Attributes,
    Declined,
    Names,
    Namespace,
    Raw,
    based,
    ignorable,
)
from feedhub.core.parse.scrub import placed
from feedhub.core.parse.tolerant import entries_of, home_of, ttl_of
from feedhub.model.parsed import ParsedFeed

_ITEMS = {"rss": "item", "rdf_rdf": "item", "feed": "entry"}
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_RSS_1 = frozenset({"rss10", "rss090"})
_BY_NAMESPACE = {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10"}
_FIRST_TAG = re.compile(rb"<[^<>\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^<>\"']*+)*+>")
# Controls of C1 as letters and as references; apart, as both begin with a letter to look for.
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
_C1_REFERENCE = re.compile(rb"&#(?:0|1[2-5]\d;|x[089])")
_TITLES = frozenset({"title", "dc_title"})
_OF_IMAGES = frozenset({"image", "itunes_image"})


@dataclass(slots=True)
class Found:
    """What stands in a document, under the names by which feedparser's readers hold it."""

    version: str
    feeddata: Raw = field(default_factory=dict)
    entries: list[Raw] = field(default_factory=list)


def read(text: str, *, url: str) -> ParsedFeed | None:
    """Read a plain document found at `url`; None where the tolerant reader has to do it."""
    try:
        return attempt(text, url=url)
    except Declined:
        return None


def attempt(text: str, *, url: str) -> ParsedFeed:
    """Read a plain document, or raise `Declined` with the reason."""
    place = placed(text)
    if place.doctype:
        raise Declined("a document type")
    if place.warnings or not place.root:
        raise Declined("something beside the feed, or no element")
    try:
        body = text[place.start : place.end].encode()
    except UnicodeEncodeError as error:
        raise Declined("lone surrogates") from error
    found = _Document(body).read()
    entries, lost = entries_of(found, url)
    if lost:
        raise Declined(lost[0])
    return ParsedFeed(
        format=found.version,
        title=plain(found.feeddata.get("title")),
        home_url=home_of(found, url),
        language=plain(found.feeddata.get("language")) or None,
        ttl=ttl_of(found),
        entries=entries,
    )


def _tree(body: bytes) -> tuple[Element, list[Namespace], list[Namespace]]:
    """Return the root with the namespaces declared on it, and those declared further in."""
    first = _FIRST_TAG.match(body)
    if body.count(b"<") > MAX_ELEMENTS or not first:
        raise Declined("too many elements, or a broken first one")
    parser: XMLParser[Element] = XMLParser()  # noqa: S314 - no document type gets here
    try:
        parser.feed(body)
        root = parser.close()
        declared = _spaces(first.group(), whole=False)
        inner = _spaces(body)[len(declared) :] if body.find(b"xmlns", first.end()) >= 0 else []
    except (ParseError, expat.ExpatError, ValueError) as error:
        raise Declined(f"broken XML: {error}") from error
    return root, declared, inner


def _spaces(xml: bytes, *, whole: bool = True) -> list[Namespace]:
    """Return the namespaces declared in XML, or in the beginning of some, as (prefix, name)."""
    found: list[Namespace] = []
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.StartNamespaceDeclHandler = lambda prefix, uri: found.append((prefix or "", uri or ""))
    parser.Parse(xml, whole)
    return found


def _version(root: str, declared: list[Namespace], attrs: Attributes) -> str:
    """Return the version as feedparser decides it: by the first telling namespace, then the root."""
    version = ""
    for prefix, uri in declared:
        lower = uri.lower()
        if not version and (prefix, lower) == ("", "http://my.netscape.com/rdf/simple/0.9/"):
            version = "rss090"
        version = version or _BY_NAMESPACE.get(lower, "")
    given = attrs.get("version", "")
    if root == "feed" and version in {"", "atom10"}:
        return version or _ATOM_VERSIONS.get(given, "atom")
    if root == "rdf_rdf" and version in _RSS_1:
        return version
    if root != "rss" or version in _RSS_1:
        raise Declined(f"<{root}> of version {version or 'unknown'}")
    return _RSS_VERSIONS.get(given) or ("rss20" if given.startswith("2.") else "rss")


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds within an element: its language, and the base of addresses."""

    lang: str | None = None
    base: str = ""

    def within(self, attrs: Attributes) -> _Around:
        """Return what holds in an element with these attributes."""
        if not attrs:
            return self
        lang = attrs.get("xml:lang", attrs.get("lang"))
        return _Around(self.lang if lang is None else lang or None, based(self.base, attrs))


class _Document:
    """A document while it is read; `own` are the feed's elements, None where an entry stood."""

    def __init__(self, body: bytes) -> None:
        self.root, self.declared, self.inner = _tree(body)
        odd = bool(_C1.search(body) or _C1_REFERENCE.search(body))
        self.names = Names([*self.declared, *self.inner], odd=odd)
        self.key = self.names.key(self.root.tag)
        if self.key not in _ITEMS:
            raise Declined(f"<{self.key}> as root")
        attrs = self.names.attributes(self.root)
        self.found = Found(_version(self.key, self.declared, attrs))
        self.names.is_atom10 = self.found.version == "atom10"
        self.around = _Around().within(attrs)
        if self.around.lang and self.key != "rdf_rdf":
            self.found.feeddata["language"] = self.around.lang.replace("_", "-")
        self.channel = self.root if self.key == "feed" else self._channel()
        self.own: list[Element | None] = []
        self.items: list[Element] = []
        self.aside: Aside | None = None

    def _channel(self) -> Element:
        for child in self.root:
            if self.names.key(child.tag) == "channel":
                return child
            ignorable(self.names, child)
        raise Declined("no channel")

    def read(self) -> Found:
        """Take what stands in the root: a channel and entries, in RDF beside one another."""
        found, around = self.found, self.around
        if self.channel is not self.root:
            attrs = self.names.attributes(self.channel)
            around = around.within(attrs)
            if "lastmod" in attrs or "href" in attrs:
                raise Declined("attributes of the channel")
            self._part(self.root, outside=True)
        if self.key != "rdf_rdf":
            self._part(self.channel)
            self.around = around
        if len(self.items) > MAX_ENTRIES:
            raise Declined("too many entries")
        try:
            found.feeddata |= self._plain_feed(around.base)
        except Declined:
            found.feeddata = self._feed_aside()
        found.entries = [self._entry(item) for item in self.items]
        return found

    def _part(self, parent: Element, *, outside: bool = False) -> None:
        """Part entries from the feed's own elements; beside a channel little may stand."""
        item = _ITEMS[self.key]
        beside = {item, "image", "textinput"} if self.key == "rdf_rdf" else ()
        for child in parent:
            key = self.names.key(child.tag)
            if outside and key not in beside:
                if child is not self.channel:
                    ignorable(self.names, child)
            elif key == item:
                self.items.append(child)
                self.own.append(None)
            else:
                self.own.append(child)

    def _plain_feed(self, base: str) -> Raw:
        channel = Channel(self.names, base)
        if self.key != "rdf_rdf":
            return channel.read(self.own)
        channel.read(self.channel)
        for box in self.own:
            if box is not None:
                channel.beside(box, self.names.key(box.tag), {})
        return channel.feed

    def _feed_aside(self) -> Raw:
        aside, after_entry = self._open_aside(), False
        if self.key == "rdf_rdf":
            aside.element(self.channel)
        for element in self.own:
            if element is None:
                after_entry = True
            elif after_entry and any(
                self.names.key(each.tag) in _TITLES for each in element.iter()
            ):
                raise Declined("a title of the feed after an entry")
            else:
                aside.element(element)
        if aside.reader.entries:
            raise Declined("an entry in a place of its own")
        return dict(aside.reader.feeddata)

    def _open_aside(self) -> Aside:
        outer = (self.root, self.channel) if self.key == "rss" else (self.root,)
        return Aside(self.names, self.declared, self.inner, *outer)

    def _entry(self, element: Element) -> Raw:
        try:
            return self._plain_entry(element)
        except Declined:
            if self.aside is None:
                self.aside = self._open_aside()
                if self._has_picture():
                    self.aside.reader.feeddata["image"] = {}
            return self.aside.entry(element)

    def _has_picture(self) -> bool:
        """Say whether the feed's own picture stands before all entries: feedparser mixes it in."""
        own = [*self.channel, *self.own] if self.key == "rdf_rdf" else self.own
        keys = [None if element is None else self.names.key(element.tag) for element in own]
        first = keys.index(None) if None in keys else len(keys)
        if not _OF_IMAGES.isdisjoint(keys[first:]):
            raise Declined("a picture of the feed after an entry")
        return not _OF_IMAGES.isdisjoint(keys[:first])

    def _plain_entry(self, element: Element) -> Raw:
        around, about = self.around, None
        if element.items():
            attrs = self.names.attributes(element)
            if "lastmod" in attrs or "href" in attrs:
                raise Declined("attributes of an entry")
            around, about = around.within(attrs), attrs.get("rdf:about")
        entry = Entry(self.names, around.lang, around.base)
        if about:
            entry.raw["id"] = about
        entry.read(element)
        return entry.raw
