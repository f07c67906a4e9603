"""The river that fills the store: fetch, decode, parse, normalise, tag, decide, store.

    round ─► poll ─► fetch            an outcome, never an exception
                     refine           pure, in a worker process: bytes become entries with tags (refine.py)
                     decide           pure: each entry against what is known of it
                     store            one transaction: entries, source state, validators together

One entry failing never fails its feed, one source failing never fails the round: each poll comes
to a `PollReport` with a plain sentence for the admin.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from feedhub import clock
from feedhub.core import cadence
from feedhub.errors import FeedHubError
from feedhub.keep import keep
from feedhub.model import (
    Change,
    Failed,
    Fetched,
    Insert,
    NotModified,
    Outcome,
    PollOutcome,
    PollReport,
    Skip,
    Source,
    SourceState,
    Unchanged,
    Update,
    Validators,
    Withdraw,
)
from feedhub.refine import Refined
from feedhub.store import Connection, Store, entries, facts, sources

log = structlog.get_logger()
T = TypeVar("T")

NOTICE_LIMIT = 500
"""Characters kept of what is remarkable about a source's document."""

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


class InStore(Protocol):
    """Runs a function where writing happens."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Return what the function returns, once it ran."""


Refine = Callable[[Fetched, Source, datetime, frozenset[str]], Awaitable[Refined]]


@dataclass(frozen=True, kw_only=True, slots=True)
class River:
    """What the flow is made of. `in_store` runs a function where writing happens: one thread.

    `tag_state` names the state of everything that gives tags, as `refine` uses it; when another
    one is in force by the time of storing, `fall_behind` is told after which number to tag anew.
    """

    fetch: Fetch
    refine: Refine
    store: Store
    base_url: str
    tag_state: str = ""
    fall_behind: Callable[[Connection, int], None] = lambda _conn, _number: None
    now: Callable[[], datetime] = clock.now
    in_store: InStore


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
        return await river.in_store(lambda: _keep(source, state, failed, Refined(), river))
    except FeedHubError as refused:
        log.error("poll not written", source=source.slug, error=str(refused))
        return PollReport(source=source.slug, outcome="failed", error=message)


async def _poll(source: Source, state: SourceState, river: River) -> PollReport:
    outcome = await river.fetch.get(source, validators=state.validators, body_hash=state.body_hash)
    refined = Refined()
    if isinstance(outcome, Fetched):
        refined, outcome = await _refined(outcome, source, river)
    report = await river.in_store(lambda: _keep(source, state, outcome, refined, river))
    _tell(report)
    return report


async def _refined(
    fetched: Fetched, source: Source, river: River
) -> tuple[Refined, Fetched | Failed]:
    """Refine a body; a document that cannot be read makes the poll a failed one."""
    try:
        known = await river.in_store(lambda: _stamps(source, river))
        refined = await river.refine(fetched, source, river.now(), known)
    except FeedHubError as error:
        message = NOT_READ.format(error)
        return Refined(), Failed(kind="soft", message=message, status=fetched.status)
    except MemoryError:
        message = NOT_READ.format("it took too much memory")
        return Refined(), Failed(kind="soft", message=message, status=fetched.status)
    if refined.error:
        message = NO_FEED.format(refined.error)
        return Refined(), Failed(kind="soft", message=message, status=fetched.status)
    return refined, fetched


def _stamps(source: Source, river: River) -> frozenset[str]:
    with river.store.read() as conn:
        return entries.stamps(conn, source.slug)


def _keep(
    source: Source, state: SourceState, outcome: Outcome, refined: Refined, river: River
) -> PollReport:
    """Decide and write in one transaction; return what it came to."""
    now = river.now()
    with river.store.write() as conn:
        changes: tuple[Change, ...] = ()
        if isinstance(outcome, Fetched):
            last = entries.last_number(conn)
            changes = keep(
                conn,
                river.store,
                source.slug,
                refined.entries,
                seen=refined.seen,
                base_url=river.base_url,
                now=now,
                is_first_poll=state.first_poll_at is None,
                previous=state.last_document_at,
            )
            if facts.get(conn, facts.TAG_STATE) not in (None, river.tag_state):
                # the tagging changed while the document was read: these are to be tagged anew
                updated = (c.number - 1 for c in changes if isinstance(c, Update))
                river.fall_behind(conn, min([last, *updated]))
        report = _report(source, outcome, refined, changes)
        recent = sources.recent_counts(conn, source.slug, since=now - timedelta(days=1))
        found = _found(source, refined, report, now) if isinstance(outcome, Fetched) else None
        ttl = refined.ttl if isinstance(outcome, Fetched) else state.ttl
        sources.finish(
            conn,
            state,
            outcome,
            cadence.next_poll(source, replace(state, ttl=ttl), outcome, recent_new=recent, now=now),
            now=now,
            weight=cadence.weight(outcome),
            found=found,
        )
    return report


def _found(
    source: Source, refined: Refined, report: PollReport, now: datetime
) -> dict[str, object]:
    """Return what a new document tells of its source."""
    found: dict[str, object] = {
        "home_url": refined.home_url,
        "ttl": refined.ttl,
        "notice": report.notice,
        "title": source.title,
    }
    if report.new:
        found["last_new_at"] = int(now.timestamp())
    return found


_OUTCOMES: dict[type, PollOutcome] = {
    Fetched: "fetched",
    NotModified: "not_modified",
    Unchanged: "unchanged",
    Failed: "failed",
}


def _report(
    source: Source, outcome: Outcome, refined: Refined, changes: Sequence[Change]
) -> PollReport:
    kinds = Counter(type(change) for change in changes)
    return PollReport(
        source=source.slug,
        outcome=_OUTCOMES[type(outcome)],
        new=kinds[Insert],
        updated=sum(isinstance(c, Update) and c.updated is not None for c in changes),
        skipped=kinds[Skip] + len(refined.refused) + _silent_updates(changes),
        withdrawn=kinds[Withdraw],
        error=outcome.message if isinstance(outcome, Failed) else "",
        notice="; ".join(refined.notices)[:NOTICE_LIMIT],
    )


def _silent_updates(changes: Sequence[Change]) -> int:
    return sum(isinstance(change, Update) and change.updated is None for change in changes)


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
