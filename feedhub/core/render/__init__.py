"""Values in, documents out: the table of feed formats, and OPML.

A format is one row of `FORMATS`. All of them get the same `OutFeed` through the same door
(`door.py`), so an entry has one id, link, time and title whatever a reader subscribes to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from types import MappingProxyType

from feedhub.core.render import atom as _atom
from feedhub.core.render import jsonfeed as _jsonfeed
from feedhub.core.render import rss as _rss
from feedhub.core.render.opml import Outline, opml
from feedhub.model import OutEntry, OutFeed, Rendered

__all__ = ["FORMATS", "Document", "Format", "LeftOut", "Outline", "document", "opml", "render"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A feed format; `render` gives the same bytes for the same feed, in every process."""

    name: str
    media_type: str
    render: Callable[[OutFeed], bytes]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format(name="rss", media_type=_rss.MEDIA_TYPE, render=_rss.rss),
            Format(name="atom", media_type=_atom.MEDIA_TYPE, render=_atom.atom),
            Format(name="json", media_type=_jsonfeed.MEDIA_TYPE, render=_jsonfeed.jsonfeed),
        )
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An entry that could not be written, by its number in our addresses, and why."""

    number: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A feed's bytes, and the entries that are missing in them."""

    body: bytes
    left_out: tuple[LeftOut, ...] = ()


def document(feed: OutFeed, name: str) -> Document:
    """Return a feed in the named format (a key of FORMATS), without entries that cannot be written.

    Only where writing the whole fails is each entry tried alone; an error of the feed's own
    fields is a fault of the caller and is raised.
    """
    write = FORMATS[name].render
    try:
        return Document(body=write(feed))
    except Exception:
        tried = tuple((entry, _fault(write, feed, entry)) for entry in feed.entries)
    left_out = tuple(LeftOut(number=entry.number, reason=why) for entry, why in tried if why)
    good = tuple(entry for entry, why in tried if not why)
    return Document(body=write(replace(feed, entries=good)), left_out=left_out)


def _fault(write: Callable[[OutFeed], bytes], feed: OutFeed, entry: OutEntry) -> str:
    try:
        write(replace(feed, entries=(entry,)))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def render(feed: OutFeed, name: str) -> Rendered:
    """Return a feed in the named format (a key of FORMATS), ready to serve.

    The strong ETag is a digest of the bytes; Last-Modified is the feed's newest change.
    `document` tells which entries could not be written.
    """
    body = document(feed, name).body
    return Rendered(
        body=body,
        media_type=FORMATS[name].media_type,
        etag=f'"{blake2b(body, digest_size=16).hexdigest()}"',
        last_modified=feed.updated,
        next_url=feed.next_url,
    )
