"""One spelling for comparing: letter case, ё, odd spaces, hidden marks and look-alike letters.

`repair` and `fold` keep the length of the text: character n of the result stands for character n
of what was given, so offsets found in a folded text are offsets in the original. Marks that no
reader sees (soft hyphens, zero-width characters, stress accents) therefore cannot be dropped
there: each becomes `SOFT`, which `WORD` takes as part of a word and `bare` removes from one word.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import charmap_build, charmap_decode, charmap_encode
from collections.abc import Callable

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
_LETTERS = re.compile(f"[{_LATIN}{_CYRILLIC}{SOFT}]+")
_HAS_CYRILLIC = re.compile(f"[{_CYRILLIC}]")
_HAS_LATIN = re.compile(f"[{_LATIN}]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

_FROM_CP1251 = "".join(bytes([byte]).decode("cp1251", "replace") for byte in range(256))
_TO_CP1251 = charmap_build(_FROM_CP1251.replace("\ufffd", "\ufffe"))  # U+FFFE: no such byte
SOFT_BYTE = SOFT.encode("cp1251")
_MICRO = "µ".encode("cp1251")  # its lower case is Greek


def _table(change: Callable[[str], str]) -> bytes:
    """Return what `bytes.translate` needs to change a text in cp1251 letter by letter."""
    return b"".join(change(char).encode("cp1251", "replace") for char in _FROM_CP1251)


def _script(char: str) -> str:
    return "l" if _HAS_LATIN.match(char) else "c" if _HAS_CYRILLIC.match(char) else " "


def _fold_one(char: str) -> str:
    return " " if char == "\u00a0" else char.casefold().replace("ё", "е")


_FOLDED = _table(_fold_one)

WORDS = _table(lambda char: _fold_one(char) if char.isalnum() or char == "_" else " ")
"""What folds the words of a text of cp1251 and makes spaces of all else; C++ is no word there."""

_SEARCHED = _table(lambda char: _fold_one(char) if char.isalnum() else " ")
_SCRIPTS = _table(_script)
_INDEXED = bytes(0x0A if byte < 0x20 or byte == 0x7F else byte for byte in _FOLDED)
_LEADS = bytes(
    ord(
        "c" if 0xD0 <= byte <= 0xD4 else "l" if byte == 0xC3 or _HAS_LATIN.match(chr(byte)) else " "
    )
    for byte in range(256)
)
_NO_LEADS = (
    bytes(range(0x80, 0xC0)) + b"\xc2"
)  # what follows in a letter; of C2 only `SOFT` matters


def repair(text: str) -> str:
    """Return the text with plain spaces, hidden marks as `SOFT` and words of one script.

    Same length, same letter case. A word that mixes scripts becomes Cyrillic by its look-alike
    letters (Бeлоруссия with a Latin e); where that leaves Latin letters and the Cyrillic ones all
    have Latin twins (Microsоft with a Cyrillic о), it becomes Latin.
    """
    if text.isascii():
        return text
    return _repaired(text) if ordinary(text) is None else text.replace("\u00a0", " ")


def _repaired(text: str) -> str:
    for odd, plain in _ODD.items():
        if odd in text:
            text = text.replace(odd, plain)
    seams = text.encode("utf-8", "replace").translate(_LEADS, _NO_LEADS)
    return _LETTERS.sub(_one_script, text) if _is_mixed(seams) else text


def ordinary(text: str) -> bytes | None:
    """Return a text that needs no repair but plain spaces in cp1251, else None.

    There a letter is a byte, so that case, scripts and words are tables: several times faster.
    Hidden marks (but for `SOFT`) and letters of other alphabets have no place in it.
    """
    try:
        written, _ = charmap_encode(text, "strict", _TO_CP1251)
    except UnicodeEncodeError:
        return None
    is_odd = _MICRO in written or _is_mixed(written.translate(_SCRIPTS, SOFT_BYTE))
    return None if is_odd else written


def russian(written: bytes) -> str:
    """Return a text from cp1251."""
    return charmap_decode(written, "strict", _FROM_CP1251)[0]


def _is_mixed(seams: bytes) -> bool:
    """Tell whether a Latin letter touches a Cyrillic one, by a byte for each: l, c or a space."""
    first = seams.find(b"l")
    if first < 0:
        return False
    latin = seams[max(first - 1, 0) : seams.rfind(b"l") + 2]
    return b"lc" in latin or b"cl" in latin


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
    if text.isascii():
        return text.lower()
    written = ordinary(text)
    if written is not None:
        return russian(written.translate(_FOLDED))
    return lower(_repaired(text))


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
    written = ordinary(text)
    if written is None:
        return _visible(bare(lower(_repaired(text))))
    told = written.translate(_INDEXED, SOFT_BYTE)
    while b"\n\n" in told:
        told = told.replace(b"\n\n", b"\n")
    return russian(told.replace(b"\n", b" "))


_SEARCHED_WORD = re.compile(r"[^\W_]+")


def search_words(text: str) -> list[str]:
    """Return the words of `search_text`, each once, in the order in which they first stand."""
    written = ordinary(text)
    if written is None:
        return list(dict.fromkeys(_SEARCHED_WORD.findall(search_text(text))))
    words = dict.fromkeys(written.translate(_SEARCHED, SOFT_BYTE).split())
    return russian(b" ".join(words)).split()


def _visible(text: str) -> str:
    return _CONTROLS.sub(" ", text)
