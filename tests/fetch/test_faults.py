"""What kind of failure it was, and what is kept of an answer that was one."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import zlib

import aiohttp
import pytest

from feedhub.errors import AddressRefused, SourceError, TooLarge
from feedhub.fetch.inflate import BadCoding, Incomplete, beginning
from feedhub.fetch.reading import HEAD
from feedhub.fetch.reasons import Dropped, RedirectLoop, Untrusted, of_error
from feedhub.fetch.tls import BadBundle
from feedhub.model import Failed, Timeout


def _dns(number: int) -> aiohttp.ClientConnectorDNSError:
    return aiohttp.ClientConnectorDNSError(None, socket.gaierror(number, "x"))  # type: ignore[arg-type]


FAULTS = [
    (_dns(socket.EAI_NONAME), "unreachable"),
    (_dns(socket.EAI_AGAIN), "unreachable"),
    (aiohttp.ClientConnectorError(None, OSError(113, "no route")), "unreachable"),  # type: ignore[arg-type]
    (aiohttp.ClientConnectorError(None, ConnectionRefusedError(111, "no")), "unreachable"),  # type: ignore[arg-type]
    (TimeoutError(), "unreachable"),
    (aiohttp.ConnectionTimeoutError(), "unreachable"),
    (aiohttp.SocketTimeoutError(), "unreachable"),
    (Dropped("closed"), "unreachable"),
    (aiohttp.ServerDisconnectedError(), "unreachable"),
    (Untrusted("no"), "certificate"),
    (BadBundle("no"), "other"),
    (aiohttp.ClientPayloadError(), "unreadable"),
    (Incomplete("cut"), "unreadable"),
    (BadCoding("odd"), "unreadable"),
    (TooLarge("much"), "unreadable"),
    (RedirectLoop("round"), "other"),
    (AddressRefused("private"), "other"),
    (SourceError("proxy"), "other"),
    (aiohttp.InvalidURL("x"), "other"),
    (RuntimeError("x"), "other"),
]


@pytest.mark.parametrize(("error", "fault"), FAULTS, ids=lambda one: type(one).__name__)
def test_an_error_has_the_name_of_its_kind(error, fault):
    failed = of_error(error, "agency.example", Timeout())
    assert (failed.fault, failed.missing_issuer) == (fault, None)


def test_the_missing_issuer_is_a_value_too():
    failed = of_error(Untrusted("no", "State Root"), "agency.example", Timeout())
    assert (failed.fault, failed.missing_issuer) == ("certificate", "State Root")


def test_a_port_where_nobody_listens_is_unreachable(bench):
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]

    async def ask():
        async with bench.client(allow_private=("127.0.0.1",)) as client:
            return await client.get(bench.source(f"http://127.0.0.1:{port}/"))

    assert bench.run(ask()).fault == "unreachable"


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n<rss>", "unreadable"),
        (b"220 mail ready\r\n\r\nConnection: close", "unreadable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "empty"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "empty"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "other"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", None),
    ],
)
def test_an_answer_that_is_none_has_the_name_of_its_kind(bench, reply, fault):
    assert bench.ask(reply)[0].fault == fault


BODY = "<html><title>Доступ запрещён</title>".encode() + b"x" * 20_000

CODED = {
    "identity": BODY,
    "gzip": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
}


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "503 Busy", "418 Teapot"])
@pytest.mark.parametrize("coding", CODED)
def test_the_beginning_of_a_failure_is_kept_decompressed(bench, status, coding):
    reply = bench.reply(CODED[coding], status, f"Content-Encoding: {coding}")
    outcome, _ = bench.ask(reply)
    assert isinstance(outcome, Failed)
    assert outcome.head == BODY[:HEAD]


def test_headers_of_a_failure_are_kept_without_secrets(bench):
    fields = [
        "Server: guard/1",
        "Content-Type: text/html",
        'WWW-Authenticate: Basic realm="a"',
        "Set-Cookie: session=s3cret",
        "Set-Cookie2: session=s3cret",
        "Authorization: s3cret",
        "Proxy-Authenticate: s3cret",
        "X-Token: s3cret",
        "Retry-After: 7",
    ]
    outcome, _ = bench.ask(bench.reply(b"no", "401 Unauthorized", *fields))
    assert dict(outcome.headers) == {
        "server": "guard/1",
        "content-type": "text/html",
        "www-authenticate": 'Basic realm="a"',
        "retry-after": "7",
        "content-length": "2",
    }
    assert "s3cret" not in repr(outcome)


def _bomb() -> bytes:
    return gzip.compress(bytes(50 * 2**20))


ODD = {
    "no such coding": (b"<html>", "br", b""),
    "two codings": (gzip.compress(gzip.compress(b"x")), "gzip, gzip", b""),
    "not gzip": (b"<html>not so</html>", "gzip", b""),
    "one byte": (b"\x1f", "gzip", b""),
    "nothing": (b"", "gzip", b""),
    "cut short": (gzip.compress(os.urandom(3000))[:2000], "gzip", None),
    "bomb": (_bomb(), "gzip", bytes(HEAD)),
}


@pytest.mark.parametrize("case", ODD)
def test_a_body_that_cannot_be_read_changes_nothing_of_the_failure(bench, case):
    body, coding, head = ODD[case]
    outcome, _ = bench.ask(bench.reply(body, "500 Oops", f"Content-Encoding: {coding}"))
    assert (outcome.kind, outcome.status) == ("temporary", 500)
    assert len(outcome.head) <= HEAD
    assert outcome.head == head or head is None


def test_a_body_that_drips_is_waited_for_no_longer_than_the_source_may_take(bench):
    async def drip(seen, writer):
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 9999\r\n\r\n<html>")
        while True:
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.write(b".")

    outcome, _ = bench.ask(drip, timeout=Timeout(total=1.0))
    assert (outcome.status, outcome.kind) == (403, "hard")  # and not: too slow
    assert outcome.head.startswith(b"<html>")
    assert 400 <= outcome.ms < 900


def test_a_body_cut_off_by_the_server_is_kept_as_far_as_it_came(bench):
    reply = b"HTTP/1.1 502 Bad\r\nContent-Length: 999\r\nConnection: close\r\n\r\n<html>oops"
    outcome, _ = bench.ask(reply)
    assert (outcome.status, outcome.head) == (502, b"<html>oops")


def test_an_endless_failure_is_read_no_further_than_its_beginning(bench):
    sent = {"bytes": 0}

    async def endless(seen, writer):
        writer.write(b"HTTP/1.1 500 Oops\r\nConnection: close\r\n\r\n")
        while sent["bytes"] < 2**28:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent["bytes"] += 65536

    outcome, _ = bench.ask(endless)
    assert outcome.head == b"x" * HEAD
    assert sent["bytes"] < 2**24


def test_a_connection_is_used_again_after_a_failure_that_was_read_to_its_end(bench):
    async def ask():
        async with bench.site(bench.reply(b"no", "404 Not Found")) as site:
            async with bench.client(site) as client:
                for _ in range(3):
                    await client.get(bench.source(site.url()))
            return site.connections

    assert bench.run(ask()) == 1


def test_the_beginning_of_a_bomb_costs_no_more_than_itself():
    assert beginning("gzip", _bomb()[:HEAD], HEAD) == bytes(HEAD)
