"""What is told reaches every address, or stays until it does; no secret is ever said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from structlog.testing import capture_logs

from feedhub.alerting import Notify, deliver, outbox, watch
from feedhub.alerting.delivery import LATE, LONGEST
from feedhub.alerting.outbox import HOLD, LATEST, MOST
from feedhub.model import Settings
from feedhub.store import Store, alerts, facts
from feedhub.writer import Writer
from tests import builders as a
from tests.flows.watching import Portal

ONE, OTHER = "json://reader:hunter2@127.0.0.1:9/secret-path", "tgram://123456789:hunter2/42"
Sent = list[tuple[str, str, str]]


class Post:
    """Takes messages; addresses in `refusing` do not."""

    def __init__(self) -> None:
        self.sent: Sent = []
        self.tried = 0
        self.refusing: set[str] = set()

    async def __call__(self, address: str, title: str, body: str) -> str:
        self.tried += 1
        if address in self.refusing:
            return "the service refused it (HTTP 401)"
        self.sent.append((address, title, body))
        return ""

    def bodies(self, address: str = ONE) -> list[str]:
        return [body for to, _, body in self.sent if to == address]


class Mail:
    """A store with addresses, a clock, and what waits."""

    def __init__(self, store: Store, *addresses: str) -> None:
        self.store, self.now = store, a.NOW
        self.settings: Settings = a.settings(alerts=addresses or (ONE, OTHER))

    def put(self, *texts: str) -> None:
        with self.store.write() as conn:
            waiting = outbox.from_json(facts.get(conn, alerts.OUTBOX) or "")
            waiting = outbox.put(waiting, self.settings.alerts, texts, now=self.now)
            facts.put(conn, alerts.OUTBOX, outbox.to_json(waiting))

    def waiting(self) -> str:
        with self.store.read() as conn:
            return facts.get(conn, alerts.OUTBOX) or "{}"

    def deliver(self, notify: Notify) -> int:
        def work(writer: Writer, now: Callable[[], datetime]) -> asyncio.Future[int]:
            return asyncio.ensure_future(
                deliver(self.store, self.settings, writer=writer, notify=notify, now=now)
            )

        return run(work, lambda: self.now)


def run(
    work: Callable[[Writer, Callable[[], datetime]], asyncio.Future[int]],
    now: Callable[[], datetime],
) -> int:
    """Run something in a loop with a writer, for a while at most."""

    async def main() -> int:
        writer = Writer()
        try:
            return await asyncio.wait_for(work(writer, now), 30)
        finally:
            await asyncio.to_thread(writer.close)

    return asyncio.run(main())


def test_every_address_gets_every_message_under_the_name_of_the_site(store: Store) -> None:
    mail, post = Mail(store), Post()
    mail.put("Лесная служба: снова читается.", "Озёрная служба: молчит 6 дней.")
    assert mail.deliver(post) == 4
    body = "Лесная служба: снова читается.\n\nОзёрная служба: молчит 6 дней."
    assert sorted(post.sent) == [(ONE, "Портал", body), (OTHER, "Портал", body)]
    assert (mail.deliver(post), mail.waiting()) == (0, "{}")
    assert post.tried == 2


def test_what_an_address_refuses_waits_and_others_get_it_once(store: Store) -> None:
    mail, post = Mail(store), Post()
    post.refusing = {OTHER}
    mail.put("first")
    assert mail.deliver(post) == 1
    assert "first" in mail.waiting()
    mail.now += a.MINUTE
    mail.put("second")
    assert mail.deliver(post) == 1
    post.refusing = set()
    mail.now += a.MINUTE
    assert mail.deliver(post) == 2
    assert post.bodies(ONE) == ["first", "second"]
    assert post.bodies(OTHER) == ["first\n\nsecond"]
    assert mail.waiting() == "{}"


def test_an_address_that_always_fails_is_tried_ever_more_seldom(store: Store) -> None:
    mail, post = Mail(store, ONE), Post()
    post.refusing = {ONE}
    mail.put("first")
    tries = []
    for _ in range(6 * 60):
        mail.deliver(post)
        tries.append(post.tried)
        mail.now += a.MINUTE
    assert tries[:3] == [1, 2, 3]
    assert 10 <= tries[-1] <= 13
    assert tries[-1] - tries[-1 - int(LATEST / a.MINUTE)] == 1
    post.refusing = set()
    mail.now += LATEST
    assert mail.deliver(post) == 1


def test_a_late_message_says_when_it_was_so(store: Store) -> None:
    mail, post = Mail(store, ONE), Post()
    mail.put("first")
    mail.now += LATE
    mail.put("second")
    mail.deliver(post)
    assert post.bodies() == ["[15:00] first\n\nsecond"]


def test_what_is_too_much_for_one_notification_goes_with_the_next(store: Store) -> None:
    mail, post = Mail(store, ONE), Post()
    texts = [f"{number} " + "я" * 996 for number in range(10, 17)]
    mail.put("ю" * (LONGEST + 500), *texts)
    counts = [mail.deliver(post) for _ in range(5)]
    assert counts == [1, 3, 3, 1, 0] or counts == [1, 2, 2, 2, 1]
    assert "".join(post.bodies()).replace("\n", "") == "ю" * (LONGEST + 500) + "".join(texts)


def test_at_most_a_hundred_messages_wait_and_the_dropped_ones_are_counted(store: Store) -> None:
    mail, post = Mail(store, ONE), Post()
    for number in range(MOST + 22):
        mail.put(f"message {number}")
    assert len(json.loads(mail.waiting())[outbox.key_of(ONE)]["messages"]) == MOST
    assert mail.deliver(post) == MOST
    assert post.bodies()[0].startswith("22 старых сообщения не сохранились.\n\nmessage 22\n\n")
    mail.put("last")
    mail.deliver(post)
    assert post.bodies()[-1] == "last"


def test_while_one_poller_sends_another_does_not(store: Store) -> None:
    mail, other = Mail(store, ONE), Post()

    async def slow(address: str, title: str, body: str) -> str:
        mail.now += HOLD / 2
        # another process looks into the same store meanwhile
        sent = await asyncio.to_thread(mail.deliver, other)
        return "" if sent == 0 else "sent twice"

    mail.put("first")
    assert mail.deliver(slow) == 1
    assert (other.tried, mail.waiting()) == (0, "{}")


def test_what_a_dead_poller_held_is_sent_after_a_while(store: Store) -> None:
    mail, post = Mail(store, ONE), Post()

    async def dying(address: str, title: str, body: str) -> str:
        raise asyncio.CancelledError

    mail.put("first")
    try:
        mail.deliver(dying)
    except asyncio.CancelledError:
        mail.now += a.MINUTE
    assert mail.deliver(post) == 0
    mail.now += HOLD
    assert mail.deliver(post) == 1


def test_a_hold_of_a_clock_that_was_wrong_holds_nothing(store: Store) -> None:
    mail, post = Mail(store, ONE), Post()
    post.refusing = {ONE}
    mail.now += 1000 * a.DAY
    mail.put("first")
    mail.deliver(post)
    mail.now, post.refusing = a.NOW, set()
    assert mail.deliver(post) == 1


def test_what_waits_for_an_address_that_was_taken_out_is_gone(store: Store) -> None:
    mail, post = Mail(store), Post()
    mail.put("first")
    mail.settings = replace(mail.settings, alerts=(ONE,))
    mail.put("second")
    assert mail.deliver(post) == 2
    assert post.bodies(OTHER) == []
    assert mail.waiting() == "{}"


def test_neither_log_nor_store_holds_a_secret_of_an_address(store: Store) -> None:
    mail = Mail(store)

    async def broken(address: str, title: str, body: str) -> str:
        if address == OTHER:
            return "the service cannot be reached"
        raise LookupError(f"no way to {address}")

    mail.put("first")
    structlog.reset_defaults()
    with capture_logs() as said:
        assert mail.deliver(broken) == 0
    assert [(line["to"], line["reason"]) for line in said] == [
        ("alerts[0] (json)", "it broke (LookupError)"),
        ("alerts[1] (tgram)", "the service cannot be reached"),
    ]
    everything = f"{said} {mail.waiting()} {mail.settings!r}"
    assert not [word for word in ("hunter2", "secret-path", "reader") if word in everything]


def test_watching_looks_and_delivers(store: Store) -> None:
    portal, post = Portal(store, "lakes", alerts=(ONE,)), Post()

    def watched() -> int:
        return run(
            lambda writer, now: asyncio.ensure_future(
                watch(store, portal.settings, writer=writer, notify=post, now=now)
            ),
            lambda: portal.now,
        )

    counts: list[int] = []
    for _ in range(4):
        portal.poll("lakes", "page")
        counts.append(watched())
        portal.now += a.HOUR
    assert counts == [0, 0, 1, 0]
    (body,) = post.bodies()
    assert body.startswith("Ведомство lakes: с 15:00 вместо ленты приходит HTML-страница; ")


def test_where_no_address_is_configured_nothing_is_done(store: Store) -> None:
    portal, post = Portal(store, "lakes", alerts=()), Post()
    portal.poll("lakes", "page")

    def work(writer: Writer, now: Callable[[], datetime]) -> asyncio.Future[int]:
        return asyncio.ensure_future(
            watch(store, portal.settings, writer=writer, notify=post, now=now)
        )

    assert run(work, lambda: portal.now) == 0
    assert known(store, (alerts.LOOK, alerts.TOLD, alerts.OUTBOX)) == {}


def known(store: Store, names: Sequence[str]) -> dict[str, str]:
    with store.read() as conn:
        return facts.get_all(conn, names)
