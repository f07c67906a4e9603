"""Documents made to hurt who guesses: examined in bounded time, whatever they are."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from feedhub.model import Fetched
from feedhub.probing.reading import examine, sitemaps_in
from tests.flows.probing.web import NOW

SECONDS = 6.0  # of CPU, well below what a worker process is allowed
ITEM = '<div class="n{0}"><a href="/{0}">Ведомство сообщает номер {0}</a> 12.08.2026</div>'


def deep(tag: str, count: int) -> str:
    return f"<{tag}>" * count


DOCUMENTS: dict[str, Callable[[], str]] = {
    "many items": lambda: ITEM.format(1) * 60_000,
    "many kinds of items": lambda: "".join(ITEM.format(n) * 3 for n in range(15_000)),
    "many classes": lambda: '<div class="' + " ".join(f"c{n}" for n in range(90_000)) + '">' * 3,
    "items within items": lambda: '<div class="n"><a href="/1">Ведомство сообщает</a>' * 20_000,
    "deep links": lambda: deep("a href=/2", 100_000),
    "many links": lambda: '<a href="/rss/1">RSS</a>' * 100_000,
    "wide links": lambda: "<a href=/1>" + "слово " * 1_000_000 + "</a>",
    "a wide address": lambda: '<a href="/' + "rss/" * 1_000_000 + '">RSS</a>',
    "many words in items": lambda: (
        ('<div class="n"><a href="/1">' + "<b>слово</b> " * 5_000 + "</a></div>") * 20
    ),
    "many blocks of an engine": lambda: "/bitrix/ " + "IBLOCK_ID: 1" * 300_000,
    "blanks before a number": lambda: "/bitrix/ IBLOCK_ID" + " " * 1_000_000,
    "angle brackets": lambda: "<" * 3_000_000,
    "headlines of joints": lambda: (
        "<rss><channel>"
        + "".join(f"<item><title>{' - ' * 3000}{n}</title></item>" for n in range(300))
        + "</channel></rss>"
    ),
    "headlines of digits": lambda: (
        "<rss><channel>"
        + "".join(f"<item><title>{'а ' * 50}{'1' * 9}{n}x</title></item>" for n in range(300))
        + "</channel></rss>"
    ),
    "many parameters": lambda: (
        "<rss><channel>"
        + "".join(
            f"<item><link>https://a.example/?{'&amp;'.join(f'p{m}={n}' for m in range(300))}</link></item>"
            for n in range(200)
        )
        + "</channel></rss>"
    ),
    "deep JSON": lambda: '{"a":' * 50_000 + "1" + "}" * 50_000,
    "wide JSON": lambda: json.dumps([{f"k{n}": "слово и слово" for n in range(3000)}] * 50),
    "many lists in JSON": lambda: json.dumps({f"l{n}": [{"a": 1}] * 20 for n in range(20_000)}),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_examined_in_bounded_time(name: str) -> None:
    text = DOCUMENTS[name]()
    fetched = Fetched(
        url="https://agency.example/",
        status=200,
        headers=(("content-type", "application/json" if text[:1] in "{[" else "text/html"),),
        body=(text if text[:1] in "{[" or text[:4] == "<rss" else f"<html><body>{text}").encode(),
        body_hash="x",
    )
    start = time.process_time()
    found = examine(fetched, "Europe/Moscow", NOW)
    assert time.process_time() - start < SECONDS
    assert len(found.links) <= 30
    assert len(found.lists) <= 8


@pytest.mark.parametrize("text", ["Sitemap: " * 100_000, "sitemap" + " " * 400_000, "\n" * 400_000])
def test_robots_are_read_in_bounded_time(text: str) -> None:
    fetched = Fetched(
        url="https://agency.example/robots.txt", status=200, body=text.encode(), body_hash="x"
    )
    start = time.process_time()
    assert len(sitemaps_in(fetched)) <= 10
    assert time.process_time() - start < SECONDS
