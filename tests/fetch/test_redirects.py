"""Where a redirect may lead, and what goes along."""

from __future__ import annotations

import asyncio
import gzip
import time

import pytest

from feedhub.model import Failed, Fetched, Timeout

CODES = [301, 302, 303, 307, 308]


def _to(bench, place: str, code: int = 302, body: bytes = b"", *fields: str) -> bytes:
    return bench.reply(body, f"{code} Elsewhere", f"Location: {place}", *fields)


@pytest.mark.parametrize("code", CODES)
def test_a_redirect_is_followed_and_the_outcome_says_where_it_was_found(bench, code):
    replies = {"/feed": _to(bench, "/new?a[]=1&b=%zz", code), "/new": bench.reply(b"<rss/>")}
    outcome, site = bench.ask(replies)
    assert isinstance(outcome, Fetched)
    assert outcome.url == site.url("/new?a[]=1&b=%zz")
    assert [seen.target for seen in site.seen] == ["/feed", "/new?a[]=1&b=%zz"]


@pytest.mark.parametrize("code", [300, *CODES, 304, 305, 306])
def test_a_redirect_to_a_forbidden_address_never_reaches_it(bench, code):
    async def ask():
        async with bench.site(bench.reply(b"secret")) as canary:
            reply = _to(bench, canary.url(), code)
            async with bench.site(reply) as site, bench.client(site) as client:
                return await client.get(bench.source(site.url())), canary

    outcome, canary = bench.run(ask())
    assert isinstance(outcome, Failed)
    assert canary.connections == 0
    if code in CODES:
        assert outcome.kind == "hard"
        assert f"127.0.0.1:{canary.port}" in outcome.message
        assert outcome.message.startswith("After a redirect to 127.0.0.1: ")


def test_the_fifth_hop_is_judged_like_the_first(bench):
    async def ask():
        async with bench.site(bench.reply(b"secret")) as canary:
            replies = {f"/{hop}": _to(bench, f"/{hop + 1}") for hop in range(4)}
            replies["/4"] = _to(bench, canary.url())
            async with bench.site(replies) as site, bench.client(site) as client:
                return await client.get(bench.source(site.url("/0"))), site, canary

    outcome, site, canary = bench.run(ask())
    assert outcome.kind == "hard"
    assert (len(site.seen), canary.connections) == (5, 0)


PLACES = [
    "file:///etc/passwd",
    "ftp://agency.example/",
    "http://agency.example:22/",
    "http://agency.example:0/",
    "http://user:secret@agency.example/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/",
    "http://127.1/",
    "//2130706433/",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_redirect_to_what_is_no_public_web_address_is_refused(bench, place):
    outcome, _ = bench.ask(_to(bench, place))
    assert isinstance(outcome, Failed)
    assert outcome.kind == "hard"
    assert "secret" not in outcome.message


def test_five_hops_are_followed_and_a_sixth_is_not(bench):
    replies = {f"/{hop}": _to(bench, f"/{hop + 1}") for hop in range(9)}
    outcome, site = bench.ask({**replies, "/5": bench.reply(b"<rss/>")}, "/0")
    assert isinstance(outcome, Fetched)
    outcome, site = bench.ask(replies, "/0")
    assert (outcome.kind, len(site.seen)) == ("soft", 6)
    assert "more than 5 times" in outcome.message


def test_a_circle_of_redirects_is_seen_at_once(bench):
    replies = {"/feed": _to(bench, "/b"), "/b": _to(bench, "/feed")}
    outcome, site = bench.ask(replies)
    assert (outcome.kind, len(site.seen)) == ("soft", 2)
    assert "in a circle" in outcome.message


def test_a_redirect_without_a_place_is_a_failure(bench):
    outcome, _ = bench.ask(bench.reply(b"", "302 Found"))
    assert (outcome.kind, "without saying where" in outcome.message) == ("soft", True)


def test_the_body_of_a_redirect_is_never_read(bench):
    sent = {"bytes": 0}
    bomb = gzip.compress(bytes(30 * 2**20))

    async def endless(seen, writer):
        writer.write(
            _to(bench, "/new", 302, bomb, "Content-Encoding: gzip", "Content-Length: 9999999999")
        )
        try:
            while sent["bytes"] < 2**28:
                writer.write(bomb)
                await writer.drain()
                sent["bytes"] += len(bomb)
        except OSError:
            pass

    started = time.monotonic()
    outcome, _ = bench.ask({"/feed": endless, "/new": bench.reply(b"<rss/>")})
    assert isinstance(outcome, Fetched)
    assert sent["bytes"] < 2**24
    assert time.monotonic() - started < 5


def test_a_sources_own_headers_do_not_follow_to_another_host(bench):
    own = (("Authorization", "Bearer s3cret"), ("Cookie", "a=b"), ("X-Key", "k"))

    async def ask():
        async with bench.site(bench.reply(b"<rss/>"), host="127.0.0.2") as other:
            replies = {"/feed": _to(bench, "/next"), "/next": _to(bench, other.url())}
            async with bench.site(replies) as site, bench.client(site, other) as client:
                return await client.get(bench.source(site.url(), headers=own)), site, other

    outcome, site, other = bench.run(ask())
    assert isinstance(outcome, Fetched)
    assert [seen.headers.get("authorization") for seen in site.seen] == ["Bearer s3cret"] * 2
    assert not {"authorization", "cookie", "x-key"} & set(other.seen[0].headers)


def test_headers_once_dropped_do_not_come_back_with_the_first_host(bench):
    replies, back = {"/end": bench.reply(b"<rss/>")}, {}

    async def ask():
        async with bench.site(replies) as site, bench.site(back, host="127.0.0.2") as other:
            replies["/feed"], back["*"] = _to(bench, other.url()), _to(bench, site.url("/end"))
            async with bench.client(site, other) as client:
                own = (("X-Key", "k"),)
                return await client.get(bench.source(site.url(), headers=own)), site

    outcome, site = bench.run(ask())
    assert isinstance(outcome, Fetched)
    assert ["x-key" in seen.headers for seen in site.seen] == [True, False]


def test_the_time_of_all_hops_together_is_limited(bench):
    async def slow(seen, writer):
        await asyncio.sleep(0.15)
        hop = int(seen.target[1:])
        writer.write(_to(bench, f"/{hop + 1}", 302, b"", "Connection: close"))

    timeout = Timeout(total=0.4)
    outcome, site = bench.ask(slow, "/0", timeout=timeout)
    assert (outcome.kind, len(site.seen)) == ("temporary", 3)
    assert "longer than 0.4 s" in outcome.message
    assert 350 <= outcome.ms < 700
