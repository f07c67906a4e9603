"""What is kept between us and hubs: subscriptions, one a source, and the inbox of pushes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from feedhub.model.history import Push
from feedhub.store import Connection, Store, inbox, sources, subscriptions
from feedhub.store.subscriptions import Subscription
from tests import builders as a

HUB, TOPIC = "https://hub.example/", "https://agency.example/feed.xml"
TOKEN = "t" * 43


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other", "third")
        yield conn


def a_subscription(slug: str = a.SOURCE, **more: Any) -> Subscription:
    values = {"hub": HUB, "topic": TOPIC, "token": f"{slug:t<43}", "secret": "s"} | more
    return Subscription(source=slug, **values)


def active(slug: str = a.SOURCE, **more: Any) -> Subscription:
    values = {"state": "active", "asked_at": a.NOW, "lease_until": a.NOW + 10 * a.DAY} | more
    return a_subscription(slug, **values)


def note(conn: Connection, slug: str = a.SOURCE, place: Any = (HUB, TOPIC)) -> None:
    subscriptions.note_hubs(conn, {slug: place})


def pending(conn: Connection, now: Any = a.NOW, limit: int = 100) -> list[str]:
    found = subscriptions.pending(conn, now=now, since=a.HOUR, limit=limit)
    return [one.subscription.source for one in found]


# -- hubs found ---------------------------------------------------------------------------------


def test_a_hub_that_a_document_names_is_remembered_without_a_callback(conn: Connection) -> None:
    note(conn)
    one = subscriptions.get(conn, a.SOURCE)
    assert one is not None
    assert (one.hub, one.topic, one.state, one.asked_at) == (HUB, TOPIC, "found", None)
    assert subscriptions.by_token(conn, one.token) is None
    assert pending(conn) == [a.SOURCE]


def test_the_same_hub_again_changes_nothing(conn: Connection) -> None:
    for state in ("asked", "active", "denied", "failed"):
        subscriptions.put(conn, active(state=state))
        note(conn)
        assert subscriptions.get(conn, a.SOURCE) == active(state=state)


@pytest.mark.parametrize("place", [("https://new.example/", TOPIC), (HUB, TOPIC + "?2")])
def test_another_hub_or_topic_is_a_new_beginning(conn: Connection, place: Any) -> None:
    subscriptions.put(conn, active())
    note(conn, place=place)
    one = subscriptions.get(conn, a.SOURCE)
    assert one is not None
    assert ((one.hub, one.topic), one.state, one.secret) == (place, "found", "")
    assert subscriptions.by_token(conn, active().token) is None


def test_a_document_without_a_hub_ends_what_there_was(conn: Connection) -> None:
    note(conn, place=None)
    assert subscriptions.get(conn, a.SOURCE) is None
    note(conn)
    note(conn, place=None)
    assert subscriptions.get(conn, a.SOURCE) is None
    subscriptions.put(conn, active())
    note(conn, place=None)
    ending = subscriptions.get(conn, a.SOURCE)
    assert ending == active(state="ending", asked_at=None)
    note(conn, place=None)
    assert subscriptions.get(conn, a.SOURCE) == ending
    assert pending(conn) == [a.SOURCE]
    note(conn)
    again = subscriptions.get(conn, a.SOURCE)
    assert again is not None
    assert (again.state, again.secret) == ("found", "")


def test_the_hubs_of_many_documents_are_noted_together(conn: Connection) -> None:
    slugs = [f"s{n:04}" for n in range(900)]
    a.add_sources(conn, *slugs)
    subscriptions.note_hubs(conn, {slug: (HUB, f"{TOPIC}?{slug}") for slug in slugs})
    subscriptions.note_hubs(conn, {slug: None if slug > "s0449" else (HUB, "x") for slug in slugs})
    assert len(pending(conn, limit=1000)) == 450
    assert subscriptions.get(conn, "s0450") is None


# -- tokens -------------------------------------------------------------------------------------


def test_a_subscription_is_found_by_its_token_and_by_nothing_like_it(conn: Connection) -> None:
    one = active(token=TOKEN)
    subscriptions.put(conn, one)
    assert subscriptions.by_token(conn, TOKEN) == one
    for other in ("", TOKEN[:-1], TOKEN.upper(), "%", TOKEN + "\0", f"!{a.SOURCE}", "'", "ы"):
        assert subscriptions.by_token(conn, other) is None


# -- what is to be asked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "is_pending"),
    [
        (a_subscription(state="found"), True),
        (a_subscription(state="asked", asked_at=a.NOW), False),
        (a_subscription(state="asked", asked_at=a.NOW - a.HOUR), True),
        (a_subscription(state="denied", asked_at=a.NOW - 59 * a.MINUTE), False),
        (a_subscription(state="denied", asked_at=a.NOW - a.HOUR), True),
        (a_subscription(state="failed", asked_at=a.NOW - a.HOUR), True),
        (active(asked_at=a.NOW - 7.9 * a.DAY, lease_until=a.NOW + 2.1 * a.DAY), False),
        (active(asked_at=a.NOW - 8 * a.DAY, lease_until=a.NOW + 2 * a.DAY), True),
        (active(asked_at=a.NOW, lease_until=a.NOW), True),
        (active(asked_at=a.NOW, lease_until=a.NOW - a.DAY), True),
        (active(asked_at=None), True),
        (a_subscription(state="ending"), True),
        (a_subscription(state="ending", asked_at=a.NOW), False),
    ],
)
def test_only_what_may_be_due_is_looked_at(
    conn: Connection, one: Subscription, is_pending: bool
) -> None:
    subscriptions.put(conn, one)
    assert pending(conn) == [a.SOURCE] * is_pending


@pytest.mark.parametrize("state", ["found", "asked", "active", "ending", "denied", "failed"])
def test_of_a_source_that_is_not_polled_only_what_a_hub_believes_is_pending(
    conn: Connection, state: Any
) -> None:
    subscriptions.put(conn, active(state=state))
    sources.settle(conn, [a.a_source(paused=True)], now=a.NOW)
    found = subscriptions.pending(conn, now=a.NOW + a.DAY, since=a.HOUR, limit=9)
    expected = [False] * (state in ("asked", "active", "ending"))
    assert [one.is_wanted for one in found] == expected


def test_those_just_found_come_after_those_that_wait(conn: Connection) -> None:
    subscriptions.put(conn, a_subscription("agency", state="found"))
    subscriptions.put(conn, a_subscription("other", state="asked", asked_at=a.NOW - a.DAY))
    subscriptions.put(conn, a_subscription("third", state="asked", asked_at=a.NOW - 2 * a.DAY))
    assert pending(conn) == ["third", "other", "agency"]
    assert pending(conn, limit=1) == ["third"]


# -- what came of it ----------------------------------------------------------------------------


def test_a_confirmed_subscription_is_active_and_forgets_its_failures(conn: Connection) -> None:
    asked = a_subscription(state="asked", asked_at=a.NOW, failures=3, reason="no")
    subscriptions.put(conn, asked)
    subscriptions.set_active(conn, a.SOURCE, lease_until=a.NOW + a.DAY)
    assert subscriptions.get(conn, a.SOURCE) == active(lease_until=a.NOW + a.DAY)
    assert subscriptions.pushes(conn, [a.SOURCE, "other"]) == {
        a.SOURCE: Push(lease_until=a.NOW + a.DAY)
    }


def test_a_refusal_is_counted_with_its_reason(conn: Connection) -> None:
    subscriptions.put(conn, active())
    later = a.NOW + a.HOUR
    subscriptions.set_denied(conn, a.SOURCE, reason="r" * 999, now=later)
    denied = subscriptions.get(conn, a.SOURCE)
    assert denied == active(
        state="denied", asked_at=later, lease_until=None, failures=1, reason="r" * 300
    )
    assert subscriptions.pushes(conn, [a.SOURCE]) == {}


def test_a_request_that_failed_leaves_an_active_subscription_active(conn: Connection) -> None:
    one = active(token=TOKEN)
    subscriptions.put(conn, one)
    subscriptions.set_failed(conn, a.SOURCE, token=TOKEN, reason="no")
    assert subscriptions.get(conn, a.SOURCE) == replace(one, failures=1, reason="no")
    subscriptions.put(conn, replace(one, state="asked"))
    subscriptions.set_failed(conn, a.SOURCE, token="another", reason="no")
    assert subscriptions.get(conn, a.SOURCE) == replace(one, state="asked")
    subscriptions.set_failed(conn, a.SOURCE, token=TOKEN, reason="no")
    assert subscriptions.get(conn, a.SOURCE) == replace(
        one, state="failed", failures=1, reason="no"
    )
    subscriptions.set_failed(conn, "other", token=TOKEN, reason="no")
    assert subscriptions.get(conn, "other") is None


def test_the_hub_of_a_paused_source_is_remembered_when_it_was_left(conn: Connection) -> None:
    subscriptions.put(conn, active())
    subscriptions.set_left(conn, a.SOURCE)
    assert subscriptions.get(conn, a.SOURCE) is None
    subscriptions.put(conn, active(state="ending"))
    sources.settle(conn, [a.a_source(paused=True)], now=a.NOW)
    subscriptions.set_left(conn, a.SOURCE)
    one = subscriptions.get(conn, a.SOURCE)
    assert one is not None
    assert (one.hub, one.topic, one.state, one.secret) == (HUB, TOPIC, "found", "")
    assert pending(conn) == []
    subscriptions.set_left(conn, "third")
    assert subscriptions.get(conn, "third") is None


# -- pushes -------------------------------------------------------------------------------------


def test_a_push_is_noted_and_known_again(conn: Connection) -> None:
    subscriptions.put(conn, active(failures=2, reason="no"))
    assert not subscriptions.has_pushed(conn, a.SOURCE, "d0")
    subscriptions.note_push(conn, a.SOURCE, "d0", now=a.NOW)
    assert subscriptions.has_pushed(conn, a.SOURCE, "d0")
    assert not subscriptions.has_pushed(conn, "other", "d0")
    assert not subscriptions.has_pushed(conn, a.SOURCE, "d")
    assert subscriptions.get(conn, a.SOURCE) == active(last_push_at=a.NOW)
    until = active().lease_until
    assert until is not None
    assert subscriptions.pushes(conn, [a.SOURCE])[a.SOURCE] == Push(
        lease_until=until, last_push_at=a.NOW
    )


def test_only_the_last_pushes_are_known_again(conn: Connection) -> None:
    for n in range(70):
        subscriptions.note_push(conn, a.SOURCE, f"d{n}", now=a.NOW)
    known = [n for n in range(70) if subscriptions.has_pushed(conn, a.SOURCE, f"d{n}")]
    assert known == list(range(6, 70))


def test_an_ignored_push_is_counted(conn: Connection) -> None:
    subscriptions.put(conn, active())
    for _ in range(3):
        subscriptions.note_ignored(conn, a.SOURCE, reason="unsigned")
    assert subscriptions.get(conn, a.SOURCE) == active(failures=3, reason="unsigned")


# -- the inbox ----------------------------------------------------------------------------------


def add(conn: Connection, body: bytes, slug: str = a.SOURCE, most: int = 1000) -> bool:
    return inbox.add(conn, slug, content_type="text/xml", body=body, most_bytes=most, now=a.NOW)


def bodies(conn: Connection, slug: str = a.SOURCE, **more: Any) -> list[bytes]:
    return [one.body for one in inbox.of(conn, slug, **more)]


def test_what_came_is_read_in_its_order_as_it_came(conn: Connection) -> None:
    raw = bytes(range(256))
    assert add(conn, raw)
    assert add(conn, b"second")
    assert add(conn, b"elsewhere", "other")
    first = inbox.of(conn, a.SOURCE)[0]
    assert (first.source, first.at, first.content_type) == (a.SOURCE, a.NOW, "text/xml")
    assert bodies(conn) == [raw, b"second"]
    assert bodies(conn, limit=1) == [raw]
    assert inbox.waiting(conn, limit=9) == (a.SOURCE, "other")
    assert inbox.waiting(conn, limit=1) == (a.SOURCE,)


def test_only_what_was_read_is_removed(conn: Connection) -> None:
    for body in (b"1", b"2", b"3"):
        add(conn, body)
    read = inbox.of(conn, a.SOURCE, limit=2)
    add(conn, b"4")
    inbox.remove(conn, [one.id for one in read])
    assert bodies(conn) == [b"3", b"4"]
    inbox.remove(conn, [])
    inbox.remove(conn, [one.id for one in inbox.of(conn, a.SOURCE)])
    assert inbox.waiting(conn, limit=9) == ()


def test_a_full_inbox_takes_nothing_more_and_loses_nothing(conn: Connection) -> None:
    taken = [add(conn, b"%d" % n) for n in range(20)]
    assert taken == [True] * 16 + [False] * 4
    assert bodies(conn) == [b"%d" % n for n in range(16)]
    assert add(conn, b"elsewhere", "other")
    inbox.remove(conn, [inbox.of(conn, a.SOURCE)[0].id])
    assert add(conn, b"20")


def test_the_bytes_that_wait_are_bounded_too(conn: Connection) -> None:
    assert add(conn, "ы".encode() * 25, most=100)
    assert add(conn, b"x" * 50, most=100)
    assert not add(conn, b"x", most=100)
    assert not add(conn, b"x" * 101, "other", most=100)
    assert add(conn, b"x" * 100, "other", most=100)


def test_what_came_for_a_source_that_is_not_polled_waits_until_it_is_again(
    conn: Connection,
) -> None:
    add(conn, b"1")
    add(conn, b"2", "other")
    sources.settle(conn, [a.a_source("other")], now=a.NOW)
    assert inbox.waiting(conn, limit=9) == ("other",)
    sources.settle(conn, [a.a_source("other"), a.a_source()], now=a.NOW)
    assert inbox.waiting(conn, limit=9) == (a.SOURCE, "other")
    assert bodies(conn) == [b"1"]
