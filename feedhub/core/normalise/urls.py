"""Addresses: made absolute and fit to publish, and folded to a key that tells same from other.

The key only compares; readers and the fetcher get the address as the source gave it. Cleaners
that drop more than listed trackers destroy identity (`?regNumber=` of a notice, `?ELEMENT_ID=`
of a page), so whatever is not on the list below stays. Splitting follows RFC 3986, appendix B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import unquote

_MAX_LENGTH = 8000
"""Longer addresses are refused: no server takes them, and nobody wrote them by hand."""

_TRACKER_PREFIXES = ("utm_", "rcmd_")
_TRACKERS = frozenset(
    {
        "yclid",
        "ysclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "fbclid",
        "msclkid",
        "twclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "_openstat",
        "_ga",
        "_gl",
        "phpsessid",
    }
)
_TRACKER_VALUES = frozenset({("from", "rss")})
_SAME_SITE = frozenset({"www", "m", "amp"})
_DEFAULT_PORTS = {"http": 80, "https": 443}

_PARTS = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL
)
_PORT = re.compile(r":([0-9]{0,5})$")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_EDGES = "".join(map(chr, range(0x21))) + "\x7f\u00a0\u200b\ufeff"
_BREAKS = str.maketrans("", "", "\t\r\n")
_BARE_WWW = re.compile(r"www\.[^/.?#\s]+\.[^\s]", re.IGNORECASE)

_NOT_IN_PATH = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/%-]|%(?![0-9A-Fa-f]{2})")
_NOT_IN_QUERY = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/?\[\]%-]|%(?![0-9A-Fa-f]{2})")
_NOT_IN_FRAGMENT = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/?%-]|%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Addresses as nearly all are written: nothing in them is to be encoded, resolved or refused.
_PLAIN_HOST = (
    r"[a-z0-9][a-z0-9-]{0,61}(?:\.[a-z0-9][a-z0-9-]{0,61}){0,2}\.(?:[a-z]{2,12}|xn--[a-z0-9]{2,20})"
)
_READY = re.compile(
    rf"https?://{_PLAIN_HOST}(?:/[\w~./%!$&'()*+,;=:@-]*)?"
    r"(?:\?[\w~./%!$&'()*+,;=:@?\[\]-]*)?(?:#[\w~./%!$&'()*+,;=:@?-]*)?",
    re.ASCII,
)
_PLAIN = re.compile(
    rf"https?://({_PLAIN_HOST})((?:/[\w~./+,=:@-]*)?)((?:\?[\w~./+,;=&:@-]*)?)(?:#[\w/=.-]*)?",
    re.ASCII,
)
_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Address:
    """The parts of an http or https address; host in ASCII and lower case, query None for none."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None
    fragment: str | None

    @property
    def site(self) -> str:
        """Return host and port as they stand in an address."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


def canonical_url(url: str) -> str | None:
    """Return the key of an http(s) address, equal for all spellings of one; None for others.

    Equal are: http and https, www., m., amp. and the bare domain, a path with and without its
    last slash, raw and percent-encoded letters, an address with and without the listed trackers.
    The fragment goes, unless it is a hash-bang address. The key is not to be fetched.
    """
    if (found := _PLAIN.fullmatch(url)) and len(url) <= _MAX_LENGTH:
        host, path, query = found.groups()
        return _key(_bare_host(host), _without_dots(path), query[1:])
    address = _read(url)
    if address is None:
        return None
    is_default = address.port in (None, _DEFAULT_PORTS[address.scheme])
    path = _SESSION_IN_PATH.sub("", _without_dots(_plain_escapes(address.path)))
    key = _key(
        _bare_host(address.host) + ("" if is_default else f":{address.port}"),
        path,
        _plain_escapes(address.query or ""),
    )
    fragment = address.fragment or ""
    return f"{key}#{_plain_escapes(fragment)}" if fragment.startswith("!") else key


def _key(site: str, path: str, query: str) -> str:
    told = _without_trackers(query.replace("&amp;", "&")) if query else ""
    return f"https://{site}{path.rstrip('/')}" + (f"?{told}" if told else "")


def absolute_url(url: str, base: str | None) -> str | None:
    """Return an address fit to publish: absolute, http or https, all ASCII; None for no such.

    Resolved against `base` by RFC 3986, 5.2. Credentials are dropped, Cyrillic is percent-encoded
    or turned to punycode (RFC 3987, 3.1), brackets in the query stay (there are servers that know
    `a[]=1` only). Tabs and line breaks inside are removed first, as browsers do: they are how
    `java\\nscript:` hides.
    """
    if _is_ready(url):
        return url
    text = _tidy(url)
    if text is None:
        return None
    if _BARE_WWW.match(text):
        text = f"http://{text}"
    scheme, authority, *_ = _split(text)
    if scheme is None:
        if not base or len(base) > _MAX_LENGTH or (start := _read_base(base)) is None:
            return None
        address = _read(f"{start.scheme}:{text}") if authority is not None else _below(start, text)
    else:
        address = _read(text)
    return None if address is None else _write(address)


def _is_ready(url: str) -> bool:
    """Tell, cheaply, that an address comes out as it is; others may, too."""
    return (
        _READY.fullmatch(url) is not None
        and len(url) <= _MAX_LENGTH
        and "/." not in url
        and ("%" not in url or _BROKEN_ESCAPE.search(url) is None)
    )


def is_uri(text: str) -> bool:
    """Tell whether a source's id can be ours too: an absolute URI, ASCII, at most 500 characters.

    Only schemes made for names that last are taken, and http(s) with a host; credentials inside
    make an address unfit to publish.
    """
    if len(text) > 500 or not (found := _URI.fullmatch(text)):
        return False
    scheme, rest = found[1].lower(), found[2]
    shape = _URI_SHAPES.get(scheme)
    return shape is not None and shape.match(rest) is not None


_URI_CHARS = r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]*(?:%[0-9A-Fa-f]{2}[A-Za-z0-9._~!$&'()*+,;=:@/?-]*)*"
_URI = re.compile(rf"([A-Za-z][A-Za-z0-9+.-]*):({_URI_CHARS}(?:#{_URI_CHARS})?)")
_WITH_HOST = re.compile(r"//[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#]|$)")
_ANYTHING = re.compile(r"[^#?]")
_URI_SHAPES = {
    "http": _WITH_HOST,
    "https": _WITH_HOST,
    "urn": re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]:[^#?]"),  # RFC 8141, 2
    "tag": re.compile(r"[A-Za-z0-9][A-Za-z0-9.@_-]*,[0-9]{4}(?:-[0-9]{2}){0,2}:"),  # RFC 4151, 2.1
    **dict.fromkeys(("doi", "info", "hdl", "ark", "oid", "mid", "ni"), _ANYTHING),
}


def _split(text: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    # Every text matches, and as a whole: all parts may be missing.
    scheme, authority, path, query, fragment = next(_PARTS.finditer(text)).groups()
    return scheme and scheme.lower(), authority, path, query, fragment


def _tidy(text: str) -> str | None:
    """Return an address without white space around it and line breaks in it; None if unusable.

    Backslashes before the query become slashes, as in browsers: what we check is where they go.
    """
    if len(text) > _MAX_LENGTH:
        return None
    clean = text.strip(_EDGES).translate(_BREAKS)
    head, mark, tail = _at_first(clean, "?#")
    return head.replace("\\", "/") + mark + tail or None


def _at_first(text: str, marks: str) -> tuple[str, str, str]:
    place = min((at for mark in marks if (at := text.find(mark)) >= 0), default=len(text))
    return text[:place], text[place : place + 1], text[place + 1 :]


def _read(text: str) -> _Address | None:
    """Read an absolute http(s) address; None for anything else."""
    clean = _tidy(text)
    if clean is None:
        return None
    scheme, authority, path, query, fragment = _split(clean)
    if scheme not in _DEFAULT_PORTS or authority is None:
        return None
    place = authority.rpartition("@")[2]
    found = _PORT.search(place)
    port = int(found[1]) if found and found[1] else None
    host = _ascii_host(place[: found.start()] if found else place)
    if host is None or (port or 0) > 65535:
        return None
    return _Address(scheme=scheme, host=host, port=port, path=path, query=query, fragment=fragment)


_read_base = lru_cache(maxsize=64)(_read)
"""All relative addresses of an entry stand on one base."""


def _ascii_host(host: str) -> str | None:
    """Return a host in lower case and punycode, without a last point; None if it is no host."""
    if len(host) > 500:
        return None
    try:
        name = unquote(host, errors="strict").encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return None
    return name if len(name) <= 253 and _HOST.fullmatch(name) else None


def _below(base: _Address, text: str) -> _Address:
    """Resolve a reference without scheme and host (RFC 3986, 5.2.2 and 5.2.3)."""
    *_, path, query, fragment = _split(text)
    if not path:
        query = base.query if query is None else query
        return replace(base, query=query, fragment=fragment)
    if not path.startswith("/"):
        path = base.path.rpartition("/")[0] + "/" + path
    return replace(base, path=path, query=query, fragment=fragment)


def _write(address: _Address) -> str:
    path = _without_dots(_NOT_IN_PATH.sub(_escape, address.path))
    written = f"{address.scheme}://{address.site}{path}"
    if address.query is not None:
        written += "?" + _NOT_IN_QUERY.sub(_escape, address.query)
    if address.fragment is not None:
        written += "#" + _NOT_IN_FRAGMENT.sub(_escape, address.fragment)
    return written


def _escape(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _plain_escapes(part: str) -> str:
    """Return a part with one spelling of each character (RFC 3986, 6.2.2)."""
    return _ESCAPE.sub(_plain_escape, _NOT_IN_FRAGMENT.sub(_escape, part))


def _plain_escape(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    return char if char in _UNRESERVED else f"%{found[1].upper()}"


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` of an absolute path (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    *folders, last = path.split("/")[1:]
    for part in folders:
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    if last == "..":
        kept = kept[:-1]
    return "/".join(["", *kept, "" if last in (".", "..") else last])


def _bare_host(host: str) -> str:
    first, _, rest = host.partition(".")
    while first in _SAME_SITE and "." in rest:
        host = rest
        first, _, rest = host.partition(".")
    return host


def _without_trackers(query: str) -> str:
    return "&".join(field for field in query.split("&") if field and not _is_tracker(field))


def _is_tracker(field: str) -> bool:
    name, _, value = field.partition("=")
    name = name.lower()
    return (
        name.startswith(_TRACKER_PREFIXES)
        or name in _TRACKERS
        or (name, value.lower()) in _TRACKER_VALUES
    )
