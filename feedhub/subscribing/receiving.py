"""What hubs say to us: the question whether we meant it, and documents for the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import structlog

from feedhub.core import websub
from feedhub.model import Fetched, Settings, SourceState
from feedhub.store import Connection, Store, inbox, sources, subscriptions
from feedhub.store.inbox import Pushed
from feedhub.store.subscriptions import Subscription

log = structlog.get_logger()

POLL_GAP = timedelta(minutes=10)
"""The least time from a poll to one that a push brings on: whoever calls cannot have us ask faster."""

TOKEN_LENGTH = 43
"""Characters of a token: 32 random bytes in base64."""

INBOX_DOCUMENTS = 2
"""How many documents of the greatest length a source's inbox holds."""

WAIT_SECONDS = 300
"""What a hub is told to wait when the inbox is full."""

MOST_COUNTED = 1000
"""Pushes ignored that are counted; the rest cost no writing."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a hub is answered: plain text, mostly none."""

    status: int
    body: str = ""
    retry_after: int | None = None


UNKNOWN = Reply(404)
TAKEN = Reply(202)
"""Also what is not believed is answered so: nobody learns anything by trying."""


def verify(store: Store, token: str, query: Iterable[tuple[str, str]], *, now: datetime) -> Reply:
    """Answer a hub that asks whether we meant it: its challenge, or 404 where we did not.

    A hub that denies us is answered with an empty 200.
    """
    one = _by_token(store, token)
    if one is None or one.state not in ("asked", "active", "failed", "ending"):
        return UNKNOWN
    wanted: websub.Mode = "unsubscribe" if one.state == "ending" else "subscribe"
    found = websub.intent(query, topic=one.topic, wanted=wanted)
    if isinstance(found, websub.Refused):
        log.warning("hub not confirmed", source=one.source, reason=found.reason)
        return UNKNOWN
    with store.write() as conn:
        _note_answer(conn, one, found, now)
    return Reply(200, found.challenge if isinstance(found, websub.Confirmed) else "")


def _note_answer(
    conn: Connection, one: Subscription, found: websub.Confirmed | websub.Denied, now: datetime
) -> None:
    if isinstance(found, websub.Denied):
        reason = f"The hub denied the subscription: {found.reason or 'it says no reason'}"
        log.warning("hub denied", source=one.source, reason=found.reason)
        if one.state == "ending":
            subscriptions.set_left(conn, one.source)
        else:
            subscriptions.set_denied(conn, one.source, reason=reason, now=now)
    elif found.lease is None:
        subscriptions.set_left(conn, one.source)
    else:
        subscriptions.set_active(conn, one.source, lease_until=now + found.lease)


def knows(store: Store, token: str) -> bool:
    """Tell whether a callback has this token: asked before a body is read."""
    return _by_token(store, token) is not None


def receive(
    store: Store,
    settings: Settings,
    token: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    now: datetime,
) -> Reply:
    """Take a pushed document into the inbox, where it is from the hub that we asked.

    What is unsigned, wrongly signed, late or repeated is ignored and answered as if it were not
    (WebSub, 7.1). What does not fit is refused, and the source polled instead; a `body` of None
    is one that was too long to be read.
    """
    one = _by_token(store, token)
    if one is None:
        return UNKNOWN
    given = {name.lower(): value for name, value in headers.items()}
    doubt = _untimely(one, now)
    if not doubt and (body is None or len(body) > settings.fetch.max_bytes):
        return _refuse(store, one, Reply(413), now)
    body = body or b""
    doubt = doubt or _unsigned(one, given.get("x-hub-signature"), body)
    if doubt:
        return _ignore(store, one, doubt)
    return _take(store, settings, one, given.get("content-type", ""), body, now)


def _untimely(one: Subscription, now: datetime) -> str:
    """Return why nothing may come from this hub just now, or nothing."""
    if one.state != "active" or one.lease_until is None:
        return "A push came that nobody asked for."
    return "" if one.lease_until > now else "A push came after the end of the lease."


def _unsigned(one: Subscription, signature: str | None, body: bytes) -> str:
    if websub.is_signed(body, signature, one.secret):
        return ""
    return "A push came with a wrong signature." if signature else "A push came unsigned."


def _ignore(store: Store, one: Subscription, doubt: str) -> Reply:
    """Count what is not believed; past a thousand neither writing nor a line of log is spent on it."""
    if one.state == "active" and one.failures < MOST_COUNTED:
        log.warning("push ignored", source=one.source, reason=doubt)
        with store.write() as conn:
            subscriptions.note_ignored(conn, one.source, reason=doubt)
    return TAKEN


def _take(
    store: Store, settings: Settings, one: Subscription, kind: str, body: bytes, now: datetime
) -> Reply:
    digest = blake2b(body, digest_size=16).hexdigest()
    if not body:  # only a sign that something is new
        return _refuse(store, one, TAKEN, now)
    with store.write() as conn:
        if subscriptions.has_pushed(conn, one.source, digest):
            return TAKEN
        is_in = inbox.add(
            conn,
            one.source,
            content_type=_printable(kind) or None,
            body=body,
            most_bytes=INBOX_DOCUMENTS * settings.fetch.max_bytes,
            now=now,
        )
        if is_in:
            subscriptions.note_push(conn, one.source, digest, now=now)
            return TAKEN
    return _refuse(store, one, Reply(429, retry_after=WAIT_SECONDS), now)


def _refuse(store: Store, one: Subscription, reply: Reply, now: datetime) -> Reply:
    """Have the source polled in place of what it sent, so that nothing is missed.

    Not within ten minutes of its last poll, and not sooner than planned where its polls fail: its
    server may have asked us to stay away.
    """
    log.info("push not taken", source=one.source, status=reply.status)
    with store.write() as conn:
        state = sources.states(conn, [one.source])[one.source]
        at = max(now, state.last_poll_at + POLL_GAP) if state.last_poll_at else now
        is_planned = state.next_poll_at is not None and state.next_poll_at <= at
        if not is_planned and not state.failures:
            sources.make_due(conn, [one.source], now=at)
    return reply


def _by_token(store: Store, token: str) -> Subscription | None:
    if len(token) != TOKEN_LENGTH:
        return None
    with store.read() as conn:
        return subscriptions.by_token(conn, token)


def _printable(text: str) -> str:
    return "".join(char for char in text[:200] if char.isprintable())


def as_fetched(pushed: Pushed, topic: str, state: SourceState) -> Fetched:
    """Return a pushed body as the river takes it.

    Its validators and hash are those of the last poll, unchanged: a push says nothing of what a
    GET would bring, and may leave out what was delivered before (WebSub, 7).
    """
    return Fetched(
        url=topic,
        status=200,
        headers=(("content-type", pushed.content_type),) if pushed.content_type else (),
        validators=state.validators,
        body=pushed.body,
        body_hash=state.body_hash or "",
    )
