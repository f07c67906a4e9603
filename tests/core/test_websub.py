"""A hub found, asked, verified and believed: the pure half of a subscriber, case by case."""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from feedhub.core import websub
from feedhub.core.websub import Confirmed, Denied, HubFound, Link, Refused
from feedhub.core.websub.links import header_links
from tests.builders import DAY, HOUR, MINUTE, NOW

URL = "https://agency.example/feed.xml"
HUB = "https://hub.example/"
SELF = '<https://agency.example/feed.xml>; rel="self"'


def found(*values: str, links: tuple[Link, ...] = (), url: str = URL) -> HubFound | None:
    return websub.hub_of([("link", value) for value in values], links, url=url)


def rel(name: str, href: str) -> Link:
    return Link(frozenset({name}), href)


# -- Link headers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        ('<https://hub.example/>; rel="hub"', SELF),
        (f'{SELF}, <https://hub.example/>; rel="hub"',),
        ("<https://hub.example/>;rel=hub",),
        ("  <https://hub.example/>  ;  REL = HUB  ",),
        ('<https://hub.example/>; rel="alternate Hub"; type="x"',),
        ('<https://hub.example/>; title="a, \\"b\\"; c"; rel="hub"',),
        ('<https://cdn.example/a,b;c>; rel="preload", <https://hub.example/>; rel=hub',),
        (
            '<https://agency.example/api/>; rel="https://api.w.org/", <https://hub.example/>;rel=hub',
        ),
        ("<https://hub.example/>; rel=hub; rel=self",),
        ("", ",,", ";;", "<", '<https://hub.example/>; rel="hub"'),
        ("<//hub.example/>; rel=hub",),
        ("<http://other.example/>; rel=hub", "<https://hub.example/>; rel=hub"),
    ],
)
def test_a_hub_is_found_in_every_spelling_of_the_header(values: tuple[str, ...]) -> None:
    assert found(*values) == HubFound(hub=HUB, topic=URL)


@pytest.mark.parametrize(
    "value",
    [
        "",
        SELF,
        "https://hub.example/; rel=hub",
        "<https://hub.example/>",
        '<https://hub.example/>; rel="hubs"',
        '<https://hub.example/>; title="rel=hub"',
        '<https://hub.example/>; rel="hub"; anchor="https://elsewhere.example/"',
        '<https://hub.example/>; rel="self"; rel="hub"',
        "<javascript:alert(1)>; rel=hub",
        "<file:///etc/passwd>; rel=hub",
        "<gopher://hub.example/>; rel=hub",
        "<https://user:word@hub.example/>; rel=hub",
        "<https://>; rel=hub",
        "<https://hub.example:port/>; rel=hub",
        "<https://[::1/>; rel=hub",
        "<https://hub.example/a b>; rel=hub",
        f"<https://hub.example/{'a' * 3000}>; rel=hub",
        '<https://hub.example/>; rel="hub',
    ],
)
def test_what_is_no_address_of_a_hub_names_none(value: str) -> None:
    assert found(value) is None


def test_a_quote_that_never_ends_costs_no_more_than_its_length() -> None:
    started = time.process_time()
    header_links(['<a>; t="' + '\\"' * 100_000, "<" * 100_000, ",;" * 100_000])
    websub.document_links("<link " * 20_000)
    websub.document_links("<!--" * 20_000)
    websub.document_links("<link a=" + "'\"" * 20_000)
    websub.document_links('{"hubs":' + "[" * 500_000)
    assert time.process_time() - started < 1


# -- the document's own links -------------------------------------------------------------------

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:a10="http://www.w3.org/2005/Atom"><channel>
<!-- <a10:link rel="hub" href="https://comment.example/"/> -->
<title><![CDATA[ <link rel="hub" href="https://cdata.example/"> ]]></title>
<link>https://agency.example/</link>
<a10:link rel='hub' href='https://hub.example/?a=1&amp;b=2'/>
<a10:link href="/feed.xml" rel="self" type="application/rss+xml"/>
<item><a10:link rel="hub" href="https://item.example/"/></item></channel></rss>"""


def test_a_feed_names_its_hub_before_its_first_entry() -> None:
    links = websub.document_links(RSS)
    assert found(links=links) == HubFound(hub="https://hub.example/?a=1&b=2", topic=URL)


@pytest.mark.parametrize(
    ("text", "hubs"),
    [
        ('<feed><link rel="hub" href="https://hub.example/"/></feed>', 1),
        ("<html><head><LINK REL=hub HREF=https://hub.example/></head>", 1),
        ('<html><body><link rel="hub" href="https://stranger.example/"></body>', 0),
        ('<feed><entry><link rel="hub" href="https://stranger.example/"/></entry></feed>', 0),
        ('<rdf:RDF><rss:item><link rel="hub" href="https://s.example/"/></rss:item>', 0),
        ("<feed>" + " " * 70_000 + '<link rel="hub" href="https://hub.example/"/></feed>', 0),
        ('{"hubs": [{"type": "WebSub", "url": "https://hub.example/"}], "items": []}', 1),
        ('\ufeff {"hubs": [{"type": "rssCloud", "url": "https://hub.example/"}]}', 0),
        ('{"hubs": [7, {"type": "WebSub", "url": 7}, null], "feed_url": 7}', 0),
        ('{"hubs": 7}', 0),
        ('{"hubs": [', 0),
        ('{"items": []}', 0),
        ("", 0),
    ],
)
def test_links_are_read_where_a_document_speaks_for_itself(text: str, hubs: int) -> None:
    named = [link for link in websub.document_links(text) if "hub" in link.rels]
    assert [link.href for link in named] == ["https://hub.example/"] * hubs


def test_a_json_feed_says_what_its_topic_is() -> None:
    text = (
        '{"feed_url": "https://agency.example/f.json",'
        ' "hubs": [{"type": "WebSub", "url": "https://hub.example/"}]}'
    )
    links = websub.document_links(text)
    assert found(links=links) == HubFound(hub=HUB, topic="https://agency.example/f.json")


def test_no_document_gives_more_than_fifty_links() -> None:
    text = '<link rel="hub" href="https://hub.example/"/>' * 200
    assert len(websub.document_links(text)) == 50
    assert len(header_links(["<https://hub.example/>; rel=hub," * 100])) == 50


# -- which comes first, and the topic -----------------------------------------------------------


def test_the_header_comes_before_the_document() -> None:
    links = (rel("hub", "https://document.example/"), rel("self", f"{URL}?from=document"))
    named = '<https://hub.example/>; rel="hub"'
    assert found(named, links=links) == HubFound(hub=HUB, topic=f"{URL}?from=document")
    own = f'<{URL}?from=header>; rel="self"'
    assert found(named, own, links=links) == HubFound(hub=HUB, topic=f"{URL}?from=header")
    assert found(own, links=links[:1]) == HubFound(
        hub="https://document.example/", topic=f"{URL}?from=header"
    )


@pytest.mark.parametrize(
    ("own", "topic"),
    [
        ("http://agency.example/feed.xml", "http://agency.example/feed.xml"),
        ("https://www.agency.example/feed.xml", "https://www.agency.example/feed.xml"),
        ("HTTPS://AGENCY.example/Feed.xml?a=%d0%b0", "HTTPS://AGENCY.example/Feed.xml?a=%d0%b0"),
        ("https://agency.example/лента", "https://agency.example/лента"),
        ("/other.xml", "https://agency.example/other.xml"),
        ("https://ministry.example/feed.xml", URL),
        ("https://agency.example.evil.example/feed.xml", URL),
        ("https://[", URL),
        ("https://agency.example/a b", URL),
    ],
)
def test_the_topic_is_the_document_s_own_word_on_its_own_host_only(own: str, topic: str) -> None:
    links = (rel("hub", HUB), rel("self", own))
    assert found(links=links) == HubFound(hub=HUB, topic=topic)


@pytest.mark.parametrize("url", ["mailto:agency", "https://[", ""])
def test_a_document_from_no_address_has_no_topic(url: str) -> None:
    assert found("<https://hub.example/>; rel=hub", url=url) is None


# -- the request --------------------------------------------------------------------------------


def test_a_request_holds_what_the_recommendation_asks_for() -> None:
    form = websub.form(
        "subscribe",
        topic="https://agency.example/лента?a=1&b=2",
        callback="https://news.example/c/1",
        lease=websub.LEASE,
        secret="s" * 199,
    )
    assert parse_qs(form.decode("ascii"), strict_parsing=True) == {
        "hub.mode": ["subscribe"],
        "hub.topic": ["https://agency.example/лента?a=1&b=2"],
        "hub.callback": ["https://news.example/c/1"],
        "hub.lease_seconds": ["864000"],
        "hub.secret": ["s" * 199],
    }
    leaving = websub.form("unsubscribe", topic=URL, callback="https://news.example/c/1")
    assert set(parse_qs(leaving.decode())) == {"hub.mode", "hub.topic", "hub.callback"}


def test_a_secret_of_two_hundred_bytes_is_too_long() -> None:
    with pytest.raises(ValueError, match="shorter than 200"):
        websub.form("subscribe", topic=URL, callback=URL, secret="ы" * 100)


# -- its verification ---------------------------------------------------------------------------

ASKED = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "a1", "hub.lease_seconds": ""}


def answer(wanted: websub.Mode = "subscribe", **fields: str | None) -> object:
    query = ASKED | {f"hub.{name}": value for name, value in fields.items()}
    pairs = [(name, value) for name, value in query.items() if value is not None]
    return websub.intent(pairs, topic=URL, wanted=wanted)


@pytest.mark.parametrize(
    ("said", "lease"),
    [
        ("86400", DAY),
        ("3600", HOUR),
        ("60", HOUR),
        ("0", HOUR),
        ("2592000", 30 * DAY),
        ("2592001", 30 * DAY),
        ("9" * 4000, 30 * DAY),
        (None, DAY),
        ("", DAY),
        ("-1", DAY),
        ("1e9", DAY),
        ("٣٦٠٠", DAY),
    ],
)
def test_the_hub_s_lease_counts_within_bounds(said: str | None, lease: timedelta) -> None:
    assert answer(lease_seconds=said) == Confirmed("a1", lease)


@pytest.mark.parametrize("topic", [None, "", URL + "/", URL.upper(), URL + " ", f"{URL}?"])
def test_another_topic_is_refused(topic: str | None) -> None:
    assert isinstance(answer(topic=topic), Refused)
    assert isinstance(answer(topic=topic, mode="denied"), Refused)


@pytest.mark.parametrize("mode", [None, "", "Subscribe", "unsubscribe", "publish", "subscribe "])
def test_what_was_not_asked_for_is_refused(mode: str | None) -> None:
    assert isinstance(answer(mode=mode), Refused)


def test_leaving_is_confirmed_only_while_we_leave() -> None:
    assert answer("unsubscribe", mode="unsubscribe") == Confirmed("a1", None)
    assert isinstance(answer("unsubscribe"), Refused)


@pytest.mark.parametrize(
    "challenge",
    ["0", "1234567890", "d0b-a_b.c~", "YWJj+/==", "a" * 256],
)
def test_a_challenge_of_letters_and_digits_is_echoed(challenge: str) -> None:
    assert answer(challenge=challenge) == Confirmed(challenge, DAY)


@pytest.mark.parametrize(
    "challenge",
    [
        None,
        "",
        "<script>alert(1)</script>",
        "&lt;",
        "a\r\nSet-Cookie: a=b",
        "a\n",
        "\x00",
        "{}",
        "alert(1)",
        "%3Cscript%3E",
        "вызов",
        "a b",
        "'",
        '"',
        "a" * 257,
    ],
)
def test_any_other_challenge_is_not(challenge: str | None) -> None:
    assert isinstance(answer(challenge=challenge), Refused)


def test_a_repeated_field_has_no_meaning() -> None:
    for name in ("hub.topic", "hub.mode", "hub.challenge"):
        pairs = [*ASKED.items(), (name, ASKED[name])]
        assert isinstance(websub.intent(pairs, topic=URL, wanted="subscribe"), Refused)


def test_a_hub_that_denies_says_why_and_not_more() -> None:
    assert answer(mode="denied", challenge=None) == Denied("")
    said = answer(mode="denied", reason="no\r\n<b>thanks" + "!" * 900)
    assert isinstance(said, Denied)
    assert said.reason.startswith("no??<b>thanks!!")
    assert len(said.reason) == 200


# -- signatures ---------------------------------------------------------------------------------

BODY, SECRET = b"<rss/>", "a secret"


def signed(method: str, body: bytes = BODY, secret: str = SECRET) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_recognised_method_is_believed(method: str) -> None:
    assert websub.is_signed(BODY, signed(method), SECRET)
    assert websub.is_signed(BODY, signed(method).upper(), SECRET)
    assert not websub.is_signed(BODY + b" ", signed(method), SECRET)
    assert not websub.is_signed(BODY, signed(method), SECRET + " ")
    assert not websub.is_signed(BODY, signed(method)[:-1], SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "=",
        "sha256",
        "sha256=",
        "sha256=%s" % ("0" * 64),
        "md5=" + hmac.new(SECRET.encode(), BODY, "md5").hexdigest(),
        "sha256=" + hashlib.sha256(BODY).hexdigest(),
        "sha1=" + signed("sha256")[7:],
        "none=",
        "sha256=ы",
        signed("sha256") + ", " + signed("sha1"),
    ],
)
def test_what_is_unsigned_or_wrongly_signed_is_not(header: str | None) -> None:
    assert not websub.is_signed(BODY, header, SECRET)


def test_without_a_secret_nothing_is_signed() -> None:
    assert not websub.is_signed(BODY, signed("sha256", secret=""), "")


# -- times --------------------------------------------------------------------------------------


def test_leases_are_renewed_after_four_fifths_and_before_nine_tenths_each_at_its_own_time() -> None:
    parts = {
        (websub.renew_at(f"s{n}", asked_at=NOW, lease_until=NOW + 10 * DAY) - NOW) / (10 * DAY)
        for n in range(200)
    }
    assert 0.8 <= min(parts) < 0.81
    assert 0.89 < max(parts) <= 0.9
    assert len(parts) == 200


def test_a_renewal_that_fails_is_tried_again_before_the_end_but_not_without_end() -> None:
    until, at, tries = NOW + 10 * DAY, NOW, 0
    while (at := websub.renew_at("s", asked_at=at, lease_until=until)) < until:
        tries += 1
    assert 3 <= tries <= 5
    assert websub.renew_at("s", asked_at=until - MINUTE, lease_until=until) > until


def test_a_refusal_is_followed_by_longer_and_longer_waits_up_to_a_day() -> None:
    waits = [websub.retry_at("s", asked_at=NOW, failures=n) - NOW for n in range(60)]
    assert waits[0] == waits[1]
    assert HOUR <= waits[1] <= 1.1 * HOUR
    assert waits == sorted(waits)
    assert waits[2] == 2 * waits[1]
    assert max(waits) == DAY
