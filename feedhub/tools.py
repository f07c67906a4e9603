"""What polls work with: the client, and the processes in which documents are read.

Both are made anew when what they were made of changes; polls under way keep the old ones, which
are closed behind them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub.fetch.peeking import PeekingClient
from feedhub.model import Fetched, FetchSettings, Source
from feedhub.refine import STAGES, More, Refined, prepare_worker, refine_here
from feedhub.workers.pool import Workers

PROCESSES = 2
"""Worker processes at most: reading documents is bounded by the store behind them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tools:
    """An open client and a pool of workers, with what they were made of.

    `rules` are the compiled rules as JSON, `tag_state` the name of the state of all tagging.
    """

    client: PeekingClient
    workers: Workers
    fetch: FetchSettings
    rules: str
    tag_state: str

    @classmethod
    async def open(
        cls, fetch: FetchSettings, rules: str, tag_state: str, *, now: Callable[[], datetime]
    ) -> Tools:
        """Open both; no process starts before the first document."""
        workers = Workers(
            processes=min(PROCESSES, os.cpu_count() or 1),
            prepare=prepare_worker,
            arguments=(rules,),
            preload=STAGES,
        )
        client = PeekingClient(fetch, now=now, room=workers.room)
        await client.__aenter__()
        return cls(
            client=client,
            workers=workers,
            fetch=fetch,
            rules=rules,
            tag_state=tag_state,
        )

    def are_for(self, fetch: FetchSettings, rules: str, tag_state: str) -> bool:
        """Tell whether these tools still fit."""
        return (self.fetch, self.rules, self.tag_state) == (fetch, rules, tag_state)

    async def refine(
        self,
        fetched: Fetched,
        source: Source,
        now: datetime,
        known: frozenset[str],
        more: More = (),
    ) -> Refined:
        """Refine a document in a worker process."""
        return await self.workers.run(refine_here, fetched, source, now, known, more)

    async def close_after(self, polls: Sequence[asyncio.Task[None]]) -> None:
        """Close both once these polls are done."""
        await asyncio.gather(*polls, return_exceptions=True)
        await self.close()

    async def close(self) -> None:
        """Close both; a document under way is lost."""
        await self.client.__aexit__(None, None, None)
        await asyncio.to_thread(self.workers.close)
