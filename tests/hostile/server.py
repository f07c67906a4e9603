"""A loopback server that answers each path as badly as a test asks, and counts who came.

    with Hostile() as server, Hostile() as canary:
        server.put("/rss", Reply(body=FEED))
        server.put("/endless", Reply(pieces=lambda: repeat(b"x" * 65536)))
        server.put("/silent", Reply(manner="silent"))
        ...
        assert canary.connections == 0

Bodies may be streams: pieces are made while they are sent, so a bomb costs the sender nothing.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, Self

Manner = Literal["plain", "silent", "stall", "drip", "drip headers", "hang up", "raw"]
DRIP_SECONDS = 0.05
CONNECTIONS = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What stands at a path.

    `pieces` in place of `body` are sent without a length until they end or nobody listens. A body
    has an ETag where `has_etag`, and whoever has it gets a 304. `after` seconds pass first.

    Manners: "silent" never answers, "stall" falls silent after its head, "drip" sends a byte now
    and then without end, "drip headers" never ends its head, "hang up" ends the connection without
    a word, "raw" sends the body and no head of ours.
    """

    body: bytes = b""
    pieces: Callable[[], Iterable[bytes]] | None = None
    status: str = "200 OK"
    content_type: str | None = "application/rss+xml"
    headers: Mapping[str, str] = field(default_factory=dict)
    has_etag: bool = False
    manner: Manner = "plain"
    after: float = 0.0

    @property
    def etag(self) -> str | None:
        return f'"{blake2b(self.body, digest_size=8).hexdigest()}"' if self.has_etag else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request: when (time.monotonic), for what, with which headers by lower-case name."""

    at: float
    target: str
    headers: Mapping[str, str]


NOTHING = Reply(status="404 Not Found", content_type="text/plain", body=b"nothing here")


class Hostile:
    """The server; open it with `with`. `tls` makes it speak HTTPS with that certificate."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.host, self.port, self._tls = host, port, tls
        self.connections = 0
        self.sent = 0
        self.now = self.peak = 0
        self._replies: dict[str, Reply] = {}
        self._asked: list[Asked] = []
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    # -- what tests say and ask -------------------------------------------------------------

    @property
    def place(self) -> str:
        """Host and port, as `fetch.allow_private` names them."""
        return f"{self.host}:{self.port}"

    def url(self, path: str, host: str | None = None) -> str:
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or self.host}:{self.port}{path}"

    def put(self, path: str, reply: Reply) -> None:
        """Script what the path answers from now on."""
        self._replies[path] = reply

    def put_all(self, replies: Mapping[str, Reply]) -> None:
        self._replies.update({f"/{name}": reply for name, reply in replies.items()})

    @property
    def asked(self) -> tuple[Asked, ...]:
        return tuple(self._asked)

    def of(self, path: str) -> tuple[Asked, ...]:
        """Return the requests for a path."""
        return tuple(one for one in self.asked if one.target == path)

    def count(self, path: str) -> int:
        return len(self.of(path))

    def forget(self) -> None:
        """Begin to count anew."""
        self._asked, self.connections, self.peak, self.sent = [], 0, self.now, 0

    # -- in the thread of the server ----------------------------------------------------------

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._open())
        self._loop.run_forever()
        self._loop.run_until_complete(self._close())
        self._loop.close()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(
            self._serve, self.host, self.port, ssl=self._tls, backlog=CONNECTIONS
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._ready.set()

    async def _close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the transports close in the next turn of the loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                while await self._answered(await reader.readuntil(b"\r\n\r\n"), writer):
                    pass
        finally:
            writer.transport.abort()

    async def _answered(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; tell whether the connection may go on."""
        line, *fields = head.decode("latin-1").strip("\r\n").split("\r\n")
        headers = {n.lower(): v for n, _, v in (one.partition(": ") for one in fields)}
        target = line.split(" ")[1]
        self._asked.append(Asked(at=time.monotonic(), target=target, headers=headers))
        self.now += 1
        self.peak = max(self.peak, self.now)
        try:
            return await self._answer(self._replies.get(target, NOTHING), headers, writer)
        finally:
            self.now -= 1

    async def _answer(
        self, reply: Reply, headers: Mapping[str, str], writer: asyncio.StreamWriter
    ) -> bool:
        if reply.after:
            await asyncio.sleep(reply.after)
        if reply.manner != "plain":
            await _misbehave(reply, writer)
            return False
        if reply.etag is not None and headers.get("if-none-match") == reply.etag:
            await self._send(writer, f"HTTP/1.1 304 Not Modified\r\nETag: {reply.etag}\r\n\r\n")
            return True
        await self._send(writer, _head(reply))
        if reply.pieces is None:
            await self._send(writer, reply.body)
            return "Content-Length" not in reply.headers  # a length that lies ends the connection
        for piece in reply.pieces():
            await self._send(writer, piece)
        writer.close()
        await writer.wait_closed()
        return False

    async def _send(self, writer: asyncio.StreamWriter, what: bytes | str) -> None:
        raw = what.encode("latin-1") if isinstance(what, str) else what
        writer.write(raw)
        await writer.drain()
        self.sent += len(raw)


def _head(reply: Reply) -> str:
    lines = [f"HTTP/1.1 {reply.status}", *(f"{n}: {v}" for n, v in reply.headers.items())]
    if reply.content_type:
        lines.append(f"Content-Type: {reply.content_type}")
    if reply.etag:
        lines.append(f"ETag: {reply.etag}")
    given = {name.lower() for name in reply.headers}
    if reply.pieces is not None:
        lines.append("Connection: close")
    elif "content-length" not in given:
        lines.append(f"Content-Length: {len(reply.body)}")
    return "\r\n".join([*lines, "", ""])


async def _misbehave(reply: Reply, writer: asyncio.StreamWriter) -> None:
    if reply.manner == "hang up":
        return
    if reply.manner == "raw":
        writer.write(reply.body)
        await writer.drain()
        return
    if reply.manner in ("stall", "drip"):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
    if reply.manner == "drip headers":
        writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(4000):
        if reply.manner.startswith("drip"):
            writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(DRIP_SECONDS)
