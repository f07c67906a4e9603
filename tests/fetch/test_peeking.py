"""A look at the beginning of a file: no more than asked for, through the same guard, as a value."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import pytest

from feedhub.fetch.peeking import MOST, Peeked, PeekingClient
from feedhub.model import Failed, Timeout

FILE = bytes(range(256)) * 1024


def peek(bench: Any, replies: Any, path: str = "/a.jpg", **options: Any) -> tuple[Any, Any]:
    """Look once at a file of a fresh site that is opened; return the outcome and what it saw."""
    opened, asked = options.pop("opened", True), options.pop("asked", {})

    async def once() -> tuple[Any, Any]:
        async with bench.site(replies) as site:
            settings = bench.settings(*([site] if opened else []), **options)
            async with PeekingClient(settings, now=lambda: None) as client:
                return await client.peek(site.url(path), **asked), site.seen

    return bench.run(once())


def test_a_part_says_how_long_the_whole_is(bench: Any) -> None:
    reply = bench.reply(FILE[:MOST], "206 Part", f"Content-Range: bytes 0-65535/{len(FILE)}")
    outcome, seen = peek(bench, reply)
    assert outcome == Peeked(head=FILE[:MOST], length=len(FILE))
    assert seen[0].line == "GET /a.jpg HTTP/1.1"
    assert seen[0].headers["range"] == "bytes=0-65535"
    assert seen[0].headers["accept-encoding"] == "identity"
    assert not {"cookie", "authorization", "referer", "if-none-match"} & seen[0].headers.keys()


def test_a_part_of_a_file_of_unknown_length_says_none(bench: Any) -> None:
    outcome, _ = peek(bench, bench.reply(b"abc", "206 Part", "Content-Range: bytes 0-2/*"))
    assert outcome == Peeked(head=b"abc", length=None)


@pytest.mark.parametrize(
    "said", ["bytes 5-8/100", "bytes */100", "", "bytes 0-2/" + "9" * 30, "items 0-2/3"]
)
def test_another_part_than_the_beginning_is_no_answer(bench: Any, said: str) -> None:
    outcome, _ = peek(bench, bench.reply(b"abc", "206 Part", f"Content-Range: {said}"))
    assert isinstance(outcome, Failed)
    assert "another part" in outcome.message


def test_a_server_that_ignores_the_range_is_read_no_further(bench: Any) -> None:
    sent: list[int] = []

    async def pour(_: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n")
        for _ in range(13_000):
            writer.write(FILE[:MOST])
            sent.append(MOST)
            await writer.drain()

    outcome, _ = peek(bench, pour)
    assert outcome == Peeked(head=FILE[:MOST], length=900_000_000)
    assert sum(sent) < 100_000_000


def test_a_short_file_is_read_whole_and_its_length_counted(bench: Any) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    assert peek(bench, chunked)[0] == Peeked(head=b"abc", length=3)
    assert peek(bench, bench.reply(b"abcd"))[0] == Peeked(head=b"abcd", length=4)
    assert peek(bench, bench.reply(b"abcd"), asked={"most": 2})[0] == Peeked(head=b"ab", length=4)
    assert peek(bench, bench.reply(b""))[0] == Peeked(head=b"", length=None)


def test_a_compressed_answer_is_none(bench: Any) -> None:
    bomb = gzip.compress(bytes(10**6))
    outcome, _ = peek(bench, bench.reply(bomb, "200 OK", "Content-Encoding: gzip"))
    assert isinstance(outcome, Failed)
    assert "compressed" in outcome.message


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("404 N", "hard"),
        ("403 F", "hard"),
        ("416 R", "hard"),
        ("503 B", "temporary"),
        ("429 T", "temporary"),
    ],
)
def test_a_refusal_is_a_value_with_its_weight(bench: Any, status: str, kind: str) -> None:
    outcome, seen = peek(bench, bench.reply(b"", status))
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.status) == (kind, int(status[:3]))
    assert len(seen) == 1


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
def test_redirects_are_followed(bench: Any, status: str) -> None:
    replies = {
        "/a.jpg": bench.reply(b"", status, "Location: b.jpg", "Connection: close"),
        "/b.jpg": bench.reply(b"abc"),
    }
    outcome, seen = peek(bench, replies)
    assert outcome == Peeked(head=b"abc", length=3)
    assert [one.target for one in seen] == ["/a.jpg", "/b.jpg"]


def test_redirects_end_after_three(bench: Any) -> None:
    outcome, seen = peek(bench, bench.reply(b"", "302 F", "Location: /a", "Connection: close"))
    assert isinstance(outcome, Failed)
    assert "redirects more than 3 times" in outcome.message
    assert len(seen) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest",
        "http://127.0.0.1:22/",
        "file:///etc/passwd",
        "http://[::1]/",
        "",
    ],
)
def test_every_hop_passes_the_guard(bench: Any, location: str) -> None:
    reply = bench.reply(b"", "302 F", f"Location: {location}", "Connection: close")
    outcome, seen = peek(bench, reply)
    assert isinstance(outcome, Failed)
    assert len(seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://0x7f.1:8080/a",
        "ftp://agency.example/a",
        "http://u:p@agency.example/a",
        "/a",
        "http://[/",
    ],
)
def test_no_spelling_leads_past_the_guard(bench: Any, url: str) -> None:
    async def once() -> Any:
        async with PeekingClient(bench.settings(), now=lambda: None) as client:
            return await client.peek(url)

    outcome = bench.run(once())
    assert isinstance(outcome, Failed)
    assert outcome.kind == "hard"


def test_a_private_address_is_not_asked(bench: Any) -> None:
    outcome, seen = peek(bench, bench.reply(b"abc"), opened=False)
    assert isinstance(outcome, Failed)
    assert seen == []


def test_a_server_that_drips_is_given_up(bench: Any) -> None:
    async def drip(_: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
        for _ in range(200):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    outcome, _ = peek(bench, drip, timeout=Timeout(connect=0.5, total=0.5))
    assert isinstance(outcome, Failed)
    assert outcome.kind == "temporary"


def test_a_file_cut_short_is_a_failure(bench: Any) -> None:
    reply = bench.reply(b"abc", "200 OK", "Content-Length: 5000", "Connection: close")
    outcome, _ = peek(bench, reply)
    assert isinstance(outcome, Failed)


def test_looks_keep_the_gap_of_their_host(bench: Any) -> None:
    async def twice() -> list[float]:
        async with bench.site(bench.reply(b"abc")) as site:
            settings = bench.settings(site, gap=0.3)
            async with PeekingClient(settings, now=lambda: None) as client:
                await asyncio.gather(
                    client.peek(site.url("/1")), client.get(bench.source(site.url()))
                )
            return [one.at for one in site.seen]

    first, second = bench.run(twice())
    assert second - first >= 0.29


def test_a_closed_client_is_a_fault_of_the_caller(bench: Any) -> None:
    with pytest.raises(RuntimeError, match="not open"):
        bench.run(PeekingClient(bench.settings(), now=lambda: None).peek("http://h/"))
