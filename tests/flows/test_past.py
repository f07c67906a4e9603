"""What polls leave behind: the log, the last answer, and a past that sets the rhythm."""

from __future__ import annotations

from collections.abc import Iterable

from feedhub.core.history import recall
from feedhub.model import Failed, NotModified, Source, Validators
from feedhub.model.history import History
from feedhub.store import Store, polls
from tests.builders import DAY, HOUR, MINUTE, NOW
from tests.e2e.documents import Note, rss
from tests.flows.test_ingest import fetched, poll_once, state_of


def notes(*numbers: int, host: str = "a.example", age: int = 0) -> list[Note]:
    return [
        Note(
            title=f"Озеро {n}",
            url=f"https://{host}/{n}",
            published=NOW - age * DAY - n * MINUTE,
        )
        for n in numbers
    ]


def document(some: Iterable[Note]) -> bytes:
    return rss(tuple(some))


def past_of(store: Store, source: Source | None = None) -> History:
    return recall(state_of(store, source.slug if source else "agency").memory, now=NOW)


def test_every_poll_stands_in_the_log_with_what_it_came_to(store: Store) -> None:
    poll_once(store, fetched(document(notes(1, 2)), ms=120))
    poll_once(store, NotModified(url="https://a.example/rss", status=304, ms=7))
    failed = Failed(kind="temporary", message="The server failed (502); later.", status=502, ms=3)
    poll_once(store, failed, now=NOW + HOUR)
    with store.read() as conn:
        newest, second, first = polls.of(conn, "agency", limit=9)
    assert (first.outcome, first.status, first.new, first.entries, first.ms) == (
        *("fetched", 200, 2, 2),
        120,
    )
    assert (second.outcome, second.entries, second.bytes) == ("not_modified", None, 0)
    assert (newest.at, newest.reason) == (NOW + HOUR, "The server failed (502); later.")


def test_old_lines_of_the_log_are_cleared(store: Store) -> None:
    for n in range(4):
        poll_once(store, NotModified(url="https://a.example/rss", status=304), now=NOW + n * DAY)
    with store.write() as conn:
        assert polls.forget_before(conn, NOW + 2 * DAY) == 2
        assert [one.at for one in polls.of(conn, "agency", limit=9)] == [
            NOW + 3 * DAY,
            NOW + 2 * DAY,
        ]


def test_the_last_answer_is_kept_with_its_beginning(store: Store) -> None:
    body = document(notes(*range(60)))
    poll_once(store, fetched(body))
    poll_once(store, NotModified(url="https://a.example/rss", status=304))
    with store.read() as conn:
        kept = polls.last_answer(conn, "agency")
    assert kept is not None
    assert (kept.status, kept.headers) == (200, (("content-type", "text/xml"),))
    assert kept.head == body[: polls.HEAD] != body


def test_an_answer_that_is_no_feed_is_kept_too(store: Store) -> None:
    report = poll_once(store, fetched("<html><title>Вход</title></html>".encode()))
    assert report.outcome == "failed"
    with store.read() as conn:
        kept = polls.last_answer(conn, "agency")
    assert kept is not None
    assert b"<html>" in kept.head


def test_what_a_page_in_place_of_a_feed_is_has_a_name(store: Store) -> None:
    poll_once(store, fetched(b"<html><script>smartcaptcha</script></html>"))
    assert past_of(store).polls[0].fault == "robot_check"
    poll_once(store, fetched(b'<html><input type="password"></html>'))
    assert past_of(store).polls[0].fault == "sign_in"
    poll_once(store, fetched(b"<html><title>News</title></html>"))
    assert past_of(store).polls[0].fault == "page"
    poll_once(store, fetched(b" "))
    assert past_of(store).polls[0].fault == "empty"


def test_a_document_all_of_whose_entries_are_new_lost_some_before_them(store: Store) -> None:
    poll_once(store, fetched(document(notes(1, 2, 3))))
    poll_once(store, fetched(document(notes(1, 2, 3, 4)), body_hash="h2"), now=NOW + HOUR)
    assert past_of(store).overflowed_at is None
    poll_once(store, fetched(document(notes(11, 12, 13)), body_hash="h3"), now=NOW + 2 * HOUR)
    past = past_of(store)
    assert (past.overflowed_at, past.overflow_gap) == (NOW + 2 * HOUR, HOUR)


def test_an_archive_under_new_names_adds_nothing_and_is_said_to_be_held_back(store: Store) -> None:
    text = "Длинный текст о том, что озеро замёрзло. " * 8
    old = [
        Note(
            title=f"Озеро {n}",
            url=f"https://a.example/{n}",
            published=NOW - n * HOUR,
            body=text + str(n),
        )
        for n in range(1, 8)
    ]
    poll_once(store, fetched(document(old)))
    moved = [
        Note(title=one.title, url=f"https://b.example/new/{n}", published=NOW, body=one.body)
        for n, one in enumerate(old)
    ]
    report = poll_once(store, fetched(document(moved), body_hash="h2"), now=NOW + HOUR)
    assert (report.new, report.updated) == (0, 0)
    assert past_of(store).held_back == 7


def test_the_validators_of_a_poll_and_its_past_are_written_together(store: Store) -> None:
    poll_once(store, fetched(document(notes(1)), validators=Validators(etag='"9"')))
    state = state_of(store)
    assert state.validators.etag == '"9"'
    assert recall(state.memory, now=NOW).by_day[0] == 1
