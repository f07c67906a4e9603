"""When to poll again: polite, never giving up, and the same answer every time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.cadence import next_poll, spread, weight
from feedhub.core.health import say_reason
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
from feedhub.model.history import Due, Hints, History, PollFact, Push, Reason
from tests import builders as a

TEN_MINUTES = 10 * a.MINUTE
STATE = SourceState(slug=a.SOURCE)
LONG_KNOWN = SourceState(slug=a.SOURCE, first_poll_at=a.NOW - 30 * a.DAY)
UNKNOWN = History()


def fetched(**headers: str) -> Fetched:
    found = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fetched(url="x", status=200, headers=found, body=b"", body_hash="")


def ask(
    outcome: Outcome | None = None,
    *,
    source: Source | None = None,
    state: SourceState = STATE,
    recent_new: int = 0,
    history: History = UNKNOWN,
    now: datetime = a.NOW,
) -> NextPoll:
    return next_poll(
        source or a.a_source(),
        state,
        outcome or fetched(),
        recent_new=recent_new,
        now=now,
        history=history,
    )


def told(answer: NextPoll, language: str = "en") -> str:
    return say_reason(answer.reason, language)


def is_about(answer: NextPoll, interval: timedelta, now: datetime = a.NOW) -> bool:
    """Tell whether the wait is this long, or up to a tenth more."""
    return interval <= answer.at - now <= interval * 1.1


def polls(*news: int, gap: timedelta = a.HOUR) -> tuple[PollFact, ...]:
    """Return polls that brought so many entries, newest first, the newest now; -1 for a failure."""
    return tuple(
        PollFact(at=a.NOW - n * gap, outcome="failed" if new < 0 else "fetched", new=max(new, 0))
        for n, new in enumerate(news)
    )


# -- its own past -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recent_new", "interval", "english", "russian"),
    [
        (0, a.HOUR, "every hour: 0 new entries in a day", "каждый час: 0 новостей за сутки"),
        (1, a.HOUR, "every hour: 1 new entry in a day", "каждый час: 1 новость за сутки"),
        (8, a.HOUR, "every hour: 8 new entries in a day", "каждый час: 8 новостей за сутки"),
        (
            12,
            40 * a.MINUTE,
            "every 40 min: 12 new entries in a day",
            "каждые 40 мин: 12 новостей за сутки",
        ),
        (
            22,
            timedelta(days=1) / 66,
            "every 22 min: 22 new entries in a day",
            "каждые 22 мин: 22 новости за сутки",
        ),
        (
            48,
            10 * a.MINUTE,
            "every 10 min: 48 new entries in a day",
            "каждые 10 мин: 48 новостей за сутки",
        ),
        (
            5001,
            10 * a.MINUTE,
            "every 10 min: 5001 new entries in a day",
            "каждые 10 мин: 5001 новость за сутки",
        ),
    ],
)
def test_a_busy_source_is_asked_more_often_within_bounds(
    recent_new: int, interval: timedelta, english: str, russian: str
) -> None:
    answer = ask(recent_new=recent_new)
    assert is_about(answer, interval)
    assert (told(answer), told(answer, "ru")) == (english, russian)


@pytest.mark.parametrize(
    ("by_day", "recent_new", "interval", "russian"),
    [
        ((0,) * 7, 0, 6 * a.HOUR, "каждые 6 ч: 0 новостей за сутки"),
        ((0,) * 6, 0, a.HOUR, "каждый час: 0 новостей за сутки"),
        ((0, 0, 0, 4, 4, 4, 9), 0, a.HOUR, "каждый час: обычно 3 новости в день"),
        ((0, 0, 0, 1, 0, 0, 0), 0, 6 * a.HOUR, "каждые 6 ч: обычно 1 новость в неделю"),
        ((0, 0, 2, 3, 3, 3, 3), 0, 4 * a.HOUR, "каждые 4 ч: обычно 2 новости в день"),
        ((3, 0, 0, 0, 0, 0, 0), 3, a.HOUR, "каждый час: 3 новости за сутки"),
        ((0, 0, 24, 24, 24, 24, 24), 0, 28 * a.MINUTE, "каждые 28 мин: обычно 17 новостей в день"),
    ],
)
def test_a_quiet_source_is_asked_less_often_and_a_weekend_is_no_quiet(
    by_day: tuple[int, ...], recent_new: int, interval: timedelta, russian: str
) -> None:
    answer = ask(recent_new=recent_new, history=History(by_day=by_day))
    assert is_about(answer, interval)
    assert told(answer, "ru") == russian


def test_where_most_polls_bring_something_the_wait_is_halved() -> None:
    history = History(polls=polls(1, 2, 1, 0, -1, 1, 0, 3, 1))
    answer = ask(recent_new=12, history=history)
    assert is_about(answer, 20 * a.MINUTE)
    assert told(answer, "ru") == "каждые 20 мин: 6 из последних 8 опросов принесли новое"
    assert told(answer) == "every 20 min: 6 of the last 8 polls brought something"


@pytest.mark.parametrize("news", [(1,) * 7, (1, 0) * 6, (0,) * 12, (-1,) * 12])
def test_few_polls_or_few_hits_change_nothing(news: Sequence[int]) -> None:
    assert ask(recent_new=12, history=History(polls=polls(*news))) == ask(recent_new=12)


def test_hits_never_shorten_a_wait_below_the_bound() -> None:
    history = History(polls=polls(*[1] * 12))
    assert is_about(ask(recent_new=40, history=history), TEN_MINUTES)
    assert is_about(ask(recent_new=100, history=history), TEN_MINUTES)


def test_an_overflow_shortens_the_wait_at_once_whatever_the_feed_asks() -> None:
    history = History(overflow_gap=50 * a.MINUTE, overflowed_at=a.NOW)
    hinting = SourceState(slug=a.SOURCE, ttl=240)
    for state in (STATE, hinting):
        answer = ask(state=state, recent_new=6, history=history)
        assert is_about(answer, 25 * a.MINUTE)
        assert told(answer, "ru") == "каждые 25 мин: между опросами терялись записи"
    tight = History(overflow_gap=8 * a.MINUTE)
    assert is_about(ask(history=tight), TEN_MINUTES)
    loose = History(overflow_gap=5 * a.HOUR)
    assert ask(history=loose) == ask()


# -- pushes -------------------------------------------------------------------------------------


def a_push(*, lease: timedelta = a.DAY, last: timedelta | None = 3 * a.HOUR) -> Push:
    return Push(lease_until=a.NOW + lease, last_push_at=None if last is None else a.NOW - last)


def test_while_a_hub_sends_the_news_it_is_asked_every_six_hours() -> None:
    history = History(push=a_push(), polls=polls(0, 0, 0, 0, 2), overflow_gap=TEN_MINUTES)
    answer = ask(recent_new=48, history=history)
    assert is_about(answer, 6 * a.HOUR)
    assert told(answer, "ru") == "каждые 6 ч: новости присылает хаб"
    assert is_about(ask(fetched(cache_control="max-age=36000"), history=history), 10 * a.HOUR)


@pytest.mark.parametrize(
    "history",
    [
        History(push=a_push(lease=-a.MINUTE)),
        History(push=a_push(last=None)),
        History(push=a_push(), polls=polls(0, 1, 0)),
    ],
    ids=["the lease ended", "nothing came yet", "a poll found what no push brought"],
)
def test_a_hub_that_does_not_deliver_is_not_relied_upon(history: History) -> None:
    assert ask(recent_new=12, history=history) == ask(recent_new=12)


# -- the publisher's hints ----------------------------------------------------------------------


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
        history=History(
            hints=Hints(skip_hours=tuple(range(24))), push=a_push(), overflow_gap=TEN_MINUTES
        ),
    )
    assert answer.at == a.NOW + every
    assert told(answer).endswith(": as configured")
    assert told(answer, "ru").endswith(": так настроено")


def in_three_hours(**overrides: int) -> str:
    return format_datetime(a.NOW + timedelta(hours=3, **overrides), usegmt=True)


TTL = "the feed asks for it (ttl)"
MAX_AGE = "the server asks for it (max-age)"
EXPIRES = "the server asks for it (Expires)"
NOTHING = "0 new entries in a day"


@pytest.mark.parametrize(
    ("headers", "ttl", "interval", "why"),
    [
        ({}, 180, 3 * a.HOUR, TTL),
        ({}, 1, a.HOUR, NOTHING),
        ({}, 5, a.HOUR, NOTHING),
        ({}, 10_080, a.DAY, TTL),
        ({}, 10**30, a.DAY, TTL),
        ({}, -5, a.HOUR, NOTHING),
        ({"cache_control": "public, max-age=7200"}, None, 2 * a.HOUR, MAX_AGE),
        ({"cache_control": 'MAX-AGE = "7200"'}, None, 2 * a.HOUR, MAX_AGE),
        ({"cache_control": "max-age=999999999"}, None, a.DAY, MAX_AGE),
        ({"cache_control": "max-age=7200"}, 180, 3 * a.HOUR, TTL),
        ({"cache_control": "max-age=10800", "age": "3600"}, None, 2 * a.HOUR, MAX_AGE),
        ({"cache_control": "max-age=10800", "age": "99999"}, None, a.HOUR, NOTHING),
        ({"cache_control": "max-age=10800", "age": "soon"}, None, 3 * a.HOUR, MAX_AGE),
        ({"cache_control": "s-maxage=7200"}, None, a.HOUR, NOTHING),
        ({"cache_control": "max-age=-1"}, None, a.HOUR, NOTHING),
        ({"cache_control": "no-cache, max-age=7200"}, None, a.HOUR, NOTHING),
        ({"cache_control": "max-age=7200,no-store"}, None, a.HOUR, NOTHING),
        ({"cache_control": "max-age=60"}, None, a.HOUR, NOTHING),
        ({"expires": in_three_hours()}, None, 3 * a.HOUR, EXPIRES),
        ({"expires": in_three_hours(), "date": in_three_hours()}, None, a.HOUR, NOTHING),
        ({"expires": in_three_hours(days=99)}, None, a.DAY, EXPIRES),
        ({"expires": "Mon, 01 Jan 1990 00:00:00 GMT"}, None, a.HOUR, NOTHING),
        ({"expires": "Mon, 23 Nov 2026 00:00:00 -0000"}, None, 12 * a.HOUR, EXPIRES),
        ({"expires": "0"}, None, a.HOUR, NOTHING),
        ({"expires": "-1"}, None, a.HOUR, NOTHING),
        ({"expires": "Mon, 99 Foo 2026 99:99:99 GMT"}, None, a.HOUR, NOTHING),
        ({"expires": "1 Jan 99999999999 00:00:00 GMT"}, None, a.HOUR, NOTHING),
        ({"expires": "\x00,,"}, None, a.HOUR, NOTHING),
        (
            {"cache_control": "max-age=0", "expires": in_three_hours()},
            None,
            a.HOUR,
            NOTHING,
        ),
    ],
)
def test_hints_of_the_publisher_are_the_least_wait_up_to_a_day(
    headers: dict[str, str], ttl: int | None, interval: timedelta, why: str
) -> None:
    answer = ask(fetched(**headers), state=SourceState(slug=a.SOURCE, ttl=ttl))
    assert is_about(answer, interval), answer
    assert told(answer).endswith(f": {why}")


def test_cache_control_may_come_in_several_headers() -> None:
    headers = (("cache-control", "public"), ("cache-control", "max-age=7200"))
    assert is_about(ask(NotModified(url="x", status=304, headers=headers)), 2 * a.HOUR)


@pytest.mark.parametrize(
    ("hints", "interval"),
    [
        (Hints(update_period="hourly"), a.HOUR),
        (Hints(update_period=" Daily "), a.DAY),
        (Hints(update_period="daily", update_frequency=8), 3 * a.HOUR),
        (Hints(update_frequency=4), 6 * a.HOUR),
        (Hints(update_period="weekly", update_frequency=1), a.DAY),
        (Hints(update_period="yearly", update_frequency=-3), a.DAY),
        (Hints(update_period="daily", update_frequency=10**40), a.HOUR),
        (Hints(update_period="sometimes", update_frequency=1), a.HOUR),
        (Hints(update_period="daily", update_frequency=0), a.DAY),
        (Hints(ttl=300, update_period="hourly"), 5 * a.HOUR),
    ],
)
def test_the_syndication_module_is_heeded(hints: Hints, interval: timedelta) -> None:
    assert is_about(ask(history=History(hints=hints)), interval)


def test_updates_are_expected_at_the_times_counted_from_the_base() -> None:
    base = datetime(2000, 1, 1, 17, 0, tzinfo=UTC)
    daily = Hints(update_period="daily", update_base=base)
    answer = ask(history=History(hints=daily))
    assert is_about(answer, 5 * a.HOUR)
    assert told(answer) == "every 5 h: the feed asks for it (updatePeriod)"
    hourly = Hints(update_period="hourly", update_base=base)
    assert is_about(ask(history=History(hints=hourly)), a.HOUR)
    naive = Hints(update_period="daily", update_base=base.replace(tzinfo=None))
    assert is_about(ask(history=History(hints=naive)), a.DAY)


def test_a_source_that_proved_busy_is_not_made_deaf_by_its_own_hint() -> None:
    history = History(by_day=(5,) * 14, hints=Hints(ttl=10_080))
    assert is_about(ask(state=LONG_KNOWN, recent_new=5, history=history), a.HOUR)
    fresh = SourceState(slug=a.SOURCE, first_poll_at=a.NOW - a.HOUR)
    assert is_about(ask(state=fresh, recent_new=5, history=history), a.DAY)
    quiet = History(by_day=(1,) * 14, hints=Hints(ttl=10_080))
    assert is_about(ask(state=LONG_KNOWN, recent_new=1, history=quiet), a.DAY)


def test_hours_that_the_publisher_asks_to_skip_are_skipped() -> None:
    history = History(hints=Hints(skip_hours=(12, 13, 14)))  # it is 12:00 there
    answer = ask(recent_new=12, history=history)
    assert 3 * a.HOUR <= answer.at - a.NOW <= 3 * a.HOUR + 4 * a.MINUTE
    assert told(answer, "ru") == "через 3 ч: раньше издатель просит не опрашивать"
    assert told(answer) == "in 3 h: the publisher asks not to be polled sooner"
    others = (a.a_source(f"s{n}") for n in range(50))
    starts = {ask(source=one, recent_new=12, history=history).at for one in others}
    assert len(starts) > 25, "all sources begin the allowed hour together"


def test_midnight_may_be_called_24_and_other_hours_do_not_matter() -> None:
    before = a.NOW.replace(hour=23)
    history = History(hints=Hints(skip_hours=(24, 99)))
    answer = ask(recent_new=0, history=history, now=before)
    assert answer.at.hour == 1
    assert ask(history=History(hints=Hints(skip_hours=(11, 15)))) == ask()


def test_days_that_the_publisher_asks_to_skip_are_skipped_but_for_one_poll_a_day() -> None:
    friday = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    history = History(hints=Hints(skip_days=("Saturday ", "sunday", "Caturday")))
    answer = ask(history=history, now=friday)
    assert is_about(answer, a.DAY, friday)
    sunday = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    assert ask(history=history, now=sunday).at.weekday() == 0


def test_who_asks_to_be_skipped_always_is_asked_once_a_day() -> None:
    history = History(hints=Hints(skip_hours=tuple(range(24))))
    assert is_about(ask(recent_new=48, history=history), a.DAY)


# -- failures -----------------------------------------------------------------------------------


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
    assert told(answer).endswith(": the last poll failed")


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
        assert told(answer).endswith(": the server asks for it (Retry-After)")
    else:
        assert is_about(answer, interval)
        assert told(answer) == "in 20 min: the last poll failed"
        assert told(answer, "ru") == "через 20 мин: последний опрос не удался"


def test_gone_said_once_may_be_a_slip_and_said_again_means_once_a_day() -> None:
    gone = Failed(kind="hard", message="?", status=410)
    assert is_about(ask(gone), 20 * a.MINUTE)
    answer = ask(gone, state=SourceState(slug=a.SOURCE, failures=1))
    assert is_about(answer, a.DAY)
    assert told(answer, "ru") == "через 1 д: издатель закрыл эту ленту"


# -- words --------------------------------------------------------------------------------------


def test_a_wait_is_the_same_every_time_and_other_sources_and_polls_wait_otherwise() -> None:
    assert ask() == ask()
    for waits in (
        {ask(source=a.a_source(f"s{n}")).at - a.NOW for n in range(200)},
        {ask(now=a.NOW + n * a.HOUR).at - (a.NOW + n * a.HOUR) for n in range(200)},
    ):
        assert len(waits) > 100
        assert min(waits) < a.HOUR + timedelta(seconds=30)
        assert max(waits) > a.HOUR + timedelta(seconds=330)


@pytest.mark.parametrize(
    ("every", "english", "russian"),
    [
        (timedelta(seconds=15), "every 15 s", "каждые 15 с"),
        (timedelta(seconds=60), "every minute", "каждую минуту"),
        (timedelta(seconds=61), "every 1 min", "каждые 1 мин"),
        (timedelta(seconds=899), "every 15 min", "каждые 15 мин"),
        (a.HOUR, "every hour", "каждый час"),
        (90 * a.MINUTE, "every 90 min", "каждые 90 мин"),
        (2 * a.HOUR, "every 2 h", "каждые 2 ч"),
        (a.DAY, "every day", "каждый день"),
        (26 * a.HOUR, "every 26 h", "каждые 26 ч"),
        (11 * a.HOUR + a.MINUTE, "every 11 h", "каждые 11 ч"),
        (3 * a.DAY, "every 3 d", "каждые 3 д"),
        (11 * a.DAY + a.HOUR, "every 11 d", "каждые 11 д"),
    ],
)
def test_a_wait_is_told_as_a_person_says_it(every: timedelta, english: str, russian: str) -> None:
    answer = ask(source=a.a_source(every=every))
    assert told(answer) == f"{english}: as configured"
    assert told(answer, "de") == f"{english}: as configured"
    assert told(answer, "ru") == f"{russian}: так настроено"


def test_a_reason_is_stored_as_text_and_read_back() -> None:
    reason = Reason("day", (("every", 2400), ("n", 12)))
    assert str(reason) == "day every=2400 n=12"
    assert Reason.read(str(reason)) == reason
    assert Reason.read("push") == Reason("push")


@pytest.mark.parametrize(
    "text", ["", "every 1 h: 0 new entries in a day", "day every=", "Day n=1", "a" * 999, "no key"]
)
def test_what_is_no_reason_of_ours_is_told_as_it_is(text: str) -> None:
    assert Reason.read(text) is None
    assert say_reason(text, "ru") == text


def test_a_reason_of_another_version_is_told_as_it_is() -> None:
    assert say_reason("by_the_moon phase=3", "ru") == "by_the_moon phase=3"


# -- what always holds --------------------------------------------------------------------------

WHOLE = st.integers(min_value=-(10**12), max_value=10**12)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["cache-control", "expires", "date", "age"]),
        st.one_of(
            st.text(max_size=40),
            st.builds("max-age={}".format, WHOLE),
            st.builds(str, WHOLE),
            st.builds(
                lambda days: format_datetime(a.NOW + timedelta(days=days)),
                st.integers(-1000, 1000),
            ),
        ),
    ),
    max_size=4,
)
INSTANTS = st.builds(
    lambda minutes: a.NOW + timedelta(minutes=minutes), st.integers(-(10**7), 10**7)
)
HINTS = st.builds(
    Hints,
    ttl=st.none() | WHOLE,
    update_period=st.none() | st.sampled_from(["hourly", "daily", "weekly", "yearly", "?"]),
    update_frequency=st.none() | WHOLE,
    update_base=st.none() | INSTANTS,
    skip_hours=st.lists(WHOLE | st.integers(0, 24), max_size=30).map(tuple),
    skip_days=st.lists(st.sampled_from(["Monday", "sunday", "?"]), max_size=3).map(tuple),
)
FACTS = st.builds(
    PollFact,
    at=INSTANTS,
    outcome=st.sampled_from(["fetched", "not_modified", "unchanged", "failed"]),
    new=st.integers(0, 50),
)
HISTORIES = st.builds(
    History,
    polls=st.lists(FACTS, max_size=15).map(tuple),
    by_day=st.lists(st.integers(0, 500), max_size=30).map(tuple),
    overflow_gap=st.none() | st.builds(timedelta, seconds=st.integers(0, 10**7)),
    push=st.none() | st.builds(Push, lease_until=INSTANTS, last_push_at=st.none() | INSTANTS),
    hints=HINTS,
)
OUTCOMES = st.one_of(
    st.builds(
        Fetched,
        url=st.just("x"),
        status=st.just(200),
        headers=HEADERS.map(tuple),
        body=st.just(b""),
        body_hash=st.just(""),
    ),
    st.builds(NotModified, url=st.just("x"), status=st.just(304), headers=HEADERS.map(tuple)),
    st.builds(
        Failed,
        kind=st.sampled_from(["hard", "soft", "temporary"]),
        message=st.just("?"),
        status=st.none() | st.sampled_from([403, 404, 410, 429, 503]),
        retry_after=st.none() | st.integers(0, 10**9),
    ),
)
STATES = st.builds(
    SourceState,
    slug=st.just(a.SOURCE),
    failures=st.floats(0, 10**6),
    ttl=st.none() | WHOLE,
    first_poll_at=st.none() | INSTANTS,
)


@settings(deadline=None)
@given(
    outcome=OUTCOMES,
    state=STATES,
    history=HISTORIES,
    recent_new=st.integers(0, 10**6),
    now=INSTANTS,
)
def test_whatever_is_said_the_wait_of_a_source_without_a_fixed_one_is_polite_and_ends(
    outcome: Outcome, state: SourceState, history: History, recent_new: int, now: datetime
) -> None:
    answer = ask(outcome, state=state, history=history, recent_new=recent_new, now=now)
    assert TEN_MINUTES <= answer.at - now <= a.DAY * 1.1
    for language in ("ru", "en"):
        sentence = told(answer, language)
        assert sentence != answer.reason
        assert not set("{}[]=—") & set(sentence)


@settings(deadline=None)
@given(
    outcome=OUTCOMES,
    state=STATES,
    history=HISTORIES,
    every=st.integers(1, 10 * 86_400).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_a_configured_source_is_never_asked_sooner_nor_a_day_later(
    outcome: Outcome, state: SourceState, history: History, every: timedelta
) -> None:
    source = a.a_source(every=every)
    answer = ask(outcome, source=source, state=state, history=history)
    assert every <= answer.at - a.NOW <= max(a.DAY, every) * 1.1


@settings(deadline=None)
@given(
    kind=st.sampled_from(["hard", "soft", "temporary"]),
    status=st.sampled_from([None, 404, 410, 503]),
    retry_after=st.none() | st.integers(0, 200_000),
    failures=st.lists(st.floats(0, 500), min_size=2, max_size=2).map(sorted),
)
def test_more_failures_never_mean_a_shorter_wait(
    kind: FailureKind, status: int | None, retry_after: int | None, failures: list[float]
) -> None:
    failed = Failed(kind=kind, message="?", status=status, retry_after=retry_after)
    fewer, more = (
        ask(failed, state=SourceState(slug=a.SOURCE, failures=count)).at for count in failures
    )
    assert fewer <= more


@settings(deadline=None)
@given(asked=st.integers(0, 86_400), state=STATES)
def test_a_server_is_never_asked_before_the_time_it_named(asked: int, state: SourceState) -> None:
    failed = Failed(kind="temporary", message="?", status=503, retry_after=asked)
    assert ask(failed, state=state).at - a.NOW >= timedelta(seconds=asked)


# -- after a long stop --------------------------------------------------------------------------


def some_due(count: int, **overrides: Any) -> list[Due]:
    values: dict[str, Any] = {"at": a.NOW - a.HOUR}
    return [Due(slug=f"s{n}", **values | overrides) for n in range(count)]


def test_a_few_that_are_due_are_left_as_they_are() -> None:
    assert spread(some_due(64), now=a.NOW) == {}
    assert spread([], now=a.NOW) == {}


def test_a_thousand_that_are_due_are_spread_each_once_and_few_at_a_time() -> None:
    moved = spread(some_due(1000), now=a.NOW, at_once=20, window=a.HOUR)
    assert sorted(moved) == sorted(one.slug for one in some_due(1000))
    at_a_time = sorted(moved.values())
    assert at_a_time[0] == a.NOW
    assert a.NOW + 58 * a.MINUTE <= at_a_time[-1] < a.NOW + a.HOUR
    assert max(at_a_time.count(instant) for instant in set(at_a_time)) == 20
    per_minute = [(instant - a.NOW) // a.MINUTE for instant in at_a_time]
    assert max(per_minute.count(minute) for minute in set(per_minute)) == 20


def test_more_than_a_window_holds_take_a_second_each_turn() -> None:
    moved = spread(some_due(300), now=a.NOW, at_once=1, window=a.MINUTE)
    assert len(set(moved.values())) == 300
    assert max(moved.values()) == a.NOW + timedelta(seconds=299)


def test_what_is_not_due_is_not_touched() -> None:
    later = some_due(5, at=a.NOW + a.MINUTE)
    others = [Due(slug=f"due{n}", at=a.NOW) for n in range(5)]
    assert set(spread([*later, *others], now=a.NOW, at_once=2)) == {one.slug for one in others}


def test_those_with_the_shortest_interval_come_first() -> None:
    slow = [Due(slug=f"slow{n}", at=a.NOW - a.DAY, every=a.DAY) for n in range(4)]
    quick = [Due(slug=f"quick{n}", at=a.NOW, every=a.MINUTE) for n in range(4)]
    moved = spread([*slow, *quick], now=a.NOW, at_once=4)
    assert {moved[one.slug] for one in quick} == {a.NOW}
    assert {moved[one.slug] for one in slow} == {a.NOW + 5 * a.MINUTE}


def test_times_that_a_wrong_clock_left_in_the_far_future_are_brought_back() -> None:
    astray = Due(slug="astray", at=a.NOW + 30 * a.HOUR)
    weekly = Due(slug="weekly", at=a.NOW + 6 * a.DAY, every=7 * a.DAY)
    backing_off = Due(slug="backing-off", at=a.NOW + 26 * a.HOUR, every=a.MINUTE)
    assert spread([astray, weekly, backing_off], now=a.NOW) == {"astray": a.NOW}


@settings(deadline=None)
@given(
    count=st.integers(0, 300),
    at_once=st.integers(1, 80),
    minutes=st.integers(1, 120),
)
def test_a_spread_never_asks_more_at_once_nor_anything_twice(
    count: int, at_once: int, minutes: int
) -> None:
    moved = spread(some_due(count), now=a.NOW, at_once=at_once, window=minutes * a.MINUTE)
    instants = list(moved.values())
    assert len(moved) in (0, count)
    assert all(instants.count(instant) <= at_once for instant in set(instants))
    assert all(instant >= a.NOW for instant in instants)
    longest = max(minutes * a.MINUTE, timedelta(seconds=-(-count // at_once)))
    assert all(instant < a.NOW + longest for instant in instants)
