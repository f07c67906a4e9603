"""Tasks for worker processes: they must be importable there."""

from __future__ import annotations

import os
import sys
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


def modules() -> set[str]:
    return set(sys.modules)


def nap() -> int:
    time.sleep(0.05)
    return os.getpid()


class Odd(Exception):
    """An error that can be written and not be read again."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def fail_oddly() -> None:
    raise Odd(1, 2)


def answer_with_what_cannot_be_sent() -> object:
    return lambda: None


def bomb(fetched: Fetched, source: Source, now: datetime) -> Refined:
    """Refine as a hostile document would have it: burning, where the body says so."""
    if b"bomb" in fetched.body:
        burn()
    return Refined()


def prepare_while(mark: str) -> None:
    """Die at once while there is a file of this name."""
    if Path(mark).exists():
        os._exit(4)
