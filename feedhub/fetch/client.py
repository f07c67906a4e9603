"""The client: one conditional GET of one source, within limits, as a value and never an error."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from aiohttp.abc import AbstractResolver

from feedhub.errors import SourceError
from feedhub.fetch.address import shown
from feedhub.fetch.cookies import Jars
from feedhub.fetch.guard import Guard
from feedhub.fetch.pacing import Pacing, Room, any_room
from feedhub.fetch.reasons import of_error
from feedhub.fetch.resolver import NameResolver
from feedhub.fetch.session import direct_session, proxied_session
from feedhub.fetch.tls import Trust
from feedhub.fetch.trip import Ask, Watch, Ways
from feedhub.fetch.warming import ask_once
from feedhub.model import Failed, FetchSettings, Outcome, Source, Validators


class Client:
    """The door to the sources: an async context manager, one per process.

    `now` dates a Retry-After of a server that does not tell its own time. `resolver` is an
    aiohttp resolver in place of the system's; whoever passes one closes it. No request begins
    before `room` returns, so that bodies do not pile up before whoever reads them. Raises ValueError
    for an item of `allow_private` that names no address.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        now: Callable[[], datetime],
        resolver: AbstractResolver | None = None,
        room: Room = any_room,
    ) -> None:
        self._room = room
        self._settings = settings
        self._now = now
        self._resolver = resolver
        self._guard = Guard(settings.allow_private)
        self._trust = Trust(settings.ca_bundle)
        self._closing = AsyncExitStack()
        self._ways: Ways | None = None
        self._jars = Jars()

    async def __aenter__(self) -> Self:
        """Open both sessions; connections and threads come when they are needed."""
        settings, resolver = self._settings, self._resolver
        if resolver is None:
            resolver = NameResolver(settings.concurrency)
            self._closing.push_async_callback(resolver.close)
        direct = direct_session(settings.user_agent, self._guard, resolver)
        proxied = proxied_session(settings.user_agent, resolver)
        self._ways = Ways(
            direct=await self._closing.enter_async_context(direct),
            proxied=await self._closing.enter_async_context(proxied),
            resolver=resolver,
            guard=self._guard,
            trust=self._trust,
            pacing=Pacing(
                concurrency=settings.concurrency,
                per_host=settings.per_host,
                gap=settings.gap,
                room=self._room,
            ),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        self._ways = None
        await self._closing.aclose()

    async def get(
        self,
        source: Source,
        *,
        validators: Validators = Validators(),
        body_hash: str | None = None,
    ) -> Outcome:
        """Ask a source once, unless nothing changed since `validators` and `body_hash`.

        Whatever the network or the server does comes back as an outcome; only cancellation is
        raised. Neither `ms` nor the total timeout counts the wait for the host's turn, nor a
        warm-up. Nothing is ever said of cookies in the outcome.
        """
        if self._ways is None:
            raise RuntimeError("The client is not open; use it in `async with`.")
        watch, timeout = Watch(), source.timeout or self._settings.timeout
        try:
            ask = Ask(
                source=source,
                validators=validators,
                body_hash=body_hash,
                timeout=timeout,
                max_bytes=self._settings.max_bytes,
                proxy=_usable(source.proxy or self._settings.proxy),
                now=self._now,
                takes_delta=source.kind == "feed" and bool(validators.etag),
            )
            outcome = await ask_once(ask, self._ways, self._jars, watch)
        except Exception as error:
            outcome = of_error(error, shown(watch.host), timeout)
        return _told(outcome, watch)


def _told(outcome: Outcome, watch: Watch) -> Outcome:
    """Add the time it took, and to a failure the place it happened, when not the one configured."""
    ms = round(watch.spent * 1000)
    if isinstance(outcome, Failed) and watch.hops:
        place = f"After a redirect to {shown(watch.host)}: "
        return replace(outcome, ms=ms, message=place + outcome.message)
    return replace(outcome, ms=ms)


def _usable(proxy: str | None) -> str | None:
    if proxy and not proxy.startswith(("http://", "https://")):
        raise SourceError("Only proxies that start with http:// or https:// work; check `proxy`.")
    return proxy
