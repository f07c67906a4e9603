"""What a poll leaves behind besides entries: its report, its line in the log, the source's memory.

Pure: from what was asked, what came and what was decided, to the values that are written and told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedhub.core import cadence
from feedhub.core.decide import REDATED, RENAMED
from feedhub.core.health import fault_of_status
from feedhub.core.history import (
    NOWHERE_ELSE,
    DocumentRead,
    Place,
    note_pushed,
    recall,
    remember,
)
from feedhub.core.websub import Link, hub_of
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
    Withdraw,
)
from feedhub.model.history import PollFact, Push
from feedhub.refine import Refined
from feedhub.store.polls import HEAD, KeptAnswer, LoggedPoll
from feedhub.store.sources import Finished

NOTICE_LIMIT = 500
"""Characters kept of what is remarkable about a source's document."""

OLD = timedelta(days=3)
"""An entry that comes so long after its own time is listed there, and not on top."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Polled:
    """What came of asking one source; `refined` is empty unless a new document came.

    `place` is where it came from, if not from the source's own address; `push` is the
    subscription to its hub. A partial document proves nothing by what it leaves out.
    """

    source: Source
    state: SourceState
    outcome: Outcome
    refined: Refined = field(default_factory=Refined)
    place: Place = NOWHERE_ELSE
    push: Push | None = None
    is_partial: bool = False


def finished(one: Polled, report: PollReport, changes: Sequence[Change], now: datetime) -> Finished:
    """Return what to write of the source: its memory with this poll, and when the next one is."""
    is_document = isinstance(one.outcome, Fetched)
    ttl = one.refined.ttl if is_document else one.state.ttl
    state = replace(one.state, ttl=ttl) if ttl != one.state.ttl else one.state
    past, memory = remember(
        one.state.memory,
        _fact(one, report, changes, now),
        _read(one, changes, now) if is_document and not one.is_partial else None,
        place=one.place,
        push=one.push,
    )
    if is_document and one.is_partial:  # its entries count; of the source's window it says nothing
        memory = note_pushed(memory, _listed(changes), now=now)
        past = recall(memory, now=now, push=one.push)
    recent = past.by_day[0] if past.by_day else 0
    return Finished(
        state=one.state,
        outcome=one.outcome,
        next_poll=cadence.next_poll(
            one.source, state, one.outcome, recent_new=recent, now=now, history=past
        ),
        memory=memory,
        weight=cadence.weight(one.outcome),
        found=_found(one, report, now) if is_document else {},
    )


def _fact(one: Polled, report: PollReport, changes: Sequence[Change], now: datetime) -> PollFact:
    outcome = one.outcome
    fault = (
        outcome.fault or fault_of_status(outcome.status) if isinstance(outcome, Failed) else None
    )
    is_whole = isinstance(outcome, Fetched) and not one.is_partial
    return PollFact(
        at=now,
        outcome=report.outcome,
        status=outcome.status,
        fault=fault,
        new=report.new,
        updated=report.updated,
        entries=one.refined.count if is_whole else None,
        is_overflow=_is_overflow(one, changes),
        ms=outcome.ms,
        bytes=len(outcome.body) if isinstance(outcome, Fetched) else 0,
    )


def _is_overflow(one: Polled, changes: Sequence[Change]) -> bool:
    """Tell whether all of a document's entries are new, though it is not the first: some are lost."""
    is_first = one.state.first_poll_at is None or one.state.last_document_at is None
    all_new = bool(changes) and all(isinstance(change, Insert) for change in changes)
    return all_new and not is_first and not one.is_partial


def _read(one: Polled, changes: Sequence[Change], now: datetime) -> DocumentRead:
    declared, real = one.refined.encodings or (None, None)
    dates = [entry.published for entry in one.refined.entries if entry.published is not None]
    is_first = one.state.first_poll_at is None
    return DocumentRead(
        entries=one.refined.count,
        listed=_listed(changes),
        newest_published=max(dates, default=None),
        previous=one.state.last_document_at,
        is_overflow=_is_overflow(one, changes),
        renamed=sum(_is_renamed(change) for change in changes),
        held_back=0 if is_first else sum(_is_held_back(change, now) for change in changes),
        declared_encoding=declared,
        real_encoding=real,
        hints=one.refined.hints,
    )


def _listed(changes: Sequence[Change]) -> tuple[datetime, ...]:
    return tuple(change.published for change in changes if isinstance(change, Insert))


def _is_renamed(change: Change) -> bool:
    return isinstance(change, Update) and RENAMED in change.reason


def _is_held_back(change: Change, now: datetime) -> bool:
    """Tell whether what seemed new is old: it is not put on top."""
    if isinstance(change, Insert):
        return change.published < now - OLD
    return _is_renamed(change) or (isinstance(change, Skip) and change.reason == REDATED)


def logged(one: Polled, report: PollReport, now: datetime) -> LoggedPoll:
    """Return the line of the log."""
    outcome = one.outcome
    return LoggedPoll(
        source=one.source.slug,
        at=now,
        outcome=report.outcome,
        status=outcome.status,
        ms=outcome.ms,
        bytes=len(outcome.body) if isinstance(outcome, Fetched) else 0,
        entries=one.refined.count if isinstance(outcome, Fetched) else None,
        new=report.new,
        updated=report.updated,
        withdrawn=report.withdrawn,
        reason=report.error or report.notice,
    )


def answer_of(one: Polled, now: datetime) -> KeptAnswer | None:
    """Return what to keep of an answer with a body; of others the one before says more."""
    outcome = one.outcome
    head = outcome.body if isinstance(outcome, Fetched) else b""
    if isinstance(outcome, Failed):
        head = outcome.head
    if not head or isinstance(outcome, NotModified | Unchanged):
        return None
    return KeptAnswer(
        source=one.source.slug,
        at=now,
        url=one.source.url if isinstance(outcome, Failed) else outcome.url,
        status=outcome.status,
        headers=outcome.headers,
        head=head[:HEAD],
    )


def hub_named(one: Polled) -> tuple[str, str] | None:
    """Return the hub and the topic that a new document names."""
    if not isinstance(one.outcome, Fetched):
        return None
    links = [Link(frozenset({rel}), href) for rel, href in one.refined.links]
    found = hub_of(one.outcome.headers, links, url=one.outcome.url)
    return (found.hub, found.topic) if found else None


def _found(one: Polled, report: PollReport, now: datetime) -> dict[str, object]:
    """Return what a new document tells of its source."""
    found: dict[str, object] = {
        "home_url": one.refined.home_url,
        "ttl": one.refined.ttl,
        "notice": report.notice,
        "title": one.source.title,
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


def report_of(one: Polled, changes: Sequence[Change]) -> PollReport:
    """Return what the poll came to, for whoever asked for it."""
    kinds = Counter(type(change) for change in changes)
    return PollReport(
        source=one.source.slug,
        outcome=_OUTCOMES[type(one.outcome)],
        new=kinds[Insert],
        updated=sum(isinstance(c, Update) and c.updated is not None for c in changes),
        skipped=kinds[Skip] + len(one.refined.refused) + _silent_updates(changes),
        withdrawn=kinds[Withdraw],
        error=one.outcome.message if isinstance(one.outcome, Failed) else "",
        notice="; ".join(one.refined.notices)[:NOTICE_LIMIT],
    )


def _silent_updates(changes: Sequence[Change]) -> int:
    return sum(isinstance(change, Update) and change.updated is None for change in changes)
