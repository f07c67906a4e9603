"""The flow that tells people: of sources that broke or fell silent, of our outage, of idle lists.

Every minute `watch` looks at what was polled since, steps the memory of `core.health`, and puts
what is to be told into the outbox: one transaction. Then it delivers what waits there. A state is
told once when it begins and once when it ends; what could not be delivered stays and is tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feedhub.alerting.delivery import Notify, deliver
from feedhub.alerting.looking import look
from feedhub.model import Settings
from feedhub.store import Store
from feedhub.writer import Writer

__all__ = ["Notify", "deliver", "look", "watch"]


async def watch(
    store: Store,
    settings: Settings,
    *,
    writer: Writer,
    notify: Notify,
    now: Callable[[], datetime],
) -> int:
    """Look once and deliver what waits; return how many messages were taken by an address.

    Where no `alerts` are configured nothing is done. It waits for the slowest address, for as long
    as `notify` lets it: call it beside the polling. Raises StoreError.
    """
    if not settings.alerts:
        return 0
    await writer.run(lambda: look(store, settings, now=now()))
    return await deliver(store, settings, writer=writer, notify=notify, now=now)
