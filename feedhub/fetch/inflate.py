"""Collect a body and undo one content coding, a step at a time, never past the limit."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Literal

from feedhub.errors import SourceError, TooLarge

Coding = Literal["identity", "gzip", "deflate"]

STEP = 256 * 1024
"""Bytes inflated at once: what a bomb may cost beyond the limit."""

MAX_MEMBERS = 1000
"""Members of one gzip body; a real one has one, and each costs a fresh window."""

_GZIP = b"\x1f\x8b"


class BadCoding(SourceError):
    """The content coding is unknown, stacked, or not what the server says it is."""


class Incomplete(SourceError):
    """The body ended before its end."""


def coding_of(values: Iterable[str]) -> Coding:
    """Return the one coding that Content-Encoding names, or raise `BadCoding`."""
    named = [name.strip().lower() for value in values for name in value.split(",")]
    layers = [name for name in named if name not in {"", "identity"}]
    if not layers:
        return "identity"
    if layers == ["gzip"] or layers == ["x-gzip"]:
        return "gzip"
    if layers == ["deflate"]:
        return "deflate"
    raise BadCoding(
        "The answer is compressed in a way we did not ask for (only one layer of gzip or deflate "
        "is read); ask the publisher to send plain text."
    )


def too_large(limit: int) -> TooLarge:
    """Make the refusal of a body over `limit` bytes."""
    size = f"{limit / 2**20:g} MiB" if limit >= 2**20 else f"{limit} bytes"
    return TooLarge(
        f"The answer is larger than {size}; raise fetch.max_bytes if this feed is really so large."
    )


def beginning(coding: Coding, wire: bytes, limit: int) -> bytes:
    """Return at most `limit` bytes of a body of which only `wire` was read; b"" when unreadable."""
    if coding == "identity" or len(wire) < 2:
        return b"" if coding != "identity" else wire[:limit]
    try:
        return zlib.decompressobj(_window(coding, wire)).decompress(wire, limit)
    except zlib.error:
        return b""


class Body:
    """A body as it arrives: `add` each piece, then `finish`; `limit` counts inflated bytes."""

    def __init__(self, coding: Coding, limit: int) -> None:
        self._limit = limit
        # Incompressible bytes grow a little when compressed; beyond that, wire bytes count too.
        self._wire_left = limit + limit // 100 + 1024
        self._coding = coding
        self._out = bytearray()
        self._head = b""
        self._stream: zlib._Decompress | None = None
        self._members = 0
        self._over = False

    def add(self, piece: bytes) -> None:
        """Take a piece from the wire; raise `TooLarge` or `BadCoding` as soon as it shows."""
        self._wire_left -= len(piece)
        if self._wire_left < 0:
            raise too_large(self._limit)
        if self._coding == "identity":
            self._keep(piece)
            return
        try:
            self._inflate(self._head + piece)
        except zlib.error as error:
            raise BadCoding(
                f"The answer says it is {self._coding} and is not; try again later or tell "
                f"the publisher."
            ) from error

    def finish(self) -> bytes:
        """Return the whole body, or raise `Incomplete` when a compressed one was cut short."""
        if self._head or (self._stream is not None and not self._stream.eof):
            raise Incomplete("The compressed answer was cut short; it is asked again later.")
        return bytes(self._out)

    def _inflate(self, pending: bytes) -> None:
        self._head = b""
        while pending and not self._over:
            stream = self._stream
            if stream is None or stream.eof:
                stream = self._next_stream(pending)
            if stream is None:
                return
            pending = self._pump(stream, pending)

    def _pump(self, stream: zlib._Decompress, pending: bytes) -> bytes:
        """Inflate until this stream ends or wants more; return what is left for the next one."""
        while True:
            inflated = stream.decompress(pending, STEP)
            self._keep(inflated)
            if stream.eof:
                return stream.unused_data
            pending = stream.unconsumed_tail
            if not pending and len(inflated) < STEP:
                return b""

    def _next_stream(self, pending: bytes) -> zlib._Decompress | None:
        """Begin a stream at `pending`; None when it is too short to tell, or only padding."""
        is_first = self._stream is None
        if len(pending) < 2 and (is_first or pending == _GZIP[:1]):
            self._head = pending
            return None
        if not is_first and (self._coding == "deflate" or not pending.startswith(_GZIP)):
            self._over = True
            return None
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise zlib.error("too many members")
        self._stream = zlib.decompressobj(_window(self._coding, pending))
        return self._stream

    def _keep(self, inflated: bytes) -> None:
        if len(self._out) + len(inflated) > self._limit:
            raise too_large(self._limit)
        self._out += inflated


def _window(coding: Coding, head: bytes) -> int:
    """Choose zlib's window: "deflate" is zlib by RFC 9110, 8.4.1.2, and raw on many servers."""
    if coding == "gzip":
        return 31
    is_zlib = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
    return 15 if is_zlib else -15
