"""One poll as it should go: what is asked, what is kept of the answer, how many at once."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import zlib
from itertools import pairwise

import pytest

from feedhub.fetch import Client
from feedhub.model import (
    Failed,
    Fetched,
    FetchSettings,
    NotModified,
    Timeout,
    Unchanged,
    Validators,
)

BODY = "<rss>Министерство связи</rss>".encode()
HASH = hashlib.blake2b(BODY).hexdigest()
SLACK = 0.02
"""Seconds that a busy machine may make a measured gap shorter than the true one."""


def test_a_new_body_is_fetched_with_its_hash_and_validators(bench):
    fields = ('ETag: W/"a b;c"', "Last-Modified: yesterday", "Content-Type: text/xml; charset=x")
    outcome, site = bench.ask(bench.reply(BODY, "200 OK", *fields))
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.body_hash, outcome.status) == (BODY, HASH, 200)
    assert outcome.validators == Validators(etag='W/"a b;c"', last_modified="yesterday")
    assert outcome.header("content-type") == "text/xml; charset=x"
    assert outcome.url == site.url("/feed")


def test_the_request_says_who_asks_and_what_it_can_read(bench):
    _, site = bench.ask(bench.reply(BODY), settings={"user_agent": "FeedHub/1 (+http://a.ru)"})
    headers = site.seen[0].headers
    assert headers["user-agent"] == "FeedHub/1 (+http://a.ru)"
    assert headers["accept"].startswith("application/atom+xml, application/rss+xml")
    assert headers["accept-encoding"] == "gzip, deflate"
    assert not {"if-none-match", "if-modified-since", "cookie", "referer"} & set(headers)


VALIDATORS = [
    Validators(etag='"abc-gzip"', last_modified="Sun, 22 Nov 2026 10:00:00 GMT"),
    Validators(etag="unquoted"),
    Validators(etag="'odd' W/\"x\", y", last_modified="22.11.2026 10:00"),
    Validators(last_modified="0"),
]


@pytest.mark.parametrize("stored", VALIDATORS)
def test_validators_are_sent_back_exactly_as_they_were_stored(bench, stored):
    not_modified = bench.reply(b"", "304 Not Modified")
    outcome, site = bench.ask(not_modified, asked={"validators": stored})
    headers = site.seen[0].headers
    assert headers.get("if-none-match") == stored.etag
    assert headers.get("if-modified-since") == stored.last_modified
    assert isinstance(outcome, NotModified)
    assert outcome.validators == stored


def test_a_304_renews_the_validators_it_carries_and_keeps_the_others(bench):
    stored = Validators(etag='"old"', last_modified="old")
    reply = b'HTTP/1.1 304 Not Modified\r\nETag: "new"\r\nCache-Control: max-age=60\r\n\r\n'
    outcome, _ = bench.ask(reply, asked={"validators": stored})
    assert outcome.validators == Validators(etag='"new"', last_modified="old")
    assert outcome.header("cache-control") == "max-age=60"


def test_a_304_to_a_question_without_conditions_is_a_failure(bench):
    outcome, _ = bench.ask(bench.reply(b"", "304 Not Modified"))
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.status) == ("soft", 304)


def test_an_equal_body_is_unchanged_and_its_validators_are_kept(bench):
    reply = bench.reply(BODY, "200 OK", 'ETag: "new"')
    old = Validators(etag='"old"', last_modified="old")
    outcome, _ = bench.ask(reply, asked={"body_hash": HASH, "validators": old})
    assert isinstance(outcome, Unchanged)
    assert outcome.body_hash == HASH
    assert outcome.validators == Validators(etag='"new"')


@pytest.mark.parametrize("long", ["ETag", "Last-Modified", "Link"])
def test_an_overlong_header_is_dropped(bench, long):
    outcome, _ = bench.ask(bench.reply(BODY, "200 OK", f"{long}: {'x' * 1025}"))
    assert outcome.validators == Validators()
    assert outcome.header(long.lower()) is None


def test_validators_that_are_no_text_are_dropped(bench):
    outcome, _ = bench.ask(bench.reply(BODY, "200 OK", 'ETag: "\xef\xf0"'))
    assert isinstance(outcome, Fetched)
    assert outcome.validators == Validators()


def test_only_useful_headers_are_kept_in_lower_case(bench):
    fields = ["CONTENT-TYPE: text/xml", "Set-Cookie: a=b", "X-Powered-By: x", "Server: y"]
    links = [f"Link: <{number}>" for number in range(20)]
    outcome, _ = bench.ask(bench.reply(BODY, "200 OK", *fields, *links))
    assert outcome.headers == (
        ("content-type", "text/xml"),
        *(("link", f"<{number}>") for number in range(8)),
    )


PACKED = {
    "gzip": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
    "identity": BODY,
}


@pytest.mark.parametrize("coding", PACKED)
def test_a_compressed_body_is_hashed_after_decompression(bench, coding):
    reply = bench.reply(PACKED[coding], "200 OK", f"Content-Encoding: {coding}")
    outcome, _ = bench.ask(reply)
    assert (outcome.body, outcome.body_hash) == (BODY, HASH)


def test_a_chunked_body_and_one_that_ends_with_the_connection_are_read(bench):
    chunked = bench.reply(
        b"3\r\n<rs\r\n3\r\ns/>\r\n0\r\n\r\n", "200 OK", "Transfer-Encoding: chunked"
    )
    assert bench.ask(chunked)[0].body == b"<rss/>"
    closed = b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n<rss/>"
    assert bench.ask(closed)[0].body == b"<rss/>"


def test_a_sources_own_headers_are_sent_and_replace_ours(bench):
    own = (("user-agent", "Mozilla"), ("Authorization", "Bearer x"), ("Accept-Encoding", "br"))
    _, site = bench.ask(bench.reply(BODY), headers=own)
    headers = site.seen[0].headers
    assert (headers["user-agent"], headers["authorization"]) == ("Mozilla", "Bearer x")
    assert headers["accept-encoding"] == "gzip, deflate"


def test_cookies_are_not_kept_between_polls(bench):
    async def twice():
        reply = bench.reply(BODY, "200 OK", "Set-Cookie: spy=1; Path=/")
        async with bench.site(reply) as site, bench.client(site) as client:
            for _ in range(2):
                await client.get(bench.source(site.url()))
            return site

    assert all("cookie" not in seen.headers for seen in bench.run(twice()).seen)


def test_a_connection_is_used_again_and_a_stale_one_is_replaced(bench):
    async def once_more(seen, writer):
        writer.write(bench.reply(BODY))
        await writer.drain()

    async def ask():
        async with bench.site(bench.reply(BODY)) as kept, bench.site(once_more) as closing:
            async with bench.client(kept, closing) as client:
                outcomes = [await client.get(bench.source(kept.url())) for _ in range(3)]
                outcomes += [await client.get(bench.source(closing.url())) for _ in range(3)]
            return outcomes, kept, closing

    outcomes, kept, closing = bench.run(ask())
    assert all(isinstance(outcome, Fetched) for outcome in outcomes)
    assert (kept.connections, closing.connections) == (1, 3)


def test_the_server_never_sees_two_requests_closer_than_the_gap(bench):
    async def ask():
        async with bench.site(bench.reply(BODY)) as site:
            async with bench.client(site, gap=0.15, per_host=3) as client:
                paths = [f"/{number}" for number in range(5)]
                asked = (client.get(bench.source(site.url(path))) for path in paths)
                outcomes = await asyncio.gather(*asked)
            return outcomes, site

    outcomes, site = bench.run(ask())
    assert [seen.target for seen in site.seen] == ["/0", "/1", "/2", "/3", "/4"]
    assert all(two.at - one.at >= 0.15 - SLACK for one, two in pairwise(site.seen))
    assert max(outcome.ms for outcome in outcomes) < 150  # waiting for a turn is not counted


def test_a_redirect_to_the_same_host_waits_for_its_gap_too(bench):
    replies = {"/feed": bench.reply(b"", "302 Found", "Location: /b"), "/b": bench.reply(BODY)}
    outcome, site = bench.ask(replies, settings={"gap": 0.2})
    assert isinstance(outcome, Fetched)
    assert site.seen[1].at - site.seen[0].at >= 0.2 - SLACK


def test_the_server_sees_no_more_requests_at_once_than_allowed(bench):
    running = {"now": 0, "most": 0}

    async def slow(seen, writer):
        running["now"] += 1
        running["most"] = max(running.values())
        await asyncio.sleep(0.02)
        running["now"] -= 1
        writer.write(bench.reply(BODY))

    async def ask(**limits):
        running.update(now=0, most=0)
        async with bench.site(slow) as site, bench.client(site, **limits) as client:
            await asyncio.gather(*(client.get(bench.source(site.url())) for _ in range(12)))
        return running["most"]

    assert bench.run(ask(per_host=2)) == 2
    assert bench.run(ask(per_host=9, concurrency=3)) == 3


def test_waiting_for_a_turn_is_no_part_of_the_timeout(bench):
    async def ask():
        limits = {"gap": 0.3, "timeout": Timeout(total=0.25)}
        async with bench.site(bench.reply(BODY)) as site, bench.client(site, **limits) as client:
            return await asyncio.gather(*(client.get(bench.source(site.url())) for _ in range(3)))

    assert all(isinstance(outcome, Fetched) for outcome in bench.run(ask()))


def test_cancelling_a_poll_passes_and_leaves_the_client_usable(bench):
    async def ask():
        hung = asyncio.Event()

        async def silent(seen, writer):
            hung.set()
            await asyncio.sleep(30)

        replies = {"/hung": silent, "*": bench.reply(BODY)}
        async with bench.site(replies) as site, bench.client(site, per_host=1) as client:
            poll = asyncio.create_task(client.get(bench.source(site.url("/hung"))))
            await hung.wait()
            poll.cancel()
            with pytest.raises(asyncio.CancelledError):
                await poll
            return await client.get(bench.source(site.url()))

    assert isinstance(bench.run(ask()), Fetched)


def test_a_client_that_is_not_open_says_so(bench):
    client = Client(FetchSettings(), now=lambda: None)
    with pytest.raises(RuntimeError):
        bench.run(client.get(bench.source("http://agency.example/")))
