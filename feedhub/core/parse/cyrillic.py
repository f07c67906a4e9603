"""Which one-byte Cyrillic encoding do these bytes have? Letter statistics of a sample say.

Words made of high bytes are read in each candidate and judged by how common their letters are,
by capitals inside words and by signs that no text holds between letters. Russian, Belarusian,
Ukrainian, Bulgarian and Serbian letters count as letters.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from math import log

from feedhub.core.parse.charsets import CHARSETS, Charset

CANDIDATES: tuple[Charset, ...] = tuple(
    CHARSETS[name]
    for name in ("windows-1251", "koi8-r", "ibm866", "iso-8859-5", "koi8-u", "x-mac-cyrillic")
)
"""Most usual first: of equal readings the first one wins."""

# Occurrences per thousand letters of running text, rounded; own languages mixed, Russian leading.
_PER_MILLE = {
    **dict(zip("оеаинтсрвл", (105, 80, 82, 72, 65, 60, 54, 47, 45, 43), strict=True)),
    **dict(zip("кмдпуяыьгз", (36, 32, 30, 28, 27, 22, 18, 17, 18, 18), strict=True)),
    **dict(zip("бчйхжшюцщэфъ", (17, 14, 12, 10, 9, 8, 7, 6, 4, 4, 3, 0.6), strict=True)),
    **dict(zip("ёіўєїґјљњћђџ", (2, 12, 4, 3, 3, 0.3, 1.5, 0.6, 0.6, 0.6, 0.5, 0.3), strict=True)),
}
_WEIGHT = {letter: log(share) for letter, share in _PER_MILLE.items()}
_BESIDE_WORDS = frozenset("«»„“”‘’—–…№§°·•\xa0")
_ODD = -9.0
_BESIDE = 2.0
_RARE = {"x-mac-cyrillic": 0.1}  # lower case reads alike in windows-1251, which is the usual one
_FLIP = 4.0
_FLIPS = re.compile(r"[а-яёіўєїґ][А-ЯЁІЎЄЇҐ]")
_HIGH = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 2000
_BELIEVED = 2.4
_LONG_RUNS = 0.5


def sample(body: bytes) -> bytes:
    """Return up to 2,000 high bytes of a document with a blank for whatever stood between them."""
    runs: list[bytes] = []
    size = 0
    for match in _HIGH.finditer(body):
        runs.append(match.group())
        size += len(runs[-1])
        if size > _SAMPLE:
            break
    return b" ".join(runs)[: 2 * _SAMPLE]


def score(high: bytes, charset: Charset) -> float:
    """Return how well a sample reads in an encoding: above 3 for real text, below 2 for others."""
    letters = high.translate(None, b" ")
    if not letters:
        return _ODD
    weights = _weights(charset.codec)
    total = sum(weights[byte] * times for byte, times in Counter(letters).items())
    flips = len(_FLIPS.findall(high.decode(charset.codec, "replace")))
    return (total - _FLIP * flips) / len(letters) - _RARE.get(charset.label, 0.0)


@cache
def _weights(codec: str) -> tuple[float, ...]:
    """Return what each byte says for an encoding of one byte a letter."""
    chars = [bytes([byte]).decode(codec, "replace") for byte in range(256)]
    odd = [_BESIDE if char in _BESIDE_WORDS else _ODD for char in chars]
    return tuple(_WEIGHT.get(char.lower(), odd[byte]) for byte, char in enumerate(chars))


def best(high: bytes) -> tuple[Charset, float]:
    """Return the Cyrillic encoding in which a sample reads best, with its score."""
    scores = [(score(high, charset), -place) for place, charset in enumerate(CANDIDATES)]
    value, place = max(scores)
    return CANDIDATES[-place], value


def looks_cyrillic(high: bytes, value: float) -> bool:
    """Say whether a sample with this best score is Cyrillic text and not, say, French.

    In Cyrillic text high bytes stand in whole words; in Latin scripts they stand alone.
    """
    runs = high.split()
    size = sum(map(len, runs))
    long_runs = sum(len(run) for run in runs if len(run) > 2)
    return size > 0 and value >= _BELIEVED and long_runs >= _LONG_RUNS * size
