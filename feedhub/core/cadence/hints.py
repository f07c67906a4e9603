"""What a publisher asks of those who poll: in the document, and in the headers of the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from feedhub.core.cadence.bounds import A_DAY, at_most_a_day
from feedhub.model import Answer
from feedhub.model.history import Hints

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)(?![\w-])", re.IGNORECASE)
_AGE = re.compile(r"\s*(\d{1,9})\s*")

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def hinted(hints: Hints, answer: Answer, now: datetime) -> tuple[timedelta, str]:
    """Return the longest wait the publisher asks for, from none to a day, and who says so.

    The second is the key of the reason: ttl, update_period, max_age or expires.
    """
    return max(
        (at_most_a_day((hints.ttl or 0) * 60), "ttl"),
        (_update_wait(hints, now), "update_period"),
        _by_server(answer, now),
        key=lambda hint: hint[0],
    )


def after_skipped(at: datetime, hints: Hints, latest: datetime) -> datetime:
    """Return the first instant from `at` on that the publisher does not ask to skip (RSS 2.0).

    Where all is skipped until `latest`, which is `at` or later, it is `latest`.
    """
    hours = {hour % 24 for hour in hints.skip_hours}
    days = {day.strip().lower() for day in hints.skip_days}
    there = at.astimezone(UTC)
    while there < latest and (there.hour in hours or _WEEKDAYS[there.weekday()] in days):
        there = there.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(there, latest)


def _update_wait(hints: Hints, now: datetime) -> timedelta:
    """Return the wait that the syndication module asks for; a period left out is a day there.

    With a base, updates come at base + n x wait: then it is the time until the next of them.
    """
    if hints.update_period is None and hints.update_frequency is None:
        return timedelta()
    period = _PERIODS.get((hints.update_period or "daily").strip().lower())
    if period is None:
        return timedelta()
    step = period / min(max(hints.update_frequency or 1, 1), 10_000)
    base = hints.update_base
    if base is not None and base.tzinfo and period >= A_DAY:
        step -= (now - base) % step
    return min(step, A_DAY)


def _by_server(answer: Answer, now: datetime) -> tuple[timedelta, str]:
    """Return how long the answer stays fresh.

    Where there is a max-age, Expires does not count (RFC 9111, 5.3); the time it has spent in
    caches on the way is past (4.2.3), and Expires is counted from the server's own clock.
    """
    control = ", ".join(_values(answer, "cache-control"))
    if _UNCACHED.search(control):
        return timedelta(), "max_age"
    found = _MAX_AGE.search(control)
    if found:
        age = _AGE.fullmatch(answer.header("age") or "")
        return at_most_a_day(int(found[1]) - (int(age[1]) if age else 0)), "max_age"
    expires = _date(answer.header("expires"))
    since = _date(answer.header("date")) or now
    return at_most_a_day((expires - since).total_seconds()) if expires else timedelta(), "expires"


def _values(answer: Answer, name: str) -> Iterator[str]:
    return (value for key, value in answer.headers if key == name)


def _date(value: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime((value or "")[:64])
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
