"""Look names up beside the event loop, and leave out the addresses that the guard refuses."""

from __future__ import annotations

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from feedhub.fetch.guard import ConnectionRefusedByGuard, Guard


class NameResolver(AbstractResolver):
    """Ask the system's resolver in threads of our own, one for each request in flight.

    The loop's shared pool has a handful of threads; as many names whose servers are silent
    would keep every other source waiting behind them.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="feedhub-dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name; raises `socket.gaierror`."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        return [
            ResolveResult(
                hostname=host,
                host=str(sockaddr[0]),
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, sockaddr in found
        ]

    async def close(self) -> None:
        """Let go of the threads without waiting for a silent name server."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """Pass on what another resolver found, less what the guard refuses.

    The socket is checked again when it is made; here a host with a public and a private address
    keeps the public one, and a host with none is told from one that does not answer.
    """

    def __init__(self, inner: AbstractResolver, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of a name; raises when none is left."""
        found = await self._inner.resolve(host, port, family)
        judged = [(answer, self._guard.refusal(answer["host"], port)) for answer in found]
        allowed = [answer for answer, refusal in judged if refusal is None]
        refusals = [refusal for _, refusal in judged if refusal is not None]
        if refusals and not allowed:
            raise ConnectionRefusedByGuard(errno.EACCES, refusals[0])
        if not allowed:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return allowed

    async def close(self) -> None:
        """Close nothing: the inner resolver belongs to whoever made it."""


def _look_up(
    host: str, port: int, family: socket.AddressFamily
) -> list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]]:
    return list(
        socket.getaddrinfo(
            host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
    )
