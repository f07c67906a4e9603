from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.normalise.dates import ParsedTime, parse_time

CASES = Path(__file__).resolve().parents[2] / "data" / "dates.jsonl"
NOW = datetime(2026, 8, 5, 9, 30, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
ZONES = ("Europe/Moscow", "Asia/Vladivostok", "Europe/Berlin", "America/New_York", "Asia/Kolkata")


def cases(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def parsed(case: dict[str, Any]) -> ParsedTime:
    now = datetime.fromisoformat(case["reference_now"])
    return parse_time(case["raw"], zone=ZoneInfo(case["source_timezone"]), now=now)


def shown(time: ParsedTime) -> str | None:
    if time.is_date_only:
        return f"date-only {time.day}"
    return f"{time.instant:%Y-%m-%dT%H:%M:%SZ}" if time.instant else None


def read(raw: str | None) -> ParsedTime:
    return parse_time(raw, zone=MOSCOW, now=NOW)


@pytest.mark.parametrize("case", cases(CASES), ids=lambda case: f"{case['note']}: {case['raw']}")
def test_a_written_date_is_read_as_a_person_would(case: dict[str, Any]) -> None:
    assert shown(parsed(case)) == case["expected"]


def test_there_are_many_dialects() -> None:
    assert len(cases(CASES)) >= 120


def test_every_annotated_date_is_read_as_expected(shared: Path) -> None:
    known = cases(shared / "gold" / "dates.dev.jsonl")
    wrong = {
        case["raw"]: shown(parsed(case))
        for case in known
        if shown(parsed(case)) != case["expected"]
    }
    assert len(known) >= 40
    assert wrong == {}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (None, "no date"),
        (" \n ", "no date"),
        ("не указана", 'not a date: "не указана"'),
        ("Tue, 04 Aug 2037 10:00:00 +0300", "year 2037 is more than 26 hours ahead"),
        ("2026-08-07T00:00:00Z", "2026-08-07 00:00 UTC is more than 26 hours ahead"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "year 1970 is before 1995"),
        ("1994-12-31T12:00:00Z", "year 1994 is before 1995"),
        ("31.09.2026 10:00", "no such day: 2026-09-31"),
        ("04.08.2026 25:00", "no such time: 25:00:00"),
        ("9999 лет назад", "before 1995"),
        ("a\x1b[31m\nb", 'not a date: "a [31m b"'),
    ],
)
def test_a_refusal_says_why_on_one_line(raw: str | None, why: str) -> None:
    assert read(raw) == ParsedTime(instant=None, day=None, why=why)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("2026-08-04T10:00:00Z", "its time and zone"),
        ("04.08.2026 10:00", "its time, in the source's zone"),
        ("04.08.2026", "a day without a time"),
        ("04.08.2026 00:00", "midnight: a day without a time"),
        ("1785826800", "seconds since 1970"),
        ("10 минут назад", "counted back from when it was read"),
    ],
)
def test_a_believed_time_says_how_it_was_found(raw: str, why: str) -> None:
    assert read(raw).why == why


def test_a_day_also_gives_its_midnight_in_the_sources_zone() -> None:
    assert read("04.08.2026").instant == datetime(2026, 8, 3, 21, tzinfo=UTC)
    assert read("04.08.2026").day == date(2026, 8, 4)


def test_only_the_beginning_of_a_long_string_is_looked_at() -> None:
    assert read("04.08.2026 10:00" + " и ещё" * 100_000).instant == datetime(
        2026, 8, 4, 7, tzinfo=UTC
    )
    assert read("и ещё " * 100_000 + "04.08.2026").instant is None


SECONDS = st.integers(788_918_400 + 86_400, 1_785_922_200)
"""From 2 January 1995, which has begun everywhere, to NOW; in seconds since 1970."""


@pytest.mark.parametrize("zone", ZONES)
@given(seconds=SECONDS)
@settings(max_examples=60, deadline=None)
def test_a_time_with_its_zone_comes_back_the_same_everywhere(zone: str, seconds: int) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    there = instant.astimezone(ZoneInfo(zone))
    for text in (there.isoformat(), f"{there:%a, %d %b %Y %H:%M:%S %z}", str(seconds)):
        assert parse_time(text, zone=ZoneInfo(zone), now=NOW).instant == instant


@pytest.mark.parametrize("zone", ZONES)
@given(seconds=SECONDS)
@settings(max_examples=60, deadline=None)
def test_a_time_without_a_zone_is_in_the_sources_zone_of_that_moment(
    zone: str, seconds: int
) -> None:
    # An hour that a clock showed twice is read as the first of the two: fold is 0.
    there = datetime.fromtimestamp(seconds, ZoneInfo(zone)).replace(fold=0)
    for shape in ("%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d %b %Y, %H:%M:%S"):
        found = parse_time(there.strftime(shape), zone=ZoneInfo(zone), now=NOW)
        assert found.instant == there.astimezone(UTC)


WORDS = """
    4 31 08 2026 26 0000 августа Aug мая т г. в назад минут вчера today МСК +8 GMT+3 -05:00 10:05
    24:00:00 10.05 Z T . , : - / ( ) № 1785826800 ² ٣ ﷺ
"""
PIECES = st.sampled_from([*WORDS.split(), "\x00", "\ud800", "\u202f"])


@given(
    raw=st.one_of(
        st.text(max_size=300),
        st.lists(PIECES, max_size=12).map(" ".join),
        st.lists(PIECES, max_size=12).map("".join),
    )
)
@settings(max_examples=600, deadline=None)
def test_no_string_raises_and_every_answer_keeps_the_rules(raw: str) -> None:
    found = read(raw)
    assert found.why
    assert "\n" not in found.why
    if found.instant is None:
        assert found.day is None
        return
    assert datetime(1995, 1, 1, tzinfo=UTC) <= found.instant <= NOW + timedelta(hours=26)
    assert found.instant.tzinfo is UTC
    assert found.instant.microsecond == 0
    if found.day:
        assert found.instant == datetime.combine(found.day, datetime.min.time(), MOSCOW)


@pytest.mark.parametrize(
    "evil",
    [
        "1 " * 100,
        "1." * 100,
        "1-" * 100,
        "мая " * 60,
        "10:" * 70,
        "1 час " * 40 + "назад",
        "2026-" * 40,
    ],
)
def test_a_hostile_string_takes_no_longer_than_a_long_one(evil: str) -> None:
    began = time.process_time()
    for _ in range(20):
        read(evil)
    assert time.process_time() - began < 1


def test_common_dates_are_read_fast() -> None:
    began = time.process_time()
    for _ in range(5000):
        read("Tue, 04 Aug 2026 10:00:00 +0300")
        read("2026-08-04T10:00:00+03:00")
    assert 10_000 / (time.process_time() - began) > 20_000
