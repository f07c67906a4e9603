"""Delivering what waits in the outbox; what an address does not take stays there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from feedhub.alerting import outbox
from feedhub.alerting.outbox import Message, Waiting
from feedhub.core.health.words import fill
from feedhub.model import Settings, Site
from feedhub.store import Store, alerts, facts
from feedhub.writer import Writer

log = structlog.get_logger()

Notify = Callable[[str, str, str], Awaitable[str]]
"""Sends to (address, title, body); answers with empty text, or why not, without secrets."""

LONGEST = 3000
"""Characters of one notification, except that a single message is never cut: many services take
4,000. What is more goes with the next one."""

LATE = timedelta(minutes=30)
"""A message that waited so long is sent with the time at which it was so."""

_DROPPED = {
    "ru": "{n:старое сообщение не сохранилось|старых сообщения не сохранились|"
    "старых сообщений не сохранились}.",
    "en": "{n:old message was|old messages were} not kept.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """What goes to one address at once; `name` says in the log which one, without its secrets."""

    address: str = field(repr=False)
    name: str
    body: str
    messages: tuple[Message, ...]
    dropped: int


async def deliver(
    store: Store,
    settings: Settings,
    *,
    writer: Writer,
    notify: Notify,
    now: Callable[[], datetime],
) -> int:
    """Send each address what waits for it, all at the same time; return how many messages went.

    What fails is logged, stays in the store, and is tried again: at first after half a minute, at
    last every hour. Raises StoreError.
    """
    parcels = await writer.run(lambda: _pack(store, settings, now()))
    if not parcels:
        return 0
    answers = await asyncio.gather(*(send(one, settings.site, notify=notify) for one in parcels))
    outcomes = dict(zip(parcels, answers, strict=True))
    await writer.run(lambda: _settle(store, outcomes, now()))
    _log(outcomes)
    return sum(len(one.messages) for one, reason in outcomes.items() if not reason)


async def send(parcel: Parcel, site: Site, *, notify: Notify) -> str:
    """Send one parcel; return empty text, or why it was not taken. Never raises."""
    try:
        return await notify(parcel.address, site.title, parcel.body)
    except Exception as error:  # whatever it is, it must not keep the others from being told
        return f"it broke ({type(error).__name__})"


def _pack(store: Store, settings: Settings, now: datetime) -> tuple[Parcel, ...]:
    """Take what is to be delivered now, and hold it."""
    with store.read() as conn:
        waiting = outbox.from_json(facts.get(conn, alerts.OUTBOX) or "")
    if not outbox.held(waiting, settings.alerts, now=now):
        return ()
    with store.write() as conn:
        waiting = outbox.from_json(facts.get(conn, alerts.OUTBOX) or "")
        mine = outbox.held(waiting, settings.alerts, now=now)
        waiting.update({outbox.key_of(address): one for address, one in mine.items()})
        facts.put(conn, alerts.OUTBOX, outbox.to_json(waiting))
    return tuple(_parcel(address, one, settings, now) for address, one in mine.items())


def _parcel(address: str, waiting: Waiting, settings: Settings, now: datetime) -> Parcel:
    site = settings.site
    there = now.astimezone(ZoneInfo(site.timezone))
    language = site.language if site.language in _DROPPED else "en"
    texts = [fill(_DROPPED[language], {"n": waiting.dropped}, language, there)]
    texts = texts if waiting.dropped else []
    size, taken = 0, 0
    for message in waiting.messages:
        text = _text(message, language, there)
        size += len(text) + 2
        if taken and size > LONGEST:
            break
        texts.append(text)
        taken += 1
    scheme = address.partition("://")[0]
    return Parcel(
        address=address,
        name=f"alerts[{settings.alerts.index(address)}] ({scheme})",
        body="\n\n".join(texts),
        messages=waiting.messages[:taken],
        dropped=waiting.dropped,
    )


def _text(message: Message, language: str, now: datetime) -> str:
    if now - message.at < LATE:
        return message.text
    return f"[{fill('{at:clock}', {'at': message.at}, language, now)}] {message.text}"


def _settle(store: Store, outcomes: Mapping[Parcel, str], now: datetime) -> None:
    with store.write() as conn:
        waiting = outbox.from_json(facts.get(conn, alerts.OUTBOX) or "")
        for one, reason in outcomes.items():
            key = outbox.key_of(one.address)
            known = waiting.get(key)
            if known is not None:  # else the address was taken out of the configuration meanwhile
                waiting[key] = (
                    outbox.refused(known, now=now)
                    if reason
                    else outbox.taken(known, one.messages, one.dropped)
                )
        facts.put(conn, alerts.OUTBOX, outbox.to_json(waiting))


def _log(outcomes: Mapping[Parcel, str]) -> None:
    for one, reason in outcomes.items():
        if reason:
            log.warning(
                "alert not delivered; tried again",
                to=one.name,
                reason=reason,
                kept=len(one.messages),
            )
        else:
            log.info("alert delivered", to=one.name, messages=len(one.messages))
