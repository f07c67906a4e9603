"""What is done beside polling: pushes are read, old lines cleared, overdue polls spread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from feedhub.chores import Chores, Means
from feedhub.core.history import recall
from feedhub.model import Failed, FetchSettings, Settings, Source
from feedhub.recovery import spread_overdue
from feedhub.store import Store, inbox, polls, schema, sources, subscriptions
from feedhub.store.polls import LoggedPoll
from feedhub.store.subscriptions import Subscription
from feedhub.tools import Tools
from feedhub.writer import Writer
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOW
from tests.e2e.documents import Note, rss
from tests.flows.test_ingest import fetched, poll_once, river, state_of

TOPIC = "https://agency.example/feed.xml"
SOURCE = builders.a_source()


def a_note(n: int) -> Note:
    return Note(title=f"Озеро {n}", url=f"https://agency.example/{n}", published=NOW - n * MINUTE)


def subscribed(store: Store) -> None:
    with store.write() as conn:
        subscriptions.put(
            conn,
            Subscription(
                source="agency",
                hub="https://hub.example/",
                topic=TOPIC,
                token="t" * 43,
                secret="s",
                state="active",
                asked_at=NOW,
                lease_until=NOW + 10 * DAY,
            ),
        )


def pushed(store: Store, body: bytes) -> None:
    with store.write() as conn:
        inbox.add(conn, "agency", content_type="text/xml", body=body, most_bytes=10**7, now=NOW)


def do_chores(
    store: Store, settings: Settings, *, now: Callable[[], datetime] = lambda: NOW
) -> None:
    async def work() -> None:
        writer = Writer()
        tools = await Tools.open(FetchSettings(), "{}", "", now=now)
        chores = Chores(store, writer, now)
        flow = river(store, now=now(), writer=writer)
        chores.start_due(Means(settings=settings, tools=tools, river=flow, owner="me"))
        await chores.close(30)
        await tools.close()
        await asyncio.to_thread(writer.close)

    asyncio.run(asyncio.wait_for(work(), 60))


def with_sources(*some: Source, **more: Any) -> Settings:
    return builders.settings(sources=some or (SOURCE,), **more)


def test_what_a_hub_pushed_is_stored_and_changes_nothing_that_polls_go_by(store: Store) -> None:
    poll_once(store, fetched(rss([a_note(1)]), url=TOPIC))
    subscribed(store)
    before = state_of(store)
    pushed(store, rss([a_note(2)]))
    pushed(store, b"<html>no feed</html>")
    do_chores(store, with_sources())
    after = state_of(store)
    assert recall(after.memory, now=NOW).by_day[0] == 2
    with store.read() as conn:
        assert inbox.of(conn, "agency") == ()
        assert sources.owners(conn) == ()
    kept = ("validators", "body_hash", "next_poll_at", "failures", "error", "last_document_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def test_a_push_for_a_source_that_is_gone_is_dropped(store: Store) -> None:
    poll_once(store, fetched(rss([a_note(1)]), url=TOPIC))
    subscribed(store)
    pushed(store, rss([a_note(2)]))
    do_chores(store, with_sources(builders.a_source("other")))
    with store.read() as conn:
        assert inbox.waiting(conn, limit=9) == ()
    assert recall(state_of(store).memory, now=NOW).by_day[0] == 1


def test_a_push_waits_while_its_source_is_being_polled(store: Store) -> None:
    poll_once(store, fetched(rss([a_note(1)]), url=TOPIC))
    subscribed(store)
    pushed(store, rss([a_note(2)]))
    with store.write() as conn:
        sources.claim_named(conn, ["agency"], owner="another", now=NOW, lease=HOUR)
    do_chores(store, with_sources())
    with store.read() as conn:
        assert inbox.waiting(conn, limit=9) == ("agency",)


def test_lines_of_the_log_are_cleared_when_they_are_old_enough(store: Store) -> None:
    with store.write() as conn:
        builders.add_sources(conn, "agency")
        lines = (NOW - 31 * DAY, NOW - 29 * DAY)
        polls.add(conn, [LoggedPoll(source="agency", at=at, outcome="fetched") for at in lines])
    do_chores(store, with_sources())
    with store.read() as conn:
        assert [line.at for line in polls.of(conn, "agency", limit=9)] == [NOW - 29 * DAY]


def test_after_a_stop_known_sources_are_spread_and_new_ones_are_not(store: Store) -> None:
    slugs = [f"s{n:03}" for n in range(200)]
    with store.write() as conn:
        builders.add_sources(conn, *slugs, "new")
        conn.execute(
            schema.source.update().values(
                last_poll_at=int((NOW - DAY).timestamp()),
                next_poll_at=int((NOW - HOUR).timestamp()),
            )
        )
        conn.execute(
            schema.source.update().where(schema.source.c.slug == "new").values(last_poll_at=None)
        )
    settings = with_sources(*(builders.a_source(slug) for slug in (*slugs, "new")))
    assert spread_overdue(store, settings, now=NOW) == 200
    with store.read() as conn:
        states = sources.states(conn, [*slugs, "new"])
    times = sorted(state.next_poll_at or NOW for state in states.values())
    assert states["new"].next_poll_at == NOW - HOUR
    assert (times[1], times[-1] > NOW + 5 * MINUTE) == (NOW, True)
    assert times[-1] < NOW + 15 * MINUTE


def test_nothing_is_told_or_asked_of_anybody_where_nobody_is_named(
    store: Store, tmp_path: Path
) -> None:
    failed = Failed(kind="hard", message="Nothing is at this address (404).", status=404)
    poll_once(store, failed)
    do_chores(store, with_sources())
    with store.read() as conn:
        assert subscriptions.get(conn, "agency") is None
