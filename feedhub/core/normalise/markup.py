"""What nh3 wrote, read piece by piece: tags, the words after them, and attributes."""

from __future__ import annotations

import re
from html import escape, unescape

# A paragraph of nothing but words, as about every second one is, or a tag; and the words after it.
TOKEN = re.compile(
    r'(?:<p>([^<]+)</p>|<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>)([^<]*)',
)
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_TO_ESCAPE = re.compile("[&<>\"']")
_WHITE = "\t\r\n\f\u2028\u2029"


def one_space(words: str) -> str:
    """Return words with one space where a browser shows one; a no-break space is a letter.

    Replacing is an order faster than a pattern is.
    """
    if "\n" in words or "\t" in words or "  " in words:
        for white in _WHITE:
            if white in words:
                words = words.replace(white, " ")
        while "  " in words:
            words = words.replace("  ", " ")
    return words


def as_read(words: str) -> str:
    """Return words as a reader sees them: references decoded, no space around them."""
    return unescape(words).replace("\u00a0", " ").strip()


def attributes_of(written: str) -> dict[str, str]:
    """Return a tag's attributes, decoded and without space around them."""
    if written.startswith(' href="') and written.count('"') == 2:  # as nearly all links are
        return {"href": unescape(written[7:-1]).strip()}
    return {name: unescape(value).strip() for name, value in _ATTRIBUTE.findall(written)}


def quoted(value: str) -> str:
    """Return a value as it stands in an attribute; most have nothing to be written otherwise."""
    return escape(value) if _TO_ESCAPE.search(value) else value


def kept(written: str) -> str:
    """Write a tag's attributes anew, without the empty ones."""
    return "".join(f' {k}="{escape(v)}"' for k, v in attributes_of(written).items() if v)


def numbers(written: str) -> str:
    """Write those attributes anew that count cells or items, and `scope`."""
    if not written:
        return ""
    found = {k: v for k, v in attributes_of(written).items() if v.isdecimal() or k == "scope"}
    return "".join(f' {k}="{escape(v)}"' for k, v in found.items())
