"""Atom 1.0 (RFC 4287), with tombstones (RFC 6721) for withdrawn entries."""

from __future__ import annotations

from typing import Any, Final

from feedhub.core.render.door import admit
from feedhub.core.render.generator import entry_of, generator
from feedhub.core.render.repair import DCTERMS, MEDIA, TOMBSTONES, atom_links
from feedhub.model import OutEntry, OutFeed

MEDIA_TYPE: Final = "application/atom+xml"


def atom(feed: OutFeed) -> bytes:
    """Return the feed as an Atom document."""
    shown = admit(feed)
    made = generator(shown, MEDIA_TYPE, _namespaces(shown))
    made.updated(shown.updated)
    made.author(name=shown.site_title)
    made.subtitle(shown.subtitle or None)
    made.icon(shown.icon_url)
    for entry in shown.entries:
        if entry.withdrawn is None:
            made.add_entry(_entry(entry, shown), order="append")
    document: bytes = made.atom_str()
    return document


def _namespaces(feed: OutFeed) -> dict[str, str]:
    """Return the prefixes; tombstones only where there are some: validators warn of the unknown."""
    known = {"media": MEDIA, "dcterms": DCTERMS}
    return known | ({"at": TOMBSTONES} if any(each.withdrawn for each in feed.entries) else {})


def _entry(entry: OutEntry, feed: OutFeed) -> Any:
    made = entry_of(entry, feed)
    made.updated(entry.updated)
    made.published(entry.published)
    made.link(atom_links(entry))
    if entry.summary or not entry.content:
        # An entry needs some text (RFC 4287, 4.1.1.1); who said it is the least there is to say.
        made.summary(entry.summary or entry.source.title or entry.title, type="text")
    return made
