"""RSS 2.0 as the RSS Board's profile wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from feedhub.core.render.door import admit
from feedhub.core.render.generator import entry_of, generator
from feedhub.core.render.repair import DC, DCTERMS, MEDIA, files
from feedhub.model import OutEntry, OutFeed

MEDIA_TYPE: Final = "application/rss+xml"
_DOCS = "https://www.rssboard.org/rss-specification"
_NAMESPACES: Final = {"media": MEDIA, "dc": DC, "dcterms": DCTERMS}


class _Unwritten(datetime):
    """A date that feedgen takes and does not write, being false.

    Writing a date in RSS, feedgen switches the locale of the whole process, threads and all;
    without a date it would write the present time. `repair` writes the right one.
    """

    def __bool__(self) -> bool:
        return False


def rss(feed: OutFeed) -> bytes:
    """Return the feed as an RSS 2.0 document."""
    shown = admit(feed)
    made = generator(shown, MEDIA_TYPE, _NAMESPACES)
    made.description(shown.subtitle or shown.title)
    made.generator(f"FeedHub {shown.generator_version}".strip())
    made.docs(_DOCS)
    made.lastBuildDate(_Unwritten(1970, 1, 1, tzinfo=UTC))
    for entry in shown.entries:
        made.add_entry(_item(entry, shown), order="append")
    document: bytes = made.rss_str()
    return document


def _item(entry: OutEntry, feed: OutFeed) -> Any:
    """Return one item: its description is HTML, so plain words in it are escaped.

    An item has one enclosure only (RSS profile): the first file, else the picture; every
    picture is in Media RSS too.
    """
    made = entry_of(entry, feed)
    made.link(href=entry.url, rel="alternate")
    if entry.summary:
        made.summary(escape(entry.summary, quote=False))
    for enclosure in files(entry)[:1]:
        made.enclosure(enclosure.url, length=enclosure.length or 0, type=enclosure.type)
    return made
