"""The sentences of one message: what is so, what to do about it, and where to see more.

Sources and the site speak in the sentences of `core.health`; those about our lists stand here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedhub.alerting.subject import Subject
from feedhub.core.health import Alert, Condition, Told, advise, messages, say
from feedhub.core.health.alerts import MANY_AT_ONCE
from feedhub.core.health.words import Value, fill

LONGEST = 600
"""Characters of what is said of one source; an issuer of certificates may call himself anything."""

_LISTS = {
    "ru": {
        "silent": "Лента «{title}» не меняется {days:день|дня|дней}[, обычно {month:rate}]. "
        "Проверьте её источники.",
        "ended": "Лента «{title}» снова меняется.",
        "silent_many": "Не меняются {n:лента|ленты|лент}: {titles}[ и ещё {more}]. "
        "Проверьте их источники.",
        "ended_many": "Снова меняются {n:лента|ленты|лент}: {titles}[ и ещё {more}].",
    },
    "en": {
        "silent": "The feed «{title}» has not changed for {days:day|days}[, usually {month:rate}]. "
        "Look at its sources.",
        "ended": "The feed «{title}» changes again.",
        "silent_many": "{n:feed|feeds} no longer change: {titles}[ and {more} more]. "
        "Look at their sources.",
        "ended_many": "{n:feed|feeds} change again: {titles}[ and {more} more].",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """An alert of a subject, with the condition that made it begin (None where it ended)."""

    subject: Subject
    alert: Alert
    condition: Condition | None = None


def sentences(
    news: Sequence[News], *, language: str, base_url: str, now: datetime
) -> tuple[str, ...]:
    """Return what to send of news, the begun before the ended; `now` is in the site's zone.

    Up to five of a kind are told one by one, more of them in one message.
    """
    groups: dict[tuple[object, ...], list[News]] = {}
    for one in sorted(news, key=lambda it: it.alert.is_over):
        groups.setdefault((one.subject.about, one.alert), []).append(one)
    return tuple(
        text
        for (about, _), group in groups.items()
        for text in (_of_lists if about == "list" else _of_sources)(group, language, base_url, now)
    )


def _of_sources(
    group: Sequence[News], language: str, base_url: str, now: datetime
) -> tuple[str, ...]:
    said = messages([_told(one, language, now) for one in group], language=language, now=now)
    if len(said) < len(group):
        return tuple(f"{text}\n{base_url}/sources/" for text in said)
    return tuple(_with_link(text, one) for text, one in zip(said, group, strict=True))


def _told(one: News, language: str, now: datetime) -> Told:
    sentence = ""
    if one.condition is not None:
        said = (say(one.condition, language, now=now), advise(one.condition, language, now=now))
        sentence = " ".join(" ".join(said).split())
    if len(sentence) > LONGEST:
        sentence = f"{sentence[: LONGEST - 1]}…"
    return Told(title=one.subject.title, alert=one.alert, sentence=sentence)


def _of_lists(
    group: Sequence[News], language: str, base_url: str, now: datetime
) -> tuple[str, ...]:
    spoken = _LISTS[language if language in _LISTS else "en"]
    if len(group) <= MANY_AT_ONCE:
        return tuple(_with_link(_of_list(one, spoken, language, now), one) for one in group)
    values: dict[str, Value] = {
        "n": len(group),
        "titles": ", ".join(one.subject.title for one in group[:MANY_AT_ONCE]),
        "more": len(group) - MANY_AT_ONCE,
    }
    template = spoken["ended_many" if group[0].alert.is_over else "silent_many"]
    return (f"{fill(template, values, language, now)}\n{base_url}/",)


def _of_list(one: News, spoken: dict[str, str], language: str, now: datetime) -> str:
    values: dict[str, Value] = {"title": one.subject.title, "month": None}
    values |= dict(one.condition.values if one.condition else ())
    template = spoken["ended" if one.alert.is_over else "silent"]
    return fill(template, values, language, now)


def _with_link(text: str, one: News) -> str:
    return f"{text}\n{one.subject.url}" if one.subject.url else text
