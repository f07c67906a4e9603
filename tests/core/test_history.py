"""A source's past, kept in one short text: what goes in comes out, and it never grows for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.history import DAYS, POLLS, DocumentRead, Place, recall, remember
from feedhub.model.history import Hints, PollFact, Push, Redirect
from tests.builders import DAY, HOUR, MINUTE, NOW

FETCHED = PollFact(at=NOW, outcome="fetched", status=200, entries=20, new=2, ms=120, bytes=9_000)
FAILED = PollFact(at=NOW, outcome="failed", status=503, fault="busy", ms=30)
NOTHING_NEW = PollFact(at=NOW, outcome="not_modified", status=304)


def test_a_source_without_a_past_has_an_unknown_one() -> None:
    past = recall("", now=NOW)
    assert (past.polls, past.by_day, past.window) == ((), (), None)


@pytest.mark.parametrize("stored", ["{", "[1]", "null", "7", "what another version wrote"])
def test_what_cannot_be_read_is_unknown_and_no_error(stored: str) -> None:
    assert recall(stored, now=NOW).polls == ()
    assert remember(stored, FETCHED)[0].polls == (FETCHED,)


def test_polls_come_back_as_they_were_the_newest_first() -> None:
    _, stored = remember("", FETCHED, DocumentRead(entries=20))
    later = FAILED._replace(at=NOW + HOUR)
    past, stored = remember(stored, later)
    assert past.polls == (later, FETCHED)
    assert recall(stored, now=NOW + HOUR) == past


def test_entries_are_counted_by_the_day_they_are_listed_in() -> None:
    listed = (NOW - HOUR, NOW - 20 * HOUR, NOW - 80 * HOUR, NOW - 400 * DAY, NOW + HOUR)
    past, stored = remember("", FETCHED, DocumentRead(entries=5, listed=listed))
    assert past.by_day[:4] == (3, 0, 0, 1)
    assert sum(past.by_day) == 4
    a_day_later = recall(stored, now=NOW + DAY + HOUR)
    assert (a_day_later.by_day[0], sum(a_day_later.by_day[1:3]), sum(a_day_later.by_day)) == (
        0,
        3,
        4,
    )


def test_the_last_day_is_exact_to_the_second() -> None:
    edge = NOW - DAY
    listed = (edge, edge + timedelta(seconds=1))
    past, stored = remember("", FETCHED, DocumentRead(entries=2, listed=listed))
    assert past.by_day[0] == 1
    assert recall(stored, now=NOW + MINUTE).by_day[0] == 0


def test_a_document_that_holds_nothing_known_lost_something_unless_there_was_nothing() -> None:
    lost = FETCHED._replace(is_overflow=True)
    read = DocumentRead(entries=20, is_overflow=True, previous=NOW - 2 * HOUR)
    first, _ = remember("", lost, read)
    assert (first.overflowed_at, first.polls[0].is_overflow) == (None, False)
    _, stored = remember("", FETCHED, DocumentRead(entries=20))
    past, stored = remember(stored, lost, read)
    assert (past.overflowed_at, past.overflow_gap) == (NOW, 2 * HOUR)
    assert past.polls[0].is_overflow
    shorter = replace(read, previous=NOW + 2 * HOUR)
    past, stored = remember(stored, lost._replace(at=NOW + 3 * HOUR), shorter)
    assert past.overflow_gap == HOUR
    assert recall(stored, now=NOW + 8 * DAY).overflow_gap is None


def test_guids_churn_when_two_documents_running_rename_most_of_their_entries() -> None:
    churned, calm = DocumentRead(entries=20, renamed=15), DocumentRead(entries=20, renamed=2)
    past, stored = remember("", FETCHED, churned)
    assert not past.is_guid_churning
    past, stored = remember(stored, FETCHED, churned)
    assert past.is_guid_churning
    past, stored = remember(stored, NOTHING_NEW)
    assert past.is_guid_churning
    past, _ = remember(stored, FETCHED, calm)
    assert not past.is_guid_churning


def test_a_redirect_counts_while_it_leads_to_the_same_place() -> None:
    there, elsewhere = (Place(redirect_to=f"https://{name}.example/rss") for name in ("a", "b"))
    _, stored = remember("", FETCHED, place=there)
    past, stored = remember(stored, NOTHING_NEW, place=there)
    assert past.redirect == Redirect(target="https://a.example/rss", times=2)
    past, stored = remember(stored, FAILED)
    assert past.redirect == Redirect(target="https://a.example/rss", times=2)
    past, stored = remember(stored, FETCHED, place=replace(elsewhere, is_doubtful=True))
    assert past.redirect == Redirect(target="https://b.example/rss", times=1, is_doubtful=True)
    assert remember(stored, FETCHED)[0].redirect is None


def test_what_a_document_told_stays_until_another_one_tells_otherwise() -> None:
    hints = Hints(
        ttl=60, update_period="daily", update_base=NOW, skip_hours=(1, 2), skip_days=("x",)
    )
    read = DocumentRead(
        entries=20,
        newest_published=NOW,
        held_back=97,
        declared_encoding="utf-8",
        real_encoding="windows-1251",
        hints=hints,
    )
    told, stored = remember("", FETCHED, read)
    assert (told.held_back, told.declared_encoding, told.real_encoding) == (
        97,
        "utf-8",
        "windows-1251",
    )
    assert (told.hints, told.newest_published, told.window) == (hints, NOW, 20)
    same, stored = remember(stored, NOTHING_NEW)
    assert replace(same, polls=()) == replace(told, polls=())
    other, _ = remember(stored, FETCHED, DocumentRead(entries=3))
    assert (other.held_back, other.declared_encoding, other.hints) == (0, None, Hints())
    assert (other.window, other.newest_published) == (3, NOW)


def test_who_was_not_believed_is_known_until_he_is_or_something_else_fails() -> None:
    past, stored = remember("", FAILED, place=Place(missing_issuer="CN=Root"))
    assert past.missing_issuer == "CN=Root"
    assert remember(stored, FETCHED)[0].missing_issuer is None


def test_a_push_is_handed_on() -> None:
    push = Push(lease_until=NOW + DAY)
    assert recall("", now=NOW, push=push).push == push


@given(st.lists(st.tuples(st.integers(0, 3 * 86_400), st.integers(0, 30)), max_size=60))
def test_the_text_is_bounded_whatever_happens(polls: list[tuple[int, int]]) -> None:
    stored, now = "", NOW
    for passed, count in polls:
        now += timedelta(seconds=passed)
        listed = tuple(now - n * HOUR for n in range(count))
        fact = FETCHED._replace(at=now, new=count)
        past, stored = remember(stored, fact, DocumentRead(entries=20, listed=listed))
        assert len(past.polls) <= POLLS
        assert len(past.by_day) <= DAYS
        assert past.by_day[0] >= min(count, 24)
        assert len(stored) < 10_000
