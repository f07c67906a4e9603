"""One poll of one source with fakes for the network: what it writes, and what it never breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import update

from feedhub.core.tagging import compile_vocabulary
from feedhub.ingest import poll, round_of
from feedhub.model import (
    Failed,
    Fetched,
    NotModified,
    Outcome,
    PollReport,
    Source,
    SourceState,
    Tagging,
    TagSpec,
    Unchanged,
    Validators,
)
from feedhub.polled import Keeping
from feedhub.refine import More, Refined, refine
from feedhub.retag import fall_behind
from feedhub.river import River
from feedhub.store import Store, facts, lists, schema, sources
from feedhub.store.lists import Selection, Window
from feedhub.workers.pool import TaskDiedError, Workers
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOW
from tests.e2e.documents import Note, rss
from tests.flows import tasks

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")

RULES = compile_vocabulary((TagSpec(name="озеро"),), tagging=Tagging())
NOTES = tuple(
    Note(title=f"Озеро {n}", url=f"https://a.example/{n}", published=NOW - n * HOUR)
    for n in range(1, 4)
)


@dataclass
class Network:
    """Answers in turn; remembers with what it was asked."""

    answers: list[Outcome]
    asked: list[tuple[str, Validators, str | None]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    async def get(
        self, source: Source, *, validators: Validators, body_hash: str | None
    ) -> Outcome:
        self.asked.append((source.slug, validators, body_hash))
        self.urls.append(source.url)
        return self.answers.pop(0)


def fetched(body: bytes, **more: Any) -> Fetched:
    values: dict[str, Any] = {
        "url": "https://a.example/rss",
        "status": 200,
        "headers": (("content-type", "text/xml"),),
        "validators": Validators(etag='"1"', last_modified="Sat, 21 Nov 2026 10:00:00 GMT"),
        "body": body,
        "body_hash": f"h{len(body)}",
    }
    return Fetched(**values | more)


async def refine_now(
    document: Fetched, source: Source, now: datetime, known: frozenset[str], more: More = ()
) -> Refined:
    return refine(document, source, RULES, now, known, more)


class AtOnce:
    """Writes where it is asked to, and at once."""

    async def run(self, work: Callable[[], T]) -> T:
        return work()

    async def together(self, write: Callable[[Sequence[A]], Sequence[B]], one: A) -> B:
        return write([one])[0]


def river(store: Store, *answers: Outcome, now: datetime = NOW, **more: Any) -> River:
    keeping = Keeping(
        store=store,
        base_url="https://portal.example",
        now=lambda: now,
        **{key: more.pop(key) for key in ("tag_state", "fall_behind") if key in more},
    )
    values: dict[str, Any] = {
        "fetch": Network(list(answers)),
        "refine": refine_now,
        "keeping": keeping,
        "writer": AtOnce(),
    }
    return River(**values | more)


def state_of(store: Store, slug: str = "agency") -> SourceState:
    with store.read() as conn:
        return sources.states(conn, [slug])[slug]


def poll_once(
    store: Store, *answers: Outcome, source: Source | None = None, **more: Any
) -> PollReport:
    source = source or builders.a_source()
    with store.write() as conn:
        builders.add_sources(conn, source.slug)
    work = poll(source, state_of(store, source.slug), river(store, *answers, **more))
    return asyncio.run(work)


def titles(store: Store, now: datetime = NOW) -> list[str]:
    with store.read() as conn:
        found = lists.page(conn, Selection(), Window(now=now, limit=100))
    return [one.row["title"] for one in found]


def test_a_new_document_is_stored_newest_first(store: Store) -> None:
    report = poll_once(store, fetched(rss(NOTES)))
    assert (report.outcome, report.new, report.error) == ("fetched", 3, "")
    assert titles(store) == ["Озеро 1", "Озеро 2", "Озеро 3"]
    state = state_of(store)
    assert state.validators == Validators(etag='"1"', last_modified="Sat, 21 Nov 2026 10:00:00 GMT")
    assert (state.failures, state.error, state.last_success_at) == (0, "", NOW)
    assert state.next_poll_at is not None
    assert state.next_poll_at > NOW


def test_the_next_poll_asks_with_what_the_server_gave(store: Store) -> None:
    poll_once(store, fetched(rss(NOTES)))
    network = Network([NotModified(url="https://a.example/rss", status=304)])
    report = poll_once(store, fetch=network)
    assert report.outcome == "not_modified"
    assert network.asked == [
        (
            "agency",
            Validators(etag='"1"', last_modified="Sat, 21 Nov 2026 10:00:00 GMT"),
            f"h{len(rss(NOTES))}",
        )
    ]


def test_what_a_source_says_again_is_not_made_again(store: Store) -> None:
    poll_once(store, fetched(rss(NOTES)))
    made: list[int] = []

    async def counting(
        document: Fetched, source: Source, now: datetime, known: frozenset[str]
    ) -> Refined:
        refined = refine(document, source, RULES, now, known)
        made.append(len(refined.entries))
        return refined

    more = Note(title="Озеро 4", url="https://a.example/4", published=NOW)
    report = poll_once(store, fetched(rss([more, *NOTES])), refine=counting, now=NOW + HOUR)
    assert (made, report.new, report.skipped) == ([1], 1, len(NOTES))
    edited = replace(NOTES[0], title="Озеро 1, исправлено")
    report = poll_once(store, fetched(rss([edited, *NOTES[1:]])), refine=counting, now=NOW + HOUR)
    assert (made, report.updated, report.skipped) == ([1, 1], 1, len(NOTES) - 1)


def test_what_was_read_under_yesterdays_rules_is_noted_to_be_tagged_anew(store: Store) -> None:
    poll_once(store, fetched(rss(NOTES)))
    with store.write() as conn:
        facts.put(conn, facts.TAG_STATE, "new rules")
        facts.put(conn, facts.RETAG, '{"target": "new rules", "at": null}')
    more = Note(title="Озеро 4", url="https://a.example/4", published=NOW)
    answer = fetched(rss([more, *NOTES]))
    report = poll_once(store, answer, now=NOW + HOUR, fall_behind=fall_behind)
    assert (report.outcome, report.new) == ("fetched", 1)
    with store.read() as conn:
        assert facts.get(conn, facts.RETAG) == '{"target": "new rules", "at": 3}'


def test_a_first_poll_of_a_source_with_entries_is_no_flood_and_no_fault(store: Store) -> None:
    poll_once(store, fetched(rss(NOTES)))
    with store.write() as conn:  # as after an address that was corrected during the first poll
        conn.execute(update(schema.source).values(first_poll_at=None, body_hash=None))
    report = poll_once(store, fetched(rss(NOTES)), now=NOW + HOUR)
    assert (report.outcome, report.new, report.error) == ("fetched", 0, "")


def test_an_unchanged_body_is_not_read_and_keeps_new_validators(store: Store) -> None:
    poll_once(store, fetched(rss(NOTES)))

    async def never(*_: object) -> Refined:
        raise AssertionError("an unchanged body was read")

    again = Unchanged(
        url="https://a.example/rss", status=200, validators=Validators(etag='"2"'), body_hash="h1"
    )
    report = poll_once(store, again, refine=never)
    assert (report.outcome, report.new) == ("unchanged", 0)
    assert state_of(store).validators == Validators(etag='"2"')


def test_a_failed_fetch_changes_nothing_and_backs_off(store: Store) -> None:
    poll_once(store, fetched(rss(NOTES)))
    before = state_of(store)
    waits = []
    for n in range(1, 6):
        failed = Failed(kind="hard", message="Nothing is at this address (404).")
        report = poll_once(store, failed, now=NOW + n * DAY)
        assert (report.outcome, report.error) == ("failed", "Nothing is at this address (404).")
        state = state_of(store)
        assert state.next_poll_at is not None
        waits.append(state.next_poll_at - (NOW + n * DAY))
        assert (state.failures, state.validators) == (n, before.validators)
    assert waits == sorted(waits)
    assert waits[0] >= 10 * MINUTE
    assert waits[-1] > 2 * waits[0]
    assert titles(store) == ["Озеро 1", "Озеро 2", "Озеро 3"]
    poll_once(store, fetched(rss(NOTES)), now=NOW + 9 * DAY)
    assert (state_of(store).failures, state_of(store).error) == (0, "")


def test_a_page_instead_of_a_feed_says_what_to_do(store: Store) -> None:
    report = poll_once(store, fetched(b"<html><title>Portal</title></html>"))
    assert report.outcome == "failed"
    assert "an HTML page" in report.error
    assert "open the address in a browser" in report.error
    assert state_of(store).error == report.error
    assert state_of(store).validators == Validators()


def test_a_fault_of_ours_costs_one_source_one_poll(store: Store) -> None:
    async def broken(*_: object) -> Refined:
        raise ZeroDivisionError("oops")

    poll_once(store, fetched(rss(NOTES)))
    report = poll_once(store, fetched(rss(NOTES)), refine=broken, now=NOW + HOUR)
    assert report.outcome == "failed"
    assert "a fault of FeedHub" in report.error
    state = state_of(store)
    assert state.error == report.error
    assert state.next_poll_at is not None
    assert state.next_poll_at > NOW + HOUR + MINUTE
    assert state.failures > 0
    assert titles(store) == ["Озеро 1", "Озеро 2", "Озеро 3"]


def test_a_document_that_burns_is_ended_and_its_neighbours_are_not(store: Store) -> None:
    slugs = ("calm", "hostile", "other")
    with store.write() as conn:
        builders.add_sources(conn, *slugs)
    bodies = [b"<rss/>", b"bomb", b"<rss/>"]

    async def whole() -> Sequence[PollReport]:
        workers = Workers(
            processes=2, prepare=tasks.prepare, arguments=("",), cpu_seconds=1, wall_seconds=20
        )

        async def refine_there(
            document: Fetched, source: Source, now: datetime, _known: frozenset[str]
        ) -> Refined:
            return await workers.run(tasks.bomb, document, source, now)

        held = [(builders.a_source(slug), state_of(store, slug)) for slug in slugs]
        answers = [fetched(body) for body in bodies]
        try:
            return await round_of(held, river(store, *answers, refine=refine_there))
        finally:
            await asyncio.to_thread(workers.close)

    calm, hostile, other = asyncio.run(whole())
    assert (calm.outcome, other.outcome) == ("fetched", "fetched")
    assert hostile.outcome == "failed"
    assert "CPU time" in hostile.error
    assert "pause this source" in hostile.error
    assert state_of(store, "hostile").next_poll_at is not None


@pytest.mark.parametrize("error", [TaskDiedError("it took more than 60 s"), MemoryError()])
def test_a_document_beyond_the_limits_is_told_plainly(
    sqlite_store: Store, error: Exception
) -> None:
    async def beyond(*_: object) -> Refined:
        raise error

    report = poll_once(sqlite_store, fetched(b"x"), refine=beyond)
    assert report.outcome == "failed"
    assert report.error.startswith("The document was not read: it took")
    assert "Error" not in report.error


def test_an_archive_of_a_new_source_keeps_its_own_times(store: Store) -> None:
    old = tuple(replace(note, published=note.published - 400 * DAY) for note in NOTES)
    poll_once(store, fetched(rss(old)))
    fresh = Note(title="Свежая", url="https://b.example/1", published=NOW - MINUTE)
    poll_once(store, fetched(rss([fresh])), source=builders.a_source("second"))
    assert titles(store) == ["Свежая", "Озеро 1", "Озеро 2", "Озеро 3"]


def test_entries_that_come_in_another_order_or_with_other_dates_change_nothing(
    store: Store,
) -> None:
    named = tuple(replace(note, guid=f"id-{note.title}") for note in NOTES)
    poll_once(store, fetched(rss(named)))
    moved = tuple(
        replace(note, published=note.published + timedelta(minutes=7)) for note in named[::-1]
    )
    report = poll_once(store, fetched(rss(moved)), now=NOW + HOUR)
    assert (report.new, report.updated, report.skipped) == (0, 0, 3)
    assert titles(store, NOW + HOUR) == ["Озеро 1", "Озеро 2", "Озеро 3"]


def test_a_changed_text_is_one_update(store: Store) -> None:
    poll_once(store, fetched(rss(NOTES)))
    edited = (replace(NOTES[0], body="<p>Новые подробности.</p>"), *NOTES[1:])
    report = poll_once(store, fetched(rss(edited)), now=NOW + HOUR)
    assert (report.new, report.updated, report.skipped) == (0, 1, 2)
