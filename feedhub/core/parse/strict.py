"""A quick reader for well-formed, plain RSS, RDF and Atom, which declines whatever is not plain.

It gives what the tolerant reader gives, or nothing: feedparser's work for each element is what
most of a document's time goes to (some 300 us an entry), and plain documents need none of it.
expat reads for both (through `ElementTree`, which builds its tree in C), so that they cannot
disagree on what is well-formed; document types and entities are gone by then (`scrub`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLPullParser

from feedhub.core.parse.elements import HANDLERS, Entry, follow_link
from feedhub.core.parse.media import plain
from feedhub.core.parse.plainly import (
    Attributes,
    Declined,
    Names,
    Raw,
    content_type,
    ignorable,
    stripped,
    text_of,
)
from feedhub.core.parse.reader import MAX_ELEMENTS, MAX_ENTRIES
from feedhub.core.parse.scrub import scrub
from feedhub.core.parse.tolerant import _entries, _home, _ttl
from feedhub.model.parsed import ParsedFeed

_ITEMS = {"rss": "item", "rdf_rdf": "item", "feed": "entry"}
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_RSS_1 = frozenset({"rss10", "rss090"})
_BY_NAMESPACE = {"http://purl.org/rss/1.0/": "rss10", "http://www.w3.org/2005/atom": "atom10"}
_IN_IMAGE = frozenset(["title", "link", "url", "width", "height", "description"])
_IN_TEXT_INPUT = frozenset(["title", "link", "description", "name"])
_NUMBERS = frozenset(["ttl", "sy_updateperiod", "sy_updatefrequency"])
_PEOPLE = frozenset(
    [
        "author",
        "managingeditor",
        "dc_creator",
        "dc_author",
        "itunes_author",
        "contributor",
        "itunes_owner",
    ]
)
_OF_PERSON = frozenset(["name", "email", "uri", "url", "itunes_name", "itunes_email"])
_PASSED = frozenset(
    [
        "description",
        "subtitle",
        "tagline",
        "rights",
        "copyright",
        "dc_rights",
        "info",
        "feedburner_browserfriendly",
        "generator",
        "cloud",
        "pubdate",
        "published",
        "issued",
        "updated",
        "modified",
        "lastbuilddate",
        "created",
        "dc_date",
        "dcterms_issued",
        "dcterms_modified",
        "dcterms_created",
        "id",
        "guid",
        "webmaster",
        "dc_publisher",
        "dc_contributor",
        "category",
        "keywords",
        "dc_subject",
        "media_category",
        "itunes_category",
        "media_keywords",
        "itunes_keywords",
        "itunes_image",
        "itunes_summary",
        "itunes_subtitle",
        "itunes_block",
        "itunes_explicit",
        "dc_description",
        "media_thumbnail",
        "media_content",
        "media_credit",
        "media_copyright",
        "media_title",
        "media_description",
        "media_text",
        "media_rating",
        "creativecommons_license",
        "georss_point",
    ]
)


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
    document = scrub(text)
    if document.warnings or document.netscape or not document.root:
        raise Declined("something beside the feed, or a document type of Netscape's")
    found = _found(document.body)
    entries, lost = _entries(found, url)  # type: ignore[arg-type]
    if lost:
        raise Declined(lost[0])
    return ParsedFeed(
        format=found.version,
        title=plain(found.feeddata.get("title")),
        home_url=_home(found, url),  # type: ignore[arg-type]
        language=plain(found.feeddata.get("language")) or None,
        ttl=_ttl(found),  # type: ignore[arg-type]
        entries=entries,
    )


def _found(body: bytes) -> Found:
    if body.count(b"<") > MAX_ELEMENTS:
        raise Declined("too many elements")
    root, declared, inner = _tree(body)
    names = Names([*declared, *inner])
    key = names.key(root.tag)
    if key not in _ITEMS:
        raise Declined(f"<{key}> as root")
    attrs = names.attributes(root)
    found = Found(_version(key, declared, attrs))
    lang = attrs.get("xml:lang", attrs.get("lang")) or None
    if lang and key != "rdf_rdf":
        found.feeddata["language"] = lang.replace("_", "-")
    _Channel(found, names, lang, _ITEMS[key]).read_root(root, key)
    return found


def _tree(body: bytes) -> tuple[Element, list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the root with the namespaces declared on it, and those declared further in."""
    parser: XMLPullParser[Element] = XMLPullParser(events=("start-ns", "start"))
    try:
        parser.feed(body)
        parser.close()
        events: list[Any] = list(parser.read_events())
    except (ParseError, ValueError) as error:
        raise Declined(f"broken XML: {error}") from error
    root: Element | None = None
    declared: list[tuple[str, str]] = []
    inner: list[tuple[str, str]] = []
    for event, value in events:
        if event == "start":
            root = value if root is None else root
        else:
            (declared if root is None else inner).append(value)
    if root is None:
        raise Declined("no root")
    return root, declared, inner


def _version(root: str, declared: list[tuple[str, str]], attrs: Attributes) -> str:
    """Return the version as feedparser decides it: by the first telling namespace, then the root."""
    version = ""
    for prefix, uri in declared:
        lower = uri.lower()
        if not version and (prefix, lower) == ("", "http://my.netscape.com/rdf/simple/0.9/"):
            version = "rss090"
        version = version or _BY_NAMESPACE.get(lower, "")
    if root == "feed" and version == "atom10":
        return version
    if root == "rdf_rdf" and version in _RSS_1:
        return version
    if root != "rss" or version in _RSS_1:
        raise Declined(f"<{root}> of version {version or 'unknown'}")
    given = attrs.get("version", "")
    return _RSS_VERSIONS.get(given) or ("rss20" if given.startswith("2.") else "rss")


@dataclass(slots=True)
class _Channel:
    """The feed's own elements, and its entries where they may stand."""

    found: Found
    names: Names
    lang: str | None
    item: str

    def read_root(self, root: Element, key: str) -> None:
        """Take what stands in the root: a channel, entries, or the pieces of RDF."""
        if key == "feed":
            self._channel(root)
            return
        seen = False
        for child in root:
            name = self.names.key(child.tag)
            if name == "channel" and not seen:
                seen = True
                if self.names.attributes(child).keys() - {"rdf:about", "about"}:
                    raise Declined("attributes of the channel")
                self._channel(child, with_items=key == "rss")
            elif key == "rdf_rdf" and seen and name == "item":
                self._item(child)
            elif key == "rdf_rdf" and seen and name in {"image", "textinput"}:
                self._boxed(child, name)
            else:
                ignorable(self.names, child)
        if not seen:
            raise Declined("no channel")

    def _channel(self, channel: Element, *, with_items: bool = True) -> None:
        for child in channel:
            key = self.names.key(child.tag)
            if key == self.item and with_items:
                self._item(child)
            else:
                self._of_feed(child, key)

    def _item(self, element: Element) -> None:
        if len(self.found.entries) >= MAX_ENTRIES:
            raise Declined("too many entries")
        attrs = self.names.attributes(element) if element.attrib else {}
        if "lastmod" in attrs or "href" in attrs:
            raise Declined("attributes of an entry")
        lang = attrs.get("xml:lang", attrs.get("lang"))
        entry = Entry(self.names, self.lang if lang is None else lang or None)
        if attrs.get("rdf:about"):
            entry.raw["id"] = attrs["rdf:about"]
        entry.read(element)
        self.found.entries.append(entry.raw)

    def _of_feed(self, element: Element, key: str) -> None:
        """Take one element of the feed itself; most of them are only made sure of."""
        feed, attrs = self.found.feeddata, self.names.attributes(element)
        if key == "title":
            if "title" in feed:
                raise Declined("two titles of the feed")
            content_type(attrs, "text/plain")
            feed["title"] = text_of(element)
        elif key == "link":
            follow_link(feed, element, attrs, in_entry=False)
        elif key in {"language", "dc_language"}:
            feed["language"] = text_of(element)
        elif key in _NUMBERS:
            if attrs:
                raise Declined(f"attributes of <{key}>")
            feed[key] = text_of(element)
        else:
            self._beside(element, key, attrs)

    def _beside(self, element: Element, key: str, attrs: Attributes) -> None:
        if key in {"image", "textinput"}:
            self._boxed(element, key)
        elif key in _PEOPLE:
            self._kinds(element, _OF_PERSON)
        elif key == "itunes_category":
            self._kinds(element, frozenset({"itunes_category"}))
        elif key in _PASSED:
            stripped(element)
            if key not in HANDLERS or key in {"description", "copyright"}:
                content_type({k: attrs[k] for k in attrs if k in {"type", "mode"}}, "text/plain")
        elif key == "items":
            for child in element:
                ignorable(self.names, child)
        else:
            ignorable(self.names, element)

    def _boxed(self, element: Element, key: str) -> None:
        self._kinds(element, _IN_IMAGE if key == "image" else _IN_TEXT_INPUT, bare=True)

    def _kinds(self, element: Element, allowed: frozenset[str], *, bare: bool = False) -> None:
        """Make sure that an element holds only simple ones of these names."""
        for child in element:
            key = self.names.key(child.tag)
            if key in allowed and not (bare and child.attrib):
                self.names.attributes(child)
                stripped(child)
            elif bare:
                raise Declined(f"<{key}> in <{element.tag}>")
            else:
                ignorable(self.names, child)
