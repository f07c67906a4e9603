"""The tree of errors.

    FeedHubError
    ├── ConfigError        the configuration cannot be used; carries every problem with file and line
    ├── SourceError        one source cannot be read; carries its slug and what to do
    │   ├── AddressRefused the address guard said no (private, loopback, wrong port, wrong scheme)
    │   ├── TooLarge       more bytes than `fetch.max_bytes`
    │   └── ParseError     the bytes are no feed
    ├── ArticleError       a local article's file cannot be used; carries path and line
    ├── ExpressionError    a tag expression that cannot be read
    ├── StoreError         the database refused, is newer than this program, or is in use
    └── NotFound           nothing under this name; carries near names

Expected outcomes (a 304, a failed poll) are values in `model`, not errors. Errors become HTTP
answers in one place only, `web/errors.py`, and exit codes in one place only, `cli/__init__.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


class FeedHubError(Exception):
    """The root of all errors of ours; its text is a sentence for the person who can act on it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where (`file:line`), at which key, what, and what to do."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class ConfigError(FeedHubError):
    """The configuration cannot be used; `problems` names each fault."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class SourceError(FeedHubError):
    """A source cannot be read; the text says why and what to do."""


class AddressRefused(SourceError):
    """The address guard refused to connect."""


class TooLarge(SourceError):
    """The answer holds more bytes than allowed."""


class ParseError(SourceError):
    """The bytes are no feed that can be read; `fault` is what came instead (`model.Fault`)."""

    def __init__(self, message: str, fault: str = "unreadable") -> None:
        super().__init__(message)
        self.fault = fault

    def __reduce__(self) -> tuple[type[ParseError], tuple[str, str]]:
        return type(self), (str(self), self.fault)


class ArticleError(FeedHubError):
    """A local article's file cannot be used; its last good version stays."""

    def __init__(self, path: str, line: int | None, message: str) -> None:
        self.path, self.line, self.message = path, line, message
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")


class ExpressionError(FeedHubError):
    """A tag expression that cannot be read."""


class StoreError(FeedHubError):
    """The database refused, is newer than this program, or is in use by another instance."""


class NotFound(FeedHubError):
    """Nothing under this name; `near` holds names that look like it, nearest first."""

    def __init__(self, what: str, name: str, near: tuple[str, ...] = ()) -> None:
        self.what, self.name, self.near = what, name, near
        super().__init__(f"{what} «{name}» not found")
