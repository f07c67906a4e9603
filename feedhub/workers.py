"""Worker processes for what may burn: each task has a CPU limit, and only the guilty one dies.

feedparser can be kept busy for minutes by 80 KB of hostile input (measured), and holds the
interpreter while it is. A plain ProcessPoolExecutor breaks for all when one worker is killed;
Pebble's pool loses only the task. Workers are recycled, so that memory comes back.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from feedhub.errors import FeedHubError

P = ParamSpec("P")
R = TypeVar("R")

CPU_SECONDS = 20
WALL_SECONDS = 60
TASKS_PER_WORKER = 300
BACKLOG = 16
"""Tasks that may wait or run: enough to keep every process busy."""
ADDRESS_SPACE = 1536 * 1024 * 1024
"""Bytes of address space for one worker."""


class TaskDiedError(FeedHubError):
    """A task was ended because it took too long or its process died; the text says which."""


class Workers:
    """A pool of processes that is started by the first task and must be closed.

    `prepare(*arguments)` runs once in each new process. A task may use `cpu_seconds` of a
    processor (whole seconds, for that is how the kernel counts), and take `wall_seconds`.
    """

    def __init__(
        self,
        *,
        processes: int,
        prepare: Callable[..., None],
        arguments: tuple[Any, ...],
        cpu_seconds: int = CPU_SECONDS,
        wall_seconds: float = WALL_SECONDS,
    ) -> None:
        self._processes = processes
        self._prepare = (prepare, arguments)
        self._cpu_seconds, self._wall_seconds = cpu_seconds, wall_seconds
        self._pool: ProcessPool | None = None
        self._tasks = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    async def room(self) -> None:
        """Return when fewer than BACKLOG tasks wait or run: what they hold stays bounded."""
        await self._has_room.wait()

    async def run(self, task: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a task in a worker and return what it returns, or raise what it raised.

        Raises TaskDiedError when it went beyond its limits or its process died.
        """
        pool = await self._running()
        limited = (self._cpu_seconds, task, args, kwargs)
        future = pool.schedule(_limited, limited, timeout=self._wall_seconds)
        self._count(1)
        try:
            # The pool's own clock starts with the task: where no process comes up, it never does.
            result: R = await asyncio.wait_for(
                asyncio.wrap_future(future), self._wall_seconds * BACKLOG
            )
        except BrokenProcessPool as error:
            raise TaskDiedError("all processes that read documents died") from error
        except (FutureTimeout, TimeoutError) as error:
            raise TaskDiedError(f"it took more than {self._wall_seconds:g} s") from error
        except ProcessExpired as error:
            raise TaskDiedError(self._death(error.exitcode)) from error
        finally:
            self._count(-1)
        return result

    async def _running(self) -> ProcessPool:
        """Return the pool; a broken one takes no more tasks, and another takes its place."""
        broken = self._pool if self._pool is not None and not self._pool.active else None
        if self._pool is None or broken is not None:
            self._pool = self._start()
        pool = self._pool
        if broken is not None:
            await asyncio.to_thread(_end, broken)
        return pool

    def _death(self, code: int | None) -> str:
        """Say of what a process died: at the CPU limit, or of something else (memory, a crash)."""
        if code == -signal.SIGXCPU:
            return f"it took more than {self._cpu_seconds} s of CPU time"
        return f"the process that read it died (code {code}), perhaps for want of memory"

    def _count(self, change: int) -> None:
        self._tasks += change
        if self._tasks < BACKLOG:
            self._has_room.set()
        else:
            self._has_room.clear()

    def close(self) -> None:
        """End the processes; tasks under way are lost."""
        if self._pool is not None:
            _end(self._pool)
            self._pool = None

    def _start(self) -> ProcessPool:
        # Forked from a small server process that has loaded the stages: a new worker is cheap,
        # and no lock of this process is copied in a wrong state.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([self._prepare[0].__module__])
        return ProcessPool(
            max_workers=self._processes,
            max_tasks=TASKS_PER_WORKER,
            initializer=_enter,
            initargs=self._prepare,
            context=context,
        )


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join(5)


def _enter(prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    # Ctrl-C goes to every process of the terminal: the parent ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prepare(*arguments)


def _limited(
    seconds: int, task: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> R:
    """Run a task under a CPU limit of its own: the limit counts a process's whole life."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    return task(*args, **kwargs)
