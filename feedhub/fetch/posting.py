"""A client that also posts a form: what a subscriber sends to a hub, through the same guarded door."""

from __future__ import annotations

import asyncio

import aiohttp
from yarl import URL

from feedhub.errors import AddressRefused, SourceError
from feedhub.fetch.address import redirected, shown, wire_url
from feedhub.fetch.answer import retry_after
from feedhub.fetch.client import Client
from feedhub.fetch.reasons import of_error
from feedhub.fetch.session import Hop
from feedhub.fetch.trip import Ways
from feedhub.model import Failed, FailureKind

MAX_HOPS = 3
"""Redirects followed for one request."""

REDIRECTS = frozenset({301, 302, 307, 308})
"""Those after which the same form is posted again; a 303 would make a GET of it."""

SAID = 512
"""Bytes read of an answer: hubs say there in plain text what they do not like."""

FORM = "application/x-www-form-urlencoded"


class PostingClient(Client):
    """The client of the sources with one more way of asking; sessions, guard and turns are shared."""

    async def post(self, url: str, form: bytes) -> Failed | None:
        """Post a form once; return None when the answer is a 2xx, else what went wrong.

        Redirects are followed on the same host only. Whatever the network or the server does
        comes back as a value; only cancellation is raised.
        """
        if self._ways is None:
            raise RuntimeError("The client is not open; use it in `async with`.")
        host = ""
        try:
            target = wire_url(url)
            host = target.raw_host or ""
            async with asyncio.timeout(self._settings.timeout.total * (MAX_HOPS + 1)):
                return await self._sent(target, form, self._ways)
        except aiohttp.ClientConnectorCertificateError:
            message = f"The certificate of {shown(host)} is not trusted."
            return Failed(kind="hard", message=message, fault="certificate")
        except Exception as error:
            return of_error(error, shown(host), self._settings.timeout)

    async def _sent(self, url: URL, form: bytes, ways: Ways) -> Failed | None:
        first = url.raw_host
        for _ in range(MAX_HOPS + 1):
            answer = await self._posted(url, form, ways)
            if not isinstance(answer, URL):
                return answer
            if answer.raw_host != first or (url.scheme == "https" != answer.scheme):
                raise SourceError("The hub redirects to another host, which is not followed.")
            url = answer
        raise SourceError(f"The hub redirects more than {MAX_HOPS} times.")

    async def _posted(self, url: URL, form: bytes, ways: Ways) -> Failed | URL | None:
        host, port = url.raw_host or "", url.port or 0
        refusal = ways.guard.refusal(host, port) or ways.guard.port_refusal(host, port, None)
        if refusal:
            raise AddressRefused(refusal)
        proxy = self._settings.proxy
        session = ways.proxied if proxy else ways.direct
        is_tls = url.scheme == "https" or (proxy or "").startswith("https:")
        limits = self._settings.timeout
        async with ways.pacing.turn(host) as sent, asyncio.timeout(limits.total):
            hop = Hop(sent)
            async with session.post(
                url,
                data=form,
                headers={"Content-Type": FORM, "Accept-Encoding": "identity"},
                allow_redirects=False,
                proxy=proxy,
                ssl=ways.trust.context(None) if is_tls else True,
                timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect),
                middlewares=(hop,),
                trace_request_ctx=hop,
            ) as response:
                return await self._outcome(url, response)

    async def _outcome(self, url: URL, response: aiohttp.ClientResponse) -> Failed | URL | None:
        status = response.status
        if 200 <= status < 300:
            return None
        if status in REDIRECTS:
            return redirected(url, response.headers.get("location", ""))
        said = await response.content.read(SAID)
        kind: FailureKind = "temporary" if status == 429 or status >= 500 else "hard"
        return Failed(
            kind=kind,
            message=_message(status, said),
            status=status,
            retry_after=retry_after(response.headers, self._now()),
        )


def _message(status: int, said: bytes) -> str:
    words = " ".join(shown(said.decode("utf-8", "replace"), 200).replace("?", " ").split())
    return f"The hub answered {status}: {words}" if words else f"The hub answered {status}."
