"""What goes out on the wire, byte for byte."""

from __future__ import annotations

import json

import pytest
from yarl import URL

from feedhub.errors import AddressRefused, SourceError
from feedhub.fetch.address import redirected, same_origin, shown, wire_url

TARGETS = [
    ("/ru/press-center/?TAG_ID_4[]=1&id_4=39000", None),
    ("/a[1]/%D0%BC%2fx?q[]=1&u=%41%7e|;+%20", None),
    ("/./a/../b//c", None),
    ("/{1}?x=%zz", None),
    ("/rss?", None),
    ("/rss??", None),
    ("/тег?связь", "/%D1%82%D0%B5%D0%B3?%D1%81%D0%B2%D1%8F%D0%B7%D1%8C"),
    ("/a b\tc", "/a%20b%09c"),
    ("/a\r\nX-Evil: 1", "/a%0D%0AX-Evil:%201"),
    ("/a#part", "/a"),
    ("", "/"),
    ("?x=1", "/?x=1"),
    ("/a:b@c", None),
]


@pytest.mark.parametrize(("written", "sent"), TARGETS)
def test_the_request_target_is_sent_as_written(bench, written, sent):
    outcome, site = bench.ask(bench.reply(b"x"), written)
    assert outcome.status == 200
    assert [seen.line for seen in site.seen] == [f"GET {sent or written} HTTP/1.1"]


def test_annotated_addresses_are_sent_as_written(bench, shared):
    lines = (shared / "gold" / "urls.dev.jsonl").read_text().splitlines()
    cases = [case["fetch"] for case in map(json.loads, lines) if "fetch" in case]
    assert cases
    for case in cases:
        assert wire_url(case["url"]).raw_path_qs == case["request_target"]
        _, site = bench.ask(bench.reply(b"x"), "/" + case["url"].split("/", 3)[3])
        assert site.seen[0].target == case["request_target"]


HOSTS = [
    ("https://мвд.рф/x", "xn--b1aew.xn--p1ai"),
    ("http://МВД.РФ:8080/", "xn--b1aew.xn--p1ai"),
    ("HTTPS://Agency.Example/", "agency.example"),
    ("http://①②⑦.⓪.⓪.①/", "127.0.0.1"),
    ("http://[::1]:8080/", "::1"),
]


@pytest.mark.parametrize(("url", "host"), HOSTS)
def test_the_host_becomes_lower_case_and_punycode(url, host):
    assert wire_url(url).raw_host == host


REFUSED = [
    "file:///etc/passwd",
    "ftp://agency.example/",
    "feed:https://agency.example/",
    "gopher://agency.example/",
    "data:text/xml,x",
    "javascript:1",
    "",
    "agency.example/rss",
    "http://",
    "http:///path",
    "http://:80/",
    "http:/agency.example",
    "http://agency.example:65536/",
    "http://agency.example:x/",
    "http://user@agency.example/",
    "http://user:secret@agency.example/",
    "http://good.example\\@10.0.0.1/",
    "http://good.example\\.evil.example/",
    "http://a b.example/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_no_plain_web_address_is_refused_in_a_sentence(url):
    with pytest.raises(AddressRefused) as caught:
        wire_url(url)
    assert str(caught.value).endswith(".")
    assert "secret" not in str(caught.value)


PLACES = [
    ("https://new.example/a[]?b[]=%zz", "https://new.example/a[]?b[]=%zz"),
    ("//new.example/a", "http://new.example/a"),
    ("/b?c[]=1", "http://old.example:8080/b?c[]=1"),
    ("?page=2", "http://old.example:8080/dir/rss?page=2"),
    ("other", "http://old.example:8080/dir/other"),
    ("../up", "http://old.example:8080/up"),
    ("  /b  ", "http://old.example:8080/b"),
    ("/\\evil.example", "http://old.example:8080/\\evil.example"),
    ("/\udcef\udcf0", "http://old.example:8080/%EF%F0"),
]


@pytest.mark.parametrize(("location", "url"), PLACES)
def test_a_location_is_resolved_against_the_current_address(location, url):
    assert str(redirected(wire_url("http://old.example:8080/dir/rss?a=1"), location)) == url


def test_an_empty_location_leads_nowhere():
    with pytest.raises(SourceError):
        redirected(wire_url("http://old.example/"), " ")


ORIGINS = [
    ("http://a.example/", "http://a.example/b", True),
    ("http://a.example/", "https://a.example/", True),
    ("https://a.example/", "http://a.example/", False),
    ("http://a.example/", "http://b.example/", False),
    ("http://a.example/", "http://a.example:8080/", False),
    ("http://a.example:8080/", "https://a.example:8443/", False),
]


@pytest.mark.parametrize(("here", "there", "same"), ORIGINS)
def test_secrets_go_to_the_same_origin_only(here, there, same):
    assert same_origin(URL(here), URL(there)) is same


def test_a_strangers_text_is_made_printable_and_short():
    assert shown("a\x1b[31m\nb" + "x" * 500, 8) == "a?[31m?b"
    assert shown(None) == ""
