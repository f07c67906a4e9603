"""When to poll a source again, and why: a polite guess that never gives up.

Failures weigh 1, 1/2 or 1/4 by their kind and slow polling linearly, as in mediacloud/rss-fetcher,
which has polled 180,000 feeds that way; one success forgets them all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feedhub.core.cadence.bounds import A_DAY, OFTEN, SHORTEST, at_most_a_day, jittered
from feedhub.core.cadence.hints import after_skipped, hinted
from feedhub.core.cadence.rhythm import Wait, by_overflow, by_rhythm, is_busy
from feedhub.core.cadence.spread import AT_ONCE, spread
from feedhub.model import Answer, Failed, FailureKind, NextPoll, Outcome, Source, SourceState
from feedhub.model.history import Hints, History, Reason

__all__ = ["AT_ONCE", "WEIGHTS", "next_poll", "spread", "weight"]

WEIGHTS: dict[FailureKind, float] = {"hard": 1.0, "soft": 0.5, "temporary": 0.25}

_UNKNOWN = History()


def weight(outcome: Outcome) -> float:
    """Return how much an outcome adds to the source's failures."""
    return WEIGHTS[outcome.kind] if isinstance(outcome, Failed) else 0.0


def next_poll(
    source: Source,
    state: SourceState,
    outcome: Outcome,
    *,
    recent_new: int,
    now: datetime,
    history: History = _UNKNOWN,
) -> NextPoll:
    """Return when to poll a source again after this outcome, with the reason as a stored `Reason`.

    `recent_new` is how many entries are as new as 24 hours; `state` is the one before this poll,
    `history` the one with it. A configured `every` is kept. With "auto" it is 10 minutes to a day:
    the publisher's hints are the least wait, unless entries are lost or a busy source would be
    heard less than hourly. Retry-After is always obeyed, capped at a day.
    """
    if isinstance(outcome, Failed):
        return _after_failure(source, state, outcome, now)
    if source.every is not None:
        return _after(source.every, now, "configured", every=source.every)
    hints = history.hints
    wait = _auto(state, hints, outcome, recent_new, history, now)
    at = now + jittered(wait.length, source.slug, now)
    allowed = after_skipped(at, hints, latest=max(at, now + A_DAY))
    if allowed != at:
        # those that waited for the same hour do not all begin with it
        apart = min(at - now - wait.length, SHORTEST)
        return _after(allowed - now + apart, now, "skip", wait=allowed - now)
    every = ("every", _seconds(wait.length))
    return NextPoll(at=at, reason=str(Reason(wait.key, (every, *wait.numbers))))


def _auto(
    state: SourceState,
    hints: Hints,
    answer: Answer,
    recent_new: int,
    history: History,
    now: datetime,
) -> Wait:
    wait = by_rhythm(recent_new, history, now)
    if hints.ttl is None:
        hints = replace(hints, ttl=state.ttl)
    asked, who = hinted(hints, answer, now)
    if is_busy(state, history, now):
        asked = min(asked, OFTEN)
    if asked > wait.length:
        wait = Wait(asked, who)
    most = by_overflow(history, now)
    return Wait(most, "overflow") if most is not None and most < wait.length else wait


def _after_failure(source: Source, state: SourceState, outcome: Failed, now: datetime) -> NextPoll:
    """Wait longer with each failure; a server's own word counts where it is longer still."""
    step = source.every or SHORTEST
    delay = min(step * (1 + state.failures + weight(outcome)), max(A_DAY, step))
    key = "failed"
    if outcome.status == 410 and state.failures >= 1:
        # said once it may be a slip; said again the publisher means it (RFC 9110, 15.5.11)
        delay, key = max(delay, A_DAY), "gone"
    asked = at_most_a_day(outcome.retry_after or 0)
    if outcome.retry_after is not None and asked >= delay:
        return _after(asked, now, "asked", wait=asked)
    return _after(jittered(delay, source.slug, now), now, key, wait=delay)


def _after(length: timedelta, now: datetime, key: str, **told: timedelta) -> NextPoll:
    numbers = tuple((name, _seconds(value)) for name, value in told.items())
    return NextPoll(at=now + length, reason=str(Reason(key, numbers)))


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())
