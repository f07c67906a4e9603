"""Documents made to hurt, made on the fly: a good entry is in each that can be read at all."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

from tests.e2e.documents import Note, instant, rss
from tests.hostile.server import Reply
from tests.hostile.siege import BEFORE, FRESH, notes

MIB = 2**20
PIECE = 65_536


def around(slug: str, inner: str = "", before: str = "", body: str = "") -> str:
    """Return the feed of a source with its old entries, a fresh one, and `inner` behind them.

    `before` stands in front of the root, `body` is the fresh entry's own (escaped) text.
    """
    fresh = Note(title=FRESH, url=f"https://{slug}.example/f", published=instant(6), body=body)
    text = rss((fresh, *notes(slug, *BEFORE))).decode()
    return text.replace("</channel>", f"{inner}</channel>").replace("<rss ", f"{before}<rss ")


def item(inner: str) -> str:
    """Return an entry that holds nothing but its title and `inner`."""
    return f"<item><title>Вторая</title>{inner}</item>"


def described(inner: str) -> str:
    """Return an entry with raw text in its description."""
    return item(f"<description>{inner}</description>")


def xml(text: str, encoding: str = "utf-8") -> Reply:
    """Return a feed as a server sends it."""
    return Reply(body=text.encode(encoding, "surrogatepass"))


def pieces(head: bytes, piece: Callable[[int], bytes], count: int) -> Callable[[], Iterator[bytes]]:
    """Return a stream: a head, then so many pieces, each made when it is sent."""

    def stream() -> Iterator[bytes]:
        yield head
        for number in range(count):
            yield piece(number)

    return stream


def bomb(coding: str, mebibytes: int = 1024) -> Callable[[], Iterator[bytes]]:
    """Return a compressed body of zeros: a flushed block may stand in it any number of times."""
    head = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(16 * MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    start = head.compress(b"<rss>") + head.flush(zlib.Z_FULL_FLUSH)
    return pieces(start, lambda _: block, mebibytes // 16)


def twice(raw: bytes) -> bytes:
    """Return a body that was compressed two times."""
    return gzip.compress(gzip.compress(raw))
