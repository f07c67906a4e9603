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
from collections.abc import Iterable
from dataclasses import replace

import structlog

from feedhub import clock
from feedhub.asking import asked, more_of, with_older_pages
from feedhub.errors import FeedHubError
from feedhub.model import Failed, Fetched, PollReport, Source, SourceState
from feedhub.polled import Polled
from feedhub.refine import Refined
from feedhub.river import River
from feedhub.store import lookup
from feedhub.store.polls import HEAD

log = structlog.get_logger()

_NONE: frozenset[str] = frozenset()

NO_FEED = (
    "No feed came: {}; open the address in a browser, and correct it here if the feed has moved."
)
"""What the admin is told of a document that is no feed."""

NOT_READ = "The document was not read: {}; tell the publisher, or pause this source."
"""What the admin is told of a document that went beyond the limits of reading."""


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
    outcome, place = await asked(source, state, river)
    refined = Refined()
    if isinstance(outcome, Fetched):
        refined, outcome = await _refined(outcome, source, state, river)
    one = Polled(
        source=source,
        state=state,
        outcome=outcome,
        refined=refined,
        place=place,
        is_partial=isinstance(outcome, Fetched) and outcome.is_partial,
    )
    report = await _kept(one, river)
    _tell(report)
    return report


async def take_pushed(
    source: Source, state: SourceState, number: int, document: Fetched, river: River
) -> PollReport:
    """Take a document that a hub pushed, `number` of the inbox, as far as it can be read."""
    refined, outcome = await _refined(replace(document, is_partial=True), source, state, river)
    if refined.wanted:
        refined = Refined()
    one = Polled(source=source, state=state, outcome=outcome, refined=refined, is_partial=True)
    report = await river.writer.together(river.keeping.keep_pushed, (one, number))
    _tell(report)
    return report


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
            more = await more_of(refined.wanted, source, river)
            refined = await river.refine(fetched, source, now, known, more)
        if known and refined.entries and not refined.seen and not fetched.is_partial:
            refined = await with_older_pages(refined, fetched.url, source, known, river)
    except FeedHubError as error:
        message = NOT_READ.format(error)
        return Refined(), Failed(kind="soft", message=message, status=fetched.status)
    except MemoryError:
        message = NOT_READ.format("it took too much memory")
        return Refined(), Failed(kind="soft", message=message, status=fetched.status)
    if refined.error:
        return Refined(), _no_feed(fetched, refined)
    return refined, fetched


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
