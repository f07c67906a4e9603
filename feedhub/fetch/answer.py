"""Read an answer's headers: what is kept of them, the validators, and when to come back."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from feedhub.model import Validators

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

    Headers = CIMultiDictProxy[str]

MAX_VALUE = 1024
"""Bytes of one header's value; a longer one is dropped whole, since a part of it would mislead."""

MAX_REPEATS = 8
"""How often one header is kept; only Link comes more than once."""

MAX_WAIT = 10**9
"""Seconds; a longer Retry-After is no time at all."""

KEPT = (
    "content-type",
    "etag",
    "last-modified",
    "cache-control",
    "expires",
    "retry-after",
    "date",
    "link",
    "age",
)

KEPT_OF_FAILURES = (
    *KEPT,
    "server",
    "via",
    "content-encoding",
    "content-length",
    "www-authenticate",
)
"""What tells the admin who answered; nothing that was set or asked for in confidence."""


def kept_headers(headers: Headers, names: tuple[str, ...] = KEPT) -> tuple[tuple[str, str], ...]:
    """Return the headers worth keeping, names in lower case, each value at most 1 KB."""
    return tuple(
        (name, value)
        for name in names
        for value in headers.getall(name, [])[:MAX_REPEATS]
        if _is_kept(value)
    )


def validators_of(headers: Headers, old: Validators | None = None) -> Validators:
    """Return the validators of an answer, byte for byte; what it lacks is taken from `old`."""
    etag, modified = (_one(headers, name) for name in ("etag", "last-modified"))
    return Validators(
        etag=etag or (old.etag if old else None),
        last_modified=modified or (old.last_modified if old else None),
    )


def conditions(validators: Validators) -> dict[str, str]:
    """Return the request headers that ask whether anything changed."""
    asked = {
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in asked.items() if value and _is_kept(value)}


def retry_after(headers: Headers, now: datetime) -> int | None:
    """Return the seconds a server asks us to stay away, or None (RFC 9110, 10.2.3).

    A date is counted from the server's own clock where it tells it, so that a wrong clock on
    either side does no harm.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:12]), MAX_WAIT)
    until = _date(value)
    if until is None:
        return None
    since = _date(headers.get("date", "")) or now
    return min(max(0, round((until - since).total_seconds())), MAX_WAIT)


def _one(headers: Headers, name: str) -> str | None:
    value = headers.get(name)
    return value if value and _is_kept(value) else None


def _is_kept(value: str) -> bool:
    """Tell whether a value can be stored and sent back: short, and text in its encoding."""
    if len(value) > MAX_VALUE:
        return False
    try:
        return len(value.encode()) <= MAX_VALUE
    except UnicodeEncodeError:
        return False


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value[:64])
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
