"""What there is to say of a source: its conditions, the most important first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal
from urllib.parse import urlsplit

from feedhub.core.health.quantity import flood, short, shrinking, silence
from feedhub.core.health.words import Value
from feedhub.model import Fault, SourceState
from feedhub.model.history import History, PollFact

Severity = Literal["ok", "note", "warning", "broken"]
Kind = (
    Fault
    | Literal[
        "unpolled",
        "paused",
        "waiting",
        "well",
        "overflow",
        "silent",
        "stale",
        "no_entries",
        "short",
        "shrinking",
        "flooding",
        "parked",
        "fallback",
        "moved",
        "held_back",
        "guid_churn",
        "encoding",
        "pushed",
        "outage",
    ]
)
"""A failure by what it was, or what else there is to say; `outage` is said of us, not of one."""

MOVED_TIMES = 3
"""So many polls in a row an address must have pointed elsewhere for good (T04: once is nothing)."""

_LATELY = timedelta(days=1)

_BY_STATUS: dict[int, Fault] = {
    401: "password",
    403: "blocked",
    404: "missing",
    407: "password",
    410: "gone",
    429: "busy",
    451: "blocked",
    503: "busy",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One thing to say of a source; `values` fill its sentence."""

    kind: Kind
    severity: Severity
    values: tuple[tuple[str, Value], ...] = ()


def fault_of_status(status: int | None) -> Fault | None:
    """Return what kind of failure an HTTP status is; None where the status is no failure."""
    if status is None or status < 300:
        return None
    return _BY_STATUS.get(status) or ("server" if status >= 500 else "other")


def conditions(
    state: SourceState, history: History, *, is_configured: bool, now: datetime
) -> tuple[Condition, ...]:
    """Return all there is to say of a source, the most important first; never nothing."""
    resting = _resting(state, is_configured=is_configured)
    if resting:
        return (resting,)
    if state.error:
        return (_failure(state, history), *_notes(history, now))
    warnings = tuple(_warnings(state, history, now))
    well = _make("well", "ok", polled=state.last_success_at)
    return (*(warnings or (well,)), *_notes(history, now))


def list_conditions(
    by_day: Sequence[int], newest: datetime | None, *, now: datetime
) -> tuple[Condition, ...]:
    """Return how a list that we publish is: silent, stale or well. Arguments as of `silence`."""
    return (_silence(by_day, newest, now) or _make("well", "ok", polled=newest),)


def site_conditions(newest: Sequence[PollFact], *, now: datetime) -> tuple[Condition, ...]:
    """Return how we are: `newest` is the last poll of each source.

    Where five or more were polled in the last half hour, and four in five of them could not be
    reached at all, it is our own network or name service that is down.
    """
    lately = [fact for fact in newest if now - fact.at <= timedelta(minutes=30)]
    unreached = sum(fact.fault == "unreachable" for fact in lately)
    if len(lately) >= 5 and unreached * 5 >= len(lately) * 4:
        return (_make("outage", "broken", unreached=unreached, n=len(lately)),)
    return (_make("well", "ok", polled=max((fact.at for fact in newest), default=None)),)


def _make(kind: Kind, severity: Severity, **values: Value) -> Condition:
    return Condition(kind=kind, severity=severity, values=tuple(values.items()))


def _resting(state: SourceState, *, is_configured: bool) -> Condition | None:
    if not is_configured:
        return _make("unpolled", "warning")
    if not state.is_active:
        return _make("paused", "warning")
    if not state.error and state.last_success_at is None:
        return _make("waiting", "ok")
    return None


def _failure(state: SourceState, history: History) -> Condition:
    """Return what the last poll failed of, and since when they fail."""
    failed = tuple(takewhile(lambda poll: poll.outcome == "failed", history.polls))
    newest = failed[0] if failed else None
    since = failed[-1].at if failed else None
    if failed and len(failed) == len(history.polls) and state.last_success_at:
        # the log does not reach back to where it began: this is the earliest it can have
        since = min(failed[-1].at, state.last_success_at)
    return _make(
        (newest.fault if newest else None) or "other",
        "broken",
        status=newest.status if newest else None,
        since=since or state.last_poll_at,
        next=state.next_poll_at,
        issuer=history.missing_issuer,
    )


def _warnings(state: SourceState, history: History, now: datetime) -> Iterator[Condition]:
    if history.overflowed_at and now - history.overflowed_at <= _LATELY:
        yield _make("overflow", "warning", window=history.window)
    silent = _silence(history.by_day, _last_sign(state, history), now)
    if silent:
        yield silent
    if history.window == 0:
        yield _make("no_entries", "warning")
    yield from _amounts(history, is_silent=silent is not None)
    if history.redirect and history.redirect.is_doubtful:
        yield _make("parked", "warning", host=_host(history.redirect.target))


def _silence(by_day: Sequence[int], last: datetime | None, now: datetime) -> Condition | None:
    found = silence(by_day, last, now)
    if found is None:
        return None
    if found.month is None:
        return _make("stale", "warning", days=found.days)
    return _make("silent", "warning", days=found.days, month=found.month)


def _last_sign(state: SourceState, history: History) -> datetime | None:
    """Return when the last new thing came; what the first poll found is as new as it says."""
    new, first = state.last_new_at, state.first_poll_at
    if new is None or first is None or new <= first:
        return history.newest_published
    return new


def _amounts(history: History, *, is_silent: bool) -> Iterator[Condition]:
    flooding = flood(history.by_day)
    if flooding:
        yield _make("flooding", "warning", n=flooding[0], month=flooding[1])
    shrunk = None if is_silent else shrinking(history.by_day)
    if shrunk:
        yield _make("shrinking", "warning", n=shrunk[0], month=shrunk[1])
    documents = [poll.entries for poll in history.polls if poll.entries is not None]
    usual = short(history.window, documents[1:])
    if usual:
        yield _make("short", "warning", n=history.window, usual=usual)


def _notes(history: History, now: datetime) -> Iterator[Condition]:
    if history.fallback_url:
        yield _make("fallback", "note", host=_host(history.fallback_url))
    moved = history.redirect
    if moved and not moved.is_doubtful and moved.times >= MOVED_TIMES:
        yield _make("moved", "note", n=moved.times, host=_host(moved.target), target=moved.target)
    if history.held_back:
        yield _make("held_back", "note", n=history.held_back)
    if history.is_guid_churning:
        yield _make("guid_churn", "note")
    declared, real = history.declared_encoding, history.real_encoding
    if declared and real and declared.lower() != real.lower():
        yield _make("encoding", "note", declared=declared, real=real)
    push = history.push
    if push and push.last_push_at and push.lease_until > now:
        yield _make("pushed", "ok", at=push.last_push_at)


def _host(url: str) -> str:
    """Return the host alone: an address may hold a secret, and this is for every reader."""
    try:
        return urlsplit(url).hostname or "—"
    except ValueError:
        return "—"
