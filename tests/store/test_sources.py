"""The memory of sources: what the configuration changes, who may poll, what a poll leaves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from feedhub.model import (
    LOCAL,
    Failed,
    Fetched,
    NextPoll,
    NotModified,
    SourceState,
    Unchanged,
    Validators,
)
from feedhub.store import Connection, Store, facts, schema, sources
from tests import builders as a
from tests.databases import opened

LEASE = 10 * a.MINUTE
NEXT = NextPoll(at=a.NOW + a.HOUR, reason="every 1 h: 3 new entries in a day")
OLD = Validators(etag='"1"', last_modified="Sun, 22 Nov 2026 11:00:00 GMT")
NEW = Validators(etag='W/"2"')


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        yield conn


def state(conn: Connection, slug: str = a.SOURCE) -> SourceState:
    return sources.states(conn, [slug])[slug]


def claim(conn: Connection, owner: str = "one", limit: int = 100, **more: Any) -> list[str]:
    values = {"now": a.NOW, "lease": LEASE} | more
    return [one.slug for one in sources.claim(conn, owner=owner, limit=limit, **values)]


def fetched(**overrides: Any) -> Fetched:
    values = {"url": "https://agency.example/feed.xml", "status": 200, "validators": NEW}
    return Fetched(**values | {"body": b"<rss/>", "body_hash": "h2"} | overrides)


def finish(conn: Connection, outcome: Any, **more: Any) -> SourceState:
    now = more.pop("now", a.NOW)
    before = more.pop("state", None) or state(conn)
    one = sources.Finished(state=before, outcome=outcome, next_poll=NEXT, **more)
    sources.finish(conn, [one], now=now)
    return state(conn)


def test_a_new_source_is_due_at_once_and_was_never_polled(conn: Connection) -> None:
    sources.settle(conn, [a.a_source(section="events")], now=a.NOW)
    one = state(conn)
    assert (one.next_poll_at, one.first_poll_at, one.is_active) == (a.NOW, None, True)
    assert (one.title, one.section, one.feed_url) == (
        "Ведомство agency",
        "events",
        "https://agency.example/feed.xml",
    )
    assert claim(conn) == [a.SOURCE]


def test_settling_again_changes_nothing(conn: Connection) -> None:
    wanted = [a.a_source(), a.a_source("other", paused=True)]
    sources.settle(conn, wanted, now=a.NOW)
    finish(conn, fetched())
    before = sources.all_states(conn)
    sources.settle(conn, wanted, now=a.NOW + a.DAY)
    assert sources.all_states(conn) == before


def test_a_source_taken_out_is_not_polled_but_kept_and_comes_back_when_it_is_put_in_again(
    conn: Connection,
) -> None:
    sources.settle(conn, [a.a_source(), a.a_source("other")], now=a.NOW)
    finish(conn, fetched())
    sources.settle(conn, [a.a_source("other")], now=a.NOW)
    gone = state(conn)
    assert (gone.is_active, gone.next_poll_at, gone.validators) == (False, None, NEW)
    assert claim(conn, now=a.NOW + 9 * a.DAY) == ["other"]
    sources.settle(conn, [a.a_source()], now=a.NOW + a.DAY)
    back = state(conn)
    assert (back.is_active, back.next_poll_at) == (True, a.NOW + a.DAY)
    assert back.first_poll_at == a.NOW


def test_a_changed_address_forgets_what_the_old_one_said_but_not_that_it_was_read(
    conn: Connection,
) -> None:
    sources.settle(conn, [a.a_source()], now=a.NOW)
    finish(conn, fetched())
    failed = Failed(kind="hard", message="gone")
    finish(conn, failed, weight=1.0)
    sources.settle(conn, [a.a_source(url="https://new.example/")], now=a.NOW + a.MINUTE)
    one = state(conn)
    assert one.feed_url == "https://new.example/"
    assert (one.validators, one.body_hash) == (Validators(), None)
    assert (one.failures, one.error) == (0, "")
    assert one.next_poll_at == a.NOW + a.MINUTE
    assert one.first_poll_at == a.NOW


def test_a_changed_title_or_section_asks_for_no_poll(conn: Connection) -> None:
    sources.settle(conn, [a.a_source()], now=a.NOW)
    finish(conn, fetched())
    sources.settle(conn, [a.a_source(title="Новое имя", section="events")], now=a.NOW)
    one = state(conn)
    assert (one.title, one.section) == ("Новое имя", "events")
    assert (one.next_poll_at, one.validators) == (NEXT.at, NEW)


def test_a_paused_source_is_not_polled_until_it_goes_on(conn: Connection) -> None:
    sources.settle(conn, [a.a_source(paused=True)], now=a.NOW)
    assert not state(conn).is_active
    assert claim(conn) == []
    sources.settle(conn, [a.a_source()], now=a.NOW)
    assert claim(conn) == [a.SOURCE]
    sources.release_all(conn, owner="one")
    sources.settle(conn, [a.a_source(paused=True)], now=a.NOW)
    assert claim(conn, now=a.NOW + a.DAY) == []


def test_local_articles_have_a_source_that_is_never_polled(conn: Connection) -> None:
    sources.ensure_local(conn, slug=LOCAL, title="Портал", now=a.NOW)
    sources.ensure_local(conn, slug=LOCAL, title="Портал", now=a.NOW + a.DAY)
    sources.settle(conn, [a.a_source()], now=a.NOW)
    one = state(conn, LOCAL)
    assert (one.is_active, one.first_poll_at, one.title) == (False, a.NOW, "Портал")
    assert claim(conn, now=a.NOW + a.DAY) == [a.SOURCE]
    sources.ensure_local(conn, slug=LOCAL, title="Новый портал", now=a.NOW)
    assert state(conn, LOCAL).title == "Новый портал"


def test_what_is_longest_due_is_claimed_first_and_only_as_much_as_asked(conn: Connection) -> None:
    slugs = ["a", "b", "c", "d"]
    a.add_sources(conn, *slugs)
    for hours, slug in enumerate(("c", "a", "d", "b")):
        sources.make_due(conn, [slug], now=a.NOW + hours * a.HOUR)
    assert claim(conn, limit=2, now=a.NOW + 2 * a.HOUR) == ["c", "a"]
    assert claim(conn, limit=2, now=a.NOW + 2 * a.HOUR) == ["d"]
    assert claim(conn, limit=2, now=a.NOW + 2 * a.HOUR) == []


def test_a_held_source_is_nobody_elses_until_the_lease_runs_out(conn: Connection) -> None:
    a.add_sources(conn, a.SOURCE)
    assert claim(conn, "one") == [a.SOURCE]
    assert claim(conn, "two") == claim(conn, "one") == []
    assert claim(conn, "two", now=a.NOW + LEASE - a.MINUTE) == []
    assert claim(conn, "two", now=a.NOW + LEASE) == [a.SOURCE]


def test_a_lease_can_be_renewed_and_given_back(conn: Connection) -> None:
    a.add_sources(conn, "a", "b")
    assert claim(conn, "one", limit=1) == ["a"]
    assert claim(conn, "two") == ["b"]
    sources.renew(conn, ["a", "b"], owner="one", until=a.NOW + 3 * LEASE)
    assert claim(conn, "three", now=a.NOW + 2 * LEASE) == ["b"]
    sources.release(conn, ["a", "b"], owner="one")
    assert claim(conn, "four") == ["a"]
    sources.release_all(conn, owner="four")
    assert claim(conn, "four") == ["a"]
    assert sources.owners(conn) == ("four", "three")
    sources.release_all(conn, owner="four")
    sources.release_all(conn, owner="three")
    assert claim(conn, "five") == ["a", "b"]


def test_named_sources_are_taken_due_or_not_unless_they_are_held(conn: Connection) -> None:
    a.add_sources(conn, "a", "b", "c")
    done = (
        sources.Finished(state=state(conn, slug), outcome=fetched(), next_poll=NEXT)
        for slug in ("a", "b")
    )
    sources.finish(conn, tuple(done), now=a.NOW)
    sources.claim_named(conn, ["b"], owner="one", now=a.NOW, lease=LEASE)
    taken = sources.claim_named(conn, ["a", "b", "x"], owner="two", now=a.NOW, lease=LEASE)
    assert [one.slug for one in taken] == ["a"]


def test_the_state_that_is_claimed_is_whole(conn: Connection) -> None:
    a.add_sources(conn, a.SOURCE)
    after = finish(conn, fetched(), found={"home_url": "https://agency.example/", "ttl": 90})
    (claimed,) = sources.claim(conn, owner="one", now=NEXT.at, lease=LEASE, limit=1)
    assert claimed == after
    assert (claimed.home_url, claimed.ttl) == ("https://agency.example/", 90)


def test_pollers_at_once_never_claim_the_same_source(store: Store, store_url: str) -> None:
    slugs = [f"s{n:03}" for n in range(120)]
    with store.write() as conn:
        a.add_sources(conn, *slugs)
    taken: dict[str, list[str]] = {"one": [], "two": [], "three": []}
    errors: list[Exception] = []

    def poll(owner: str) -> None:
        try:
            with opened(store_url) as mine:
                for _ in range(100):
                    with mine.write() as conn:
                        found = claim(conn, owner, limit=3)
                    if not found:
                        return
                    taken[owner] += found
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=poll, args=(owner,), daemon=True) for owner in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(slug for found in taken.values() for slug in found) == slugs


def test_a_new_document_leaves_all_that_it_said(conn: Connection) -> None:
    a.add_sources(conn, a.SOURCE)
    claim(conn)
    found: dict[str, object] = {"home_url": "https://agency.example/", "ttl": 30, "notice": "x"}
    one = finish(conn, fetched(), found=found)
    assert (one.validators, one.body_hash) == (NEW, "h2")
    assert (one.home_url, one.ttl, one.notice) == ("https://agency.example/", 30, "x")
    assert one.first_poll_at == one.last_poll_at == one.last_success_at == a.NOW
    assert (one.next_poll_at, one.cadence) == (NEXT.at, NEXT.reason)
    assert claim(conn, "two", now=NEXT.at) == [a.SOURCE]


def test_the_first_success_is_remembered_for_ever(conn: Connection) -> None:
    a.add_sources(conn, a.SOURCE)
    finish(conn, fetched())
    one = finish(conn, fetched(), now=a.NOW + a.DAY)
    assert (one.first_poll_at, one.last_success_at) == (a.NOW, a.NOW + a.DAY)


@pytest.mark.parametrize(
    ("outcome", "validators", "body_hash"),
    [
        (Unchanged(url="x", status=200, validators=NEW, body_hash="h1"), NEW, "h1"),
        (NotModified(url="x", status=304, validators=OLD), OLD, "h1"),
    ],
)
def test_an_answer_without_news_is_a_success_that_keeps_the_body(
    conn: Connection, outcome: Any, validators: Validators, body_hash: str
) -> None:
    a.add_sources(conn, a.SOURCE)
    finish(conn, fetched(validators=OLD, body_hash="h1"), found={"home_url": "h", "ttl": 5})
    finish(conn, Failed(kind="soft", message="?"), weight=0.5)
    one = finish(conn, outcome, now=a.NOW + a.HOUR)
    assert (one.validators, one.body_hash) == (validators, body_hash)
    assert (one.failures, one.error, one.home_url, one.ttl) == (0, "", "h", 5)
    assert one.last_poll_at == one.last_success_at == a.NOW + a.HOUR


def test_a_failure_keeps_everything_but_says_so_and_adds_its_weight(conn: Connection) -> None:
    a.add_sources(conn, a.SOURCE)
    before = finish(conn, fetched(validators=OLD))
    later = a.NOW + a.HOUR
    claim(conn, now=later)
    failed = Failed(kind="soft", message="the server answered 503", status=503)
    once = finish(conn, failed, weight=0.5, now=later)
    twice = finish(conn, failed, weight=0.5, now=later)
    assert once == replace(
        before, failures=0.5, error="the server answered 503", last_poll_at=later
    )
    assert twice.failures == 1.0
    assert claim(conn, now=NEXT.at) == [a.SOURCE]


def test_a_source_that_only_ever_failed_was_never_read(conn: Connection) -> None:
    a.add_sources(conn, a.SOURCE)
    one = finish(conn, Failed(kind="hard", message="?"), weight=1.0)
    assert (one.first_poll_at, one.last_success_at) == (None, None)


def test_a_poll_of_an_address_that_was_changed_meanwhile_frees_the_source_and_was_a_poll(
    conn: Connection,
) -> None:
    a.add_sources(conn, a.SOURCE)
    claim(conn)
    during = state(conn)
    sources.settle(conn, [a.a_source(url="https://new.example/")], now=a.NOW)
    settled = state(conn)
    assert finish(conn, fetched(), state=during) == replace(settled, first_poll_at=a.NOW)
    assert claim(conn, "two") == [a.SOURCE]


def test_hundreds_of_sources_are_settled_and_claimed_at_once(conn: Connection) -> None:
    slugs = [f"s{n:04}" for n in range(1000)]
    a.add_sources(conn, *slugs)
    assert claim(conn, limit=10_000) == slugs
    sources.settle(conn, [], now=a.NOW)
    active = conn.execute(select(schema.source.c.slug).where(schema.source.c.is_active))
    assert active.all() == []


def test_a_fact_that_was_never_set_is_none(conn: Connection) -> None:
    assert facts.get(conn, facts.CREATED) is None
    assert facts.count(conn, "home") == 0
