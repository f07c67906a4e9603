"""What runs in a worker process: tasks one after another, each under a CPU limit of its own."""

from __future__ import annotations

import pickle
import resource
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

ADDRESS_SPACE = 1536 * 1024 * 1024
"""Bytes of address space for one worker."""


def serve(pipe: Connection, prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Do what comes through the pipe and send back what came of it, until the pipe is closed."""
    # Ctrl-C goes to every process of the terminal: the parent ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prepare(*arguments)
    while True:
        try:
            told = pipe.recv_bytes()
        except (EOFError, ConnectionResetError):
            return
        pipe.send_bytes(_answer(told))


def _answer(told: bytes) -> bytes:
    """Return (True, result) or (False, what was raised), pickled."""
    try:
        seconds, task, args, kwargs = pickle.loads(told)  # noqa: S301  (from our own parent)
        _limit(seconds)
        return pickle.dumps((True, task(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return _refusal(error)


def _refusal(error: Exception) -> bytes:
    try:
        told = pickle.dumps((False, error))
        pickle.loads(told)  # noqa: S301  (some errors can be written and not be read)
    except Exception:
        return pickle.dumps((False, RuntimeError(repr(error))))
    return told


def _limit(seconds: int) -> None:
    """Set the CPU limit of one task: the kernel's counts a process's whole life."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
