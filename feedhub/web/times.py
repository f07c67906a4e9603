"""Times as a reader wants them, in the site's zone and language; pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from feedhub.model import OutEntry
from feedhub.web.typography import NBSP


@dataclass(frozen=True, kw_only=True)
class Day:
    """The entries of one day; `age` counts days back from today."""

    date: date
    age: int
    entries: tuple[OutEntry, ...]


def moment(at: datetime, now: datetime, zone: ZoneInfo, locale: str) -> str:
    """Write «10:14» for today, else «22 ноября 2026, 10:14»."""
    there = at.astimezone(zone)
    if there.date() == now.astimezone(zone).date():
        return clock_time(at, zone)
    return f"{day_name(there.date(), locale)}, {there:%H:%M}"


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """Write «10:14»."""
    return f"{at.astimezone(zone):%H:%M}"


def day_name(day: date, locale: str) -> str:
    """Write «22 ноября 2026».

    The pattern is given because CLDR's long form says «22 ноября 2026 г.».
    """
    return format_date(day, "d MMMM y", locale=locale).replace(" ", NBSP)


def short_day(day: date, locale: str) -> str:
    """Write «22 ноября»."""
    return format_date(day, "d MMMM", locale=locale).replace(" ", NBSP)


def weekday(day: date, locale: str) -> str:
    """Write «воскресенье»."""
    return format_datetime(datetime(day.year, day.month, day.day), "EEEE", locale=locale)  # noqa: DTZ001


def machine(at: datetime, zone: ZoneInfo, date_only: bool = False) -> str:
    """Write the value of a `datetime` attribute."""
    there = at.astimezone(zone)
    return there.date().isoformat() if date_only else there.isoformat(timespec="seconds")


def by_day(entries: Iterable[OutEntry], now: datetime, zone: ZoneInfo) -> tuple[Day, ...]:
    """Group entries, kept in their order, by the day of `published`."""
    today = now.astimezone(zone).date()
    groups = groupby(entries, key=lambda entry: entry.published.astimezone(zone).date())
    return tuple(
        Day(date=day, age=(today - day).days, entries=tuple(found)) for day, found in groups
    )


def is_edited(entry: OutEntry) -> bool:
    """Tell whether an entry really changed after it came out; a minute's difference is none."""
    return entry.updated - entry.published >= timedelta(minutes=1)
