"""What is asked of a page's tree: words, links, and whether something is the page's furniture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit

Element = Any
"""An element of a tree as lxml builds it."""

_CHUNKS = 200
_LONGEST = 2000
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|submenu|footer|breadcrumbs?|pagination|pager|paging|social"
    r"|share|banner|cookie|search|tags?-?cloud)(?=$|[\s_-])",
    re.IGNORECASE,
)
_BESIDE = frozenset({"nav", "footer", "form"})
_BLANKS = re.compile(r"[\x00-\x20\x7f]")


def said(element: Element, limit: int = 300) -> str:
    """Return the words of an element in one line of at most `limit` characters."""
    pieces: list[str] = []
    size = 0
    for piece in islice(element.itertext(), _CHUNKS):
        pieces.append(piece[: 4 * limit])
        size += len(piece)
        if size > 4 * limit:
            break
    return " ".join(" ".join(pieces).split())[:limit].rstrip()


def address(raw: str | None, base: str) -> str | None:
    """Return an absolute http(s) address without its fragment, None where `raw` leads to none.

    An absolute one stays byte for byte.
    """
    written = (raw or "").strip()
    if not written or written.startswith("#") or len(written) > _LONGEST or _BLANKS.search(written):
        return None
    try:
        link = written if re.match(r"https?://", written, re.I) else urljoin(base, written)
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return None
    return link.partition("#")[0]


def host_of(url: str) -> str:
    """Return the host by which sites are compared: "www." makes no other one."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def is_same_site(one: str, other: str) -> bool:
    """Tell whether two addresses are on one host, or on a host and one beneath it."""
    here, there = host_of(one), host_of(other)
    return here == there or here.endswith(f".{there}") or there.endswith(f".{here}")


def is_furniture(element: Element) -> bool:
    """Tell whether an element stands in a menu, a footer or a form."""
    above: Iterator[Element] = element.iterancestors()
    return any(_is_beside(one) for one in (element, *islice(above, 30)))


def _is_beside(element: Element) -> bool:
    named = f"{element.get('class') or ''} {element.get('id') or ''}"[:500]
    return element.tag in _BESIDE or _FURNITURE.search(named) is not None
