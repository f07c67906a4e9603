"""Dates as people and sites write them: «вторник, 4 августа 2026 года в 18:40», «10 минут назад».

The text is folded once, then looked through for a date, a time and a zone, each found by its own
pattern and blanked out before the next is looked for; all other words are ignored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta

from feedhub.core.normalise.calendar_words import (
    DAYS_FROM_TODAY,
    JUST_NOW,
    MONTHS,
    MOSCOW,
    UNITS,
    ZONES,
)
from feedhub.core.normalise.written_dates import Clock, Written, offset_of

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"), None)
_LOOKALIKES = str.maketrans("aceopxyi", "асеорхуі")
_CYRILLIC_WORD = re.compile(r"[a-z]*[а-яёіўї][a-zа-яёіўї]*")


def fold(text: str) -> str:
    """Return text in lower case with plain spaces and dashes, and Cyrillic words in Cyrillic.

    Latin letters inside Cyrillic words are common in Belarusian and Ukrainian months («сакавiка»).
    """
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_DASHES).casefold()
    repaired = _CYRILLIC_WORD.sub(lambda word: word[0].translate(_LOOKALIKES), plain)
    return " ".join(repaired.split())


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_MONTH = rf"(?:{_any_of(MONTHS)})(?![^\W\d_])\.?"
# A year of two digits must not be the hour of «30 декабря, 18:40» or «30 декабря 18 ч».
_YEAR = r"([0-9]{4}(?![0-9:])|[0-9]{2,3}(?![0-9:]|\.[0-9]| ?(?:час|ч\b|h\b|гадз|годин|[ap]\.?m\b)))"
_ORDINAL = r"(?:st|nd|rd|th|-?(?:го|га|ое|е|ого))?"
# «4–6 августа», «с 4 по 6 августа»: the first day counts.
_UNTIL = r"(?: ?(?:-|по|и|to|and|i|і) ?[0-9]{1,2})?"
_START = r"(?<![0-9+])(?<![0-9][:.])"

_DATE = re.compile(
    "|".join(
        (
            rf"{_START}(?P<ya>[0-9]{{4}})(?P<sa>[-./])(?P<ma>[0-9]{{1,2}})(?P=sa)(?P<da>[0-9]{{1,2}})(?![0-9])",
            rf"{_START}(?P<yb>[12][0-9]{{3}})(?P<mb>[0-9]{{2}})(?P<db>[0-9]{{2}})(?=t[0-9]| |$)",
            (
                rf"{_START}(?P<dc>[0-9]{{1,2}})(?P<sc>[-./]) ?(?P<mc>[0-9]{{1,2}})(?P=sc) ?"
                r"(?P<yc>[0-9]{4}|[0-9]{2})(?![0-9:])"
            ),
            (
                rf"{_START}(?P<yd>[0-9]{{4}})(?: ?(?:жылғы|жылы|ж|года|г)\b\.?)?[ ,./-]{{1,2}}"
                rf"(?P<dd>[0-9]{{1,2}})[ .-]{{1,2}}(?P<md>{_MONTH})"
            ),
            rf"{_START}(?P<ye>[0-9]{{4}})[ ./-](?P<me>{_MONTH})[ ./-]?(?P<de>[0-9]{{1,2}})(?![0-9:])",
            (
                rf"{_START}(?P<df>[0-9]{{1,2}}){_ORDINAL}{_UNTIL}[ .,/-]{{0,2}}(?:of |дня )?"
                rf"(?P<mf>{_MONTH})(?:[ .,/'’-]{{0,3}}(?P<yf>{_YEAR}))?"
            ),
            (
                rf"\b(?P<mg>{_MONTH})[ /-]{{0,2}}(?P<dg>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:])"
                rf"(?:[ ,/'’-]{{1,3}}(?P<yg>{_YEAR}))?"
            ),
            rf"\b(?P<word>{_any_of(DAYS_FROM_TODAY)})\b",
        )
    )
)
_SHAPES = "abcdefg"
# «04.08 10:05» and «10:05, 04.08»: only in front of or behind a time, and nothing else around.
_NO_YEAR = re.compile(
    r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{2})\.?,? (?:в )?(?=[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$)"
    r"|(?<=[0-9]:[0-9]{2})[,.]? (?P<d2>[0-9]{1,2})\.(?P<m2>[0-9]{2})\.?$"
)
_LONE_YEAR = re.compile(r"(?<![0-9+:.-])((?:19|20)[0-9]{2})(?![0-9:])")

_COLON_TIME = re.compile(
    r"(?<![0-9:.+-])([0-9]{1,2}):([0-9]{2})(?::([0-9]{1,2})(?:[.,][0-9]{1,9})?)?(?![0-9])"
    r"(?: ?([ap])\.?m\b\.?)?"
)
_BASIC_TIME = re.compile(r"(?<=t)([0-9]{2})([0-9]{2})([0-9]{2})?(?![0-9])()")
_DOT_TIME = re.compile(
    r"(?<![0-9.+-])([0-9]{1,2})\.([0-9]{2})(?![0-9]|\.[0-9])()(?: ?([ap])\.?m\b)?"
)
_SPELT_TIME = re.compile(
    r"(?<![0-9:.+-])([0-9]{1,2}) ?(?:(?:час|гадз|годин)[а-яіў]*|ч\b|h(?![a-z]))\.?"
    r"(?:,? ?([0-9]{1,2})(?: ?(?:м|хв)[а-яіў]*)?)?()()(?![0-9])"
)
_ENGLISH_HOUR = re.compile(r"(?<![0-9:.+-])([0-9]{1,2})()() ?([ap])\.?m\b\.?")
_TIMES = (_COLON_TIME, _BASIC_TIME, _SPELT_TIME, _ENGLISH_HOUR, _DOT_TIME)

_ZONE = re.compile(
    rf"(?<![^\W\d_])(?P<name>{_any_of(ZONES)})(?![^\W\d_])"
    r"(?: ?(?P<plus>[+-]) ?(?P<more>[0-9]{1,2})(?::?(?P<more_minutes>[0-9]{2}))?(?![0-9]))?"
    r"|(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?(?![0-9:])"
    r"|(?P<moscow>московск|по москве)|(?P<greenwich>гринвич)"
)

_AGO = re.compile(r"\b(?:назад|тому|таму|ago)\b")
_AMOUNT = re.compile(r"(?:([0-9]{1,4}) ?)?([^\W\d_]+)")


def read_worded(text: str, today: date) -> Written | None:
    """Read a folded text that holds a date; None where it holds none.

    The first date with a month counts, and only else a word like «вчера», from `today`.
    """
    found = list(_DATE.finditer(text))
    chosen = next((one for one in found if not one["word"]), found[0] if found else None)
    chosen = chosen or _NO_YEAR.search(text)
    if chosen is None:
        return None
    end = next((other.start() for other in found if other.start() >= chosen.end()), len(text))
    rest = _blank(text, chosen)[:end]
    clock, rest, after = _time(rest)
    offset, rest = (None, rest) if clock is None else _zone(rest, after)
    year, month, day = _day(chosen, today)
    if year is None and (lone := _LONE_YEAR.search(rest)):
        year = int(lone[1])
    return Written(year=year, month=month, day=day, clock=clock, offset=offset)


def read_ago(text: str) -> tuple[timedelta, bool] | None:
    """Read how long ago a folded text says something was, and whether that is only a day.

    «2 часа 10 минут назад» is a time, «3 дня назад» a day, «только что» nothing at all ago.
    """
    if text.strip(" .!") in JUST_NOW:
        return timedelta(), False
    ago = _AGO.search(text)
    if ago is None:
        return None
    amounts = [
        (int(number or 1) * seconds, seconds, bool(number))
        for number, word in _AMOUNT.findall(text[: ago.start()])
        if (seconds := _unit(word))
    ]
    counted = [amount for amount in amounts if amount[2]] or amounts[-1:]
    if not counted:
        return None
    return timedelta(seconds=sum(total for total, _, _ in counted)), counted[-1][1] >= 86400


def _unit(word: str) -> int | None:
    return next(
        (
            seconds
            for beginning, seconds in UNITS
            if word == beginning or (len(beginning) > 1 and word.startswith(beginning))
        ),
        None,
    )


def _blank(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + " " * (found.end() - found.start()) + text[found.end() :]


def _day(found: re.Match[str], today: date) -> tuple[int | None, int, int]:
    if found.re is _NO_YEAR:
        return None, int(found["m"] or found["m2"]), int(found["d"] or found["d2"])
    if word := found["word"]:
        then = today + timedelta(days=DAYS_FROM_TODAY[word])
        return then.year, then.month, then.day
    shape = next(shape for shape in _SHAPES if found["d" + shape])
    month = found["m" + shape].rstrip(".")
    return (
        _full_year(found["y" + shape]),
        MONTHS[month] if month in MONTHS else int(month),
        int(found["d" + shape]),
    )


def _full_year(written: str | None) -> int | None:
    """Complete a short year: 00-49 is of this century, 50-99 of the last, and 1900 is added to
    three digits (RFC 5322, 4.3)."""
    if written is None:
        return None
    year = int(written)
    if len(written) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(written) == 3 else year


def _time(text: str) -> tuple[Clock | None, str, int]:
    """Return the time of day, the text without it, and where it ended."""
    for pattern in _TIMES:
        if found := pattern.search(text):
            hour, minute, second, half = found.groups()
            clock = (_of_24(int(hour), half), int(minute or 0), int(second or 0))
            return clock, _blank(text, found), found.end()
    return None, text, 0


def _of_24(hour: int, half: str | None) -> int:
    if half == "a":
        return 0 if hour == 12 else hour
    return hour + 12 if half == "p" and hour < 12 else hour


def _zone(text: str, after: int) -> tuple[int | None, str]:
    """Return the offset named behind the time, in minutes, and the text without it."""
    found = _ZONE.search(text, after)
    if found is None or _is_range(found, after):
        return None, text
    rest = _blank(text, found)
    if found["moscow"] or found["greenwich"]:
        return (MOSCOW if found["moscow"] else 0), rest
    if found["name"]:
        return _named_zone(found), rest
    return offset_of(found["sign"], found["hours"], found["minutes"]), rest


def _is_range(found: re.Match[str], after: int) -> bool:
    """Tell «10:00-12:00», the hours of an event, from an offset of a time."""
    return (
        found["sign"] == "-"
        and bool(found["minutes"])
        and ":" in found[0]
        and found.start() == after
    )


def _named_zone(found: re.Match[str]) -> int:
    """Return the offset of «UTC+3», «МСК», «МСК+8» (eleven hours) or «MSK +0300» (three)."""
    base = ZONES[found["name"]]
    more = offset_of(found["plus"], found["more"], found["more_minutes"])
    if more is None:
        return base
    is_added = found["name"] in ("msk", "мск") and not found["more_minutes"]
    return base + more if is_added else more
