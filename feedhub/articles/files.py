"""One article's file: bytes to parsed entry, or to a sentence for each thing that is wrong with it."""

from __future__ import annotations

import unicodedata
from functools import partial
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from feedhub.articles.article import ArticleFile
from feedhub.articles.faults import Fault, Unusable, Wrong, told
from feedhub.articles.front import split
from feedhub.articles.keys import Front, Picture, front
from feedhub.articles.pictures import image_of, read_picture
from feedhub.articles.text import Written, written
from feedhub.articles.values import is_web_address
from feedhub.model import Image, Media, ParsedEntry

MOST_BYTES = 1024 * 1024
_BAD_IN_NAMES = {"Cc", "Cs", "Zl", "Zp"}


def read_article(path: Path, folder: Path, *, zone: str) -> ArticleFile:
    """Read the article at `path`, inside `folder`; times without a zone are in `zone` (IANA).

    Never raises for what stands in the file: that is `error`.
    """
    name = path.relative_to(folder).as_posix()
    shown = f"{folder.absolute().name}/{_printable(name)}"
    body = b""
    try:
        _check_name(name)
        body = _bytes(path, folder)
        return _usable(body, name, path, folder, zone)
    except Unusable as unusable:
        faults = unusable.faults
    except Exception as error:  # one file costs no other anything
        faults = (Fault(None, "", f"could not be read: {type(error).__name__}: {error}"[:500]),)
    return ArticleFile(
        path=_printable(name), file_hash=_hash(body, (), zone), error=told(shown, faults)
    )


def _usable(body: bytes, name: str, path: Path, folder: Path, zone: str) -> ArticleFile:
    parts = split(_decoded(body))
    given = front(parts.head, ZoneInfo(zone))
    read = partial(read_picture, beside=path.parent, folder=folder)
    image, lead_media, faults = _lead_image(given.image, read)
    text = written(parts.body, first_line=parts.body_line, read=read)
    if faults or text.faults:
        raise Unusable(*faults, *text.faults)
    media = {one.hash: one for one in (*lead_media, *text.media)}
    return ArticleFile(
        path=name,
        file_hash=_hash(body, tuple(media), zone),
        parsed=_parsed(given, text, image),
        is_draft=given.draft,
        media=tuple(media.values()),
    )


def _parsed(given: Front, text: Written, image: Image | None) -> ParsedEntry:
    published, updated = given.published, given.updated
    return ParsedEntry(
        title=given.title,
        content=text.html,
        published=published.raw if published else None,
        updated=updated.raw if updated else None,
        published_at=published.at if published else None,
        updated_at=updated.at if updated else None,
        authors=given.authors,
        images=(image,) if image else (),
        section=given.section,
        tags=given.tags,
        lead=given.lead,
        see_also=given.see_also,
        event=given.event,
        slug=given.slug,
    )


def _lead_image(
    given: Picture | None, read: partial[Media]
) -> tuple[Image | None, tuple[Media, ...], tuple[Fault, ...]]:
    """Return the picture of the front matter, its bytes where it is ours, and what is wrong."""
    if given is None:
        return None, (), ()
    alt, caption, credit = given.alt, given.caption, given.credit
    if given.is_address:
        if is_web_address(given.src):
            return Image(url=given.src, alt=alt, caption=caption, credit=credit), (), ()
        return None, (), (Fault(given.line, "image.src", "not an address that can be read"),)
    try:
        media = read(given.src)
    except Wrong as wrong:
        return None, (), (Fault(given.line, "image.src", wrong.message),)
    return image_of(media, alt=alt, caption=caption, credit=credit), (media,), ()


def _bytes(path: Path, folder: Path) -> bytes:
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            message = "a link to a file outside the folder of articles; put the file inside"
            raise Unusable(Fault(None, "", message))
        if not path.is_file():
            raise Unusable(Fault(None, "", "not a file"))
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unusable(Fault(None, "", f"cannot be read: {reason}")) from None
    if len(body) > MOST_BYTES:
        raise Unusable(Fault(None, "", f"larger than {MOST_BYTES // 2**20} MB; part the article"))
    return body


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Unusable(Fault(line, "", "not UTF-8; save the file in UTF-8")) from None


def _check_name(name: str) -> None:
    if any(unicodedata.category(sign) in _BAD_IN_NAMES for sign in name):
        message = "the file's name holds what is no readable character; rename it"
        raise Unusable(Fault(None, "", message))


def _printable(name: str) -> str:
    bad = (unicodedata.category(sign) in _BAD_IN_NAMES for sign in name)
    return "".join("\ufffd" if is_bad else sign for sign, is_bad in zip(name, bad, strict=True))


def _hash(body: bytes, pictures: tuple[str, ...], zone: str) -> str:
    digest = blake2b(body, digest_size=16)
    for part in (*pictures, zone):
        digest.update(b"\x00" + part.encode())
    return digest.hexdigest()
