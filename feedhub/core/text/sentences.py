"""Whole sentences of a plain text, for teasers and leads."""

from __future__ import annotations

import re

from razdel import sentenize
from razdel.segmenters.punct import CLOSE_BRACKETS, ENDINGS, QUOTES
from razdel.segmenters.sentenize import BULLET_BOUNDS, SentSplit
from razdel.segmenters.sokr import HEAD_SOKRS, INITIALS, PAIR_SOKRS, SOKRS

MAX_CHARS = 20_000
"""No more of a text than this is split: razdel takes about 0.25 ms for 1,000 characters."""


def sentences(text: str, *, limit: int = MAX_CHARS) -> tuple[str, ...]:
    """Split plain text into sentences, in order, without the space around them.

    A line end always ends a sentence (a headline or a list item carries no full stop), which
    razdel alone does not see. Only the first `limit` characters are read; a sentence cut there is
    returned as far as it was read.
    """
    found: list[str] = []
    for line in text[:limit].splitlines():
        stripped = line.strip()
        if stripped:
            found.extend(part.text for part in sentenize(stripped) if part.text)
    return tuple(found)


_WINDOW = 10
"""Characters on either side of a mark that razdel judges it by."""

_BULLET = 20
"""Up to so many characters before a mark may be but the number of a list's item."""

_SHORTENED = {*HEAD_SOKRS, *SOKRS, *INITIALS, *(pair[0] for pair in PAIR_SOKRS)}
_LAST_WORD = re.compile(r"[^\W\d]*[a-zа-яё]{4}\Z")
_CAPITAL = re.compile(r"\s[A-ZА-ЯЁ]")
_CLOSERS = QUOTES + CLOSE_BRACKETS


def last_end(line: str, limit: int) -> int:
    """Return where the last sentence ends that fits into `limit` characters; 0 where none does.

    `line` is a text without line ends, longer than the limit. The answer is that of `sentences`,
    but only the last marks are judged: razdel does that by the characters beside a mark, and by
    the sentence so far only where that is as short as the number of a list's item.
    """
    marks: list[re.Match[str]] = list(sentenize.split.re.finditer(line, 0, limit + 2 * _WINDOW))
    for place in range(len(marks) - 1, -1, -1):
        start, end = marks[place].span()
        if end > limit or not line[end : end + 1].isspace():
            continue
        mark, before = marks[place][1], line[max(0, start - 1) : start]
        if mark in _CLOSERS and before not in ENDINGS and not before.isspace():
            continue  # to razdel, a closing quote or bracket ends what has ended inside of it
        left, right = line[max(0, start - _WINDOW) : start], line[end : end + _WINDOW]
        if mark in ENDINGS and _is_plain_end(left, right):
            return end
        so_far = line[max(0, start - _BULLET - 1) : start]
        if sentenize.join(SentSplit(left, mark, right, so_far)):
            continue
        is_near = place > 0 and marks[place - 1].end() > start - _BULLET - 1
        if is_near and mark in BULLET_BOUNDS:
            return _last_of_all(line, limit)
        return end
    return 0


def _is_plain_end(left: str, right: str) -> bool:
    """Tell, at once, what all of razdel's rules together take for an end.

    A whole word in small letters that is no abbreviation before a full stop, and a capital behind
    it: then none of the rules joins, whatever else stands around.
    """
    if _CAPITAL.match(right) is None or (word := _LAST_WORD.search(left)) is None:
        return False
    return word[0].lower() not in _SHORTENED


def _last_of_all(line: str, limit: int) -> int:
    end = after = 0
    for sentence in sentences(line[: limit + 2 * _WINDOW])[:-1]:
        after = line.index(sentence, after) + len(sentence)
        if after > limit:
            break
        end = after
    return end
