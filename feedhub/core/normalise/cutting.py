"""Passages cut out of a body by what it shows: a dateline, a line of advertising, a signature."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from operator import itemgetter
from typing import NamedTuple

MAX_CUT_IN = 100_000
"""Characters of a body, as read, in which passages are looked for; what follows stays as it is."""

# A tag needs a letter; what is no tag is text. Where quotes do not fit it ends at the first `>`.
_PIECE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|template|iframe)\b.*?(?:</(?P=raw)\s*>|\Z)"
    r"|<!\[CDATA\[|\]\]>"
    r"|<[/!?]?(?P<name>[a-z][a-z0-9:-]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*+(?:>|\Z|(?=<))"
    r"|<[/!?]?(?P<odd>[a-z][a-z0-9:-]*)[^<>]*+(?:>|\Z|(?=<))"
    r"|(?P<reference>&(?:\#[0-9]{1,7}|\#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});)",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = """
address article aside blockquote br caption dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6
header hr li main ol p pre section table td th tr ul
"""
_BREAKS = frozenset(_BLOCKS.split())
_RUN = re.compile(r"(\s+)|\S+(?: \S+)*")
_LOOSE = re.compile(r"(?:<[/!?]?-?|&#?\w{0,31})\Z")


class _Run(NamedTuple):
    """A piece of what HTML shows: where it stands in the text and where in the HTML.

    Words stand there letter by letter; a reference or white space is one letter of the text.
    """

    at: int
    start: int
    end: int
    is_words: bool


def without(text_html: str, patterns: Iterable[re.Pattern[str]]) -> str:
    """Return HTML (or plain text) without what the expressions find in the text it shows.

    They see the words as a reader does: references decoded, white space as one space, a line for
    each block, no space around it. Only words are cut, all that each expression finds
    in its turn; every tag stays, so that a passage may reach over tags and nothing is left open.
    """
    read = None
    for pattern in patterns:
        text, runs = read = read or _read(text_html)
        spans = [found.span() for found in pattern.finditer(text) if found[0]]
        if spans:
            text_html, read = _cut(text_html, runs, spans), None
    return text_html


def _read(html: str) -> tuple[str, list[_Run]]:
    signs = _Signs()
    place = 0
    for piece in _PIECE.finditer(html, 0, MAX_CUT_IN):
        signs.words(html, place, piece.start())
        place = piece.end()
        if piece["reference"]:
            signs.reference(piece[0], piece.start(), place)
        elif (piece["name"] or piece["odd"] or "").lower() in _BREAKS:
            signs.blank("\n", place, place)
    signs.words(html, place, min(len(html), MAX_CUT_IN))
    signs.trim()
    return "".join(signs.said), signs.runs


class _Signs:
    """Gathers what a reader sees, and where it stands."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.runs: list[_Run] = []
        self._size = 0
        self._last = "\n"

    def words(self, html: str, start: int, end: int) -> None:
        """Take a stretch without any markup; what is no space nor a break is seen as it is."""
        for run in _RUN.finditer(html, start, end):
            if run[1]:
                self.blank(" ", *run.span())
            else:
                self._put(run[0], *run.span(), is_words=True)

    def reference(self, written: str, start: int, end: int) -> None:
        """Take a reference for the sign or signs that it stands for."""
        sign = unescape(written)
        if sign.isspace():
            self.blank(" ", start, end)
        else:
            self._put(sign, start, end, is_words=False)

    def blank(self, sign: str, start: int, end: int) -> None:
        """Take a space or a line break, but one only, and no space at either end of a line."""
        if self._last == " " and sign == "\n":
            self.trim()
        if self._last not in (" ", "\n"):
            self._put(sign, start, end, is_words=False)

    def trim(self) -> None:
        """Take back the blank that stands last."""
        while self.runs and self.said[-1].isspace():
            self.runs.pop()
            self._size -= len(self.said.pop())
        self._last = self.said[-1][-1] if self.said else "\n"

    def _put(self, said: str, start: int, end: int, *, is_words: bool) -> None:
        self.runs.append(_Run(self._size, start, end, is_words))
        self.said.append(said)
        self._size += len(said)
        self._last = said[-1:]


def _cut(html: str, runs: Sequence[_Run], spans: Iterable[tuple[int, int]]) -> str:
    """Leave out what stands in these spans of the text; a lone `<` or `&` stays a lone one."""
    out: list[str] = []
    place = 0
    for first, last in spans:
        for start, end in _places(runs, first, last):
            if start > place:
                out.append(html[place:start])
            place = max(place, end)
        if out and _LOOSE.search(out[-1][-40:]):
            out.append(" ")
    return "".join((*out, html[place:]))


def _places(runs: Sequence[_Run], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield where in the HTML a span of the text stands."""
    for run in runs[bisect_right(runs, first, key=itemgetter(0)) - 1 :]:
        if run.at >= last:
            return
        if run.is_words:
            yield run.start + max(0, first - run.at), min(run.end, run.start + last - run.at)
        else:
            yield run.start, run.end
