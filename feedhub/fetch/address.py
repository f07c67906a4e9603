"""The address of a request: what goes on the wire, byte for byte, and where a redirect leads."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from yarl import URL

from feedhub.errors import AddressRefused, SourceError

_HTTP = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<target>[^#]*)(?:#.*)?", re.I | re.S
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_UNSENDABLE = re.compile(r"[^\x21-\x7e]+")


def wire_url(text: str) -> URL:
    """Return the address as it will be sent, or raise `AddressRefused` with a sentence.

    Path and query stay as written, brackets and dots and a lone "?" included; only what cannot
    stand in a request line (controls, spaces, non-ASCII) is percent-encoded. The host becomes
    lower case and punycode. The whole target is kept as yarl's path, because yarl would drop an
    empty query.
    """
    found = _HTTP.fullmatch(text.strip())
    if not found:
        raise AddressRefused(_no_http(text))
    authority = found["authority"]
    if "@" in authority:
        raise AddressRefused(
            "The address holds a user name or password; put them into `headers` of this source."
        )
    target = escaped(found["target"])
    return URL.build(
        scheme=found["scheme"].lower(),
        authority=_authority(found["scheme"].lower(), authority),
        path=target if target.startswith("/") else f"/{target}",
        encoded=True,
    )


def escaped(text: str) -> str:
    """Percent-encode what cannot stand in a request line; bytes that were no UTF-8 stay themselves."""
    return _UNSENDABLE.sub(_percent, text)


def redirected(base: URL, location: str) -> URL:
    """Return where a Location header leads from `base`, or raise `AddressRefused`.

    Raises `SourceError` when the header is empty. A relative one is put on the current
    address (RFC 9110, 10.2.2), an absolute one is taken byte for byte.
    """
    place = location.strip()
    if not place:
        raise SourceError("The server redirects without saying where; check the address.")
    if _SCHEME.match(place):
        return wire_url(place)
    origin = f"{base.scheme}://{base.raw_authority}"
    if place.startswith("//"):
        return wire_url(f"{base.scheme}:{place}")
    if place.startswith("/"):
        return wire_url(origin + place)
    if place.startswith("?"):
        return wire_url(origin + base.raw_path.partition("?")[0] + place)
    return wire_url(urljoin(str(base), place))


def same_origin(here: URL, there: URL) -> bool:
    """Tell whether secrets meant for `here` may go to `there`: same host, no less protected.

    The step from http to https on default ports is the same origin; the way back never is.
    """
    if here.raw_host != there.raw_host:
        return False
    is_upgrade = here.scheme == "http" and here.port == 80 and there.port == 443
    return (here.scheme == there.scheme and here.port == there.port) or (
        is_upgrade and there.scheme == "https"
    )


def shown(text: str | None, limit: int = 100) -> str:
    """Make a stranger's text fit for a sentence: printable and short."""
    return "".join(char if char.isprintable() else "?" for char in (text or "")[:limit])


def _authority(scheme: str, written: str) -> str:
    try:
        url = URL(f"{scheme}://{written}")
        host, port = url.host_subcomponent, url.explicit_port
    except ValueError as error:
        raise AddressRefused("The host in the address cannot be read; check its url.") from error
    if not host or _UNSENDABLE.search(host):
        raise AddressRefused("The address names no host; write it as https://host/path.")
    return host if port is None else f"{host}:{port}"


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogateescape"))


def _no_http(text: str) -> str:
    scheme = _SCHEME.match(text.strip())
    if scheme and scheme[1].lower() not in {"http", "https"}:
        return f"Only http and https are asked, not {shown(scheme[1], 20)}; check the address."
    return "The address cannot be read; write it as https://host/path."
