"""A reader that takes all three formats gets one and the same list."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from feedhub.core.render import FORMATS
from feedhub.core.render.door import admit
from feedhub.model import OutEntry, OutFeed
from tests.core.render.samples import lists

# feedparser is banned outside its stage; on bytes in a test it is the reader we answer to.
parse = feedparser.parse  # noqa: TID251


def parsed(body: bytes) -> list[Any]:
    read = parse(body)
    assert not read.bozo, read.get("bozo_exception")
    return list(read.entries)


def at(parts: Any) -> datetime:
    year, month, day, hour, minute, second = parts[:6]
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def as_read(entry: Any) -> tuple[Any, ...]:
    categories = [(tag.scheme, tag.label or tag.term) for tag in entry.get("tags", [])]
    times = at(entry.published_parsed), at(entry.updated_parsed)
    return (entry.id, entry.link, entry.title, *times, categories)


def as_meant(entry: OutEntry) -> tuple[Any, ...]:
    categories = [("https://portal.example/sections/", entry.section.title)]
    categories += [("https://portal.example/tags/", tag.name) for tag in entry.tags]
    return (entry.id, entry.url, entry.title, entry.published, entry.updated, categories)


@pytest.mark.parametrize("case", lists())
def test_rss_is_read_back_as_meant(case: str) -> None:
    shown = lists()[case]
    meant = [as_meant(entry) for entry in admit(shown).entries]
    assert [as_read(entry) for entry in parsed(FORMATS["rss"].render(shown))] == meant


@pytest.mark.parametrize("case", lists())
def test_atom_is_read_back_as_meant_without_the_withdrawn(case: str) -> None:
    shown = lists()[case]
    meant = [as_meant(entry) for entry in admit(shown).entries if not entry.withdrawn]
    assert [as_read(entry) for entry in parsed(FORMATS["atom"].render(shown))] == meant


@pytest.mark.parametrize("case", lists())
def test_json_says_the_same_ids_links_times_and_titles_as_rss(case: str) -> None:
    shown = lists()[case]
    items = json.loads(FORMATS["json"].render(shown))["items"]
    said = [(item["id"], item["url"], item["title"]) for item in items]
    times = [(item["date_published"], item["date_modified"]) for item in items]
    entries = parsed(FORMATS["rss"].render(shown))
    assert said == [(entry.id, entry.link, entry.title) for entry in entries]
    assert [tuple(datetime.fromisoformat(time) for time in pair) for pair in times] == [
        (at(entry.published_parsed), at(entry.updated_parsed)) for entry in entries
    ]


@pytest.mark.parametrize("name", ["rss", "atom"])
@pytest.mark.parametrize("case", ["home", "summary and picture", "picture without text"])
def test_a_caption_is_never_taken_for_the_text(case: str, name: str) -> None:
    shown = lists()[case]
    for entry in parsed(FORMATS[name].render(shown)):
        texts = [entry.get("summary", ""), *(each.value for each in entry.get("content", []))]
        assert "Туман над рекой" not in texts


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_summary_and_text_are_told_apart(name: str) -> None:
    shown: OutFeed = lists()["home"]
    first = parsed(FORMATS[name].render(shown))[0]
    assert first.summary == shown.entries[0].summary
    assert [each.value for each in first.content] == [shown.entries[0].content]
