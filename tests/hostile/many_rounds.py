"""Many rounds in one process, as a service has them: `python -m tests.hostile.many_rounds FILE N`.

Prints a JSON line every so often: polls so far, memory of this process and of those that read
documents (bytes), open files, threads.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from pathlib import Path

from bench.measured import descendants
from feedhub import clock
from feedhub.config.live import LiveSettings
from feedhub.core.text.fold import search_words
from feedhub.scheduler import Poller
from feedhub.store import open_store

LOOKS = 20
PAGE = os.sysconf("SC_PAGE_SIZE")


def look(polls: int) -> str:
    """Return what this process and those below it hold."""
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
    below = [memory for _, memory in descendants(os.getpid()).values()]
    files = len(list(Path("/proc/self/fd").iterdir()))
    return json.dumps(
        {
            "polls": polls,
            "memory": resident,
            "below": max(below, default=0),
            "files": files,
            "threads": threading.active_count(),
        }
    )


async def go(config: Path, wanted: int) -> None:
    """Poll every source again and again, until there were so many polls."""
    live = LiveSettings(config, {})
    slugs = [source.slug for source in live.current.sources]
    store = open_store(live.current.database, words=search_words)
    polls, next_look = 0, wanted // LOOKS
    async with Poller(store, live, now=clock.now) as poller:
        await poller.settle()
        while polls < wanted:
            polls += len(await poller.round_now(slugs))
            if polls >= next_look:
                print(look(polls), flush=True)
                next_look += wanted // LOOKS
    store.close()


if __name__ == "__main__":
    asyncio.run(go(Path(sys.argv[1]), int(sys.argv[2])))
