"""What a date says as it is written, before it is believed: its parts, not yet an instant.

The quick readers, for what nearly all feeds hold: RFC 822, ISO 8601 and bare digits. What people
write is read in `worded_dates`. Every pattern runs in linear time.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from feedhub.core.normalise.calendar_words import MONTHS, ZONES

Clock = tuple[int, int, int]


class Written(NamedTuple):
    """The parts of a date as written; a day or an hour that does not exist is still in here.

    `year` is None where it was left out, `clock` where only a day is given, `offset` (minutes
    east of Greenwich) where no zone is named.
    """

    year: int | None
    month: int
    day: int
    clock: Clock | None = None
    offset: int | None = None


_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9},? ?)?([0-9]{1,2}) ([A-Za-z]{3}) ([0-9]{4}) "
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))? ?(?:([+-])([0-9]{2}):?([0-9]{2})|([A-Za-z]{1,4}))?"
)
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{1,2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?:([+-])([0-9]{2}):?([0-9]{2})?|([Zz]))?)?"
)
_COMPACT = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2})([0-9]{2})?)?", re.ASCII
)


def read_rfc822(text: str) -> Written | None:
    """Read the date of an RSS item (RFC 822, 5.1; RFC 5322, 3.3); None for any other shape."""
    found = _RFC822.fullmatch(text)
    if found is None:
        return None
    day, name, year, hour, minute, second, sign, hours, minutes, zone = found.groups()
    month = MONTHS.get(name.lower())
    if month is None or (zone and zone.lower() not in ZONES):
        return None
    return Written(
        year=int(year),
        month=month,
        day=int(day),
        clock=(int(hour), int(minute), int(second or 0)),
        offset=ZONES[zone.lower()] if zone else offset_of(sign, hours, minutes),
    )


def read_iso(text: str) -> Written | None:
    """Read a date of Atom or JSON Feed (RFC 3339, and ISO 8601 without a zone or a time)."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes, z = found.groups()
    return Written(
        year=int(year),
        month=int(month),
        day=int(day),
        clock=(int(hour), int(minute), int(second or 0)) if hour else None,
        offset=0 if z else offset_of(sign, hours, minutes),
    )


def read_digits(text: str) -> Written | None:
    """Read 8, 12 or 14 digits as a day with or without a time; None for any other shape."""
    found = _COMPACT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = found.groups()
    clock = (int(hour), int(minute), int(second or 0)) if hour else None
    return Written(year=int(year), month=int(month), day=int(day), clock=clock)


def offset_of(sign: str | None, hours: str | None, minutes: str | None) -> int | None:
    """Return minutes east of Greenwich; None for no offset, and for one that no place has."""
    if not sign or not hours:
        return None
    total = int(hours) * 60 + int(minutes or 0)
    if total > 14 * 60 or int(minutes or 0) > 59:
        return None
    return -total if sign == "-" else total
