"""Links that say what relation their target has: in the header, and at the head of a document."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEAD = 64 * 1024
"""Characters at the beginning of a document in which its own links are looked for."""

MOST = 50
"""Links that are read of one document or answer."""

LONGEST_HEADER = 4096
"""Characters of a Link header that are read; its cut end gives no link."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written: its relations in lower case, and where it leads."""

    rels: frozenset[str]
    href: str


def header_links(values: Iterable[str]) -> tuple[Link, ...]:
    """Return the links of Link headers (RFC 8288, 3), each value of which may hold several.

    Only the first `rel` of a link counts, and a link from somewhere else (`anchor`) does not.
    """
    found: list[Link] = []
    for value in values:
        for written in _split(value[:LONGEST_HEADER], ","):
            link = _header_link(written)
            if link is not None and len(found) < MOST:
                found.append(link)
    return tuple(found)


def _header_link(written: str) -> Link | None:
    target, *params = _split(written, ";")
    target = target.strip()
    if not (target.startswith("<") and target.endswith(">")):
        return None
    rel: str | None = None
    for param in params:
        name, _, value = param.partition("=")
        name = name.strip().lower()
        if name == "anchor":
            return None
        if name == "rel" and rel is None:
            rel = _unquoted(value.strip())
    return Link(_rels(rel), target[1:-1].strip()) if rel else None


def _split(text: str, mark: str) -> Iterator[str]:
    """Cut at a mark, except within <...> and quotes."""
    start, is_quoted, is_target, is_escaped = 0, False, False, False
    for place, char in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif is_quoted:
            is_escaped, is_quoted = char == "\\", char != '"'
        elif is_target:
            is_target = char != ">"
        elif char == mark:
            yield text[start:place]
            start = place + 1
        else:
            is_quoted, is_target = char == '"', char == "<"
    yield text[start:]


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _rels(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


def document_links(text: str) -> tuple[Link, ...]:
    """Return the links that stand in the head of a feed or page, before its first entry.

    An entry has links of its own, and an HTML body may hold what strangers wrote, so neither is
    looked into. In a JSON Feed `hubs` and `feed_url` say the same.
    """
    if text[:HEAD].lstrip("\ufeff \t\r\n").startswith("{"):
        return _json_links(text)
    found: list[Link] = []
    for piece in _PIECE.finditer(text[:HEAD]):
        if piece["end"] or len(found) == MOST:
            break
        link = _element_link(piece["link"]) if piece["link"] else None
        if link is not None:
            found.append(link)
    return tuple(found)


# Each alternative that opens something takes it to its end or to the end of the text, and none
# goes past the next "<" unless it does: so no text is read twice.
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(?:[a-z_][\w.-]{0,30}:)?link\b(?P<link>[^<>]{1,4000})>"
    r"|(?P<end><(?:[a-z_][\w.-]{0,30}:)?(?:item|entry)\b|<body\b)",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([a-z][\w:.-]{0,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)


def _element_link(attributes: str) -> Link | None:
    values = {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(attributes)
    }
    rel, href = values.get("rel", ""), values.get("href", "").strip()
    return Link(_rels(rel), href) if rel and href else None


def _json_links(text: str) -> tuple[Link, ...]:
    if '"hubs"' not in text:
        return ()
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return ()
    hubs = feed.get("hubs")
    named = [one for one in hubs if isinstance(one, dict)] if isinstance(hubs, list) else []
    found = [
        Link(frozenset({"hub"}), one["url"])
        for one in named[:MOST]
        if isinstance(one.get("url"), str) and str(one.get("type", "")).lower() == "websub"
    ]
    if isinstance(feed.get("feed_url"), str):
        found.append(Link(frozenset({"self"}), feed["feed_url"]))
    return tuple(found)
