"""What a source repeats: « - Российская газета» on every headline, one line under every text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEAST = 0.8
"""The part of all headlines that must have it."""

FEWEST = 5
"""Headlines below which nothing can be said."""

_JOINT = re.compile(r"\s(?:[-–—|/•·]|\|\||::?|»)\s|\s?\|\|\s?|\s?::\s|:\s")
_LONGEST = 80
_TEXT = 20_000
_LINE = 200
_SHORTEST_LINE = 16
_OF_A_DAY = re.compile(r"\d[.:/-]\d|\b(?:19|20)\d\d\b")
"""A date or time changes, so what holds one is nothing to strip."""

_NUMBER_ONLY = re.compile(r"[\W\d_]*(?:[^\W\d_]{1,14}[\W_]*){0,4}(?:№|N|No\.?)?\s*[\d/-]{5,}[\W_]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Affix:
    """An ending or beginning of headlines, as it stands there, and how many have it."""

    text: str
    count: int
    total: int
    is_ending: bool


def repeated_affixes(titles: Sequence[str]) -> tuple[Affix, ...]:
    """Return the longest ending and the longest beginning that at least 80 % of titles have.

    Each begins or ends at a dash, bar or colon, so that no word of a headline is taken for one.
    """
    held = [title for title in titles[:500] if title]
    if len(set(held)) < FEWEST:
        return ()
    endings = Counter(end for title in held for end in _endings(title))
    starts = Counter(start for title in held for start in _beginnings(title))
    found = (
        _longest(endings, len(held), is_ending=True),
        _longest(starts, len(held), is_ending=False),
    )
    return tuple(affix for affix in found if affix)


def are_numbers(titles: Sequence[str]) -> bool:
    """Tell whether headlines are little more than a number: «Электронный аукцион № 0373…»."""
    held = [title[:300] for title in titles[:500] if title]
    return len(held) >= FEWEST and sum(map(_is_number, held)) >= LEAST * len(held)


def _is_number(title: str) -> bool:
    return len(title) < 120 and _NUMBER_ONLY.fullmatch(title) is not None


def _endings(title: str) -> set[str]:
    cut = title[-_LONGEST * 4 :]
    ends = {
        cut[found.start() :] for found in _JOINT.finditer(cut, 1) if not found[0].startswith(":")
    }
    return {end for end in ends if len(end) <= _LONGEST and _is_name(end)}


def _beginnings(title: str) -> set[str]:
    cut = title[: _LONGEST * 4]
    starts = {cut[: found.end()] for found in _JOINT.finditer(cut, 1)}
    return {start for start in starts if len(start) <= _LONGEST and _is_name(start)}


def _is_name(text: str) -> bool:
    return sum(char.isalpha() for char in text) >= 2 and not _OF_A_DAY.search(text)


def _longest(counts: Counter[str], total: int, *, is_ending: bool) -> Affix | None:
    usual = [(len(text), text) for text, count in counts.items() if count >= LEAST * total]
    if not usual:
        return None
    text = max(usual)[1]
    return Affix(text=text, count=counts[text], total=total, is_ending=is_ending)


def repeated_lines(texts: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return lines that at least five texts, and a third of all, hold, with how many; at most 5."""
    counts: Counter[str] = Counter()
    total = 0
    for text in texts:
        total += 1
        lines = {" ".join(line.split())[:_LINE] for line in text[:_TEXT].split("\n")}
        counts.update(line for line in lines if len(line) >= _SHORTEST_LINE)
    usual = [(line, count) for line, count in counts.items() if count >= max(FEWEST, total / 3)]
    return tuple(sorted(usual, key=lambda pair: (-pair[1], pair[0]))[:5])
