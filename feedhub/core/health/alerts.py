"""Which states began or ended, so that people are told once and a flapping source makes no storm.

A `Standing` is the memory of one state between polls. It changes only when what is seen has held
for some polls or hours; and the more often it changed in the last day, the longer it must hold.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast, get_args

from feedhub.core.health.conditions import Condition, Kind
from feedhub.core.health.sentences import ENDED, MANY
from feedhub.core.health.words import Value, fill

AlertKind = Literal["broken", "silent", "shrinking", "flooding", "outage"]

KINDS: tuple[AlertKind, ...] = get_args(AlertKind)

MANY_AT_ONCE = 5
"""Up to so many sources are told of one by one, more of them in one sentence."""

_BEGINS = (3, timedelta(hours=6))
_ENDS = (2, timedelta(hours=2))
"""After so many polls, or so long, a state counts as begun or ended."""

_CALM = timedelta(hours=4)
"""Told once, a state begins and ends as above; each further change in a day must hold so much
longer."""

_MEMORY = timedelta(days=1)

_SIGNS: dict[AlertKind, frozenset[Kind]] = {
    "silent": frozenset({"silent", "stale"}),
    "shrinking": frozenset({"shrinking", "short", "no_entries"}),
    "flooding": frozenset({"flooding"}),
    "outage": frozenset({"outage"}),
}
_RESTING: frozenset[Kind] = frozenset({"unpolled", "paused"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How one state of a source stands: `is_raised` once it was told of and has not ended.

    While what is seen differs from that, `doubt_since` is when it first did and `doubts` how many
    polls did; `seen_at` is the last poll that was looked at, `changes` those of the last day.
    """

    kind: AlertKind
    is_raised: bool = False
    doubt_since: datetime | None = None
    doubts: int = 0
    seen_at: datetime | None = None
    changes: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """A state that began, or ended (`is_over`)."""

    kind: AlertKind
    is_over: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An alert of a source, by its title, with the sentence that says how the source is."""

    title: str
    alert: Alert
    sentence: str = ""


def standings(
    before: Collection[Standing],
    seen: Sequence[Condition],
    *,
    polled_at: datetime | None,
    now: datetime,
    is_outage: bool = False,
) -> tuple[Standing, ...]:
    """Return the memory after what is seen of a source now; look as often as you like.

    `polled_at` is its last poll: looking twice at one counts once. A source at rest forgets. While
    a source is broken nothing can be said of how much it brings, and while our own connection is
    down (`is_outage`) nothing of sources that do not answer.
    """
    kinds = {condition.kind for condition in seen}
    if kinds & _RESTING or polled_at is None:
        return ()
    if is_outage and "unreachable" in kinds:
        return tuple(before)
    is_broken = any(one.severity == "broken" and one.kind != "outage" for one in seen)
    known = {standing.kind: standing for standing in before}
    after = []
    for kind in KINDS:
        standing = known.get(kind, Standing(kind=kind))
        if kind == "broken" or not is_broken:
            is_on = is_broken if kind == "broken" else bool(kinds & _SIGNS[kind])
            standing = _look(standing, is_on=is_on, polled_at=polled_at, now=now)
        if standing.is_raised or standing.doubts or standing.changes:
            after.append(standing)
    return tuple(after)


def alerts(before: Iterable[Standing], after: Iterable[Standing]) -> tuple[Alert, ...]:
    """Return what to tell of the step from one memory to the next: each change once.

    A state that is forgotten (the source was paused or taken out) is not told as ended.
    """
    raised = {standing.kind for standing in before if standing.is_raised}
    return tuple(
        Alert(kind=standing.kind, is_over=not standing.is_raised)
        for standing in after
        if standing.is_raised != (standing.kind in raised)
    )


def signs(alert: Alert, seen: Sequence[Condition]) -> Condition | None:
    """Return the condition that made this alert begin."""
    if alert.kind == "broken":
        return next((one for one in seen if one.severity == "broken"), None)
    return next((one for one in seen if one.kind in _SIGNS[alert.kind]), None)


def messages(
    told: Sequence[Told], *, language: str, now: datetime, many: int = MANY_AT_ONCE
) -> tuple[str, ...]:
    """Return the sentences to send: one for each alert, or one for all of a kind where many."""
    spoken = language if language in MANY else "en"
    found: list[str] = []
    for is_over in (False, True):
        for kind in KINDS:
            group = [one for one in told if one.alert == Alert(kind=kind, is_over=is_over)]
            key = "ended" if is_over else kind
            if len(group) > many and key in MANY[spoken]:
                found.append(_all(group, key, many, spoken, now))
            else:
                found.extend(_one(one, spoken, now) for one in group)
    return tuple(found)


def standings_to_json(standings: Iterable[Standing]) -> str:
    """Return the memory as text for the store."""
    return json.dumps(
        [
            [
                one.kind,
                one.is_raised,
                _seconds(one.doubt_since),
                one.doubts,
                _seconds(one.seen_at),
                [_seconds(change) for change in one.changes],
            ]
            for one in standings
        ],
        separators=(",", ":"),
    )


def standings_from_json(text: str) -> tuple[Standing, ...]:
    """Return the memory from its text; empty text is none. States of other versions are left out."""
    rows: list[Any] = json.loads(text) if text else []
    return tuple(
        Standing(
            kind=cast(AlertKind, kind),
            is_raised=is_raised,
            doubt_since=_instant(doubt_since),
            doubts=doubts,
            seen_at=_instant(seen_at),
            changes=tuple(datetime.fromtimestamp(change, UTC) for change in changes),
        )
        for kind, is_raised, doubt_since, doubts, seen_at, changes in rows
        if kind in KINDS
    )


def _look(standing: Standing, *, is_on: bool, polled_at: datetime, now: datetime) -> Standing:
    recent = tuple(change for change in standing.changes if now - change < _MEMORY)
    is_another = standing.seen_at is None or polled_at > standing.seen_at
    seen = replace(standing, changes=recent, seen_at=polled_at)
    if is_on == standing.is_raised:
        return replace(seen, doubt_since=None, doubts=0)
    doubting = replace(
        seen, doubt_since=standing.doubt_since or now, doubts=standing.doubts + is_another
    )
    if not _has_held(doubting, now):
        return doubting
    changes = (*recent, now)
    return replace(seen, is_raised=is_on, doubt_since=None, doubts=0, changes=changes)


def _has_held(standing: Standing, now: datetime) -> bool:
    polls, hours = _ENDS if standing.is_raised else _BEGINS
    held = now - (standing.doubt_since or now)
    is_enough = standing.doubts >= polls or held >= hours
    return is_enough and held >= _CALM * max(len(standing.changes) - 1, 0)


def _one(told: Told, language: str, now: datetime) -> str:
    if not told.alert.is_over:
        first, rest = told.sentence[:1], told.sentence[1:]
        return f"{told.title}: {first if rest[:1].isupper() else first.lower()}{rest}"
    return fill(ENDED[language][told.alert.kind], {"title": told.title}, language, now)


def _all(group: Sequence[Told], key: str, many: int, language: str, now: datetime) -> str:
    titles = ", ".join(one.title for one in group[:many])
    values: dict[str, Value] = {"n": len(group), "titles": titles, "more": len(group) - many}
    return fill(MANY[language][key], values, language, now)


def _seconds(instant: datetime | None) -> int | None:
    return int(instant.timestamp()) if instant else None


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
