"""R01, R02, R08, R15: processes that are killed at any moment, and what is left of their work."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.commands import children, environment, group, service, wait_for
from tests.e2e.documents import Note, instant, rss
from tests.hostile.days import days
from tests.hostile.documents import MIB, around
from tests.hostile.pollers import poller
from tests.hostile.server import Reply
from tests.hostile.siege import FRESH, World, broken, good, publish, world

SOURCES = 12
HELD = 8
"""Entries that a document of the drill holds."""


def chance(seed: str) -> float:
    """Return a number from 0 to 1 that is the same in every run."""
    return int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=6).digest()) / 2**48


def release(place: World, number: int) -> None:
    """Publish the state of every source after so many releases: the newest HELD of them."""
    for n in range(SOURCES):
        notes = [
            Note(title=f"{n}-{k}", url=f"https://s{n}.example/{k}", published=instant(2, 0, k % 60))
            for k in range(number, max(0, number - HELD), -1)
        ]
        place.server.put(f"/s{n}", Reply(body=rss(notes), has_etag=True))


def kill_often(place: World, times: int) -> None:
    """Poll and kill, again and again; check that nothing is lost, doubled or stuck."""
    for n in range(SOURCES):
        place.add(f"s{n}", more=", every: 1s")
    place.write()
    for number in range(1, times + 1):
        release(place, number)
        place.server.forget()
        with poller(place):
            wait_for("a round to begin", lambda: place.server.asked)
            time.sleep(1.5 * chance(f"kill {number}") ** 2)
    place.server.forget()
    with poller(place):
        wait_for("every source", lambda: all(place.server.count(f"/s{n}") for n in range(SOURCES)))
        wanted = {
            f"{n}-{k}" for n in range(SOURCES) for k in range(max(1, times - HELD), times + 1)
        }
        wait_for("what is new", lambda: wanted <= set(all_titles(place)))
    found = all_titles(place)
    assert len(found) == len(set(found)), "an entry is doubled"
    with closing(sqlite3.connect(place.database)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
    slugs = [f"s{n}" for n in range(SOURCES)]
    for slug in slugs:
        assert place.state(slug)["last_success_at"]
        (counted,) = place.query(f"SELECT n FROM counter WHERE name = 'source:{slug}'")
        assert counted["n"] == len(place.titles(slug))
    assert list(broken(publish(place, slugs))) == []
    assert "Traceback" not in (place.folder / "poller.log").read_text()


def all_titles(place: World) -> list[str]:
    return [str(row["title"]) for row in place.query("SELECT title FROM entry")]


def test_a_few_kills_in_the_middle_of_a_round_lose_and_double_nothing(tmp_path: Path) -> None:
    with world(tmp_path, fetch="per_host: 4") as place:
        kill_often(place, 5)


@pytest.mark.soak
def test_fifty_kills_in_the_middle_of_a_round_lose_and_double_nothing(tmp_path: Path) -> None:
    with world(tmp_path, fetch="per_host: 4") as place:
        kill_often(place, 50)


def cut_often(folder: Path, cuts: int) -> None:
    """Write in several rounds, copy the files as a power cut would leave them, open the copies."""
    with world(folder) as place, days(place) as going:
        place.add("agency")
        sizes = []
        for number in range(1, 7):
            place.server.put("/agency", good("agency", *(f"Новость {n}" for n in range(number))))
            going.round("agency")
            sizes.append(len(place.titles("agency")))
        wal = place.database.with_name("feedhub.db-wal").read_bytes()
        main = place.database.read_bytes()
        assert len(wal) > 50_000
        counts = []
        for number in range(cuts):
            copy = folder / f"cut{number}.db"
            copy.write_bytes(main)
            end = int(len(wal) * chance(f"cut {number}"))
            copy.with_name(f"{copy.name}-wal").write_bytes(wal[:end])
            counts.append(entries_after(copy))
        assert set(counts) <= {0, *sizes}, "half a round is in the store"
        assert len(set(counts)) > 2


def entries_after(database: Path) -> int:
    """Return how many entries a database holds that was cut; it must be whole."""
    with closing(sqlite3.connect(database)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master")}
        if "entry" not in tables:
            return 0
        bodies = conn.execute("SELECT count(*) FROM body").fetchone()[0]
        count = conn.execute("SELECT count(*) FROM entry").fetchone()[0]
        assert bodies == count
        return int(count)


def test_a_log_that_is_cut_anywhere_leaves_whole_rounds(tmp_path: Path) -> None:
    cut_often(tmp_path, 40)


@pytest.mark.soak
def test_a_log_that_is_cut_at_two_hundred_places_leaves_whole_rounds(tmp_path: Path) -> None:
    cut_often(tmp_path, 200)


@pytest.mark.soak
def test_it_ends_in_time_with_fifty_fetches_under_way_and_when_told_twice(tmp_path: Path) -> None:
    with world(tmp_path, fetch="per_host: 64") as place:
        for n in range(50):
            place.add(f"slow{n}")
            place.server.put(f"/slow{n}", Reply(manner="silent" if n % 2 else "drip"))
        with service(place.write()) as running:
            wait_for("fifty fetches", lambda: place.server.now >= 50)
            began = time.monotonic()
            running.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(30) in (0, 143, -signal.SIGTERM)
            assert time.monotonic() - began < 10
            wait_for("nothing left", lambda: not group(running.pid), seconds=3)
        assert "Traceback" not in running.log, running.log[-3000:]
        assert place.query("SELECT slug FROM source WHERE lease_owner IS NOT NULL") == []
        assert place.query("SELECT number FROM entry") == []


FATES = {
    "crash": signal.SIGSEGV,
    "out of memory": signal.SIGKILL,
    "limit of processor time": signal.SIGXCPU,
}


@pytest.mark.parametrize(
    "fate", ["crash", *(pytest.param(one, marks=pytest.mark.soak) for one in [*FATES][1:])]
)
def test_a_reader_that_dies_costs_the_one_poll_it_died_of(tmp_path: Path, fate: str) -> None:
    """A worker process is ended from outside while it reads a large document."""
    with world(tmp_path, fetch="per_host: 8") as place:
        for slug in ("heavy", "control"):
            place.add(slug)
            place.server.put(f"/{slug}", good(slug))
        assert place.poll().code == 0
        place.server.put("/heavy", Reply(body=heavy("heavy")))
        place.server.put("/control", Reply(body=good("control", FRESH).body, after=2.0))
        command = [sys.executable, "-m", "feedhub", "--config", str(place.config), "poll", "--all"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
        )
        reader = wait_for("a reader at work", lambda: busy(process.pid))
        os.kill(reader, FATES[fate])
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert b"Traceback" not in err
        assert "heavy: failed: The document was not read" in out.decode()
        assert len(place.titles("heavy")) == 2
        assert place.titles("control")[-1] == FRESH
        place.server.put("/heavy", good("heavy", FRESH))
        assert place.poll("heavy").rows["heavy"]["new"] == 1


def heavy(slug: str) -> bytes:
    """Return a document that takes a second or more to read."""
    return around(
        slug, f"<item><title>т</title><x>{'<a>б</a>' * 200_000}</x></item>" + " " * MIB
    ).encode()


def busy(root: int) -> int:
    """Return a process below the server of processes that has worked for a while, or 0."""
    for forking in children(root):
        for pid in children(forking):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except FileNotFoundError:
                continue
            if int(fields[11]) + int(fields[12]) > 20:  # hundredths of a second
                return pid
    return 0
