"""Find keywords in a text: one tokenisation, one look-up a word, a trie for phrases."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from codecs import charmap_decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate, compress, count
from operator import add
from typing import NamedTuple

from feedhub.core.tagging.rules import Keyword, Rules, Trie
from feedhub.core.text.fold import (
    SOFT,
    SOFT_BYTE,
    WORD,
    WORDS,
    bare,
    lower,
    ordinary,
    repair,
    russian,
)
from feedhub.core.text.western import western_words

NEAR_WORDS = 3
"""So many words on either side of a hit are looked at for `unless_near`."""

PATTERN_CHARS = 20_000
"""Regular expressions see no more of a text than this."""

_PLAIN_WORD = re.compile(r"\w+")
_FOLDED_WORDS = russian(WORDS)
_BREAK = re.compile(r"[.!?;:…|\n()]")
_DASHES = str.maketrans("‐‑‒–—−", "------")
_SHOUT = 6
"""A word of so many capitals is no abbreviation: the line around it is set in capitals."""


class Hit(NamedTuple):
    """A keyword found: its number in the rules, character offsets, and the words it covers."""

    keyword: int
    start: int
    end: int
    first: int
    last: int


@dataclass
class Words:
    """A text as words: folded for look-up, and where each starts and ends in the text.

    `text` is repaired; `whole` are the words with their hidden marks. `measure` finds where they
    start, once and only for a text that holds a keyword.
    """

    text: str
    folded: Sequence[str]
    whole: Sequence[str]
    measure: Callable[[], Sequence[int]]

    @cached_property
    def starts(self) -> Sequence[int]:
        """Where the words start."""
        return self.measure()

    def end(self, place: int) -> int:
        """Return where a word ends."""
        return self.starts[place] + len(self.whole[place])


def find(text: str, rules: Rules) -> tuple[Hit, ...]:
    """Return the hits that count, in order of the text.

    A hit wholly inside a longer one, of whatever tag, does not count («Московская область» is not
    «Москва»); nor one with a word of its tag's `unless_near` close by; nor an abbreviation where
    everything is in capitals.
    """
    words = split(text)
    hits = list(_keyword_hits(words, rules)) if _may_hold(words, rules) else []
    if rules.patterns:
        hits += _pattern_hits(words, rules)
    return tuple(hit for hit in _outermost(hits) if not _is_cancelled(hit, words, rules))


def _may_hold(words: Words, rules: Rules) -> bool:
    """Tell, at once, a text without any word that begins a keyword: nearly every text."""
    return not rules.trie[0].edges.keys().isdisjoint(words.folded)


def _keyword_hits(words: Words, rules: Rules) -> Iterator[Hit]:
    root = rules.trie[0].edges
    for place in compress(count(), map(root.__contains__, words.folded)):
        for number, after in walk(rules.trie, words.folded, place):
            if _stands_so(rules.keywords[number], words, place, after):
                yield _hit(number, words, place, after)


def split(text: str) -> Words:
    """Return a text as words.

    Words of ordinary text are what is left between spaces; of other text, what a pattern says.
    """
    folded = None if "++" in text or "#" in text else _folded(text)
    if folded is None:
        return _split_odd(text)
    words = folded.split()
    measure = partial(_between_spaces, folded)
    return Words(text.replace("\u00a0", " "), words, words, measure)


def _folded(text: str) -> str | None:
    """Return folded words with spaces for all else, by tables; None for text they do not hold."""
    written = ordinary(text)
    if written is None:
        return western_words(text)
    return None if SOFT_BYTE in written else charmap_decode(written, "strict", _FOLDED_WORDS)[0]


def _between_spaces(folded: str) -> Sequence[int]:
    pieces = folded.split(" ")
    starts = map(add, accumulate(map(len, pieces), initial=0), count())
    return list(compress(starts, pieces))


def _split_odd(text: str) -> Words:
    """Return any text as words."""
    repaired = repair(text)
    folded = lower(repaired)
    is_plain = not (SOFT in folded or "++" in folded or "#" in folded)
    pattern = _PLAIN_WORD if is_plain else WORD
    whole = pattern.findall(folded)
    words = whole if is_plain else [bare(word) for word in whole]
    return Words(repaired, words, whole, partial(_where, pattern, folded))


def _where(pattern: re.Pattern[str], folded: str) -> Sequence[int]:
    return [found.start() for found in pattern.finditer(folded)]


def walk(trie: Trie, folded: Sequence[str], place: int) -> list[tuple[int, int]]:
    """Return (keyword, place after it) for every keyword that begins with the word at `place`."""
    found: list[tuple[int, int]] = []
    paths: Sequence[int] = trie[0].edges[folded[place]]
    after = place
    while paths:
        after += 1
        following = folded[after] if after < len(folded) else ""
        below: list[int] = []
        for number in paths:
            node = trie[number]
            if node.ends:
                found += [(keyword, after) for keyword in node.ends]
            if following in node.edges:
                below += node.edges[following]
        paths = below
    return found


def _hit(number: int, words: Words, first: int, last: int) -> Hit:
    return Hit(number, words.starts[first], words.end(last - 1), first, last)


def _stands_so(keyword: Keyword, words: Words, first: int, last: int) -> bool:
    """Tell whether the words stand together and, where it counts, in the right letter case."""
    if keyword.exact is not None:
        return _is_exact(keyword.exact, words, first, last)
    if keyword.words > 1 and not _stand_together(words, first, last):
        return False
    if not keyword.surfaces:
        return True
    for place, surfaces in enumerate(keyword.surfaces, start=first):
        if surfaces and bare(words.text[words.starts[place] : words.end(place)]) not in surfaces:
            return False
    return not _is_shouted(words, first, last)


def _is_exact(exact: str, words: Words, first: int, last: int) -> bool:
    stands = bare(words.text[words.starts[first] : words.end(last - 1)]).translate(_DASHES)
    wanted = exact.translate(_DASHES)
    if stands == wanted:
        return True
    return stands == wanted[:1].upper() + wanted[1:] and _begins_sentence(words, first)


def _begins_sentence(words: Words, place: int) -> bool:
    return place == 0 or bool(_BREAK.search(words.text, words.end(place - 1), words.starts[place]))


def _is_shouted(words: Words, first: int, last: int) -> bool:
    """Tell whether an abbreviation stands in a line of capitals, where «ПО» is but «по»."""
    beside = [place for place in (first - 1, last) if 0 <= place < len(words.folded)]
    return any(
        words.end(place) - words.starts[place] >= _SHOUT
        and words.text[words.starts[place] : words.end(place)].isupper()
        for place in beside
    ) or _all_capitals(words.text)


def _all_capitals(text: str) -> bool:
    return text.isupper() and any(len(word) >= _SHOUT for word in WORD.findall(text))


def _pattern_hits(words: Words, rules: Rules) -> Iterator[Hit]:
    for number, pattern in rules.patterns:
        for found in pattern.finditer(words.text, 0, PATTERN_CHARS):
            start, end = found.span()
            if start < end:
                first = max(bisect_right(words.starts, start) - 1, 0)
                last = max(bisect_left(words.starts, end), first)
                yield Hit(keyword=number, start=start, end=end, first=first, last=last)


def _by_extent(hit: Hit) -> tuple[int, int]:
    return hit.start, -hit.end


def _outermost(hits: Sequence[Hit]) -> Iterator[Hit]:
    """Yield the hits that lie inside no longer one; those of equal extent all stay."""
    widest = (-1, -1)
    for hit in sorted(hits, key=_by_extent) if len(hits) > 1 else hits:
        span = (hit.start, hit.end)
        if hit.end > widest[1]:
            widest = span
        if span == widest:
            yield hit


def _is_cancelled(hit: Hit, words: Words, rules: Rules) -> bool:
    trie = rules.near.get(rules.keywords[hit.keyword].tag)
    if trie is None:
        return False
    left, right = hit.first - NEAR_WORDS, hit.last + NEAR_WORDS
    return any(
        (place < hit.first or after > hit.last)
        and _is_near(rules.near_keywords[number], words, place, after)
        for number, place, after in _around(left, right, trie, words, rules.longest_near)
    ) and not _is_sure(hit, words, rules)


def _around(
    left: int, right: int, trie: Trie, words: Words, longest: int
) -> Iterator[tuple[int, int, int]]:
    """Yield (keyword, first, after) of phrases that touch the words from `left` to `right`."""
    root = trie[0].edges
    for place in range(max(left - longest + 1, 0), min(right, len(words.folded))):
        if words.folded[place] not in root:
            continue
        for number, after in walk(trie, words.folded, place):
            if after > left:
                yield number, place, after


def _is_near(keyword: Keyword, words: Words, first: int, last: int) -> bool:
    if keyword.exact is not None:
        return _is_exact(keyword.exact, words, first, last)
    return keyword.words == 1 or _stand_together(words, first, last)


def _is_sure(hit: Hit, words: Words, rules: Rules) -> bool:
    """Tell whether the hit is part of a full name of its tag («МИД России»)."""
    trie = rules.sure.get(rules.keywords[hit.keyword].tag)
    if trie is None:
        return False
    return any(
        place <= hit.first and after >= hit.last and _stand_together(words, place, after)
        for _, place, after in _around(hit.first, hit.last, trie, words, rules.longest_near)
    )


def _stand_together(words: Words, first: int, last: int) -> bool:
    return not _BREAK.search(words.text, words.starts[first], words.end(last - 1))
