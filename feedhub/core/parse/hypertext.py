"""HTML read into a tree, and what is taken out of a tree: words, pictures, markup.

libxml2 repairs whatever comes and bounds the depth at 255 elements, so nothing here recurses; no
entity, script or address within a page is ever followed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from feedhub.core.parse.links import web_link
from feedhub.core.parse.media import number
from feedhub.core.parse.scrub import legal
from feedhub.errors import ParseError
from feedhub.model.entry import Image

Element = Any
"""An element of lxml, which brings no types."""

MAX_TAGS = 300_000
"""Tags of a page that are read, opening and closing; the largest real lists have some 20,000."""

_LONG_TAG = re.compile(r"<([A-Za-z][\w:-]{0,40})([^<>]{8000,})")
_QUOTED = re.compile(r"\"[^\"]*+\"?|'[^']*+'?")
_MAX_ATTRIBUTES = 1000
_CUT_SHORT = re.compile(r"depth|too long|too big|huge|memory", re.IGNORECASE)
_NOISE = ("script", "style", "template")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tg-emoji",
        "tg-spoiler",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
_MAX_STEPS = 20_000
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
_LAZY_BACKGROUND = ("data-bg", "data-background", "data-background-image", "data-bg-src")
_BACKGROUND = re.compile(r"url\(\s*[\"']?\s*([^\"')]{1,2000}?)\s*[\"']?\s*\)", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:^|/)(?:blank|spacer|pixel|1x1|placeholder|lazy|loading|loader|preloader|empty|no-?photo)"
    r"[\w-]{0,20}\.(?:gif|png|svg|jpg)(?:\?|$)",
    re.IGNORECASE,
)
_ICON = 32
"""A picture declared no larger than this, in pixels, is an icon or a counter."""

_IMAGES = etree.XPath("(descendant-or-self::img)[position() <= 20]")
_SOURCES = etree.XPath("(descendant-or-self::source[@srcset or @data-srcset])[position() <= 20]")
_PAINTED = etree.XPath(
    "(descendant-or-self::*[contains(@style, 'url(') or @data-bg or @data-background"
    " or @data-background-image or @data-bg-src])[position() <= 20]"
)


def read_html(text: str) -> tuple[Element, tuple[str, ...]]:
    """Return a page's root and sentences on what was lost; raise `ParseError` where it has none."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    tags = text.split("<", MAX_TAGS)
    whole = len(tags) <= MAX_TAGS
    text = text if whole else "<".join(tags[:-1])
    body = _LONG_TAG.sub(_fewer_attributes, legal(text)).encode("utf-8", "ignore")
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError) as error:
        raise ParseError(f"an HTML page that cannot be read: {str(error)[:120]}") from error
    if root is None:
        raise ParseError("no HTML page: the answer holds no element")
    etree.strip_elements(root, *_NOISE, with_tail=False)
    faults = (str(fault.message) for fault in parser.error_log)
    cut = not whole or any(_CUT_SHORT.search(fault) for fault in faults)
    return root, (("the page is nested too deeply or too large; a part was read",) if cut else ())


def _fewer_attributes(match: re.Match[str]) -> str:
    """Drop the attributes of a tag with thousands of them: libxml2 takes quadratic time for each."""
    count = len(_QUOTED.sub("", match[2]).split())
    return match[0] if count <= _MAX_ATTRIBUTES else f"<{match[1]} "


def base_of(root: Element, url: str) -> str:
    """Return the address that a page's relative addresses start from (HTML, 4.2.3 `base`)."""
    for base in root.iter("base"):
        if link := web_link(base.get("href"), url):
            return link
    return url


def words(element: Element, *, limit: int = 1000, without: Collection[Element] = ()) -> str:
    """Return the text of an element in one line of at most `limit` characters.

    Blocks and line breaks part words, inline elements do not; elements in `without` are passed over.
    """
    pieces: list[str] = []
    size = 0
    for piece in _pieces(element, without):
        pieces.append(piece)
        size += len(piece)
        if size > 8 * limit:
            break
    return legal(" ".join("".join(pieces).split()))[:limit].rstrip()


def _pieces(element: Element, without: Collection[Element]) -> Iterator[str]:
    walk = etree.iterwalk(element, events=("start", "end"))
    for step, (event, node) in enumerate(walk):
        if step > _MAX_STEPS:
            return
        if node.tag not in _INLINE:
            yield " "
        if event == "end":
            yield (node.tail or "") if node is not element else ""
        elif node in without:
            walk.skip_subtree()
        else:
            yield node.text or ""


def inner_html(element: Element) -> str:
    """Return the markup within an element."""
    parts = [_escaped(element.text)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return legal("".join(parts)).strip()


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def picture(element: Element, base: str) -> Image | None:
    """Return the first real picture within an element: an image, else its sources, else a background.

    Addresses of lazily loaded pictures come before `src`, which then is a placeholder; icons,
    counters and `data:` pictures are passed over.
    """
    for node in _IMAGES(element):
        image = _image(node, base)
        if image is not None:
            return image
    for node in _SOURCES(element):
        if link := _real(widest(node.get("srcset") or node.get("data-srcset") or ""), base):
            return Image(url=link)
    for node in _PAINTED(element):
        if link := background(node, base):
            return Image(url=link)
    return None


def _image(node: Element, base: str) -> Image | None:
    width, height = number(node.get("width")), number(node.get("height"))
    if min(size for size in (width, height, _ICON + 1) if size is not None) <= _ICON:
        return None
    tried = [node.get(name) for name in _LAZY]
    tried.insert(-1, widest(node.get("data-srcset") or ""))
    tried.append(widest(node.get("srcset") or ""))
    link = next((link for raw in tried if (link := _real(raw, base))), None)
    if link is None:
        return None
    alt = legal(" ".join((node.get("alt") or "").split()))[:500]
    return Image(url=link, width=width, height=height, alt=alt)


def _real(raw: str | None, base: str) -> str | None:
    """Return the address of a picture, None for none and for a placeholder."""
    if not raw or raw.startswith("#") or _PLACEHOLDER.search(raw[:2000]):
        return None
    link = web_link(legal(raw)[:4000], base)
    return link if link and link != base else None


def background(node: Element, base: str) -> str | None:
    """Return the address of an element's own background picture."""
    lazy = next((held for name in _LAZY_BACKGROUND if (held := node.get(name))), "")
    painted = _BACKGROUND.search(lazy) or _BACKGROUND.search((node.get("style") or "")[:4000])
    return _real(painted[1] if painted else lazy, base)


def widest(srcset: str) -> str:
    """Return the address of the largest candidate of a `srcset` (HTML, 4.8.4.2.1)."""
    best, size = "", -1.0
    for part in srcset[:4000].replace(", ", "\n").splitlines():
        address, _, descriptor = part.strip(" ,").partition(" ")
        held = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,3})?)[wx]", descriptor)
        own = float(held[1]) if held else 0.0
        if address and own > size:
            best, size = address, own
    return best
