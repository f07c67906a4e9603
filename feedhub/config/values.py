"""Checks of single values; each returns the value made ready, or raises ValueError with a plain sentence."""

from __future__ import annotations

import codecs
import re
import unicodedata
import warnings
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

LONGEST_PATTERN = 1000
_LONGEST_TEXT = 500
_LONGEST_ALERT = 2000
_MOST_BRACKETS = 100  # nested ones cost `re` two stack frames each: it must compile anywhere
_BREAKS = {"Cc", "Cs", "Zl", "Zp"}
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ALERT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,39}://\S+")
_TEMPLATE = re.compile(r"[^{}]*(?:\{[^{}]*[^\W_][^{}]*\}[^{}]*)+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CODEC = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")
_OWN_HEADERS = frozenset(
    {
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "if-none-match",
        "if-modified-since",
    }
)
# Only codecs that turn bytes of documents into text: no rot13, base64, punycode, unicode_escape,
# utf-7, idna, which Python also answers to, and which would let a document smuggle.
_CODEC_NAMES = """
ascii utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be
cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp437 cp850 cp852 cp855 cp866
koi8-r koi8-u koi8-t kz1048 ptcp154 mac-cyrillic mac-roman
iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9
iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16
gb2312 gbk gb18030 big5 big5hkscs shift_jis cp932 euc_jp iso2022_jp euc_kr cp949 tis-620
"""
_CODECS = frozenset(_CODEC_NAMES.split())


def text(value: str) -> str:
    """Return words for people: NFC, without spaces at the ends, on one line, not empty."""
    ready = unicodedata.normalize("NFC", value.strip())
    if not ready:
        raise ValueError("must not be empty")
    if len(ready) > _LONGEST_TEXT:
        raise ValueError(f"longer than {_LONGEST_TEXT} characters")
    if not ready.isprintable() and any(unicodedata.category(it) in _BREAKS for it in ready):
        raise ValueError("holds a line break or control character")
    return ready


def slug(value: str) -> str:
    """Return a slug: small Latin letters, digits and hyphens, at most 100."""
    if not _SLUG.fullmatch(value):
        raise ValueError("only small Latin letters, digits and hyphens, a letter or digit first")
    return value


def colour(value: str) -> str:
    """Return a colour `#rrggbb`."""
    if not _COLOUR.fullmatch(value):
        raise ValueError('write a colour as "#1d4f91", in quotes')
    return value.lower()


@lru_cache(maxsize=256)
def zone(value: str) -> str:
    """Return the name of a time zone of the IANA database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        near = get_close_matches(value, available_timezones(), 1, 0.6)
        hint = f'; did you mean "{near[0]}"?' if near else "; write a place, as in Europe/Moscow"
        raise ValueError(f"unknown time zone{hint}") from None
    return value


@lru_cache(maxsize=256)
def codec(value: str) -> str | None:
    """Return Python's name of a text encoding, None for `auto`."""
    if value == "auto":
        return None
    try:
        name = codecs.lookup(value).name if _CODEC.fullmatch(value) else ""
    except LookupError:
        name = ""
    if name not in _CODECS:
        near = get_close_matches(
            value.lower(), ("windows-1251", "koi8-r", "utf-8", "cp866"), 1, 0.5
        )
        hint = f'; did you mean "{near[0]}"?' if near else "; write auto, or one as windows-1251"
        raise ValueError(f"not a text encoding{hint}")
    return name


@lru_cache(maxsize=256)
def pattern(value: str) -> str:
    """Return a regular expression of Python's `re`, at most 1,000 characters."""
    if len(value) > LONGEST_PATTERN:
        raise ValueError(f"a regular expression longer than {LONGEST_PATTERN} characters")
    if value.count("(") > _MOST_BRACKETS:
        raise ValueError(f"a regular expression with more than {_MOST_BRACKETS} brackets")
    if not value:
        raise ValueError("an empty regular expression; write null for none")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(value)
    except (re.error, OverflowError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def keyword(value: str) -> str:
    """Return an entry of `match`: a phrase, `=...` exactly, or `/.../` a regular expression."""
    ready = text(value)
    if ready.startswith("/"):
        if len(ready) < 3 or not ready.endswith("/"):
            raise ValueError("a regular expression stands between two slashes: /.../")
        pattern(ready[1:-1])
    elif not any(sign.isalnum() for sign in ready):
        raise ValueError("holds no letter or digit to match")
    return ready


def edge(value: str) -> str:
    """Return an ending or beginning to cut off titles: one line, the spaces at its ends kept."""
    inner = text(value)
    before, _, after = value.partition(value.strip())
    return f"{before and ' '}{inner}{after and ' '}"


def title_pattern(value: str) -> str:
    """Return a template of titles with `{labels}`, or `/.../` a regular expression."""
    ready = text(value)
    if ready.startswith("/"):
        if len(ready) < 3 or not ready.endswith("/"):
            raise ValueError("a regular expression stands between two slashes: /.../")
        pattern(ready[1:-1])
    elif not _TEMPLATE.fullmatch(ready):
        raise ValueError(
            'write a template with a {label} whose words stand in the text, as in "{Заказчик}", '
            "or /.../, a regular expression"
        )
    return ready


def header_name(value: str) -> str:
    """Return the name of a request header (RFC 9110, 5.1) that is not one of our own."""
    if not _TOKEN.fullmatch(value):
        raise ValueError("not a header's name: only Latin letters, digits and hyphens")
    if value.lower() in _OWN_HEADERS:
        raise ValueError("FeedHub sends this header itself")
    return value


def header_value(value: str) -> str:
    """Return the value of a request header: one line (RFC 9110, 5.5)."""
    if any(sign < " " and sign != "\t" for sign in value) or "\x7f" in value:
        raise ValueError("holds a line break or control character")
    return value.strip()


def user_agent(value: str) -> str:
    """Return a template of the User-Agent header: printable ASCII, not empty."""
    if not value.strip() or not value.isascii() or not value.isprintable():
        raise ValueError("only printable Latin characters, and not empty")
    return value.strip()


def alert_address(value: str) -> str:
    """Return an address of Apprise that looks like one; which services there are it knows itself."""
    if len(value) > _LONGEST_ALERT or not value.isprintable() or not _ALERT.fullmatch(value):
        raise ValueError(
            "write one address of Apprise, as mailto://user:password@host or json://host/path"
        )
    return value


def inside(folder: Path, value: str) -> Path:
    """Return a path, relative to the folder of the configuration, made absolute."""
    if not value.strip() or not value.isprintable():
        raise ValueError("not a path")
    return folder / value


def existing_file(folder: Path, value: str) -> str:
    """Return the absolute path of a file that is there."""
    path = inside(folder, value)
    try:
        is_file = path.is_file()
    except OSError:
        is_file = False
    if not is_file:
        where = "" if Path(value).is_absolute() else " (paths begin at the folder of this file)"
        raise ValueError(f"no such file: {value}{where}")
    return str(path)


def article_folder(folder: Path, value: str) -> str:
    """Return the absolute path of a folder; it may be missing yet, but must not be a file."""
    path = inside(folder, value)
    try:
        is_file = path.is_file()
    except OSError as error:
        raise ValueError(f"not a usable path: {error.strerror}") from None
    if is_file:
        raise ValueError("is a file; name a folder")
    return str(path)


def database(folder: Path, value: str) -> str:
    """Return the address of the database, a relative SQLite file made absolute."""
    kind, separator, rest = value.partition("://")
    if kind in ("postgresql", "postgresql+psycopg") and rest.strip("/") and value.isprintable():
        return value
    if kind == "postgres":
        raise ValueError("write postgresql:// instead of postgres://")
    name, question, query = rest.removeprefix("/").partition("?")
    if kind != "sqlite" or not separator or not rest.startswith("/"):
        raise ValueError("write sqlite:///feedhub.db or postgresql://user@host/name")
    if name in ("", ":memory:"):
        raise ValueError("name a file, as in sqlite:///feedhub.db; memory is lost at the end")
    return f"sqlite:///{inside(folder, name)}{question}{query}"
