"""Field paths of the configuration: where a value stands in a JSON document.

data.items          a key in a key
images[0].url       the first of a list; [-1] is the last
edges[*].node       every one of a list
"дата публикации"   a key with blanks, dots or brackets, in double quotes
$.data.items        a leading $ may stand for the document
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_PATH = 300
MAX_FOUND = 10_000
Step = str | int | None
"""A key, a place in a list, or None for every one of a list."""

_KEY = re.compile(r'"((?:[^"\\]|\\.)*+)"|([^\s.\[\]"*$](?:[^.\[\]"]*[^\s.\[\]"])?)')
_PLACE = re.compile(r"\[\s*(?:(-?\d{1,6})|(\*))\s*\]")


def check_path(text: str) -> None:
    """Raise `ValueError`, a sentence for the admin, where a text is no field path."""
    steps_of(text)


def steps_of(path: str) -> tuple[Step, ...]:
    """Read a path; the empty one is the document itself."""
    if len(path) > MAX_PATH:
        raise ValueError(f"a path of more than {MAX_PATH} characters")
    text = path.strip()
    steps: list[Step] = []
    place = 1 if text.startswith("$") else 0
    while place < len(text):
        found = _PLACE.match(text, place)
        if found:
            steps.append(None if found[2] else int(found[1]))
        else:
            place += text.startswith(".", place) and place > 0
            found = _KEY.match(text, place)
            if not found or not _may_follow(text, place):
                raise ValueError(
                    f'"{" ".join(path.split())}" is no field path (see character {place + 1}): '
                    "write it like data.items, images[0].url or edges[*].node"
                )
            steps.append(_unquoted(found, path))
        place = found.end()
    return tuple(steps)


def _may_follow(text: str, place: int) -> bool:
    """Say whether a key may begin here: at the start, or behind a dot."""
    return place == 0 or text[place - 1] == "." or text[:place] == "$"


def _unquoted(found: re.Match[str], path: str) -> str:
    if found[1] is None:
        return found[2]
    try:
        return str(json.loads(found[0]))
    except ValueError as error:
        told = " ".join(path.split())
        raise ValueError(f'"{told}" has quotes that do not fit: {error}') from error


def reach(value: Any, steps: tuple[Step, ...]) -> Iterator[Any]:
    """Yield what stands at a path, nothing where it leads nowhere."""
    found = [value]
    for step in steps:
        found = [each for one in found for each in _next(one, step)][:MAX_FOUND]
    yield from found


def _next(value: Any, step: Step) -> list[Any]:
    if isinstance(value, list):
        if step is None:
            return value
        if isinstance(step, int) and -len(value) <= step < len(value):
            return [value[step]]
        return []
    if not isinstance(value, dict):
        return []
    if step is None:
        return list(value.values())
    return [value[str(step)]] if str(step) in value else []


def dead_end(value: Any, steps: tuple[Step, ...]) -> str:
    """Say how far a path leads and what is there instead of its next step."""
    for taken, step in enumerate(steps):
        if next(reach(value, steps[: taken + 1]), reach) is reach:
            here = next(reach(value, steps[:taken]), None)
            return f"{_spelt(step)} is not there, but {what_is(here)}"
    return f"it holds {what_is(next(reach(value, steps), None))}"


def what_is(value: Any) -> str:
    """Describe a value in a few words: the keys of an object, the length of a list."""
    if isinstance(value, dict):
        keys = ", ".join(" ".join(str(key)[:40].split()) for key in [*value][:20])
        told = f"{keys[:150]}, ..." if len(keys) > 150 or len(value) > 20 else keys
        return f"the keys {told}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None else f"a {_KINDS.get(type(value), 'value')}"


_KINDS = {str: "text", bool: "yes or no", int: "number", float: "number"}


def _spelt(step: Step) -> str:
    return (
        f'"{" ".join(step.split())[:80]}"'
        if isinstance(step, str)
        else f"[{'*' if step is None else step}]"
    )
