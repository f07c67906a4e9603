"""What to tell now: how things stand against what people were told, and not too often.

The difference is taken when it is told and not when it arises: what began and ended in between is
nobody's business. And the more was told in a day, the longer the next message waits, gathering.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from feedhub.alerting.subject import Subject
from feedhub.alerting.wording import News, sentences
from feedhub.core.health import Standing, alerts, signs
from feedhub.model import Site

PAUSE = timedelta(minutes=10)
"""After the first message of a day the next waits so long, after the second twice that, ...: 17 times
in a day at most, whatever happens."""

_A_DAY = timedelta(days=1)

States = Mapping[str, frozenset[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What people were told and is still so, by subject, and when they were told in the last day."""

    at: tuple[datetime, ...] = ()
    states: States = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the record as text for the store."""
        at = [int(moment.timestamp()) for moment in self.at]
        states = {key: sorted(kinds) for key, kinds in sorted(self.states.items())}
        return json.dumps({"at": at, "states": states}, separators=(",", ":"))


def record_from_json(text: str) -> Record:
    """Return the record from its text; empty text is nothing told."""
    found: dict[str, Any] = json.loads(text) if text else {}
    return Record(
        at=tuple(datetime.fromtimestamp(at, UTC) for at in found.get("at", ())),
        states={key: frozenset(kinds) for key, kinds in found.get("states", {}).items()},
    )


def tell(
    subjects: Sequence[Subject], record: Record, *, site: Site, now: datetime
) -> tuple[tuple[str, ...], Record]:
    """Return the sentences to send now, and the record after that.

    `subjects` are all of which something stands. A subject that is not among them, or rests, is
    forgotten and not told as well again.
    """
    recent = tuple(at for at in record.at if timedelta(0) <= now - at < _A_DAY)
    held = {one.key: kept for one in subjects if (kept := _kept(one, record.states))}
    news = tuple(_news(subjects, held))
    if not news or not _is_due(recent, now):
        return (), Record(at=recent, states=held)
    there = now.astimezone(ZoneInfo(site.timezone))
    said = sentences(news, language=site.language, base_url=site.base_url, now=there)
    return said, Record(at=(*recent, now), states=_after(held, news))


def _kept(subject: Subject, states: States) -> frozenset[str]:
    """Return what people know of a subject, as far as there is still a memory of it."""
    return states.get(subject.key, frozenset()) & {one.kind for one in subject.standings}


def _news(subjects: Iterable[Subject], held: States) -> Iterator[News]:
    for subject in subjects:
        known = held.get(subject.key, frozenset())
        before = [Standing(kind=one.kind, is_raised=True) for one in subject.standings]
        for alert in alerts([one for one in before if one.kind in known], subject.standings):
            condition = None if alert.is_over else signs(alert, subject.seen)
            # a state whose sign is not seen just now may be about to end: it is not begun with
            if alert.is_over or condition is not None:
                yield News(subject=subject, alert=alert, condition=condition)


def _is_due(recent: Sequence[datetime], now: datetime) -> bool:
    return not recent or now - max(recent) >= PAUSE * len(recent)


def _after(held: States, news: Iterable[News]) -> States:
    states = dict(held)
    for one in news:
        known = states.get(one.subject.key, frozenset())
        kind = frozenset({one.alert.kind})
        states[one.subject.key] = known - kind if one.alert.is_over else known | kind
    return {key: kinds for key, kinds in states.items() if kinds}
