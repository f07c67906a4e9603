"""The river that fills the store: fetch, decode, parse, normalise, tag, decide, store.

    round ─► poll ─► fetch            an outcome, never an exception
                     refine           pure, in a worker process: bytes become entries with tags (refine.py)
                     decide           pure: each entry against what is known of it
                     store            whole or not at all: entries, source state, validators (polled.py)

One entry failing never fails its feed, one source failing never fails the round: each poll comes
to a `PollReport` with a plain sentence for the admin.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import structlog

from feedhub import clock
from feedhub.core.history import NOWHERE_ELSE, Place, recall
from feedhub.errors import FeedHubError
from feedhub.model import (
    Failed,
    Fetched,
    Outcome,
    PollReport,
    Source,
    SourceState,
    Validators,
)
from feedhub.polled import Keeping, Polled
from feedhub.refine import More, Refined
from feedhub.store import lookup
from feedhub.store.polls import HEAD

log = structlog.get_logger()
T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")

_NONE: frozenset[str] = frozenset()

NO_FEED = (
    "No feed came: {}; open the address in a browser, and correct it here if the feed has moved."
)
"""What the admin is told of a document that is no feed."""

NOT_READ = "The document was not read: {}; tell the publisher, or pause this source."
"""What the admin is told of a document that went beyond the limits of reading."""


class Fetch(Protocol):
    """What a poll needs of the client."""

    async def get(
        self, source: Source, *, validators: Validators, body_hash: str | None
    ) -> Outcome:
        """Ask once, within limits; return an outcome, never raise."""


class Writing(Protocol):
    """Where writing happens: one thread."""

    async def run(self, work: Callable[[], T], /) -> T:
        """Return what the function returns, once it ran there."""

    async def together(self, write: Callable[[Sequence[A]], Sequence[B]], one: A, /) -> B:
        """Return the answer of `write` for this one, given to it with others of its kind."""


class Refine(Protocol):
    """Makes entries of a document, somewhere."""

    async def __call__(
        self,
        fetched: Fetched,
        source: Source,
        now: datetime,
        known: frozenset[str],
        more: More = (),
        /,
    ) -> Refined:
        """Return what the document came to; raise FeedHubError where it went beyond limits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class River:
    """What the flow is made of: who fetches, who reads documents, what keeps, where it is kept."""

    fetch: Fetch
    refine: Refine
    keeping: Keeping
    writer: Writing


async def round_of(
    held: Iterable[tuple[Source, SourceState]], river: River
) -> tuple[PollReport, ...]:
    """Poll these sources, side by side as far as limits and manners allow; report on each."""
    return tuple(await asyncio.gather(*(poll(source, state, river) for source, state in held)))


async def poll(source: Source, state: SourceState, river: River) -> PollReport:
    """Poll one source once; whatever happens comes to a report, and nothing else is harmed."""
    watch = clock.stopwatch()
    try:
        report = await _poll(source, state, river)
    except Exception as error:
        report = await _broken(source, state, error, river)
    return replace(report, ms=clock.elapsed_ms(watch))


async def _broken(source: Source, state: SourceState, error: Exception, river: River) -> PollReport:
    """Report a poll that broke, and write it down: asked again later, and not at once."""
    if isinstance(error, FeedHubError):
        message = str(error)
        log.error("poll broke", source=source.slug, error=message)
    else:
        message = f"a fault of FeedHub: {error!r}"
        log.error("poll broke", source=source.slug, exc_info=error)
    failed = Failed(kind="temporary", message=message)
    try:
        return await _kept(Polled(source=source, state=state, outcome=failed), river)
    except FeedHubError as refused:
        log.error("poll not written", source=source.slug, error=str(refused))
        return PollReport(source=source.slug, outcome="failed", error=message)


async def _poll(source: Source, state: SourceState, river: River) -> PollReport:
    outcome, place = await _asked(source, state, river)
    refined = Refined()
    if isinstance(outcome, Fetched):
        refined, outcome = await _refined(outcome, source, state, river)
    report = await _kept(
        Polled(source=source, state=state, outcome=outcome, refined=refined, place=place), river
    )
    _tell(report)
    return report


async def take_pushed(
    source: Source, state: SourceState, number: int, document: Fetched, river: River
) -> PollReport:
    """Take a document that a hub pushed, `number` of the inbox, as far as it can be read."""
    refined, outcome = await _refined(document, source, state, river)
    if refined.wanted:
        refined = Refined()
    one = Polled(source=source, state=state, outcome=outcome, refined=refined)
    report = await river.writer.together(river.keeping.keep_pushed, (one, number))
    _tell(report)
    return report


async def _asked(source: Source, state: SourceState, river: River) -> tuple[Outcome, Place]:
    """Ask the source's own address; while it fails, the others in turn, with their own memory.

    Where all fail the failure of its own address is the one that counts.
    """
    last = _read_last(source, state, river)
    own = await _ask(source, source.url, state, river, is_known=last == source.url)
    if not isinstance(own, Failed):
        return own, NOWHERE_ELSE
    for url in source.fallback_urls:
        found = await _ask(source, url, state, river, is_known=last == url)
        if not isinstance(found, Failed):
            log.info("own address failed", source=source.slug, error=own.message, instead=url)
            return found, Place(fallback_url=url)
    return own, Place(missing_issuer=own.missing_issuer)


def _address(source: Source, url: str) -> str:
    """Return where a source is asked: a channel at its public preview."""
    if source.kind != "telegram":
        return url
    from feedhub.core.parse.telegram import channel_url  # the reader comes with it

    return channel_url(url)


def _at(source: Source, url: str) -> Source:
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
    return await river.fetch.get(
        _at(source, _address(source, url)),
        validators=state.validators if is_known else Validators(),
        body_hash=state.body_hash if is_known else None,
    )


async def _kept(polled: Polled, river: River) -> PollReport:
    return await river.writer.together(river.keeping.keep_all, polled)


async def _refined(
    fetched: Fetched, source: Source, state: SourceState, river: River
) -> tuple[Refined, Fetched | Failed]:
    """Refine a body; a document that cannot be read makes the poll a failed one."""
    try:
        known = (
            await river.writer.run(lambda: _stamps(source, river)) if state.first_poll_at else _NONE
        )
        now = river.keeping.now()
        refined = await river.refine(fetched, source, now, known)
        if refined.wanted:
            more = await _more(refined.wanted, source, river)
            refined = await river.refine(fetched, source, now, known, more)
    except FeedHubError as error:
        message = NOT_READ.format(error)
        return Refined(), Failed(kind="soft", message=message, status=fetched.status)
    except MemoryError:
        message = NOT_READ.format("it took too much memory")
        return Refined(), Failed(kind="soft", message=message, status=fetched.status)
    if refined.error:
        return Refined(), _no_feed(fetched, refined)
    return refined, fetched


async def _more(wanted: Sequence[str], source: Source, river: River) -> More:
    """Fetch what a document alone does not say, one after another; what fails is None."""
    found: list[tuple[str, Fetched | None]] = []
    for url in wanted:
        outcome = await river.fetch.get(_at(source, url), validators=Validators(), body_hash=None)
        found.append((url, outcome if isinstance(outcome, Fetched) else None))
    return tuple(found)


def _no_feed(fetched: Fetched, refined: Refined) -> Failed:
    return Failed(
        kind="soft",
        message=NO_FEED.format(refined.error),
        status=fetched.status,
        fault=refined.fault,
        headers=fetched.headers,
        head=fetched.body[:HEAD],
    )


def _stamps(source: Source, river: River) -> frozenset[str]:
    with river.keeping.store.read() as conn:
        return lookup.stamps(conn, source.slug)


def _tell(report: PollReport) -> None:
    facts = {"source": report.source, "outcome": report.outcome}
    if report.error:
        log.warning("poll failed", error=report.error, **facts)
    elif report.new or report.updated or report.notice:
        log.info(
            "polled", new=report.new, updated=report.updated, notice=report.notice or None, **facts
        )
    else:
        log.debug("polled", **facts)
