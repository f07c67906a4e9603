"""A portal whose sources are polled by hand, and which is looked at: for the tests of alerts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update

from feedhub.alerting import look
from feedhub.core.history import DocumentRead, remember
from feedhub.model import Fault, PollOutcome, Settings
from feedhub.model.history import PollFact
from feedhub.store import Store, schema, sources
from tests import builders as a

ADDRESS = "json://127.0.0.1:9/"


class Portal:
    """A store with sources; its clock stands still unless it is set."""

    def __init__(
        self, store: Store, *slugs: str, now: datetime = a.NOW, **settings: object
    ) -> None:
        self.store, self.now = store, now
        values = {"alerts": (ADDRESS,), "sources": tuple(a.a_source(slug) for slug in slugs)}
        self.settings: Settings = a.settings(**values | settings)
        self.past: dict[str, str] = {}
        with store.write() as conn:
            sources.settle(conn, self.settings.sources, now=now)

    def poll(self, slugs: str | Iterable[str], fault: Fault | None = None, **read: object) -> None:
        """Poll sources now: they fail, or bring a document (`read`: fields of `DocumentRead`)."""
        named = [slugs] if isinstance(slugs, str) else slugs
        rows = [self._polled(slug, fault, read) for slug in named]
        known = update(schema.source).where(schema.source.c.slug == bindparam("of"))
        with self.store.write() as conn:
            conn.execute(known, rows)

    def _polled(self, slug: str, fault: Fault | None, read: dict[str, object]) -> dict[str, object]:
        outcome: PollOutcome = "failed" if fault else "fetched"
        status = {"blocked": 403, "unreachable": None}.get(fault or "", 200)
        fact = PollFact(at=self.now, outcome=outcome, status=status, fault=fault)
        document = None if fault else DocumentRead(**{"entries": 20, **read})  # type: ignore
        _, self.past[slug] = remember(self.past.get(slug, ""), fact, document)
        seconds = int(self.now.timestamp())
        values = {"of": slug, "last_poll_at": seconds, "memory": self.past[slug]}
        if fault:
            return values | {"error": f"{fault}: a sentence"}
        return values | {"error": "", "last_success_at": seconds}

    def look(self, after: timedelta = a.MINUTE) -> tuple[str, ...]:
        """Let time pass and look."""
        self.now += after
        return look(self.store, self.settings, now=self.now)

    def polls_and_looks(
        self,
        slugs: str | Iterable[str],
        times: int,
        fault: Fault | None = None,
        gap: timedelta = a.HOUR,
        **read: object,
    ) -> list[str]:
        """Poll and look so many times; return all that was told."""
        told: list[str] = []
        for _ in range(times):
            self.poll(slugs, fault, **read)
            told += self.look(gap)
        return told
