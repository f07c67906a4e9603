"""Sending a message to an address of Apprise: the only place that knows that library.

Its requests go to whatever the admin wrote in `alerts` and past the guard of `fetch`; nothing that
a source says leads them anywhere. The library is loaded when it is first needed: that costs 0.1 s,
and 0.2 s more for its list of services.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from apprise import NotifyBase

SECONDS = 30.0
"""How long one message may take; Apprise's own limits are for each step of the network only."""

_STATUS = re.compile(r"error=(\d{3})\b")
_TALKATIVE = ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib")


def flaw(address: str) -> str:
    """Return what is wrong with an address in a sentence without its secrets; empty: nothing."""
    if _service(address) is not None:
        return ""
    scheme = address.partition("://")[0].lower()
    known = _schemes()
    if scheme in known:
        return f"Apprise cannot use this {scheme}:// address: a part of it is missing or malformed"
    near = get_close_matches(scheme, known, 1, 0.6)
    hint = f'; did you mean "{near[0]}://"?' if near else ""
    return f"Apprise has no service for addresses of this kind{hint}"


async def notify(address: str, title: str, body: str, *, seconds: float = SECONDS) -> str:
    """Send one message; return empty text, or why it was not taken, in words without secrets.

    The sending has a thread of its own which does not keep the process from ending, and after
    `seconds` nobody waits for it; while it is still at it no other message goes to that address.
    """
    name = f"alert-{blake2b(address.encode(), digest_size=8).hexdigest()}"
    if any(thread.name == name for thread in threading.enumerate()):
        return "an earlier message is still on its way"
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def work() -> None:
        reason = _send(address, title, body)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_answer, answer, reason)

    threading.Thread(target=work, name=name, daemon=True).start()
    try:
        return await asyncio.wait_for(answer, seconds)
    except TimeoutError:
        return f"no answer within {seconds:g} s"


def _answer(answer: asyncio.Future[str], reason: str) -> None:
    if not answer.done():
        answer.set_result(reason)


def _send(address: str, title: str, body: str) -> str:
    try:
        return _sent(address, title, body)
    except Exception as error:  # a plugin of Apprise may raise anything, with secrets in its words
        return f"Apprise failed ({type(error).__name__})"


def _sent(address: str, title: str, body: str) -> str:
    apprise = _library()
    service = _service(address)
    if service is None:
        return "Apprise cannot use this address"
    post = apprise.Apprise(asset=service.asset)
    post.add(service)
    result = post.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    return "" if result else _reason(entry.message for one in result for entry in one.logs())


def _reason(said: Iterable[str]) -> str:
    """Return the status among what Apprise says, and no other word of it: those may be secret."""
    found = [match[1] for text in said for match in _STATUS.finditer(text)]
    return (
        f"the service refused it (HTTP {found[-1]})" if found else "the service cannot be reached"
    )


def _service(address: str) -> NotifyBase | None:
    """Return the service behind an address, or None where Apprise knows none.

    It answers within our own limit of time and in our own thread, splits what is too long for it,
    and follows no redirect: where it leads is for the admin to write.
    """
    apprise = _library()
    asset = apprise.AppriseAsset(
        app_id="FeedHub",
        app_desc="FeedHub",
        async_mode=False,
        service_timeout=0,
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    service: NotifyBase | None = apprise.Apprise.instantiate(address, asset=asset)
    if service is not None and service.overflow_mode == apprise.OverflowMode.UPSTREAM:
        service.overflow_mode = apprise.OverflowMode.SPLIT
    return service


def _schemes() -> tuple[str, ...]:
    return tuple(sorted(_library().NotificationManager().schemas()))


def _library() -> ModuleType:
    """Return Apprise, silent: it and what it asks with would log addresses, tokens and all."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    import apprise

    return apprise
