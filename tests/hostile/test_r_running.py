"""R03, R04, R06, R07, R09, R11: the service among full disks, held locks, crowds and silence."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests import databases
from tests.e2e.commands import by_source, environment, feedhub, service, wait_for
from tests.hostile.documents import MIB, around
from tests.hostile.pollers import poller
from tests.hostile.server import Hostile, Reply
from tests.hostile.siege import FRESH, World, good, world

# -- R03: no room left ------------------------------------------------------------------------

SMALL = 3 * MIB
FULL = ("database or disk is full", "disk I/O error")

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@contextmanager
def small_disk(folder: Path) -> Iterator[Run]:
    """Mount a disk of 3 MiB over a folder, seen only by the commands that are run with it."""
    holding = subprocess.Popen(
        ["unshare", "--mount", "sleep", "120"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    inside = ["nsenter", f"--mount=/proc/{holding.pid}/ns/mnt"]
    try:
        time.sleep(0.3)
        made = subprocess.run(
            [*inside, "mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", str(folder)],
            capture_output=True,
        )
        if holding.poll() is not None or made.returncode != 0:
            pytest.skip("no disk can be mounted here; run as root to see it full")

        def run(*command: str) -> subprocess.CompletedProcess[bytes]:
            return subprocess.run(
                [*inside, *command], capture_output=True, env=environment(), timeout=60
            )

        yield run
    finally:
        holding.kill()
        holding.wait(5)


@contextmanager
def small_files(folder: Path) -> Iterator[Run]:
    """Let the commands write no file larger than 3 MiB."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, SMALL))

    def run(*command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command, capture_output=True, env=environment(), timeout=60, preexec_fn=limit
        )

    yield run


@pytest.mark.parametrize("kind", [small_disk, pytest.param(small_files, marks=pytest.mark.soak)])
def test_without_room_nothing_that_was_stored_is_lost_and_all_recovers(
    tmp_path: Path, kind: Callable[[Path], AbstractContextManager[Run]]
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with ExitStack() as held:
        place = held.enter_context(world(tmp_path))
        run = held.enter_context(kind(disk))
        for slug in ("agency", "large"):
            place.add(slug)
            place.server.put(f"/{slug}", good(slug))
        config = place.write()
        text = config.read_text("utf-8")
        config.write_text(f"database: sqlite:///{disk / 'feedhub.db'}\n{text}", "utf-8")
        poll = [sys.executable, "-m", "feedhub", "--config", str(config), "poll", "--all", "--json"]
        count = (
            f"import sqlite3; c = sqlite3.connect('{disk / 'feedhub.db'}');"
            "print(c.execute('PRAGMA integrity_check').fetchone()[0],"
            " c.execute('SELECT count(*) FROM entry').fetchone()[0])"
        )
        first = run(*poll)
        assert first.returncode == 0, first.stderr
        assert run(sys.executable, "-c", count).stdout.split() == [b"ok", b"4"]
        place.server.put("/large", Reply(body=large("large")))
        full = run(*poll)
        assert b"Traceback" not in full.stderr
        rows = by_source(json.loads(full.stdout))
        assert rows["large"]["outcome"] == "failed"
        assert any(words in rows["large"]["error"] for words in FULL), rows
        whole, entries = run(sys.executable, "-c", count).stdout.split()
        assert whole == b"ok"
        assert int(entries) in (4, 5)
        place.server.put("/large", good("large", FRESH))
        place.server.put("/agency", good("agency", FRESH))
        again = run(*poll)
        assert again.returncode == 0, again.stderr
        assert run(sys.executable, "-c", count).stdout.split() == [b"ok", b"6"]
        assert config.read_text("utf-8").endswith(text)


def large(slug: str) -> bytes:
    """Return a document whose entries do not fit into 3 MiB."""
    items = "".join(
        f"<item><title>Большая {n}</title><link>https://l.example/{n}</link>"
        f"<description>{f'слово{n} о связи и почте. ' * 3000}</description></item>"
        for n in range(60)
    )
    return around(slug, items).encode()


# -- R04: locks that others hold --------------------------------------------------------------


@contextmanager
def holding(database: Path, statement: str, seconds: float) -> Iterator[None]:
    """Hold a transaction of another program for a while, or until the block ends."""
    started, done = threading.Event(), threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(database, isolation_level=None)) as conn:
            conn.execute(statement)
            conn.execute("SELECT count(*) FROM entry").fetchall()
            started.set()
            done.wait(seconds)
            conn.execute("ROLLBACK")

    thread = threading.Thread(target=hold)
    thread.start()
    assert started.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join(10)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        made.add("agency")
        made.server.put("/agency", good("agency"))
        assert made.poll().code == 0
        yield made


def held_writer(place: World, seconds: float) -> None:
    place.server.put("/agency", good("agency", FRESH))
    with holding(place.database, "BEGIN IMMEDIATE", seconds):
        ran = feedhub(place.config, "poll", "--all", "--json")
    assert ran.code == 0, ran.err
    assert by_source(ran.json)["agency"]["new"] == 1
    assert "locked" not in ran.out + ran.err


def test_a_writer_that_is_held_is_waited_for(place: World) -> None:
    held_writer(place, 3)


@pytest.mark.soak
def test_a_writer_that_is_held_for_ten_seconds_is_waited_for(place: World) -> None:
    held_writer(place, 10)


@pytest.mark.soak
def test_a_reader_that_never_ends_stops_nobody_and_the_log_of_writes_stays_small(
    place: World,
) -> None:
    wal = place.database.with_name("feedhub.db-wal")
    sizes = []
    with holding(place.database, "BEGIN", 100):
        for number in range(5):
            place.server.put("/agency", good("agency", *(f"Новая {n}" for n in range(number + 1))))
            assert place.poll().rows["agency"]["new"] == 1
            sizes.append(wal.stat().st_size)
    assert max(sizes) < 8 * MIB
    place.server.put("/agency", good("agency", *(f"Новая {n}" for n in range(9))))
    assert place.poll().code == 0
    assert not wal.exists() or wal.stat().st_size < 8 * MIB
    assert len(place.titles("agency")) == 11


# -- R06, R07, R09: who is asked how often ------------------------------------------------------

EVERY = 2.0


def gaps(server: Hostile, path: str) -> list[float]:
    times = [one.at for one in server.of(path)]
    return [later - earlier for earlier, later in pairwise(times)]


def watched(place: World, count: int, seconds: float) -> None:
    """Let the service run; every source must be asked once an interval, whoever asks."""
    time.sleep(seconds)
    for n in range(count):
        found = gaps(place.server, f"/s{n}")
        assert len(found) >= 2, f"s{n} was not asked three times in {seconds} s"
        # two askers would be seen within moments; the first request of a process may be a slow one
        assert min(found) > EVERY * 0.5, f"s{n} was asked after {min(found):.2f} s"


@pytest.mark.soak
def test_several_web_workers_poll_every_source_once_an_interval(tmp_path: Path) -> None:
    with world(tmp_path, fetch="per_host: 8") as place:
        for n in range(8):
            place.add(f"s{n}", more=", every: 2s")
            place.server.put(f"/s{n}", good(f"s{n}"))
        with service(place.write(), "--workers", "3") as running:
            wait_for("the first round", lambda: len(place.server.asked) >= 8)
            assert len(running.web_workers()) == 3
            watched(place, 8, 8)


@pytest.mark.soak
def test_two_pollers_of_one_database_poll_every_source_once_an_interval(
    tmp_path: Path, postgres_url: str
) -> None:
    with ExitStack() as held:
        url = held.enter_context(databases.new_database(postgres_url))
        place = held.enter_context(world(tmp_path, fetch="per_host: 8"))
        for n in range(12):
            place.add(f"s{n}", more=", every: 2s")
            place.server.put(f"/s{n}", good(f"s{n}"))
        environ = {"FEEDHUB_DATABASE": url}
        place.write()
        assert feedhub(place.config, "db", "upgrade", environ=environ).code == 0
        for _ in range(2):
            held.enter_context(poller(place, environ))
        wait_for("the first round", lambda: len(place.server.asked) >= 12)
        watched(place, 12, 8)


@contextmanager
def hung(folder: Path, count: int, controls: Sequence[str], limits: str) -> Iterator[World]:
    """A world of sources at hosts of their own that never answer, and controls among them."""
    with Hostile(host="0.0.0.0") as server, Hostile() as canary:
        place = World(folder=folder, server=server, canary=canary, fetch=limits)
        place.private = ("127.0.0.0/8",)
        for n in range(count):
            url = server.url("/hung", f"127.1.{n // 250}.{n % 250 + 1}")
            place.sources[f"hung{n}"] = f"url: '{url}'"
        for slug in controls:
            place.sources[slug] = f"url: '{server.url(f'/{slug}', '127.0.0.1')}', every: 1s"
            server.put(f"/{slug}", good(slug))
        server.put("/hung", Reply(manner="silent"))
        yield place


def on_time(place: World, controls: Sequence[str], *, seconds: float, late: float) -> None:
    """Run the service for a while; no control may be asked later than it should be by so much.

    The controls were read before and are known to be well; the silent ones come to them.
    """
    place.poll(*controls)
    place.server.forget()
    with service(place.write()):
        started = time.monotonic()
        wait_for("a control", lambda: any(place.server.count(f"/{slug}") for slug in controls))
        time.sleep(seconds)
        ended = time.monotonic()
    for slug in controls:
        times = [started, *(one.at for one in place.server.of(f"/{slug}")), ended]
        worst = max(later - earlier for earlier, later in pairwise(times))
        assert worst <= late + 3, f"{slug} waited {worst:.1f} s"


@pytest.mark.parametrize(
    "count", [50, *(pytest.param(n, marks=pytest.mark.soak) for n in (10, 200))]
)
def test_silent_sources_make_no_other_late(tmp_path: Path, count: int) -> None:
    """Limits are a fifth of those that nobody sets, and so is the lateness that is allowed."""
    controls = ("first", "second", "third")
    limits = "timeout: {connect: 2s, total: 6s}"
    with hung(tmp_path, count, controls, limits) as place:
        on_time(place, controls, seconds=8, late=6)


@pytest.mark.soak
def test_two_hundred_silent_sources_make_no_other_late_with_usual_limits(tmp_path: Path) -> None:
    controls = ("first", "second", "third")
    with hung(tmp_path, 200, controls, "gap: 0s") as place:
        on_time(place, controls, seconds=120, late=30)


def test_after_a_day_off_polls_are_spread_and_nobody_is_asked_twice(tmp_path: Path) -> None:
    count, at_once = 300, 64
    with world(tmp_path, fetch="per_host: 64") as place:
        for n in range(count):
            place.add(f"s{n}")
            place.server.put(f"/s{n}", good(f"s{n}"))
        assert place.poll().code == 0
        place.execute("UPDATE source SET next_poll_at = next_poll_at - 86400 - 21600")
        place.server.forget()
        with service(place.config):
            wait_for("the first polls", lambda: place.server.asked)
            time.sleep(6)
        asked = [one.target for one in place.server.asked]
        assert len(asked) == len(set(asked)), "somebody was asked twice"
        assert at_once / 2 <= len(asked) <= 2 * at_once, f"{len(asked)} were asked at once"
        rest = place.query("SELECT next_poll_at AS at FROM source WHERE slug <> 'local'")
        crowd = [row["at"] for row in rest]
        assert max(crowd.count(second) for second in set(crowd)) <= 2 * at_once


# -- R11: thousands of polls in one process -----------------------------------------------------


def many_polls(tmp_path: Path, polls: int) -> list[dict[str, int]]:
    """Poll 20 sources again and again, two of which always fail; return what was held when."""
    with world(tmp_path, fetch="per_host: 20") as place:
        for n in range(20):
            place.add(f"s{n}")
            place.server.put(f"/s{n}", changing(n))
        place.server.put("/s0", Reply(status="500 Internal Server Error", body=b"x"))
        place.server.put("/s1", Reply(body=b"<html>no feed</html>", content_type="text/html"))
        command = [
            sys.executable,
            "-m",
            "tests.hostile.many_rounds",
            str(place.write()),
            str(polls),
        ]
        done = subprocess.run(command, capture_output=True, env=environment(), timeout=900)
        assert done.returncode == 0, done.stderr[-2000:]
        lines = [line for line in done.stdout.splitlines() if line.startswith(b'{"polls"')]
        return [json.loads(line) for line in lines]


def changing(number: int) -> Reply:
    """Return a feed of which every third source sends new bytes each time, to be read anew."""
    body = good(f"s{number}").body
    if number % 3:
        return Reply(body=body, has_etag=True)
    return Reply(pieces=lambda: iter((body, f"<!-- {time.monotonic_ns()} -->".encode())))


def steady(looks: list[dict[str, int]], growth: int) -> None:
    third = len(looks) // 3
    first, last = looks[third : 2 * third], looks[-third:]
    for what, more in (("memory", growth), ("below", growth), ("files", 3), ("threads", 1)):
        before, after = (min(one[what] for one in part) for part in (first, last))
        assert after <= before + more, f"{what}: {before} → {after}"


@pytest.mark.soak
def test_hundreds_of_polls_leave_memory_files_and_threads_as_they_were(tmp_path: Path) -> None:
    steady(many_polls(tmp_path, 600), 8 * MIB)


@pytest.mark.soak
def test_ten_thousand_polls_leave_memory_files_and_threads_as_they_were(tmp_path: Path) -> None:
    steady(many_polls(tmp_path, 10_000), 16 * MIB)
