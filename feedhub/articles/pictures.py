"""Pictures of local articles: found beside the text, judged by their first bytes."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import Path

from feedhub.articles.faults import Wrong
from feedhub.model import Image, Media
from feedhub.pictures import kind_of, size_of

MOST_BYTES = 10 * 1024 * 1024
EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
}
_KINDS = "JPEG, PNG, GIF, WebP or AVIF"


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
    if kind not in EXTENSIONS:
        raise Wrong(_refusal(body, kind, name))
    size = size_of(kind, body)
    if size is None:
        raise Wrong(f"the picture {name} is damaged: its size cannot be read")
    return Media(
        hash=blake2b(body, digest_size=16).hexdigest(),
        type=kind,
        width=size[0],
        height=size[1],
        body=body,
    )


def _refusal(body: bytes, kind: str | None, name: str) -> str:
    if not body:
        return f"the picture {name} is empty; was it copied half?"
    if kind == "image/svg+xml":
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
