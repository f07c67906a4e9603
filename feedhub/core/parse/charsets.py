"""The encodings a document may claim: an allow-list of names, each with the codec that reads it.

A name that is not listed here is never handed to Python, so that a feed cannot choose `utf-7`,
`unicode_escape` or `punycode` (quadratic, measured) for itself. Names follow the WHATWG Encoding
Standard where it has them, which also says that `iso-8859-1` means windows-1252.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["utf", "cyrillic", "single", "script", "multi", "escape"]
"""How a claim is checked: Latin letters in single bytes, other scripts in single bytes (nobody
calls Russian text Greek, while Greek words may pass for Russian ones), several bytes a letter,
shift sequences."""


@dataclass(frozen=True, slots=True)
class Charset:
    """One encoding: the name shown to people, Python's codec for it, and its family."""

    label: str
    codec: str
    family: Family


def _rows(family: Family, *rows: str) -> dict[str, Charset]:
    """Build the entries of one family from rows of "label codec other names ..."."""
    found: dict[str, Charset] = {}
    for row in rows:
        label, codec, *others = row.split()
        found |= dict.fromkeys((label, *others), Charset(label, codec, family))
    return found


CHARSETS: dict[str, Charset] = {
    **_rows(
        "utf",
        "utf-8 utf-8 utf8 unicode-1-1-utf-8",
        "utf-16 utf-16 utf16 ucs-2 iso-10646-ucs-2 unicode csunicode u16",
        "utf-16le utf-16-le utf-16-le",
        "utf-16be utf-16-be utf-16-be",
        "utf-32 utf-32 utf32 ucs-4 iso-10646-ucs-4 csucs4 u32",
        "utf-32le utf-32-le utf-32-le",
        "utf-32be utf-32-be utf-32-be",
    ),
    **_rows(
        "cyrillic",
        "windows-1251 cp1251 cp1251 win-1251 win1251 x-cp1251 1251 cp-1251",
        "koi8-r koi8-r koi8r koi8 koi cskoi8r",
        "koi8-u koi8-u koi8u koi8-ru",
        "ibm866 cp866 cp866 866 dos-866 csibm866",
        "iso-8859-5 iso8859-5 iso8859-5 iso-ir-144 cyrillic",
        "x-mac-cyrillic mac-cyrillic mac-cyrillic x-mac-ukrainian",
    ),
    **_rows(
        "single",
        "windows-1252 cp1252 cp1252 win-1252 x-cp1252",
        "iso-8859-1 cp1252 iso8859-1 latin1 latin-1 l1 us-ascii ascii ansi-x3.4-1968",
        "iso-8859-2 iso8859-2 iso8859-2 latin2 l2",
        "iso-8859-3 iso8859-3 iso8859-3",
        "iso-8859-4 iso8859-4 iso8859-4",
        "iso-8859-9 iso8859-9 iso8859-9 latin5",
        "iso-8859-10 iso8859-10 iso8859-10",
        "iso-8859-13 iso8859-13 iso8859-13",
        "iso-8859-14 iso8859-14 iso8859-14",
        "iso-8859-15 iso8859-15 iso8859-15 latin9 latin-9",
        "iso-8859-16 iso8859-16 iso8859-16",
        "windows-1250 cp1250 cp1250",
        "windows-1254 cp1254 cp1254",
        "windows-1257 cp1257 cp1257",
        "windows-1258 cp1258 cp1258",
        "macintosh mac-roman mac-roman x-mac-roman",
    ),
    **_rows(
        "script",
        "iso-8859-6 iso8859-6 iso8859-6 arabic",
        "iso-8859-7 iso8859-7 iso8859-7 greek",
        "iso-8859-8 iso8859-8 iso8859-8 hebrew",
        "windows-874 cp874 cp874 tis-620 iso-8859-11",
        "windows-1253 cp1253 cp1253",
        "windows-1255 cp1255 cp1255",
        "windows-1256 cp1256 cp1256",
    ),
    **_rows(
        "multi",
        "gb18030 gb18030 gbk gb2312 x-gbk cp936 euc-cn",
        "big5 big5hkscs big5-hkscs cn-big5",
        "shift_jis cp932 shift-jis sjis x-sjis windows-31j ms-kanji",
        "euc-jp euc-jp x-euc-jp",
        "euc-kr cp949 ks-c-5601-1987 ksc5601 windows-949",
    ),
    **_rows("escape", "iso-2022-jp iso2022-jp csiso2022jp"),
}

UTF8 = CHARSETS["utf-8"]

_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_IN_PROLOG = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_IN_META = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})", re.IGNORECASE
)
_HEAD = 2048


def charset_named(name: str | None) -> Charset | None:
    """Return the encoding of this name, or None where the name is empty or not on the list."""
    key = (name or "").strip().lower()
    return CHARSETS.get(key) or CHARSETS.get(key.replace("_", "-"))


def claims(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """Return the names a document claims, most authoritative first: header, prolog, meta tag.

    The header comes first by RFC 7303, section 3; a `meta` tag is only looked for in pages that
    have no prolog.
    """
    header = _IN_HEADER.search(content_type or "")
    head = body[:_HEAD]
    written = _IN_PROLOG.search(head) or _IN_META.search(head)
    found = [header.group(1)] if header else []
    found += [written.group(1).decode("ascii")] if written else []
    return tuple(dict.fromkeys(name.lower() for name in found))


MARKS: tuple[tuple[bytes, Charset], ...] = (
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF32_LE, CHARSETS["utf-32le"]),
    (codecs.BOM_UTF32_BE, CHARSETS["utf-32be"]),
    (codecs.BOM_UTF16_LE, CHARSETS["utf-16le"]),
    (codecs.BOM_UTF16_BE, CHARSETS["utf-16be"]),
)
"""Byte order marks; those of UTF-32 stand before those of UTF-16, which begin alike."""
