"""What can be wrong with an article's file: a fault in one place, and a file that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from feedhub.errors import ArticleError


class Fault(NamedTuple):
    """One thing wrong: in which line of the file (None: the whole), at which key, what to do."""

    line: int | None
    key: str
    message: str


class Unusable(Exception):
    """The file cannot be used; carries every fault that was found."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


class Wrong(ValueError):
    """One value cannot be used; `inner` is the rest of its key (".src", "[2].url")."""

    def __init__(self, message: str, *, inner: str = "", line: int | None = None) -> None:
        super().__init__(message)
        self.message, self.inner, self.line = message, inner, line

    def within(self, outer: str, line: int) -> Wrong:
        """Return the same, seen from the value around it; the innermost line stays."""
        return Wrong(self.message, inner=outer + self.inner, line=self.line or line)


def told(shown: str, faults: Iterable[Fault]) -> str:
    """Return the faults as text, a line each, in the order of the file."""
    lines = [
        str(ArticleError(shown, line, f"{key}: {message}" if key else message))
        for line, key, message in sorted(set(faults), key=lambda fault: (fault.line or 0, fault))
    ]
    return "\n".join(lines)


def did_you_mean(word: str, known: Iterable[str], others: dict[str, str] | None = None) -> str:
    """Return `; did you mean "tags"?` for a near miss or one of `others`, else the known words."""
    candidates = list(known)
    meant = (others or {}).get(word.lower())
    if meant not in candidates:
        meant = next(iter(get_close_matches(word.lower(), candidates, 1, 0.6)), None)
    if meant is not None:
        return f'; did you mean "{meant}"?'
    return f"; known are {', '.join(candidates)}"
