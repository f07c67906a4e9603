"""A loopback server that says any bytes it is told to, and a client to ask it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from feedhub.fetch import Client
from feedhub.model import FetchSettings, Outcome, Source, Timeout

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Seen:
    """One request as it came over the wire."""

    at: float
    line: str
    headers: dict[str, str]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]


Reply = bytes | Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A server: `replies` by path ("*" for all others); `seen` are the requests."""

    replies: Mapping[str, Reply]
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def url(self, path: str = "/feed", host: str | None = None) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    async def __aenter__(self) -> Site:
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, self.host, self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                if not await self._answer(_seen(head), writer):
                    break
        self._tasks.discard(task)
        writer.transport.abort() if task.cancelled() else writer.close()

    async def _answer(self, seen: Seen, writer: asyncio.StreamWriter) -> bool:
        self.seen.append(seen)
        path = seen.target.partition("?")[0]
        reply = self.replies.get(path) or self.replies["*"]
        if not isinstance(reply, bytes):
            await reply(seen, writer)
            return False
        writer.write(reply)
        await writer.drain()
        return b"Connection: close" not in reply


def _seen(head: str) -> Seen:
    line, *fields = head.strip("\r\n").split("\r\n")
    pairs = (one.partition(": ") for one in fields)
    headers = {name.lower(): value for name, _, value in pairs}
    return Seen(asyncio.get_running_loop().time(), line, headers)


def make_reply(body: bytes = b"", status: str = "200 OK", *fields: str) -> bytes:
    """Make a well-formed answer; a Content-Length among `fields` replaces the true one."""
    lines = [f"HTTP/1.1 {status}", *fields]
    if not any(one.lower().startswith(("content-length", "transfer-encoding")) for one in fields):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@dataclass
class Bench:
    """What a test needs: replies, sites, a client that may ask exactly those sites, one ask."""

    reply: Callable[..., bytes] = make_reply

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run(asyncio.wait_for(coroutine, 30))

    def site(self, replies: Mapping[str, Reply] | Reply, **options: Any) -> Site:
        by_path = replies if isinstance(replies, Mapping) else {"*": replies}
        return Site(by_path, **options)

    def settings(self, *sites: Site, **options: Any) -> FetchSettings:
        opened = tuple(f"{site.host}:{site.port}" for site in sites)
        options = {"allow_private": opened, "gap": 0.0, "timeout": Timeout(total=5.0), **options}
        return FetchSettings(**options)

    def client(self, *sites: Site, resolver: Any = None, **options: Any) -> Client:
        return Client(self.settings(*sites, **options), now=lambda: NOW, resolver=resolver)

    def source(self, url: str, **options: Any) -> Source:
        return Source(slug="agency", title="Agency", url=url, **options)

    def ask(
        self, reply: Mapping[str, Reply] | Reply, path: str = "/feed", **options: Any
    ) -> tuple[Outcome, Site]:
        """Ask a fresh site once: `settings` for the client, `asked` for `get`, rest the source."""
        settings, asked = options.pop("settings", {}), options.pop("asked", {})

        async def once() -> tuple[Outcome, Site]:
            async with self.site(reply) as site, self.client(site, **settings) as client:
                return await client.get(self.source(site.url(path), **options), **asked), site

        return self.run(once())


@pytest.fixture
def bench() -> Bench:
    return Bench()
