"""Read a list of feeds that another program wrote: OPML, and what people call so.

Exported lists are seldom well-formed: bare ampersands, entities nobody declared, outlines in the
head, attributes in other letters. So there is no XML parser here, only a scan for the few tags
that carry something: one pass, linear, without entities to expand or documents to fetch. The
FOAF lists of planets and the tabs of iGoogle have the same shape and come out of the same scan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.entities import html5
from itertools import count

from feedhub.errors import ParseError

MOST_CHARACTERS = 10 * 1024 * 1024
MOST_OUTLINES = 20_000
MOST_LEVELS = 16
"""Names of folders that a feed keeps; what lies deeper counts to the last of them."""
_MOST_TAGS = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFeed:
    """One feed of a list; `folders` are the names of the outlines it stands in, outermost first."""

    title: str
    url: str
    page: str | None = None
    folders: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    line: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """An outline that is not taken, and why; `name` may be empty."""

    line: int
    name: str
    reason: str

    def __str__(self) -> str:
        name = f"«{self.name}» " if self.name else ""
        return f"line {self.line}: {name}{self.reason}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriptions:
    """What a list holds, in its order."""

    feeds: tuple[FoundFeed, ...]
    problems: tuple[LeftOut, ...] = ()


def read_opml(text: str) -> Subscriptions:
    """Read a list of feeds, already decoded; raise `ParseError` for what is none, or too large.

    At most 10 MiB of characters and 20,000 outlines. Every outline that names no feed, and is no
    folder of others, is told with its line; an address that stands twice is taken once, with the
    folders of both places.
    """
    if len(text) > MOST_CHARACTERS:
        raise ParseError(f"The list is larger than {MOST_CHARACTERS // 2**20} MiB; split it.")
    reading = _Reading()
    for tag in _tags(text):
        reading.take(tag)
    reading.close_all()
    if not reading.outlines:
        raise ParseError(_no_list(text))
    feeds = tuple(reading.feeds.values())
    return Subscriptions(feeds=feeds, problems=tuple(sorted(reading.problems, key=_by_line)))


def _by_line(left_out: LeftOut) -> int:
    return left_out.line


def _no_list(text: str) -> str:
    root = re.search(r"<(?:\w{1,20}:)?(rss|feed|rdf|html)\b", text[:10_000], re.I)
    if root is None:
        return "This is no OPML: it has no <outline>."
    if root[1].lower() == "html":
        return "This is an HTML page, not OPML; export the list of feeds again."
    return "This is a feed itself, not a list of feeds; write its address as `url` of a source."


# -- what the tags mean ------------------------------------------------------------------------

_OTHER_LISTS = {"include", "source"}
_LINKS = {"link"} | _OTHER_LISTS


@dataclass(slots=True)
class _Open:
    """An outline that is not closed yet; `name` is None where it is a feed, not a folder."""

    name: str | None
    line: int
    is_comment: bool
    is_empty: bool = True


class _Reading:
    """One pass over the tags of one list; gathers `feeds` by address, and `problems`."""

    def __init__(self) -> None:
        self.feeds: dict[str, FoundFeed] = {}
        self.problems: list[LeftOut] = []
        self.outlines = 0
        self._open: list[_Open] = []
        self._agent = ""

    def take(self, tag: _Tag) -> None:
        """Take the next tag."""
        if tag.name == "body":
            self.close_all()
        elif tag.is_closing:
            if tag.name == "outline":
                self._close()
        elif tag.name == "name":
            self._agent = tag.said
        elif tag.name == "channel":
            self._feed_of_agent(tag)
        else:
            self._outline(tag)

    def close_all(self) -> None:
        """Close what the list leaves open."""
        while self._open:
            self._close()

    def _outline(self, tag: _Tag) -> None:
        self._count()
        if self._open:
            self._open[-1].is_empty = False
        is_comment = tag.get("iscomment").lower() == "true" or self._in_comment()
        name = _one_line(tag.get("text", "title"))
        url = tag.get("xmlurl", "feedurl", "url")
        reason = "is commented out in the list" if is_comment else _elsewhere(tag)
        if not reason and not url and tag.is_broken:
            reason = "cannot be read: a quote is not closed"
        if reason:
            self._leave_out(tag.line, name, reason)
        elif url:
            self._add(url, name, tag)
        is_folder = not (reason or url)
        self._open.append(_Open(name if is_folder else None, tag.line, is_comment))
        if tag.is_whole:
            self._close()

    def _count(self) -> None:
        self.outlines += 1
        if self.outlines > MOST_OUTLINES:
            raise ParseError(f"The list holds more than {MOST_OUTLINES:,} outlines; split it.")

    def _in_comment(self) -> bool:
        return bool(self._open) and self._open[-1].is_comment

    def _close(self) -> None:
        if not self._open:
            return
        closed = self._open.pop()
        if closed.name is not None and closed.is_empty:
            self._leave_out(closed.line, closed.name, "names no feed: it has no xmlUrl")

    def _feed_of_agent(self, tag: _Tag) -> None:
        """Take `rss:channel rdf:about="..."` below the `foaf:name` of who writes there."""
        url = tag.get("about")
        if url and self._agent:
            self._count()
            self._add(url, _one_line(self._agent), tag)

    def _add(self, url: str, name: str, tag: _Tag) -> None:
        names = tuple(it.name for it in self._open[:MOST_LEVELS] if it.name)
        categories = tuple(filter(None, map(_category, tag.get("category").split(","))))
        known = self.feeds.get(url)
        if known:
            more = [it for it in (*names, *categories) if it not in known.folders]
            both = tuple(dict.fromkeys((*known.categories, *more)))
            self.feeds[url] = replace(known, categories=both)
            reason = (
                f"has the address of line {known.line} and is taken once, with the folders of both"
            )
            self._leave_out(tag.line, name, reason)
            return
        self.feeds[url] = FoundFeed(
            title=name,
            url=url,
            page=tag.get("htmlurl") or None,
            folders=names,
            categories=categories,
            line=tag.line,
        )

    def _leave_out(self, line: int, name: str, reason: str) -> None:
        self.problems.append(LeftOut(line=line, name=name[:100], reason=reason))


def _elsewhere(tag: _Tag) -> str:
    """Say why an outline is a way to something else; OPML 2.0 calls those link and include."""
    kind = tag.get("type").lower()
    url = tag.get("url") or (tag.get("xmlurl") if kind == "source" else "")
    if not url or (tag.get("xmlurl") and kind != "source"):
        return ""
    if kind in _OTHER_LISTS or url.lower().partition("?")[0].endswith(".opml"):
        return f"is another list, which is not fetched; import it as a file of its own: {url[:200]}"
    return f"is a link, not a feed: {url[:200]}" if kind in _LINKS else ""


def _category(text: str) -> str:
    """Return the last name of a category such as "/Boston/Weather", or a plain one as it is."""
    category = _one_line(text)
    return category.rpartition("/")[2].strip() if category.startswith("/") else category


_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Marks without width, among them those that turn the direction of what follows."""


def _one_line(text: str) -> str:
    return " ".join(_HIDDEN.sub("", text).split())


# -- finding the tags ----------------------------------------------------------------------------

_START = re.compile(
    r"<(?:(!--|!\[CDATA\[|\?|!DOCTYPE)"
    r"|(/?)(?:[\w.-]++:)?(outline|body|tab|moduleprefs|channel|name)(?![\w:.-]))",
    re.I,
)
_ENDS = {"!--": "-->", "![cdata[": "]]>", "?": "?>"}
_SUBSET = re.compile(r"[\[>]")
_SUBSET_END = re.compile(r"\]\s*+>")
# A value may hold "<", but not the next outline: there, its closing quote was forgotten.
_STOP = r"<(?!/?(?:\w++:)?(?:outline|body|head|opml)\b)"
_ATTRIBUTE = re.compile(
    r"\s*+(?:[^\s=<>\"'/:]++:)?([^\s=<>\"'/:]++)\s*+=\s*+"
    rf"(?:\"((?:[^\"<]++|{_STOP})*+)\"|'((?:[^'<]++|{_STOP})*+)'|([^\s\"'<>]++))",
    re.I,
)
_CLOSE = re.compile(r"\s*+(/?)>")
_JUNK = re.compile(r"\s*+[^\s<>]++")
_REFERENCE = re.compile(r"&(?:#(\d{1,8})|#[xX]([0-9a-fA-F]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));")
_LONGEST_VALUE = 10_000
_MOST_ATTRIBUTES = 1000  # and pieces between them that are none


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tag:
    """A tag by its name without prefix, in small letters; `said` is the text behind it."""

    name: str
    line: int
    is_closing: bool
    is_whole: bool
    is_broken: bool
    attributes: dict[str, str]
    said: str

    def get(self, *names: str) -> str:
        """Return the first of these attributes that says something, decoded, or nothing."""
        for name in names:
            value = _REFERENCE.sub(_decoded, self.attributes.get(name, "")).strip()
            if value:
                return value
        return ""


def _tags(text: str) -> Iterator[_Tag]:
    """Yield the tags that mean something; what stands in comments and DOCTYPE does not."""
    line, counted, at = 1, 0, 0
    for number in count():
        found = _START.search(text, at)
        if found is None:
            return
        if number > _MOST_TAGS:
            raise ParseError(f"The list holds more than {_MOST_TAGS:,} tags; split it.")
        if found[1]:
            at = _behind(text, found)
            continue
        line += text.count("\n", counted, found.start())
        counted = found.start()
        tag, at = _tag(text, found, line)
        yield tag


def _tag(text: str, found: re.Match[str], line: int) -> tuple[_Tag, int]:
    attributes, at, is_whole, is_broken = _attributes(text, found.end())
    name = "outline" if found[3].lower() in ("tab", "moduleprefs") else found[3].lower()
    said = text[at : at + 500].partition("<")[0] if name == "name" else ""
    tag = _Tag(
        name=name,
        line=line,
        is_closing=bool(found[2]),
        is_whole=is_whole,
        is_broken=is_broken,
        attributes=attributes,
        said=_REFERENCE.sub(_decoded, said),
    )
    return tag, at


def _behind(text: str, found: re.Match[str]) -> int:
    """Return where a comment, section, instruction or DOCTYPE ends; its end may be missing."""
    end = _ENDS.get(found[1].lower())
    if end is not None:
        at = text.find(end, found.end())
        return len(text) if at < 0 else at + len(end)
    opened = _SUBSET.search(text, found.end())
    if opened is None or opened[0] == ">":
        return opened.end() if opened else len(text)
    closed = _SUBSET_END.search(text, opened.end())
    return closed.end() if closed else len(text)


def _attributes(text: str, at: int) -> tuple[dict[str, str], int, bool, bool]:
    """Read attributes from a position; say where the tag ends, whether it closes itself, is broken."""
    attributes: dict[str, str] = {}
    is_broken = False
    for _ in range(_MOST_ATTRIBUTES):
        if found := _ATTRIBUTE.match(text, at):
            value = next(filter(None, found.groups()[1:]), "")
            attributes.setdefault(found[1].lower(), value[:_LONGEST_VALUE])
        elif closed := _CLOSE.match(text, at):
            return attributes, closed.end(), bool(closed[1]), is_broken
        elif (found := _JUNK.match(text, at)) is None:
            return attributes, at, False, is_broken
        else:
            is_broken = is_broken or '"' in found[0] or "'" in found[0]
        at = found.end()
    return attributes, at, False, True


def _decoded(found: re.Match[str]) -> str:
    """Return what a character reference stands for; one that nobody knows stays as written."""
    decimal, hexadecimal, name = found.groups()
    if name:
        return html5.get(f"{name};", found[0])
    number = int(decimal) if decimal else int(hexadecimal, 16)
    is_character = 0 < number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number) if is_character else "\ufffd"
