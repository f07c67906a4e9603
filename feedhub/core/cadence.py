"""When to poll a source again, and why: a polite guess that never gives up.

Failures weigh 1, 1/2 or 1/4 by their kind and slow polling linearly, as in mediacloud/rss-fetcher,
which has polled 180,000 feeds that way; one success forgets them all. Jitter comes from a hash of
the source's name, so that polls spread and tests stay exact.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from feedhub.model import Answer, Failed, FailureKind, NextPoll, Outcome, Source, SourceState

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
A_DAY = timedelta(hours=24)
"""No hint of a publisher and no backoff goes beyond a day: a source is never given up."""

WEIGHTS: dict[FailureKind, float] = {"hard": 1.0, "soft": 0.5, "temporary": 0.25}

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def weight(outcome: Outcome) -> float:
    """Return how much an outcome adds to the source's failures."""
    return WEIGHTS[outcome.kind] if isinstance(outcome, Failed) else 0.0


def next_poll(
    source: Source, state: SourceState, outcome: Outcome, *, recent_new: int, now: datetime
) -> NextPoll:
    """Return when to poll a source again after this outcome, with the reason in plain words.

    `recent_new` is how many entries were first seen in the last 24 hours. A configured `every`
    is kept; with "auto" the publisher's hints (ttl, max-age, Expires) are the least interval.
    Retry-After is always obeyed, capped at a day.
    """
    if isinstance(outcome, Failed):
        return _after_failure(source, state, outcome, now)
    if source.every is not None:
        return NextPoll(
            at=now + source.every, reason=f"every {_words(source.every)}: as configured"
        )
    interval, reason = _by_history(recent_new)
    hint, hint_reason = _hint(state.ttl, outcome, now)
    if hint > interval:
        interval, reason = hint, hint_reason
    return NextPoll(
        at=now + interval + _jitter(source.slug, interval),
        reason=f"every {_words(interval)}: {reason}",
    )


def _after_failure(source: Source, state: SourceState, outcome: Failed, now: datetime) -> NextPoll:
    failures = state.failures + weight(outcome)
    step = source.every or SHORTEST
    delay = min(step * (1 + failures), max(A_DAY, step))
    if outcome.retry_after is not None:
        asked = _at_most_a_day(outcome.retry_after)
        if asked >= delay:
            return NextPoll(at=now + asked, reason=f"in {_words(asked)}: as the server asks")
    return NextPoll(
        at=now + delay + _jitter(source.slug, delay),
        reason=f"in {_words(delay)}: the last poll failed",
    )


def _by_history(recent_new: int) -> tuple[timedelta, str]:
    """Return an interval that sees about one new entry in four polls, within the bounds."""
    interval = min(max(A_DAY / (4 * max(recent_new, 1)), SHORTEST), LONGEST)
    news = "entry" if recent_new == 1 else "entries"
    return interval, f"{recent_new} new {news} in a day"


def _hint(ttl: int | None, answer: Answer, now: datetime) -> tuple[timedelta, str]:
    """Return the longest interval the publisher asks for, capped at a day.

    Where there is a max-age, Expires does not count (RFC 9111, 5.3).
    """
    by_feed = _at_most_a_day((ttl or 0) * 60), "the feed's ttl"
    found = _MAX_AGE.search(answer.header("cache-control") or "")
    if found:
        by_server = _at_most_a_day(int(found[1])), "the server's max-age"
    else:
        by_server = _expires(answer.header("expires"), now), "the server's Expires"
    return max(by_feed, by_server, key=lambda hint: hint[0])


def _at_most_a_day(seconds: int) -> timedelta:
    return timedelta(seconds=min(seconds, int(A_DAY.total_seconds())))


def _expires(value: str | None, now: datetime) -> timedelta:
    if not value:
        return timedelta()
    try:
        instant = parsedate_to_datetime(value)
        return min(instant - now, A_DAY) if instant.tzinfo else timedelta()
    except (ValueError, OverflowError):
        return timedelta()


def _jitter(slug: str, interval: timedelta) -> timedelta:
    """Return 0 to 10 % of an interval, always the same for one source."""
    fraction = int.from_bytes(blake2b(slug.encode(), digest_size=2).digest()) / 65535
    return timedelta(seconds=int(interval.total_seconds() * 0.1 * fraction))


def _words(interval: timedelta) -> str:
    """Return an interval as a person says it: 40 min, 2 h, 1 d, 15 s."""
    seconds = round(interval.total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and (seconds % size == 0 or seconds >= 10 * size):
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds / 60)} min" if seconds >= 60 else f"{seconds} s"
