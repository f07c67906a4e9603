"""The poller: one process, one ticking job, everything else in our own tables.

APScheduler holds a single job in memory that asks every second what is due. Which source is due
and who polls it stands in the store, so that any number of pollers may run on one PostgreSQL, and
a killed one loses nothing: its leases run out and another takes its sources.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import structlog

from feedhub import clock, ingest
from feedhub.articles import ArticleFile, read_folder, signature
from feedhub.chores import Chores, Means
from feedhub.config.live import LiveSettings
from feedhub.editorial import EditorialReport, publish_articles
from feedhub.errors import ArticleError, FeedHubError
from feedhub.model import PollReport, Settings, Source, SourceState
from feedhub.polled import Keeping
from feedhub.recovery import release_dead, spread_overdue
from feedhub.retag import Retagged, fall_behind, is_settled, retag
from feedhub.river import River
from feedhub.settle import Settled, settle
from feedhub.store import Store, articles, facts, sources
from feedhub.tools import Tools
from feedhub.writer import Writer

log = structlog.get_logger()
T = TypeVar("T")

TICK = timedelta(seconds=1)
LEASE = timedelta(minutes=2)
RENEW = timedelta(seconds=30)
HEARTBEAT = timedelta(seconds=10)
CLAIM = 256
"""Sources held at once: enough to keep every host busy, few enough to share with others."""
DRAIN_SECONDS = 4
"""How long polls under way may take when the process is asked to stop."""


class Poller:
    """Everything that polling holds: the client, the worker processes, the thread that writes.

    Open it with `async with`; `round_now` is one round, `run` is a service.
    """

    def __init__(
        self, store: Store, live: LiveSettings, *, now: Callable[[], datetime] = clock.now
    ) -> None:
        self.store, self.live, self.now = store, live, now
        self.owner = f"{socket.gethostname()}:{os.getpid()}"
        self._writer = Writer()
        self._settled: Settled | None = None
        self._tools: Tools | None = None
        self._retagging: asyncio.Task[None] | None = None
        self._flow: River | None = None
        self._made_of: tuple[object, object] = (None, None)
        self._settled_stamp = ""
        self._is_stopping = False
        self._ticking = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()
        self._polling: set[asyncio.Task[None]] = set()
        self._held: set[str] = set()
        self._articles_seen: object = None
        self._due: dict[str, datetime] = {}
        self._chores = Chores(store, self._writer, now)

    async def __aenter__(self) -> Poller:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*self._retiring)
        if self._tools is not None:
            await self._tools.close()
        await asyncio.to_thread(self._writer.close)

    @property
    def settings(self) -> Settings:
        """The configuration in force."""
        return self.live.current

    async def in_store(self, work: Callable[[], T]) -> T:
        """Run a function where writing happens: in one thread, one after another."""
        return await self._writer.run(work)

    # -- configuration and articles ---------------------------------------------------------

    async def settle(self) -> Settled:
        """Bring store, client and workers up to the configuration, and stored tags with them."""
        settings = self.settings
        settled = await self.in_store(lambda: settle(self.store, settings, now=self.now()))
        self._settled = settled
        await self._equip(settings, settled)
        self._settled_stamp = settings.stamp
        for difference in settled.differences:
            log.info("configuration applied", change=str(difference))
        return settled

    async def bring_tags_up(self) -> None:
        """Give every stored entry the tags of the rules in force."""
        if self._settled is None:
            return
        done = await asyncio.to_thread(self._retag, self.settings, self._settled)
        if done.changed:
            log.info("tags brought up to date", entries=done.seen, changed=done.changed)

    def _retag(self, settings: Settings, settled: Settled) -> Retagged:
        return retag(
            self.store,
            settings,
            settled.rules,
            target=settled.tag_state,
            now=self.now(),
            should_stop=lambda: self._is_stopping or self._settled is not settled,
        )

    async def _equip(self, settings: Settings, settled: Settled) -> None:
        """Make client and workers anew where what they were made of changed.

        Polls under way go on with the old ones, which are closed behind them.
        """
        if self._tools is not None and self._tools.are_for(
            settings.fetch, settled.rules_json, settled.tag_state
        ):
            return
        old, self._tools = (
            self._tools,
            await Tools.open(settings.fetch, settled.rules_json, settled.tag_state, now=self.now),
        )
        if old is not None:
            retiring = asyncio.create_task(old.close_after(tuple(self._polling)))
            self._retiring.add(retiring)
            retiring.add_done_callback(self._retiring.discard)

    async def read_articles(self) -> EditorialReport:
        """Bring the stored articles up to the folder, when anything in it changed."""
        folder = Path(self.settings.articles)
        seen = await asyncio.to_thread(signature, folder)
        if seen is None or seen == self._articles_seen or self._settled is None:
            return EditorialReport()
        zone = self.settings.site.timezone
        known = await self.in_store(self._known_articles)
        try:
            files = await asyncio.to_thread(read_folder, folder, zone=zone, known=known)
        except ArticleError:
            self._articles_seen = seen  # told of once, not every second
            raise
        report = await self.in_store(lambda: self._publish(files))
        self._articles_seen = seen
        for problem in report.problems:
            log.error("article not read", problem=problem)
        if report.new or report.updated or report.withdrawn:
            log.info(
                "articles read",
                new=report.new,
                updated=report.updated,
                withdrawn=report.withdrawn,
            )
        return report

    def _known_articles(self) -> frozenset[str]:
        with self.store.read() as conn:
            return frozenset(one.file_hash for one in articles.all_articles(conn))

    def _publish(self, files: Sequence[ArticleFile]) -> EditorialReport:
        if self._settled is None:
            raise RuntimeError("articles are read after the configuration is settled")
        return publish_articles(
            self.store, self.settings, self._settled.rules, files, now=self.now()
        )

    # -- polling ----------------------------------------------------------------------------

    def _river(self) -> River:
        """Return the flow of the configuration in force: one value, so that its polls go together."""
        made_of = (self._tools, self.settings)
        if self._flow is None or self._made_of != made_of:
            self._flow, self._made_of = self._new_river(), made_of
        return self._flow

    def _new_river(self) -> River:
        if self._tools is None:
            raise RuntimeError("polling starts after the configuration is settled")
        keeping = Keeping(
            store=self.store,
            base_url=self.settings.site.base_url,
            language=self.settings.site.language,
            tag_state=self._tools.tag_state,
            fall_behind=fall_behind,
            now=self.now,
        )
        return River(
            fetch=self._tools.client,
            refine=self._tools.refine,
            keeping=keeping,
            writer=self._writer,
            doubtful=asyncio.Semaphore(max(self.settings.fetch.concurrency // 2, 1)),
        )

    async def round_now(self, slugs: Sequence[str] | None = None) -> tuple[PollReport, ...]:
        """Poll the due sources (None), or these, once; report on each."""
        held = await self.in_store(lambda: self._claim(slugs, limit=1_000_000))
        self._held.update(source.slug for source, _ in held)
        beating = asyncio.create_task(self._hold_on())
        try:
            return await ingest.round_of(held, self._river())
        finally:
            beating.cancel()
            self._held.clear()
            await self.in_store(self._release)

    async def _hold_on(self) -> None:
        """Keep what a long round holds from running out."""
        while True:
            await asyncio.sleep(RENEW.total_seconds())
            try:
                await self.in_store(self._renew)
            except FeedHubError as error:
                log.error("leases not renewed; tried again", error=str(error))

    def _claim(
        self, slugs: Sequence[str] | None, limit: int
    ) -> tuple[tuple[Source, SourceState], ...]:
        """Take due sources, or these, that nobody holds; let go of any we do not know."""
        now = self.now()
        configured = {source.slug: source for source in self.settings.sources}
        with self.store.write() as conn:
            if slugs is None:
                held = sources.claim(conn, owner=self.owner, now=now, lease=LEASE, limit=limit)
            else:
                held = sources.claim_named(conn, slugs, owner=self.owner, now=now, lease=LEASE)
            unknown = [state.slug for state in held if state.slug not in configured]
            sources.release(conn, unknown, owner=self.owner)
        return tuple((configured[state.slug], state) for state in held if state.slug in configured)

    def _release(self) -> None:
        with self.store.write() as conn:
            sources.release_all(conn, owner=self.owner)

    # -- the service ------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Poll what is due, every second, until `stop` is set; then let polls under way finish."""
        await self.in_store(lambda: release_dead(self.store))
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # one round needs none

        await self.settle()
        await self.in_store(self._spread_overdue)
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(
            self._tick,
            "interval",
            seconds=TICK.total_seconds(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=self.now(),
        )
        scheduler.start()
        log.info("polling", sources=len(self.settings.sources), owner=self.owner)
        await stop.wait()
        self._is_stopping = True
        scheduler.pause()
        async with self._ticking:  # else the tick under way would be cancelled, and say so
            scheduler.shutdown(wait=False)
        if self._retagging is not None:
            await self._retagging
        await self._drain()
        log.info("polling stopped")

    def _spread_overdue(self) -> None:
        put_off = spread_overdue(self.store, self.settings, now=self.now())
        if put_off:
            log.info("polls spread after a stop", sources=put_off)

    async def _start_chores(self) -> None:
        if self._tools is None:
            return
        means = Means(
            settings=self.settings, tools=self._tools, river=self._river(), owner=self.owner
        )
        self._chores.start_due(means)

    async def _tick(self) -> None:
        duties = (
            self._beat,
            self._follow_configuration,
            self._retag_beside,
            self.read_articles,
            self._poll_due,
            self._start_chores,
        )
        async with self._ticking:
            for step in duties:
                if not self._is_stopping:
                    await self._do(step)

    async def _do(self, step: Callable[[], Awaitable[object]]) -> None:
        try:
            await step()
        except FeedHubError as error:
            log.error("tick failed", step=step.__name__, error=str(error))
        except Exception:
            log.exception("tick broke", step=step.__name__)

    def _is_time(self, what: str, every: timedelta) -> bool:
        """Tell whether a duty of the tick is due, and note that it is done."""
        now = self.now()
        if now < self._due.get(what, now):
            return False
        self._due[what] = now + every
        return True

    async def _beat(self) -> None:
        """Show that polling goes on, and hold on to the sources that are being polled."""
        if self._is_time("heartbeat", HEARTBEAT):
            await self.in_store(self._write_beat)
        if self._held and self._is_time("renew", RENEW):
            await self.in_store(self._renew)

    def _write_beat(self) -> None:
        with self.store.write() as conn:
            facts.put(conn, facts.HEARTBEAT, str(int(self.now().timestamp())))

    def _renew(self) -> None:
        with self.store.write() as conn:
            sources.renew(conn, tuple(self._held), owner=self.owner, until=self.now() + LEASE)

    async def _follow_configuration(self) -> None:
        await asyncio.to_thread(self.live.refresh)
        if self.settings.stamp != self._settled_stamp:
            self._articles_seen = None
            await self.settle()

    async def _retag_beside(self) -> None:
        """See to it that stored tags come up to the rules, while everything else goes on."""
        is_busy = self._retagging is not None and not self._retagging.done()
        if not is_busy and not await self.in_store(self._are_tags_settled):
            self._retagging = asyncio.create_task(self._retag_once())

    def _are_tags_settled(self) -> bool:
        with self.store.read() as conn:
            return self._settled is None or is_settled(conn, self._settled.tag_state)

    async def _retag_once(self) -> None:
        try:
            await self.bring_tags_up()
        except Exception:
            log.exception("tags not brought up to date; tried again")

    async def _poll_due(self) -> None:
        room = CLAIM - len(self._held)
        if room <= 0:
            return
        held = await self.in_store(lambda: self._claim(None, limit=room))
        for source, state in held:
            if source.slug not in self._held:
                self._start(source.slug, self._poll(source, state))

    async def _poll(self, source: Source, state: SourceState) -> None:
        await ingest.poll(source, state, self._river())

    def _start(self, slug: str, work: Coroutine[Any, Any, None]) -> None:
        self._held.add(slug)
        task = asyncio.create_task(work, name=slug)
        self._polling.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._polling.discard(task)
        self._held.discard(task.get_name())

    async def _drain(self) -> None:
        """Let polls under way finish, for a while; then give their sources back."""
        await self._chores.close(DRAIN_SECONDS)
        if self._polling:
            await asyncio.wait(self._polling, timeout=DRAIN_SECONDS)
        for task in tuple(self._polling):
            task.cancel()
        await asyncio.gather(*self._polling, return_exceptions=True)
        await self.in_store(self._release)


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one round came to, articles included."""

    articles: EditorialReport
    polls: tuple[PollReport, ...]


async def one_round(
    store: Store, live: LiveSettings, slugs: Sequence[str] | None, *, now: Callable[[], datetime]
) -> Round:
    """Settle the configuration, read the articles and poll once: what `feedhub poll` does."""
    async with Poller(store, live, now=now) as poller:
        await poller.settle()
        await poller.bring_tags_up()
        articles = await poller.read_articles()
        return Round(articles=articles, polls=await poller.round_now(slugs))
