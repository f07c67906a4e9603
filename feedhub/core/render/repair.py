"""Our one feedgen extension: it mends what feedgen 1.0.0 writes wrong or cannot write.

feedgen hands every finished element to the extensions of its feed or entry (`extend_rss`,
`extend_atom`), and there these are put right (all measured on 1.0.0, held by tests):
- dates: RSS dates would switch the process' locale, Atom dates say `+00:00`; ours replace them
- links of Atom entries lose rel, type, title and length to a shadowed variable
- `source` of Atom has neither id nor updated; RSS drops authors without an e-mail address
- no Media RSS, tombstones, see-also links or entry languages

In Atom feedgen makes elements without a namespace (only an attribute says xmlns), so names are
bare there; in RSS the same element is `{http://www.w3.org/2005/Atom}link`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedgen.util import xml_elem

from feedhub.core.render.wire import rfc822, rfc3339
from feedhub.model import Enclosure, Image, OutEntry, OutFeed, OutSource, Withdrawn

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Element = Any  # an lxml element: lxml has no types


def atom_links(entry: OutEntry) -> list[dict[str, str]]:
    """Return an Atom entry's links: its page, its files, its picture, what else to read."""
    links = [{"rel": "alternate", "href": entry.url}]
    links += [_enclosure_link(enclosure) for enclosure in files(entry)]
    links += [{"rel": "related", "href": to.url, "title": to.title} for to in entry.see_also]
    return links


def files(entry: OutEntry) -> tuple[Enclosure, ...]:
    """Return the files that come with an entry; the lead picture is the last of them."""
    image = entry.image
    if image is None or image.url in {enclosure.url for enclosure in entry.enclosures}:
        return entry.enclosures
    return (*entry.enclosures, Enclosure(url=image.url, type=image.type, length=image.length))


def source_address(source: OutSource) -> str:
    """Return the address a source is known by: its feed, its home, or our page of it."""
    return source.feed_url or source.home_page_url or source.url


def _enclosure_link(enclosure: Enclosure) -> dict[str, str]:
    link = {"rel": "enclosure", "href": enclosure.url, "type": enclosure.type or ""}
    if enclosure.length:
        link["length"] = str(enclosure.length)
    return link


@dataclass(frozen=True, slots=True)
class FeedRepair:
    """Mends the feed's own elements. `namespaces` are declared once, at the document's root."""

    feed: OutFeed
    namespaces: Mapping[str, str]

    def extend_ns(self) -> dict[str, str]:
        """Return the prefixes to declare."""
        return dict(self.namespaces)

    def extend_rss(self, rss: Element) -> Element:
        """Give the channel the time of its newest change, and the link to older entries."""
        xml_elem("lastBuildDate", rss[0]).text = rfc822(self.feed.updated)
        if self.feed.next_url:
            xml_elem(f"{{{ATOM}}}link", rss[0], rel="next", href=self.feed.next_url)
        return rss

    def extend_atom(self, feed: Element) -> Element:
        """Say that texts are plain, when the newest change was, and what was withdrawn."""
        _text_is_plain(feed, "title")
        _text_is_plain(feed, "subtitle")
        feed.find("updated").text = rfc3339(self.feed.updated)
        if self.feed.next_url:
            xml_elem("link", feed, rel="next", href=self.feed.next_url)
        for entry in self.feed.entries:
            if entry.withdrawn:
                _tombstone(feed, entry.id, entry.withdrawn)
        return feed


@dataclass(frozen=True, slots=True)
class EntryRepair:
    """Mends the elements of one entry; the prefixes it uses are declared by `FeedRepair`."""

    entry: OutEntry
    feed: OutFeed

    def extend_rss(self, item: Element) -> Element:
        """Add dates, authors, language, see-also links, reading time and picture to an item.

        atom:updated stands beside pubDate because RSS has no element of its own for it.
        """
        entry = self.entry
        xml_elem("pubDate", item).text = rfc822(entry.published)
        xml_elem(f"{{{ATOM}}}updated", item).text = rfc3339(entry.updated)
        for author in entry.authors:
            xml_elem(f"{{{DC}}}creator", item).text = author
        if entry.language != self.feed.language:
            xml_elem(f"{{{DC}}}language", item).text = entry.language
        for to in entry.see_also:
            xml_elem(f"{{{ATOM}}}link", item, rel="related", href=to.url, title=to.title)
        _add_shared(item, entry, has_content=bool(entry.summary and entry.content))
        return item

    def extend_atom(self, element: Element) -> Element:
        """Put right links, dates, source and text types of an entry; add what feedgen lacks."""
        entry = self.entry
        if entry.language != self.feed.language:
            element.set(_XML_LANG, entry.language)
        _text_is_plain(element, "title")
        element.find("updated").text = rfc3339(entry.updated)
        element.find("published").text = rfc3339(entry.published)
        for link, said in zip(element.findall("link"), atom_links(entry), strict=True):
            link.attrib.update(said)
        _fill_source(element.find("source"), entry)
        _add_shared(element, entry, has_content=bool(entry.content))
        return element


def _text_is_plain(parent: Element, name: str) -> None:
    element = parent.find(name)
    if element is not None:
        element.set("type", "text")


def _fill_source(element: Element, entry: OutEntry) -> None:
    """Write atom:source anew: id, title, updated and links of the feed an entry came from.

    For an entry without an author the source is the author (RFC 4287, 4.2.1); without that
    the author of our feed would count as the entry's.
    """
    source = entry.source
    for child in list(element):
        element.remove(child)
    xml_elem("id", element).text = source_address(source)
    xml_elem("title", element, type="text").text = source.title
    xml_elem("updated", element).text = rfc3339(source.updated)
    if not entry.authors:
        xml_elem("name", xml_elem("author", element)).text = source.title
    if source.feed_url:
        xml_elem("link", element, rel="self", href=source.feed_url)
    if source.home_page_url:
        xml_elem("link", element, rel="alternate", href=source.home_page_url)


def _tombstone(feed: Element, identity: str, withdrawn: Withdrawn) -> None:
    """Add the mark of a withdrawn entry before all entries (RFC 6721)."""
    when = rfc3339(withdrawn.at)
    mark = xml_elem(f"{{{TOMBSTONES}}}deleted-entry", feed, ref=identity, when=when)
    if withdrawn.reason:
        xml_elem(f"{{{TOMBSTONES}}}comment", mark, type="text").text = withdrawn.reason


def _add_shared(parent: Element, entry: OutEntry, *, has_content: bool) -> None:
    """Add what RSS and Atom spell alike: reading time and picture.

    dcterms:extent holds whole minutes of reading. It is the one element of a widely known
    vocabulary for a resource's duration, and the W3C validator wants a bare integer in it.
    """
    if entry.source.is_local and entry.withdrawn is None:
        xml_elem(f"{{{DCTERMS}}}extent", parent).text = str(entry.reading_minutes)
    if entry.image:
        _add_picture(parent, entry.image, has_content=has_content)


def _add_picture(parent: Element, image: Image, *, has_content: bool) -> None:
    """Add Media RSS behind the text.

    The caption is a media:description only behind an element with the full text: without one
    feedparser, and all readers built on it, take it for the entry's text (measured on 6.0.14).
    There it is a media:title.
    """
    sizes = {"fileSize": image.length, "width": image.width, "height": image.height}
    content = xml_elem(f"{{{MEDIA}}}content", parent, url=image.url, type=image.type)
    content.set("medium", "image")
    for name, size in sizes.items():
        if size:
            content.set(name, str(size))
    if image.caption:
        name = "description" if has_content else "title"
        xml_elem(f"{{{MEDIA}}}{name}", content, type="plain").text = image.caption
    if image.credit:
        xml_elem(f"{{{MEDIA}}}credit", content).text = image.credit
