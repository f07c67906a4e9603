"""After a long stop everything is due at once: who is polled when, so that nobody is flooded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from feedhub.core.cadence.bounds import A_DAY, JITTER, SHORTEST
from feedhub.model.history import Due

AT_ONCE = 64
"""So many sources are never too many at once."""


def spread(
    due: Iterable[Due],
    *,
    now: datetime,
    at_once: int = AT_ONCE,
    window: timedelta = SHORTEST,
) -> dict[str, datetime]:
    """Return new times for those of these sources that must be moved, at most `at_once` a time.

    More than `at_once` that are due are spread evenly over `window` (longer where that would be
    more often than once a second), each once, those with the shortest interval first. A source
    whose time lies further ahead than any wait can be (a clock that was wrong) counts as due.
    """
    waiting = [one for one in due if one.at <= now or _is_astray(one, now)]
    groups = -(-len(waiting) // at_once)
    if groups <= 1:
        return {one.slug: now for one in waiting if one.at > now}
    step = max(window / groups, timedelta(seconds=1))
    ordered = sorted(waiting, key=_turn)
    return {one.slug: now + _whole(step * (n // at_once)) for n, one in enumerate(ordered)}


def _is_astray(one: Due, now: datetime) -> bool:
    return one.at - now > max(one.every or A_DAY, A_DAY) * (1 + JITTER)


def _turn(one: Due) -> tuple[timedelta, bytes]:
    """Order by interval, then by hash: neighbours in a list of sources often share a host."""
    return one.every or SHORTEST, blake2b(one.slug.encode(), digest_size=8).digest()


def _whole(length: timedelta) -> timedelta:
    """Return a length in whole seconds, which is what the store keeps."""
    return timedelta(seconds=int(length.total_seconds()))
