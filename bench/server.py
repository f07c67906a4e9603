"""Serve a world over loopback from memory: `python -m bench.server FOLDER` prints its port.

One small process, so that both pollers meet the same server and its own cost is known apart.
`/switch?state=t1` moves the world on; `/switch?validators=0` makes it send no validators and
ignore those it is sent, as many servers do.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench import world

MODIFIED = {"t0": 1_794_000_000, "t1": 1_794_003_600}
"""Seconds since 1970: when the documents of each state were modified."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A body with the answers that carry it, ready to be written."""

    etag: bytes
    modified: bytes
    validated: bytes
    not_modified: bytes
    bare: bytes


class World:
    """All documents, and which of them are served how."""

    def __init__(self, folder: Path) -> None:
        feeds = world.load(folder)
        first = {feed.path: _document(folder, feed.first, feed.media_type) for feed in feeds}
        changed = {
            feed.path: _document(folder, feed.second, feed.media_type)
            for feed in feeds
            if feed.is_changed
        }
        self._states = {"t0": first, "t1": first | changed}
        self._documents = first
        self._has_validators = True

    def answer(self, target: str, headers: dict[bytes, bytes]) -> bytes:
        """Return the whole answer to a request."""
        document = self._documents.get(target)
        if document is None:
            return self._switch(target)
        if not self._has_validators:
            return document.bare
        return document.not_modified if _is_known(document, headers) else document.validated

    def _switch(self, target: str) -> bytes:
        wanted = urlsplit(target)
        if wanted.path != "/switch":
            return _answer("404 Not Found", [], b"no such feed\n")
        fields = parse_qs(wanted.query)
        self._documents = self._states[fields.get("state", ["t0"])[0]]
        self._has_validators = fields.get("validators", ["1"])[0] == "1"
        return _answer("200 OK", [], b"switched\n")


def _is_known(document: Document, headers: dict[bytes, bytes]) -> bool:
    tags = headers.get(b"if-none-match")
    if tags is not None:
        return document.etag in tags
    return headers.get(b"if-modified-since") == document.modified


def _document(folder: Path, name: str, media_type: str) -> Document:
    body = (folder / name).read_bytes()
    etag = f'"{sha256(body).hexdigest()[:16]}"'
    modified = formatdate(MODIFIED[name.partition("/")[0]], usegmt=True)
    validators = [f"ETag: {etag}", f"Last-Modified: {modified}"]
    content = f"Content-Type: {media_type}"
    return Document(
        etag=etag.encode(),
        modified=modified.encode(),
        validated=_answer("200 OK", [content, *validators], body),
        not_modified=_answer("304 Not Modified", validators, None),
        bare=_answer("200 OK", [content], body),
    )


def _answer(status: str, headers: list[str], body: bytes | None) -> bytes:
    length = [] if body is None else [f"Content-Length: {len(body)}"]
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, *length, "", ""])
    return head.encode("ascii") + (body or b"")


class _Connection(asyncio.Protocol):
    """One keep-alive connection: GET requests without bodies."""

    def __init__(self, served: World) -> None:
        self._world = served
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received and self._transport is not None:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            line, *rows = head.split(b"\r\n")
            pairs = (row.partition(b":") for row in rows)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            target = line.split(b" ")[1].decode("ascii", "replace")
            self._transport.write(self._world.answer(target, headers))
            if headers.get(b"connection", b"").lower() == b"close":
                self._transport.close()


async def serve(folder: Path) -> None:
    """Serve until asked to stop (SIGTERM) or until the parent is gone."""
    served = World(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(served), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        try:
            await asyncio.wait_for(stop.wait(), timeout=1)
        except TimeoutError:
            continue
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
