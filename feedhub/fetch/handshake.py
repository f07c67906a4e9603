"""One more handshake with a server whose certificate was not believed, only to name the reason."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any

from aiohttp.abc import AbstractResolver

from feedhub.fetch.guard import Guard
from feedhub.fetch.tls import Certificate


async def sent_chain(
    host: str, port: int, *, resolver: AbstractResolver, guard: Guard
) -> tuple[Certificate, ...]:
    """Return the certificates a server sends, unchecked, leaf first; empty when not to be had.

    A failed handshake does not tell what it saw. Nothing is said over this one, and the guard
    holds here too.
    """
    try:
        sock, sockaddr = await _socket(host, port, resolver, guard)
    except OSError:
        return ()
    try:
        return await _shake(sock, sockaddr, host)
    except (OSError, KeyError, ValueError):
        return ()
    finally:
        sock.close()


async def _socket(
    host: str, port: int, resolver: AbstractResolver, guard: Guard
) -> tuple[socket.socket, tuple[str, int]]:
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
        place = host
    except OSError:
        place = (await resolver.resolve(host, port, socket.AF_UNSPEC))[0]["host"]
    family = socket.AF_INET6 if ":" in place else socket.AF_INET
    sockaddr = (place, port)
    sock = guard.open_socket((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", sockaddr))
    sock.setblocking(False)
    return sock, sockaddr


async def _shake(
    sock: socket.socket, sockaddr: tuple[str, int], host: str
) -> tuple[Certificate, ...]:
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, sockaddr)
    transport, _ = await loop.create_connection(
        asyncio.Protocol, sock=sock, ssl=_unverified(), server_hostname=host
    )
    try:
        return _certificates(transport.get_extra_info("ssl_object"))
    finally:
        transport.abort()


def _unverified() -> ssl.SSLContext:
    """Make a context that reads any certificate: no request is ever sent with it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _certificates(ssl_object: Any) -> tuple[Certificate, ...]:
    """Read the chain off a connection.

    The standard library of 3.11 keeps this one step below its public surface; where it is not
    found, failures are told without names and dates.
    """
    unverified = getattr(getattr(ssl_object, "_sslobj", None), "get_unverified_chain", None)
    chain = unverified() if unverified else None
    return tuple(certificate.get_info() for certificate in chain or ())
