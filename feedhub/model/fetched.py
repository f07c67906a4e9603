"""What came of asking a source: one of four outcomes, each a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FailureKind = Literal["hard", "soft", "temporary"]
"""How much a failure weighs in the backoff: 1, 1/2, 1/4 (the policy of mediacloud/rss-fetcher)."""


Fault = Literal[
    "password",
    "blocked",
    "missing",
    "gone",
    "busy",
    "server",
    "unreachable",
    "certificate",
    "page",
    "robot_check",
    "sign_in",
    "empty",
    "unreadable",
    "other",
]
"""What kind of failure it was, for the sentence that says it and for what to do about it.

By status: password 401 and 407, blocked 403 and 451, missing 404, gone 410, busy 429 and 503,
server the other 5xx. Without an answer: unreachable, certificate. By what came instead of a feed:
page (HTML), robot_check, sign_in, empty, unreadable.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Validators:
    """The pair of a conditional GET (RFC 9110, 8.8), kept and sent back byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What all answers share. Header names are lower case; `ms` is the time the answer took.

    `moved_to` is where the address that was asked has moved for good (301, 308 and nothing else
    on the way), `is_doubtful` when that looks like a parked domain, a sign-in or a check page.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    validators: Validators = Validators()
    ms: int = 0
    moved_to: str | None = None
    is_doubtful: bool = False

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None; `name` in lower case."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched(Answer):
    """A new body, decompressed; `url` is where it was found after redirects.

    `is_partial`: it holds only what is new (RFC 3229), so that what is absent means nothing, and
    `body_hash` is that of the last whole body, empty when there was none.
    """

    body: bytes
    body_hash: str
    is_partial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Unchanged(Answer):
    """A 200 whose body is, byte for byte, the last one; its validators are kept all the same."""

    body_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NotModified(Answer):
    """A 304; validators it carries replace the stored ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """No usable answer. `message` is one plain sentence: what happened and what to do.

    `retry_after` is in seconds, as the server asked (RFC 9110, 10.2.3), not yet capped. Of an
    answer that came all the same, `headers` and the beginning of the body, `head`, are kept for
    the admin. `missing_issuer` is who signed a certificate that was not believed.
    """

    kind: FailureKind
    message: str
    status: int | None = None
    fault: Fault | None = None
    retry_after: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    head: bytes = b""
    missing_issuer: str | None = None
    ms: int = 0


Outcome = Fetched | Unchanged | NotModified | Failed
