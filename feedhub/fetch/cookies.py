"""Cookies of warm-up requests: one jar for each source that asks for one, in memory, for an hour.

Nobody else sends or keeps cookies. Their values appear in requests only: no message, log or
kept header holds them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http.cookies import CookieError, Morsel, SimpleCookie
from typing import TYPE_CHECKING

from aiohttp import CookieJar
from yarl import URL

from feedhub.fetch.moves import registrable
from feedhub.model import Source

if TYPE_CHECKING:
    from aiohttp import ClientResponse

KEPT_FOR = timedelta(hours=1)
"""How long cookies are used before the warm-up address is asked again."""

MAX_COOKIES = 50
"""Cookies kept for one source."""

MAX_HEADER = 8192
"""Bytes of cookies sent with one request; more are left out, since servers refuse them."""


class Jar:
    """The cookies of one source; `is_warm` once the warm-up address has answered.

    To be made where a loop runs.
    """

    def __init__(self, now: datetime) -> None:
        self.since = now
        self.is_warm = False
        # unsafe: an address of digits gets its own cookies back too
        self._kept = CookieJar(unsafe=True, quote_cookie=False)

    def take(self, url: URL, response: ClientResponse) -> None:
        """Keep what an answer from `url` sets, for hosts that may be told it."""
        host = url.raw_host or ""
        fit = SimpleCookie()
        for name, morsel in list(response.cookies.items())[: MAX_COOKIES - len(self._kept)]:
            if "1970" in morsel["expires"]:  # the jar takes the very first second for no date
                morsel["max-age"] = "0"
            if _is_own(morsel["domain"], host) and _is_literal(morsel):
                dict.__setitem__(fit, name, morsel)  # its own way would quote the value anew
        self._kept.update_cookies(fit, _bare(url))

    def header(self, url: URL) -> str:
        """Return the Cookie header for a request to `url`; empty when there is nothing to say."""
        pairs: list[str] = []
        room = MAX_HEADER
        for name, morsel in self._kept.filter_cookies(_bare(url)).items():
            pair = f"{name}={morsel.coded_value}"
            if len(pair) + 2 <= room:
                room -= len(pair) + 2
                pairs.append(pair)
        return "; ".join(pairs)


class Jars:
    """The jars by source. A changed warm-up address begins a new one."""

    def __init__(self) -> None:
        self._jars: dict[str, tuple[str | None, Jar]] = {}

    def __len__(self) -> int:
        """Count the jars kept."""
        return len(self._jars)

    def held(self, source: Source, now: datetime) -> Jar | None:
        """Return the jar of a source while it is good, and forget all that are not any more."""
        old = [slug for slug, (_, jar) in self._jars.items() if now - jar.since >= KEPT_FOR]
        for slug in old:
            del self._jars[slug]
        address, jar = self._jars.get(source.slug, (None, None))
        return jar if address == source.warm_up else None

    def keep(self, source: Source, jar: Jar) -> None:
        """Keep a jar for its source."""
        self._jars[source.slug] = (source.warm_up, jar)

    def forget(self, source: Source) -> None:
        """Let go of a source's jar."""
        self._jars.pop(source.slug, None)


def _bare(url: URL) -> URL:
    """Return the address without its query, which stands in the path of ours (`wire_url`)."""
    path = url.raw_path.partition("?")[0]
    return URL.build(scheme=url.scheme, authority=url.raw_authority, path=path, encoded=True)


def _is_own(domain: str, host: str) -> bool:
    """Tell whether a cookie for `domain` stays with the owner of `host`: never for all of gov.ru."""
    asked, own = domain.strip(".").lower(), registrable(host)
    return not asked or asked == own or asked.endswith(f".{own}")


def _is_literal(morsel: Morsel[str]) -> bool:
    """Make a cookie stand for its value as it was written, quotes included, if it can be sent."""
    written = morsel.coded_value
    if not (written.isascii() and written.isprintable() and len(written) <= MAX_HEADER):
        return False
    try:
        if morsel.value != written:
            morsel.set(morsel.key, written, written)
    except CookieError:
        return False
    return True
