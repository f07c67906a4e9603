from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.normalise.urls import absolute_url, canonical_url, is_uri

BASE = "https://ведомство.example/press/rss/feed.xml?lim=5"
HOST = "https://xn--b1aafd0blcwj.example"

SAME = {
    "scheme and host in any case": ("https://Ved.Example/a", "HTTPS://ved.example/a"),
    "http and https": ("http://ved.example/a", "https://ved.example/a"),
    "www, m, amp": (
        "https://ved.example/a",
        "https://www.ved.example/a",
        "https://m.ved.example/a",
        "https://amp.ved.example/a",
        "https://www.m.ved.example/a",
    ),
    "last slash": ("https://ved.example/a", "https://ved.example/a/", "https://ved.example/a/#top"),
    "home page": ("https://ved.example", "https://ved.example/", "https://ved.example/?"),
    "point behind the host": ("https://ved.example./a", "https://ved.example/a"),
    "default port": (
        "http://ved.example:80/a",
        "https://ved.example:443/a",
        "https://ved.example:/a",
    ),
    "credentials": ("https://who:secret@ved.example/a", "https://ved.example/a"),
    "Cyrillic host": ("https://ведомство.example/a", "https://ВЕДОМСТВО.example/a", HOST + "/a"),
    "percent-encoding": ("https://ved.example/~a/я", "https://ved.example/%7Ea/%d1%8f"),
    "spaces": (
        "https://ved.example/a b",
        "https://ved.example/a%20b",
        " https://ved.example/a b\n",
    ),
    "dots": (
        "https://ved.example/a/b",
        "https://ved.example/x/../a/./b",
        "https://ved.example/%2e/a/b",
    ),
    "brackets": ("https://ved.example/?a[]=1", "https://ved.example/?a%5B%5D=1"),
    "twice escaped": ("https://ved.example/?a=1&b=2", "https://ved.example/?a=1&amp;b=2"),
    "empty fields": ("https://ved.example/?a=1&b=2", "https://ved.example/?&a=1&&b=2&"),
    "listed trackers": (
        "https://ved.example/?ID=7",
        "https://ved.example/?utm_source=a&ID=7&UTM_Medium=b&yclid=1",
        "https://ved.example/?ID=7&_openstat=x&ysclid=1&gclid=2&fbclid=3&rcmd_id=4&PHPSESSID=5",
        "https://ved.example/?ID=7&from=rss",
    ),
    "session in the path": ("https://ved.example/a", "https://ved.example/a;jsessionid=0A1B"),
}

DIFFERENT = {
    "other parameters are identity": (
        "https://ved.example/?regNumber=1",
        "https://ved.example/?regNumber=2",
        "https://ved.example/?uid=1",
        "https://ved.example/?ref=1",
        "https://ved.example/?source=rss",
        "https://ved.example/?session=1",
        "https://ved.example/?from=2026-08-01",
        "https://ved.example/",
    ),
    "order of the query": ("https://ved.example/?a=1&b=2", "https://ved.example/?b=2&a=1"),
    "case of the path": ("https://ved.example/A", "https://ved.example/a"),
    "hash-bang": ("https://ved.example/#!/1", "https://ved.example/#!/2", "https://ved.example/"),
    "other hosts": (
        "https://ved.example/",
        "https://m24.ved.example/",
        "https://amped.ved.example/",
        "https://16.ved.example/",
    ),
    "a slash that is data": ("https://ved.example/a%2Fb", "https://ved.example/a/b"),
    "too few labels": ("https://www.example/", "https://example/", "https://m.example/"),
    "ports": ("https://ved.example:8443/", "https://ved.example/", "http://ved.example:443/"),
}

NO_ADDRESS = [
    "",
    " ",
    "#a",
    "ved.example/a",
    "/a",
    "javascript:alert(1)",
    "mailto:press@ved.example",
    "ftp://ved.example/a",
    "file:///etc/passwd",
    "http://",
    "http:///a",
    "http:ved.example",
    "http://[::1/a",
    "http://ved.example:99999/",
    "http://ved.example:80a/",
    "http://a b.example/",
    "http://a%2fb.example/",
    "http://..",
    "http://xn--/",
    "http://" + "я" * 100 + ".рф/",
    "http://" + "я." * 300 + "рф/",
    "http://ved.example/" + "a" * 9000,
]


@pytest.mark.parametrize("note", SAME)
def test_spellings_of_one_address_have_one_key(note: str) -> None:
    keys = {canonical_url(url) for url in SAME[note]}
    assert len(keys) == 1
    assert keys != {None}


@pytest.mark.parametrize("note", DIFFERENT)
def test_different_addresses_have_different_keys(note: str) -> None:
    keys = {canonical_url(url) for url in DIFFERENT[note]}
    assert None not in keys
    assert len(keys) == len(DIFFERENT[note])


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_web_address_has_no_key(url: str) -> None:
    assert canonical_url(url) is None


def test_every_annotated_group_of_addresses_is_told_apart(shared: Path) -> None:
    lines = (shared / "gold" / "urls.dev.jsonl").read_text(encoding="utf-8").splitlines()
    for group in map(json.loads, lines):
        same = {canonical_url(url) for url in group["same"]}
        different = [canonical_url(url) for url in group["different"]]
        assert len(same) == 1, group["note"]
        assert None not in same | set(different), group["note"]
        assert len({*same, *different}) == 1 + len(different), group["note"]
        if wanted := group.get("fetch"):
            written = absolute_url(wanted["url"], None)
            assert written is not None
            assert written.endswith(wanted["request_target"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ved.example/a?b=1#c", "https://ved.example/a?b=1#c"),
        ("HTTP://VED.Example", "http://ved.example"),
        ("https://ved.example:443/a", "https://ved.example:443/a"),
        ("https://who:secret@ved.example/a", "https://ved.example/a"),
        ("//ved.example/a", "https://ved.example/a"),
        ("/a/b", HOST + "/a/b"),
        ("a", HOST + "/press/rss/a"),
        ("../a b", HOST + "/press/a%20b"),
        ("../../../../a", HOST + "/a"),
        (".", HOST + "/press/rss/"),
        ("..", HOST + "/press/"),
        ("?q=1", HOST + "/press/rss/feed.xml?q=1"),
        ("#c", HOST + "/press/rss/feed.xml?lim=5#c"),
        (
            "/новость?тема=вода#ж",
            HOST + "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C?"
            "%D1%82%D0%B5%D0%BC%D0%B0=%D0%B2%D0%BE%D0%B4%D0%B0#%D0%B6",
        ),
        ("/?TAG[]=1&b[2]=3", HOST + "/?TAG[]=1&b[2]=3"),
        ("/a[1]", HOST + "/a%5B1%5D"),
        ("/%d0%bf/100%", HOST + "/%d0%bf/100%25"),
        ('/?a=<b>"|', HOST + "/?a=%3Cb%3E%22%7C"),
        ("\n https://ved.example/a\r\n/b \t", "https://ved.example/a/b"),
        ("https:\\\\ved.example\\a", "https://ved.example/a"),
        ("https://ved.example\\@other.example/", "https://ved.example/@other.example/"),
        ("www.ved.example/a", "http://www.ved.example/a"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("http://ved.example/\ud800", "http://ved.example/%3F"),
    ],
)
def test_an_address_becomes_absolute_and_ascii(url: str, expected: str) -> None:
    assert absolute_url(url, BASE) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "mailto:press@ved.example",
        "tel:+70000000000",
        "ftp://ved.example/",
        "http://",
        "//",
        "https://[::1",
        "https://ved.example:70000/",
    ],
)
def test_what_cannot_be_read_on_the_web_is_no_link(url: str) -> None:
    assert absolute_url(url, BASE) is None


@pytest.mark.parametrize("base", [None, "", "not an address", "file:///a/b", "/feed"])
def test_a_relative_address_needs_a_base_on_the_web(base: str | None) -> None:
    assert absolute_url("/a", base) is None
    assert absolute_url("https://ved.example/a", base) == "https://ved.example/a"


def test_a_base_without_a_path_is_a_base() -> None:
    assert absolute_url("a", "https://ved.example") == "https://ved.example/a"


WEB = st.text(alphabet="abя./?#&=%2e:@[]\\ \t\n!-", max_size=60)


@given(
    tail=st.one_of(st.text(max_size=80), WEB),
    head=st.sampled_from(["", "http://", "//", "https://ved.example/"]),
)
@settings(max_examples=500, deadline=None)
def test_no_address_raises_and_every_link_stays_itself(tail: str, head: str) -> None:
    link = absolute_url(head + tail, "https://ved.example/feed/")
    canonical_url(head + tail)
    is_uri(head + tail)
    if link is not None:
        assert link.isascii()
        assert link.startswith(("http://", "https://"))
        assert absolute_url(link, None) == link
        assert canonical_url(link) == canonical_url(canonical_url(link) or "")


@pytest.mark.parametrize(
    "text",
    [
        "https://ved.example/news/1",
        "http://ved.example:8080/?id=1#c",
        "https://ved.example",
        "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
        "URN:isbn:0451450523",
        "tag:ved.example,2026:news/1",
        "tag:press@ved.example,2026-08-04:1",
        "doi:10.1000/182",
        "info:doi/10.1000/182",
        "https://ved.example/%D1%8F",
    ],
)
def test_a_lasting_uri_can_be_an_id(text: str) -> None:
    assert is_uri(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "80731 at http://ved.example",
        "/news/1",
        "http://",
        "https:///a",
        "https://ведомство.example/1",
        "https://ved.example/я",
        "https://ved.example/a b",
        "https://ved.example/a\n",
        "https://ved.example/%zz",
        "https://ved.example/?a[]=1",
        "https://ved.example/#a#b",
        "https://who:secret@ved.example/a",
        "urn:x",
        "urn:uuid:",
        "tag:ved.example",
        "info:",
        "javascript:alert(1)",
        "yt:video:1",
        "https://ved.example/" + "a" * 500,
    ],
)
def test_what_is_no_lasting_uri_is_no_id(text: str) -> None:
    assert not is_uri(text)
