"""How often is too often, how seldom too seldom, and by how much polls are moved apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b

SHORTEST = timedelta(minutes=10)
"""No "auto" source is asked more often, whatever its publisher or its past says."""

OFTEN = timedelta(hours=1)
"""A source that brings several entries a day is asked at least this often."""

SELDOM = timedelta(hours=6)
"""A quiet source, or one whose hub sends its news, is asked at least this often."""

A_DAY = timedelta(hours=24)
"""No hint of a publisher and no backoff goes beyond a day: a source is never given up."""

JITTER = 0.1
"""A wait is lengthened by up to this part of itself."""


def at_most_a_day(seconds: float) -> timedelta:
    """Return seconds as a length of time, from none to a day."""
    return timedelta(seconds=min(max(seconds, 0), A_DAY.total_seconds()))


def jittered(length: timedelta, slug: str, now: datetime) -> timedelta:
    """Return a wait made up to a tenth longer, by a hash of the source and the instant.

    So sources that began together drift apart, and the same poll always gives the same answer.
    """
    digest = blake2b(f"{slug} {int(now.timestamp())}".encode(), digest_size=4).digest()
    extra = length.total_seconds() * JITTER * int.from_bytes(digest) / 0xFFFFFFFF
    return length + timedelta(seconds=int(extra))
