"""Atom as RFC 4287 wants it, with the tombstones of RFC 6721."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.validity.shared import (
    LANGUAGE,
    NS,
    URI,
    A,
    address_faults,
    html_faults,
    link_faults,
    media_faults,
    order_faults,
    parsed,
    repeated,
    rfc3339,
    self_faults,
    text_faults,
)


def problems_atom(body: bytes, *, self_url: str | None = None) -> list[str]:
    """Return what is wrong with an Atom document."""
    feed, faults = parsed(body, f"{A}feed")
    if feed is None:
        return faults
    entries = feed.findall("atom:entry", NS)
    faults += _atom_feed_faults(feed, self_url)
    has_author = feed.find("atom:author", NS) is not None
    for number, entry in enumerate(entries, 1):
        found = [*_entry_faults(entry)]
        if not has_author and entry.find("atom:author", NS) is None:
            found.append("no author, neither its own nor the feed's")
        faults += [f"entry {number}: {fault}" for fault in found]
    ids = [entry.findtext("atom:id", None, NS) for entry in entries]
    faults += [f"id {each} repeats" for each in repeated(ids)]
    faults += order_faults([rfc3339(e.findtext("atom:published", "", NS)) for e in entries])
    faults += _tombstone_faults(feed, ids)
    blank = {each.tag for each in feed.iter() if not (len(each) or each.attrib or each.text)}
    return faults + [f"blank element {name}" for name in sorted(blank)]


def _atom_feed_faults(feed: Element, self_url: str | None) -> Iterator[str]:
    yield from _same_faults(feed)
    if not LANGUAGE.fullmatch(feed.get("{http://www.w3.org/XML/1998/namespace}lang") or ""):
        yield "xml:lang is missing"
    pages = feed.findall("atom:link[@rel='alternate']", NS)
    page = pages[0].get("href") if pages else None
    links = feed.findall("atom:link", NS)
    yield from self_faults(links, self_url, page, "application/atom+xml")
    updated = rfc3339(feed.findtext("atom:updated", "", NS))
    changes = [rfc3339(e.findtext("atom:updated", "", NS)) for e in feed.findall(f"{A}entry")]
    if updated and any(change > updated for change in changes if change):
        yield "the feed's updated is older than its newest entry's"
    rels = {link.get("rel") for link in links}
    if "prev-archive" in rels and feed.find("fh:archive", NS) is None and "current" not in rels:
        yield "prev-archive without fh:archive or current"


def _same_faults(parent: Element) -> Iterator[str]:
    """Yield what is wrong with what feed, entry and source have alike."""
    for name in ("id", "title", "updated"):
        if len(parent.findall(f"atom:{name}", NS)) != 1:
            yield f"{len(parent.findall(f'atom:{name}', NS))} {name}"
    identity = parent.findtext("atom:id", "", NS)
    if not URI.fullmatch(identity):
        yield f"id is no ASCII URI: {identity}"
    if rfc3339(parent.findtext("atom:updated", "", NS)) is None:
        yield f"updated is no RFC 3339 time: {parent.findtext('atom:updated', '', NS)}"
    for name in ("title", "subtitle", "summary", "rights"):
        for text in parent.findall(f"atom:{name}", NS):
            if text.get("type") != "text":
                yield f"{name} does not say type=text"
            if name != "summary":
                yield from text_faults(name, text.text)
    yield from _author_faults(parent)
    yield from link_faults(parent.findall("atom:link", NS))


def _author_faults(parent: Element) -> Iterator[str]:
    for author in parent.findall("atom:author", NS):
        yield from text_faults("author", author.findtext("atom:name", None, NS))
        if "@" not in author.findtext("atom:email", "@", NS):
            yield "an author's email is none"


def _entry_faults(entry: Element) -> Iterator[str]:
    yield from _same_faults(entry)
    updated = rfc3339(entry.findtext("atom:updated", "", NS))
    published = rfc3339(entry.findtext("atom:published", "", NS))
    if published is None:
        yield "published is missing or no RFC 3339 time"
    if updated and published and published > updated:
        yield "published after updated"
    if not entry.findall("atom:link[@rel='alternate']", NS):
        yield "no alternate link"
    content = entry.find("atom:content", NS)
    if content is None and entry.find("atom:summary", NS) is None:
        yield "neither summary nor content"
    if content is not None:
        if content.get("type") != "html":
            yield f"content type: {content.get('type')}"
        yield from html_faults(content.text or "")
    for category in entry.findall("atom:category", NS):
        if not category.get("term") or not category.get("label"):
            yield "a category without term or label"
        yield from address_faults("category scheme", category.get("scheme"))
    source = entry.find("atom:source", NS)
    yield from ["no source"] if source is None else (f"source: {f}" for f in _same_faults(source))
    yield from media_faults(entry)


def _tombstone_faults(feed: Element, ids: list[str | None]) -> Iterator[str]:
    names = [child.tag for child in feed]
    mark = f"{{{NS['at']}}}deleted-entry"
    if mark in names and f"{A}entry" in names[: names.index(mark)]:
        yield "a tombstone stands behind an entry"
    for stone in feed.findall(mark):
        if not stone.get("ref") or rfc3339(stone.get("when")) is None:
            yield "a tombstone without ref or when"
        if stone.get("ref") in ids:
            yield f"{stone.get('ref')} is both withdrawn and listed"
