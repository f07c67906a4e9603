"""T04, T06, T07, T09 to T11, R09, R16 in their own time: weeks of failures, crowds, single flight."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.commands import by_source, environment, feedhub
from tests.hostile.days import DAY, Days, days
from tests.hostile.server import Reply
from tests.hostile.siege import BEFORE, FRESH, World, good, world

CLICKS = 4
MANY = 1000
STEP = timedelta(hours=8)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, fetch="per_host: 2") as made:
        yield made


@pytest.fixture
def going(place: World) -> Iterator[Days]:
    place.add("agency")
    place.add("control")
    place.server.put("/agency", good("agency"))
    place.server.put("/control", good("control"))
    with days(place) as going:
        yield going


def fails(status: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=b"x", content_type="text/plain")


WEEKS = {
    "gone": fails("410 Gone"),
    "missing": fails("404 Not Found"),
    "forbidden": fails("403 Forbidden"),
    "login": fails("401 Unauthorized"),
    "failing": fails("500 Internal Server Error"),
    "hanging-up": Reply(manner="hang up"),
}


@pytest.mark.soak
def test_weeks_of_failures_slow_polling_down_to_a_day_and_never_end_it(place: World) -> None:
    for slug in WEEKS:
        place.add(slug)
        place.server.put(f"/{slug}", good(slug))
    with days(place) as going:
        going.round()
        place.server.put_all(WEEKS)
        waits = weeks_of(going, 21)
        kept = {slug: place.titles(slug) for slug in WEEKS}
        place.server.put_all({slug: good(slug, FRESH) for slug in WEEKS})
        going.now = max(going.due(slug) for slug in WEEKS)
        recovered = going.round()
        for slug, waited in waits.items():
            # a tenth is jitter, made of the slug: sources that fail together part again
            assert max(waited) <= DAY * 1.1, slug
            assert waited[-1] > 4 * waited[0], slug
            assert kept[slug] == list(BEFORE)
            assert recovered[slug].new == 1
            assert place.state(slug)["failures"] == 0
            assert going.due(slug) - going.now < timedelta(hours=8)
    assert max(waits["gone"]) > DAY * 0.9
    assert len({waited[-1] for waited in waits.values()}) == len(waits)


def weeks_of(going: Days, days: int) -> dict[str, list[timedelta]]:
    """Let days go by, a round every few hours or later; return every wait that was set."""
    end = going.now + days * DAY
    waits: dict[str, list[timedelta]] = {slug: [] for slug in WEEKS}
    while going.now < end:
        for slug in going.round():
            waits[slug].append(going.due(slug) - going.now)
            assert going.place.state(slug)["is_active"]
        going.now = max(going.now + STEP, min(going.due(slug) for slug in WEEKS))
    return waits


@pytest.mark.parametrize("kind", ["seconds", "date"])
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_not_one_request_comes_before_the_time_a_server_named(
    going: Days, status: str, kind: str
) -> None:
    going.round()
    later = going.now + timedelta(hours=5)
    date = later.strftime("%a, %d %b %Y %H:%M:%S GMT")
    going.place.server.put(
        "/agency", fails(status, Retry_After=str(5 * 3600) if kind == "seconds" else date)
    )
    going.round("agency")
    asked = going.place.server.count("/agency")
    for minutes in (1, 30, 120, 240, 298):
        going.now = later - timedelta(minutes=300 - minutes)
        assert "agency" not in going.round()
    assert going.place.server.count("/agency") == asked
    assert going.due("agency") >= later


def test_a_redirect_for_one_poll_changes_nothing(going: Days) -> None:
    server = going.place.server
    going.round()
    server.put("/elsewhere", good("agency", FRESH))
    server.put("/agency", Reply(status="301 Moved Permanently", headers={"Location": "/elsewhere"}))
    assert going.round("agency")["agency"].new == 1
    server.put("/agency", good("agency", FRESH, "Ещё"))
    assert going.round("agency")["agency"].new == 1
    assert server.count("/elsewhere") == 1
    assert going.place.state("agency")["feed_url"] == server.url("/agency")


def test_a_redirect_for_good_is_followed_and_told_while_the_address_stays(going: Days) -> None:
    server = going.place.server
    going.round()
    server.put("/new", good("agency", FRESH))
    server.put("/agency", Reply(status="301 Moved Permanently", headers={"Location": "/new"}))
    for _ in range(6):
        assert going.round("agency")["agency"].outcome in ("fetched", "unchanged", "not_modified")
        going.now += timedelta(hours=3)
    assert going.place.titles("agency") == [*BEFORE, FRESH]
    state = going.place.state("agency")
    assert state["feed_url"] == server.url("/agency")
    assert server.url("/new") in state["memory"] + state["notice"], "the move is not remembered"


def test_many_clicks_are_one_request_at_a_time(place: World) -> None:
    place.add("slow")
    place.server.put("/slow", Reply(body=good("slow").body, after=2.0))
    config = place.write()
    feedhub(config, "check")
    command = [sys.executable, "-m", "feedhub", "--config", str(config), "poll", "slow", "--json"]

    def click(_: int) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, capture_output=True, env=environment(), timeout=60)

    with ThreadPoolExecutor(CLICKS) as threads:
        clicked = list(threads.map(click, range(CLICKS)))
    assert [ran.returncode for ran in clicked] == [0] * CLICKS, clicked
    assert place.server.peak == 1
    assert place.titles("slow") == list(BEFORE)
    assert all(b"Traceback" not in ran.stderr for ran in clicked)


def test_a_thousand_sources_of_one_host_are_asked_two_at_a_time(place: World) -> None:
    outlines = "".join(
        f'<outline text="{n}" xmlUrl="{place.server.url(f"/many{n}")}"/>' for n in range(MANY)
    )
    lists = place.folder / "list.opml"
    lists.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', "utf-8")
    config = place.write()
    ran = feedhub(config, "import", "opml", str(lists))
    assert ran.code == 0, ran.err
    for n in range(MANY):
        place.server.put(f"/many{n}", fails("404 Not Found"))
    for n in range(0, MANY, 100):
        place.server.put(f"/many{n}", good(f"many{n}"))
    ran = feedhub(config, "poll", "--all", "--json")
    assert ran.code == 0, ran.err
    rows = by_source(ran.json)
    assert len(rows) == MANY
    assert sum(row["new"] for row in rows.values()) == 2 * MANY / 100
    assert place.server.peak <= 2
    assert len(place.server.asked) == MANY
    due = [row["next_poll_at"] for row in place.query("SELECT next_poll_at FROM source")]
    crowd = max(due.count(second) for second in set(due) if second)
    assert crowd <= MANY / 50, f"{crowd} of them are due in one second"
