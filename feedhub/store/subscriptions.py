"""What we asked the hubs of sources for: one subscription a source, with all that it knows.

found    the last document named this hub; nothing was asked yet
asked    the hub was asked, and has not verified that we meant it
active   confirmed until the end of its lease, also while it is being renewed
ending   the hub was asked to leave us alone
denied   the hub will not have us; failed: it could not be asked. Both are tried again later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update

from feedhub.model.history import Push
from feedhub.store import facts
from feedhub.store.schema import source, subscription
from feedhub.store.values import chunks, maybe_instant, maybe_seconds, to_instant, to_seconds

State = Literal["found", "asked", "active", "ending", "denied", "failed"]

REMEMBERED = 64
"""Bodies of one source that are known again when a hub, or somebody else, sends them once more."""

_PUSHED = "pushed:"
"""The fact under which the digests of a source's last bodies stand."""

LONGEST_REASON = 300
"""Characters of a reason that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    """What stands between us and one source's hub.

    `token` is the secret part of our callback and, like `secret`, worth nothing before the first
    request. `asked_at` is when the hub was last asked for anything. `failures` counts what went
    wrong since the last success: requests refused or unanswered, and pushes that were not signed.
    """

    source: str
    hub: str
    topic: str
    token: str
    secret: str = ""
    state: State = "found"
    asked_at: datetime | None = None
    lease_until: datetime | None = None
    last_push_at: datetime | None = None
    failures: int = 0
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A subscription about which something may have to be asked; `is_wanted` while it is polled."""

    subscription: Subscription
    is_wanted: bool


def note_hubs(conn: Connection, found: Mapping[str, tuple[str, str] | None]) -> None:
    """Remember which (hub, topic) the documents just read of these sources name, or None.

    Another hub or topic is a new beginning: the old callback is unknown from then on. Where none
    is named any more, an existing subscription is ended.
    """
    known: dict[str, Subscription] = {}
    for part in chunks(sorted(found)):
        rows = conn.execute(select(subscription).where(subscription.c.source.in_(part))).mappings()
        known.update({row["source"]: _value(row) for row in rows})
    for slug, place in found.items():
        _note(conn, slug, place, known.get(slug))


def _note(
    conn: Connection, slug: str, place: tuple[str, str] | None, old: Subscription | None
) -> None:
    if place is None:
        if old is not None and old.state not in ("asked", "active", "ending"):
            conn.execute(delete(subscription).where(subscription.c.source == slug))
        elif old is not None and old.state != "ending":
            _change(conn, slug, state="ending", asked_at=None, failures=0, reason="")
        return
    is_same = old is not None and (old.hub, old.topic) == place
    if not is_same or (old is not None and old.state == "ending"):
        hub, topic = place
        put(conn, Subscription(source=slug, hub=hub, topic=topic, token=_no_token(slug)))


def _no_token(slug: str) -> str:
    """Return what stands for a token before there is one: never the token of a callback."""
    return f"!{slug}"


def get(conn: Connection, slug: str) -> Subscription | None:
    """Return the subscription of a source, or None."""
    row = conn.execute(select(subscription).where(subscription.c.source == slug)).mappings().first()
    return _value(row) if row else None


def by_token(conn: Connection, token: str) -> Subscription | None:
    """Return the subscription whose callback bears this token, or None."""
    if not token or token.startswith("!") or "\0" in token:
        return None
    row = conn.execute(select(subscription).where(subscription.c.token == token)).mappings().first()
    return _value(row) if row else None


def put(conn: Connection, one: Subscription) -> None:
    """Write a subscription whole, in place of the source's old one."""
    values: dict[str, Any] = {
        "hub": one.hub,
        "topic": one.topic,
        "token": one.token,
        "secret": one.secret,
        "state": one.state,
        "asked_at": maybe_seconds(one.asked_at),
        "lease_until": maybe_seconds(one.lease_until),
        "last_push_at": maybe_seconds(one.last_push_at),
        "failures": one.failures,
        "reason": one.reason[:LONGEST_REASON],
    }
    if not _change(conn, one.source, **values):
        conn.execute(insert(subscription).values(source=one.source, **values))


def pending(
    conn: Connection, *, now: datetime, since: timedelta, limit: int
) -> tuple[Pending, ...]:
    """Return subscriptions about which something may have to be asked, those asked longest ago first.

    These are requests without an effect older than `since`, leases four fifths of which have
    passed, what is no longer polled, and at last the hubs that were just found. Whether it is
    time for one of them is for the caller to say.
    """
    seconds, one = to_seconds(now), subscription.c
    has_waited = or_(one.asked_at.is_(None), one.asked_at <= seconds - int(since.total_seconds()))
    is_old = or_(
        one.asked_at.is_(None),
        5 * (seconds - one.asked_at) >= 4 * (one.lease_until - one.asked_at),
        one.lease_until <= seconds,
    )
    wanted = or_(
        one.state == "found",
        and_(one.state.in_(("asked", "denied", "failed")), has_waited),
        and_(one.state == "active", is_old),
    )
    query = (
        select(subscription, source.c.is_active)
        .join(source, source.c.slug == one.source)
        .where(
            or_(
                and_(source.c.is_active, wanted),
                and_(~source.c.is_active, one.state.in_(("asked", "active"))),
                and_(one.state == "ending", has_waited),
            )
        )
        .order_by(one.state == "found", one.asked_at.is_not(None), one.asked_at, one.source)
        .limit(limit)
    )
    return tuple(
        Pending(subscription=_value(row), is_wanted=row["is_active"])
        for row in conn.execute(query).mappings()
    )


def set_active(conn: Connection, slug: str, *, lease_until: datetime) -> None:
    """Note that the hub confirmed a subscription until then."""
    _change(conn, slug, state="active", lease_until=to_seconds(lease_until), failures=0, reason="")


def set_denied(conn: Connection, slug: str, *, reason: str, now: datetime) -> None:
    """Note that the hub will not have us; it is asked again later."""
    _set_refused(conn, slug, "denied", reason, lease_until=None, asked_at=to_seconds(now))


def set_failed(conn: Connection, slug: str, *, token: str, reason: str) -> None:
    """Note that a request came to nothing, unless the hub confirmed it in the meantime.

    An active subscription stays active until its lease ends.
    """
    one = get(conn, slug)
    if one is None or one.token != token or one.state not in ("asked", "active", "ending"):
        return
    state = "failed" if one.state == "asked" else one.state
    _set_refused(conn, slug, state, reason)


def _set_refused(conn: Connection, slug: str, state: str, reason: str, **more: Any) -> None:
    failures = subscription.c.failures + 1
    _change(conn, slug, state=state, failures=failures, reason=reason[:LONGEST_REASON], **more)


def set_left(conn: Connection, slug: str) -> None:
    """Note that a subscription has ended.

    The hub of a source that is not polled just now is remembered, to be asked when it is again.
    """
    one = get(conn, slug)
    is_active = conn.execute(select(source.c.is_active).where(source.c.slug == slug)).scalar()
    conn.execute(delete(subscription).where(subscription.c.source == slug))
    if one is not None and not is_active:
        put(conn, Subscription(source=slug, hub=one.hub, topic=one.topic, token=_no_token(slug)))


def note_ignored(conn: Connection, slug: str, *, reason: str) -> None:
    """Count a push that was not believed."""
    _change(conn, slug, failures=subscription.c.failures + 1, reason=reason[:LONGEST_REASON])


def has_pushed(conn: Connection, slug: str, digest: str) -> bool:
    """Tell whether a body with this digest was taken in before.

    A signature holds for ever: whoever caught a push could send it again, and with it old news in
    place of newer. The last 64 are known again.
    """
    return digest in _pushed(conn, slug)


def note_push(conn: Connection, slug: str, digest: str, *, now: datetime) -> None:
    """Note that the hub sent something that was signed, and know it again."""
    seen = [*_pushed(conn, slug), digest][-REMEMBERED:]
    facts.put(conn, _PUSHED + slug, " ".join(seen))
    _change(conn, slug, last_push_at=to_seconds(now), failures=0, reason="")


def _pushed(conn: Connection, slug: str) -> list[str]:
    return (facts.get(conn, _PUSHED + slug) or "").split()


def pushes(conn: Connection, slugs: Iterable[str]) -> dict[str, Push]:
    """Return the confirmed subscriptions of these sources; those without one are missing."""
    found: dict[str, Push] = {}
    for part in chunks(sorted(set(slugs))):
        rows = conn.execute(
            select(
                subscription.c.source, subscription.c.lease_until, subscription.c.last_push_at
            ).where(
                subscription.c.source.in_(part),
                subscription.c.state == "active",
                subscription.c.lease_until.is_not(None),
            )
        )
        for row in rows:
            last = maybe_instant(row.last_push_at)
            found[row.source] = Push(lease_until=to_instant(row.lease_until), last_push_at=last)
    return found


def _change(conn: Connection, slug: str, **values: Any) -> bool:
    changed = conn.execute(
        update(subscription).where(subscription.c.source == slug).values(**values)
    )
    return changed.rowcount > 0


def _value(row: RowMapping) -> Subscription:
    return Subscription(
        source=row["source"],
        hub=row["hub"],
        topic=row["topic"],
        token=row["token"],
        secret=row["secret"],
        state=row["state"],
        asked_at=maybe_instant(row["asked_at"]),
        lease_until=maybe_instant(row["lease_until"]),
        last_push_at=maybe_instant(row["last_push_at"]),
        failures=row["failures"],
        reason=row["reason"],
    )
