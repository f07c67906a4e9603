"""Believable times: what a source's date string says, as an instant, or why it says nothing.

A wrong time is worse than none (an entry on top of every list for years), so a string is read by
rules of our own: what names a zone is taken at its word, what names none is in the source's zone
at that moment, and what cannot be is refused with the reason.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from feedhub.core.normalise.written_dates import (
    Written,
    read_digits,
    read_iso,
    read_rfc822,
)

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""Nothing earlier is believed: an older stamp is a database's zero, not a page on the web."""

AHEAD = timedelta(hours=26)
"""How far ahead of now a time is believed: a day, and the widest mistake of a zone."""

_LOOKED_AT = 200
_EPOCH = re.compile(r"([0-9]{9,10})(?:[.,][0-9]{1,9})?|([0-9]{10})([0-9]{3}|[0-9]{6})")


class ParsedTime(NamedTuple):
    """When something was published, as far as its string can be believed.

    `instant` is aware, in UTC, in whole seconds; None where there is no believable time. `day` is
    set where only a day is known; `instant` is then that day's midnight in the source's zone.
    `why` says how the time was found, or why there is none.
    """

    instant: datetime | None
    day: date | None
    why: str

    @property
    def is_date_only(self) -> bool:
        """Tell whether only the day is known."""
        return self.day is not None


_NO_DATE = ParsedTime(instant=None, day=None, why="no date")


def parse_time(raw: str | None, *, zone: tzinfo, now: datetime) -> ParsedTime:
    """Read a source's date string; `zone` is the source's own, `now` an aware instant.

    The first 200 characters are looked at. Any string is taken; none raises an error. A midnight
    in the source's own zone counts as a day: systems that know no time stamp one.
    """
    text = raw[: 5 * _LOOKED_AT].strip()[:_LOOKED_AT] if raw else ""
    if not text:
        return _NO_DATE
    written = read_rfc822(text) or read_iso(text)
    if written is not None:
        return _settle(written, zone, now)
    if found := _EPOCH.fullmatch(text):
        instant = datetime.fromtimestamp(int(found[1] or found[2]), UTC)
        return _believe(instant, None, now, "seconds since 1970")
    if written := read_digits(text):
        return _settle(written, zone, now)
    return _from_words(text, zone, now)


def is_fixed(raw: str | None) -> bool:
    """Tell, cheaply, a date that says the same on every day it is read; others may, too."""
    text = (raw or "").strip()
    return (read_rfc822(text) or read_iso(text)) is not None


def _from_words(text: str, zone: tzinfo, now: datetime) -> ParsedTime:
    # Its patterns take 15 ms to compile, and most processes never see such a date.
    from feedhub.core.normalise.worded_dates import fold, read_ago, read_worded

    folded = fold(text)
    written = read_worded(folded, now.astimezone(zone).date())
    if written is not None:
        return _settle(written, zone, now)
    ago = read_ago(folded)
    if ago is None:
        return _none(f'not a date: "{_shown(text)}"')
    since, is_day = ago
    if since > now - EARLIEST:
        return _none("before 1995")
    instant = (now - since).astimezone(UTC).replace(microsecond=0)
    if is_day:
        return _a_day(instant.astimezone(zone).date(), zone, now)
    return _believe(instant, None, now, "counted back from when it was read")


def _settle(written: Written, zone: tzinfo, now: datetime) -> ParsedTime:
    """Turn parts into an instant, if they are a day that was and an hour that is."""
    if written.year is None:
        return _without_year(written, zone, now)
    return _dated(written, written.year, zone, now)


def _without_year(written: Written, zone: tzinfo, now: datetime) -> ParsedTime:
    """Take the nearest year in which that day is past, or as little ahead as is believed.

    Nine years back there is a 29 February, even across 1900 or 2100.
    """
    years = range(now.year + 1, now.year - 9, -1)
    tries = (_dated(written, year, zone, now) for year in years)
    return next((found for found in tries if found.instant), _dated(written, now.year, zone, now))


def _dated(written: Written, year: int, zone: tzinfo, now: datetime) -> ParsedTime:
    if year < EARLIEST.year - 1:
        return _none(f"year {year} is before 1995")
    if year > now.year + 1:
        return _none(f"year {year} is more than 26 hours ahead")
    try:
        day = date(year, written.month, written.day)
    except ValueError:
        return _none(f"no such day: {year:04}-{written.month:02}-{written.day:02}")
    if written.clock is None:
        return _a_day(day, zone, now)
    return _timed(day, written, zone, now)


def _timed(day: date, written: Written, zone: tzinfo, now: datetime) -> ParsedTime:
    hour, minute, second = written.clock or (0, 0, 0)
    is_next_midnight = (hour, minute, second) == (24, 0, 0)
    if (hour > 23 and not is_next_midnight) or minute > 59 or second > 60:
        return _none(f"no such time: {hour:02}:{minute:02}:{second:02}")
    if is_next_midnight:
        day += timedelta(days=1)
    clock = time(hour % 24, minute, min(second, 59))
    if written.offset is None:
        instant = datetime.combine(day, clock, zone).astimezone(UTC)
        why = "its time, in the source's zone"
    else:
        instant = datetime.combine(day, clock, UTC) - timedelta(minutes=written.offset)
        why = "its time and zone"
    if not (hour or minute or second) and instant == _midnight(day, zone):
        return _believe(instant, day, now, "midnight: a day without a time")
    return _believe(instant, None, now, why)


def _a_day(day: date, zone: tzinfo, now: datetime) -> ParsedTime:
    return _believe(_midnight(day, zone), day, now, "a day without a time")


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _believe(instant: datetime, day: date | None, now: datetime, why: str) -> ParsedTime:
    if instant < EARLIEST:
        return _none(f"year {instant.year} is before 1995")
    if instant > now + AHEAD:
        return _none(f"{instant:%Y-%m-%d %H:%M} UTC is more than 26 hours ahead")
    return ParsedTime(instant=instant, day=day, why=why)


def _none(why: str) -> ParsedTime:
    return ParsedTime(instant=None, day=None, why=why)


def _shown(text: str) -> str:
    """Cut and clean a string of a stranger for a sentence on one line."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(line.split())[:60]
