"""Turns: how many requests run at once, to one host and in all, and how far apart they start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Room = Callable[[], Awaitable[None]]
"""Returns when there is room for one more body."""


async def any_room() -> None:
    """Return at once: there is always room."""


class _Line:
    """The queue before one host. `next_start` is a reading of the loop's clock."""

    def __init__(self, per_host: int) -> None:
        self.room = asyncio.Semaphore(per_host)
        self.order = asyncio.Lock()
        self.next_start = 0.0
        self.users = 0


class Pacing:
    """Hand out turns: `per_host` and `concurrency` at once, `gap` seconds between two starts.

    First come, first served at each host. Waiting for a gap takes no place of `concurrency`.
    A host nobody asks is forgotten once its gap has passed. No turn begins before `room` returns:
    so whoever works on the answers says when they come too fast.
    """

    def __init__(
        self, *, concurrency: int, per_host: int, gap: float, room: Room = any_room
    ) -> None:
        self._room = room
        self._slots = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._gap = gap
        self._lines: dict[str, _Line] = {}
        self._idle: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn at `host` and hold it; yields a function to call when the request left.

        Connecting takes time: without that call a second request, on a connection already open,
        would reach the host sooner than `gap` after the first.
        """
        line = self._join(host)
        try:
            async with line.room:
                await self._start(line)
                try:
                    yield lambda: self._mark(line)
                finally:
                    self._slots.release()
        finally:
            self._leave(host, line)

    def __len__(self) -> int:
        """Count the hosts remembered."""
        return len(self._lines)

    async def _start(self, line: _Line) -> None:
        clock = asyncio.get_running_loop().time
        async with line.order:
            while (wait := line.next_start - clock()) > 0:
                await asyncio.sleep(wait)
            await self._room()
            await self._slots.acquire()
            self._mark(line)

    def _mark(self, line: _Line) -> None:
        line.next_start = asyncio.get_running_loop().time() + self._gap

    def _join(self, host: str) -> _Line:
        self._forget()
        line = self._lines.get(host)
        if line is None:
            line = self._lines[host] = _Line(self._per_host)
        self._idle.pop(host, None)
        line.users += 1
        return line

    def _leave(self, host: str, line: _Line) -> None:
        line.users -= 1
        if line.users == 0:
            self._idle[host] = line
            self._forget()

    def _forget(self) -> None:
        """Drop hosts whose gap has passed, longest idle first, stopping at the first that waits."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            host, line = next(iter(self._idle.items()))
            if line.next_start > now:
                return
            del self._idle[host], self._lines[host]
