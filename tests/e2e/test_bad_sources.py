"""Broken sources: each costs its own row only, says what to do, and recovers by itself."""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.e2e.commands import by_source, feedhub, free_port, poll_all, write_config
from tests.e2e.documents import Note, instant, rss
from tests.e2e.server import Server

NEWS = tuple(
    Note(title=f"Новость {n}", url=f"https://a.example/{n}", published=instant(5, n))
    for n in range(1, 4)
)
LATER = Note(title="Новость 4", url="https://a.example/4", published=instant(6))
FEED = rss(NEWS)
HTML = "<!DOCTYPE html><html><head><title>Вход</title></head><body>Войдите</body></html>"

WORDS = {
    "refused": "refused the connection",
    "html": "an HTML page",
    "failing": "(500)",
    "large": "max_bytes",
    "drip": "timeout.total",
    "silent": "tried again later",
    "picture": "image/png",
    "untrusted": "certificate",
    "circle": "redirect",
    "garbage": "no feed: its root is <news>",
    "empty": "empty",
    "private": "allow_private",
    "closing": "closed the connection",
    "missing": "(404)",
}
"""What the sentence about each broken source must speak of."""

MENDED = ("html", "failing", "large", "drip", "silent", "picture", "circle", "garbage", "empty")
"""Those whose server can be mended by other replies."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rounds:
    """Three rounds: all well, all but one broken, all mended that can be."""

    first: dict[str, Any]
    broken: dict[str, Any]
    broken_code: int
    broken_log: str
    mended: dict[str, Any]
    memory: dict[str, dict[str, Any]]
    titles: dict[str, list[str]]


def break_all(server: Server, hidden: Server) -> None:
    server.put("/good", rss((LATER, *NEWS)), content_type="text/xml")
    server.put("/html", HTML, content_type="text/html")
    server.put("/failing", "oops", status=500)
    server.put("/large", FEED + b" " * 200_000, content_type="text/xml")
    server.put("/drip", mode="drip")
    server.put("/silent", mode="hang")
    server.put("/picture", b"\x89PNG\r\n\x1a\n" + bytes(500), content_type="image/png")
    server.put("/circle", status=302, headers={"Location": "/circle"})
    server.put("/garbage", "<news><<<< &&& \x00\x01 <item", content_type="text/xml")
    server.put("/empty", b"", content_type="text/xml")
    server.put("/closing", mode="close")
    hidden.put("/private", FEED)


def mend_all(server: Server, names: tuple[str, ...], feed: bytes) -> None:
    for name in names:
        server.put(f"/{name}", feed, content_type="text/xml")


@pytest.fixture(scope="module")
def rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rounds]:
    folder = tmp_path_factory.mktemp("bad")
    with ExitStack() as held:
        server, hidden = held.enter_context(Server()), held.enter_context(Server())
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
        secret = held.enter_context(Server(tls=tls))
        secret.put("/untrusted", FEED, content_type="text/xml")
        nobody = f"127.0.0.1:{free_port()}"
        urls = {name: server.url(f"/{name}") for name in ("good", *WORDS)} | {
            "refused": f"http://{nobody}/rss",
            "untrusted": secret.url("/untrusted"),
            "private": hidden.url("/private"),
        }
        config = write_config(
            folder,
            private=[server.place, secret.place, nobody],
            fetch="per_host: 16\nmax_bytes: 64KiB\ntimeout: {connect: 5s, total: 5s}",
            sources="\n".join(
                f"{{slug: {name}, title: Источник {name}, url: '{url}'}}"
                for name, url in urls.items()
            ),
        )
        mend_all(server, ("good", *MENDED), FEED)
        first = by_source(poll_all(config, "good", *MENDED))
        break_all(server, hidden)
        ran = feedhub(config, "poll", "--all", "--json")
        memory = rows_of(folder / "feedhub.db", "SELECT * FROM source")
        mend_all(server, MENDED, rss((LATER, *NEWS)))
        mended = by_source(poll_all(config))
    yield Rounds(
        first=first,
        broken=by_source(ran.json),
        broken_code=ran.code,
        broken_log=ran.err,
        mended=mended,
        memory={row["slug"]: row for row in memory},
        titles=titles_of(folder / "feedhub.db"),
    )


def rows_of(database: Path, query: str) -> list[dict[str, Any]]:
    conn = sqlite3.connect(database)
    conn.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in conn.execute(query)]
    finally:
        conn.close()


def titles_of(database: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows_of(database, "SELECT source, title FROM entry ORDER BY published"):
        found.setdefault(row["source"], []).append(row["title"])
    return found


def test_the_good_source_beside_them_delivers(rounds: Rounds) -> None:
    assert rounds.broken["good"]["outcome"] == "fetched"
    assert rounds.broken["good"]["new"] == 1
    assert rounds.broken_code == 0


@pytest.mark.parametrize("name", WORDS)
def test_a_broken_source_costs_its_own_row_and_says_what_to_do(rounds: Rounds, name: str) -> None:
    row = rounds.broken[name]
    assert row["outcome"] == "failed", row
    assert (row["new"], row["updated"], row["withdrawn"]) == (0, 0, 0)
    sentence = row["error"]
    assert WORDS[name] in sentence
    assert sentence == sentence.strip()
    assert "\n" not in sentence and "Traceback" not in sentence and "Error(" not in sentence
    assert rounds.memory[name]["error"] == sentence
    assert f'"source": "{name}"' in rounds.broken_log


@pytest.mark.parametrize("name", WORDS)
def test_a_broken_source_is_asked_again_later_and_not_at_once(rounds: Rounds, name: str) -> None:
    row = rounds.memory[name]
    wait = row["next_poll_at"] - row["last_poll_at"]
    assert 10 * 60 <= wait <= 24 * 3600
    assert row["failures"] > 0
    assert row["is_active"]
    assert row["lease_owner"] is None


def test_every_source_recovers_when_its_server_does(rounds: Rounds) -> None:
    for name in MENDED:
        assert rounds.first[name]["new"] == 3, rounds.first[name]
        assert rounds.mended[name]["outcome"] == "fetched", rounds.mended[name]
        assert (rounds.mended[name]["new"], rounds.mended[name]["updated"]) == (1, 0)


def test_what_was_stored_before_stays_and_nothing_is_doubled(rounds: Rounds) -> None:
    for name in (*MENDED, "good"):
        assert rounds.titles[name] == ["Новость 1", "Новость 2", "Новость 3", "Новость 4"], name
    assert set(rounds.titles) == {*MENDED, "good"}


def test_a_round_fails_only_when_every_source_failed(tmp_path: Path) -> None:
    with Server() as server:
        server.put("/good", FEED, content_type="text/xml")
        config = write_config(
            tmp_path,
            private=[server.place],
            sources=f"{{slug: good, url: '{server.url('/good')}'}}\n"
            f"{{slug: gone, url: '{server.url('/gone')}'}}",
        )
        both = feedhub(config, "poll", "--all", "--json")
        gone = feedhub(config, "poll", "gone", "--json")
    assert (both.code, gone.code) == (0, 1)
    assert by_source(gone.json)["gone"]["outcome"] == "failed"


def test_a_private_address_is_never_asked(tmp_path: Path) -> None:
    with Server() as front, Server() as hidden:
        hidden.put("/admin", FEED, content_type="text/xml")
        front.put("/rss", status=302, headers={"Location": hidden.url("/admin")})
        config = write_config(
            tmp_path,
            private=[front.place],
            sources=f"{{slug: sly, url: '{front.url('/rss')}'}}",
        )
        row = by_source(feedhub(config, "poll", "--all", "--json").json)["sly"]
        assert row["outcome"] == "failed"
        assert "allow_private" in row["error"]
        assert hidden.asked == ()
