"""One worker process as its owner sees it: started when needed, replaced when it died or is old."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from threading import Lock
from typing import Any

from feedhub.workers.inside import serve
from feedhub.workers.pool import TaskDiedError

TASKS = 300
"""Tasks after which a process is replaced, so that its memory comes back."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a task may use."""

    cpu_seconds: int
    wall_seconds: float


class Process:
    """A process that does one task at a time. `run` is for one thread, `close` for any."""

    def __init__(
        self,
        prepare: Callable[..., None],
        arguments: tuple[Any, ...],
        preload: tuple[str, ...],
        limits: Limits,
    ) -> None:
        self._prepare = (prepare, arguments)
        self._preload = [*preload, serve.__module__, prepare.__module__]
        self._limits = limits
        self._running: tuple[ForkServerProcess, Connection] | None = None
        self._done = 0
        self._is_closed = False
        self._changing = Lock()

    def run(
        self, task: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> object:
        """Have the task done; return what it returned or raise what it raised, or TaskDiedError."""
        told = (self._limits.cpu_seconds, task, args, kwargs)
        is_done, result = pickle.loads(self._asked(pickle.dumps(told, pickle.HIGHEST_PROTOCOL)))  # noqa: S301
        self._done += 1
        if self._done >= TASKS:
            self._end()
        if is_done:
            return result
        raise result

    def close(self) -> None:
        """End the process, whatever it does."""
        with self._changing:
            self._is_closed = True
        self._end()

    def _asked(self, told: bytes) -> bytes:
        """Send a task and return the answer."""
        process, pipe = self._started()
        try:
            pipe.send_bytes(told)
            if pipe.poll(self._limits.wall_seconds):
                return pipe.recv_bytes()
        except (OSError, EOFError) as error:
            process.join(5)
            code = process.exitcode
            self._end()
            raise TaskDiedError(self._death(code)) from error
        self._end()
        raise TaskDiedError(f"it took more than {self._limits.wall_seconds:g} s")

    def _started(self) -> tuple[ForkServerProcess, Connection]:
        """Return the process and our end of its pipe; one that died while idle is replaced."""
        if self._running is not None and not self._running[0].is_alive():
            self._end()
        with self._changing:
            if self._is_closed:
                raise TaskDiedError("the processes that read documents were ended")
            if self._running is None:
                self._running, self._done = self._start(), 0
            return self._running

    def _start(self) -> tuple[ForkServerProcess, Connection]:
        # Forked from a small server process that has loaded what is preloaded: a new worker is
        # cheap, and no lock of this process is copied in a wrong state.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(self._preload)
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, *self._prepare), daemon=True)
        try:
            process.start()
        except (OSError, EOFError) as error:
            ours.close()
            raise TaskDiedError("no process to read documents could be started") from error
        finally:
            theirs.close()
        return process, ours

    def _end(self) -> None:
        with self._changing:
            running, self._running = self._running, None
        if running is not None:
            process, pipe = running
            process.kill()
            process.join(5)
            pipe.close()

    def _death(self, code: int | None) -> str:
        """Say of what a process died: at the CPU limit, or of something else (memory, a crash)."""
        if code == -signal.SIGXCPU:
            return f"it took more than {self._limits.cpu_seconds} s of CPU time"
        return f"the process that read it died (code {code}), perhaps for want of memory"
