"""The request to a hub, its question whether we meant it, and when to ask again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal
from urllib.parse import urlencode

Mode = Literal["subscribe", "unsubscribe"]

LEASE = timedelta(days=10)
"""How long a subscription is asked for: what the recommendation names a good default."""

SHORTEST_LEASE, LONGEST_LEASE = timedelta(hours=1), timedelta(days=30)
"""What a hub's own length of the lease is clipped to."""

UNSAID_LEASE = timedelta(days=1)
"""The lease of a hub that says none, though it must."""

ANSWER_TIME = timedelta(hours=1)
"""How long a hub may take to verify our intent, and the step of waiting after a refusal."""

LONGEST_WAIT = timedelta(days=1)

SOON = timedelta(minutes=10)
"""The least time from one request for a renewal to the next."""

SECRET_LIMIT = 200
"""Bytes; a secret must be shorter (WebSub, 5.1)."""

_CHALLENGE = re.compile(r"[A-Za-z0-9._~+/=-]{1,256}")
_REASON = 200


@dataclass(frozen=True, slots=True)
class Confirmed:
    """We meant it: `challenge` is to be echoed; `lease` is None where we leave."""

    challenge: str
    lease: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Denied:
    """The hub will not have us, for this reason, printable and short."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """We did not ask for this, or it cannot be read."""

    reason: str


def form(
    mode: Mode,
    *,
    topic: str,
    callback: str,
    lease: timedelta | None = None,
    secret: str | None = None,
) -> bytes:
    """Return the body of a request to a hub, application/x-www-form-urlencoded in UTF-8.

    Raises ValueError for a secret of 200 bytes or more.
    """
    fields = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}
    if lease is not None:
        fields["hub.lease_seconds"] = str(round(lease.total_seconds()))
    if secret is not None:
        if len(secret.encode()) >= SECRET_LIMIT:
            raise ValueError(f"a secret of a subscription is shorter than {SECRET_LIMIT} bytes")
        fields["hub.secret"] = secret
    return urlencode(fields).encode("ascii")


def intent(
    query: Iterable[tuple[str, str]], *, topic: str, wanted: Mode
) -> Confirmed | Denied | Refused:
    """Return what to say to a hub that asks whether we meant it, or denies us.

    The topic must be ours character for character. Only letters, digits and a few marks are
    echoed, so that an answer of ours is never a document of somebody else's making (text that a
    browser would take for HTML, a script or a file of another kind).
    """
    fields: dict[str, list[str]] = {}
    for name, value in query:
        fields.setdefault(name, []).append(value)
    if _one(fields, "hub.topic") != topic:
        return Refused("another topic")
    mode = _one(fields, "hub.mode")
    if mode == "denied":
        return Denied(_reason(_one(fields, "hub.reason") or ""))
    if mode != wanted:
        return Refused("not what was asked for")
    challenge = _one(fields, "hub.challenge") or ""
    if not _CHALLENGE.fullmatch(challenge):
        return Refused("no challenge that may be echoed")
    is_leaving = wanted == "unsubscribe"
    return Confirmed(challenge, None if is_leaving else _lease(_one(fields, "hub.lease_seconds")))


def renew_at(slug: str, *, asked_at: datetime, lease_until: datetime) -> datetime:
    """Return when a lease is to be renewed: after 80 to 90 % of it, by a hash of the source.

    Each request for it begins the count anew, so that a renewal that fails is tried again with
    ever less of the lease left, and not more often than every ten minutes.
    """
    part = 0.8 + 0.1 * _chance(slug)
    return asked_at + max((lease_until - asked_at) * part, SOON)


def retry_at(slug: str, *, asked_at: datetime, failures: int) -> datetime:
    """Return when to ask again a hub that refused or did not verify: linear, at most a day."""
    wait = ANSWER_TIME * max(failures, 1) * (1 + 0.1 * _chance(slug))
    return asked_at + min(wait, LONGEST_WAIT)


def _one(fields: dict[str, list[str]], name: str) -> str | None:
    """Return a field that stands there once; a repeated one has no meaning."""
    values = fields.get(name, [])
    return values[0] if len(values) == 1 else None


def _lease(text: str | None) -> timedelta:
    if text is None or not (text.isascii() and text.isdigit()):
        return UNSAID_LEASE
    said = timedelta(seconds=min(int(text[:12]), 10**9))
    return min(max(said, SHORTEST_LEASE), LONGEST_LEASE)


def _reason(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text[:_REASON]).strip()


def _chance(slug: str) -> float:
    """Return a number from 0 to 1 that is always the same for a source."""
    return int.from_bytes(blake2b(slug.encode(), digest_size=4).digest()) / 0xFFFFFFFF
