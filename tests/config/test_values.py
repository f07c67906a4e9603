"""Times, sizes, addresses, and what is legal but doubtful."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.config import addresses, load, units, warnings

BASE = "site: {title: Портал}\nsections: [{slug: news, title: Новости}]\n"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("1.5h", 5400), ("7d", 604_800), ("250ms", 0.25), ("10 s", 10)],
)
def test_times_are_read_with_their_units(text: str, seconds: float) -> None:
    assert units.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "5", "-5m", "5M", "m", "5m5s", "1e3s", "٣s", "9999999999d", 5]
)
def test_anything_else_is_no_time(text: object) -> None:
    with pytest.raises(ValueError, match="with its unit"):
        units.duration(text)


@settings(max_examples=100, deadline=None, database=None)
@given(st.integers(1, 10**12))
def test_a_time_spelled_is_read_back(milliseconds: int) -> None:
    time = timedelta(milliseconds=milliseconds)
    spelled = units.spell(time)
    assert len(spelled) > 10 or units.duration(spelled) == time


@pytest.mark.parametrize(
    ("text", "size"), [("15MiB", 15 * 2**20), ("500KB", 500_000), ("1.5KiB", 1536), ("10 B", 10)]
)
def test_sizes_are_read_with_their_units(text: str, size: int) -> None:
    assert units.size(text) == size


@pytest.mark.parametrize("text", ["15", "15mb", "MiB", "15 megabytes", 15, None])
def test_anything_else_is_no_size(text: object) -> None:
    with pytest.raises(ValueError, match="with its unit"):
        units.size(text)


@pytest.mark.parametrize(
    ("url", "entry", "is_allowed"),
    [
        ("http://127.0.0.1:8081/a", "127.0.0.1:8081", True),
        ("http://127.0.0.1:8082/a", "127.0.0.1:8081", False),
        ("http://127.0.0.1/a", "127.0.0.1:80", True),
        ("https://127.0.0.1/a", "127.0.0.1:80", False),
        ("http://10.9.9.9:5/a", "10.0.0.0/8", True),
        ("http://11.9.9.9:5/a", "10.0.0.0/8", False),
        ("http://[::1]:81/a", "[::1]:81", True),
        ("http://[fd00::5]/a", "fd00::/8", True),
        ("http://10.1.2.3/a", "fd00::/8", False),
        ("http://localhost:8081/a", "127.0.0.1:8081", False),
    ],
)
def test_an_address_is_allowed_by_exactly_what_is_named(
    url: str, entry: str, is_allowed: bool
) -> None:
    assert addresses.is_allowed(url, (entry,)) is is_allowed


@pytest.mark.parametrize(
    "url",
    [
        "https://agency.example",
        "http://мвд.рф/news/rss",
        "https://agency.example/?a[]=1&b=а",
        "http://[2001:db8::1]:8080/",
        "https://under_score.example./rss",
    ],
)
def test_an_address_stays_byte_for_byte(url: str) -> None:
    assert addresses.source_url(url) == url


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://Portal.example/", "https://portal.example"),
        ("HTTP://portal.example:8000/a/b//", "http://portal.example:8000/a/b"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://пиарофф.рф", "https://xn--80aptbhza.xn--p1ai"),
    ],
)
def test_the_base_of_links_is_made_plain(url: str, base: str) -> None:
    assert addresses.base_url(url) == base


def doubts(folder: Path, text: str) -> tuple[str, ...]:
    path = folder / "config.yaml"
    path.write_text(BASE + text, encoding="utf-8")
    return warnings(load(path, {}))


def test_two_sources_of_one_address_are_doubted(tmp_path: Path) -> None:
    text = "sources:\n  - {slug: a, url: 'https://a.example/'}\n  - {slug: b, url: 'https://a.example/'}\n"
    assert doubts(tmp_path, text) == ("sources a and b read the same address https://a.example/",)


def test_headers_over_http_are_doubted(tmp_path: Path) -> None:
    text = "sources:\n  - {slug: a, url: 'http://a.example/', headers: {Authorization: secret}}\n"
    (doubt,) = doubts(tmp_path, text)
    assert doubt.startswith("source a sends its headers over http")


def test_short_words_are_doubted_and_abbreviations_are_not(tmp_path: Path) -> None:
    text = "tags:\n  - {name: белоруссия, aliases: [РБ, рб]}\n  - {name: ит, match: [ИТ, '=ит']}\n"
    (doubt,) = doubts(tmp_path, text)
    assert doubt.startswith('tag белоруссия: "рб" is shorter than 3 letters')


def test_an_opening_for_the_whole_net_is_doubted(tmp_path: Path) -> None:
    (doubt,) = doubts(tmp_path, "fetch: {allow_private: ['0.0.0.0/0', 10.0.0.0/8]}\n")
    assert doubt.startswith("fetch.allow_private: 0.0.0.0/0 opens far more")
