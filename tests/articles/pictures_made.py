"""Pictures for tests, made of bytes: just enough of each format for its size to be read."""

from __future__ import annotations

import zlib
from struct import pack


def png(width: int = 4, height: int = 3) -> bytes:
    """Return a whole picture of one colour."""
    rows = (b"\x00" + b"\x20\x60\xa0" * width) * height
    header = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(name: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + pack("<HH", width, height) + b"\x00\x00\x00;"


def jpeg(
    width: int, height: int, *, orientation: int | None = None, frame: int = 0xC2, order: str = ">"
) -> bytes:
    """Return the segments of a JPEG up to its frame header, with fill bytes and a table before."""
    app0 = b"\xff\xe0" + pack(">H", 16) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    table = b"\xff\xdb" + pack(">H", 67) + bytes(65)
    sides = pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return (
        b"\xff\xd8"
        + app0
        + _exif(orientation, order)
        + table
        + b"\xff\xff"
        + bytes([frame])
        + sides
    )


def _exif(orientation: int | None, order: str) -> bytes:
    if orientation is None:
        return b""
    make = pack(f"{order}HHII", 0x010F, 2, 4, 0)
    turn = pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    mark = {">": b"MM", "<": b"II"}[order] + pack(f"{order}H", 42)
    tiff = mark + pack(f"{order}IH", 8, 2) + make + turn + pack(f"{order}I", 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + pack(">H", len(body) + 2) + body


def webp_lossy(width: int, height: int) -> bytes:
    frame = b"\x30\x01\x00\x9d\x01\x2a" + pack("<HH", width, height)
    return _riff(b"VP8 ", frame)


def webp_lossless(width: int, height: int) -> bytes:
    return _riff(b"VP8L", b"\x2f" + pack("<I", (width - 1) | (height - 1) << 14))


def webp_extended(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _riff(b"VP8X", bytes(4) + sides)


def _riff(name: bytes, body: bytes) -> bytes:
    chunk = name + pack("<I", len(body)) + body
    return b"RIFF" + pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def avif(*sizes: tuple[int, int]) -> bytes:
    """Return the boxes of an AVIF up to its sizes, as of tiles, thumbnails and the whole."""
    brand = pack(">I", 24) + b"ftypavif" + bytes(4) + b"mif1avif"
    boxes = (pack(">I", 20) + b"ispe" + bytes(4) + pack(">II", *size) for size in sizes)
    return brand + b"".join(boxes)


def avif_whole(size: tuple[int, int], *, pixels: bytes) -> bytes:
    """Return an AVIF with its size deep in its `meta` box, and pixels behind."""
    brand = pack(">I", 24) + b"ftypavif" + bytes(4) + b"mif1avif"
    ispe = _box(b"ispe", bytes(4) + pack(">II", *size))
    meta = _box(b"meta", bytes(4) + _box(b"iprp", _box(b"ipco", ispe)))
    return brand + meta + _box(b"mdat", pixels)


def _box(name: bytes, body: bytes) -> bytes:
    return pack(">I", len(body) + 8) + name + body


def bmp() -> bytes:
    return b"BM" + pack("<IHHIIii", 58, 0, 0, 54, 40, 1, 1) + bytes(28)


def ico() -> bytes:
    return pack("<HHHBBBBHHII", 0, 1, 1, 16, 16, 0, 0, 1, 32, 40, 22) + bytes(40)
