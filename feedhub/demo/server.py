"""A sample agency on the loopback interface: real HTTP with validators, in a thread of this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache, partial
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from feedhub.demo.agencies import Agency, Item, published
from feedhub.demo.documents import PATHS, Document, feed, page
from feedhub.demo.landscape import landscape

_PICTURE = (640, 360)


class AgencyServer:
    """An agency that answers on a port of its own while the `with` block lasts.

    `now` gives the present instant; what is new follows from it and `started`.
    """

    def __init__(self, agency: Agency, *, started: datetime, now: Callable[[], datetime]) -> None:
        self.agency, self.started, self.now = agency, started, now
        self._server = _Server(("127.0.0.1", 0), partial(_Handler, self.document))
        self.root = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=partial(self._server.serve_forever, 0.1), name=agency.slug, daemon=True
        )

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def feed_url(self) -> str:
        """The address of its document."""
        return f"{self.root}{PATHS[self.agency.format]}"

    def __enter__(self) -> AgencyServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def document(self, path: str) -> Document | None:
        """Return what stands under a path at this instant, None for nothing."""
        if path == PATHS[self.agency.format]:
            return feed(self.agency, self._items(), self.root)
        if path.startswith("/pictures/"):
            return self._picture(path)
        if path == "/":
            items = self._items()
            return page(self.agency, "Новости", [item.title for item in items], items[0].updated)
        item = next((item for item in self._items() if item.path == path), None)
        return page(self.agency, item.title, item.paragraphs, item.updated) if item else None

    def _items(self) -> tuple[Item, ...]:
        return published(self.agency, started=self.started, now=self.now())

    def _picture(self, path: str) -> Document | None:
        name = path.removeprefix("/pictures/").removesuffix(".png")
        if not name.isascii() or not name.isdigit() or len(name) > 1:
            return None
        return Document(_drawn(int(name)), "image/png", self.started)


@lru_cache(maxsize=10)
def _drawn(mood: int) -> bytes:
    return landscape(*_PICTURE, mood)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a reader that keeps its connection must not keep us


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD with ETag and Last-Modified, and 304 where the reader has it already."""

    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(self, document: Callable[[str], Document | None], *arguments: object) -> None:
        self._document = document
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with the document."""
        self._answer(is_head=False)

    def do_HEAD(self) -> None:
        """Answer with the head of the same."""
        self._answer(is_head=True)

    def _answer(self, *, is_head: bool) -> None:
        found = self._document(self.path.partition("?")[0])
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        etag = f'"{blake2b(found.body, digest_size=8).hexdigest()}"'
        is_known = self.headers.get("If-None-Match") == etag
        self.send_response(HTTPStatus.NOT_MODIFIED if is_known else HTTPStatus.OK)
        self.send_header("ETag", etag)
        self.send_header("Last-Modified", format_datetime(found.changed, usegmt=True))
        if not is_known:
            self.send_header("Content-Type", found.content_type)
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if not is_head and not is_known:
            self.wfile.write(found.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base's own name)
        """Say nothing: the demonstration's log is FeedHub's."""
