"""Which hub a document names, and under which topic the hub knows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from feedhub.core.websub.links import Link, header_links

LONGEST = 2048
"""Characters of an address that is kept."""

_UNWRITABLE = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class HubFound:
    """Where to subscribe, and to what: absolute http or https addresses, the topic as written."""

    hub: str
    topic: str


def hub_of(
    headers: Iterable[tuple[str, str]], links: Sequence[Link] = (), *, url: str
) -> HubFound | None:
    """Return the hub and topic of a document fetched from `url`, or None where it names no hub.

    Link headers come first, then `links`, those of the document itself (WebSub, 4). A hub with
    https is preferred. The topic is the document's own word for itself (rel=self), if that is on
    the host it came from: else anybody could have us take another site's news for his own.
    """
    in_headers = header_links(value for name, value in headers if name.lower() == "link")
    for named in (in_headers, links):
        hubs = _targets(named, "hub", url)
        if hubs:
            hub = next((one for one in hubs if one[:6].lower() == "https:"), hubs[0])
            selves = (*_targets(named, "self", url), *_targets((*in_headers, *links), "self", url))
            return _found(hub, selves, url)
    return None


def _found(hub: str, selves: Sequence[str], url: str) -> HubFound | None:
    own = _host(url)
    topic = next((one for one in selves if _host(one) == own), url)
    return HubFound(hub=hub, topic=topic) if _is_address(topic) else None


def _targets(links: Iterable[Link], rel: str, base: str) -> list[str]:
    joined = (_joined(base, link.href) for link in links if rel in link.rels)
    return [one for one in joined if one and _is_address(one)]


def _joined(base: str, href: str) -> str | None:
    """Return where a link leads; an absolute one stays as written, byte for byte."""
    try:
        return href if urlsplit(href).scheme else urljoin(base, href)
    except ValueError:
        return None


def _is_address(text: str) -> bool:
    if len(text) > LONGEST or _UNWRITABLE.search(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _host(url: str) -> str:
    """Return the host to compare by: "www." in front makes no other site."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").removeprefix("www.")
