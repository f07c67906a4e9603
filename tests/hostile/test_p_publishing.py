"""P01, P04, P07: what is published is whole, says our own address, and does not feed on itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.commands import Service, free_port, service, wait_for
from tests.hostile.siege import BEFORE, World, broken, good, publish, world
from tests.validity import PROBLEMS

BASE = "https://hub.example/news"
EVIL = "evil.example"
ASKED = (
    {"Host": EVIL},
    {"Host": f"{EVIL}:443"},
    {"Host": "evil.example/a"},
    {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "gopher", "X-Forwarded-Prefix": "/evil"},
    {"Forwarded": f"host={EVIL};proto=gopher"},
    {"X-Original-URL": "/evil", "X-Rewrite-URL": "/evil", "X-Host": EVIL, "X-Forwarded-Port": "1"},
    {"Referer": f"http://{EVIL}/", "Origin": f"http://{EVIL}", "Via": EVIL},
)
QUERIES = ("?", "?&&&", "?utm_source=x", "?a[]=1&a[]=2", "?q=" + "x" * 4000)
RING_SECONDS = 12


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("publishing")
    with world(folder, site=f"base_url: {BASE}") as place:
        place.add("agency")
        place.server.put("/agency", good("agency"))
        place.poll()
        with service(place.config, "--no-poll") as started:
            yield started


@pytest.mark.parametrize("headers", ASKED, ids=map(str, range(len(ASKED))))
def test_links_come_from_the_configuration_only(running: Service, headers: dict[str, str]) -> None:
    for path in ("/", "/feed.rss", "/feed.atom", "/feed.json", "/sources/opml.xml", "/sources"):
        plain = running.get(path, {"Host": "hub.example"})
        got = running.get(path, {"Host": "hub.example"} | headers)
        assert EVIL not in got.text + str(got.headers), path
        assert "gopher" not in got.text
        if got.status != 400:  # a host that is none may be refused instead
            assert (got.status, got.body) == (plain.status, plain.body), path
            assert got.headers.get("etag") == plain.headers.get("etag")
            assert got.headers.get("location") == plain.headers.get("location")


@pytest.mark.parametrize("query", QUERIES, ids=map(str, range(len(QUERIES))))
def test_an_odd_query_is_the_same_feed(running: Service, query: str) -> None:
    for fmt in PROBLEMS:
        got = running.get(f"/feed.{fmt}{query}")
        assert got.status == 200
        assert got.body == running.get(f"/feed.{fmt}").body
        assert PROBLEMS[fmt](got.body) == []
        assert BASE.encode() in got.body


def stable(place: World, running: Service, seconds: float) -> list[int]:
    """Return the numbers of stored entries seen while the time passes."""
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        seen.append(place.query("SELECT count(*) AS n FROM entry")[0]["n"])
        assert running.answers()
        time.sleep(0.25)
    return seen


def test_our_own_feed_as_a_source_does_not_grow(tmp_path: Path) -> None:
    port = free_port()
    with world(tmp_path, private=(f"127.0.0.1:{port}",)) as place:
        place.add("agency", more=", every: 1s")
        place.server.put("/agency", good("agency"))
        for fmt in PROBLEMS:
            url = f"http://127.0.0.1:{port}/feed.{fmt}"
            place.sources[f"own-{fmt}"] = f"url: '{url}', every: 1s"
        with service(place.write(), port=port) as running:
            wait_for("the agency", lambda: place.database.exists() and place.titles("agency"))
            counts = stable(place, running, RING_SECONDS)
        assert place.titles("agency") == list(BEFORE)
        assert counts[-1] == counts[len(counts) // 2], f"it grows: {counts}"
        assert counts[-1] <= 2 * (1 + len(PROBLEMS))
        assert list(broken(publish(place, place.sources))) == []


@pytest.mark.soak
def test_two_hubs_in_a_ring_do_not_grow(tmp_path: Path) -> None:
    ports = (free_port(), free_port())
    with ExitStack() as held:
        places, running = [], []
        for n, port in enumerate(ports):
            folder = tmp_path / str(n)
            folder.mkdir()
            place = held.enter_context(
                world(
                    folder,
                    private=tuple(f"127.0.0.1:{one}" for one in ports),
                    site=f"base_url: https://hub{n}.example",
                )
            )
            place.add("agency", more=", every: 1s")
            place.server.put("/agency", good(f"agency{n}"))
            other = f"http://127.0.0.1:{ports[1 - n]}/feed.atom"
            place.sources["other"] = f"url: '{other}', every: 1s"
            places.append(place)
            running.append(held.enter_context(service(place.write(), port=port)))
        wait_for("the other hub's entries", lambda: all(p.titles("other") for p in places))
        stable(places[0], running[0], RING_SECONDS / 3)
        for place, one in zip(places, running, strict=True):
            counts = stable(place, one, RING_SECONDS / 2)
            assert counts[-1] == counts[0], f"it grows: {counts}"
            assert counts[-1] <= 8
