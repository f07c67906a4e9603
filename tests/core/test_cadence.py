"""When to poll again: polite, never giving up, and the same answer every time."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest

from feedhub.core.cadence import next_poll, weight
from feedhub.model import (
    Failed,
    FailureKind,
    Fetched,
    NextPoll,
    NotModified,
    Outcome,
    Source,
    SourceState,
    Unchanged,
)
from tests import builders as a

TEN_MINUTES = 10 * a.MINUTE
STATE = SourceState(slug=a.SOURCE)


def fetched(**headers: str) -> Fetched:
    found = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fetched(url="x", status=200, headers=found, body=b"", body_hash="")


def ask(
    outcome: Outcome | None = None,
    *,
    source: Source | None = None,
    state: SourceState = STATE,
    recent_new: int = 0,
) -> NextPoll:
    return next_poll(
        source or a.a_source(), state, outcome or fetched(), recent_new=recent_new, now=a.NOW
    )


def is_about(answer: NextPoll, interval: timedelta) -> bool:
    """Tell whether the wait is this long, or up to a tenth more."""
    return interval <= answer.at - a.NOW <= interval * 1.1


@pytest.mark.parametrize(
    ("recent_new", "interval", "reason"),
    [
        (0, a.HOUR, "every 1 h: 0 new entries in a day"),
        (1, a.HOUR, "every 1 h: 1 new entry in a day"),
        (6, a.HOUR, "every 1 h: 6 new entries in a day"),
        (12, 30 * a.MINUTE, "every 30 min: 12 new entries in a day"),
        (36, 10 * a.MINUTE, "every 10 min: 36 new entries in a day"),
        (5000, 10 * a.MINUTE, "every 10 min: 5000 new entries in a day"),
    ],
)
def test_a_busy_source_is_asked_more_often_within_bounds(
    recent_new: int, interval: timedelta, reason: str
) -> None:
    answer = ask(recent_new=recent_new)
    assert is_about(answer, interval)
    assert answer.reason == reason


@pytest.mark.parametrize(
    "outcome",
    [
        fetched(),
        Unchanged(url="x", status=200, body_hash=""),
        NotModified(url="x", status=304),
    ],
)
def test_every_success_is_followed_by_the_same_wait(outcome: Outcome) -> None:
    assert ask(outcome) == ask()
    assert weight(outcome) == 0


@pytest.mark.parametrize("every", [timedelta(seconds=15), 5 * a.MINUTE, 7 * a.DAY])
def test_a_configured_interval_is_kept_to_the_second_whatever_the_publisher_hints(
    every: timedelta,
) -> None:
    answer = ask(
        fetched(cache_control="max-age=86400"),
        source=a.a_source(every=every),
        state=SourceState(slug=a.SOURCE, ttl=1440),
        recent_new=50,
    )
    assert answer.at == a.NOW + every
    assert answer.reason.endswith(": as configured")


def in_three_hours(**overrides: int) -> str:
    return format_datetime(a.NOW + timedelta(hours=3, **overrides), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "ttl", "interval", "why"),
    [
        ({}, 180, 3 * a.HOUR, "the feed's ttl"),
        ({}, 5, a.HOUR, "0 new entries in a day"),
        ({}, 10**30, a.DAY, "the feed's ttl"),
        ({}, -5, a.HOUR, "0 new entries in a day"),
        ({"cache_control": "public, max-age=7200"}, None, 2 * a.HOUR, "the server's max-age"),
        ({"cache_control": 'MAX-AGE = "7200"'}, None, 2 * a.HOUR, "the server's max-age"),
        ({"cache_control": "max-age=999999999"}, None, a.DAY, "the server's max-age"),
        ({"cache_control": "max-age=7200"}, 180, 3 * a.HOUR, "the feed's ttl"),
        ({"cache_control": "s-maxage=7200"}, None, a.HOUR, "0 new entries in a day"),
        ({"cache_control": "max-age=-1, no-cache"}, None, a.HOUR, "0 new entries in a day"),
        ({"cache_control": "max-age=60"}, None, a.HOUR, "0 new entries in a day"),
        ({"expires": in_three_hours()}, None, 3 * a.HOUR, "the server's Expires"),
        ({"expires": in_three_hours(days=99)}, None, a.DAY, "the server's Expires"),
        ({"expires": "Mon, 01 Jan 1990 00:00:00 GMT"}, None, a.HOUR, "0 new entries in a day"),
        ({"expires": "Mon, 23 Nov 2026 00:00:00 -0000"}, None, a.HOUR, "0 new entries in a day"),
        ({"expires": "0"}, None, a.HOUR, "0 new entries in a day"),
        ({"expires": "-1"}, None, a.HOUR, "0 new entries in a day"),
        ({"expires": "Mon, 99 Foo 2026 99:99:99 GMT"}, None, a.HOUR, "0 new entries in a day"),
        ({"expires": "1 Jan 99999999999 00:00:00 GMT"}, None, a.HOUR, "0 new entries in a day"),
        ({"expires": "\x00,,"}, None, a.HOUR, "0 new entries in a day"),
        (
            {"cache_control": "max-age=0", "expires": in_three_hours()},
            None,
            a.HOUR,
            "0 new entries in a day",
        ),
    ],
)
def test_hints_of_the_publisher_are_the_least_wait_up_to_a_day(
    headers: dict[str, str], ttl: int | None, interval: timedelta, why: str
) -> None:
    answer = ask(fetched(**headers), state=SourceState(slug=a.SOURCE, ttl=ttl))
    assert is_about(answer, interval), answer
    assert answer.reason.endswith(f": {why}")


@pytest.mark.parametrize(("kind", "expected"), [("hard", 1.0), ("soft", 0.5), ("temporary", 0.25)])
def test_a_failure_weighs_by_its_kind(kind: FailureKind, expected: float) -> None:
    assert weight(Failed(kind=kind, message="?")) == expected


@pytest.mark.parametrize(
    ("failures", "kind", "interval"),
    [
        (0, "hard", 20 * a.MINUTE),
        (0, "soft", 15 * a.MINUTE),
        (0, "temporary", 12.5 * a.MINUTE),
        (1, "hard", 30 * a.MINUTE),
        (5.5, "soft", 70 * a.MINUTE),
        (100, "hard", 1020 * a.MINUTE),
        (10_000, "hard", a.DAY),
    ],
)
def test_failures_slow_polling_down_in_a_straight_line_to_once_a_day(
    failures: float, kind: FailureKind, interval: timedelta
) -> None:
    state = SourceState(slug=a.SOURCE, failures=failures)
    answer = ask(Failed(kind=kind, message="?"), state=state)
    assert is_about(answer, interval)
    assert answer.reason.endswith(": the last poll failed")


@pytest.mark.parametrize(
    ("every", "failures", "interval"),
    [
        (timedelta(seconds=10), 0, timedelta(seconds=20)),
        (3 * a.HOUR, 1, 9 * a.HOUR),
        (3 * a.HOUR, 99, a.DAY),
        (7 * a.DAY, 99, 7 * a.DAY),
    ],
)
def test_failures_of_a_configured_interval_slow_it_down_but_not_below_itself(
    every: timedelta, failures: float, interval: timedelta
) -> None:
    answer = ask(
        Failed(kind="hard", message="?"),
        source=a.a_source(every=every),
        state=SourceState(slug=a.SOURCE, failures=failures),
    )
    assert is_about(answer, interval)


@pytest.mark.parametrize(
    ("seconds", "interval", "is_asked"),
    [
        (7200, 2 * a.HOUR, True),
        (20 * 60, 20 * a.MINUTE, True),
        (10**15, a.DAY, True),
        (60, 20 * a.MINUTE, False),
        (0, 20 * a.MINUTE, False),
        (None, 20 * a.MINUTE, False),
    ],
)
def test_what_the_server_asks_for_is_kept_up_to_a_day_unless_we_would_wait_longer(
    seconds: int | None, interval: timedelta, is_asked: bool
) -> None:
    answer = ask(Failed(kind="hard", message="?", status=429, retry_after=seconds))
    if is_asked:
        assert answer.at == a.NOW + interval
        assert answer.reason.endswith(": as the server asks")
    else:
        assert is_about(answer, interval)
        assert answer.reason == "in 20 min: the last poll failed"


def test_a_wait_is_the_same_every_time_and_other_sources_wait_otherwise() -> None:
    assert ask() == ask()
    waits = {ask(source=a.a_source(f"s{n}")).at for n in range(200)}
    assert len(waits) > 100
    assert min(waits) < a.NOW + a.HOUR + 30 * timedelta(seconds=1)
    assert max(waits) > a.NOW + a.HOUR + 330 * timedelta(seconds=1)


@pytest.mark.parametrize(
    ("every", "words"),
    [
        (timedelta(seconds=15), "15 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(seconds=61), "1 min"),
        (timedelta(seconds=899), "15 min"),
        (90 * a.MINUTE, "90 min"),
        (2 * a.HOUR, "2 h"),
        (26 * a.HOUR, "26 h"),
        (11 * a.HOUR + a.MINUTE, "11 h"),
        (3 * a.DAY, "3 d"),
        (11 * a.DAY + a.HOUR, "11 d"),
    ],
)
def test_a_wait_is_told_as_a_person_says_it(every: timedelta, words: str) -> None:
    assert ask(source=a.a_source(every=every)).reason == f"every {words}: as configured"
