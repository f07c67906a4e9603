"""Worker processes for what may burn: each task has a CPU limit, and only the guilty one dies.

feedparser can be kept busy for minutes by 80 KB of hostile input (measured), and holds the
interpreter while it is. A plain ProcessPoolExecutor breaks for all when one worker is killed; here
each process has a thread of its own that waits for it, and the task it died of is all that is lost.

    run ─► queue ─► thread ─► process     the first with the first task, another one only when tasks
                └─► thread ─► process     keep waiting: a process costs as much as reading 20 documents
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from feedhub.errors import FeedHubError

if TYPE_CHECKING:
    from feedhub.workers.process import Process

P = ParamSpec("P")
R = TypeVar("R")

CPU_SECONDS = 20
WALL_SECONDS = 60
BACKLOG = 16
"""Tasks that may wait or run: enough to keep every process busy."""
IN_A_ROW = 32
"""Tasks done while others waited all the time, after which another process comes."""
PATIENCE_SECONDS = 10.0
"""Seconds in which tasks waited all the time, after which another process comes: one may burn."""

Work = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class TaskDiedError(FeedHubError):
    """A task was ended because it took too long or its process died; the text says which."""


class Workers:
    """Processes that are started by tasks and must be closed; make and use it in a running loop.

    `prepare(*arguments)` runs once in each new process, `preload` names modules that all of them
    share. A task may use `cpu_seconds` of a processor (whole seconds, for that is how the kernel
    counts), and take `wall_seconds`.
    """

    def __init__(
        self,
        *,
        processes: int,
        prepare: Callable[..., None],
        arguments: tuple[Any, ...],
        preload: Sequence[str] = (),
        cpu_seconds: int = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
        in_a_row: int = IN_A_ROW,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._processes, self._patience, self._in_a_row = processes, patience, in_a_row
        self._made_of = (prepare, arguments, tuple(preload))
        self._limits = (cpu_seconds, wall_seconds)
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._lanes: list[tuple[Thread, Process]] = []
        self._waiting: asyncio.TimerHandle | None = None
        self._tasks = self._row = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def room(self) -> None:
        """Return when fewer than BACKLOG tasks wait or run: what they hold stays bounded."""
        await self._has_room.wait()

    async def run(self, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a task in a worker and return what it returns, or raise what it raised.

        Raises TaskDiedError when it went beyond its limits or its process died.
        """
        if not self._lanes:
            self._open()
        future: Future[R] = Future()
        self._queue.put((future, task, args, kwargs))
        self._count(1)
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._count(-1)

    def close(self) -> None:
        """End the processes; tasks under way are lost."""
        lanes, self._lanes = self._lanes, []
        self._stop_waiting()
        for _ in lanes:
            self._queue.put(None)
        for _, process in lanes:
            process.close()
        for thread, _ in lanes:
            thread.join(5)

    def _open(self) -> None:
        """Add a thread with a process, which it starts when it has its first task."""
        from feedhub.workers.process import Limits, Process  # who reads no document needs none

        process = Process(*self._made_of, Limits(*self._limits))
        thread = Thread(target=_work, args=(self._queue, process), name="worker", daemon=True)
        self._lanes.append((thread, process))
        thread.start()

    def _count(self, change: int) -> None:
        self._tasks += change
        if self._tasks < BACKLOG:
            self._has_room.set()
        else:
            self._has_room.clear()
        if self._tasks <= len(self._lanes):
            self._stop_waiting()
        elif 0 < len(self._lanes) < self._processes:
            self._row += change < 0
            if self._row >= self._in_a_row:
                self._open_another()
            elif self._waiting is None:
                loop = asyncio.get_running_loop()
                self._waiting = loop.call_later(self._patience, self._open_another)

    def _open_another(self) -> None:
        self._stop_waiting()
        self._open()

    def _stop_waiting(self) -> None:
        self._row = 0
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def _work(queue: SimpleQueue[Work | None], process: Process) -> None:
    """Take tasks and have the process do them, until there is a None instead of a task."""
    while (work := queue.get()) is not None:
        future, task, args, kwargs = work
        if not future.set_running_or_notify_cancel():
            continue
        try:
            result = process.run(task, args, kwargs)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)
        del work, future, task, args, kwargs  # a body of megabytes is not kept until the next
    process.close()
