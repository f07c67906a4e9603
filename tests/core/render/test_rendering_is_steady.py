"""The bytes stay while the entries stay; one bad entry costs itself only."""

from __future__ import annotations

import locale
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from feedhub.core.render import FORMATS, document, render
from feedhub.core.render.wire import ascii_id, ascii_url, media_type
from tests.core.render.samples import entry, feed, lists
from tests.validity import PROBLEMS

ROOT = Path(__file__).resolve().parents[3]
PRINT_ETAGS = """
from feedhub.core.render import FORMATS, render
from tests.core.render.samples import lists
for shown in lists().values():
    for name in FORMATS:
        print(render(shown, name).etag)
"""


@pytest.mark.parametrize("name", FORMATS)
def test_two_builds_are_the_same_bytes(name: str) -> None:
    for shown in lists().values():
        assert FORMATS[name].render(shown) == FORMATS[name].render(replace(shown))


def test_another_process_with_another_hash_seed_makes_the_same_bytes() -> None:
    ours = [render(shown, name).etag for shown in lists().values() for name in FORMATS]
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PRINT_ETAGS]
        told = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        assert told.stdout.split() == ours


def test_an_etag_is_strong_quoted_and_moves_with_the_bytes() -> None:
    one, two = (render(feed(entry(1, title=title)), "rss") for title in ("раз", "два"))
    assert one.etag.startswith('"')
    assert one.etag.endswith('"')
    assert len(one.etag) == 34
    assert one.etag != two.etag
    assert (one.media_type, one.last_modified) == ("application/rss+xml", feed(entry(1)).updated)


def test_the_locale_of_the_process_is_never_touched() -> None:
    called: list[str] = []

    def watch(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is locale.setlocale.__code__:
            called.append(frame.f_code.co_name)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        locale.setlocale(locale.LC_ALL)
        for name in FORMATS:
            FORMATS[name].render(feed(entry(1)))
    finally:
        sys.setprofile(before)
    assert called == ["setlocale"], "only the call above, which shows that we would see one"


@pytest.mark.parametrize("name", FORMATS)
def test_an_entry_that_cannot_be_written_is_left_out_and_told(name: str) -> None:
    nothing: Any = None
    broken = replace(entry(2), published=nothing)
    made = document(feed(entry(1), broken, entry(3)), name)
    assert made.body == FORMATS[name].render(feed(entry(1), entry(3)))
    assert [left.number for left in made.left_out] == [2]
    assert "TypeError" in made.left_out[0].reason
    assert PROBLEMS[name](render(feed(broken), name).body) == []


def test_a_fault_of_the_feed_itself_is_raised() -> None:
    nothing: Any = None
    nameless = replace(feed(entry(1)), title=nothing)
    with pytest.raises(TypeError):
        document(nameless, "rss")


@pytest.mark.parametrize(
    ("written", "on_the_wire"),
    [
        ("https://a.example/x?y=1&z=%D1%8B#t", "https://a.example/x?y=1&z=%D1%8B#t"),
        ("HTTPS://A.example/Путь", "https://A.example/%D0%9F%D1%83%D1%82%D1%8C"),
        ("http://кремль.рф:8080/а?б#в", "http://xn--e1ajeds9e.xn--p1ai:8080/%D0%B0?%D0%B1#%D0%B2"),
        (" https://a.example/50% ", "https://a.example/50%25"),
        ("https://a.example/a b[1]|\\", "https://a.example/a%20b%5B1%5D%7C%5C"),
        ("https://a.example/#а#б", "https://a.example/#%D0%B0%23%D0%B1"),
        ("https://[::1]:80/", "https://[::1]:80/"),
        ("/relative", None),
        ("//a.example/", None),
        ("javascript:alert(1)", None),
        ("ftp://a.example/", None),
        ("https://", None),
        ("https://[", None),
        ("https://a.example:port/", None),
        ("https://a\x7f.example/", None),
        ("https://" + "ы" * 80 + ".рф/", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_absolute_ascii_or_none(written: str | None, on_the_wire: str | None) -> None:
    assert ascii_url(written) == on_the_wire
    if on_the_wire:
        assert ascii_url(on_the_wire) == on_the_wire


def test_an_id_is_left_alone_but_for_what_no_uri_may_hold() -> None:
    assert ascii_id("tag:a.example,2026:x/1?#[]%20") == "tag:a.example,2026:x/1?#[]%20"
    assert ascii_id("http://A.Example/ы ы%") == "http://A.Example/%D1%8B%20%D1%8B%25"


@pytest.mark.parametrize(
    ("said", "url", "type_"),
    [
        ("image/PNG", "https://a.example/x.jpg", "image/png"),
        ("jpeg", "https://a.example/x.JPG?y.png", "image/jpeg"),
        (None, "https://a.example/x.unknown", "a/b"),
        (None, "https://a.example/x", "a/b"),
    ],
)
def test_a_media_type_is_as_said_else_as_the_suffix_tells(
    said: str | None, url: str, type_: str
) -> None:
    assert media_type(said, url, "a/b") == type_
