"""What a YAML file becomes: plain dicts and lists that remember their lines, and faults found on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from feedhub.errors import Problem

Path = tuple[str | int, ...]
"""Where a value stands: `("sources", 2, "url")`."""

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_NUMBER = re.compile(
    r"[-+]?(?:\d{1,18}|(?:\d{1,18}\.\d{0,18}|\.\d{1,18})(?:[eE][-+]?\d{1,3})?)", re.A
)


class Table(dict[str, object]):
    """A YAML mapping; `lines` holds the line of each key, counted from 1."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class Series(list[object]):
    """A YAML sequence; `lines` holds the line of each item, counted from 1."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class Fault(NamedTuple):
    """One thing wrong; `line` only where the path does not lead to it."""

    path: Path
    message: str
    line: int | None = None


class Unreadable(Exception):
    """The document cannot be read on from here; `line` counts from 1, None for the whole file."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its root mapping and the faults that reading alone found."""

    root: Table
    faults: tuple[Fault, ...] = ()


def scalar(text: str) -> object:
    """Return what an unquoted YAML 1.2 scalar means (core schema): null, boolean, number or text.

    `no`, `on`, `12:30` and dates stay text. Octal, hexadecimal, infinite and absurdly long
    numbers stay text too: no setting is written that way.
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text[0] in "+-.0123456789" and _NUMBER.fullmatch(text):
        return float(text) if any(sign in text for sign in ".eE") else int(text)
    return text


def put(table: Table, key: str, value: object, line: int, at: Path, faults: list[Fault]) -> None:
    """Add a key to a mapping; a repeated one is a fault."""
    if key in table:
        first = table.lines[key]
        faults.append(Fault((*at, key), f"repeated key, first given in line {first}", line))
    table[key] = value
    table.lines[key] = line


def key_of(path: Path) -> str:
    """Return a path as an admin reads it: `sources[2].url`."""
    words = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(words).removeprefix(".")


def line_of(root: Table, path: Path) -> int | None:
    """Return the line of the last part of `path` that stands in the file; None if none does."""
    line: int | None = None
    here: object = root
    for part in path:
        if not isinstance(here, Table | Series):
            break
        try:
            line, here = here.lines[part], here[part]  # type: ignore[index]
        except (LookupError, TypeError):
            break
    return line


def problems(file: str, root: Table, faults: Iterable[Fault]) -> tuple[Problem, ...]:
    """Return faults as problems of `file`, in the order of its lines, each once."""
    found = {
        Problem(file, fault.line or line_of(root, fault.path), key_of(fault.path), fault.message)
        for fault in faults
    }
    return tuple(sorted(found, key=lambda it: (it.line or 0, it.key, it.message)))
