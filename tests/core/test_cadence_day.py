"""A day in the life of 300 sources, with failures of every kind: no clock, no socket, no wait."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import pairwise

import pytest

from feedhub.core.cadence import next_poll, spread, weight
from feedhub.core.health import fault_of_status
from feedhub.model import (
    Failed,
    FailureKind,
    Fetched,
    NotModified,
    Outcome,
    Source,
    SourceState,
    Validators,
)
from feedhub.model.history import Due, Fault, Hints, History, PollFact, Push
from tests import builders as a

SOURCES = 300
START = a.NOW
END = START + a.DAY
TEN_MINUTES = 10 * a.MINUTE
DUE_AT_ONCE = 20
RETRY_AFTER = 2400
NO_HINTS = Hints()


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A failure and when it holds."""

    name: str
    kind: FailureKind
    status: int | None = None
    retry_after: int | None = None
    since: datetime
    until: datetime


TROUBLES: dict[str, tuple[FailureKind, int | None, int | None]] = {
    "no answer": ("temporary", None, None),
    "certificate": ("hard", None, None),
    "blocked": ("hard", 403, None),
    "missing": ("hard", 404, None),
    "gone": ("hard", 410, None),
    "too often": ("temporary", 429, RETRY_AFTER),
    "repair": ("temporary", 503, RETRY_AFTER),
    "server error": ("temporary", 502, None),
    "a page instead": ("soft", 200, None),
}


@dataclass
class Site:
    """A publisher: entries at fixed times, hints, perhaps a trouble; a conditional GET works."""

    slug: str
    entries: list[datetime]
    window: int = 20
    hints: Hints = NO_HINTS
    headers: tuple[tuple[str, str], ...] = ()
    push: bool = False
    trouble: Trouble | None = None

    def there(self, now: datetime) -> int:
        """Return how many entries are published by now."""
        return bisect_right(self.entries, now)

    def answer(self, state: SourceState, now: datetime) -> tuple[Outcome, int]:
        """Return what a poll comes to, and how many entries are there by now."""
        trouble = self.trouble
        if trouble and trouble.since <= now < trouble.until:
            failed = Failed(
                kind=trouble.kind,
                message=trouble.name,
                status=trouble.status,
                retry_after=trouble.retry_after,
            )
            return failed, 0
        there = self.there(now)
        validators = Validators(etag=f'"{there}"')
        if state.validators == validators:
            return (
                NotModified(url="x", status=304, headers=self.headers, validators=validators),
                there,
            )
        fetched = Fetched(
            url="x",
            status=200,
            headers=self.headers,
            validators=validators,
            body=b"",
            body_hash="",
        )
        return fetched, there


@dataclass
class Reader:
    """What is remembered of one source, as the store would, and a log of what was asked."""

    source: Source
    site: Site
    state: SourceState
    seen: int
    log: list[PollFact] = field(default_factory=list)
    waits: list[timedelta] = field(default_factory=list)
    overflow_gap: timedelta | None = None

    def poll(self, now: datetime) -> datetime:
        """Poll once and return when to poll again."""
        outcome, there = self.site.answer(self.state, now)
        fact = self._fact(outcome, there, now)
        if fact.is_overflow and self.log:
            gap = now - self.log[-1].at
            self.overflow_gap = min(gap, self.overflow_gap or gap)
        self.log.append(fact)
        answer = next_poll(
            self.source,
            self.state,
            outcome,
            recent_new=max(self.seen - self.site.there(now - a.DAY), 0),
            now=now,
            history=self._history(now),
        )
        failures = self.state.failures + weight(outcome) if isinstance(outcome, Failed) else 0.0
        self.state = replace(self.state, failures=failures)
        if not isinstance(outcome, Failed):
            self.seen = there
            self.state = replace(self.state, validators=outcome.validators)
        self.waits.append(answer.at - now)
        return answer.at

    def _fact(self, outcome: Outcome, there: int, now: datetime) -> PollFact:
        if isinstance(outcome, Failed):
            fault: Fault = fault_of_status(outcome.status) or "unreachable"
            return PollFact(at=now, outcome="failed", status=outcome.status, fault=fault)
        new = 0 if self.site.push else there - self.seen  # what a hub sent is known already
        kind = "fetched" if isinstance(outcome, Fetched) else "not_modified"
        return PollFact(
            at=now,
            outcome="fetched" if kind == "fetched" else "not_modified",
            status=outcome.status,
            new=new,
            is_overflow=new > self.site.window,
        )

    def _history(self, now: datetime) -> History:
        there = [self.site.there(now - n * a.DAY) for n in range(15)]
        return History(
            polls=tuple(reversed(self.log[-50:])),
            by_day=tuple(later - earlier for later, earlier in pairwise(there)),
            overflow_gap=self.overflow_gap,
            push=self._push(there[0]),
            hints=self.site.hints,
        )

    def _push(self, there: int) -> Push | None:
        if not self.site.push or not there:
            return None
        return Push(lease_until=END + a.DAY, last_push_at=self.site.entries[there - 1])


def published(dice: a.Dice, per_day: int) -> list[datetime]:
    """Return times of entries of 14 days and the day to come, at working hours for the most."""
    first = START - 14 * a.DAY
    times = (
        first + n * a.DAY + timedelta(seconds=6 * 3600 + dice.roll(12 * 3600))
        for n in range(15)
        for _ in range(per_day)
    )
    return sorted(times)


def sites() -> Iterator[Site]:
    dice = a.Dice("a day of 300 sources")
    names = list(TROUBLES)
    for number in range(SOURCES):
        site = Site(
            slug=f"agency-{number}",
            entries=published(dice, dice.pick((0, 1, 4, 12, 40, 300))),
            hints=dice.pick(
                (
                    Hints(),
                    Hints(ttl=1),
                    Hints(ttl=60),
                    Hints(ttl=10_080),
                    Hints(update_period="hourly", update_frequency=2),
                    Hints(skip_hours=(20, 21, 22)),
                )
            ),
            headers=dice.pick(((), (("cache-control", "max-age=1800"),))),
            push=dice.roll(10) == 0,
        )
        if number % 2:
            kind, status, retry_after = TROUBLES[names[number // 2 % len(names)]]
            since = START + timedelta(minutes=dice.roll(8 * 60))
            site.trouble = Trouble(
                name=names[number // 2 % len(names)],
                kind=kind,
                status=status,
                retry_after=retry_after,
                since=since,
                until=since + timedelta(minutes=1 + dice.roll(10 * 60)),
            )
        yield site


def a_reader(site: Site) -> Reader:
    state = SourceState(slug=site.slug, first_poll_at=START - 14 * a.DAY)
    return Reader(
        source=a.a_source(site.slug),
        site=site,
        state=state,
        seen=sum(at <= START - 2 * a.HOUR for at in site.entries),
    )


def live(readers: list[Reader], *, start: datetime = START, end: datetime = END) -> None:
    """Poll everything from `start`, when all of it is due, to `end`."""
    by_slug = {reader.source.slug: reader for reader in readers}
    due = [Due(slug=slug, at=start) for slug in by_slug]
    moved = spread(due, now=start, at_once=DUE_AT_ONCE)
    queue: list[tuple[datetime, str]] = []
    for one in due:
        heappush(queue, (moved.get(one.slug, one.at), one.slug))
    while queue and queue[0][0] < end:
        now, slug = heappop(queue)
        heappush(queue, (by_slug[slug].poll(now), slug))


@pytest.fixture(scope="module")
def day() -> list[Reader]:
    readers = [a_reader(site) for site in sites()]
    live(readers, end=END + 2 * a.DAY)
    return readers


def during_the_day(reader: Reader) -> list[PollFact]:
    return [fact for fact in reader.log if fact.at < END]


def test_nobody_is_asked_more_often_than_manners_allow(day: list[Reader]) -> None:
    for reader in day:
        assert len(reader.log) >= 3, "a source was given up"
        for earlier, later in pairwise(reader.log):
            gap = later.at - earlier.at
            assert TEN_MINUTES <= gap <= a.DAY * 1.1
            if earlier.status in (429, 503):
                assert gap >= timedelta(seconds=RETRY_AFTER), "asked before the time it named"


def test_hours_to_skip_are_skipped(day: list[Reader]) -> None:
    skipping = [reader for reader in day if reader.site.hints.skip_hours]
    assert skipping
    for reader in skipping:
        for earlier, later in pairwise(reader.log):
            if earlier.outcome != "failed":
                assert later.at.hour not in (20, 21, 22)


def test_every_source_recovers_within_the_wait_it_had_when_its_trouble_ended(
    day: list[Reader],
) -> None:
    troubled = [reader for reader in day if reader.site.trouble]
    assert {reader.site.trouble.name for reader in troubled if reader.site.trouble} == set(TROUBLES)
    met = 0
    for reader in troubled:
        trouble = reader.site.trouble
        assert trouble
        failed = [n for n, fact in enumerate(reader.log) if fact.outcome == "failed"]
        met += bool(failed)
        for place in failed:
            assert trouble.since <= reader.log[place].at < trouble.until
        if failed:
            back = reader.log[failed[-1] + 1]
            assert back.outcome != "failed"
            assert back.at - trouble.until <= reader.waits[failed[-1]]
    assert met >= 0.8 * len(troubled)


def test_after_an_hour_without_a_network_everybody_is_back_within_half_an_hour() -> None:
    readers = [a_reader(site) for site in sites()]
    for reader in readers:
        reader.site.trouble = Trouble(
            name="no network", kind="temporary", since=START, until=START + a.HOUR
        )
    live(readers, end=START + 2 * a.HOUR)
    for reader in readers:
        back = next(fact for fact in reader.log if fact.outcome != "failed")
        assert back.at - (START + a.HOUR) <= 30 * a.MINUTE


def test_every_entry_is_seen_in_time(day: list[Reader]) -> None:
    """A source that brings several entries a day is asked hourly but in the hours it skips."""
    for reader in day:
        is_plain = not reader.site.push and not reader.site.hints.skip_hours
        if len(reader.site.entries) >= 15 * 4 and is_plain:
            for earlier, later in pairwise(reader.log):
                is_well = "failed" not in (earlier.outcome, later.outcome)
                if is_well and earlier.at < END:
                    assert later.at - earlier.at <= 66.1 * a.MINUTE


def test_a_document_that_overflowed_is_asked_for_twice_as_often(day: list[Reader]) -> None:
    overflowed = 0
    for reader in day:
        if reader.site.hints.skip_hours:
            continue
        for earlier, now, later in zip(reader.log, reader.log[1:], reader.log[2:], strict=False):
            if now.is_overflow:
                overflowed += 1
                half = max((now.at - earlier.at) / 2, TEN_MINUTES)
                assert later.at - now.at <= half * 1.1
    assert overflowed >= 10


def test_overflows_end_where_nothing_else_is_wrong(day: list[Reader]) -> None:
    for reader in day:
        if not reader.site.trouble and not reader.site.hints.skip_hours:
            assert sum(fact.is_overflow for fact in reader.log[1:]) <= 2


def test_polls_are_spread_over_the_day(
    day: list[Reader], record_property: Callable[[str, object], None]
) -> None:
    instants = [fact.at for reader in day for fact in during_the_day(reader)]
    first = Counter(instant for instant in instants if instant < START + TEN_MINUTES)
    assert max(first.values()) <= DUE_AT_ONCE
    minutes = Counter((instant - START) // a.MINUTE for instant in instants)
    later = [minutes[minute] for minute in range(60, 24 * 60)]
    mean = sum(later) / len(later)
    assert max(later) <= 4 * mean + 5
    outcomes = Counter(fact.outcome for reader in day for fact in during_the_day(reader))
    record_property(
        "table",
        f"A simulated day, {SOURCES} sources: {len(instants)} polls "
        f"({outcomes['fetched']} new documents, {outcomes['not_modified']} not modified, "
        f"{outcomes['failed']} failed), busiest minute {max(later)}, mean {mean:.1f}; "
        f"shortest gap {min(wait for reader in day for wait in reader.waits)}",
    )


def test_after_a_day_switched_off_each_is_asked_once_and_few_at_a_time() -> None:
    readers = [a_reader(replace(site, trouble=None)) for site in sites()]
    live(readers, start=END, end=END + TEN_MINUTES)
    instants = Counter(fact.at for reader in readers for fact in reader.log)
    assert [len(reader.log) for reader in readers] == [1] * SOURCES
    assert max(instants.values()) <= DUE_AT_ONCE
    assert max(instants) >= END + 9 * a.MINUTE
