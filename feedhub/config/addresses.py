"""Addresses in a configuration: of sources, of the site, of proxies, and private ones that are allowed."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}
_LONGEST = 2000  # characters of an address
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?"
)
_BLANK = re.compile(r"[\x00-\x20\x7f\x85\xa0\u2028\u2029]")
_WITH_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})", re.A)


def source_url(text: str) -> str:
    """Return the address of a source as written; raises ValueError with what to write instead."""
    parts = web_address(text)
    if "@" in parts.netloc:
        raise ValueError("a name or password in the address; use `headers` (Authorization) instead")
    return text


def base_url(text: str) -> str:
    """Return the site's address without a trailing slash, its host in ASCII; raises ValueError."""
    parts = web_address(text)
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise ValueError("only scheme, host and path: no name, query or fragment")
    netloc = ascii_host(parts)
    netloc = f"[{netloc}]" if ":" in netloc else netloc
    netloc = netloc if parts.port is None else f"{netloc}:{parts.port}"
    return f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"


def proxy_url(text: str) -> str:
    """Return the address of a proxy, name and password allowed; raises ValueError."""
    parts = web_address(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("only scheme, host and port: http://proxy.example:3128")
    return text


def web_address(text: str) -> SplitResult:
    """Return the parts of an absolute http(s) address; raises ValueError."""
    if len(text) > _LONGEST:
        raise ValueError(f"longer than {_LONGEST} characters")
    if _BLANK.search(text):
        raise ValueError("a space or control character in the address; write %20 for a space")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("not an address that can be read") from None
    if parts.scheme not in _PORTS:
        raise ValueError("must begin with http:// or https://")
    if port == 0 or not _is_host(ascii_host(parts)):
        raise ValueError("must name a host, as in https://agency.example/rss")
    return parts


def ascii_host(parts: SplitResult) -> str:
    """Return the host as it stands in DNS (мвд.рф → xn--b1aew.xn--p1ai); raises ValueError."""
    host = parts.hostname or ""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("a host name that cannot stand in DNS") from None


def _is_host(host: str) -> bool:
    if ":" in host:
        return _is_ip(host)
    return len(host) <= 253 and _HOST.fullmatch(host) is not None


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def host_of(url: str) -> str:
    """Return the host of a checked address as written, in lower case, without port."""
    return urlsplit(url).hostname or ""


def slug_of_host(url: str) -> str:
    """Return the host of a checked address as a slug: `www.cbr.ru` → `www-cbr-ru`."""
    slug = re.sub(r"[^a-z0-9-]+", "-", ascii_host(urlsplit(url))).strip("-")
    return slug[:100] or "source"


@lru_cache(maxsize=1024)
def private(text: str) -> tuple[IPv4Network | IPv6Network, int | None]:
    """Return the network and the port (None: any) of an entry of `fetch.allow_private`.

    Takes `10.1.2.3`, `127.0.0.1:8081`, `10.0.0.0/8`, `fd00::1`, `[::1]:8081`; raises ValueError.
    """
    match = _WITH_PORT.fullmatch(text)
    try:
        network = ip_network(match[1] or match[2] if match else text)
    except ValueError as error:
        if "host bits" in str(error):
            raise ValueError(f"did you mean {ip_network(text, strict=False)}?") from None
        raise ValueError("write 127.0.0.1:8081, 10.1.2.3, 10.0.0.0/8 or [::1]:8081") from None
    port = int(match[3]) if match else None
    if port is not None and not 1 <= port <= 65535:
        raise ValueError("a port is a number from 1 to 65535")
    return network, port


def is_allowed(url: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a checked address is an IP address and port that `fetch.allow_private` names."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not _is_ip(host):
        return False
    port = parts.port or _PORTS[parts.scheme]
    return any(
        ip_address(host) in network and entry_port in (None, port)
        for network, entry_port in map(private, allowed)
    )
