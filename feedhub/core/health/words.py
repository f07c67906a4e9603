"""Fill a sentence with numbers, times and names, as Russian and English say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

Value = int | str | datetime | None

_PLACE = re.compile(r"\{(\w+)(?::([^}]*))?\}")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")

_UNITS = {
    "ru": ((86400, "д"), (3600, "ч"), (60, "мин"), (1, "с")),
    "en": ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")),
}
_EVERY_ONE = {
    "ru": {86400: "каждый день", 3600: "каждый час", 60: "каждую минуту"},
    "en": {86400: "every day", 3600: "every hour", 60: "every minute"},
}
_EVERY = {"ru": "каждые {}", "en": "every {}"}
_NEWS = {"ru": "новость|новости|новостей", "en": "entry|entries"}
_PERIODS = {"ru": ("в день", "в неделю", "в месяц"), "en": ("a day", "a week", "a month")}
_IN = {"ru": "через {}", "en": "in {}"}
_SOON = {"ru": "в ближайшее время", "en": "soon"}
_MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}


def fill(template: str, values: Mapping[str, Value], language: str, now: datetime) -> str:
    """Return a template with its places filled; `language` is "ru" or "en".

    `{n}` is the value as it is, `{n:новость|новости|новостей}` the number with the right form.
    Other words behind the colon: `span`, `every` (seconds), `rate` (entries in 28 days), `in`,
    `since`, `clock` (instants, in the zone of `now`). What stands in square brackets is left out
    where a value in it is None or empty.
    """

    def kept(found: re.Match[str]) -> str:
        names = (place[1] for place in _PLACE.finditer(found[1]))
        return found[1] if all(values.get(name) not in (None, "") for name in names) else ""

    def shown(found: re.Match[str]) -> str:
        return _shown(values.get(found[1]), found[2] or "", language, now)

    return _PLACE.sub(shown, _OPTIONAL.sub(kept, template))


def counted(number: int, forms: str, language: str) -> str:
    """Return a number with its noun: forms for one, few and many in Russian, one and many else."""
    return f"{number} {_form(number, forms.split('|'), language)}"


def _form(number: int, forms: list[str], language: str) -> str:
    """Choose by the plural rules of CLDR, whole numbers."""
    if language != "ru":
        return forms[0] if number == 1 else forms[-1]
    if number % 10 == 1 and number % 100 != 11:
        return forms[0]
    return forms[1] if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else forms[2]


def _shown(value: Value, spec: str, language: str, now: datetime) -> str:
    if spec == "in":
        return _in(value, language, now)
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return _INSTANTS[spec](value.astimezone(now.tzinfo), language, now)
    if isinstance(value, int) and spec:
        number = _NUMBERS.get(spec)
        return number(value, language) if number else counted(value, spec, language)
    return str(value)


def _span(seconds: int, language: str) -> str:
    """Return a length as a person says it: 40 min, 90 min, 2 h, 26 h, 3 d."""
    size, unit = next(
        (size, unit)
        for size, unit in _UNITS[language]
        if size == 1 or seconds >= size * (1 if size == 60 or seconds % size == 0 else 10)
    )
    return f"{round(seconds / size)} {unit}"


def _every(seconds: int, language: str) -> str:
    return _EVERY_ONE[language].get(seconds) or _EVERY[language].format(_span(seconds, language))


def _rate(in_28_days: int, language: str) -> str:
    """Return a rate in the unit in which it is one or more: «4 новости в день»."""
    for days, period in zip((28, 4, 1), _PERIODS[language], strict=True):
        if in_28_days >= days:
            return f"{counted(round(in_28_days / days), _NEWS[language], language)} {period}"
    return f"{counted(0, _NEWS[language], language)} {_PERIODS[language][-1]}"


def _in(value: Value, language: str, now: datetime) -> str:
    """Return how long it is until an instant, in the unit that leaves 1.5 of it or more."""
    if not isinstance(value, datetime) or value <= now:
        return _SOON[language]
    seconds = (value - now).total_seconds()
    size, unit = next(
        ((size, unit) for size, unit in _UNITS[language] if seconds >= 1.5 * size),
        _UNITS[language][-1],
    )
    return _IN[language].format(f"{max(round(seconds / size), 1)} {unit}")


def _since(there: datetime, language: str, now: datetime) -> str:
    """Return the time of day for today, day and month otherwise, the year when it is another."""
    if there.date() == now.date():
        return there.strftime("%H:%M")
    day = f"{there.day} {_MONTHS[language].split()[there.month - 1]}"
    return day if there.year == now.year else f"{day} {there.year}"


def _clock(there: datetime, _language: str, now: datetime) -> str:
    return there.strftime("%H:%M" if there.date() == now.date() else "%d.%m.%Y %H:%M")


_NUMBERS: dict[str, Callable[[int, str], str]] = {"span": _span, "every": _every, "rate": _rate}
_INSTANTS: dict[str, Callable[[datetime, str, datetime], str]] = {"since": _since, "clock": _clock}
