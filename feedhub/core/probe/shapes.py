"""The fields of a JSON document by what stands in them, where their names say nothing.

An address looks like one, a date like one, a headline is a short text that differs from entry to
entry, and the body is the longest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Any

_DEPTH = 4
_LOOKED_AT = 30
_KEYS = 60
_PLAIN_KEY = re.compile(r"[^\W\d][\w-]*")
_ADDRESS = re.compile(r"https?://\S+|/[\w%./?=&-]+")
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:[?#]|$)", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?|\d{1,2}\.\d{1,2}\.\d{4}(?:[ ,T]+\d{1,2}:\d{2}.*)?"
    r"|\w{3}, \d{1,2} \w{3} \d{4} .*"
)
_EPOCH = (10**9, 4 * 10**9)
_SHORTEST = 10
_TITLE = 250


@dataclass(frozen=True, kw_only=True, slots=True)
class ShapeGuess:
    """Paths as `json` of a source takes them; None where nothing looks like the field."""

    items: str
    count: int
    id: str | None = None
    title: str | None = None
    url: str | None = None
    date: str | None = None
    body: str | None = None
    image: str | None = None


def field_paths(document: Any) -> ShapeGuess | None:
    """Return the longest list of objects that have a headline and an address or a date; or None."""
    lists = sorted(_lists(document), key=lambda pair: -len(pair[1]))
    guesses = (_guess(path, items) for path, items in lists[:10])
    return next((guess for guess in guesses if guess), None)


def _lists(value: Any, path: str = "", depth: int = _DEPTH) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, list):
        objects = [item for item in value[:_LOOKED_AT] if isinstance(item, dict)]
        if len(objects) >= 2:
            yield path, value
    elif isinstance(value, dict) and depth:
        for key, inner in islice(value.items(), _KEYS):
            yield from _lists(inner, _joined(path, str(key)), depth - 1)


def _guess(path: str, items: list[Any]) -> ShapeGuess | None:
    objects = [item for item in items[:_LOOKED_AT] if isinstance(item, dict)]
    columns = dict(_columns(objects))
    dates = [name for name, values in columns.items() if _most(values, _is_date)]
    links = [name for name, values in columns.items() if _most(values, _is_address)]
    pictures = [name for name in links if _most(columns[name], _is_picture)]
    pages = [name for name in links if name not in pictures and _vary(columns[name])]
    texts = {
        name: median(len(str(value)) for value in values)
        for name, values in columns.items()
        if name not in (*dates, *links) and _most(values, _is_words)
    }
    titles = [name for name, length in texts.items() if length <= _TITLE and _vary(columns[name])]
    title = max(
        titles, key=lambda name: (len(set(map(str, columns[name]))), -texts[name]), default=None
    )
    if title is None or not (pages or dates):
        return None
    bodies = [name for name in texts if name != title and texts[name] > texts[title]]
    return ShapeGuess(
        items=path,
        count=len(items),
        id=_identity(columns),
        title=title,
        url=pages[0] if pages else None,
        date=dates[0] if dates else None,
        body=max(bodies, key=lambda name: texts[name], default=None),
        image=pictures[0] if pictures else None,
    )


def _columns(objects: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the values of each field, those one object deeper among them, where most have it."""
    names: dict[tuple[str, ...], None] = {}
    for one in objects[:5]:
        for key, value in islice(one.items(), _KEYS):
            names.setdefault((str(key),))
            if isinstance(value, dict):
                inner = islice(value, _KEYS)
                names.update(dict.fromkeys((str(key), str(deeper)) for deeper in inner))
    for name in names:
        values = [value for one in objects if (value := _at(one, name)) not in (None, "")]
        values = [value for value in values if isinstance(value, str | int) and value is not True]
        if 2 * len(values) >= len(objects):
            path = ""
            for key in name:
                path = _joined(path, key)
            yield path, values


def _at(value: Any, name: tuple[str, ...]) -> Any:
    for key in name:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _joined(path: str, key: str) -> str:
    spelt = key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
    return f"{path}.{spelt}" if path else spelt


def _most(values: Sequence[Any], is_it: Callable[[Any], bool]) -> bool:
    return sum(map(is_it, values)) >= 0.8 * len(values) > 0


def _vary(values: Sequence[Any]) -> bool:
    return len(set(map(str, values))) >= 0.8 * len(values)


def _identity(columns: Mapping[str, Sequence[Any]]) -> str | None:
    """Return the first field that has another short value, without blanks, in every entry."""
    for name, values in columns.items():
        told = [str(value) for value in values]
        is_id = re.search(r"id$|guid|code", name, re.IGNORECASE) is not None
        if (
            is_id
            and len(set(told)) == len(told)
            and all(len(it) < 80 and " " not in it for it in told)
        ):
            return name
    return None


def _is_date(value: Any) -> bool:
    if isinstance(value, int):
        return _EPOCH[0] <= value <= _EPOCH[1] or _EPOCH[0] <= value // 1000 <= _EPOCH[1]
    return len(value) < 60 and _DATE.fullmatch(value.strip()) is not None


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and _ADDRESS.fullmatch(value.strip()[:2000]) is not None


def _is_picture(value: Any) -> bool:
    return isinstance(value, str) and _PICTURE.search(value[-300:]) is not None


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= _SHORTEST and " " in value.strip()
