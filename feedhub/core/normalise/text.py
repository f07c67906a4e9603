"""Plain text: visible characters only, headlines without markup, teasers, leads, reading time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape

import nh3

from feedhub.core.normalise.lines import without_credit, without_dateline
from feedhub.core.text.sentences import last_end

TITLE_CHARS = 500
"""A longer headline is cut at a word."""

TEASER_CHARS = 280
LEAD_CHARS = 300
WORDS_A_MINUTE = 180

_ONE_MINUTE = WORDS_A_MINUTE + WORDS_A_MINUTE // 2
"""Fewer words are read in one minute, whatever they are."""

_LOOKED_AT = 20_000
"""Characters of a headline, caption or name that are looked at."""

_ENOUGH = 150
"""A teaser that ends with its paragraph needs no further sentence from this length on."""

_AHEAD = 24
"""How far past the limit a sentence's end is looked for: a mark tells it by the next words."""

# XML-illegal and C1 controls, soft hyphens, zero-width characters, direction controls.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# Joiners belong to emoji, Persian and Indic words; beside our letters they only hide.
_JOINER = re.compile("(?<![\u0590-\U0010ffff])[\u200c\u200d]|[\u200c\u200d](?![\u0590-\U0010ffff])")

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_KNOWN = (
    "a|abbr|article|audio|b|base|big|blockquote|body|br|button|center|cite|code|div|em|embed|font"
    "|form|frame|frameset|h[1-6]|head|hr|html|i|iframe|img|input|isindex|li|link|marquee|math|meta"
    "|noscript|object|ol|option|p|plaintext|pre|q|s|script|select|small|source|span|strike|strong"
    "|style|sub|sup|svg|table|tbody|td|template|textarea|th|title|tr|tt|u|ul|video|xmp"
)
# `List<T>` is a headline, `<b>`, `<x onclick=...>` and `<!--` are markup.
_MARKUP = re.compile(rf"<[/!?]|<[a-z][^\s<>/]*[\s/]|<(?:{_KNOWN})(?![^\s/>])", re.IGNORECASE)
_GAP = re.compile(r"<(?=/?(?:br|p|div|li|tr|td|h[1-6])\b)", re.IGNORECASE)
_TAGLESS = nh3.Cleaner(
    tags=set(), attributes={}, clean_content_tags={"script", "style", "iframe", "template"}
)

# The first digit by itself: then the engine leaps to it instead of trying every character.
_GROUPED = re.compile(r"[0-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3})+(?![0-9])")
_THREE_DIGITS = re.compile(" [0-9]{3}(?![0-9])")
_NO_WORDS = frozenset(
    [
        "—",
        "–",
        "-",
        "−",
        "•",
        "·",
        "|",
        "/",
        "\\",
        "&",
        "…",
        "...",
        "*",
        "**",
        "***",
        "+",
        "=",
        "×",
        "№",
        "§",
        "←",
        "→",
        "↓",
        ">",
        ">>",
        ">>>",
        "»",
        ":",
        ";",
        ",",
    ]
)
_CUT = re.compile(r"[\s\u00a0]+\S*$")
_OPENING_CHARS = 2_000
"""So much of a paragraph is looked at for lead and teaser."""

_MAYBE_END = re.compile(r"[.!?…][\"»”)\]]*\s")


def scrub(text: str) -> str:
    """Remove what nobody sees (controls, zero-width, direction overrides) and compose to NFC."""
    if not text.isprintable():  # in a text that is, there is nothing of that kind
        if _UNSEEN.search(text):
            text = _UNSEEN.sub("", text)
        if "\u200d" in text or "\u200c" in text:
            text = _JOINER.sub("", text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """Return a text with one space for every white space in it, and none around it."""
    if "  " not in text and text.isprintable():  # there, no other white space is but a space
        return text.strip()
    return " ".join(text.split())


def decode(text: str) -> str:
    """Decode character references that end in a semicolon; `AT&region` stays as it is."""
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


def plain(raw: str, limit: int | None = None) -> str:
    """Return a line of plain text: no tags, references decoded, one space between words.

    References are decoded twice, because feeds double-encode (`&amp;laquo;`), and markup that
    appears by decoding goes too. With a limit (characters) it is cut at a word.
    """
    if not raw:
        return ""
    text = raw[:_LOOKED_AT]
    if "<" not in text and "&" not in text:  # as most are: nothing to take out or to decode
        line = one_line(scrub(text))
        return line if limit is None else clip(line, limit)
    if _UNSEEN.search(text):
        text = _UNSEEN.sub("", text)
    for _ in range(2):
        if "<" in text and _MARKUP.search(text):
            text = decode(_TAGLESS.clean(_GAP.sub(" <", text)))
        elif "&" in text:
            text = decode(text)
        else:
            break
    if "<" in text and _MARKUP.search(text):
        text = re.sub(r"<[^>]*>?", "", text)
    line = one_line(scrub(text))
    return line if limit is None else clip(line, limit)


def clip(text: str, limit: int, *, keep: tuple[str, ...] = ()) -> str:
    """Cut a text to `limit` characters at a word and add «…»; return it as it is when it fits.

    The cut falls neither inside «» nor inside one of the phrases of `keep`; where a quotation
    takes nearly all the room, it is cut and closed instead.
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 2]
    if not text[limit - 2].isspace():
        head = _CUT.sub("", head)
    opened = head.rfind("«")
    is_inside = opened > head.rfind("»")
    if is_inside and opened > limit // 3:
        head, is_inside = head[:opened], False
    for phrase in keep:
        start = text.find(phrase)
        if limit // 3 < start < len(head) < start + len(phrase):
            head = head[:start]
    return head.rstrip(" ,;:—–-(«\u00a0") + ("…»" if is_inside else "…")


def reading_minutes(text: str) -> int:
    """Return minutes to read a text at 180 words a minute, rounded to the nearest, at least 1.

    «1 000 000» is one word; a dash is none.
    """
    if len(text) < 2 * _ONE_MINUTE:
        return 1
    pieces = text.split()
    if len(pieces) < _ONE_MINUTE:
        return 1
    words = len(pieces) - sum(map(_NO_WORDS.__contains__, pieces))
    if _THREE_DIGITS.search(text) or "\u00a0" in text or "\u202f" in text:
        words -= sum(len(number.split()) - 1 for number in _GROUPED.findall(text))
    return max(1, (words + WORDS_A_MINUTE // 2) // WORDS_A_MINUTE)


def opening(paragraphs: tuple[str, ...], links: tuple[str, ...] = ()) -> tuple[str, str]:
    """Return lead and teaser: whole sentences from the first paragraph, and from the text.

    Dateline and photo credit go first. What has no whole sentence within the limit is cut at a
    word, never inside «» or the words of a link (`links`).
    """
    flat = (one_line(each[:_OPENING_CHARS]) for each in paragraphs[:6])
    first = without_dateline(without_credit(next(flat, "")))
    first = first or without_dateline(next(flat, ""))
    if len(first) <= LEAD_CHARS:
        return first, _teaser(first, flat, links)
    lead = _whole(first, LEAD_CHARS) or clip(first, LEAD_CHARS, keep=links)
    if len(lead) <= TEASER_CHARS:
        return lead, lead
    return lead, _whole(first, TEASER_CHARS) or clip(first, TEASER_CHARS, keep=links)


def teaser(text: str) -> str:
    """Return whole sentences of a text, up to 280 characters."""
    return opening(tuple(text.split("\n")))[1]


def _teaser(first: str, rest: Iterator[str], links: tuple[str, ...]) -> str:
    """Return the teaser of a text whose first paragraph is its lead."""
    if len(first) > TEASER_CHARS:
        return _whole(first, TEASER_CHARS) or clip(first, TEASER_CHARS, keep=links)
    found = first
    while len(found) < _ENOUGH and (paragraph := next(rest, None)) is not None:
        room = TEASER_CHARS - len(found) - 1
        is_whole = len(paragraph) <= room
        more = paragraph if is_whole else _whole(paragraph, room)
        found = f"{found} {more}".strip()
        if not is_whole:
            break
    return found


def _whole(text: str, limit: int) -> str:
    """Return the whole sentences that fit into `limit` characters; the text is longer than that."""
    may_end = _MAYBE_END.search(text, 0, limit + _AHEAD)
    found = text[: last_end(text, limit)] if may_end else ""
    return "" if found.count("«") > found.count("»") else found
