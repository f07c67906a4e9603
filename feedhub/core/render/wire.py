"""How values are spelled on the wire: legal characters, ASCII addresses, dates, media types.

Every string, address and date of a feed passes here once, so that no format has to think of
control characters, Cyrillic paths or locales again.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

# XML 1.0, production [2] Char: what is not in it makes a document unreadable as a whole.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANKS = re.compile(r"[\t\n\r ]+")
# What RFC 3986 lets stand in a path, query or fragment; everything else is percent-encoded.
_SAFE = "-._~:/?@!$&'()*+,;=%"
_PLAIN_PART = r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
_PLAIN = re.compile(
    rf"https?://[A-Za-z0-9][A-Za-z0-9.\-]*(?::\d+)?(?:[/?]{_PLAIN_PART})?(?:\#{_PLAIN_PART})?"
)
_NETLOC = re.compile(r"[A-Za-z0-9\-._~:@%\[\]!$&'()*+,;=]+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,5})$")

_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "avi": "video/x-msvideo",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "txt": "text/plain",
    "html": "text/html",
    "htm": "text/html",
}
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+")


def scrub(text: str) -> str:
    """Return the text without characters that XML 1.0 forbids, with plain line ends, stripped."""
    return _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: str) -> str:
    """Return scrubbed text on one line; non-breaking spaces stay as written."""
    return _BLANKS.sub(" ", scrub(text)).strip()


def ascii_id(uri: str) -> str:
    """Return a permanent id as a URI: what may not stand in one is percent-encoded (RFC 3987, 3.1).

    Nothing else is touched: ids are compared byte by byte (RFC 4287, 4.2.6.1).
    """
    return quote(_STRAY_PERCENT.sub("%25", scrub(uri)), safe=_SAFE + "#[]")


def ascii_url(url: str | None) -> str | None:
    """Return an http(s) address in ASCII, or None for one that is relative, broken or no http(s).

    Paths are percent-encoded as UTF-8, hosts written in punycode (RFC 3987, 3.1).
    """
    if not url:
        return None
    if _PLAIN.fullmatch(url):
        return url
    try:
        parts = urlsplit(scrub(url))
        netloc = _ascii_netloc(parts.netloc, parts.hostname, parts.port)
    except ValueError:  # a broken host, port or bracket; UnicodeError is one too
        return None
    if parts.scheme not in {"http", "https"} or netloc is None:
        return None
    tail = _quoted(parts.path)
    tail += f"?{_quoted(parts.query)}" if parts.query else ""
    tail += f"#{_quoted(parts.fragment)}" if parts.fragment else ""
    return f"{parts.scheme}://{netloc}{tail}"


def _quoted(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=_SAFE)


def _ascii_netloc(netloc: str, host: str | None, port: int | None) -> str | None:
    if not host:
        return None
    if netloc.isascii():
        return netloc if _NETLOC.fullmatch(netloc) else None
    name = host.encode("idna").decode("ascii")
    return name if port is None else f"{name}:{port}"


def parent_url(url: str) -> str:
    """Return the folder an address lies in: a tag's page gives the scheme of all tags."""
    return url.rstrip("/").rpartition("/")[0] + "/"


def rfc822(at: datetime) -> str:
    """Return a time as RSS and OPML write it, in GMT.

    GMT, because of zones all tested readers understand only `GMT` and `+0000` (RSS profile);
    `email.utils`, because feedgen's own formatter switches the locale of the whole process.
    """
    return format_datetime(at.astimezone(UTC), usegmt=True)


def rfc3339(at: datetime) -> str:
    """Return a time as Atom and JSON Feed write it: whole seconds, UTC, `Z`."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def media_type(said: str | None, url: str, otherwise: str) -> str:
    """Return the media type as said, else as the address' suffix tells, else `otherwise`."""
    if said and _TYPE.fullmatch(said.strip()):
        return said.strip().lower()
    suffix = _SUFFIX.search(urlsplit(url).path)
    return _TYPES.get(suffix[1].lower(), otherwise) if suffix else otherwise


def language_tag(said: str, otherwise: str) -> str:
    """Return a language as said, or `otherwise` where that is no language tag (BCP 47)."""
    return said if _LANGUAGE.fullmatch(said) else otherwise
