"""A source's past as far as its rhythm and its health depend on it: what a log of polls tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from feedhub.model.fetched import Fault
from feedhub.model.source import PollOutcome


class PollFact(NamedTuple):
    """One line of the poll log; a tuple, because a dozen are made with every poll.

    `fault` is None unless the poll failed. `entries` is how many the document held; None where
    none was read (a 304, an equal body, a failure). `is_overflow`: the document held entries, none
    of them known, though earlier ones are. `ms` is the whole poll, `bytes` the body received.
    """

    at: datetime
    outcome: PollOutcome
    status: int | None = None
    fault: Fault | None = None
    new: int = 0
    updated: int = 0
    entries: int | None = None
    is_overflow: bool = False
    ms: int = 0
    bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What the last document read says of its own rhythm, as written there.

    `ttl` in minutes. `update_period` (hourly, daily, weekly, monthly, yearly), `update_frequency`
    and `update_base` are the syndication module's. `skip_hours` are 0 to 24 and `skip_days` English
    names of weekdays, both in GMT (RSS 2.0).
    """

    ttl: int | None = None
    update_period: str | None = None
    update_frequency: int | None = None
    update_base: datetime | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """Where the source's address has pointed for good (301, 308), `times` polls in a row.

    `is_doubtful` where the target looks like a parked domain, a sign-in or a maintenance page:
    such a move is not proposed.
    """

    target: str
    times: int = 1
    is_doubtful: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Push:
    """A confirmed subscription to the source's hub."""

    lease_until: datetime
    last_push_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What is known of a source's past; every default means "unknown" or "never".

    `polls` are the newest first, the one just made included, some 50 at most. `by_day` counts
    entries by the time they are listed at: in the last 24 hours, in the 24 before, ..., as far back
    as the oldest stored entry, 60 at most. `documents` are when the last ones were read, the newest
    first. `window` is how many entries the last document read
    held. `overflowed_at` is when a document last overflowed, and `overflow_gap` the shortest time
    between such a document and the one before it, in the last 7 days.

    Of the last document read: `newest_published`, the encoding it declares and the real one,
    `held_back` (entries not put on top because they are old), whether guids change from poll to
    poll. `fallback_url` is the address read in place of the source's own. `missing_issuer` is who
    signed the certificate that was not believed.
    """

    polls: tuple[PollFact, ...] = ()
    by_day: tuple[int, ...] = ()
    documents: tuple[datetime, ...] = ()
    window: int | None = None
    overflowed_at: datetime | None = None
    overflow_gap: timedelta | None = None
    newest_published: datetime | None = None
    declared_encoding: str | None = None
    real_encoding: str | None = None
    is_guid_churning: bool = False
    held_back: int = 0
    redirect: Redirect | None = None
    fallback_url: str | None = None
    missing_issuer: str | None = None
    push: Push | None = None
    hints: Hints = Hints()


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """When a source is to be polled, by our table; `every` is None for "auto"."""

    slug: str
    at: datetime
    every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence to be said later, in whichever language: its key and the numbers in it.

    `str()` is how it is stored: "day every=2400 n=12". Lengths of time are in seconds.
    """

    key: str
    numbers: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return " ".join((self.key, *(f"{name}={number}" for name, number in self.numbers)))

    @classmethod
    def read(cls, text: str) -> Reason | None:
        """Return the reason that was stored as this text; None where it is something else."""
        if not _STORED.fullmatch(text):
            return None
        key, *pairs = text.split(" ")
        named = (pair.split("=") for pair in pairs)
        return cls(key, tuple((name, int(number)) for name, number in named))


_STORED = re.compile(r"[a-z_]{1,40}(?: [a-z_]{1,20}=[0-9]{1,12}){0,8}")
