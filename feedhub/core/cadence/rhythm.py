"""What a source's own past says of how often it is worth asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedhub.core.cadence.bounds import A_DAY, OFTEN, SELDOM, SHORTEST
from feedhub.model import SourceState
from feedhub.model.history import History

POLLS_PER_ENTRY = 3
"""So that an entry waits a sixth of the time between two of them, on average."""

SEVERAL = 3
"""From this many entries a day on a source must not be asked less than hourly."""

PROOF = timedelta(days=2)
"""How long a source must be known before its rhythm counts for more than a publisher's hint."""

_WEEK = 7
_LEAST_POLLS, _MOST_POLLS = 8, 12
"""How many of the last polls tell whether most of them brought something."""


@dataclass(frozen=True, slots=True)
class Wait:
    """A length of time to wait, with the reason's key and numbers."""

    length: timedelta
    key: str
    numbers: tuple[tuple[str, int], ...] = ()


def by_rhythm(recent_new: int, history: History, now: datetime) -> Wait:
    """Return the wait that a source's own past suggests, within the bounds of manners."""
    if _pushes_come(history, now):
        return Wait(SELDOM, "push")
    wait = _by_rate(recent_new, history)
    hits, polls = _hits(history)
    if polls >= _LEAST_POLLS and hits * 2 > polls and wait.length > SHORTEST:
        return Wait(
            max(wait.length / 2, SHORTEST), "hits", numbers=(("hits", hits), ("polls", polls))
        )
    return wait


def is_busy(state: SourceState, history: History, now: datetime) -> bool:
    """Tell whether a source has proved that it brings several entries a day."""
    known_since = state.first_poll_at
    has_proved = known_since is not None and now - known_since >= PROOF
    return has_proved and _a_day(history) >= SEVERAL


def by_overflow(history: History, now: datetime) -> timedelta | None:
    """Return the longest wait in which the document should not overflow again, or None."""
    if history.overflow_gap is None or _pushes_come(history, now):
        return None
    return max(history.overflow_gap / 2, SHORTEST)


def _by_rate(recent_new: int, history: History) -> Wait:
    usual = _a_day(history)
    rate = max(recent_new, usual)
    longest = SELDOM if len(history.by_day) >= _WEEK and rate < SEVERAL else OFTEN
    length = A_DAY / (POLLS_PER_ENTRY * rate) if rate else longest
    within = min(max(length, SHORTEST), longest)
    if recent_new >= usual:
        return Wait(within, "day", numbers=(("n", recent_new),))
    return Wait(within, "usual", numbers=(("month", round(usual * 28)),))


def _a_day(history: History) -> float:
    """Return the entries a day in the last week; 0 where it is not known."""
    days = history.by_day[:_WEEK]
    return sum(days) / len(days) if days else 0


def _hits(history: History) -> tuple[int, int]:
    """Return how many of the last answered polls brought something, and of how many."""
    answered = [poll for poll in history.polls if poll.outcome != "failed"][:_MOST_POLLS]
    return sum(poll.new > 0 for poll in answered), len(answered)


def _pushes_come(history: History, now: datetime) -> bool:
    """Tell whether the hub sends all that is new: no poll since its last push found anything."""
    push = history.push
    if push is None or push.lease_until <= now or push.last_push_at is None:
        return False
    since = push.last_push_at
    return not any(poll.new for poll in history.polls if poll.at > since)
