"""Which of the documents found is the best to read, and why the others are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.model import Fetched
from feedhub.probing.telling import is_stale
from feedhub.probing.values import Alternative, Examined

BEST = 0
REASONS = {
    BEST: "another living document",
    1: "a list of a page: a feed is surer",
    2: "a news sitemap: it has headlines and times only",
    3: "a Telegram channel: the site's own words are surer",
    4: "a list without dates",
    5: "a sitemap, which has no headlines",
    6: "silent for long, or empty",
    7: "a list that is silent for long",
    8: "a news sitemap that is silent for long",
}
LISTED = 2
"""Ranks up to this one are good enough to look no further than for a feed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Find:
    """A document that can be a source, with the answer it came in and the address to write down.

    `is_beside` marks one that is not the site's own: a channel that it links to.
    """

    examined: Examined
    fetched: Fetched
    url: str
    title: str = ""
    is_beside: bool = False


def rank(find: Find, now: datetime) -> int:
    """Return how good a find is, 0 best: a living feed, a dated list, a news sitemap, a channel.

    A feed that fell silent long ago stands behind a page that is kept up.
    """
    found, facts = find.examined, find.examined.facts
    is_alive = facts.count > 0 and not is_stale(facts.newest, now)
    if found.kind in ("feed", "json", "telegram"):
        return (3 if find.is_beside else BEST) if is_alive else 6
    if found.kind == "page":
        return (1 if is_alive else 7) if 2 * facts.dated >= facts.count else 4
    return (2 if is_alive else 8) if facts.is_news_sitemap else 5


def alternative(find: Find, now: datetime) -> Alternative:
    """Describe a find that was not chosen."""
    found = find.examined
    return Alternative(
        kind=found.kind or "feed",
        url=find.url,
        title=find.title or found.title,
        count=found.facts.count,
        newest=found.facts.newest,
        why=REASONS[rank(find, now)],
    )
