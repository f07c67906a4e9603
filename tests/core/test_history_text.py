"""The text in which a source's past is kept: what is written anew with a poll, and what is not."""

from __future__ import annotations

import json

import pytest

from feedhub.core.history import POLLS, DocumentRead, Place, note_pushed, recall, remember
from feedhub.model.history import PollFact
from tests.builders import HOUR, NOW

FETCHED = PollFact(at=NOW, outcome="fetched", status=200, entries=20, new=2, ms=120, bytes=9_000)
READ = DocumentRead(entries=20, listed=(NOW - HOUR, NOW - 30 * HOUR))


def nothing_new(hours: int) -> PollFact:
    """Return a poll some hours later that brought nothing."""
    return PollFact(at=NOW + hours * HOUR, outcome="not_modified", status=304, ms=hours)


def test_a_poll_that_brings_nothing_adds_a_line_and_leaves_the_others_as_they_are() -> None:
    _, before = remember("", FETCHED, READ)
    past, after = remember(before, nothing_new(1))
    (first, *polls), (same, added, *others) = before.split("\n"), after.split("\n")
    assert (first, polls) == (same, others)
    assert json.loads(added)[2] == 304
    assert past == recall(after, now=NOW + HOUR)
    assert past.polls == (nothing_new(1), FETCHED)


def test_the_oldest_polls_make_room() -> None:
    _, stored = remember("", FETCHED, READ)
    for hour in range(1, POLLS + 3):
        past, stored = remember(stored, nothing_new(hour))
        assert past == recall(stored, now=NOW + hour * HOUR)
    assert len(stored.split("\n")) == 1 + POLLS
    assert past.polls == tuple(nothing_new(hour) for hour in range(POLLS + 2, 2, -1))
    assert past.window == 20


def test_a_place_that_changes_is_written_and_forgotten_again() -> None:
    _, stored = remember("", FETCHED, READ)
    moved, stored = remember(
        stored, nothing_new(1), place=Place(redirect_to="https://new.example/")
    )
    assert moved.redirect is not None
    assert recall(stored, now=NOW + HOUR) == moved
    back, stored = remember(stored, nothing_new(2))
    assert back.redirect is None
    assert recall(stored, now=NOW + 2 * HOUR) == back


def test_a_text_kept_before_polls_had_lines_is_read_and_written_the_new_way() -> None:
    past, new = remember("", FETCHED, READ)
    rest, poll = new.split("\n")
    old = json.dumps({"polls": [json.loads(poll)], **json.loads(rest)})
    assert recall(old, now=NOW) == past
    later, stored = remember(old, nothing_new(1))
    assert later.polls == (nothing_new(1), FETCHED)
    assert stored == remember(new, nothing_new(1))[1]


@pytest.mark.parametrize("stored", ["no JSON\nat all", "{}\nno JSON", "[]\n[1]", "\n", "{}\n"])
def test_a_text_that_cannot_be_read_is_replaced_by_one_that_can(stored: str) -> None:
    past, kept = remember(stored, FETCHED)
    assert past.polls == (FETCHED,)
    assert recall(kept, now=NOW) == past


def test_pushed_entries_count_and_leave_the_polls() -> None:
    past, stored = remember("", FETCHED, READ)
    pushed = recall(note_pushed(stored, [NOW], now=NOW), now=NOW)
    assert (pushed.polls, pushed.by_day[0]) == (past.polls, past.by_day[0] + 1)
    only = recall(note_pushed("", [NOW], now=NOW), now=NOW)
    assert (only.polls, only.by_day[0]) == ((), 1)
