"""One poll's way to its answer: hop after hop, each checked, each in its turn."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from feedhub.errors import AddressRefused
from feedhub.fetch.address import redirected, same_origin, shown, wire_url
from feedhub.fetch.answer import conditions
from feedhub.fetch.cookies import Jar
from feedhub.fetch.delta import delta_headers
from feedhub.fetch.guard import Guard
from feedhub.fetch.handshake import sent_chain
from feedhub.fetch.moves import is_doubtful
from feedhub.fetch.pacing import Pacing
from feedhub.fetch.reading import outcome_of
from feedhub.fetch.reasons import RedirectLoop, Untrusted
from feedhub.fetch.session import Hop
from feedhub.fetch.tls import Certificate, Trust, issuer_lacking, untrusted
from feedhub.model import Failed, Outcome, Source, Timeout, Validators

MAX_HOPS = 5
"""Redirects followed for one poll."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_GOOD = frozenset({301, 308})

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
    """What one poll is about, the same on all its hops. `max_bytes` counts inflated bytes.

    `takes_delta`: only what is new may be sent (RFC 3229). `jar` holds the cookies of a source
    that has a warm-up; only the warm-up itself fills it.
    """

    source: Source
    validators: Validators
    body_hash: str | None
    timeout: Timeout
    max_bytes: int
    proxy: str | None
    now: Callable[[], datetime]
    takes_delta: bool = False
    jar: Jar | None = None
    fills_jar: bool = False


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


@dataclass(frozen=True, slots=True)
class _Onward:
    """Where a hop redirects to, and whether for good."""

    url: URL
    is_for_good: bool


async def follow(ask: Ask, ways: Ways, watch: Watch) -> Outcome:
    """Ask the source and go where it redirects, at most five times; raises what goes wrong."""
    url = wire_url(ask.source.url)
    step, configured, seen = _Step(url, ask.source.url, ask.source.headers), url.port, {str(url)}
    is_for_good = True
    for _ in range(MAX_HOPS + 1):
        watch.host = step.url.raw_host or ""
        _check(step.url, ways.guard, configured)
        answer = await _hop(step, ask, ways, watch)
        if not isinstance(answer, _Onward):
            return _moved(answer, url, step.url) if watch.hops and is_for_good else answer
        is_for_good = is_for_good and answer.is_for_good
        if str(answer.url) in seen:
            raise RedirectLoop(
                "The server redirects in a circle (perhaps it wants cookies); find the feed's "
                "final address."
            )
        seen.add(str(answer.url))
        step = _next(step, answer.url)
        watch.hops += 1
    raise RedirectLoop(
        f"The server redirects more than {MAX_HOPS} times; find the feed's final address."
    )


def _moved(answer: Outcome, old: URL, new: URL) -> Outcome:
    """Say of a good answer where its address has moved; the next poll asks the old one again."""
    if isinstance(answer, Failed):
        return answer
    place = str(new)
    return replace(answer, moved_to=place, is_doubtful=is_doubtful(str(old), place))


def _next(step: _Step, url: URL) -> _Step:
    """Go on to `url`; the source's own headers may hold secrets and stay with its origin."""
    own_headers = step.own_headers if same_origin(step.url, url) else ()
    return _Step(url, str(url), own_headers)


def _check(url: URL, guard: Guard, configured: int | None) -> None:
    host, port = url.raw_host or "", url.port or 0
    refusal = guard.refusal(host, port) or guard.port_refusal(host, port, configured)
    if refusal:
        raise AddressRefused(refusal)


async def _hop(step: _Step, ask: Ask, ways: Ways, watch: Watch) -> Outcome | _Onward:
    """Send one request in its host's turn; return its outcome, or where it redirects to."""
    clock = asyncio.get_running_loop().time
    async with ways.pacing.turn(watch.host) as sent:
        started = clock()
        try:
            async with asyncio.timeout(ask.timeout.total - watch.spent) as limit:
                return await _exchange(step, ask, ways, Hop(sent), limit)
        except aiohttp.ClientConnectorCertificateError as error:
            chain = await _chain(step.url, ask, ways)
            raise _untrusted(error, chain, watch.host) from error
        finally:
            watch.spent += clock() - started


async def _exchange(
    step: _Step, ask: Ask, ways: Ways, hop: Hop, limit: asyncio.Timeout
) -> Outcome | _Onward:
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
        is_redirect = response.status in REDIRECTS
        if ask.jar is not None and ask.fills_jar:
            ask.jar.take(step.url, response)
            ask.jar.is_warm = not is_redirect
        if is_redirect:
            response.close()
            place = _place(step.url, response.headers.get("location", ""))
            return _Onward(place, response.status in FOR_GOOD)
        return await outcome_of(
            response,
            url=step.place,
            validators=ask.validators,
            body_hash=ask.body_hash,
            max_bytes=ask.max_bytes,
            now=ask.now(),
            patience=_left(limit) / 2,
            takes_delta=ask.takes_delta,
        )


def _left(limit: asyncio.Timeout) -> float:
    """Return the seconds until a limit strikes."""
    return (limit.when() or 0.0) - asyncio.get_running_loop().time()


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
    if ask.takes_delta:
        fields += delta_headers(ask.validators).items()
    if ask.jar is not None:
        fields += _cookies(step, ask.jar)
    return list({name.lower(): (name, value) for name, value in fields}.values())


def _cookies(step: _Step, jar: Jar) -> list[tuple[str, str]]:
    """Return the Cookie header of a hop, with those that stand in the source's own headers."""
    own = [value for name, value in step.own_headers if name.lower() == "cookie"]
    said = [value for value in (*own[-1:], jar.header(step.url)) if value]
    return [("Cookie", "; ".join(said))] if said else []


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


def _untrusted(
    error: aiohttp.ClientConnectorCertificateError, chain: tuple[Certificate, ...], host: str
) -> Untrusted:
    cause = error.certificate_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Untrusted(untrusted(cause, chain, shown(host)), issuer_lacking(cause, chain))
    return Untrusted(f"The certificate of {shown(host)} cannot be checked; tell the publisher.")
