"""The service as a tree of processes: what is refused, what is replaced, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.commands import (
    Service,
    children,
    feedhub,
    group,
    service,
    wait_for,
    write_config,
)
from tests.e2e.documents import Note, instant, rss
from tests.e2e.server import Server
from tests.validity import PROBLEMS

NOTES = tuple(
    Note(title=f"Запись {n}", url=f"https://a.example/{n}", published=instant(3, n % 24, n))
    for n in range(1, 31)
)
PLANTED = "s3cr3t-planted"
HOSTILE = 'Строка один\r\n{"event": "подделка"}\x1b[31m\u2028ещё'


@pytest.fixture(scope="module")
def agency() -> Iterator[Server]:
    with Server() as server:
        server.put("/rss", rss(NOTES), content_type="text/xml")
        server.put("/slow", mode="hang")
        server.put("/bad", rss([]), status=500)
        yield server


@pytest.fixture(scope="module")
def config(agency: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_config(
        tmp_path_factory.mktemp("service"),
        private=[agency.place],
        sources=f"""
{{slug: agency, url: "{agency.url("/rss")}", every: 1s, tags: [вести]}}
{{slug: keyed, url: "{agency.url("/bad")}", headers: {{X-Key: {PLANTED}}}}}
{{slug: "odd", title: "Дом\u202eмод", url: "{agency.url("/bad?t=%0d%0a%1b[31m")}"}}
""",
    )


@pytest.fixture(scope="module")
def running(config: Path) -> Iterator[Service]:
    hostile = {
        "HTTP_X_ADMIN": PLANTED,
        "HTTP_PROXY": f"http://{PLANTED}:3128",
        "REMOTE_ADDR": "10.9.8.7",
        "REMOTE_USER": PLANTED,
        "SERVER_NAME": f"{PLANTED}.example",
    }
    with service(config, environ=hostile) as started:
        wait_for("the first round", lambda: len(started.titles("/feed.json?limit=100")) == 30)
        yield started


def is_alive(running: Service) -> bool:
    return running.process.poll() is None


def test_it_says_that_it_is_alive_and_ready(running: Service) -> None:
    assert running.get("/healthz").status == 200
    ready = running.get("/readyz")
    assert (ready.status, ready.text) == (200, "able to serve, polling\n")


def test_a_second_instance_on_the_same_data_is_refused(running: Service, config: Path) -> None:
    for role in (["serve", "--port", "1"], ["poller"]):
        ran = feedhub(config, *role)
        assert ran.code == 1, role
        assert "another FeedHub is already running" in ran.err
        assert "Traceback" not in ran.err
    assert is_alive(running)
    assert running.answers()


def test_a_taken_port_is_refused(running: Service, tmp_path: Path) -> None:
    other = write_config(tmp_path)
    ran = feedhub(other, "serve", "--port", str(running.port))
    assert ran.code == 1
    assert f"127.0.0.1:{running.port} cannot be listened on" in ran.err
    assert "Traceback" not in ran.err


def test_a_killed_web_worker_is_replaced(running: Service) -> None:
    (worker,) = running.web_workers()
    etag = running.get("/sources/agency/feed.rss").headers["etag"]
    os.kill(worker, signal.SIGKILL)
    wait_for("another worker", lambda: set(running.web_workers()) - {worker})
    wait_for("an answer", running.answers)
    assert running.get("/sources/agency/feed.rss").headers["etag"] == etag
    assert is_alive(running)


def test_a_killed_poller_is_started_again(running: Service, agency: Server) -> None:
    poller = running.poller()
    assert poller is not None
    os.kill(poller, signal.SIGKILL)
    again = wait_for("another poller", lambda: running.poller() not in (None, poller))
    assert again
    asked = agency.count("/rss")
    wait_for("it to poll", lambda: agency.count("/rss") > asked)
    assert any("started again" in event["event"] for event in running.events())
    assert len(running.titles("/sources/agency/feed.json?limit=500")) >= 30


def test_processes_started_anew_beside_a_bad_file_go_on_with_the_last_good_one(
    running: Service, config: Path
) -> None:
    good = config.read_text()
    poller, (worker,) = running.poller(), running.web_workers()
    assert poller is not None
    config.write_text("site: [")
    try:
        os.kill(worker, signal.SIGKILL)
        os.kill(poller, signal.SIGKILL)
        wait_for("another worker", lambda: set(running.web_workers()) - {worker})
        wait_for("an answer", running.answers)
        wait_for("another poller", lambda: running.poller() not in (None, poller))
        assert len(running.titles("/sources/agency/feed.json?limit=500")) >= 30
        assert is_alive(running)
    finally:
        config.write_text(good)


def test_workers_that_parse_end_with_their_poller(running: Service) -> None:
    poller = running.poller()
    assert poller is not None
    wait_for("no orphan", lambda: not orphans(running))


def orphans(running: Service) -> list[int]:
    """Return processes of the service that hang on no living parent of it."""
    everybody = set(group(running.pid))
    held = {running.pid}
    todo = [running.pid]
    while todo:
        fresh = [pid for pid in children(todo.pop()) if pid not in held]
        held.update(fresh)
        todo.extend(fresh)
    return sorted(everybody - held)


def test_every_answer_is_whole_while_news_come_in(running: Service, agency: Server) -> None:
    seen, end = 0, time.monotonic() + 4
    for n in range(1000):
        fresh = Note(title=f"Новое {n}", url=f"https://a.example/new/{n}", published=instant(4))
        agency.put("/rss", rss((fresh, *NOTES)), content_type="text/xml")
        for fmt in ("rss", "atom", "json"):
            got = running.get(f"/feed.{fmt}?limit=200")
            assert got.status == 200
            assert PROBLEMS[fmt](got.body) == [], fmt
        count = len(running.titles("/feed.json?limit=200"))
        assert count >= seen
        seen = count
        if time.monotonic() > end:
            break
    assert seen > 30
    agency.put("/rss", rss(NOTES), content_type="text/xml")


def test_the_environment_of_the_process_never_reaches_requests(
    running: Service, tmp_path: Path
) -> None:
    for path in ("/", "/feed.json", "/tags/vesti/", "/nowhere", "/healthz"):
        got = running.get(path)
        assert PLANTED not in got.text, path
        assert "10.9.8.7" not in got.text, path


def test_every_event_of_the_log_is_one_line_without_secrets(running: Service) -> None:
    wait_for("a failed poll", lambda: [e for e in running.events() if e.get("source") == "odd"])
    events = running.events()
    assert all({"event", "level", "timestamp"} <= set(event) for event in events)
    assert PLANTED not in running.log
    assert "\x1b" not in running.log
    assert {e["source"] for e in events if "error" in e} >= {"keyed", "odd"}


def test_the_password_of_the_database_is_never_told(tmp_path: Path) -> None:
    url = f"postgresql://hub:{PLANTED}@127.0.0.1:1/hub"
    config = write_config(tmp_path)
    for command in ("poll", "serve"):
        ran = feedhub(config, "--verbose", command, environ={"FEEDHUB_DATABASE": url})
        assert PLANTED not in ran.out + ran.err, command
        assert "Traceback" not in ran.err, command
        assert ran.code == 1, ran.err


def test_titles_that_forge_log_lines_stay_one_line(tmp_path: Path) -> None:
    with Server() as server:
        title = HOSTILE.replace("\r\n", "&#13;&#10;").replace("\x1b", "&#27;")
        server.put("/rss", f"<html><head><title>{title}</title></head></html>")
        config = write_config(
            tmp_path,
            private=[server.place],
            sources=f"{{slug: forger, url: '{server.url('/rss')}'}}",
        )
        ran = feedhub(config, "--log-format", "json", "poll", "--all")
    assert ran.code == 1
    assert "\x1b" not in ran.err + ran.out
    assert "\u2028" not in ran.err + ran.out
    forged = [line for line in (ran.err + ran.out).splitlines() if line.startswith('{"event": "п')]
    assert not forged


@pytest.mark.parametrize("told", ["the service", "the terminal"])
def test_it_ends_in_time_with_work_under_way(tmp_path: Path, told: str) -> None:
    """SIGTERM goes to the service alone, Ctrl-C to every process of it."""
    with Server() as server:
        server.put("/slow", mode="hang")
        server.put("/drip", mode="drip")
        config = write_config(
            tmp_path,
            private=[server.place],
            sources=f"{{slug: slow, url: '{server.url('/slow')}'}}\n"
            f"{{slug: drip, url: '{server.url('/drip')}'}}",
        )
        with service(config) as running:
            wait_for("polls under way", lambda: server.count("/slow") and server.count("/drip"))
            stalled = socket.create_connection(("127.0.0.1", running.port), timeout=5)
            with closing(stalled):
                stalled.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
                asking = threading.Thread(target=ask_until_refused, args=(running,), daemon=True)
                asking.start()
                members = group(running.pid)
                assert len(members) >= 3
                began = time.monotonic()
                if told == "the terminal":
                    os.killpg(running.pid, signal.SIGINT)
                else:
                    running.process.send_signal(signal.SIGTERM)
                assert running.process.wait(30) == 0
                assert time.monotonic() - began < 10
            asking.join(15)
            wait_for("nothing left", lambda: not group(running.pid), seconds=3)
            assert not any(Path(f"/proc/{pid}").exists() for pid in members)
        rows = rows_of(tmp_path / "feedhub.db", "SELECT lease_owner FROM source")
        assert [row[0] for row in rows if row[0]] == []
        assert "Traceback" not in running.log, running.log[-3000:]
        assert not [event for event in running.events() if event["level"] == "error"]


def ask_until_refused(running: Service) -> None:
    for _ in range(2000):
        try:
            running.get("/feed.atom")
        except (OSError, HTTPException):
            return


def test_children_end_when_their_service_is_killed(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with service(config) as running:
        wait_for("a poller", running.poller)
        assert running.web_workers()
        os.kill(running.pid, signal.SIGKILL)
        wait_for("its children to end", lambda: not group(running.pid), seconds=15)
    with service(config, port=running.port) as again:
        assert again.answers()


def test_a_service_killed_in_a_round_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with Server() as server:
        for n in range(20):
            notes = [
                Note(title=f"{n}-{k}", url=f"https://s{n}.example/{k}", published=instant(2, k))
                for k in range(10)
            ]
            server.put(f"/s{n}", rss(notes), content_type="text/xml")
        config = write_config(
            tmp_path,
            private=[server.place],
            sources="\n".join(
                f"{{slug: s{n}, url: '{server.url(f'/s{n}')}', every: 1s}}" for n in range(20)
            ),
        )
        with service(config) as running:
            wait_for("some entries", lambda: running.titles("/feed.json"))
            for pid in group(running.pid):
                os.kill(pid, signal.SIGKILL)
            running.process.wait(10)
        asked = {f"s{n}": server.count(f"/s{n}") for n in range(20)}
        with service(config) as running:
            wait_for(
                "every source to be polled again",
                lambda: all(server.count(f"/{slug}") > n for slug, n in asked.items()),
            )
            wait_for("every entry", lambda: len(running.titles("/feed.json?limit=500")) == 200)
            assert running.stop() == 0
    titles = [row[0] for row in rows_of(tmp_path / "feedhub.db", "SELECT title FROM entry")]
    assert sorted(titles) == sorted(f"{n}-{k}" for n in range(20) for k in range(10))


def rows_of(database: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as conn:
        return conn.execute(query).fetchall()
