"""One spelling for comparing: letter case, ё, odd spaces, hidden marks and look-alike letters.

`repair` and `fold` keep the length of the text: character n of the result stands for character n
of what was given, so offsets found in a folded text are offsets in the original. Marks that no
reader sees (soft hyphens, zero-width characters, stress accents) therefore cannot be dropped
there: each becomes `SOFT`, which `WORD` takes as part of a word and `bare` removes from one word.
"""

from __future__ import annotations

import re
import unicodedata

SOFT = "\u00ad"
"""What stands in a folded text for every mark without width: the soft hyphen."""

WORD = re.compile(rf"\w+(?:{SOFT}\w+|\+\+|#(?!\w))*")
"""A word of a folded or repaired text: letters and digits; hyphens part words; C++ and C# hold."""

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_HIDDEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u0300\u0301"
_ODD = {**dict.fromkeys(_SPACES, " "), **dict.fromkeys(_HIDDEN, SOFT)}

_LATIN_TWINS = "ABCEËHIKMOPTXYaceëikopxy"
_CYRILLIC_TWINS = "АВСЕЁНІКМОРТХУасеёікорху"
_TO_CYRILLIC = str.maketrans(_LATIN_TWINS, _CYRILLIC_TWINS)
_TO_LATIN = str.maketrans(_CYRILLIC_TWINS, _LATIN_TWINS)
_CYRILLIC = "\u0400-\u052f"
_LATIN = "A-Za-zËë"
_CLASSES = bytes(
    ord("l") if chr(byte).isalpha() else ord("c") if chr(byte) in f"?{SOFT}" else ord(" ")
    for byte in range(256)
)
_LETTERS = re.compile(f"[{_LATIN}{_CYRILLIC}{SOFT}]+")
_HAS_CYRILLIC = re.compile(f"[{_CYRILLIC}]")
_HAS_LATIN = re.compile(f"[{_LATIN}]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def repair(text: str) -> str:
    """Return the text with plain spaces, hidden marks as `SOFT` and words of one script.

    Same length, same letter case. A word that mixes scripts becomes Cyrillic by its look-alike
    letters (Бeлоруссия with a Latin e); where that leaves Latin letters and the Cyrillic ones all
    have Latin twins (Microsоft with a Cyrillic о), it becomes Latin.
    """
    if text.isascii():
        return text
    for odd, plain in _ODD.items():
        if odd in text:
            text = text.replace(odd, plain)
    return _LETTERS.sub(_one_script, text) if _is_mixed(text) else text


def _is_mixed(text: str) -> bool:
    """Tell whether a Latin letter may touch a Cyrillic one: cheaply, by classes of bytes.

    In Latin-1 every Cyrillic letter becomes «?»; so do other signs, and then a text is looked at
    in vain, which does no harm.
    """
    seams = text.encode("latin-1", "replace").translate(_CLASSES)
    return b"lc" in seams or b"cl" in seams


def _one_script(match: re.Match[str]) -> str:
    word = match[0]
    if not (_HAS_LATIN.search(word) and _HAS_CYRILLIC.search(word)):
        return word
    cyrillic = word.translate(_TO_CYRILLIC)
    if _HAS_LATIN.search(cyrillic):
        latin = word.translate(_TO_LATIN)
        if not _HAS_CYRILLIC.search(latin):
            return latin
    return cyrillic


def lower(repaired: str) -> str:
    """Return repaired text without letter case and ё, in the same length."""
    folded = repaired.casefold()
    if len(folded) != len(repaired):
        folded = "".join(_lower_one(char) for char in repaired)
    return folded.replace("ё", "е")


def _lower_one(char: str) -> str:
    folded = char.casefold()
    return folded if len(folded) == 1 else char


def fold(text: str) -> str:
    """Return text for matching: `repair`, then no letter case and ё as е, in the same length."""
    return lower(repair(text))


def bare(text: str) -> str:
    """Return a repaired or folded text without the marks that no reader sees."""
    return text.replace(SOFT, "")


def tag_key(name: str) -> str:
    """Return the identity of a tag or alias: equal for all spellings of one name.

    NFKC, no letter case, ё as е, words of one script, no hidden marks, single spaces.
    """
    written = bare(repair(_visible(unicodedata.normalize("NFKC", name))))
    folded = unicodedata.normalize("NFKC", written.casefold())
    return " ".join(bare(fold(folded)).split())


def search_text(text: str) -> str:
    """Return text for the full-text index: folded, without hidden marks, controls as spaces.

    Offsets are not kept; mark words in the original by way of `fold`.
    """
    return _visible(bare(fold(text)))


def _visible(text: str) -> str:
    return _CONTROLS.sub(" ", text)
