"""One poll's way to its answer: hop after hop, each checked, each in its turn."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from feedhub.errors import AddressRefused
from feedhub.fetch.address import redirected, same_origin, shown, wire_url
from feedhub.fetch.answer import conditions
from feedhub.fetch.guard import Guard
from feedhub.fetch.handshake import sent_chain
from feedhub.fetch.pacing import Pacing
from feedhub.fetch.reading import outcome_of
from feedhub.fetch.reasons import RedirectLoop, Untrusted
from feedhub.fetch.session import Hop
from feedhub.fetch.tls import Certificate, Trust, untrusted
from feedhub.model import Outcome, Source, Timeout, Validators

MAX_HOPS = 5
"""Redirects followed for one poll."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})

DIAGNOSIS = 5.0
"""Seconds to find out why a certificate was not believed."""

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.3"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """What all polls share: the sessions, names, the guard, the trust and the turns."""

    direct: aiohttp.ClientSession
    proxied: aiohttp.ClientSession
    resolver: AbstractResolver
    guard: Guard
    trust: Trust
    pacing: Pacing


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What one poll is about, the same on all its hops. `max_bytes` counts inflated bytes."""

    source: Source
    validators: Validators
    body_hash: str | None
    timeout: Timeout
    max_bytes: int
    proxy: str | None
    now: Callable[[], datetime]


@dataclass(slots=True)
class Watch:
    """How far a poll has come: the host being asked, after how many hops, in how many seconds."""

    host: str = ""
    hops: int = 0
    spent: float = 0.0


@dataclass(frozen=True, slots=True)
class _Step:
    """One hop: where to, what the outcome calls that place, and the source's own headers."""

    url: URL
    place: str
    own_headers: tuple[tuple[str, str], ...]


async def follow(ask: Ask, ways: Ways, watch: Watch) -> Outcome:
    """Ask the source and go where it redirects, at most five times; raises what goes wrong."""
    url = wire_url(ask.source.url)
    step, configured, seen = _Step(url, ask.source.url, ask.source.headers), url.port, {str(url)}
    for _ in range(MAX_HOPS + 1):
        watch.host = step.url.raw_host or ""
        _check(step.url, ways.guard, configured)
        answer = await _hop(step, ask, ways, watch)
        if not isinstance(answer, URL):
            return answer
        if str(answer) in seen:
            raise RedirectLoop(
                "The server redirects in a circle (perhaps it wants cookies); find the feed's "
                "final address."
            )
        seen.add(str(answer))
        step = _next(step, answer)
        watch.hops += 1
    raise RedirectLoop(
        f"The server redirects more than {MAX_HOPS} times; find the feed's final address."
    )


def _next(step: _Step, url: URL) -> _Step:
    """Go on to `url`; the source's own headers may hold secrets and stay with its origin."""
    own_headers = step.own_headers if same_origin(step.url, url) else ()
    return _Step(url, str(url), own_headers)


def _check(url: URL, guard: Guard, configured: int | None) -> None:
    host, port = url.raw_host or "", url.port or 0
    refusal = guard.refusal(host, port) or guard.port_refusal(host, port, configured)
    if refusal:
        raise AddressRefused(refusal)


async def _hop(step: _Step, ask: Ask, ways: Ways, watch: Watch) -> Outcome | URL:
    """Send one request in its host's turn; return its outcome, or where it redirects to."""
    clock = asyncio.get_running_loop().time
    async with ways.pacing.turn(watch.host) as sent:
        started = clock()
        try:
            async with asyncio.timeout(ask.timeout.total - watch.spent):
                return await _exchange(step, ask, ways, Hop(sent))
        except aiohttp.ClientConnectorCertificateError as error:
            chain = await _chain(step.url, ask, ways)
            raise Untrusted(_reason(error, chain, watch.host)) from error
        finally:
            watch.spent += clock() - started


async def _exchange(step: _Step, ask: Ask, ways: Ways, hop: Hop) -> Outcome | URL:
    session = ways.proxied if ask.proxy else ways.direct
    async with session.get(
        step.url,
        headers=_headers(step, ask),
        allow_redirects=False,
        proxy=ask.proxy,
        ssl=_tls(step, ask, ways),
        timeout=_limits(ask.timeout),
        middlewares=(hop,),
        trace_request_ctx=hop,
    ) as response:
        if response.status in REDIRECTS:
            response.close()
            return _place(step.url, response.headers.get("location", ""))
        return await outcome_of(
            response,
            url=step.place,
            validators=ask.validators,
            body_hash=ask.body_hash,
            max_bytes=ask.max_bytes,
            now=ask.now(),
        )


def _place(url: URL, location: str) -> URL:
    try:
        return redirected(url, location)
    except AddressRefused as error:
        raise AddressRefused(f"The server redirects where we do not go: {error}") from error


def _headers(step: _Step, ask: Ask) -> list[tuple[str, str]]:
    """Return the request's headers: ours, then the source's own, then those nobody may change."""
    fields = [
        ("Accept", ACCEPT),
        *step.own_headers,
        ("Accept-Encoding", "gzip, deflate"),
        *conditions(ask.validators).items(),
    ]
    return list({name.lower(): (name, value) for name, value in fields}.values())


def _tls(step: _Step, ask: Ask, ways: Ways) -> ssl.SSLContext | bool:
    """Return the source's TLS context where the hop needs one; True is aiohttp's verifying default."""
    is_needed = step.url.scheme == "https" or (ask.proxy or "").startswith("https:")
    return ways.trust.context(ask.source.ca_bundle) if is_needed else True


def _limits(timeout: Timeout) -> aiohttp.ClientTimeout:
    """Return aiohttp's limits; the total is ours to count, half of it may pass in silence."""
    return aiohttp.ClientTimeout(total=None, connect=timeout.connect, sock_read=timeout.total / 2)


async def _chain(url: URL, ask: Ask, ways: Ways) -> tuple[Certificate, ...]:
    """Fetch the certificates that were not believed; through a proxy they are not looked at."""
    if ask.proxy or not url.raw_host or not url.port:
        return ()
    try:
        async with asyncio.timeout(DIAGNOSIS):
            return await sent_chain(
                url.raw_host, url.port, resolver=ways.resolver, guard=ways.guard
            )
    except TimeoutError:
        return ()


def _reason(
    error: aiohttp.ClientConnectorCertificateError, chain: tuple[Certificate, ...], host: str
) -> str:
    cause = error.certificate_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return untrusted(cause, chain, shown(host))
    return f"The certificate of {shown(host)} cannot be checked; tell the publisher."
