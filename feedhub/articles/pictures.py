"""Pictures of local articles: found beside the text, known by their first bytes, measured by their head."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from struct import error as struct_error
from struct import unpack_from

from feedhub.articles.faults import Wrong
from feedhub.model import Image, Media

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 65_535
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
_KINDS = "JPEG, PNG, GIF, WebP or AVIF"
_SVG = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<svg\b", re.S)


def read_picture(src: str, *, beside: Path, folder: Path) -> Media:
    """Read the picture that an article in the folder `beside` names by a relative path.

    It must stand inside `folder`, links followed. Raises Wrong with what to do.
    """
    path = _inside(src, beside, folder)
    try:
        if not path.is_file():
            raise Wrong(f"there is no file {src} beside the article")
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, Wrong):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise Wrong(f"the picture {src} cannot be read: {reason}") from None
    if len(body) > MOST_BYTES:
        raise Wrong(f"the picture {src} is larger than {MOST_BYTES // 2**20} MB; make it smaller")
    return media_of(body, src)


def _inside(src: str, beside: Path, folder: Path) -> Path:
    if src.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", src):
        raise Wrong(f"{src} is no file beside the article, and no http(s) address")
    try:
        path = (beside / src).resolve()
        is_inside = path.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a loop of links, a zero character
        raise Wrong(f"{src!a} is not a path") from None
    if not is_inside:
        raise Wrong(f"the picture {src} lies outside the folder of articles; put it inside")
    return path


def media_of(body: bytes, name: str) -> Media:
    """Return a picture's bytes with hash, type and size; raise Wrong, naming it, where it is none."""
    kind = kind_of(body)
    if kind is None:
        raise Wrong(_refusal(body, name))
    size = size_of(kind, body)
    if size is None or not all(0 < side <= MOST_PIXELS for side in size):
        raise Wrong(f"the picture {name} is damaged: its size cannot be read")
    return Media(
        hash=blake2b(body, digest_size=16).hexdigest(),
        type=kind,
        width=size[0],
        height=size[1],
        body=body,
    )


def _refusal(body: bytes, name: str) -> str:
    if not body:
        return f"the picture {name} is empty; was it copied half?"
    if _SVG.match(body[:4096].removeprefix(b"\xef\xbb\xbf")):
        return f"{name} is SVG, which can hold programs; save the picture as PNG or JPEG"
    return f"{name} is no picture that can be shown; save it as {_KINDS}"


def address_of(media: Media) -> str:
    """Return the picture's address on our site, from its root."""
    return f"/media/{media.hash}.{EXTENSIONS[media.type]}"


def image_of(media: Media, *, alt: str = "", caption: str = "", credit: str = "") -> Image:
    """Return a picture of ours as entries carry it."""
    return Image(
        url=address_of(media),
        type=media.type,
        width=media.width,
        height=media.height,
        length=len(media.body),
        alt=alt,
        caption=caption,
        credit=credit,
    )


def kind_of(body: bytes) -> str | None:
    """Return a picture's media type by its first bytes, None for anything else."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:8] == b"ftyp" and re.search(rb"avi[fs]", body[8:64]):
        return "image/avif"
    return None


def size_of(kind: str, body: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels as the picture's head says; None where it is cut off."""
    try:
        return _SIZES[kind](body)
    except (struct_error, IndexError):
        return None


def _png(body: bytes) -> tuple[int, int] | None:
    if body[12:16] != b"IHDR":
        return None
    width, height = unpack_from(">II", body, 16)
    return width, height


def _gif(body: bytes) -> tuple[int, int] | None:
    width, height = unpack_from("<HH", body, 6)
    return width, height


def _jpeg(body: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header (ITU T.81, B.2.2); turned pictures swap their sides."""
    place, is_turned = 2, False
    while place + 4 <= len(body):
        if body[place] != 0xFF:
            return None
        marker = body[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = unpack_from(">HH", body, place + 5)
            return (height, width) if is_turned else (width, height)
        (length,) = unpack_from(">H", body, place + 2)
        if marker == 0xE1:
            is_turned = is_turned or _is_turned(body[place + 4 : place + 2 + length])
        place += 2 + length
    return None


def _is_turned(exif: bytes) -> bool:
    """Tell whether Exif says that the picture is shown turned by a quarter (orientation 5 to 8)."""
    tiff = exif[6:] if exif[:6] == b"Exif\x00\x00" else b""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:
        return False
    try:
        (start,) = unpack_from(f"{order}I", tiff, 4)
        (count,) = unpack_from(f"{order}H", tiff, start)
        for entry in range(start + 2, start + 2 + 12 * min(count, 64), 12):
            tag, _kind, _count, value = unpack_from(f"{order}HHIH", tiff, entry)
            if tag == 0x0112:
                return bool(5 <= value <= 8)
    except struct_error:
        return False
    return False


def _webp(body: bytes) -> tuple[int, int] | None:
    """Read the first chunk: VP8 (RFC 6386, 9.1), VP8L or VP8X (RFC 9649, 2.7 and 3.4)."""
    chunk = body[12:16]
    if chunk == b"VP8 " and body[23:26] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", body, 26)
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L" and body[20] == 0x2F:
        (bits,) = unpack_from("<I", body, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8X" and len(body) >= 30:
        sides = body[24:27], body[27:30]
        width, height = (int.from_bytes(side, "little") + 1 for side in sides)
        return width, height
    return None


def _avif(body: bytes) -> tuple[int, int] | None:
    """Return the largest of the sizes (`ispe`) in the head: tiles and thumbnails are smaller."""
    found = [unpack_from(">II", body, at.end() + 4) for at in re.finditer(b"ispe", body[:65_536])]
    width, height = max(found, key=lambda side: side[0] * side[1], default=(0, 0))
    return width, height


_SIZES: dict[str, Callable[[bytes], tuple[int, int] | None]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/avif": _avif,
}
