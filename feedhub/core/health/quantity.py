"""Too little, too much, nothing at all: what the count of entries a day says of a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

A_DAY = timedelta(days=1)

STALE_DAYS = 30
"""From so many days without anything a source is stale, whatever its habit was."""

_KNOWN_DAYS = 7
"""So many days must be known before any of them is called unusual."""

_SILENT_DAYS, _MISSED, _GAPS = 3, 3, 2
"""Silence: days at least, entries that should have come, and how often the longest usual gap."""

_FLOOD, _TIMES_BUSIEST = 30, 3
"""A flood: entries in a day at least, and how often the busiest day before."""

_WEEK, _LEAST_IN_A_WEEK, _SHRUNK = 7, 14, 4
_DOCUMENTS, _LEAST_WINDOW = 5, 6


@dataclass(frozen=True, slots=True)
class Silence:
    """Days without anything new; `month` is the usual count of 28 days, None where unknown."""

    days: int
    month: int | None = None


def silence(by_day: Sequence[int], last: datetime | None, now: datetime) -> Silence | None:
    """Return for how long a source has been unusually silent, or None.

    `by_day` are counts as in `History`, `last` is when the last new thing came. Weekends are no
    silence where they are usual: it must last twice the longest gap seen before.
    """
    days = (now - last) // A_DAY if last else 0
    before = by_day[days:] if days > 0 else ()
    if days >= _SILENT_DAYS and len(before) >= _KNOWN_DAYS:
        usual = sum(before) / len(before)
        is_long = days >= _GAPS * _longest_gap(before)
        if is_long and usual * days >= _MISSED:
            return Silence(days, round(usual * 28))
    return Silence(days) if days >= STALE_DAYS else None


def flood(by_day: Sequence[int]) -> tuple[int, int] | None:
    """Return the entries of the last 24 hours, and the usual ones of 28 days, if it is a flood."""
    today, before = by_day[:1], by_day[1:]
    if len(before) < _KNOWN_DAYS or today[0] < max(_FLOOD, _TIMES_BUSIEST * max(before)):
        return None
    return today[0], round(sum(before) / len(before) * 28)


def shrinking(by_day: Sequence[int]) -> tuple[int, int] | None:
    """Return the entries of the last week, and the usual ones of 28 days, if they are too few.

    Too few: a quarter of the usual, less than in any week before, and not none (that is silence).
    """
    week, before = sum(by_day[:_WEEK]), by_day[_WEEK:]
    weeks = [sum(before[n : n + _WEEK]) for n in range(0, len(before) - _WEEK + 1, _WEEK)]
    if len(weeks) < 3 or not 0 < week < min(weeks):
        return None
    usual = sum(weeks) / len(weeks)
    is_shrinking = usual >= _LEAST_IN_A_WEEK and week * _SHRUNK <= usual
    return (week, round(usual * 4)) if is_shrinking else None


def short(window: int | None, earlier: Sequence[int]) -> int | None:
    """Return how many entries the document usually holds, if it now holds less than half of them.

    `earlier` are the counts of the documents before.
    """
    if not window or len(earlier) < _DOCUMENTS:
        return None
    usual = int(median(earlier))
    return usual if usual >= _LEAST_WINDOW and window * 2 < usual else None


def _longest_gap(days: Sequence[int]) -> int:
    longest = run = 0
    for count in days:
        run = 0 if count else run + 1
        longest = max(longest, run)
    return longest
