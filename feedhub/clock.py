"""The only place that asks what time it is; everything else is given `now` as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present instant, aware, in UTC, cut to whole seconds.

    Whole seconds, because RFC 822 dates hold no more, and an entry must have one and the same
    time in RSS, Atom and JSON Feed.
    """
    return datetime.now(UTC).replace(microsecond=0)


def elapsed_ms(since: float) -> int:
    """Return whole milliseconds since a reading of `stopwatch()`."""
    return round((time.perf_counter() - since) * 1000)


def stopwatch() -> float:
    """Return a reading of the monotonic clock, in seconds, for `elapsed_ms`."""
    return time.perf_counter()
