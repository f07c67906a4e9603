"""Small decisions about an entry's text on pages; pure functions."""

from __future__ import annotations

import html
import re

from feedhub.model import Image, OutEntry

WIDE = 640
"""Pixels: a narrower lead image, or one of unknown width, is not shown."""
TEASER = 320
"""Characters of a summary shown in a list."""


def teaser(text: str, limit: int = TEASER) -> str:
    """Return a text of at most `limit` characters, cut after a whole word and marked with «…»."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    head, _, _ = text[:limit].rpartition(" ")
    return (head or text[: limit - 1]).rstrip(" ,;:—–-«(") + "…"


def plain(markup: str) -> str:
    """Return the text of cleaned HTML on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def has_own_lead(entry: OutEntry) -> bool:
    """Tell whether the summary is a lead of its own, and not just the start of the text."""
    if not (entry.summary and entry.source.is_local):
        return False
    start = _letters(entry.summary)[:60]
    return not _letters(plain(entry.content)).startswith(start)


def lead_image(entry: OutEntry) -> Image | None:
    """Return the image to set above the text: whatever its size, if not in the text already."""
    image = entry.image
    return None if image is None or html.escape(image.url) in entry.content else image


def is_credit_untold(entry: OutEntry) -> bool:
    """Tell whether the picture stands in the text, and who took it is said nowhere."""
    image = entry.image
    if image is None or not image.credit or lead_image(entry) is not None:
        return False
    return _letters(image.credit) not in _letters(plain(entry.content))


def wide_image(entry: OutEntry) -> Image | None:
    """Return the lead image where it is known to be wide enough to look at."""
    image = entry.image
    return image if image and (image.width or 0) >= WIDE else None


def fold(text: str) -> str:
    """Return a text as the filter field compares it: no case, ё as е."""
    return text.casefold().replace("ё", "е")


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", fold(text))
