"""OPML 2.0: lists of feeds that a reader takes in at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from feedhub.core.render.wire import ascii_url, one_line, rfc822

_SENDABLE = re.compile(r"https?://[!-~]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """One feed of a list; `folder` names the outline it stands in, None for the top.

    `categories` become the attribute that OPML 2.0 has for tags: parted by commas, so a name with
    a comma is left out.
    """

    title: str
    xml_url: str
    html_url: str | None = None
    folder: str | None = None
    categories: tuple[str, ...] = ()


def opml(title: str, outlines: tuple[Outline, ...], *, updated: datetime) -> bytes:
    """Return a list of feeds as OPML 2.0, in the given order; folders stand where first named.

    Feeds whose address is not absolute http(s) are left out. An empty list still has one
    outline, an empty folder with the list's title: the format asks for one.
    """
    name = one_line(title)
    root = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(root, "head")
    for field, value in (
        ("title", name),
        ("dateCreated", rfc822(updated)),
        ("dateModified", rfc822(updated)),
    ):
        ElementTree.SubElement(head, field).text = value
    body = ElementTree.SubElement(root, "body")
    _fill(body, outlines)
    if len(body) == 0:
        ElementTree.SubElement(body, "outline", text=name)
    text: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _fill(body: ElementTree.Element, outlines: Iterable[Outline]) -> None:
    folders: dict[str, ElementTree.Element] = {}
    for outline in outlines:
        attributes = _attributes(outline)
        if attributes is None:
            continue
        name = one_line(outline.folder or "")
        if name and name not in folders:
            folders[name] = ElementTree.SubElement(body, "outline", text=name, title=name)
        ElementTree.SubElement(folders.get(name, body), "outline", attributes)


def _attributes(outline: Outline) -> dict[str, str] | None:
    xml_url, html_url = _feed_url(outline.xml_url), ascii_url(outline.html_url)
    if xml_url is None:
        return None
    text = one_line(outline.title) or xml_url
    names = [name for name in map(one_line, outline.categories) if name and "," not in name]
    more = {"htmlUrl": html_url, "category": ",".join(names)}
    given = {key: value for key, value in more.items() if value}
    return {"type": "rss", "text": text, "title": text, "xmlUrl": xml_url} | given


def _feed_url(url: str) -> str | None:
    """Return the address of a feed, byte for byte where it is ASCII.

    Brackets stay as they are: there are servers that do not answer to `%5B%5D`.
    """
    usual = ascii_url(url)
    return url if usual and _SENDABLE.fullmatch(url) else usual
