"""feedgen's generator and entries, filled with what RSS and Atom say alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feedhub.core.render.repair import EntryRepair, FeedRepair, source_address
from feedhub.core.render.wire import parent_url
from feedhub.model import OutEntry, OutFeed

_NAME = "feedhub"


def generator(feed: OutFeed, media_type: str, namespaces: Mapping[str, str]) -> Any:
    """Return a FeedGenerator that knows everything but the entries.

    The alternate link is given last: feedgen takes the last link for the channel's page.
    """
    made = FeedGenerator()
    made.register_extension(_NAME, partial(FeedRepair, feed, namespaces))
    made.id(feed.id)
    made.title(feed.title)
    made.language(feed.language)
    made.generator("FeedHub", version=feed.generator_version or None)
    made.link(rel="self", href=feed.self_url, type=media_type)
    made.link(rel="alternate", href=feed.page_url, type="text/html")
    return made


def entry_of(entry: OutEntry, feed: OutFeed) -> Any:
    """Return a FeedEntry with everything but links, dates, summary and files."""
    made = FeedEntry()
    made.register_extension(_NAME, partial(EntryRepair, entry, feed))
    made.guid(entry.id, permalink=entry.id == entry.url)
    made.title(entry.title)
    made.author([{"name": author} for author in entry.authors])
    made.source(source_address(entry.source), entry.source.title)
    made.category(_categories(entry))
    if entry.content:
        made.content(entry.content, type="html")
    return made


def _categories(entry: OutEntry) -> list[dict[str, str]]:
    """Return the section and the tags as categories: address folder, slug and name."""
    named = [(entry.section.url, entry.section.slug, entry.section.title)]
    named += [(tag.url, tag.slug, tag.name) for tag in entry.tags]
    return [{"term": slug, "scheme": parent_url(url), "label": label} for url, slug, label in named]
