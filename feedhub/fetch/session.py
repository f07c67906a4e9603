"""The two ways out: straight through the guard, or through a proxy that the admin trusts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver

from feedhub.fetch.guard import Guard
from feedhub.fetch.reasons import Dropped
from feedhub.fetch.resolver import GuardedResolver

MAX_FIELD = 16 * 1024
"""Bytes of one response header line; the security policies of real sites pass 8 KB."""

KEEP_ALIVE = 2.0
"""Seconds a connection is kept: enough for a host's next request at the default gap, and too
short to pile up open files while thousands of hosts are asked once each."""


@dataclass(slots=True)
class Hop:
    """One request under way: told by the session when it left, and on what connection."""

    sent: Callable[[], None]
    is_reused: bool = False

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Stop the session from asking again at once, except on a kept connection.

        A server may close a kept connection while the request is on its way; on a fresh one,
        asking twice in a row would break the host's gap.
        """
        try:
            return await handler(request)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            if self.is_reused:
                raise
            raise Dropped(str(error)) from error


def direct_session(
    user_agent: str, guard: Guard, resolver: AbstractResolver
) -> aiohttp.ClientSession:
    """Open the session in which every socket is made by the guard.

    A kept connection was checked when it was made, and names are looked up for each new one.
    """
    return _session(
        user_agent,
        _connector(GuardedResolver(resolver, guard), socket_factory=guard.open_socket),
    )


def proxied_session(user_agent: str, resolver: AbstractResolver) -> aiohttp.ClientSession:
    """Open the session for requests with a proxy, which may well live at a private address."""
    return _session(user_agent, _connector(resolver))


def _connector(resolver: AbstractResolver, **options: Any) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(
        resolver=resolver,
        use_dns_cache=False,
        limit=0,  # pacing counts what is in flight
        keepalive_timeout=KEEP_ALIVE,
        **options,
    )


def _session(user_agent: str, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": user_agent},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        max_field_size=MAX_FIELD,
        trace_configs=[_trace()],
    )


def _trace() -> aiohttp.TraceConfig:
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_on_sent)
    trace.on_connection_reuseconn.append(_on_reused)
    trace.on_connection_create_end.append(_on_created)
    return trace


async def _on_sent(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
    context.trace_request_ctx.sent()


async def _on_reused(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
    context.trace_request_ctx.is_reused = True


async def _on_created(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
    context.trace_request_ctx.is_reused = False
