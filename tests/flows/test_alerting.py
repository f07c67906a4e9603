"""People are told of what matters once, in plain sentences with a link, and never in a storm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import pytest
from sqlalchemy import delete, select

from feedhub.alerting import look, outbox
from feedhub.alerting.telling import PAUSE, Record, record_from_json
from feedhub.model import Fault
from feedhub.store import Connection, Store, alerts, facts, schema, sources
from tests import builders as a
from tests.flows.watching import Portal

MANY = tuple(f"agency-{number:03}" for number in range(300))


# -- sources ------------------------------------------------------------------------------------


def test_a_source_that_breaks_is_told_once_with_what_to_do_and_where_to_look(store: Store) -> None:
    portal = Portal(store, "lakes")
    assert portal.polls_and_looks("lakes", 3) == []
    told = portal.polls_and_looks("lakes", 3, "certificate")
    assert told == [
        (
            "Ведомство lakes: сертификат не принимается с 18:00; повтор в ближайшее время. "
            "Если издателю можно верить, добавьте его корневой и промежуточный сертификаты файлом "
            "PEM в ca_bundle источника.\nhttps://news.example/sources/lakes/"
        )
    ]
    assert portal.polls_and_looks("lakes", 30, "certificate") == []
    assert portal.polls_and_looks("lakes", 5) == [
        "Ведомство lakes: снова читается.\nhttps://news.example/sources/lakes/"
    ]
    assert portal.polls_and_looks("lakes", 60) == []


def test_messages_speak_the_language_of_the_site(store: Store) -> None:
    portal = Portal(store, "lakes", language="en")
    (told,) = portal.polls_and_looks("lakes", 3, "empty")
    assert told.startswith("Ведомство lakes: an empty answer comes instead of the feed since ")
    assert "Check the address of the feed.\nhttps://news.example/sources/lakes/" in told


def test_two_sources_that_break_at_once_are_told_one_by_one(store: Store) -> None:
    portal = Portal(store, "lakes", "woods", "rivers")
    told = portal.polls_and_looks(("lakes", "woods"), 3, "page")
    assert [text.partition(":")[0] for text in told] == ["Ведомство lakes", "Ведомство woods"]


def test_many_at_once_are_one_message_that_leads_to_all_sources(store: Store) -> None:
    portal = Portal(store, *MANY)
    (told,) = portal.polls_and_looks(MANY, 3, "page")
    assert told.startswith("Перестали читаться 300 источников: Ведомство agency-000, ")
    assert told.endswith("и ещё 295.\nhttps://news.example/sources/")


def test_silence_is_told_with_what_is_usual(store: Store) -> None:
    portal = Portal(store, "lakes")
    for _ in range(20):
        portal.poll("lakes", listed=(portal.now,) * 4, newest_published=portal.now)
        portal.look(a.DAY)
    last = portal.now - a.DAY
    told = portal.polls_and_looks("lakes", 5, newest_published=last, gap=a.DAY)
    assert len(told) == 1
    assert told[0].startswith("Ведомство lakes: молчит 4 дня, обычно 4 новости в день. ")


def test_a_source_without_a_message_is_not_written(store: Store) -> None:
    portal = Portal(store, "lakes")
    portal.polls_and_looks("lakes", 3)
    assert stored(store) == {}
    portal.polls_and_looks("lakes", 1, "page")
    assert '"broken",false' in stored(store)["lakes"]


def stored(store: Store) -> dict[str, str]:
    with store.read() as conn:
        rows = conn.execute(select(schema.alert))
        return {row.source: row.state for row in rows}


@pytest.mark.parametrize("change", ["paused", "removed", "row gone"])
def test_a_source_at_rest_is_forgotten_and_not_said_to_be_well(store: Store, change: str) -> None:
    portal = Portal(store, "lakes", "woods")
    assert len(portal.polls_and_looks("lakes", 3, "page")) == 1
    rest = replace(portal.settings.sources[0], paused=True)
    kept = (rest,) if change == "paused" else ()
    portal.settings = replace(portal.settings, sources=(*kept, portal.settings.sources[1]))
    with store.write() as conn:
        sources.settle(conn, portal.settings.sources, now=portal.now)
        if change == "row gone":
            conn.execute(delete(schema.source).where(schema.source.c.slug == "lakes"))
    assert [portal.look(a.DAY) for _ in range(4)] == [()] * 4
    assert stored(store) == {}
    assert told_of(store) == {}


def told_of(store: Store) -> dict[str, frozenset[str]]:
    with store.read() as conn:
        return dict(record_from_json(facts.get(conn, alerts.TOLD) or "").states)


def test_what_began_and_ended_before_it_could_be_told_is_not_told(store: Store) -> None:
    portal = Portal(store, "lakes", "woods")
    assert len(portal.polls_and_looks("lakes", 3, "page", gap=a.MINUTE)) == 1
    # the next message has to wait for ten minutes
    assert portal.polls_and_looks("woods", 3, "page", gap=a.MINUTE) == []
    assert told_of(store) == {"source:lakes": frozenset({"broken"})}
    assert portal.polls_and_looks("woods", 3, gap=a.MINUTE) == []
    assert portal.polls_and_looks("woods", 30, gap=a.MINUTE) == []


def test_what_has_to_wait_is_told_together(store: Store) -> None:
    portal = Portal(store, "lakes", "woods", "rivers")
    portal.polls_and_looks("lakes", 3, "page", gap=a.MINUTE)
    assert portal.polls_and_looks("woods", 3, "page", gap=a.MINUTE) == []
    told = portal.polls_and_looks(("rivers", "woods"), 9, "page", gap=a.MINUTE)
    assert [text.partition(":")[0] for text in told] == ["Ведомство rivers", "Ведомство woods"]


def test_the_more_was_told_in_a_day_the_longer_the_next_message_waits(store: Store) -> None:
    portal = Portal(store, "lakes")
    with store.write() as conn:
        at = tuple(portal.now - number * a.HOUR for number in range(12))
        facts.put(conn, alerts.TOLD, Record(at=at).to_json())
    assert portal.polls_and_looks("lakes", 3, "page", gap=PAUSE) == []
    waited = 0
    while not portal.look(PAUSE):
        waited += 1
    assert 8 <= waited + 3 <= 12


def test_without_addresses_an_alert_is_still_a_state_and_no_message_waits(store: Store) -> None:
    portal = Portal(store, "lakes", alerts=())
    portal.polls_and_looks("lakes", 3, "page")
    with store.read() as conn:
        assert facts.get(conn, alerts.OUTBOX) is None


def test_a_second_look_within_half_a_minute_does_nothing(store: Store) -> None:
    portal = Portal(store, "lakes")
    portal.polls_and_looks("lakes", 2, "page")
    portal.poll("lakes", "page")
    portal.look()
    before = stored(store)
    portal.poll("lakes")
    portal.poll("lakes")
    assert portal.look(a.MINUTE / 3) == ()
    assert stored(store) == before


def test_of_two_pollers_that_look_at_once_one_tells(store: Store) -> None:
    portal = Portal(store, "lakes")
    portal.polls_and_looks("lakes", 2, "page")
    portal.poll("lakes", "page")
    portal.now += a.MINUTE
    told: list[tuple[str, ...]] = []

    class Slower:
        """The same store for a poller that comes to writing after another one has looked."""

        read = store.read

        @contextmanager
        def write(self) -> Iterator[Connection]:
            told.append(look(store, portal.settings, now=portal.now))
            with store.write() as conn:
                yield conn

    told.append(look(cast(Store, Slower()), portal.settings, now=portal.now))
    assert [len(said) for said in told] == [1, 0]
    with store.read() as conn:
        (waiting,) = outbox.from_json(facts.get(conn, alerts.OUTBOX) or "").values()
    assert len(waiting.messages) == 1


def test_a_clock_that_was_set_back_does_not_stop_the_looks(store: Store) -> None:
    portal = Portal(store, "lakes")
    portal.look()
    portal.now -= 10 * a.DAY
    assert len(portal.polls_and_looks("lakes", 3, "page")) == 1


# -- the site -----------------------------------------------------------------------------------

TEN = tuple(f"agency-{number}" for number in range(10))


def test_our_own_outage_is_one_message_and_one_when_it_is_over(store: Store) -> None:
    portal = Portal(store, *TEN)
    portal.polls_and_looks(TEN, 3, gap=10 * a.MINUTE)
    told = portal.polls_and_looks(TEN, 12, "unreachable", gap=10 * a.MINUTE)
    assert told == [
        (
            "Портал: похоже, у нас нет связи: не отвечают 10 из 10 опрошенных источников. "
            "Проверьте сеть, прокси и DNS этого сервера."
        )
    ]
    told = portal.polls_and_looks(TEN, 12, gap=10 * a.MINUTE)
    assert told == ["Портал: связь восстановлена."]
    assert stored(store) == {}


def test_an_outage_goes_on_while_too_few_are_asked_to_see_it(store: Store) -> None:
    portal = Portal(store, *TEN)
    portal.polls_and_looks(TEN, 6, "unreachable", gap=10 * a.MINUTE)
    for number in range(20):  # sources that fail are asked ever more seldom
        portal.poll(TEN[number % 10], "unreachable")
        assert portal.look(20 * a.MINUTE) == ()
    assert portal.polls_and_looks(TEN, 12, gap=10 * a.MINUTE) == ["Портал: связь восстановлена."]


def test_sources_that_failed_in_our_outage_are_not_blamed_after_it(store: Store) -> None:
    portal = Portal(store, *TEN)
    portal.polls_and_looks(TEN, 8, "unreachable", gap=10 * a.MINUTE)
    told = portal.polls_and_looks(TEN[:5], 30, gap=10 * a.MINUTE)  # the others wait for a day
    assert told == ["Портал: связь восстановлена."]
    told = portal.polls_and_looks(TEN[5:], 3, "unreachable", gap=30 * a.MINUTE)
    assert told == []


def test_a_source_that_answers_with_a_refusal_is_told_of_in_an_outage_too(store: Store) -> None:
    portal = Portal(store, *TEN)
    told: list[str] = []
    for _ in range(12):
        portal.poll(TEN[1:], "unreachable")
        portal.poll(TEN[0], "blocked")
        told += portal.look(10 * a.MINUTE)
    assert [text.partition(":")[0] for text in told] == ["Портал", "Ведомство agency-0"]


# -- our lists ----------------------------------------------------------------------------------


def publish(portal: Portal, days: int, section: str) -> None:
    """Store four entries a day, the last of them now."""
    with portal.store.write() as conn:
        a.add_sources(conn)
        a.write(
            conn,
            *(
                a.an_insert(
                    identity=f"{section} {number}",
                    section=section,
                    published=portal.now - number * a.DAY / 4,
                )
                for number in range(days * 4)
            ),
        )


def test_a_list_that_stopped_changing_is_told_once_and_when_it_goes_on(store: Store) -> None:
    portal = Portal(store, a.SOURCE)
    publish(portal, 30, "news")
    publish(portal, 30, "events")
    told: list[str] = []
    for day in range(8):
        with store.write() as conn:
            entry = a.an_entry(f"fresh {day}", section="events", published=portal.now)
            a.write(conn, a.an_insert(entry))
        for _ in range(24):
            told += portal.look(a.HOUR)
    assert told == [
        (
            "Лента «Новости» не меняется 3 дня, обычно 4 новости в день. Проверьте её источники.\n"
            "https://news.example/sections/news/"
        )
    ]
    publish_one(portal, "news")
    assert [text for _ in range(10) for text in portal.look(a.HOUR)] == [
        "Лента «Новости» снова меняется.\nhttps://news.example/sections/news/"
    ]


def publish_one(portal: Portal, section: str) -> None:
    with portal.store.write() as conn:
        entry = a.an_entry(f"one more at {portal.now}", section=section, published=portal.now)
        a.write(conn, a.an_insert(entry))


def test_when_nothing_at_all_changes_one_message_is_enough(store: Store) -> None:
    portal = Portal(store, a.SOURCE, language="en")
    publish(portal, 30, "news")
    publish(portal, 30, "events")
    told = [text for _ in range(24 * 8) for text in portal.look(a.HOUR)]
    assert told == [
        (
            "The feed «Everything» has not changed for 3 days, usually 8 entries a day. "
            "Look at its sources.\nhttps://news.example/"
        )
    ]


def test_a_portal_without_entries_is_not_told_of(store: Store) -> None:
    portal = Portal(store)
    assert [portal.look(a.DAY) for _ in range(40)] == [()] * 40


# -- what a flapping network does ---------------------------------------------------------------

EVERY = (20, 30, 60, 60, 120)
"""Minutes between the polls of one source or another."""


def network(number: int, minute: int) -> Fault | None:
    """Return how a poll fails while our network is down: a third of the time, in pieces."""
    is_down = a.Dice(f"network {minute // 20}").roll(3) == 0
    return "unreachable" if is_down and a.Dice(f"{number} {minute}").roll(10) < 9 else None


def network_and_agencies(number: int, minute: int) -> Fault | None:
    """Return the same, where every agency has a failure of its own on one day in four."""
    own = a.Dice(f"agency {number} {minute // 240}")
    own_fault: Fault | None = own.pick(("page", "blocked", "unreachable"))
    return network(number, minute) or (own_fault if own.roll(25) == 0 else None)


@pytest.mark.parametrize(
    ("weather", "notifications", "sentences"),
    [(network, 8, 16), (network_and_agencies, 34, 120)],
)
def test_two_days_of_a_flapping_network_over_300_sources_are_no_storm(
    sqlite_store: Store,
    record_property: Callable[[str, object], None],
    weather: Callable[[int, int], Fault | None],
    notifications: int,
    sentences: int,
) -> None:
    portal = Portal(sqlite_store, *MANY)
    start, polled, failed, told = portal.now, 0, 0, []
    for minute in range(0, 2 * 24 * 60, 10):
        portal.now = start + minute * a.MINUTE
        polls: dict[Fault | None, list[str]] = {}
        for number, slug in enumerate(MANY):
            if (minute // 10 + number) % (EVERY[number % 5] // 10) == 0:
                polls.setdefault(weather(number, minute), []).append(slug)
        for fault, slugs in polls.items():
            portal.poll(slugs, fault)
        polled += sum(map(len, polls.values()))
        failed += polled_and_failed(polls)
        told.append(portal.look(a.MINUTE))
    told = [said for said in told if said]
    record_property(
        "table",
        f"alerts, 300 sources, two days, {weather.__name__}: {polled} polls, {failed} failed, "
        f"{len(told)} notifications with {sum(map(len, told))} sentences",
    )
    assert failed > 5000
    assert 1 <= len(told) <= notifications
    assert sum(map(len, told)) <= sentences
    assert max(map(len, told)) <= 20


def polled_and_failed(polls: dict[Fault | None, list[str]]) -> int:
    return sum(len(slugs) for fault, slugs in polls.items() if fault)
