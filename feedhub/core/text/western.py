"""Words of Western European text, folded by tables: what `ordinary` and `WORDS` are for Russian.

In cp1252 a letter is a byte, too. It holds no Cyrillic letter, so that there is nothing to repair.
"""

from __future__ import annotations

from codecs import charmap_build, charmap_decode, charmap_encode

from feedhub.core.text.fold import SOFT, lower

_FROM_CP1252 = "".join(bytes([byte]).decode("cp1252", "replace") for byte in range(256))
_GREEK = "µ"  # its lower case is a letter of another alphabet
_TO_CP1252 = charmap_build(
    "".join("\ufffe" if char in ("\ufffd", _GREEK, SOFT) else char for char in _FROM_CP1252)
)  # U+FFFE: no such byte
_WORDS = "".join(lower(char) if char.isalnum() or char == "_" else " " for char in _FROM_CP1252)


def western_words(text: str) -> str | None:
    """Return folded words with a space for every character of no word, in the same length.

    None for text that is not all in cp1252 or holds a soft hyphen.
    """
    try:
        written, _ = charmap_encode(text, "strict", _TO_CP1252)
    except UnicodeEncodeError:
        return None
    return charmap_decode(written, "strict", _WORDS)[0]
