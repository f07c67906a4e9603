"""What polls brought goes into the store: entries, sources' memory and validators together.

Many polls are written in one transaction, each of them whole: it is kept with everything that
belongs to it or, where the transaction fails, not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedhub import clock
from feedhub.core import cadence
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
    Withdraw,
)
from feedhub.refine import Refined
from feedhub.store import Connection, Store, entries, facts, sources
from feedhub.store.sources import Finished

NOTICE_LIMIT = 500
"""Characters kept of what is remarkable about a source's document."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Polled:
    """What came of asking one source; `refined` is empty unless a new document came."""

    source: Source
    state: SourceState
    outcome: Outcome
    refined: Refined = field(default_factory=Refined)


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """What keeping needs besides.

    `tag_state` names the state of everything that gives tags, as the documents were refined with;
    when another one is in force by now, `fall_behind` is told after which number to tag anew.
    """

    store: Store
    base_url: str
    tag_state: str = ""
    fall_behind: Callable[[Connection, int], None] = lambda _conn, _number: None
    now: Callable[[], datetime] = clock.now

    def keep_all(self, polls: Sequence[Polled]) -> list[PollReport]:
        """Decide and write in one transaction; return what each poll came to."""
        now = self.now()
        with self.store.write() as conn:
            state = facts.get(conn, facts.TAG_STATE)
            is_behind = state not in (None, self.tag_state)
            done = [self._keep(conn, one, now, is_behind=is_behind) for one in polls]
            sources.finish(conn, [finished for _, finished in done], now=now)
        return [report for report, _ in done]

    def _keep(
        self, conn: Connection, one: Polled, now: datetime, *, is_behind: bool
    ) -> tuple[PollReport, Finished]:
        changes: tuple[Change, ...] = ()
        if isinstance(one.outcome, Fetched):
            last = entries.last_number(conn) if is_behind else 0
            changes = self._keep_document(conn, one, now)
            if is_behind:
                # the tagging changed while the document was read: these are to be tagged anew
                updated = (c.number - 1 for c in changes if isinstance(c, Update))
                self.fall_behind(conn, min([last, *updated]))
        report = _report(one, changes)
        return report, _finished(one, report, _recent(one.state, changes, now), now)

    def _keep_document(self, conn: Connection, one: Polled, now: datetime) -> tuple[Change, ...]:
        return keep(
            conn,
            self.store,
            one.source.slug,
            one.refined.entries,
            seen=one.refined.seen,
            base_url=self.base_url,
            now=now,
            is_first_poll=one.state.first_poll_at is None,
            previous=one.state.last_document_at,
        )


def _recent(state: SourceState, changes: Sequence[Change], now: datetime) -> int:
    """Return how many entries of the last day the source has brought, this poll's among them."""
    fresh = (c for c in changes if isinstance(c, Insert) and c.published > now - A_DAY)
    return state.recent_new + sum(1 for _ in fresh)


def _finished(one: Polled, report: PollReport, recent: int, now: datetime) -> Finished:
    is_document = isinstance(one.outcome, Fetched)
    ttl = one.refined.ttl if is_document else one.state.ttl
    state = replace(one.state, ttl=ttl) if ttl != one.state.ttl else one.state
    return Finished(
        state=one.state,
        outcome=one.outcome,
        next_poll=cadence.next_poll(one.source, state, one.outcome, recent_new=recent, now=now),
        weight=cadence.weight(one.outcome),
        found=_found(one, report, now) if is_document else {},
    )


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


def _report(one: Polled, changes: Sequence[Change]) -> PollReport:
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
