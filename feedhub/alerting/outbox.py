"""Messages that wait for an address: kept until it took them, bounded, never twice at a time.

Whoever delivers holds an address for a while, so that two pollers do not send the same; a dead
one's hold runs out. An address that fails is tried again soon, and then ever more seldom.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

MOST = 100
"""Messages that wait for one address; of more the oldest are dropped, and counted."""

HOLD = timedelta(minutes=5)
SOONEST, LATEST = timedelta(seconds=30), timedelta(hours=1)
"""After the first failure an address is tried again after the one, after many after the other."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence or two for people, and when they were so."""

    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What waits for one address: messages, the oldest first, and how many older were dropped.

    It has failed `failures` times in a row, and is not tried before `after`.
    """

    messages: tuple[Message, ...] = ()
    dropped: int = 0
    failures: int = 0
    after: datetime | None = None


Outbox = Mapping[str, Waiting]
"""What waits, by the key of its address: the address is secret, and the store is not the place."""


def key_of(address: str) -> str:
    """Return under which name an address's messages are kept."""
    return sha256(address.encode()).hexdigest()[:16]


def put(
    outbox: Outbox, addresses: Sequence[str], texts: Sequence[str], *, now: datetime
) -> dict[str, Waiting]:
    """Return the outbox with new messages for every address; those no longer configured are out."""
    fresh = tuple(Message(now, text) for text in texts)
    known = {key: outbox.get(key, Waiting()) for key in map(key_of, addresses)}
    kept = {key: _bounded(one, (*one.messages, *fresh)) for key, one in known.items()}
    return {key: one for key, one in kept.items() if one.messages}


def _bounded(waiting: Waiting, messages: tuple[Message, ...]) -> Waiting:
    excess = max(len(messages) - MOST, 0)
    return replace(waiting, messages=messages[excess:], dropped=waiting.dropped + excess)


def held(outbox: Outbox, addresses: Sequence[str], *, now: datetime) -> dict[str, Waiting]:
    """Return what is to be delivered now, by address, and is from now on held by who asks."""
    mine = {address: outbox.get(key_of(address), Waiting()) for address in addresses}
    return {
        address: replace(one, after=now + HOLD)
        for address, one in mine.items()
        if one.messages and not _is_waited_for(one, now)
    }


def _is_waited_for(waiting: Waiting, now: datetime) -> bool:
    """Tell whether it is too soon; a time too far ahead is of a clock that was wrong."""
    return waiting.after is not None and now < waiting.after <= now + LATEST


def taken(now_waiting: Waiting, sent: Sequence[Message], dropped: int) -> Waiting:
    """Return what still waits after an address took some messages, and the word of dropped ones."""
    rest = tuple(message for message in now_waiting.messages if message not in sent)
    return Waiting(messages=rest, dropped=max(now_waiting.dropped - dropped, 0))


def refused(now_waiting: Waiting, *, now: datetime) -> Waiting:
    """Return what waits after an address took nothing."""
    doublings = min(now_waiting.failures, 10)
    after = now + min(SOONEST * 2**doublings, LATEST)
    return replace(now_waiting, failures=now_waiting.failures + 1, after=after)


def to_json(outbox: Outbox) -> str:
    """Return the outbox as text for the store; an address for which nothing waits is left out."""
    rows = {
        key: {
            "messages": [[int(it.at.timestamp()), it.text] for it in one.messages],
            "dropped": one.dropped,
            "failures": one.failures,
            "after": one.after and int(one.after.timestamp()),
        }
        for key, one in sorted(outbox.items())
        if one.messages
    }
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> dict[str, Waiting]:
    """Return the outbox from its text; empty text is an empty one."""
    rows: dict[str, dict[str, Any]] = json.loads(text) if text else {}
    return {
        key: Waiting(
            messages=tuple(Message(_instant(at), text) for at, text in row["messages"]),
            dropped=row["dropped"],
            failures=row["failures"],
            after=None if row["after"] is None else _instant(row["after"]),
        )
        for key, row in rows.items()
    }


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
