"""A source's past as it is kept between polls: one short text a source, bounded whatever happens.

It is read and written with every poll, thousands in a minute, and so it is a few numbers and no
table: how many entries were listed when and what the last document told, in the first line, and
the last polls, the newest first, a line each. A poll that brings nothing adds its line and leaves
the others as they are: to write them anew would cost more than all else that is done here.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from operator import neg
from typing import Any

from feedhub.model.history import Hints, History, PollFact, Push, Redirect
from feedhub.model.source import PollOutcome

POLLS = 14
"""Polls that are remembered; the log holds them all, for as long as the admin wants."""

DAYS = 60
"""Days for which the number of entries is remembered."""

RECENT = 300
"""Entries of the last day whose time is remembered exactly."""

DOCUMENTS = 3
"""Documents whose time is remembered: what is missing in so many of them is gone."""

CHURN = 2
"""Documents in a row, most of whose entries had new guids, that make a source a churning one."""

_OUTCOMES: tuple[PollOutcome, ...] = ("fetched", "not_modified", "unchanged", "failed")
_SLOT = 6 * 3600
_A_DAY = 24 * 3600
_SLOTS = DAYS * _A_DAY // _SLOT
_OVERFLOW_KEPT = timedelta(days=7)

Memory = dict[str, Any]
Row = list[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentRead:
    """What reading a document came to, as far as it is remembered.

    `listed` are the times at which its new entries are listed. `renamed` counts entries that are
    known under another guid, `held_back` those not put on top because they are old.
    `previous` is when the document before this one was read.
    """

    entries: int
    listed: tuple[datetime, ...] = ()
    newest_published: datetime | None = None
    previous: datetime | None = None
    is_overflow: bool = False
    renamed: int = 0
    held_back: int = 0
    declared_encoding: str | None = None
    real_encoding: str | None = None
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a poll found the document, if not at the source's own address.

    `redirect_to` is where a permanent redirect led, `fallback_url` the address read instead.
    """

    redirect_to: str | None = None
    is_doubtful: bool = False
    fallback_url: str | None = None
    missing_issuer: str | None = None


NOWHERE_ELSE = Place()


def recall(stored: str, *, now: datetime, push: Push | None = None) -> History:
    """Return a source's past; what was stored by another version is unknown, not an error."""
    return _history(*_loaded(stored), now, push)


def remember(
    stored: str,
    fact: PollFact,
    read: DocumentRead | None = None,
    *,
    place: Place = NOWHERE_ELSE,
    push: Push | None = None,
) -> tuple[History, str]:
    """Return a source's past with this poll, as a value and as the text to keep."""
    before, rows = _loaded(stored)
    memory = before.copy()
    if fact.is_overflow and not memory.get("window"):  # what was not there before cannot be lost
        fact, read = fact._replace(is_overflow=False), read and replace(read, is_overflow=False)
    _note_place(memory, fact, place)
    if read is not None:
        _note_document(memory, read, fact.at)
    kept = [_row(fact), *rows[: POLLS - 1]]
    past = _history(memory, kept, fact.at, push)
    if memory != before or not rows or _LINE not in stored:
        return past, _text(_to_text(memory), map(_to_text, kept))
    rest, *lines = stored.split(_LINE, POLLS)
    return past, _text(rest, (_to_text(kept[0]), *lines[: POLLS - 1]))


def note_pushed(stored: str, listed: Sequence[datetime], *, now: datetime) -> str:
    """Return the text to keep after entries were pushed: they count, but nobody was asked."""
    memory, rows = _loaded(stored)
    _note_listed(memory, [_seconds(one) for one in listed], _seconds(now))
    return _text(_to_text(memory), map(_to_text, rows))


# -- the text -----------------------------------------------------------------------------------

_LINE = "\n"
_to_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _text(rest: str, polls: Iterable[str]) -> str:
    return _LINE.join((rest, *polls))


def _loaded(stored: str) -> tuple[Memory, list[Row]]:
    """Return what is remembered besides polls, and the polls, the newest first."""
    rest, _, polls = stored.partition(_LINE)
    try:
        memory = json.loads(rest) if rest else {}
        rows = json.loads(f"[{polls.replace(_LINE, ',')}]")
    except ValueError:
        return {}, []
    if not isinstance(memory, dict):
        return {}, []
    # before polls had lines of their own they stood with the rest
    return memory, memory.pop("polls", rows)


# -- noting -------------------------------------------------------------------------------------


def _row(fact: PollFact) -> Row:
    at, outcome, *rest = fact
    return [_seconds(at), _OUTCOMES.index(outcome), *rest]


def _note_place(memory: Memory, fact: PollFact, place: Place) -> None:
    _put(memory, "issuer", place.missing_issuer)
    if fact.outcome == "failed":
        return
    _put(memory, "instead", place.fallback_url)
    if place.redirect_to is None:
        memory.pop("moved", None)
        return
    target, times, _ = memory.get("moved", (None, 0, 0))
    again = times + 1 if target == place.redirect_to else 1
    memory["moved"] = [place.redirect_to, again, int(place.is_doubtful)]


def _note_document(memory: Memory, read: DocumentRead, at: datetime) -> None:
    memory["docs"] = [_seconds(at), *memory.get("docs", ())][:DOCUMENTS]
    _put(memory, "window", read.entries)
    if read.newest_published is not None:
        memory["newest"] = max(_seconds(read.newest_published), memory.get("newest", 0))
    _put(memory, "declared", read.declared_encoding)
    _put(memory, "real", read.real_encoding)
    _put(memory, "held", read.held_back or None)
    _put(memory, "hints", _hints_row(read.hints))
    _note_listed(memory, [_seconds(one) for one in read.listed], _seconds(at))
    is_renamed = read.renamed * 2 > read.entries > 0
    # said no more once a document came whose guids were the old ones
    _put(memory, "churn", memory.get("churn", 0) + 1 if is_renamed else None)
    if read.is_overflow:
        memory["lost"] = _seconds(at)
        if read.previous is not None:
            gap = _seconds(at) - _seconds(read.previous)
            memory["gap"] = min(gap, memory.get("gap", gap))


def _note_listed(memory: Memory, listed: Iterable[int], now: int) -> None:
    """Count new entries by the six hours in which they are listed; those to come count as now."""
    slots = _slots(memory, now)
    recent = [one for one in memory.get("recent", ()) if one > now - _A_DAY]
    for one in listed:
        age = max(now // _SLOT - one // _SLOT, 0)
        if age < _SLOTS:
            slots += [0] * (age + 1 - len(slots))
            slots[age] += 1
        if one > now - _A_DAY:
            recent.append(min(one, now))
    memory["slot"], memory["slots"] = now // _SLOT, slots
    memory["recent"] = sorted(recent, reverse=True)[:RECENT]


def _slots(memory: Memory, now: int) -> list[int]:
    """Return the counts by six hours, the one of `now` first."""
    passed = now // _SLOT - memory.get("slot", now // _SLOT)
    return [*([0] * min(max(passed, 0), _SLOTS)), *memory.get("slots", ())][:_SLOTS]


def _put(memory: Memory, name: str, value: object) -> None:
    if value is None:
        memory.pop(name, None)
    else:
        memory[name] = value


# -- recalling ----------------------------------------------------------------------------------


def _history(memory: Memory, polls: Sequence[Row], now: datetime, push: Push | None) -> History:
    lost, gap = _maybe(memory.get("lost")), memory.get("gap")
    is_lately = lost is not None and now - lost <= _OVERFLOW_KEPT
    return History(
        polls=tuple(map(_fact, polls)),
        by_day=_by_day(memory, _seconds(now)),
        documents=tuple(map(_instant, memory.get("docs", ()))),
        window=memory.get("window"),
        overflowed_at=lost if is_lately else None,
        overflow_gap=timedelta(seconds=gap) if is_lately and gap is not None else None,
        newest_published=_maybe(memory.get("newest")),
        declared_encoding=memory.get("declared"),
        real_encoding=memory.get("real"),
        is_guid_churning=memory.get("churn", 0) >= CHURN,
        held_back=memory.get("held", 0),
        redirect=_redirect(memory.get("moved")),
        fallback_url=memory.get("instead"),
        missing_issuer=memory.get("issuer"),
        push=push,
        hints=_hints(memory.get("hints")),
    )


def _fact(row: Row) -> PollFact:
    at, outcome, *rest = row
    return PollFact(_instant(at), _OUTCOMES[outcome], *rest)


def _by_day(memory: Memory, now: int) -> tuple[int, ...]:
    """Return the entries listed in the last 24 hours, in the 24 before, and so on.

    The last day is exact, the days before are counted in steps of six hours.
    """
    if "slots" not in memory:
        return ()
    slots = _slots(memory, now)
    per_day = _A_DAY // _SLOT
    days = list(map(sum, zip_longest(*[iter(slots)] * per_day, fillvalue=0)))
    recent = memory.get("recent", ())
    if len(recent) < RECENT:
        exact = bisect_left(recent, _A_DAY - now, key=neg)  # the newest come first
        # what a step of six hours counts with the last day, or does not, the day before makes up
        days[:2] = [exact, max(sum(days[:2]) - exact, 0)]
    return tuple(days[: max(len(slots) // per_day, 1) + 1])


def _redirect(row: list[Any] | None) -> Redirect | None:
    return Redirect(target=row[0], times=row[1], is_doubtful=bool(row[2])) if row else None


def _hints_row(hints: Hints) -> list[Any] | None:
    if hints == _NO_HINTS:
        return None
    return [
        hints.ttl,
        hints.update_period,
        hints.update_frequency,
        hints.update_base and _seconds(hints.update_base),
        list(hints.skip_hours),
        list(hints.skip_days),
    ]


def _hints(row: list[Any] | None) -> Hints:
    if row is None:
        return _NO_HINTS
    ttl, period, frequency, base, hours, days = row
    return replace(
        _NO_HINTS,
        ttl=ttl,
        update_period=period,
        update_frequency=frequency,
        update_base=_maybe(base),
        skip_hours=tuple(hours),
        skip_days=tuple(days),
    )


_NO_HINTS = Hints()


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _maybe(seconds: int | None) -> datetime | None:
    return None if seconds is None else _instant(seconds)
