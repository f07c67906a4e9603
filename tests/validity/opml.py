"""OPML 2.0 as a list of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.validity.shared import address_faults, parsed, rfc822, text_faults


def problems_opml(body: bytes) -> list[str]:
    """Return what is wrong with an OPML 2.0 document."""
    root, faults = parsed(body, "opml")
    if root is None:
        return faults
    if root.get("version") != "2.0" or [child.tag for child in root] != ["head", "body"]:
        return [*faults, "opml is not version 2.0 with a head and a body"]
    faults += text_faults("title", root.findtext("head/title"))
    if rfc822(root.findtext("head/dateCreated")) is None:
        faults.append("dateCreated is no RFC 822 time")
    outlines = list(root[1].iter("outline"))
    if not outlines:
        faults.append("the body has no outline")
    for number, outline in enumerate(outlines, 1):
        faults += [f"outline {number}: {fault}" for fault in _outline_faults(outline)]
    return faults


def _outline_faults(outline: Element) -> Iterator[str]:
    if not (outline.get("text") or "").strip():
        yield "no text"
    if outline.get("type") == "rss":
        yield from address_faults("xmlUrl", outline.get("xmlUrl"))
        if "htmlUrl" in outline.attrib:
            yield from address_faults("htmlUrl", outline.get("htmlUrl"))
        if outline.get("title") != outline.get("text"):
            yield "title differs from text"
    elif "xmlUrl" in outline.attrib:
        yield "a feed whose type is not rss"
