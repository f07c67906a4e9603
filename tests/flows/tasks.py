"""Tasks for worker processes: they must be importable there."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

from feedhub.model import Fetched, Source
from feedhub.refine import Refined


def prepare(word: str) -> None:
    os.environ["FEEDHUB_TEST_WORD"] = word


def word() -> str:
    return os.environ["FEEDHUB_TEST_WORD"]


def double(number: int) -> int:
    return 2 * number


def burn() -> None:
    """Keep the processor busy for longer than any test lets it."""
    end = time.process_time() + 60
    while time.process_time() < end:
        pass


def die() -> None:
    os._exit(3)


def sleep() -> None:
    time.sleep(60)


def hoard() -> int:
    return len(bytearray(4 * 1024**3))


def fail() -> None:
    raise LookupError("no such thing")


def process() -> int:
    return os.getpid()


def bomb(fetched: Fetched, source: Source, now: datetime) -> Refined:
    """Refine as a hostile document would have it: burning, where the body says so."""
    if b"bomb" in fetched.body:
        burn()
    return Refined()


def prepare_while(mark: str) -> None:
    """Die at once while there is a file of this name."""
    if Path(mark).exists():
        os._exit(4)
