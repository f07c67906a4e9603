"""One cleaning pass: a source's HTML or plain text becomes safe, balanced, absolute HTML.

nh3 (a browser's parser, an allow-list) decides what is markup and what may stay; `flow` writes
it anew as well-nested blocks and reads off text, links, pictures, photo credit and see-also lines.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html import escape
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote

import nh3

from feedhub.core.normalise.allowed import (
    ATTRIBUTES,
    BOXES,
    DROPPED,
    HOLDERS,
    INLINE,
    MAX_LINKS,
    MAX_TEXT,
    PARAGRAPHS,
    VOID,
)
from feedhub.core.normalise.flow import Flow
from feedhub.core.normalise.lines import Line, credit_of, see_also
from feedhub.core.normalise.markup import one_space
from feedhub.core.normalise.text import decode, scrub
from feedhub.core.normalise.urls import absolute_url
from feedhub.model import Image, SeeAlso

MAX_RAW = 4_000_000
"""Characters of a body that are looked at, markup and all."""

_ANY_TAG = re.compile(r"<[a-zA-Z/!?]")
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_ESCAPED_TAG = re.compile(
    r"&lt;(/?)(p|br|div|a|img|ul|ol|li|b|i|strong|em|span|h[1-6]|table|tr|td|blockquote|figure)"
    r"(?=[\s/&])(?:(?!&lt;)[^<])*?&gt;",
    re.IGNORECASE,
)
_TELLING = frozenset(("br", "/p", "/div", "/a", "img", "/li", "/ul", "/table", "/blockquote"))

_CLEANER = nh3.Cleaner(
    tags=set(INLINE | PARAGRAPHS | HOLDERS | BOXES | VOID),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    clean_content_tags=set(DROPPED),
    url_schemes={"http", "https", "mailto"},
    link_rel=None,  # written by `flow`, which knows our own links
)

_FEW_TAGS = 500
_DEEP = 256
# A tag that nests; those in which a browser's parser puts no other of their kind are passed over.
_NESTING = re.compile(
    r"<(/?)(?!(?i:p|li|d[td]|t[rdh]|t(?:body|head|foot)|option|[bh]r|img|input|meta|link|source|wbr"
    r"|col|embed|area|base|param|track)(?:[\s>/]|\Z))([a-zA-Z][^\s>/]*)"
)
_INNERMOST = re.compile(
    r"<(?:br|hr|img)(?=[\s/>])[^<>]*>|<([a-zA-Z][a-zA-Z0-9]*)(?=[\s>])[^<>]*>[^<]*</\1>"
)
# What word processors leave behind: `<w:x/>` is no empty element to a browser, but nests.
_OFFICE = re.compile(r"</?[a-zA-Z]{1,8}:[^<>]*>")
_NOT_FLAT = re.compile(
    r"<(?!/?(?:p|br|img|script|style|textarea|title|iframe|noembed|noframes|template)\b|!--)[^>]*>?",
    re.IGNORECASE,
)

# nh3 reads what stands inside as text; it is where lazy pages keep the real picture.
_NOSCRIPT = re.compile(r"</?noscript\b[^<>]*>", re.IGNORECASE)

_MAILTO = re.compile(
    r"mailto:[^\s<>\"'\\?]{1,254}@[^\s<>\"'\\?]{1,254}(?:\?[^\s<>\"'\\]{0,500})?", re.I
)
_SAFE = "/?#[]@!$&()*+,;=%:~-._"
_OWN = re.compile(r"/(?![/\\])[^\s\\<>\"]*")


class Cleaned(NamedTuple):
    """A cleaned body. `html` is all of it, `uncredited` the same without its photo credit line.

    `text` is its plain text without credit and see-also lines, paragraphs parted by an empty
    line; `prose` the same as paragraphs, without headings, captions, tables and code. `images`
    and `links` (address, words) stand in the order of the body, with absolute addresses.
    """

    html: str = ""
    uncredited: str = ""
    text: str = ""
    prose: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    see_also: tuple[SeeAlso, ...] = ()
    credit: str = ""
    problems: tuple[str, ...] = ()


NOTHING = Cleaned()

_TOLD = ("text", "item")
"""Kinds of lines that tell the story, and may be a photo credit."""


def clean(html: str, *, base: str | None, keep_relative: bool = False) -> Cleaned:
    """Clean a body: HTML, double-escaped HTML or plain text.

    Addresses become absolute against `base`; what cannot (or is not http, https, mailto) loses its
    link or picture. With `keep_relative` addresses of our own site (`/media/...`) stay as they are.
    Text is cut at 1,000,000 characters, links at 2,000; `problems` says so.
    """
    if not html or html.isspace():
        return NOTHING
    if len(html) <= MAX_TEXT and _is_words(html) and "\n" not in (seen := _visible(html)):
        return _one_paragraph(seen)
    flow = Flow(
        link=lambda url: _link(url, base, keep_relative),
        picture=lambda url: _address(url, base, keep_relative),
    )
    problems: list[str] = []
    flow.run(_sanitised(html, problems))
    if flow.is_cut:
        problems.append(f"the text was cut at {MAX_TEXT} characters")
    if flow.has_lost_links:
        problems.append(f"only the first {MAX_LINKS} links were kept")
    return _read(flow, tuple(problems))


def _sanitised(html: str, problems: list[str]) -> str:
    """Return the body as nh3 writes it: balanced, allow-listed, attributes quoted."""
    if len(html) > MAX_RAW:
        problems.append(f"only the first {MAX_RAW} characters of the body were read")
        html = html[:MAX_RAW].rpartition("<")[0] or html[:MAX_RAW]
    if _is_words(html):
        return _paragraphs(html)
    if not _ANY_TAG.search(html):
        html = decode(html)
    if _is_deep(html):
        html = _OFFICE.sub("", html)
        if _is_deep(html):
            problems.append(
                "the body was nested too deeply: only paragraphs and pictures were kept"
            )
            html = _NOT_FLAT.sub(" ", html)
    if "noscript" in html or "NOSCRIPT" in html:
        html = _NOSCRIPT.sub(" ", html)
    try:
        found = _CLEANER.clean(html)
    except UnicodeEncodeError:  # a lone surrogate
        found = _CLEANER.clean(scrub(html))
    return scrub(found.replace("&nbsp;", "\u00a0"))


def _is_words(html: str) -> bool:
    """Tell whether a body is plain text, neither HTML nor HTML that was escaped."""
    return not _ANY_TAG.search(html) and not _is_escaped_markup(html)


def _is_escaped_markup(html: str) -> bool:
    """Tell whether a body without tags is HTML that was escaped once too often."""
    if "&lt;" not in html:
        return False
    found = {match[1] + match[2].lower() for match in _ESCAPED_TAG.finditer(html[:20_000])}
    return bool(found & _TELLING) or (bool(found) and bool(_ESCAPED_TAG.match(html.lstrip())))


def _visible(text: str) -> str:
    """Return plain text as a reader sees it, with line ends of one kind."""
    seen = scrub(decode(text))
    return seen.replace("\r\n", "\n").replace("\r", "\n").strip()


def _paragraphs(text: str) -> str:
    """Write plain text as HTML: empty lines part paragraphs, a line end is a break."""
    parts = _BLANK_LINES.split(escape(_visible(text), quote=False))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts)


def _one_paragraph(seen: str) -> Cleaned:
    """Clean a line of plain text, as nearly half of all sources give: no markup to be read."""
    line = one_space(seen)
    if not line:
        return NOTHING
    html = f"<p>{escape(line, quote=False)}</p>"
    text = line.replace("\u00a0", " ").strip()
    if credit := credit_of(text):
        return Cleaned(html=html, credit=credit)
    return Cleaned(html=html, uncredited=html, text=text, prose=(text,))


def _is_deep(html: str) -> bool:
    """Tell whether elements can nest too deeply for a browser's parser.

    Taking out the innermost, twice, takes two levels off the depth at most. Where few tags remain
    there is no need to count, which is dearer.
    """
    if html.count("<") <= _FEW_TAGS:
        return False
    outer = _INNERMOST.sub("", _INNERMOST.sub("", html))
    return outer.count("<") > _DEEP - 2 and _depth(html) > _DEEP


def _depth(html: str) -> int:
    """Return how deeply elements can nest.

    A browser's parser takes quadratic time and memory for it: 10,000 unclosed <b> took 120 s and
    1 GB, 100,000 nested <div> 29 s (nh3 0.3.8).
    """
    open_now: defaultdict[str, int] = defaultdict(int)
    depth = deepest = 0
    for slash, name in _NESTING.findall(html):
        tag = name.lower()
        if not slash:
            open_now[tag] += 1
            depth += 1
            if depth > deepest:
                deepest = depth
        elif open_now[tag]:
            open_now[tag] -= 1
            depth -= 1
    return deepest


def own_or_absolute(url: str) -> str | None:
    """Return an address of our own site (from its root) or an absolute one, as ASCII, or None."""
    return _address(url, None, True)


def _address(url: str, base: str | None, keep_relative: bool) -> str | None:
    if keep_relative and _OWN.fullmatch(url):
        return quote(url, safe=_SAFE)
    return absolute_url(url, base)


def _link(url: str, base: str | None, keep_relative: bool) -> str | None:
    if url[:7].lower() == "mailto:":
        return quote(url, safe=_SAFE) if _MAILTO.fullmatch(url) else None
    return _address(url, base, keep_relative)


def _read(flow: Flow, problems: tuple[str, ...]) -> Cleaned:
    """Read text, credit and see-also off the lines that were noted."""
    aside, links = see_also(flow.lines) if flow.links else (frozenset[int](), ())
    credit_at, credit = _credit(flow.lines, aside)
    told = flow.lines
    if aside or credit_at is not None:
        hidden = aside | {credit_at}
        told = [line for place, line in enumerate(told) if place not in hidden]
    html = "".join(flow.out)
    return Cleaned(
        html=html,
        uncredited=html if credit_at is None else _uncredited(flow, flow.lines[credit_at]),
        text="".join([line.before + line.text for line in told]).strip(),
        prose=_prose(told),
        images=tuple(flow.images),
        links=tuple(flow.links),
        see_also=links,
        credit=credit,
        problems=problems,
    )


def _credit(lines: list[Line], aside: frozenset[int]) -> tuple[int | None, str]:
    """Find the photo credit: the first or the last line that is neither caption nor see-also."""
    first = _edge(lines, aside, range(len(lines)))
    last = _edge(lines, aside, range(len(lines) - 1, -1, -1))
    for place in (first,) if first == last else (first, last):
        if place is not None and (credit := credit_of(lines[place].text)):
            return place, credit
    return None, ""


def _edge(lines: list[Line], aside: frozenset[int], places: range) -> int | None:
    fits = (place for place in places if place not in aside and lines[place].kind in _TOLD)
    return next(fits, None)


def _uncredited(flow: Flow, line: Line) -> str:
    """Write the body without one line, as far as that line stands by itself."""
    out = list(flow.out)
    if (parts := flow.parts.get(line.block)) is not None:
        before, *cuts, after = parts
        del cuts[line.part]
        out[line.block] = before + "<br>".join(cuts) + after
    elif _stands_alone(flow, line) and out[line.block].startswith("<p>"):
        out[line.block] = ""
    return "".join(out)


def _stands_alone(flow: Flow, line: Line) -> bool:
    has_picture = "<img" in flow.out[line.block]
    return not has_picture and sum(other.block == line.block for other in flow.lines) == 1


def _prose(told: list[Line]) -> tuple[str, ...]:
    """Return the paragraphs to quote from, a dozen at most; any line where there is no other."""
    kept = list(islice((line for line in told if line.kind in _TOLD), 24)) or told[:24]
    paragraphs: list[str] = []
    for line in kept:
        if line.part and paragraphs and line.before == "\n":
            paragraphs[-1] = f"{paragraphs[-1]}\n{line.text}"
        else:
            paragraphs.append(line.text)
    return tuple(paragraphs[:12])
