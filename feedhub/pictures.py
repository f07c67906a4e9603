"""What a picture's first bytes say of it: type and size. Nothing is decoded, and no bytes raise.

Every reader walks forward over what it was given, so hostile bytes cost no more than honest ones:
time grows with the length of the head, which callers bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from struct import error as struct_error
from struct import unpack_from

MOST_PIXELS = 65_535
"""A longer side is believed of no picture: it is JPEG's limit, and past every camera's."""

HEAD = 65_536
"""Bytes in which the size of an AVIF is looked for."""

_PROLOG = 4096
"""Bytes in which the root element of an SVG must begin."""

_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_MARKER = re.compile(rb"\xff[^\xff]")  # any number of fill bytes may stand before it
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers without a length
_LATE = frozenset({0x00, 0xD9, 0xDA})  # no marker, the end, the pixels
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ORIENTATION = 0x0112
_MOST_FIELDS = 64

Size = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureFacts:
    """A picture's media type, and its sides in pixels as it is shown; both None where unknown."""

    type: str
    width: int | None = None
    height: int | None = None


def facts_of(head: bytes) -> PictureFacts | None:
    """Return what the beginning of a picture says of it; None where it is no picture we know."""
    kind = kind_of(head)
    if kind is None:
        return None
    width, height = size_of(kind, head) or (None, None)
    return PictureFacts(type=kind, width=width, height=height)


def kind_of(head: bytes) -> str | None:
    """Return a picture's media type by its first bytes, None for anything else."""
    for kind, is_such in _KINDS.items():
        if is_such(head):
            return kind
    return None


def size_of(kind: str, head: bytes) -> Size | None:
    """Return width and height in pixels as the head says, each from 1 to 65,535.

    None where the head is cut off or damaged, and for types that are not measured.
    """
    read = _SIZES.get(kind)
    try:
        size = read(head) if read else None
    except (struct_error, IndexError):
        return None
    return size if size and all(0 < side <= MOST_PIXELS for side in size) else None


# -- types ----------------------------------------------------------------------------------


def _is_avif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and re.search(rb"avi[fs]", head[8:64]) is not None


def _is_bmp(head: bytes) -> bool:
    """Two letters are no proof: what stands behind them must be a header of a known size."""
    return (
        head[:2] == b"BM"
        and head[6:10] == bytes(4)
        and int.from_bytes(head[14:18], "little") in _BMP_HEADERS
    )


def _is_icon(head: bytes) -> bool:
    return head[:4] == b"\x00\x00\x01\x00" and head[5:6] == b"\x00" and head[4:5] > b"\x00"


def _is_svg(head: bytes) -> bool:
    """Step over what may stand before the root element, piece by piece, entities included."""
    rest = head[:_PROLOG].removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith((b"<?", b"<!")):
        end = b"-->" if rest.startswith(b"<!--") else b">"
        rest = rest.partition(end)[2].lstrip(b" \t\r\n]>")
    return rest.startswith(b"<svg") and rest[4:5] in {b" ", b">", b"/", b"\t", b"\n", b"\r"}


_KINDS: dict[str, Callable[[bytes], bool]] = {
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/gif": lambda head: head[:6] in (b"GIF87a", b"GIF89a"),
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "image/avif": _is_avif,
    "image/svg+xml": _is_svg,
    "image/bmp": _is_bmp,
    "image/vnd.microsoft.icon": _is_icon,
}


# -- sizes ----------------------------------------------------------------------------------


def _png(head: bytes) -> Size | None:
    if head[12:16] != b"IHDR":
        return None
    width, height = unpack_from(">II", head, 16)
    return width, height


def _gif(head: bytes) -> Size | None:
    width, height = unpack_from("<HH", head, 6)
    return width, height


def _jpeg(head: bytes) -> Size | None:
    """Walk the segments to the frame header (ITU T.81, B.2.2); turned pictures swap their sides."""
    place, is_turned = 2, False
    while found := _MARKER.search(head, place):
        marker, place = found[0][-1], found.end()
        if marker in _FRAMES:
            height, width = unpack_from(">HH", head, place + 3)
            return (height, width) if is_turned else (width, height)
        if marker in _ALONE:
            continue
        (length,) = unpack_from(">H", head, place)
        if length < 2 or marker in _LATE:
            return None
        if marker == 0xE1:
            is_turned = is_turned or _is_turned(head[place + 2 : place + length])
        place += length
    return None


def _is_turned(exif: bytes) -> bool:
    """Tell whether Exif says that the picture is shown turned by a quarter (orientation 5 to 8)."""
    tiff = exif[6:] if exif[:6] == b"Exif\x00\x00" else b""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return False
    try:
        (start,) = unpack_from(f"{order}I", tiff, 4)
        (count,) = unpack_from(f"{order}H", tiff, start)
        for field in range(start + 2, start + 2 + 12 * min(count, _MOST_FIELDS), 12):
            tag, _kind, _count, value = unpack_from(f"{order}HHIH", tiff, field)
            if tag == _ORIENTATION:
                return bool(5 <= value <= 8)
    except struct_error:
        return False
    return False


def _webp(head: bytes) -> Size | None:
    """Read the first chunk: VP8 (RFC 6386, 9.1), VP8L or VP8X (RFC 9649, 2.7 and 3.4)."""
    chunk = head[12:16]
    if chunk == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L" and head[20] == 0x2F:
        (bits,) = unpack_from("<I", head, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X" and len(head) >= 30:
        sides = head[24:27], head[27:30]
        width, height = (int.from_bytes(side, "little") + 1 for side in sides)
        return width, height
    return None


def _avif(head: bytes) -> Size | None:
    """Return the largest of the sizes (`ispe`) before the pixels: tiles and thumbnails are smaller."""
    boxes = head[: _pixels_at(head)]
    found = [
        unpack_from(">II", boxes, at.end() + 4)
        for at in re.finditer(b"ispe", boxes)
        if at.end() + 12 <= len(boxes)
    ]
    return max(found, key=lambda size: size[0] * size[1], default=None)


def _pixels_at(head: bytes) -> int:
    """Return where the box with the pixels (`mdat`) begins, or where the boxes can be followed to."""
    place, end = 0, min(len(head), HEAD)
    while place + 8 <= end and head[place + 4 : place + 8] != b"mdat":
        (length,) = unpack_from(">I", head, place)
        if length < 8:  # to the end, or longer than 4 GB
            return end
        place += length
    return min(place, end)


_SIZES: dict[str, Callable[[bytes], Size | None]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/avif": _avif,
}
