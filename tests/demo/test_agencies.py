"""The sample agencies serve what real ones do: valid documents, validators, something new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import feedparser
import pytest
from lxml import etree

from feedhub.demo import AGENCIES, Agency, AgencyServer, published
from feedhub.demo.agencies import OLDER, WINDOW, texts
from feedhub.demo.documents import PATHS

# feedparser is banned outside its stage; on bytes in a test it is the reader we answer to.
parse = feedparser.parse  # noqa: TID251
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    at: datetime = START
    servers: dict[str, AgencyServer] = field(default_factory=dict)

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Iterator[Clock]:
    with ExitStack() as held:
        clock = Clock()
        for agency in AGENCIES:
            server = AgencyServer(agency, started=START, now=clock.now)
            clock.servers[agency.format] = held.enter_context(server)
        yield clock


def ask(
    server: AgencyServer, path: str = "", method: str = "GET", **headers: str
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        connection.request(method, path or PATHS[server.agency.format], headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def by_format(name: str) -> Agency:
    return next(agency for agency in AGENCIES if agency.format == name)


def titles(agency: Agency, now: datetime) -> list[str]:
    return [item.title for item in published(agency, started=START, now=now)]


def test_the_ministry_writes_windows_1251_and_says_so(clock: Clock) -> None:
    _, body = ask(clock.servers["rss"])
    assert b'encoding="windows-1251"' in body[:60]
    assert "Министерство связи (демо)".encode("windows-1251") in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")
    read = parse(body)
    assert not read.bozo
    assert read.version == "rss20"
    assert [entry.title for entry in read.entries] == titles(by_format("rss"), START)
    assert all(entry.published.endswith("+0300") for entry in read.entries)


def test_atom_holds_whole_texts_and_pictures(clock: Clock) -> None:
    _, body = ask(clock.servers["atom"])
    read = parse(body)
    assert not read.bozo
    assert read.version == "atom10"
    assert [entry.title for entry in read.entries] == titles(by_format("atom"), START)
    assert all(entry.content[0].value.count("<p>") >= 2 for entry in read.entries)
    pictures = [
        link.href for entry in read.entries for link in entry.links if link.rel == "enclosure"
    ]
    assert pictures
    answer, picture = ask(
        clock.servers["atom"], pictures[0].partition(str(clock.servers["atom"].port))[2]
    )
    assert answer.getheader("Content-Type") == "image/png"
    assert picture.startswith(b"\x89PNG")


def test_json_feed_is_one(clock: Clock) -> None:
    answer, body = ask(clock.servers["json"])
    document: dict[str, Any] = json.loads(body)
    assert answer.getheader("Content-Type") == "application/feed+json"
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in document["items"]] == titles(by_format("json"), START)
    assert len({item["id"] for item in document["items"]}) == OLDER


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_xml_is_well_formed_whatever_the_time(clock: Clock, name: str) -> None:
    for seconds in (0, 100, 1_000, 10_000):
        clock.at = START + timedelta(seconds=seconds)
        etree.fromstring(ask(clock.servers[name])[1])


@pytest.mark.parametrize("name", PATHS)
def test_what_did_not_change_is_not_sent_again(clock: Clock, name: str) -> None:
    server = clock.servers[name]
    first, body = ask(server)
    etag = first.getheader("ETag") or ""
    again, nothing = ask(server, **{"If-None-Match": etag})
    assert (first.status, again.status, nothing) == (200, 304, b"")
    assert again.getheader("ETag") == etag
    assert first.getheader("Last-Modified")
    clock.at += server.agency.every
    changed, other = ask(server, **{"If-None-Match": etag})
    assert changed.status == 200
    assert other != body


@pytest.mark.parametrize("name", PATHS)
def test_head_is_get_without_the_body(clock: Clock, name: str) -> None:
    get, body = ask(clock.servers[name])
    head, nothing = ask(clock.servers[name], method="HEAD")
    assert nothing == b""
    assert head.getheader("Content-Length") == str(len(body))
    assert head.getheader("ETag") == get.getheader("ETag")


@pytest.mark.parametrize("name", PATHS)
def test_every_entry_can_be_read_where_it_says(clock: Clock, name: str) -> None:
    server = clock.servers[name]
    for item in published(server.agency, started=START, now=START)[:3]:
        answer, body = ask(server, item.path)
        assert answer.status == 200
        assert item.title in body.decode()
    assert ask(server, "/")[0].status == 200
    assert ask(server, "/nothing")[0].status == 404
    assert ask(server, "/pictures/12345.png")[0].status == 404


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency.slug)
def test_something_new_comes_out_with_time(agency: Agency) -> None:
    before = published(agency, started=START, now=START)
    after = published(agency, started=START, now=START + agency.every)
    assert len(before) == OLDER
    assert [item.number for item in after] == [OLDER + 1, *(item.number for item in before)]
    assert after[0].published == START + agency.every
    assert all(item.published < START for item in before)


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency.slug)
def test_entries_stand_in_the_order_of_their_times(agency: Agency) -> None:
    for turns in (0, 3, 40, 200):
        items = published(agency, started=START, now=START + turns * agency.every)
        times = [item.published for item in items]
        assert times == sorted(times, reverse=True)
        assert len(set(times)) == len(times) <= WINDOW


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency.slug)
def test_texts_go_on_with_variations(agency: Agency) -> None:
    count = len(texts(agency.slug))
    assert count >= 25
    late = published(agency, started=START, now=START + 3 * count * agency.every)
    assert len({item.title for item in late}) == len(late)
    assert all("(выпуск " in item.title for item in late)


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency.slug)
def test_now_and_then_an_entry_is_corrected(agency: Agency) -> None:
    until = START + 12 * agency.every
    number = OLDER + 3  # 18, a multiple of six
    first = next(
        item
        for item in published(agency, started=START, now=START + 3 * agency.every)
        if item.number == number
    )
    later = next(
        item for item in published(agency, started=START, now=until) if item.number == number
    )
    assert first.updated == first.published == later.published
    assert later.updated > later.published
    assert later.paragraphs[:-1] == first.paragraphs
    corrected = [
        item
        for item in published(agency, started=START, now=until)
        if item.updated != item.published
    ]
    assert len(corrected) < OLDER / 3
