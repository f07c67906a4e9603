"""Pictures and enclosures: which picture leads, which is a counter, which candidate is best."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache

from feedhub.core.normalise.lines import credit_of, split_caption
from feedhub.core.normalise.text import plain
from feedhub.model import Enclosure, Image

ICON_PIXELS = 64
"""A picture known to be narrower or lower leads no entry."""

MAX_ENCLOSURES = 50

_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![-\w])(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|!|$)"
)
_COUNTER = re.compile(
    r"//(?:mc\.yandex\.|counter\.yadro\.ru|[\w.-]*top(?:-fwz1)?\.mail\.ru/counter|counter\.rambler\.ru"
    r"|top100\.rambler|www\.tns-counter\.ru|[\w.-]*google-analytics\.com|pixel\.|[\w.-]*\.quantserve\.com"
    r"|[\w.-]*scorecardresearch\.com|stats\.wordpress\.com|[\w.-]*doubleclick\.net|www\.facebook\.com/tr\b"
    r"|vk\.com/rtrg|[\w.-]*hotlog\.ru|counter\.|feeds\.[\w.-]+/~(?:r|ff)/|[\w.-]*feedburner\.com/~"
    r"|[\w.-]*feedsportal\.com|rss\.buysellads\.com|medium\.com/_/stat|bs\.yandex\.ru)"
    r"|/(?:1x1|0x0|spacer|blank|clear|pixel|transparent|mf)\.(?:gif|png)(?:\?|$)"
)
_ICON = re.compile(
    r"/(?:emoji|smil(?:ey|ie)s?|icons?|favicons?|avatars?)/|favicon|gravatar\.com|[/_-]icon\.\w+$"
)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?#])", re.IGNORECASE)
_CANDIDATE = re.compile(r"([^\s,]\S*?)(?:\s+([\d.]{1,8})[wx]\s*(?:,|$)|,?\s*$|,\s)")
_LAZY = ("data-src", "data-lazy-src", "data-original")


def pixels(value: str | None) -> int | None:
    """Read a width or height attribute: whole pixels, or None for percents and nonsense."""
    if not value:
        return None
    found = _PIXELS.fullmatch(value)
    return int(found[1]) if found else None


def is_tracker(url: str, width: int | None, height: int | None, style: str = "") -> bool:
    """Tell whether a picture only counts readers: at most one pixel, hidden, a known counter."""
    if (width is not None and width <= 1) or (height is not None and height <= 1):
        return True
    return _is_counter(url) or bool(style and _HIDDEN.search(style.lower()))


@lru_cache(maxsize=512)  # each picture is looked at several times on its way
def _is_counter(url: str) -> bool:
    return _COUNTER.search(url.lower()) is not None


@lru_cache(maxsize=512)
def _is_icon(url: str) -> bool:
    return _ICON.search(url.lower()) is not None


def best_source(attributes: dict[str, str]) -> str:
    """Choose a picture's address: the lazily loaded one, its `src`, or the widest of its srcset."""
    for name in _LAZY:
        if attributes.get(name):
            return attributes[name]
    src = attributes.get("src", "")
    if src and not src.startswith("data:"):
        return src
    return _widest(attributes.get("data-srcset") or attributes.get("srcset") or "")


def _widest(srcset: str) -> str:
    best, size = "", -1.0
    for url, number in _CANDIDATE.findall(srcset[:4000]):
        try:
            value = float(number or 1)
        except ValueError:
            continue
        if value > size and not url.startswith("data:"):
            best, size = url, value
    return best


def lead_image(
    images: Iterable[Image],
    found: Iterable[Image],
    enclosures: Iterable[Enclosure],
    *,
    resolve: Callable[[str], str | None],
    credit: str = "",
) -> Image | None:
    """Choose the picture that leads an entry, or None where it has none.

    `images` are those the document names beside the text, `found` those in the body, with
    absolute addresses; the widest known of the document's (and of `enclosures`) comes first, then
    the first of the body that is no counter, icon or emoji. `resolve` makes an address absolute
    or refuses it; `credit` is the photo credit found in the body.
    """
    body = tuple(found)
    named = _named(images, enclosures, resolve) if images or enclosures else []
    if named:
        lead = max(named, key=lambda each: each.width or 0)
    elif (first := next(filter(_is_picture, body), None)) is not None:
        lead = first
    else:
        return None
    twin = next((each for each in body if each.url == lead.url and _is_picture(each)), lead)
    return _captioned(lead, twin, credit)


def named_by_editor(
    images: Iterable[Image], *, resolve: Callable[[str], str | None]
) -> Image | None:
    """Return the picture an editor chose, however small it is; None where there is none."""
    for image in images:
        if url := resolve(image.url):
            return _captioned(replace(image, url=url), image, "")
    return None


def _named(
    images: Iterable[Image],
    enclosures: Iterable[Enclosure],
    resolve: Callable[[str], str | None],
) -> list[Image]:
    files = [
        Image(url=each.url, type=each.type, length=each.length)
        for each in enclosures
        if (each.type or "").startswith("image/")
        or (not each.type and _PICTURE_FILE.search(each.url))
    ]
    known: dict[str, Image] = {}
    for each in (*images, *files):
        url = resolve(each.url)
        if url is None:
            continue
        image = each if each.url == url else replace(each, url=url)
        if url in known:
            known[url] = _merged(known[url], image)
        elif _is_picture(image):
            known[url] = image
    return list(known.values())


def _merged(one: Image, other: Image) -> Image:
    return replace(
        one,
        type=one.type or other.type,
        length=one.length or other.length,
        width=one.width or other.width,
        height=one.height or other.height,
    )


def _is_picture(image: Image) -> bool:
    for size in (image.width, image.height):
        if size is not None and size < ICON_PIXELS:
            return False
    return not (_is_icon(image.url) or _is_counter(image.url))


def _captioned(lead: Image, twin: Image, credit: str) -> Image:
    if lead is twin and not (lead.caption or lead.credit or lead.alt or credit):
        return lead  # as most are: an address and its sizes
    caption, in_caption = split_caption(plain(lead.caption, 1000) or twin.caption)
    named = plain(lead.credit, 200)
    return Image(
        url=lead.url,
        type=lead.type,
        width=lead.width or twin.width,
        height=lead.height or twin.height,
        length=lead.length,
        alt=plain(lead.alt, 500) or twin.alt,
        caption=caption,
        credit=credit_of(named) or named or in_caption or twin.credit or credit,
    )


def enclosures(
    raw: Iterable[Enclosure], *, resolve: Callable[[str], str | None]
) -> tuple[Enclosure, ...]:
    """Keep the enclosures whose address `resolve` makes absolute, each once, 50 at most."""
    kept: dict[str, Enclosure] = {}
    for each in raw:
        url = resolve(each.url)
        if url is not None and url not in kept and len(kept) < MAX_ENCLOSURES:
            kind = plain(each.type or "", 100) or None
            kept[url] = Enclosure(url=url, type=kind, length=each.length)
    return tuple(kept.values())
