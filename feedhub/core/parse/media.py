"""Pictures and files of one entry, as the readers noted them, made into `Image` and `Enclosure`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from feedhub.core.parse.links import web_link
from feedhub.model.entry import Enclosure, Image

_IMAGE_ENDS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".bmp", ".tif", ".tiff")
_OTHER_ENDS = (".mp3", ".mp4", ".m4a", ".m4v", ".mov", ".ogg", ".webm", ".pdf", ".zip", ".doc")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_DIGITS = re.compile(r"\s*(\d{1,12})")
_CREDIT = re.compile(
    r"^\s*(?:фото(?:граф(?:ия|ии)?)?|photo(?:s|graph(?:er)?)?)\b"
    r"[\s:.\-–—]*(?:(?:by|credit)\b)?[\s:]*(?:\(\s*[cс]\s*\)|©)?[\s:]*",
    re.IGNORECASE,
)
_WORDS_MAX = 1000


def images(entry: Mapping[str, Any], base: str | None, credit: str = "") -> tuple[Image, ...]:
    """Return an entry's pictures in document order, each address once.

    `credit` is a photo credit found among the authors: it goes to the first picture if that
    has none of its own.
    """
    if not entry.get("feedhub_pictures"):
        return ()
    group = entry.get("feedhub_group") or {}
    first = entry.get("feedhub_first") or {}
    found: dict[str, Image] = {}
    for noted in entry["feedhub_pictures"]:
        if not _is_image(noted):
            continue
        of_group = group if noted.get("group") else {}
        image = _image({**first, **of_group, **noted} if first or of_group else noted, base)
        first = {}
        if image:
            known = found.get(image.url)
            found[image.url] = merged(known, image) if known else image
    pictures = list(found.values())
    if pictures and credit and not pictures[0].credit:
        pictures[0] = _with_credit(pictures[0], credit)
    return tuple(pictures)


def enclosures(entry: Mapping[str, Any], base: str | None) -> tuple[Enclosure, ...]:
    """Return an entry's files: enclosures, and what `media:content` holds besides pictures."""
    noted_files = [*(entry.get("feedhub_files") or ())]
    noted_files += [link for link in entry.get("links") or () if link.get("rel") == "enclosure"]
    noted_files += [
        noted
        for noted in entry.get("feedhub_pictures") or ()
        if noted.get("kind") == "content" and not _is_image(noted)
    ]
    found: dict[str, Enclosure] = {}
    for noted in noted_files:
        link = web_link(noted.get("url") or noted.get("href"), base)
        if link and link not in found:
            length = number(noted.get("length") or noted.get("filesize"))
            found[link] = Enclosure(url=link, type=_type(noted), length=length)
    return tuple(found.values())


def with_atom_pictures(
    pictures: tuple[Image, ...], files: tuple[Enclosure, ...]
) -> tuple[Image, ...]:
    """Add files of an image type that are not among the pictures yet (Atom's enclosure links)."""
    if not files:
        return pictures
    known = {picture.url for picture in pictures}
    return pictures + tuple(
        Image(url=file.url, type=file.type, length=file.length)
        for file in files
        if file.url not in known
        and _is_image({"kind": "enclosure", "url": file.url, "type": file.type})
    )


def photo_credit(author: str) -> str | None:
    """Return the name in a credit such as «Фото: Анна Белова», or None for a real author."""
    match = _CREDIT.match(author)
    if not match:
        return None
    return author[match.end() :].strip(" :.-–—") or author.strip()


def number(raw: object) -> int | None:
    """Read a whole number that is not negative, None where there is none."""
    match = _DIGITS.match(str(raw)) if raw is not None else None
    return int(match.group(1)) if match else None


def plain(words: object) -> str:
    """Return words without markup, blanks joined, cut at 1,000 characters."""
    if not words or not isinstance(words, str):
        return ""
    text = words
    if "<" in text or "&" in text:
        text = unescape(_TAG.sub(" ", text))
    return " ".join(text[: 4 * _WORDS_MAX].split())[:_WORDS_MAX]


def _image(noted: Mapping[str, Any], base: str | None) -> Image | None:
    link = web_link(noted.get("url") or noted.get("href"), base)
    if link is None:
        return None
    words = (noted.get("description"), noted.get("text"), noted.get("title"))
    return Image(
        url=link,
        type=_type(noted),
        width=number(noted.get("width")) or None,
        height=number(noted.get("height")) or None,
        length=number(noted.get("length") or noted.get("filesize")) or None,
        caption=next((text for text in map(plain, words) if text), ""),
        credit=plain(noted.get("credit")) or plain(noted.get("copyright")),
    )


def merged(known: Image, again: Image) -> Image:
    """Join what two mentions of one picture say; the first one leads."""
    return Image(
        url=known.url,
        type=known.type or again.type,
        width=known.width or again.width,
        height=known.height or again.height,
        length=known.length or again.length,
        alt=known.alt or again.alt,
        caption=known.caption or again.caption,
        credit=known.credit or again.credit,
    )


def _with_credit(image: Image, credit: str) -> Image:
    return merged(image, Image(url=image.url, credit=credit))


def _type(noted: Mapping[str, Any]) -> str | None:
    kind = str(noted.get("type") or "").split(";")[0].strip().lower()
    return kind if "/" in kind else None


def _is_image(noted: Mapping[str, Any]) -> bool:
    """Say whether something noted is a picture, by what it says, else by the end of its address."""
    kind = noted.get("kind")
    if kind in {"thumbnail", "itunes", "image"}:
        return True
    declared = str(noted.get("type") or noted.get("medium") or "").lower()
    if declared.startswith("image"):
        return True
    if declared and declared not in {"application/octet-stream", "img"}:
        return False
    try:
        path = urlsplit(str(noted.get("url") or noted.get("href") or "")).path.lower()
    except ValueError:
        return False
    if declared:
        return path.endswith(_IMAGE_ENDS)
    if kind == "enclosure":
        return path.endswith(_IMAGE_ENDS)
    return not path.endswith(_OTHER_ENDS)
