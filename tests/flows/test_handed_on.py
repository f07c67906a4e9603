"""What the client learns on its way is remembered: where a source moved, and that a part is a part."""

from __future__ import annotations

from typing import Any

import pytest

from feedhub.core.history import recall
from feedhub.model import Failed, Fetched, NotModified, Validators
from feedhub.model.history import History, Redirect
from feedhub.store import Store
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOW
from tests.e2e.documents import Note, rss
from tests.flows.test_elsewhere import FAILED, OWN, PORTAL, WITH_FALLBACK, asked
from tests.flows.test_ingest import fetched, poll_once, state_of, titles

NEW_PLACE = "https://agency.example/new/feed.xml"


def notes(*numbers: int) -> bytes:
    return rss(
        tuple(
            Note(title=f"Озеро {n}", url=f"https://a.example/{n}", published=NOW - n * MINUTE)
            for n in numbers
        )
    )


def past_of(store: Store) -> History:
    return recall(state_of(store).memory, now=NOW)


def part(*numbers: int, tag: str, **more: Any) -> Fetched:
    return fetched(
        notes(*numbers), status=226, is_partial=True, validators=Validators(etag=tag), **more
    )


@pytest.mark.parametrize("is_doubtful", [False, True])
def test_where_a_source_moved_is_remembered_and_counted(store: Store, is_doubtful: bool) -> None:
    moved = {"moved_to": NEW_PLACE, "is_doubtful": is_doubtful}
    source = builders.a_source()
    _, network = asked(store, source, fetched(notes(1), **moved))
    assert past_of(store).redirect == Redirect(target=NEW_PLACE, times=1, is_doubtful=is_doubtful)
    again = NotModified(url=NEW_PLACE, status=304, **moved)
    _, network = asked(store, source, again, now=NOW + HOUR)
    assert past_of(store).redirect == Redirect(target=NEW_PLACE, times=2, is_doubtful=is_doubtful)
    assert network.urls == [OWN]  # the configured address is asked every time


def test_a_move_is_forgotten_once_the_address_answers_itself(store: Store) -> None:
    poll_once(store, fetched(notes(1), moved_to=NEW_PLACE))
    poll_once(store, fetched(notes(1, 2), body_hash="2"), now=NOW + HOUR)
    assert past_of(store).redirect is None


def test_a_page_at_the_end_of_a_move_is_no_proposal(store: Store) -> None:
    page = fetched(b"<html><title>Welcome</title></html>", moved_to=NEW_PLACE)
    assert poll_once(store, page).outcome == "failed"
    assert past_of(store).redirect is None


def test_where_a_fallback_address_moved_is_not_the_sources_move(store: Store) -> None:
    answer = fetched(notes(1), url=PORTAL, moved_to=NEW_PLACE)
    asked(store, WITH_FALLBACK, FAILED, answer)
    past = past_of(store)
    assert (past.redirect, past.fallback_url) == (None, PORTAL)


def test_the_missing_issuer_and_the_fault_are_remembered(store: Store) -> None:
    failed = Failed(kind="hard", message="No.", fault="certificate", missing_issuer="State Root")
    poll_once(store, failed)
    past = past_of(store)
    assert (past.missing_issuer, past.polls[0].fault) == ("State Root", "certificate")


def test_a_part_brings_its_entries_and_says_nothing_of_the_window(store: Store) -> None:
    whole = fetched(notes(*range(10, 18)), body_hash="whole")
    poll_once(store, whole)
    before = past_of(store)
    report = poll_once(store, part(1, 2, tag='"2"', body_hash="whole"), now=NOW + HOUR)
    past, state = past_of(store), state_of(store)
    assert (report.outcome, report.new) == ("fetched", 2)
    assert (past.window, past.documents) == (8, before.documents)
    assert past.overflowed_at is None
    assert (past.polls[0].entries, past.polls[0].new, past.polls[0].is_overflow) == (None, 2, False)
    assert past.by_day[0] == before.by_day[0] + 2
    assert (state.validators.etag, state.body_hash) == ('"2"', "whole")
    assert titles(store, NOW + HOUR)[:2] == ["Озеро 1", "Озеро 2"]


def test_no_older_pages_are_followed_from_a_part(store: Store) -> None:
    body = notes(1).replace(b"<item>", b'<atom:link rel="next" href="?page=2"/><item>', 1)
    body = body.replace(b"<rss ", b'<rss xmlns:atom="http://www.w3.org/2005/Atom" ', 1)
    source = builders.a_source()
    asked(store, source, fetched(notes(10, 11)))
    answer = fetched(body, status=226, is_partial=True, url=OWN, body_hash="2")
    _, network = asked(store, source, answer, now=NOW + HOUR)
    assert network.urls == [OWN]


def test_what_parts_leave_out_is_never_taken_for_taken_back(store: Store) -> None:
    poll_once(store, fetched(notes(*range(10, 20)), body_hash="1"))
    for n in range(1, 9):
        poll_once(store, part(n, tag=f'"{n}"'), now=NOW + n * HOUR)
    answer = fetched(notes(*range(1, 15), *range(16, 20)), body_hash="2")
    report = poll_once(store, answer, now=NOW + 9 * HOUR)
    # 15 is missing for the first time, whatever the eight parts did not hold
    assert (report.new, report.withdrawn) == (1, 0)
    assert len(titles(store, NOW + DAY)) == 19
