"""What polls brought goes into the store: entries, sources' memory and validators together.

Many polls are written in one transaction, each of them whole: it is kept with everything that
belongs to it or, where the transaction fails, not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedhub import clock
from feedhub.core.decide.gone import DocumentWindow
from feedhub.core.history import note_pushed, recall
from feedhub.keep import keep
from feedhub.model import Change, Fetched, Insert, PollReport, Update
from feedhub.store import (
    Connection,
    Store,
    facts,
    inbox,
    lookup,
    polls,
    sources,
    subscriptions,
)
from feedhub.store.sources import Finished
from feedhub.traces import Polled, answer_of, finished, hub_named, logged, report_of

__all__ = ["Keeping", "Polled"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """What keeping needs besides.

    `tag_state` names the state of everything that gives tags, as the documents were refined with;
    when another one is in force by now, `fall_behind` is told after which number to tag anew.
    """

    store: Store
    base_url: str
    language: str = "ru"
    tag_state: str = ""
    fall_behind: Callable[[Connection, int], None] = lambda _conn, _number: None
    now: Callable[[], datetime] = clock.now

    def keep_all(self, asked: Sequence[Polled]) -> list[PollReport]:
        """Decide and write in one transaction; return what each poll came to."""
        now = self.now()
        with self.store.write() as conn:
            state = facts.get(conn, facts.TAG_STATE)
            is_behind = state not in (None, self.tag_state)
            pushes = subscriptions.pushes(conn, [one.source.slug for one in asked])
            asked = [replace(one, push=pushes.get(one.source.slug)) for one in asked]
            done = [self._keep(conn, one, now, is_behind=is_behind) for one in asked]
            subscriptions.note_hubs(conn, _hubs(asked))
            sources.finish(conn, [row for _, row in done], now=now)
            pairs = [(one, report) for one, (report, _) in zip(asked, done, strict=True)]
            polls.add(conn, [logged(one, report, now) for one, report in pairs])
            polls.keep_answers(conn, [kept for one in asked if (kept := answer_of(one, now))])
        return [report for report, _ in done]

    def keep_pushed(self, pushed: Sequence[tuple[Polled, int]]) -> list[PollReport]:
        """Keep documents that a hub pushed, and take them out of the inbox.

        Nothing that polls go by changes: a push says nothing of what a GET would bring.
        """
        now = self.now()
        reports: list[PollReport] = []
        with self.store.write() as conn:
            is_behind = facts.get(conn, facts.TAG_STATE) not in (None, self.tag_state)
            for one, number in pushed:
                changes = self._changes(conn, one, now, is_behind=is_behind)
                listed = [change.published for change in changes if isinstance(change, Insert)]
                if listed:
                    self._note_pushed(conn, one.source.slug, listed, now)
                inbox.remove(conn, [number])
                reports.append(report_of(one, changes))
        return reports

    def _note_pushed(
        self, conn: Connection, slug: str, listed: Sequence[datetime], now: datetime
    ) -> None:
        # read anew: the push before this one may have been kept since the source was held
        state = sources.states(conn, [slug])[slug]
        sources.note_pushed(
            conn, slug, memory=note_pushed(state.memory, listed, now=now), new_at=now
        )

    def _keep(
        self, conn: Connection, one: Polled, now: datetime, *, is_behind: bool
    ) -> tuple[PollReport, Finished]:
        changes = self._changes(conn, one, now, is_behind=is_behind)
        report = report_of(one, changes)
        return report, finished(one, report, changes, now)

    def _changes(
        self, conn: Connection, one: Polled, now: datetime, *, is_behind: bool
    ) -> tuple[Change, ...]:
        if not isinstance(one.outcome, Fetched):
            return ()
        last = lookup.last_number(conn) if is_behind else 0
        changes = self._keep_document(conn, one, now)
        if is_behind:
            # the tagging changed while the document was read: these are to be tagged anew
            updated = (c.number - 1 for c in changes if isinstance(c, Update))
            self.fall_behind(conn, min([last, *updated]))
        return changes

    def _keep_document(self, conn: Connection, one: Polled, now: datetime) -> tuple[Change, ...]:
        past = recall(one.state.memory, now=now)
        return keep(
            conn,
            self.store,
            one.source.slug,
            one.refined.entries,
            seen=one.refined.seen,
            base_url=self.base_url,
            now=now,
            is_first_poll=one.state.first_poll_at is None,
            previous=None if one.is_partial else one.state.last_document_at,
            is_elsewhere=bool(one.place.fallback_url or past.fallback_url),
            window=DocumentWindow(
                earlier=() if one.is_partial else past.documents,
                usual=past.window,
                count=one.refined.count,
                deleted=one.refined.deleted,
            ),
            language=self.language,
        )


def _hubs(asked: Sequence[Polled]) -> dict[str, tuple[str, str] | None]:
    """Return what new documents of sources' own addresses say of hubs."""
    return {
        one.source.slug: hub_named(one)
        for one in asked
        if isinstance(one.outcome, Fetched) and one.place.fallback_url is None
    }
