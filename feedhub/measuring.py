"""The flow that measures lead pictures: type, size and length that their sources do not say.

The beginning of each picture is read through the guarded door, a few hosts at a time and one
picture after another at each, so that polls of the same hosts wait for one picture at most.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import structlog

from feedhub.fetch.peeking import Peeked
from feedhub.model import Failed, Settings
from feedhub.pictures import facts_of
from feedhub.store import Store, images
from feedhub.store.images import Lacking, Learned, Looked
from feedhub.writer import Writer

log = structlog.get_logger()

Peek = Callable[[str], Awaitable[Peeked | Failed]]

AT_ONCE = 20
"""Pictures looked at in one go, each once, however many entries it leads."""

PER_HOST = 5
"""Of these at one host, so that a slow one does not take up the whole go."""

HOSTS = 4
"""Hosts asked at a time: a small part of all requests in flight, and smaller where few may be."""


async def measure_due(
    store: Store, settings: Settings, peek: Peek, *, now: datetime, writer: Writer
) -> int:
    """Look at pictures of new entries; return of how many entries more is known now.

    A picture already looked at for another entry is not asked for again. Failures are only
    remembered: each picture is tried twice at most.
    """
    looked = await asyncio.to_thread(_look, store, now)
    chosen = _chosen(looked, settings.site.base_url)
    if not chosen:
        return 0
    taken = await writer.run(lambda: _begin(store, chosen, now))
    pictures: dict[str, list[Lacking]] = {}
    for one in taken:
        pictures.setdefault(one.url, []).append(one)
    known = {url: looked.known[url] for url in pictures if url in looked.known}
    known |= await _asked([url for url in pictures if url not in known], settings, peek)
    learned = [(one, facts) for url, facts in known.items() for one in pictures[url]]
    return await writer.run(lambda: _learn(store, learned, now)) if learned else 0


def _look(store: Store, now: datetime) -> Looked:
    with store.read() as conn:
        return images.look(conn, now=now)


def _begin(store: Store, chosen: Sequence[Lacking], now: datetime) -> tuple[Lacking, ...]:
    with store.write() as conn:
        return images.begin(conn, chosen, now=now)


def _learn(store: Store, learned: Sequence[tuple[Lacking, Learned]], now: datetime) -> int:
    with store.write() as conn:
        return images.learn(conn, learned, now=now)


def _chosen(looked: Looked, base_url: str) -> list[Lacking]:
    """Return the entries whose pictures are looked at now, newest first; ours need no look."""
    urls: set[str] = set()
    by_host: Counter[str] = Counter()
    chosen: list[Lacking] = []
    for one in looked.lacking:
        if one.url.startswith(f"{base_url}/media/"):
            continue
        if one.url not in urls and one.url not in looked.known:
            host = _host(one.url)
            if len(urls) == AT_ONCE or by_host[host] == PER_HOST:
                continue
            urls.add(one.url)
            by_host[host] += 1
        chosen.append(one)
    return chosen


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


async def _asked(urls: Sequence[str], settings: Settings, peek: Peek) -> dict[str, Learned]:
    """Ask for these pictures, one after another at each host; return what those said that answered."""
    by_host: dict[str, list[str]] = {}
    for url in urls:
        by_host.setdefault(_host(url), []).append(url)
    room = asyncio.Semaphore(max(1, min(HOSTS, settings.fetch.concurrency // 8)))
    found: dict[str, Learned] = {}

    async def ask(of_host: Sequence[str]) -> None:
        async with room:
            for url in of_host:
                if (learned := await _measured(url, peek)) is not None:
                    found[url] = learned

    await asyncio.gather(*map(ask, by_host.values()))
    return found


async def _measured(url: str, peek: Peek) -> Learned | None:
    """Return what a picture's beginning says; nothing at all for an answer that is no picture."""
    try:
        answer = await peek(url)
    except RuntimeError:  # a changed configuration closed the client behind us
        return None
    if isinstance(answer, Failed):
        log.debug("picture not read", url=url, reason=answer.message)
        return None
    facts = facts_of(answer.head)
    if facts is None:
        log.debug("picture not read", url=url, reason="It is no picture we know.")
        return Learned()
    return Learned(type=facts.type, width=facts.width, height=facts.height, length=answer.length)
