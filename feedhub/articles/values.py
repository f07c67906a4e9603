"""Single values of front matter: text, names, slugs, times, addresses; each reader raises Wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import tzinfo
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from feedhub.articles.faults import Wrong
from feedhub.articles.front import Node, Scalar, Series, Table
from feedhub.articles.moments import Moment, moment

Reader = Callable[[Node], Any]

LONGEST = {"title": 500, "name": 200, "lead": 5_000, "caption": 1_000, "address": 2_000}
_MOST_ITEMS = 100
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_KINDS = {"text": "text", "number": "a number", "truth": "true or false", "nothing": "empty"}
_BLANK = re.compile(r"[\x00-\x20\x7f\u2028\u2029]")


def text(node: Node, *, most: int) -> str:
    """Return one line of text; a number is taken as written."""
    if not isinstance(node, Scalar):
        raise Wrong(f"must be text, not {called(node)}")
    if node.kind == "truth":
        raise Wrong("must be text, not true or false; put it in quotes")
    line = " ".join(node.text.split())
    if not line or node.kind == "nothing":
        raise Wrong("must not be empty")
    if len(line) > most:
        raise Wrong(f"longer than {most} characters")
    return line


def text_or_empty(node: Node) -> str:
    """Return one line of text, which may be empty."""
    is_empty = isinstance(node, Scalar) and not node.text.strip()
    return "" if is_empty else text(node, most=LONGEST["caption"])


def names(node: Node) -> tuple[str, ...]:
    """Return a list of names; one name needs no list."""
    if isinstance(node, Table):
        raise Wrong("must be a list, not a mapping")
    items = node.items if isinstance(node, Series) else (node,)
    return tuple(dict.fromkeys(each_of(items, partial(text, most=LONGEST["name"]))))


def tags(node: Node) -> tuple[str, ...]:
    """Return names of tags; several in one string are parted by commas."""
    if isinstance(node, Scalar):
        line = text(node, most=LONGEST["lead"])
        found = tuple(name for part in line.split(",") if (name := part.strip()))
        if not found or any(len(name) > LONGEST["name"] for name in found):
            raise Wrong("must be names of tags: [белоруссия, связь]")
        return tuple(dict.fromkeys(found))
    return names(node)


def each_of(items: Iterable[Node], read: Reader) -> list[Any]:
    """Read every item of a list; what is wrong with one names its place."""
    found = []
    for place, item in enumerate(items):
        if place == _MOST_ITEMS:
            raise Wrong(f"more than {_MOST_ITEMS} items", line=item.line)
        try:
            found.append(read(item))
        except Wrong as wrong:
            raise wrong.within(f"[{place}]", item.line) from None
    return found


def slug(node: Node) -> str:
    """Return a slug: small Latin letters, digits and hyphens, at most 100."""
    name = text(node, most=LONGEST["name"])
    if not _SLUG.fullmatch(name):
        raise Wrong("only small Latin letters, digits and hyphens, a letter or digit first")
    return name


def truth(node: Node) -> bool:
    """Return true or false."""
    if isinstance(node, Scalar) and node.kind == "truth":
        return node.text.lower() == "true"
    is_word = isinstance(node, Scalar) and node.text.lower() in ("yes", "no", "on", "off")
    hint = "; in YAML 1.2 yes, no, on and off are words" if is_word else ""
    raise Wrong(f"must be true or false, not {called(node)}{hint}")


def time(node: Node, zone: tzinfo) -> Moment:
    """Return an instant; without a zone of its own it is in `zone`."""
    if not isinstance(node, Scalar) or node.kind == "truth":
        raise Wrong(f"must be a time, not {called(node)}; write 2026-11-18 14:05")
    return moment(node.text, zone)


def address(node: Node) -> str:
    """Return an http(s) address, or one of our own site from its root (/entries/...)."""
    url = text(node, most=LONGEST["address"])
    if not is_web_address(url) and not re.match(r"/(?![/\\])", url):
        raise Wrong("must be an address: https://..., or /entries/... on this site")
    if _BLANK.search(url):
        raise Wrong("a space in the address; write %20 for it")
    return url


def is_web_address(url: str) -> bool:
    """Tell whether this is an absolute http(s) address with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def called(node: Node) -> str:
    """Name the kind of a value."""
    if isinstance(node, Scalar):
        return _KINDS[node.kind]
    return "a list" if isinstance(node, Series) else "a mapping"
