"""What is asked of hubs: to push, to go on pushing, to stop; and what came of asking."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import structlog

from feedhub.core import websub
from feedhub.model import Failed, Settings
from feedhub.store import Connection, Store, subscriptions
from feedhub.store.subscriptions import Pending, Subscription

log = structlog.get_logger()
T = TypeVar("T")

CALLBACK = "/websub/callback/"
"""Where hubs call, under the site's own address; a token follows."""

AT_ONCE = 50
"""Hubs asked in one go; what is left is asked the next time."""

LOOKED_AT = 2000
"""Subscriptions looked through for what is due."""

FAREWELLS = 3
"""How often a hub is asked to leave us alone; after that its lease ends by itself."""


class Writing(Protocol):
    """Where writing happens: one thread."""

    async def run(self, work: Callable[[], T], /) -> T:
        """Return what the function returns, once it ran there."""


Post = Callable[[str, bytes], Awaitable[Failed | None]]
"""Send a form to an address; None when it was accepted, else what went wrong, never raised."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a hub was asked for, and what went wrong, if anything did."""

    source: str
    mode: websub.Mode
    error: str = ""


async def subscribe_due(
    store: Store, settings: Settings, post: Post, *, now: datetime, writer: Writing
) -> tuple[Asked, ...]:
    """Ask of hubs what is due: subscribe, renew, try again, or leave; return what was asked.

    What is asked is written down before, for a hub may verify while it is being asked. Nothing is
    asked for where no hub could reach us: then only the ending of subscriptions.
    """
    wanted = await writer.run(lambda: _begin(store, settings, now))
    failures = await asyncio.gather(*(_ask(settings, post, one, mode) for one, mode in wanted))
    failed = [
        (one, failure.message)
        for (one, _), failure in zip(wanted, failures, strict=True)
        if failure is not None
    ]
    if failed:
        await writer.run(lambda: _note_failed(store, failed))
    messages = {one.source: message for one, message in failed}
    done = tuple(Asked(one.source, mode, messages.get(one.source, "")) for one, mode in wanted)
    for asked in done:
        log.info("hub asked", source=asked.source, mode=asked.mode, error=asked.error or None)
    return done


def _begin(
    store: Store, settings: Settings, now: datetime
) -> list[tuple[Subscription, websub.Mode]]:
    """Write down what is about to be asked; return it."""
    can_be_reached = _reachable_from(settings)
    with store.read() as conn:
        if not _plans(conn, can_be_reached, now):
            return []
    wanted: list[tuple[Subscription, websub.Mode]] = []
    with store.write() as conn:
        for known, mode in _plans(conn, can_be_reached, now):
            if mode == "unsubscribe" and known.failures >= FAREWELLS:
                subscriptions.set_left(conn, known.source)
                continue
            next_state = _leaving(known, now) if mode == "unsubscribe" else _asked(known, now)
            subscriptions.put(conn, next_state)
            wanted.append((next_state, mode))
    return wanted


def _plans(
    conn: Connection, can_be_reached: Callable[[str], bool], now: datetime
) -> list[tuple[Subscription, websub.Mode]]:
    """Return whom to ask for what now."""
    plans: list[tuple[Subscription, websub.Mode]] = []
    for one in subscriptions.pending(conn, now=now, since=websub.ANSWER_TIME, limit=LOOKED_AT):
        mode = _due(one, now)
        is_vain = mode == "subscribe" and not can_be_reached(one.subscription.hub)
        if mode is not None and not is_vain and len(plans) < AT_ONCE:
            plans.append((one.subscription, mode))
    return plans


def _due(one: Pending, now: datetime) -> websub.Mode | None:
    """Return what is to be asked of a hub now; None when it is not yet time."""
    known = one.subscription
    if known.state == "ending" or not one.is_wanted:
        return "unsubscribe"
    if known.state == "found" or known.asked_at is None:
        return "subscribe"
    if known.state == "active" and known.lease_until is not None:
        until = known.lease_until
        at = websub.renew_at(known.source, asked_at=known.asked_at, lease_until=until)
    else:
        is_unanswered = known.state == "asked"
        at = websub.retry_at(
            known.source, asked_at=known.asked_at, failures=known.failures + is_unanswered
        )
    return "subscribe" if now >= at else None


def _asked(known: Subscription, now: datetime) -> Subscription:
    """Return a subscription as it stands once its hub is asked for it.

    A request that a hub may have seen is repeated with the same callback and secret, so that a
    late answer to the first one still finds us. Token and secret of a new one are new.
    """
    if known.state == "active" and known.lease_until is not None and known.lease_until > now:
        return replace(known, asked_at=now)
    failures = known.failures
    if known.state == "asked":
        failures += 1
    elif known.state != "failed":
        known = replace(known, token=secrets.token_urlsafe(32), secret=secrets.token_urlsafe(32))
        failures = failures if known.state == "denied" else 0
    return replace(known, state="asked", asked_at=now, lease_until=None, failures=failures)


def _leaving(known: Subscription, now: datetime) -> Subscription:
    """Return a subscription as it stands once its hub is asked to end it."""
    is_again = known.state == "ending" and known.asked_at is not None
    failures = known.failures + 1 if is_again else 1
    return replace(known, state="ending", asked_at=now, failures=failures)


async def _ask(
    settings: Settings, post: Post, one: Subscription, mode: websub.Mode
) -> Failed | None:
    is_new = mode == "subscribe"
    form = websub.form(
        mode,
        topic=one.topic,
        callback=f"{settings.site.base_url}{CALLBACK}{one.token}",
        lease=websub.LEASE if is_new else None,
        secret=one.secret if is_new else None,
    )
    return await post(one.hub, form)


def _note_failed(store: Store, failed: Sequence[tuple[Subscription, str]]) -> None:
    with store.write() as conn:
        for one, message in failed:
            subscriptions.set_failed(conn, one.source, token=one.token, reason=message)


def _reachable_from(settings: Settings) -> Callable[[str], bool]:
    """Return the question whether a hub could reach our callback.

    Nobody outside can where the site's own address is private or has no public name; then only
    hubs whose own address the admin has opened in `fetch.allow_private`.
    """
    from feedhub.fetch.guard import Guard  # the web process loads no client

    nobody, opened = Guard(), Guard(settings.fetch.allow_private)

    def is_private(url: str, guard: Guard) -> bool:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return guard.refusal(parts.hostname or "localhost", port) is not None

    base = settings.site.base_url
    if not is_private(base, nobody) and _has_public_name(urlsplit(base).hostname or ""):
        return lambda _hub: True
    return lambda hub: is_private(hub, nobody) and not is_private(hub, opened)


def _has_public_name(host: str) -> bool:
    """Tell whether a name can be known everywhere (RFC 6761, RFC 6762, RFC 8375), or is an address."""
    last = host.rstrip(".").rpartition(".")[2]
    is_one_word = "." not in host.rstrip(".") and ":" not in host
    return not is_one_word and last not in ("local", "localhost", "internal", "lan", "test")
