"""What stands in a text and says nothing about it: datelines, lists of tags, repeated segments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from feedhub.core.text.fold import search_text

Span = tuple[int, int]

LEAST_REPEATS = 5
"""A segment that so many entries of one source hold belongs to its pages, not to its articles."""

LEAST_SEGMENT = 16
"""Shorter segments (characters) repeat by chance."""

_CITY = r"[А-ЯЁ][А-ЯЁа-яё]+(?:[ -][А-ЯЁа-яё]+){0,3}(?:\s?\([^)\n]{2,30}\))?"
_MONTH = r"(?:янв|февр?|мар|апр|ма[йя]|июн|июл|авг|сент?|окт|нояб?|дек)[а-я]*\.?"
_DAY = rf"\d{{1,2}}\s+{_MONTH}(?:\s+\d{{4}}(?:\s*г(?:ода|\.))?)?"
_CAPITAL = r"[A-ZА-ЯЁ][\w&-]*(?:\.\w+)*"
_NAME = rf"{_CAPITAL}(?:,?\s+{_CAPITAL}){{0,5}}"
_AGENCY = rf"(?:/[^/\n]{{2,60}}/\.?|\([^)\n]{{2,40}}\)\.?|{_NAME}\.)"
_DASH = r"\s*(?:[-–—]{1,2}\s*|(?=/|\())"
_DATELINE = re.compile(
    rf"\s*(?:{_CITY}[,.]\s*{_DAY}|{_DAY}[,.]\s*{_CITY})[.,]?(?:{_DASH}(?:{_AGENCY})?|\s*{_NAME}\s*[-–—]|(?=\s))"
    rf"|\s*[А-ЯЁ]{{4,}}(?:[ -][А-ЯЁ]+){{0,2}}[.,]?\s*(?:/[^/\n]{{2,40}}/|\({_NAME}\))"
)
_DATELINE_SIGN = re.compile(r"[\d/(]")
_DATELINE_CHARS = 160
_TAG_LIST = re.compile(
    r"(?im)^[ \t]*(?:теги|тэги|метки|ключевые слова|рубрик[аи]|хештеги)[ \t]*(?::|$|(?=[А-ЯЁ])).*$"
)
_TAG_LIST_SIGNS = (
    "еги",
    "ЕГИ",
    "эги",
    "ЭГИ",
    "етки",
    "ЕТКИ",
    "лючевые",
    "ЛЮЧЕВЫЕ",
    "убрик",
    "УБРИК",
)
_SEGMENT = re.compile(r"[^\n.!?]+(?:[.!?]+(?=\S)[^\n.!?]*)*[.!?]*")
_DIGITS = re.compile(r"\d+")


def furniture(text: str, repeated: frozenset[str] = frozenset()) -> tuple[Span, ...]:
    """Return the spans of a field in which no keyword counts."""
    spans = [found.span() for found in _TAG_LIST.finditer(text)] if _may_list_tags(text) else []
    head = text[:_DATELINE_CHARS]
    dateline = _DATELINE.match(head) if _DATELINE_SIGN.search(head, 0, 60) else None
    if dateline:
        spans.append(dateline.span())
    if repeated:
        spans += [span for span, mark in _marked(text) if mark in repeated]
    return tuple(spans)


def _may_list_tags(text: str) -> bool:
    """Tell, cheaply, whether the text can hold a line with a list of tags."""
    return any(word in text for word in _TAG_LIST_SIGNS)


def repeated_segments(texts: Iterable[str], least: int = LEAST_REPEATS) -> frozenset[str]:
    """Return the marks of segments that at least `least` texts of one source hold."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({mark for _, mark in _marked(text)})
    return frozenset(mark for mark, count in counts.items() if count >= least)


def _marked(text: str) -> list[tuple[Span, str]]:
    """Return every line or sentence long enough, with a mark that ignores case and numbers."""
    rows: list[tuple[Span, str]] = []
    for found in _SEGMENT.finditer(text):
        plain = " ".join(_DIGITS.sub("0", search_text(found[0])).split())
        if len(plain) >= LEAST_SEGMENT:
            rows.append((found.span(), sha256(plain.encode()).hexdigest()[:16]))
    return rows
