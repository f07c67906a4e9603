"""Where a poll asks: the source's own address, others in its place, and what a document names.

Every answer is an outcome. Validators go only to the address that gave them, and a source's own
headers only to its own host.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import structlog

from feedhub.core.history import NOWHERE_ELSE, Place, recall
from feedhub.model import Answer, Failed, Fetched, Outcome, Source, SourceState, Validators
from feedhub.refine import More, Refined
from feedhub.river import River

log = structlog.get_logger()

OLDER_PAGES = 5
"""Older pages of a feed that one poll follows when the window overflowed."""


async def asked(source: Source, state: SourceState, river: River) -> tuple[Outcome, Place]:
    """Ask the source's own address; while it fails, the others in turn, with their own memory.

    Where all fail the failure of its own address is the one that counts.
    """
    last = _read_last(source, state, river)
    own = await _ask(source, source.url, state, river, is_known=last == source.url)
    if not isinstance(own, Failed):
        return own, _moved(own)
    for url in source.fallback_urls:
        found = await _ask(source, url, state, river, is_known=last == url)
        if not isinstance(found, Failed):
            log.info("own address failed", source=source.slug, error=own.message, instead=url)
            return found, Place(fallback_url=url)
    return own, Place(missing_issuer=own.missing_issuer)


def _moved(answer: Answer) -> Place:
    """Return where the source's own address leads for good: proposed, never written by itself."""
    if answer.moved_to is None:
        return NOWHERE_ELSE
    return Place(redirect_to=answer.moved_to, is_doubtful=answer.is_doubtful)


def _address(source: Source, url: str) -> str:
    """Return where a source is asked: a channel at its public preview."""
    if source.kind != "telegram":
        return url
    from feedhub.core.parse.telegram import channel_url  # the reader comes with it

    return channel_url(url)


def at(source: Source, url: str) -> Source:
    """Return the source as it is asked at another address; another host gets none of its headers."""
    if url == source.url:
        return source
    is_same_host = urlsplit(url).netloc == urlsplit(source.url).netloc
    return replace(source, url=url, headers=source.headers if is_same_host else ())


def _read_last(source: Source, state: SourceState, river: River) -> str:
    """Return the address whose validators and body we remember."""
    if not source.fallback_urls:
        return source.url
    return recall(state.memory, now=river.keeping.now()).fallback_url or source.url


async def _ask(
    source: Source, url: str, state: SourceState, river: River, *, is_known: bool
) -> Outcome:
    is_well = state.last_success_at is not None and not state.failures
    async with nullcontext() if is_well else river.doubtful:
        return await river.fetch.get(
            at(source, _address(source, url)),
            validators=state.validators if is_known else Validators(),
            body_hash=state.body_hash if is_known else None,
        )


async def with_older_pages(
    refined: Refined, url: str, source: Source, known: frozenset[str], river: River
) -> Refined:
    """Follow a document whose window overflowed to its older pages or archives (RFC 5005).

    Until one holds an entry that is known, and only on the host of the first.
    """
    asked, links = {url}, refined.links
    for _ in range(OLDER_PAGES):
        older = _older(links, url)
        if older is None or older in asked or urlsplit(older).netloc != urlsplit(url).netloc:
            break
        asked.add(older)
        found = await river.fetch.get(at(source, older), validators=Validators(), body_hash=None)
        if not isinstance(found, Fetched):
            break
        page = await river.refine(found, source, river.keeping.now(), known)
        here = {entry.identity for entry in refined.entries}
        fresh = tuple(entry for entry in page.entries if entry.identity not in here)
        refined = replace(
            refined,
            entries=(*refined.entries, *fresh),
            seen=(*refined.seen, *page.seen),
            count=refined.count + page.count,
        )
        if page.seen or not fresh:
            break
        links = page.links
    return refined


def _older(links: Sequence[tuple[str, str]], url: str) -> str | None:
    named = dict(reversed(links))
    href = named.get("prev-archive") or named.get("next")
    return urljoin(url, href) if href else None


async def more_of(wanted: Sequence[str], source: Source, river: River) -> More:
    """Fetch what a document alone does not say, one after another; what fails is None."""
    found: list[tuple[str, Fetched | None]] = []
    for url in wanted:
        outcome = await river.fetch.get(at(source, url), validators=Validators(), body_hash=None)
        found.append((url, outcome if isinstance(outcome, Fetched) else None))
    return tuple(found)
