"""A loopback server that answers as a test scripts it, and can be told otherwise while it runs.

    with Server() as agency:
        agency.put("/rss", RSS, content_type="text/xml")
        agency.url("/rss"); agency.count("/rss"); agency.asked
        agency.put("/rss", b"", status=500)

A body is given with a strong ETag and answered with 304 to whoever has it. `mode` breaks the
manners of HTTP: "hang" never answers, "drip" sends a byte now and then without end, "close" ends
the connection without a word.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

Mode = Literal["plain", "hang", "drip", "close"]
DRIP_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What stands at a path. `etag` None means none is sent, and a condition is not honoured."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    mode: Mode = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request: its target as on the wire, its headers by lower-case name, what it got."""

    target: str
    headers: Mapping[str, str]
    status: int


class _Threads(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, owner: Server) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet: a client that goes away is part of what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Threads

    def do_GET(self) -> None:
        owner = self.server.owner
        reply = owner.reply_to(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        has_it = reply.etag is not None and headers.get("if-none-match") == reply.etag
        status = 304 if has_it else reply.status
        owner.note(Asked(target=self.path, headers=headers, status=status))
        if reply.mode == "plain":
            self._answer(reply, status)
            return
        self.close_connection = True
        if reply.mode == "hang":
            owner.stopping.wait(60)
        elif reply.mode == "drip":
            self._drip(owner.stopping)

    def _answer(self, reply: Reply, status: int) -> None:
        body = b"" if status == 304 else reply.body
        self.send_response(status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.etag is not None:
            self.send_header("ETag", reply.etag)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def _drip(self, stopping: threading.Event) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        with suppress(OSError):
            for _ in range(1200):
                self.wfile.write(b" ")
                self.wfile.flush()
                if stopping.wait(DRIP_SECONDS):
                    return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: `asked` holds what was asked."""


class Server:
    """The server; open it with `with`. `tls` makes it speak HTTPS with that certificate."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self._replies: dict[str, Reply] = {}
        self._lock = threading.Lock()
        self._asked: list[Asked] = []
        self.stopping = threading.Event()
        self._http = _Threads(self)
        self._scheme = "http"
        if tls is not None:
            self._scheme = "https"
            self._http.socket = tls.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def place(self) -> str:
        """Host and port, as `fetch.allow_private` names them."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"{self._scheme}://{self.place}{path}"

    def put(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        has_etag: bool = True,
        mode: Mode = "plain",
    ) -> None:
        """Script what the path answers from now on."""
        raw = body.encode() if isinstance(body, str) else body
        named = dict(headers or {}) | ({"Content-Type": content_type} if content_type else {})
        has_etag = has_etag and status == 200
        etag = f'"{blake2b(raw, digest_size=8).hexdigest()}"' if has_etag else None
        with self._lock:
            self._replies[path] = Reply(
                body=raw, status=status, headers=named, etag=etag, mode=mode
            )

    def reply_to(self, target: str) -> Reply:
        with self._lock:
            return self._replies.get(target, Reply(body=b"nothing here", status=404))

    def note(self, asked: Asked) -> None:
        with self._lock:
            self._asked.append(asked)

    @property
    def asked(self) -> tuple[Asked, ...]:
        with self._lock:
            return tuple(self._asked)

    def count(self, path: str) -> int:
        """Return how many requests came for a path."""
        return sum(one.target == path for one in self.asked)
