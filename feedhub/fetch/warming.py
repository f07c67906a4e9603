"""One poll with all that may belong to it: a warm-up for cookies before, a second try after.

warm-up      once an hour for sources that have one; a failure of it is ignored
the request  its outcome is the poll's
once more    with new cookies after a 401 or 403, or for the whole document after a difference
             that cannot be used
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from feedhub.errors import SourceError
from feedhub.fetch.address import same_origin, wire_url
from feedhub.fetch.cookies import Jar, Jars
from feedhub.fetch.delta import IM_USED
from feedhub.fetch.trip import Ask, Watch, Ways, follow
from feedhub.model import Failed, Outcome, Source, Validators

WARM_UP_BYTES = 256 * 1024
"""Bytes read of a warm-up page: only its headers matter, the rest keeps the connection usable."""

_REFUSED = frozenset({401, 403})


async def ask_once(ask: Ask, ways: Ways, jars: Jars, watch: Watch) -> Outcome:
    """Return the outcome of a poll; `watch` is that of its last request. Raises as `follow` does."""
    outcome = await _warmed(ask, ways, jars, watch)
    if _status(outcome) == IM_USED and ask.takes_delta:
        whole = replace(ask, takes_delta=False)
        outcome = await _warmed(whole, ways, jars, _anew(watch))
    return outcome


async def _warmed(ask: Ask, ways: Ways, jars: Jars, watch: Watch) -> Outcome:
    if not _has_warm_up(ask.source):
        return await follow(ask, ways, watch)
    held = jars.held(ask.source, ask.now())
    jar = held or await _warm_up(ask, ways, jars)
    outcome = await follow(replace(ask, jar=jar), ways, watch)
    if _status(outcome) not in _REFUSED:
        return outcome
    jars.forget(ask.source)
    if held is None:
        return outcome
    jar = await _warm_up(ask, ways, jars)
    outcome = await follow(replace(ask, jar=jar), ways, _anew(watch))
    if _status(outcome) in _REFUSED:
        jars.forget(ask.source)
    return outcome


async def _warm_up(ask: Ask, ways: Ways, jars: Jars) -> Jar:
    """Ask the warm-up address and keep its cookies; whatever goes wrong is ignored.

    Without any answer nothing is kept, so that the next poll tries again.
    """
    jar = Jar(ask.now())
    source = _at_warm_up(ask.source)
    with suppress(Exception):
        first = replace(
            ask,
            source=source,
            validators=Validators(),
            body_hash=None,
            max_bytes=min(ask.max_bytes, WARM_UP_BYTES),
            takes_delta=False,
            jar=jar,
            fills_jar=True,
        )
        await follow(first, ways, Watch())
    if jar.is_warm:
        jars.keep(ask.source, jar)
    return jar


def _at_warm_up(source: Source) -> Source:
    """Return the source as its warm-up is asked: its own headers go to its own origin only."""
    warm_up = source.warm_up or ""
    with suppress(SourceError):
        if same_origin(wire_url(source.url), wire_url(warm_up)):
            return replace(source, url=warm_up)
    return replace(source, url=warm_up, headers=())


def _has_warm_up(source: Source) -> bool:
    """Tell whether to warm up first: a fallback address elsewhere would get nothing of it."""
    if source.warm_up is None:
        return False
    is_elsewhere = urlsplit(source.url).hostname != urlsplit(source.warm_up).hostname
    return not (is_elsewhere and source.url in source.fallback_urls)


def _status(outcome: Outcome) -> int | None:
    return outcome.status if isinstance(outcome, Failed) else None


def _anew(watch: Watch) -> Watch:
    """Set a watch back: the second request has its own time and its own redirects."""
    watch.hops, watch.spent = 0, 0.0
    return watch
