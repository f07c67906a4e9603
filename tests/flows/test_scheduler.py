"""The poller: who polls what, following changes while polls are under way, and stopping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from feedhub import clock
from feedhub.config.live import LiveSettings
from feedhub.model import PollReport
from feedhub.scheduler import LEASE, Poller, one_round
from feedhub.store import Store, facts, sources
from tests import databases
from tests.e2e.commands import write_config
from tests.e2e.documents import Note, instant, rss
from tests.e2e.server import Server

FEED = rss([Note(title="Озеро замёрзло", url="https://a.example/1", published=instant(5))])


def configured(folder: Path, server: Server, *paths: str, **more: str) -> LiveSettings:
    config = write_config(
        folder,
        private=[server.place],
        sources="\n".join(
            f"{{slug: {path.strip('/')}, url: '{server.url(path)}'}}" for path in paths
        ),
        **more,
    )
    return LiveSettings(config, {})


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(work(), 60))


def clock_ahead(by: timedelta) -> datetime:
    return clock.now() + by


async def until(look: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not look():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def test_a_round_polls_what_is_due_and_only_that(store: Store, tmp_path: Path) -> None:
    with Server() as server:
        server.put("/a", FEED)
        server.put("/b", FEED)
        live = configured(tmp_path, server, "/a", "/b")

        async def rounds() -> list[list[str]]:
            found = []
            for slugs in (None, None, ["b"]):
                done = await one_round(store, live, slugs, now=clock.now)
                found.append(sorted(report.source for report in done.polls))
            return found

        assert run(rounds) == [["a", "b"], [], ["b"]]
        assert (server.count("/a"), server.count("/b")) == (1, 2)


def test_two_pollers_on_one_database_share_and_never_repeat(
    postgres_url: str, tmp_path: Path
) -> None:
    paths = tuple(f"/s{n}" for n in range(12))
    with (
        Server() as server,
        databases.new_database(postgres_url) as url,
        databases.opened(url) as one,
        databases.opened(url) as two,
    ):
        for path in paths:
            server.put(path, FEED)
        live = configured(tmp_path, server, *paths)

        async def both() -> list[tuple[PollReport, ...]]:
            async with Poller(one, live) as first, Poller(two, live) as second:
                await first.settle()
                await second.settle()
                return list(await asyncio.gather(first.round_now(), second.round_now()))

        polled = [report.source for reports in run(both) for report in reports]
        assert sorted(polled) == sorted(path.strip("/") for path in paths)
        assert [server.count(path) for path in paths] == [1] * 12


def test_the_lease_of_a_dead_poller_runs_out(store: Store, tmp_path: Path) -> None:
    with Server() as server:
        server.put("/a", FEED)
        live = configured(tmp_path, server, "/a")

        async def rounds() -> list[int]:
            await one_round(store, live, ["none"], now=clock.now)
            with store.write() as conn:
                sources.claim(conn, owner="dead", now=clock.now(), lease=LEASE, limit=9)
            found = []
            for later in (timedelta(), LEASE - timedelta(seconds=30), LEASE):
                ahead = partial(clock_ahead, later)
                found.append(len((await one_round(store, live, None, now=ahead)).polls))
            return found

        assert run(rounds) == [0, 0, 1]


def test_a_poll_under_way_outlives_a_change_of_the_configuration(
    sqlite_store: Store, tmp_path: Path
) -> None:
    store = sqlite_store
    with Server() as server:
        server.put("/a", mode="hang")
        server.put("/b", FEED)
        live = configured(tmp_path, server, "/a")

        async def change() -> None:
            stop = asyncio.Event()
            async with Poller(store, live) as poller:
                running = asyncio.create_task(poller.run(stop))
                await until(lambda: server.count("/a"))
                configured(tmp_path, server, "/a", "/b", tags="{name: озеро}", fetch="per_host: 3")
                await until(lambda: server.count("/b"))
                server.put("/a", FEED)
                server.stopping.set()  # lets go of those that hang
                await until(lambda: not state_of(store, "b").error and entries(store))
                stop.set()
                await running

        run(change)
        assert state_of(store, "b").error == ""
        assert "closed" in state_of(store, "a").error  # the server's doing, not ours
        assert "Session" not in state_of(store, "a").error


def state_of(store: Store, slug: str) -> Any:
    with store.read() as conn:
        return sources.states(conn, [slug])[slug]


def entries(store: Store) -> int:
    with store.read() as conn:
        return facts.count(conn, "home")


def test_stopping_lets_go_of_everything_in_time(sqlite_store: Store, tmp_path: Path) -> None:
    store = sqlite_store
    with Server() as server:
        server.put("/a", mode="hang")
        live = configured(tmp_path, server, "/a")

        async def stopped() -> float:
            stop = asyncio.Event()
            async with Poller(store, live) as poller:
                running = asyncio.create_task(poller.run(stop))
                await until(lambda: server.count("/a"))
                stop.set()
                began = time.monotonic()
                await running
            return time.monotonic() - began

        assert run(stopped) < 8
    with store.write() as conn:
        held = sources.claim(conn, owner="next", now=clock.now(), lease=LEASE, limit=9)
    assert [state.slug for state in held] == ["a"]
    assert held[0].failures == 0


def test_the_service_shows_that_it_ticks(sqlite_store: Store, tmp_path: Path) -> None:
    with Server() as server:
        server.put("/a", FEED)
        live = configured(tmp_path, server, "/a")

        async def ticking() -> None:
            stop = asyncio.Event()
            async with Poller(sqlite_store, live) as poller:
                running = asyncio.create_task(poller.run(stop))
                await until(lambda: entries(sqlite_store))
                stop.set()
                await running

        run(ticking)
    with sqlite_store.read() as conn:
        beat = facts.get(conn, facts.HEARTBEAT)
    assert beat is not None
    assert abs(clock.now().timestamp() - float(beat)) < 60


@pytest.mark.parametrize("fault", ["configuration", "articles"])
def test_a_step_of_the_tick_that_breaks_stops_no_other(
    sqlite_store: Store, tmp_path: Path, fault: str
) -> None:
    with Server() as server:
        server.put("/a", FEED)
        live = configured(tmp_path, server, "/a")

        async def ticking() -> None:
            stop = asyncio.Event()
            async with Poller(sqlite_store, live) as poller:
                running = asyncio.create_task(poller.run(stop))
                await until(lambda: entries(sqlite_store))
                if fault == "configuration":
                    (tmp_path / "config.yaml").unlink()
                else:
                    (tmp_path / "articles").symlink_to(tmp_path / "articles")
                asked = server.count("/a")
                with sqlite_store.write() as conn:
                    sources.make_due(conn, ["a"], now=clock.now())
                await until(lambda: server.count("/a") > asked)
                stop.set()
                await running

        run(ticking)
