"""The whole river in one test: agencies on loopback, the real command, tag feeds read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
from flask.testing import FlaskClient

from feedhub.config import load
from feedhub.web import create_app
from tests import databases
from tests.e2e.commands import feedhub, poll_all, service, write_config
from tests.e2e.documents import Note, atom, instant, json_feed, rss
from tests.e2e.server import Server
from tests.validity import PROBLEMS

LIST = "/tags/belorussiya/feed."
FORMATS = ("rss", "atom", "json")

MINISTRY = tuple(
    Note(
        title=f"Министерство озёр сообщает № {n}: «вода & берег»",
        url=f"https://ozera.example/news/{n}?section=a&page=1",
        guid=f"https://ozera.example/news/{n}",
        published=instant(10, 8, n),
        body=f"<p>Подробности сообщения {n}.</p>",
    )
    for n in range(1, 6)
)
AGENCY = tuple(
    Note(
        title=f"Агентство дорог: отчёт {n}",
        url=f"https://dorogi.example/{n}/",
        guid=f"tag:dorogi.example,2026:{n}",
        published=instant(10, 8, 10 * n + 1),
        body=f"<p>Отчёт {n} опубликован.</p>",
    )
    for n in range(1, 4)
)
BUREAU = tuple(
    Note(
        title=f"Бюро погоды: прогноз {n}",
        url=f"https://pogoda.example/prognoz/{n}",
        guid=f"https://pogoda.example/prognoz/{n}",
        published=instant(11, n),
        body=f"<p>Прогноз {n}.</p>",
    )
    for n in range(1, 4)
)
ALL = tuple(sorted((*MINISTRY, *AGENCY, *BUREAU), key=lambda note: note.published, reverse=True))
SOURCES = """
{slug: ozera, title: Министерство озёр, url: "URL/ozera", tags: [белоруссия]}
{slug: dorogi, title: Агентство дорог, url: "URL/dorogi", tags: [белоруссия]}
{slug: pogoda, title: Бюро погоды, url: "URL/pogoda", tags: [белоруссия], section: press-releases}
"""


def publish(server: Server, end: bytes = b"") -> None:
    """Put the three documents up; other `end`s are other bytes that say the same."""
    server.put("/ozera", rss(MINISTRY, encoding="windows-1251") + end, content_type="text/xml")
    server.put("/dorogi", atom(AGENCY) + end, content_type="application/atom+xml")
    server.put("/pogoda", json_feed(BUREAU) + end, content_type="application/feed+json")


@contextmanager
def client_on(config: Path, database: str) -> Iterator[FlaskClient]:
    settings = load(config, {"FEEDHUB_DATABASE": database})
    with databases.opened(settings.database) as store:
        yield create_app(settings, store).test_client()


def read_back(fmt: str, body: bytes) -> list[tuple[str, str, str, datetime]]:
    """Return (id, link, title, time) of every entry, as a reader of that format sees them."""
    if fmt == "json":
        return [
            (i["id"], i["url"], i["title"], datetime.fromisoformat(i["date_published"]))
            for i in json.loads(body)["items"]
        ]
    found = feedparser.parse(BytesIO(body))  # noqa: TID251 - what readers use, on bytes only
    assert not found.bozo
    return [(e.id, e.link, e.title, _instant(e)) for e in found.entries]


def _instant(entry: Any) -> datetime:
    year, month, day, hour, minute, second = entry.published_parsed[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def test_what_agencies_say_comes_out_of_the_tag_feed_in_every_format(
    empty_url: str, tmp_path: Path
) -> None:
    environ = {"FEEDHUB_DATABASE": empty_url}
    with Server() as server:
        publish(server)
        config = write_config(
            tmp_path,
            private=[server.place],
            sources=SOURCES.replace("URL", server.url("")),
            site="base_url: https://portal.example",
        )
        first = poll_all(config, environ=environ)
        assert first["round"]["new"] == len(ALL)
        with client_on(config, empty_url) as client:
            before = {fmt: client.get(f"{LIST}{fmt}") for fmt in FORMATS}
        publish(server, b"\n")
        second = poll_all(config, environ=environ)
    assert [row["outcome"] for row in second["sources"]] == ["fetched"] * 3
    assert (second["round"]["new"], second["round"]["updated"]) == (0, 0)

    said = [(note.guid, note.url, note.title, note.published) for note in ALL]
    for fmt, answer in before.items():
        assert answer.status_code == 200
        self_url = f"https://portal.example{LIST}{fmt}"
        assert PROBLEMS[fmt](answer.data, self_url=self_url) == [], fmt
        assert read_back(fmt, answer.data) == said, fmt

    with client_on(config, empty_url) as client:
        for fmt, answer in before.items():
            again = client.get(f"{LIST}{fmt}")
            assert again.data == answer.data, fmt
            assert again.headers["ETag"] == answer.headers["ETag"]
            assert again.headers["Last-Modified"] == answer.headers["Last-Modified"]

    with service(config, role="web", environ=environ) as running:
        for fmt, answer in before.items():
            served = running.get(f"{LIST}{fmt}")
            assert served.body == answer.data, fmt
            etag = {"If-None-Match": served.headers["etag"]}
            assert running.get(f"{LIST}{fmt}", etag).status == 304
        assert running.stop() == 0


def test_a_command_prints_one_json_document_and_logs_beside_it(tmp_path: Path) -> None:
    with Server() as server:
        publish(server)
        config = write_config(
            tmp_path, private=[server.place], sources=SOURCES.replace("URL", server.url(""))
        )
        ran = feedhub(config, "poll", "--all", "--json")
    assert ran.code == 0
    assert set(ran.json) >= {"round", "sources"}
    assert {row["source"] for row in ran.json["sources"]} == {"ozera", "dorogi", "pogoda"}
    fields = {"source", "outcome", "new", "updated", "skipped", "withdrawn", "error", "ms"}
    assert all(fields <= set(row) for row in ran.json["sources"])
    events = [json.loads(line) for line in ran.err.splitlines()]
    assert [e["event"] for e in events].count("polled") == 3
