"""Times as editors write them: 2026-11-18 14:05, a day alone, ISO 8601 with a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from feedhub.articles.faults import Wrong

_HOW = "write 2026-11-18 14:05, or 2026-11-18, or 2026-11-18T14:05:00+03:00"
_WRITTEN = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d?)-(?P<day>\d\d?)"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"[ \t]*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_RUSSIAN = re.compile(
    r"(\d\d?)\.(\d\d?)\.(\d{4})(?:[ ,в]+(\d\d?:\d\d)(?::\d\d)?)?(?:\s*г\.?)?", re.ASCII
)
FIRST_YEAR, LAST_YEAR = 1970, 2200


class Moment(NamedTuple):
    """An instant in UTC, whole seconds, and how it was written."""

    at: datetime
    raw: str


def moment(text: str, zone: tzinfo) -> Moment:
    """Read a time; without a zone of its own it is in `zone`, a day alone is its midnight.

    Raises Wrong, with how to write it.
    """
    raw = text.strip()
    found = _WRITTEN.fullmatch(raw)
    if found is None:
        raise Wrong(f"not a time: {_corrected(raw) or _HOW}")
    if not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        raise Wrong(f"not a time: the year must be from {FIRST_YEAR} to {LAST_YEAR}")
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        own = _zone(found["zone"])
        local = datetime(year, month, day, hour, minute, second, tzinfo=own or zone)
    except ValueError:
        raise Wrong("there is no such day or hour in the calendar") from None
    return Moment(local.astimezone(UTC), raw)


def _zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)


def _corrected(raw: str) -> str | None:
    """Return how a Russian date (18.11.2026 14:05) is written here."""
    found = _RUSSIAN.fullmatch(raw)
    if found is None:
        return None
    day, month, year, clock = found.groups()
    time = f" {clock}" if clock else ""
    return f"write {year}-{int(month):02}-{int(day):02}{time}"
