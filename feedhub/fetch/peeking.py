"""A client that also looks at the beginning of a file, through the same guarded door."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import aiohttp
from yarl import URL

from feedhub.errors import AddressRefused, SourceError
from feedhub.fetch.address import redirected, shown, wire_url
from feedhub.fetch.answer import retry_after
from feedhub.fetch.inflate import coding_of
from feedhub.fetch.posting import PostingClient
from feedhub.fetch.reasons import of_error
from feedhub.fetch.session import Hop
from feedhub.fetch.trip import REDIRECTS, Ways
from feedhub.model import Failed, FailureKind

MOST = 65_536
"""Bytes looked at unless told otherwise."""

MAX_HOPS = 3
"""Redirects followed for one look, to other hosts too: pictures live on hosts of their own."""

_LONGEST = 2**53
"""Bytes; a file that claims more claims nothing we could publish."""

_PART = re.compile(r"\s*bytes\s+0-\d{1,18}/(\d{1,18}|\*)\s*", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Peeked:
    """The first bytes of a file, and how long the whole is; None where the server does not say."""

    head: bytes
    length: int | None = None


class PeekingClient(PostingClient):
    """The client of the sources with one more way of asking; sessions, guard and turns are shared."""

    async def peek(self, url: str, *, most: int = MOST) -> Peeked | Failed:
        """Read the first `most` bytes of a file.

        Nothing of any source is sent along: neither cookies nor headers. A server that ignores the
        range is read no further either. Whatever the network or the server does comes back as a
        value; only cancellation is raised. The wait for a host's turn is not counted in its time.
        """
        if self._ways is None:
            raise RuntimeError("The client is not open; use it in `async with`.")
        host = ""
        try:
            target = wire_url(url)
            for _ in range(MAX_HOPS + 1):
                host = target.raw_host or ""
                answer = await self._looked(target, most, self._ways)
                if not isinstance(answer, URL):
                    return answer
                target = answer
            raise SourceError(f"The server redirects more than {MAX_HOPS} times.")
        except aiohttp.ClientConnectorCertificateError:
            return Failed(kind="hard", message=f"The certificate of {shown(host)} is not trusted.")
        except Exception as error:
            return of_error(error, shown(host), self._settings.timeout)

    async def _looked(self, url: URL, most: int, ways: Ways) -> Peeked | Failed | URL:
        host, port = url.raw_host or "", url.port or 0
        refusal = ways.guard.refusal(host, port) or ways.guard.port_refusal(host, port, None)
        if refusal:
            raise AddressRefused(refusal)
        proxy, limits = self._settings.proxy, self._settings.timeout
        session = ways.proxied if proxy else ways.direct
        is_tls = url.scheme == "https" or (proxy or "").startswith("https:")
        async with ways.pacing.turn(host) as sent, asyncio.timeout(limits.total):
            hop = Hop(sent)
            async with session.get(
                url,
                headers=_headers(most),
                allow_redirects=False,
                proxy=proxy,
                ssl=ways.trust.context(None) if is_tls else True,
                timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect),
                middlewares=(hop,),
                trace_request_ctx=hop,
            ) as response:
                return await self._beginning(url, response, most)

    async def _beginning(
        self, url: URL, response: aiohttp.ClientResponse, most: int
    ) -> Peeked | Failed | URL:
        status = response.status
        if status in REDIRECTS:
            response.close()
            return redirected(url, response.headers.get("location", ""))
        if status not in {200, 206}:
            return self._refused(response)
        if coding_of(response.headers.getall("content-encoding", ())) != "identity":
            raise SourceError("The file came compressed, though it was asked for as it is.")
        length = _whole(response)
        head = await _first(response, most)
        if status == 200 and length is None and response.content.at_eof():
            length = _believed(len(head))
        return Peeked(head=head, length=length)

    def _refused(self, response: aiohttp.ClientResponse) -> Failed:
        status = response.status
        kind: FailureKind = "temporary" if status == 429 or status >= 500 else "hard"
        return Failed(
            kind=kind,
            message=f"The server answered {status}.",
            status=status,
            retry_after=retry_after(response.headers, self._now()),
        )


def _headers(most: int) -> dict[str, str]:
    return {
        "Accept": "image/*, */*;q=0.1",
        "Accept-Encoding": "identity",
        "Range": f"bytes=0-{most - 1}",
    }


def _whole(response: aiohttp.ClientResponse) -> int | None:
    """Return how long the file is; raise SourceError for a part that is not its beginning."""
    if response.status == 200:
        return _believed(response.content_length)
    part = _PART.fullmatch(response.headers.get("content-range", ""))
    if part is None:
        raise SourceError("The server sent another part of the file than its beginning.")
    return None if part[1] == "*" else _believed(int(part[1]))


def _believed(length: int | None) -> int | None:
    return length if length and 0 < length < _LONGEST else None


async def _first(response: aiohttp.ClientResponse, most: int) -> bytes:
    """Read up to `most` bytes; what the server still sends is not taken from it."""
    head = bytearray()
    while len(head) < most:
        piece = await response.content.read(most - len(head))
        if not piece:
            return bytes(head)
        head += piece
    response.close()
    return bytes(head)
