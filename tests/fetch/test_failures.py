"""Every way a source can fail: a value with a weight and one sentence, never an exception."""

from __future__ import annotations

import asyncio
import gzip
import socket
import tracemalloc
import zlib
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver

from feedhub.model import Failed, Source, Timeout

STATUSES = {
    201: ("soft", "201"),
    204: ("soft", "empty answer"),
    205: ("soft", "empty answer"),
    206: ("soft", "part of the feed"),
    226: ("soft", "226"),
    300: ("soft", "300"),
    400: ("soft", "400"),
    401: ("hard", "password"),
    402: ("soft", "402"),
    403: ("hard", "robots"),
    404: ("hard", "new address"),
    407: ("soft", "proxy"),
    410: ("hard", "gone for good"),
    418: ("soft", "418"),
    429: ("temporary", "too often"),
    451: ("hard", "legal reasons"),
    500: ("temporary", "failed (500)"),
    502: ("temporary", "failed (502)"),
    503: ("temporary", "overloaded"),
    599: ("temporary", "failed (599)"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_has_its_own_weight_and_sentence(bench, status):
    body = b"" if status in (204, 205) else b"<html>" + b"x" * 1000
    outcome, _ = bench.ask(bench.reply(body, f"{status} Whatever"))
    kind, words = STATUSES[status]
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.status) == (kind, status)
    assert words in outcome.message


def test_an_empty_200_is_a_failure(bench):
    outcome, _ = bench.ask(bench.reply(b""))
    assert (outcome.kind, outcome.status) == ("soft", 200)
    assert "empty answer" in outcome.message


WAITS = [
    (("Retry-After: 120",), 120),
    (("Retry-After: 0",), 0),
    (("Retry-After: Sun, 22 Nov 2026 12:01:00 GMT",), 60),
    (("Retry-After: Sun, 22 Nov 2026 12:01:00 GMT", "Date: Sun, 22 Nov 2026 11:59:30 GMT"), 90),
    (("Retry-After: Sun, 22 Nov 2026 11:00:00 GMT",), 0),
    (("Retry-After: 99999999999999999999999999",), 10**9),
    (("Retry-After: Fri, 31 Dec 9999 23:59:59 -2359",), None),
    (("Retry-After: -5",), None),
    (("Retry-After: soon",), None),
    (("Retry-After: ²",), None),
    ((), None),
]


@pytest.mark.parametrize(("fields", "seconds"), WAITS)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_retry_after_is_read_as_seconds_or_as_a_date(bench, status, fields, seconds):
    outcome, _ = bench.ask(bench.reply(b"", status, *fields))
    assert outcome.kind == "temporary"
    if "9999" in "".join(fields) and seconds is None:
        assert outcome.retry_after is None or outcome.retry_after > 0
    else:
        assert outcome.retry_after == seconds


BROKEN = {
    "short body": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\n<rss>",
        "cut short",
    ),
    "short chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n<rss>\r\n",
        "cut short",
    ),
    "bad chunk": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n<rss>",
        "",
    ),
    "short gzip": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
        + gzip.compress(b"<rss/>" * 100)[:-9],
        "cut short",
    ),
    "no status line": (b"hello\r\n\r\nConnection: close", "no HTTP"),
    "bad status": (b"HTTP/1.1 2x0 OK\r\nConnection: close\r\n\r\n", "no HTTP"),
    "status of one digit": (b"HTTP/1.1 7 OK\r\nConnection: close\r\n\r\n", ""),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde",
        "no HTTP",
    ),
    "flood in one header": (
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\nConnection: close\r\n\r\n",
        "no HTTP",
    ),
    "flood of headers": (
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"Connection: close\r\n\r\n",
        "no HTTP",
    ),
    "no end of headers": (b"HTTP/1.1 200 OK\r\nX: y\r\nConnection: close", "closed the connection"),
    "tls answer": (b"\x15\x03\x01\x00\x02\x02FConnection: close", ""),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_answer_is_a_temporary_failure(bench, case):
    reply, words = BROKEN[case]
    outcome, site = bench.ask(reply)
    assert isinstance(outcome, Failed)
    assert outcome.kind == "temporary"
    assert words in outcome.message
    assert len(site.seen) == 1  # asked once, not again at once


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "deflate, gzip", "gzip"])
def test_a_coding_not_asked_for_or_not_true_is_a_soft_failure(bench, coding):
    reply = bench.reply(b"<rss>no such coding</rss>", "200 OK", f"Content-Encoding: {coding}")
    outcome, _ = bench.ask(reply)
    assert isinstance(outcome, Failed)
    assert outcome.kind == "soft"


def test_no_answer_after_accept_is_asked_once_and_told(bench):
    async def hang_up(seen, writer):
        writer.transport.abort()

    outcome, site = bench.ask(hang_up)
    assert (outcome.kind, len(site.seen)) == ("temporary", 1)
    assert "closed the connection" in outcome.message


DRIPS = {
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x"),
    "header": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    "interim answers": (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
}


@pytest.mark.parametrize("case", DRIPS)
def test_a_dripping_answer_ends_with_the_total_timeout(bench, case):
    start, drop = DRIPS[case]

    async def drip(seen, writer):
        writer.write(start)
        for _ in range(100):
            await asyncio.sleep(0.03)
            writer.write(drop)
            await writer.drain()

    outcome, _ = bench.ask(drip, timeout=Timeout(connect=1, total=0.3))
    assert outcome.kind == "temporary"
    assert "longer than 0.3 s" in outcome.message
    assert 250 <= outcome.ms < 900


def test_silence_ends_before_the_total_timeout(bench):
    async def silent(seen, writer):
        await asyncio.sleep(10)

    outcome, _ = bench.ask(silent, timeout=Timeout(connect=1, total=0.4))
    assert outcome.kind == "temporary"
    assert "fell silent" in outcome.message
    assert outcome.ms < 390


def test_a_host_that_does_not_take_connections_ends_with_the_connect_timeout(bench):
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        port = full.getsockname()[1]

        async def ask():
            opened = (f"127.0.0.1:{port}",)
            limits = Timeout(connect=0.3, total=5)
            async with bench.client(allow_private=opened, timeout=limits) as client:
                return await client.get(bench.source(f"http://127.0.0.1:{port}/"))

        outcome = bench.run(ask())
    assert outcome.kind == "temporary"
    assert "could not be reached within 0.3 s" in outcome.message
    assert outcome.ms < 1500


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_refused_connection_says_so(bench):
    port = _unused_port()

    async def ask():
        async with bench.client(allow_private=("127.0.0.1",)) as client:
            return await client.get(bench.source(f"http://127.0.0.1:{port}/"))

    outcome = bench.run(ask())
    assert (outcome.kind, "refused the connection" in outcome.message) == ("temporary", True)


class Unknown(AbstractResolver):
    """A resolver that fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        raise self.error

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), "is unknown"),
        (socket.gaierror(socket.EAI_AGAIN, "x"), "could not be looked up"),
        (OSError("x"), "could not be looked up"),
    ],
)
def test_a_name_that_is_not_found_is_told_from_one_not_looked_up(bench, error, words):
    async def ask():
        async with bench.client(resolver=Unknown(error)) as client:
            return await client.get(bench.source("http://agency.example/"))

    outcome = bench.run(ask())
    assert outcome.kind == "temporary"
    assert f"The name agency.example {words}" in outcome.message


def test_a_bug_in_what_we_stand_on_is_a_failure_too(bench):
    async def ask():
        async with bench.client(resolver=Unknown(RuntimeError("s3cret"))) as client:
            return await client.get(bench.source("http://agency.example/"))

    outcome = bench.run(ask())
    assert (outcome.kind, "RuntimeError" in outcome.message) == ("temporary", True)
    assert "s3cret" not in outcome.message


LIMIT = 100_000


def _limited(bench, reply):
    outcome, _ = bench.ask(reply, settings={"max_bytes": LIMIT})
    return outcome


def test_a_body_up_to_the_limit_is_read_and_one_byte_more_is_not(bench):
    assert _limited(bench, bench.reply(b"x" * LIMIT)).status == 200
    outcome = _limited(bench, bench.reply(b"x" * (LIMIT + 1)))
    assert (outcome.kind, "fetch.max_bytes" in outcome.message) == ("soft", True)
    assert "100000 bytes" in outcome.message


def test_a_body_without_a_length_is_cut_at_the_limit(bench):
    sent = {"bytes": 0}

    async def endless(seen, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while sent["bytes"] < 50 * 2**20:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent["bytes"] += 65536

    outcome = _limited(bench, endless)
    assert outcome.kind == "soft"
    assert sent["bytes"] < 10 * 2**20


def _gibibyte_bomb() -> bytes:
    """Make one gzip member of 1 GiB: a fully flushed block may stand in it any number of times."""
    head = zlib.compressobj(9, wbits=31)
    start = head.compress(b"<rss>") + head.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * 64


def test_a_bomb_of_a_gibibyte_stops_at_the_limit(bench):
    reply = bench.reply(_gibibyte_bomb(), "200 OK", "Content-Encoding: gzip")
    tracemalloc.start()
    try:
        outcome, _ = bench.ask(reply)
        grown = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (outcome.kind, "15 MiB" in outcome.message) == ("soft", True)
    assert grown < 50 * 2**20


ADDRESSES = [
    ("http://", "hard"),
    ("", "hard"),
    ("file:///etc/passwd", "hard"),
    ("http://user:s3cret@agency.example/", "hard"),
    ("http://10.1.2.3/", "hard"),
    ("http://agency.example:0/", "hard"),
]


@pytest.mark.parametrize(("url", "kind"), ADDRESSES)
def test_an_address_that_cannot_be_asked_is_a_failure(bench, url, kind):
    async def ask():
        async with bench.client() as client:
            return await client.get(bench.source(url))

    outcome = bench.run(ask())
    assert isinstance(outcome, Failed)
    assert outcome.kind == kind
    assert "s3cret" not in outcome.message


def test_every_failure_is_one_short_printable_sentence_without_secrets(bench):
    evil = "http://agency.example:22/?token=s3cret\x1b[31m" + "x" * 900
    replies = [bench.reply(b"", f"{status} \x1b[31m") for status in STATUSES]
    replies += [reply for reply, _ in BROKEN.values()]
    replies.append(bench.reply(b"", "302 Found", f"Location: {evil}"))
    for reply in replies:
        outcome, _ = bench.ask(reply, headers=(("Authorization", "s3cret"),))
        message = outcome.message
        assert message.isprintable()
        assert message.endswith(".")
        assert len(message) < 300
        assert "s3cret" not in message
        assert "Traceback" not in message


def test_an_unusable_header_in_the_configuration_is_a_failure(bench):
    outcome, site = bench.ask(bench.reply(b"x"), headers=(("X-Key", "a\r\nX-Evil: 1"),))
    assert isinstance(outcome, Failed)
    assert site.seen == []


def test_a_source_has_its_own_timeout(bench):
    assert Source(slug="a", title="", url="").timeout is None

    async def slow(seen, writer):
        await asyncio.sleep(0.25)
        writer.write(bench.reply(b"<rss/>"))

    assert bench.ask(slow, timeout=Timeout(total=2))[0].status == 200
    assert isinstance(bench.ask(slow, timeout=Timeout(total=0.1))[0], Failed)
