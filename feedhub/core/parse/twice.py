"""Texts that were encoded twice: UTF-8, taken for a one-byte encoding, and made UTF-8 again.

`Ã¼` for `ü`, `РџСЂРёРІРµС‚` for `Привет`. After a repair nearly every letter must be valid UTF-8,
which real text never is by chance; feedparser repairs only elements that are Latin-1 throughout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,60}")
_RUN = re.compile(r"[^\x00-\x7f]{2,}")
_ENOUGH = 3
_LOOKED_AT = 60
_WITHIN = 100_000
_SHARE = 0.9
_CHUNK = 10_000
_NO_ASCII = bytes(32 if byte < 128 else byte for byte in range(256))


def _back_to_bytes(codec: str) -> dict[int, int]:
    """Map the characters of a one-byte encoding to its bytes; holes stand for themselves."""
    table = {}
    for byte in range(128, 256):
        char = bytes([byte]).decode(codec, "ignore") or chr(byte)
        table[ord(char)] = byte
    return table


_TABLES = tuple(_back_to_bytes(codec) for codec in ("cp1252", "cp1251"))


def undone(text: str) -> str | None:
    """Return a document's text as it was before it was encoded twice, or None if it was not.

    Nine of ten runs beyond ASCII must read as UTF-8; the few others (cut by an editor, a blank
    in place of a byte) stay as they are.
    """
    if text.isascii():
        return None
    some = list(islice(_runs(text), _ENOUGH))
    if len(some) < _ENOUGH:
        return None
    # The first few settle it for nearly every document, so that looking costs nothing.
    for table in _TABLES:
        if _reads(some, table) and _reads(list(islice(_runs(text), _LOOKED_AT)), table):
            return _repaired(text, table)
    return None


def _runs(text: str) -> Iterator[str]:
    """Find what stands beyond ASCII, two letters and more; made of bytes, which is quicker."""
    for chunk in range(0, _WITHIN, _CHUNK):
        letters = text[chunk : chunk + _CHUNK].encode("utf-8", "replace").translate(_NO_ASCII)
        for run in letters.split():
            yield from _BEYOND_ASCII.findall(run.decode("utf-8"))


def _reads(runs: list[str], table: dict[int, int]) -> bool:
    return sum(_once(run, table) is not None for run in runs) >= _SHARE * len(runs)


def _repaired(text: str, table: dict[int, int]) -> str:
    def once(match: re.Match[str]) -> str:
        run = match.group()
        return _once(run, table) or run

    return _RUN.sub(once, text)


def _once(run: str, table: dict[int, int]) -> str | None:
    try:
        return run.translate(table).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return None
