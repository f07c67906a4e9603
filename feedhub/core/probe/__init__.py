"""Guesses about a would-be source, each with its reason; what proves them stands in the flow.

    links     the feeds, news pages and channels that a page names, and addresses worth trying
    lists     the lists of a page: CSS selectors, ranked
    shapes    the fields of a JSON document by what stands in them
    repeats   what a source hangs on every headline, and says under every text
    zones     the time zone of times that name none

Pages come as trees that another stage has read; here they are only walked.
"""

from feedhub.core.probe.links import (
    FoundLink,
    channels,
    feed_links,
    news_pages,
    onward,
    sitemaps_of,
    usual_feeds,
)
from feedhub.core.probe.lists import ListGuess, page_lists
from feedhub.core.probe.repeats import Affix, are_numbers, repeated_affixes, repeated_lines
from feedhub.core.probe.shapes import ShapeGuess, field_paths
from feedhub.core.probe.zones import Clues, ZoneGuess, guess_zone

__all__ = [
    "Affix",
    "Clues",
    "FoundLink",
    "ListGuess",
    "ShapeGuess",
    "ZoneGuess",
    "are_numbers",
    "channels",
    "feed_links",
    "field_paths",
    "guess_zone",
    "news_pages",
    "onward",
    "page_lists",
    "repeated_affixes",
    "repeated_lines",
    "sitemaps_of",
    "usual_feeds",
]
