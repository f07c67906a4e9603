"""Where an address has moved for good: whether that looks like a move, or like a dead end.

A redirect says nothing of why. Expired domains lead to parking pages, closed sites to a sign-in,
watchful ones to a check for robots; the new address alone must tell them from a real move.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_WORDS = re.compile(
    r"(?<![a-z])(?:log[-_]?[io]n|sign[-_]?in|s?auth|oauth2?|authorize|authorization|sso|esia"
    r"|(?:show|smart|re)?captcha|not-?a-?robot|anti[-_]?bot|challenge|browser-?check|check-?browser"
    r"|maintenance|under[-_]?construction|unavailable|suspended|blocked|denied|stub|placeholder"
    r"|parking|parked|expired|for-?sale|buy-?domain|domain-?sale"
    r"|vhod|vxod|avtorizac\w*|avtorizats\w*|teh-?rabot\w*|tekh?-?rabot\w*|zaglushka)(?![a-z])"
)
"""Words in a path or a host that stand for a sign-in, a check, a pause or a domain for sale."""

_SIGN_IN_LABELS = frozenset({"id", "passport", "account", "accounts"})
"""Names of hosts where people sign in; in a path they may well stand for news about passports."""

_PARKING = frozenset(
    {
        "above.com",
        "afternic.com",
        "bodis.com",
        "dan.com",
        "godaddy.com",
        "hugedomains.com",
        "parkingcrew.net",
        "parklogic.com",
        "sedo.com",
        "sedoparking.com",
        "undeveloped.com",
    }
)

_SHARED = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "go", "gouv", "gv", "int", "mil", "msk", "net", "or"}
    | {"org", "pp", "spb"}
)
"""Second labels under which strangers register, below the domain of a country."""

_FEED = re.compile(r"feed|rss|atom", re.I)
_ROOT = re.compile(r"/?(?:(?:index|default)\.[a-z]{2,5})?", re.I)


def is_doubtful(old: str, new: str) -> bool:
    """Tell whether a permanent redirect from `old` leads where no feed would move to.

    Never so for a step to https, to or from `www.`, or over a trailing slash.
    """
    here, there = urlsplit(old), urlsplit(new)
    if _plain(here) == _plain(there):
        return False
    here_host, there_host = _host(here), _host(there)
    is_abroad = registrable(here_host) != registrable(there_host)
    return (
        bool(_words(there) - _words(here))
        or (is_abroad and registrable(there_host) in _PARKING)
        or (is_abroad and _is_front_page(there))
        or _carries(there.query, here)
    )


def registrable(host: str) -> str:
    """Return the part of a host's name that somebody registered: "press.agency.gov.ru" is agency's.

    An approximation without the list of public suffixes: it knows the usual second labels only.
    """
    labels = host.rstrip(".").lower().split(".")
    if _is_address(host) or len(labels) < 3:
        return ".".join(labels)
    is_country = len(labels[-1]) == 2 or labels[-1].startswith("xn--")
    return ".".join(labels[-3:] if is_country and labels[-2] in _SHARED else labels[-2:])


def _plain(url: SplitResult) -> tuple[str, str, str]:
    return _host(url).removeprefix("www."), url.path.rstrip("/"), url.query


def _host(url: SplitResult) -> str:
    return (url.hostname or "").rstrip(".")


def _is_front_page(url: SplitResult) -> bool:
    """Tell whether this is a site's first page; "/?feed=rss2" is a feed of many a site."""
    return bool(_ROOT.fullmatch(url.path)) and not _FEED.search(url.query)


def _words(url: SplitResult) -> set[str]:
    labels = set(_host(url).split("."))
    found = _WORDS.findall(f"{_host(url)} {unquote(url.path).lower()}")
    return {*found, *(labels & _SIGN_IN_LABELS)}


def _carries(query: str, old: SplitResult) -> bool:
    """Tell whether a query says where to come back to, as that of a sign-in does."""
    said = set(parse_qsl(query)) - set(parse_qsl(old.query))
    values = [unquote(value) for _, value in said]
    return any(_is_way_back(value, old) for value in values)


def _is_way_back(value: str, old: SplitResult) -> bool:
    is_path = len(old.path) > 1 and value.partition("?")[0].rstrip("/") == old.path.rstrip("/")
    return is_path or f"://{old.netloc}" in value or f"{old.netloc}{old.path}" in value


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
