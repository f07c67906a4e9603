"""Days go by: rounds of the poller over real HTTP, with a clock that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from feedhub.config.live import LiveSettings
from feedhub.core.text.fold import search_words
from feedhub.model import PollReport
from feedhub.scheduler import one_round
from feedhub.store import Store, open_store
from tests.hostile.siege import World

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Days:
    """A world whose clock is moved by hand; `round` polls what is due then."""

    def __init__(self, place: World, store: Store) -> None:
        self.place, self._store, self.now = place, store, START

    def round(self, *slugs: str) -> dict[str, PollReport]:
        """Poll what is due, or the named ones: what `feedhub poll` does, at our time."""
        live = LiveSettings(self.place.write(), {})
        work = one_round(self._store, live, slugs or None, now=lambda: self.now)
        return {one.source: one for one in asyncio.run(asyncio.wait_for(work, 60)).polls}

    def due(self, slug: str) -> datetime:
        """Return when a source is to be polled next."""
        return datetime.fromtimestamp(int(self.place.state(slug)["next_poll_at"]), UTC)

    def go_to_next(self, slug: str) -> timedelta:
        """Go to a source's next poll; return how long that took."""
        before, self.now = self.now, self.due(slug)
        return self.now - before


@contextmanager
def days(place: World) -> Iterator[Days]:
    """Open the store of a world and begin at START."""
    place.write()
    store = open_store(f"sqlite:///{place.database}", words=search_words)
    try:
        yield Days(place, store)
    finally:
        store.close()
