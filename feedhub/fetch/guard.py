"""The address guard: which addresses a source may live at, asked for the very socket we connect.

A name proves nothing (it may resolve to one address when checked and to another when dialled),
and neither does the spelling of an address, so the last word is spoken on the socket address.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from feedhub.errors import AddressRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]

PORTS = frozenset({80, 443, 8080, 8443})
"""Ports that any source may use without being configured there."""

_V6_GLOBAL = ipaddress.IPv6Network("2000::/3")
# Inside 2000::/3, yet not hosts of the public internet: IETF protocol assignments with Teredo,
# documentation, 6to4 (which carries an IPv4 address of anybody's choice), documentation again.
_V6_REFUSED = tuple(
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
)
# IPv4 that `is_global` lets through: protocol assignments and the retired 6to4 relays.
_V4_REFUSED = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))


class ConnectionRefusedByGuard(AddressRefused, OSError):
    """A refusal that connecting code understands: it moves on to the host's next address."""


@dataclass(frozen=True, slots=True)
class _Opening:
    network: Network
    port: int | None


def is_public(address: str | Address) -> bool:
    """Tell whether an address is a host of the public internet.

    Stricter than `ipaddress.is_global`, which lets through translated, tunnelled and multicast
    forms: IPv6 only inside 2000::/3 without the parts that embed an IPv4 address.
    """
    return _is_public(_address(address) if isinstance(address, str) else _unmapped(address))


class Guard:
    """The rule with its exceptions: `allow_private` opens exactly what it names, nothing else.

    An item is an address with a port ("127.0.0.1:8081", "[::1]:8081"), an address, or a network
    ("10.0.0.0/8"). Anything else is a ValueError.
    """

    def __init__(self, allow_private: Iterable[str] = ()) -> None:
        self._openings = tuple(map(_opening, allow_private))

    def refusal(self, host: str, port: int) -> str | None:
        """Return why this host may not be connected to, as a sentence, or None.

        `host` is an address in any spelling; a name passes here and is judged by what it
        resolves to. "localhost" is not a name (RFC 6761, 6.3).
        """
        address = _literal(host)
        if address is None or _is_public(address) or self._opens(address, port):
            return None
        return (
            f"The address {_shown(address)} is not on the public internet and was not asked; if "
            f'this source is meant to be there, add "{_shown(address)}:{port}" '
            f"to fetch.allow_private."
        )

    def port_refusal(self, host: str, port: int, configured: int | None) -> str | None:
        """Return why this port may not be asked, or None; `configured` is the source's own port."""
        if port and (port in PORTS or port == configured or self._opens_port(host, port)):
            return None
        return (
            f"Port {port} is not one of 80, 443, 8080 and 8443 and was not asked; a source may "
            f"use another port only in its own url."
        )

    def open_socket(self, addr_info: AddrInfo) -> socket.socket:
        """Make the socket for one resolved address, or raise `ConnectionRefusedByGuard`.

        Given to the connector as its socket factory, so it sees every address of every hop.
        """
        family, kind, protocol, _, sockaddr = addr_info
        refusal = self.refusal(str(sockaddr[0]), int(sockaddr[1]))
        if refusal:
            raise ConnectionRefusedByGuard(errno.EACCES, refusal)
        return socket.socket(family, kind, protocol)

    def _opens(self, address: Address, port: int) -> bool:
        return any(
            opening.port in (None, port) and address in opening.network
            for opening in self._openings
        )

    def _opens_port(self, host: str, port: int) -> bool:
        if any(opening.port == port for opening in self._openings):
            return True
        address = _literal(host)
        return address is not None and self._opens(address, port)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return (
            address.is_global
            and not address.is_multicast
            and not address.is_reserved
            and not any(address in network for network in _V4_REFUSED)
        )
    return address in _V6_GLOBAL and not any(address in network for network in _V6_REFUSED)


def _address(text: str) -> Address:
    return _unmapped(ipaddress.ip_address(text.partition("%")[0]))


def _unmapped(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _literal(host: str) -> Address | None:
    """Read a host as an address in any spelling the C library would take, or None for a name."""
    bare = host.strip("[]").rstrip(".").lower()
    if bare == "localhost" or bare.endswith(".localhost"):
        return ipaddress.IPv4Address("127.0.0.1")
    try:
        return _address(bare)
    except ValueError:
        pass
    try:
        # 127.1, 0x7f.1 and 2130706433 are addresses to the C library, and to a proxy.
        return ipaddress.IPv4Address(socket.inet_aton(bare))
    except (OSError, ValueError):
        return None


def _opening(text: str) -> _Opening:
    bare = text.strip()
    if bare.startswith("["):
        host, _, port = bare[1:].partition("]")
        return _Opening(ipaddress.ip_network(host), _port(port.removeprefix(":")) if port else None)
    if bare.count(":") == 1:
        host, _, port = bare.partition(":")
        return _Opening(ipaddress.ip_network(host), _port(port))
    return _Opening(ipaddress.ip_network(bare, strict=False), None)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise ValueError(f"{text!r} is no port number")
    return int(text)


def _shown(address: Address) -> str:
    return f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
