"""Addresses found in documents: made absolute, and only those a browser may be sent to."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

_USUAL = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-~]*)?")
_INVISIBLE = dict.fromkeys([*range(33), *range(127, 161)], None)


def web_link(raw: object, base: str | None = None) -> str | None:
    """Return an absolute http(s) address, or None where `raw` is or becomes none.

    Blanks and control characters within go first, as a browser drops them (WHATWG URL, 4.4):
    `java&#10;script:` must not pass as a relative address.
    """
    link = raw.strip() if isinstance(raw, str) else ""
    if not link:
        return None
    if _USUAL.fullmatch(link):
        return link
    link = "".join(link.split()) if _broken(link) else link.replace(" ", "%20")
    try:
        link = urljoin(base, link) if base else link
        parts = urlsplit(link)
    except ValueError:
        return None
    known = parts.scheme.lower() in {"http", "https"} and parts.hostname
    return link if known else None


def _broken(link: str) -> bool:
    """Say whether control characters or line breaks stand inside an address."""
    return link.translate(_INVISIBLE) != link.replace(" ", "")
