"""The time a source may take is its own: nobody else's is longer or shorter for it."""

from __future__ import annotations

import asyncio
import socket

import pytest

from feedhub.model import Failed, Fetched, Timeout


def test_sources_side_by_side_have_each_their_own_time(bench):
    async def slow(seen, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        for _ in range(10):
            await writer.drain()
            await asyncio.sleep(0.04)
            writer.write(b"x")

    async def ask():
        async with bench.site(slow) as site:
            limits = {"per_host": 9, "timeout": Timeout(total=0.25)}
            async with bench.client(site, **limits) as client:
                own = [None, Timeout(total=0.12), Timeout(total=2), Timeout(connect=9, total=3)]
                sources = (bench.source(site.url(), timeout=one) for one in own)
                return await asyncio.gather(*map(client.get, sources))

    common, short, long, longer = bench.run(ask())
    kinds = [type(one) for one in (common, short, long, longer)]
    assert kinds == [Failed, Failed, Fetched, Fetched]
    assert "longer than 0.25 s" in common.message
    assert "longer than 0.12 s" in short.message
    assert {common.fault, short.fault} == {"unreachable"}
    assert short.ms < 250


def _full_backlog() -> tuple[socket.socket, list[socket.socket]]:
    """Listen without accepting, the queue full: whoever comes now waits."""
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = [socket.socket() for _ in range(2)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(full.getsockname())
    return full, waiting


@pytest.mark.parametrize("connect", [0.2, 0.6])
def test_the_time_to_connect_is_its_own_too(bench, connect):
    full, waiting = _full_backlog()
    port = full.getsockname()[1]

    async def ask():
        async with bench.client(allow_private=(f"127.0.0.1:{port}",)) as client:
            timeout = Timeout(connect=connect, total=4)
            return await client.get(bench.source(f"http://127.0.0.1:{port}/", timeout=timeout))

    try:
        outcome = bench.run(ask())
    finally:
        for one in (full, *waiting):
            one.close()
    assert f"could not be reached within {connect:g} s" in outcome.message
    assert outcome.fault == "unreachable"
    assert connect * 1000 - 20 <= outcome.ms < connect * 1000 + 800
