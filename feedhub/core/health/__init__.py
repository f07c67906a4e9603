"""How a source is, in plain sentences for whoever reads the list of sources, and when to tell it.

The exact fault is the admin's (`SourceState.error`, the log); these sentences say since when and
what follows. They also say why a source is polled when it is, from the reason that was stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from feedhub.core.health.alerts import (
    Alert,
    AlertKind,
    Standing,
    Told,
    alerts,
    messages,
    signs,
    standings,
    standings_from_json,
    standings_to_json,
)
from feedhub.core.health.conditions import (
    Condition,
    Kind,
    Severity,
    conditions,
    fault_of_status,
    list_conditions,
    site_conditions,
)
from feedhub.core.health.sentences import ADVICE, CADENCE, STATES
from feedhub.core.health.words import fill
from feedhub.model import SourceState
from feedhub.model.history import History, Reason

__all__ = [
    "Alert",
    "AlertKind",
    "Condition",
    "Health",
    "Kind",
    "Severity",
    "Standing",
    "Told",
    "advise",
    "alerts",
    "conditions",
    "fault_of_status",
    "health",
    "list_conditions",
    "messages",
    "say",
    "say_reason",
    "signs",
    "site_conditions",
    "standings",
    "standings_from_json",
    "standings_to_json",
]

_UNKNOWN = History()
_WELL_ENOUGH = ("ok", "note")
_NO_MATTER = datetime.min.replace(tzinfo=UTC)
"""Reasons hold lengths of time and no instants, so it is all one when they are said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How a source is: the leading condition, whether that is good, and its sentence.

    `more` are the sentences of further conditions, `advice` says what the admin can do, one
    sentence for each condition that needs it.
    """

    condition: Kind
    severity: Severity
    is_healthy: bool
    sentence: str
    more: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def health(
    state: SourceState,
    *,
    is_configured: bool,
    language: str,
    now: datetime,
    history: History = _UNKNOWN,
) -> Health:
    """Return how a source is; `now` is in the site's zone, in which times are said."""
    found = conditions(state, history, is_configured=is_configured, now=now)
    first, *further = (say(one, language, now=now) for one in found)
    advice = (advise(one, language, now=now) for one in found)
    return Health(
        condition=found[0].kind,
        severity=found[0].severity,
        is_healthy=found[0].severity in _WELL_ENOUGH,
        sentence=first,
        more=tuple(further),
        advice=tuple(sentence for sentence in advice if sentence),
    )


def say(condition: Condition, language: str, *, now: datetime) -> str:
    """Return a condition as a sentence; a language we do not speak is answered in English."""
    spoken = language if language in STATES else "en"
    return fill(STATES[spoken][condition.kind], dict(condition.values), spoken, now)


def advise(condition: Condition, language: str, *, now: datetime) -> str:
    """Return what the admin can do about a condition; empty where nothing is to be done."""
    spoken = language if language in ADVICE else "en"
    template = ADVICE[spoken].get(condition.kind, "")
    return fill(template, dict(condition.values), spoken, now)


def say_reason(stored: str, language: str) -> str:
    """Return why a source is polled when it is: «каждые 40 мин: 12 новостей за сутки».

    What is no reason we know (it was stored by another version) is returned as it is.
    """
    reason = Reason.read(stored)
    spoken = language if language in CADENCE else "en"
    template = CADENCE[spoken].get(reason.key) if reason else None
    if reason is None or template is None:
        return stored
    return fill(template, dict(reason.numbers), spoken, _NO_MATTER)
