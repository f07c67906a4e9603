"""What a feed says beside its title and entries: its links and how often it changes.

The beginning of the document is looked through as text, so that it costs next to nothing and is
the same for whichever reader takes the document. Links are given as written.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from itertools import islice

from feedhub.model.history import Hints
from feedhub.model.parsed import ParsedFeed

HEAD = 16_384
"""Characters before the first entry that are looked through, and of the document's end."""

MOST = 20
MOST_DELETED = 500
LONGEST = 2000

RELS = frozenset({"hub", "self", "next", "prev-archive"})
"""Relations that are kept: of WebSub, and of pages and archives (RFC 5005)."""

Links = tuple[tuple[str, str], ...]

_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>]")
_LINK = re.compile(r"<(?:[\w.-]{1,40}:)?link\s([^<>]{1,4000})>")
_TOMBSTONE = re.compile(r"<(?:[\w.-]{1,40}:)?deleted-entry\s([^<>]{1,4000})>")
_PAIR = re.compile(r"""([\w:-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]{0,3000})"|'([^']{0,3000})')""")
_FIELD = re.compile(
    r"<(?:[\w.-]{1,40}:)?(updatePeriod|updateFrequency|updateBase|skipHours|skipDays)\b[^<>]{0,300}>"
    r"(.{0,1500}?)</(?:[\w.-]{1,40}:)?\1\s{0,20}>",
    re.DOTALL,
)
_PART = re.compile(r"<(?:hour|day)>\s{0,20}([^<]{1,20}?)\s{0,20}</(?:hour|day)>")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")


def surrounded(feed: ParsedFeed, text: str) -> ParsedFeed:
    """Complete a feed in XML by its links and by what it says of its own rhythm."""
    head = _head(text)
    return replace(feed, links=_links(head), hints=_hints(head), deleted=_deleted(text))


def _head(text: str) -> str:
    """Return what stands before the first entry, and after the last one where links may stand."""
    first = _ENTRY.search(text, 0, HEAD)
    head = text[: first.start() if first else HEAD]
    last = text.rfind("</item>")
    return head if last < 0 else head + text[max(last, len(text) - HEAD) :]


def _links(head: str) -> Links:
    found: list[tuple[str, str]] = []
    for tag in _LINK.finditer(head):
        pairs = _pairs(tag[1])
        href = unescape(pairs.get("href", "")).strip()
        for rel in pairs.get("rel", "").lower().split():
            if rel in RELS and 0 < len(href) <= LONGEST and len(found) < MOST:
                found.append((rel, href))
    return tuple(dict.fromkeys(found))


def _deleted(text: str) -> tuple[str, ...]:
    """Return the ids of entries that the document says were taken back (RFC 6721)."""
    if "deleted-entry" not in text:
        return ()
    tags = (_pairs(tag[1]) for tag in islice(_TOMBSTONE.finditer(text), MOST_DELETED))
    return tuple(
        dict.fromkeys(ref for pairs in tags if (ref := unescape(pairs.get("ref", "")).strip()))
    )


def _pairs(attributes: str) -> dict[str, str]:
    return {name: double or single for name, double, single in _PAIR.findall(attributes)}


def _hints(head: str) -> Hints:
    said = {name: value.strip() for name, value in _FIELD.findall(head)}
    if not said:
        return Hints()
    period = said.get("updatePeriod", "").lower()
    frequency = said.get("updateFrequency", "")
    hours = (int(hour) for hour in _PART.findall(said.get("skipHours", "")) if hour.isdecimal())
    days = (day.capitalize() for day in _PART.findall(said.get("skipDays", "")))
    return Hints(
        update_period=period if period in _PERIODS else None,
        update_frequency=int(frequency) if frequency.isdecimal() and len(frequency) < 6 else None,
        update_base=_base(said.get("updateBase", "")),
        skip_hours=tuple(sorted({hour for hour in hours if hour <= 24})),
        skip_days=tuple(dict.fromkeys(day for day in days if day in _DAYS)),
    )


def _base(text: str) -> datetime | None:
    try:
        base = datetime.fromisoformat(text)
    except ValueError:
        return None
    return base if base.tzinfo else base.replace(tzinfo=UTC)
