"""How a source is, in one plain sentence for whoever reads the list of sources.

The exact fault, with what to do, is the admin's (`SourceState.error`, the log); this sentence says
since when and what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedhub.model import SourceState

Condition = Literal["waiting", "gone", "paused", "failing", "well"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """A source's condition, whether it is good, and the sentence that says so."""

    condition: Condition
    is_healthy: bool
    sentence: str


_SENTENCES: dict[str, dict[Condition, str]] = {
    "ru": {
        "waiting": "Ещё не опрашивался.",
        "gone": "Больше не опрашивается; записи сохранены.",
        "paused": "Опрос приостановлен; записи сохранены.",
        "failing": "Не читается: последняя попытка {tried} не удалась, повтор {next}.",
        "well": "Работает: последний опрос {polled}.",
    },
    "en": {
        "waiting": "Not polled yet.",
        "gone": "No longer polled; its entries are kept.",
        "paused": "Polling is paused; its entries are kept.",
        "failing": "Cannot be read: the last try at {tried} failed, the next is at {next}.",
        "well": "Works: last polled at {polled}.",
    },
}


def health(state: SourceState, *, is_configured: bool, language: str, now: datetime) -> Health:
    """Return how a source is; `now` is in the site's zone, in which times are said."""
    condition = _condition(state, is_configured=is_configured)
    template = _SENTENCES.get(language, _SENTENCES["en"])[condition]
    sentence = template.format(
        tried=_clock(state.last_poll_at, now),
        polled=_clock(state.last_success_at, now),
        next=_clock(state.next_poll_at, now),
    )
    return Health(
        condition=condition, is_healthy=condition in ("well", "waiting"), sentence=sentence
    )


def _condition(state: SourceState, *, is_configured: bool) -> Condition:
    if not is_configured:
        return "gone"
    if not state.is_active:
        return "paused"
    if state.error:
        return "failing"
    return "well" if state.last_success_at else "waiting"


def _clock(instant: datetime | None, now: datetime) -> str:
    """Return the time of day for today, day and time otherwise, in the zone of `now`."""
    if instant is None:
        return "—"
    there = instant.astimezone(now.tzinfo)
    return there.strftime("%H:%M" if there.date() == now.date() else "%d.%m.%Y %H:%M")
