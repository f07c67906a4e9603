"""What is done beside polling, each in its own time: nothing of it holds a poll up.

inbox       what hubs pushed goes through the river
hubs        subscriptions are asked for, renewed and left
images      lead pictures are measured whose source does not say type and size
log         lines of polls that are old enough are cleared away
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from feedhub import ingest, notifying
from feedhub.alerting import watch
from feedhub.errors import FeedHubError
from feedhub.measuring import measure_due
from feedhub.model import Settings, Source, SourceState
from feedhub.river import River
from feedhub.store import Store, inbox, polls, sources, subscriptions
from feedhub.store.inbox import Pushed
from feedhub.subscribing import as_fetched, subscribe_due
from feedhub.tools import Tools
from feedhub.writer import Writer

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
"""How long a source is held while what was pushed for it is read."""

AT_ONCE = 8
"""Sources whose pushes are read in one go."""

_EVERY = {
    "inbox": timedelta(seconds=1),
    "hubs": timedelta(minutes=1),
    "alerts": timedelta(minutes=1),
    "images": timedelta(seconds=30),
    "log": timedelta(hours=1),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What the chores of one moment work with: the configuration in force, and what is made of it."""

    settings: Settings
    tools: Tools
    river: River
    owner: str


class Chores:
    """Starts what is due, each chore once at a time; `close` lets what runs finish."""

    def __init__(self, store: Store, writer: Writer, now: Callable[[], datetime]) -> None:
        self._store, self._writer, self._now = store, writer, now
        self._due: dict[str, datetime] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def start_due(self, means: Means) -> None:
        """Start every chore whose time has come and that is not running still."""
        chores: dict[str, Callable[[Means], Awaitable[None]]] = {
            "inbox": self._read_inbox,
            "hubs": self._ask_hubs,
            "alerts": self._tell,
            "images": self._measure_images,
            "log": self._clear_log,
        }
        now = self._now()
        for name, chore in chores.items():
            is_running = name in self._running and not self._running[name].done()
            if now >= self._due.get(name, now) and not is_running:
                self._due[name] = now + _EVERY[name]
                self._running[name] = asyncio.create_task(self._do(name, chore, means))

    async def close(self, seconds: float) -> None:
        """Let what runs finish for a while, then end it."""
        running = [task for task in self._running.values() if not task.done()]
        if running:
            await asyncio.wait(running, timeout=seconds)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _do(self, name: str, chore: Callable[[Means], Awaitable[None]], means: Means) -> None:
        try:
            await chore(means)
        except FeedHubError as error:
            log.error("chore failed", chore=name, error=str(error))
        except Exception:
            log.exception("chore broke", chore=name)

    # -- the chores -------------------------------------------------------------------------

    async def _read_inbox(self, means: Means) -> None:
        held = await self._writer.run(lambda: self._hold_pushed(means))
        try:
            for source, state, topic, bodies in held:
                for pushed in bodies:
                    document = as_fetched(pushed, topic, state)
                    await ingest.take_pushed(source, state, pushed.id, document, means.river)
        finally:
            if held:
                await self._writer.run(lambda: self._let_go(held, means.owner))

    def _hold_pushed(
        self, means: Means
    ) -> list[tuple[Source, SourceState, str, tuple[Pushed, ...]]]:
        """Take hold of sources with bodies in the inbox; those no longer read lose theirs."""
        configured = {source.slug: source for source in means.settings.sources}
        with self._store.read() as conn:
            slugs = inbox.waiting(conn, limit=AT_ONCE)
        if not slugs:
            return []
        found = []
        with self._store.write() as conn:
            for slug in (slug for slug in slugs if slug not in configured):
                inbox.remove(conn, [one.id for one in inbox.of(conn, slug)])
            known = [slug for slug in slugs if slug in configured]
            held = sources.claim_named(conn, known, owner=means.owner, now=self._now(), lease=LEASE)
            for state in held:
                subscribed = subscriptions.get(conn, state.slug)
                topic = subscribed.topic if subscribed else state.feed_url
                bodies = inbox.of(conn, state.slug)
                found.append((configured[state.slug], state, topic, bodies))
        return found

    def _let_go(
        self, held: list[tuple[Source, SourceState, str, tuple[Pushed, ...]]], owner: str
    ) -> None:
        with self._store.write() as conn:
            sources.release(conn, [source.slug for source, *_ in held], owner=owner)

    async def _ask_hubs(self, means: Means) -> None:
        asked = await subscribe_due(
            self._store,
            means.settings,
            means.tools.client.post,
            now=self._now(),
            writer=self._writer,
        )
        for one in asked:
            tell = log.warning if one.error else log.info
            tell("hub asked", source=one.source, mode=one.mode, error=one.error or None)

    async def _tell(self, means: Means) -> None:
        await watch(
            self._store,
            means.settings,
            writer=self._writer,
            notify=notifying.notify,
            now=self._now,
        )

    async def _measure_images(self, means: Means) -> None:
        await measure_due(
            self._store,
            means.settings,
            means.tools.client.peek,
            now=self._now(),
            writer=self._writer,
        )

    async def _clear_log(self, means: Means) -> None:
        before = self._now() - means.settings.retention.poll_log
        while await self._writer.run(lambda: self._clear_some(before)) == polls.AT_ONCE:
            await asyncio.sleep(0.1)

    def _clear_some(self, before: datetime) -> int:
        with self._store.write() as conn:
            return polls.forget_before(conn, before)
