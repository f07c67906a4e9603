"""Pictures and files of an entry while it is read, as `handlers` has them noted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from feedhub.core.parse.plainly import Attributes, Declined, Raw, stripped

if TYPE_CHECKING:
    from feedhub.core.parse.elements import Entry


def add_picture(entry: Entry, attrs: Attributes, kind: str) -> Raw:
    """Note a picture in document order."""
    picture: Raw = {"kind": kind, "group": entry.in_group, **attrs}
    entry.raw.setdefault("feedhub_pictures", []).append(picture)
    return picture


def enclosure(entry: Entry, element: Element, _key: str) -> None:
    """Take a file that belongs to an entry."""
    stripped(element)
    attrs = entry.names.attributes(element)
    entry.raw.setdefault("feedhub_files", []).append(attrs)
    add_picture(entry, attrs, "enclosure")


def media_group(entry: Entry, element: Element, _key: str) -> None:
    """Take a group of pictures and what is said of all of them."""
    if entry.in_group or entry.picture is not None:
        raise Declined("a group within a group or a picture")
    entry.in_group = True
    _only_media(entry, element)
    entry.in_group = False


def media_content(entry: Entry, element: Element, _key: str) -> None:
    """Take a picture or file, and what is said of it."""
    if entry.picture is not None:
        raise Declined("a picture within a picture")
    entry.picture = add_picture(entry, entry.names.attributes(element), "content")
    if len(element):
        _only_media(entry, element)
    entry.picture = None


def _only_media(entry: Entry, element: Element) -> None:
    for child in element:
        key = entry.names.key(child.tag)
        if entry.has_rule(key) and not key.startswith("media_"):
            raise Declined(f"<{key}> among pictures")
    entry.read(element)


def media_thumbnail(entry: Entry, element: Element, _key: str) -> None:
    """Take a small picture."""
    picture = add_picture(entry, entry.names.attributes(element), "thumbnail")
    address = stripped(element)
    if address:
        picture.setdefault("url", address)


def itunes_image(entry: Entry, element: Element, _key: str) -> None:
    """Take a podcast's picture."""
    stripped(element)
    attrs = entry.names.attributes(element)
    add_picture(entry, {"url": attrs.get("href") or attrs.get("url") or ""}, "itunes")


def said(entry: Entry, element: Element, key: str) -> None:
    """Attach words to the picture they are about: the open one, the group, the last or the next."""
    word, words = key.removeprefix("media_"), stripped(element)
    if not words:
        return
    if entry.picture is not None:
        entry.picture.setdefault(word, words)
    elif entry.in_group:
        entry.raw.setdefault("feedhub_group", {}).setdefault(word, words)
    elif entry.raw.get("feedhub_pictures"):
        entry.raw["feedhub_pictures"][-1].setdefault(word, words)
    else:
        entry.raw.setdefault("feedhub_first", {}).setdefault(word, words)
