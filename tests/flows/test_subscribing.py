"""FeedHub and a hub: what is asked when, what is believed, and the whole way over real sockets."""

from __future__ import annotations

import asyncio
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from werkzeug.serving import WSGIRequestHandler, make_server

from feedhub import clock, subscribing
from feedhub.fetch.posting import PostingClient
from feedhub.model import Failed, FetchSettings, Settings, SourceState, Validators
from feedhub.store import Store, inbox, sources, subscriptions
from feedhub.store.subscriptions import Subscription
from feedhub.subscribing import Asked, Reply
from feedhub.web import create_app
from feedhub.writer import Writer
from tests import builders as a

HUB, TOPIC = "https://hub.example/", "https://agency.example/feed.xml"
BODY = "<rss><channel><item><title>Озеро замёрзло</title></item></channel></rss>".encode()
MAX = 1000


class Here:
    """Writes at once, in the caller's thread."""

    async def run(self, work: Callable[[], Any], /) -> Any:
        return work()


class Hub:
    """Takes what is posted to it; `answers` are given in turn, then it accepts."""

    def __init__(self, *answers: Failed | None) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def post(self, url: str, form: bytes) -> Failed | None:
        self.asked.append((url, dict(parse_qsl(form.decode("ascii"), strict_parsing=True))))
        return self.answers.pop(0) if self.answers else None

    @property
    def modes(self) -> list[str]:
        return [fields["hub.mode"] for _, fields in self.asked]


NO = Failed(kind="hard", message="The hub answered 403: go away.", status=403)


def settings(base_url: str = "https://news.example", private: tuple[str, ...] = ()) -> Settings:
    fetch = FetchSettings(max_bytes=MAX, allow_private=private, gap=0)
    return a.settings(base_url=base_url, fetch=fetch)


@pytest.fixture
def ready(sqlite_store: Store) -> Store:
    """A store with two sources, one of which named a hub."""
    with sqlite_store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")
        subscriptions.note_hubs(conn, {a.SOURCE: (HUB, TOPIC), "other": None})
    return sqlite_store


def ask(
    store: Store, hub: Hub, now: datetime = a.NOW, in_force: Settings | None = None
) -> tuple[Asked, ...]:
    return asyncio.run(
        subscribing.subscribe_due(store, in_force or settings(), hub.post, now=now, writer=Here())
    )


def known(store: Store, slug: str = a.SOURCE) -> Subscription:
    with store.read() as conn:
        one = subscriptions.get(conn, slug)
    assert one is not None
    return one


def state(store: Store, slug: str = a.SOURCE) -> SourceState:
    with store.read() as conn:
        return sources.states(conn, [slug])[slug]


def question(one: Subscription, **fields: str) -> list[tuple[str, str]]:
    query = {"mode": "subscribe", "topic": one.topic, "challenge": "c1", "lease_seconds": "864000"}
    return [(f"hub.{name}", value) for name, value in (query | fields).items()]


def confirm(store: Store, now: datetime = a.NOW, **fields: str) -> Reply:
    one = known(store)
    return subscribing.verify(store, one.token, question(one, **fields), now=now)


def signed(one: Subscription, body: bytes = BODY, method: str = "sha256") -> dict[str, str]:
    digest = hmac.new(one.secret.encode(), body, method).hexdigest()
    return {"X-Hub-Signature": f"{method}={digest}", "Content-Type": "application/rss+xml"}


def push(
    store: Store,
    body: bytes | None = BODY,
    headers: dict[str, str] | None = None,
    now: datetime = a.NOW,
    token: str | None = None,
) -> Reply:
    one = known(store)
    given = signed(one, body or b"") if headers is None else headers
    return subscribing.receive(store, settings(), token or one.token, given, body, now=now)


def waiting(store: Store) -> list[bytes]:
    with store.read() as conn:
        return [one.body for one in inbox.of(conn, a.SOURCE)]


def subscribed(store: Store, now: datetime = a.NOW) -> Subscription:
    ask(store, Hub(), now)
    assert confirm(store, now).status == 200
    return known(store)


# -- asking -------------------------------------------------------------------------------------


def test_a_hub_that_was_found_is_asked_once_with_an_unguessable_callback(ready: Store) -> None:
    hub = Hub()
    assert ask(ready, hub) == (Asked(a.SOURCE, "subscribe"),)
    assert ask(ready, hub, a.NOW + a.MINUTE) == ()
    [(url, form)] = hub.asked
    one = known(ready)
    assert url == HUB
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": f"https://news.example/websub/callback/{one.token}",
        "hub.lease_seconds": "864000",
        "hub.secret": one.secret,
    }
    assert (one.state, one.asked_at) == ("asked", a.NOW)
    assert len({one.token, one.secret}) == 2
    assert (len(one.token), len(one.secret)) == (43, 43)


def test_every_subscription_has_a_token_and_a_secret_of_its_own(ready: Store) -> None:
    slugs = [f"s{n:03}" for n in range(60)]
    with ready.write() as conn:
        a.add_sources(conn, *slugs)
        subscriptions.note_hubs(conn, dict.fromkeys(slugs, (HUB, TOPIC)))
    hub = Hub()
    assert len(ask(ready, hub)) == 50
    assert len(ask(ready, hub)) == 11
    assert len({form["hub.callback"] for _, form in hub.asked}) == 61
    assert len({form["hub.secret"] for _, form in hub.asked}) == 61


def test_a_hub_may_verify_while_it_is_being_asked(ready: Store) -> None:
    async def post(url: str, form: bytes) -> Failed | None:
        assert confirm(ready).status == 200
        return NO  # an answer that comes too late to matter

    done = asyncio.run(subscribing.subscribe_due(ready, settings(), post, now=a.NOW, writer=Here()))
    assert done == (Asked(a.SOURCE, "subscribe", NO.message),)
    assert known(ready).state == "active"


def test_a_hub_that_verifies_after_its_answer_was_lost_is_believed(ready: Store) -> None:
    lost = Failed(kind="temporary", message="hub.example took longer than 30 s for its answer.")
    ask(ready, Hub(lost))
    assert known(ready).state == "failed"
    assert confirm(ready, a.NOW + a.MINUTE).status == 200
    assert (known(ready).state, known(ready).failures) == ("active", 0)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://127.0.0.1:8000",
        "http://localhost:8000",
        "http://10.1.2.3",
        "https://[::1]",
        "https://portal",
        "https://portal.local",
        "https://portal.internal.",
    ],
)
def test_nobody_is_asked_to_call_where_nobody_can_reach(ready: Store, base_url: str) -> None:
    hub = Hub()
    assert ask(ready, hub, in_force=settings(base_url, private=("127.0.0.1:9",))) == ()
    assert hub.asked == []
    assert known(ready).state == "found"
    with ready.write() as conn:
        subscriptions.note_hubs(conn, {a.SOURCE: ("http://127.0.0.1:9/hub", TOPIC)})
    assert ask(ready, hub, in_force=settings(base_url)) == ()
    opened = settings(base_url, private=("127.0.0.1:9",))
    assert len(ask(ready, hub, in_force=opened)) == 1


def test_a_refusal_is_tried_again_an_hour_later_then_two_but_at_least_daily(
    ready: Store,
) -> None:
    hub, times = Hub(*[NO] * 100), []
    for minutes in range(0, 12 * 60, 10):
        if ask(ready, hub, a.NOW + timedelta(minutes=minutes)):
            times.append(minutes)
    waits = [after - before for before, after in pairwise(times)]
    assert 60 <= waits[0] <= 80
    assert 120 <= waits[1] <= 150
    assert 180 <= waits[2] <= 210
    assert len({form["hub.callback"] for _, form in hub.asked}) == 1
    with ready.write() as conn:
        failed = replace(known(ready), state="failed", asked_at=a.NOW, failures=400)
        subscriptions.put(conn, failed)
    assert ask(ready, hub, a.NOW + a.DAY - a.MINUTE) == ()
    assert ask(ready, hub, a.NOW + a.DAY) == (Asked(a.SOURCE, "subscribe", NO.message),)
    assert known(ready).reason == NO.message


def test_a_hub_that_never_verifies_is_asked_again_with_the_same_callback(ready: Store) -> None:
    hub = Hub()
    ask(ready, hub)
    first = known(ready)
    assert ask(ready, hub, a.NOW + 59 * a.MINUTE) == ()
    assert len(ask(ready, hub, a.NOW + 67 * a.MINUTE)) == 1
    again = known(ready)
    assert (again.token, again.secret, again.failures) == (first.token, first.secret, 1)
    assert ask(ready, hub, a.NOW + 67 * a.MINUTE + 110 * a.MINUTE) == ()


def test_a_lease_is_renewed_before_its_end_and_pushes_are_believed_meanwhile(
    ready: Store,
) -> None:
    before, hub = subscribed(ready), Hub()
    assert ask(ready, hub, a.NOW + 7.9 * a.DAY) == ()
    assert ask(ready, hub, a.NOW + 9.1 * a.DAY) == (Asked(a.SOURCE, "subscribe"),)
    assert hub.asked[0][1]["hub.secret"] == before.secret
    assert push(ready, now=a.NOW + 9.2 * a.DAY).status == 202
    assert waiting(ready) == [BODY]
    confirm(ready, a.NOW + 9.2 * a.DAY)
    assert known(ready).lease_until == a.NOW + 19.2 * a.DAY
    assert known(ready).token == before.token


def test_a_lease_that_ended_is_asked_for_anew_with_another_callback(ready: Store) -> None:
    before, hub = subscribed(ready), Hub()
    assert len(ask(ready, hub, a.NOW + 11 * a.DAY)) == 1
    after = known(ready)
    assert (after.state, after.lease_until) == ("asked", None)
    assert {before.token, before.secret}.isdisjoint({after.token, after.secret})
    later = a.NOW + 11 * a.DAY
    assert subscribing.verify(ready, before.token, question(before), now=later).status == 404


def test_a_source_that_is_paused_or_taken_out_leaves_its_hub(ready: Store) -> None:
    before, hub = subscribed(ready), Hub()
    with ready.write() as conn:
        sources.settle(conn, [a.a_source("other")], now=a.NOW)
    assert ask(ready, hub, a.NOW + a.HOUR) == (Asked(a.SOURCE, "unsubscribe"),)
    form = hub.asked[0][1]
    assert form["hub.callback"].endswith(before.token)
    assert "hub.secret" not in form
    assert confirm(ready).status == 404
    assert push(ready).status == 202
    assert waiting(ready) == []
    assert confirm(ready, mode="unsubscribe") == Reply(200, "c1")
    assert known(ready).state == "found"
    assert ask(ready, hub, a.NOW + a.DAY) == ()
    with ready.write() as conn:
        sources.settle(conn, [a.a_source("other"), a.a_source()], now=a.NOW)
    assert ask(ready, hub, a.NOW + a.DAY) == (Asked(a.SOURCE, "subscribe"),)


def test_a_hub_that_will_not_let_go_is_left_after_a_few_farewells(ready: Store) -> None:
    subscribed(ready)
    with ready.write() as conn:
        subscriptions.note_hubs(conn, {a.SOURCE: None})
    hub = Hub()
    for hours in range(30):
        ask(ready, hub, a.NOW + hours * a.HOUR)
    assert hub.modes == ["unsubscribe"] * 3
    with ready.read() as conn:
        assert subscriptions.get(conn, a.SOURCE) is None


def test_two_pollers_ask_a_hub_once(ready: Store) -> None:
    hub = Hub()

    async def both() -> None:
        await asyncio.gather(
            *(
                subscribing.subscribe_due(ready, settings(), hub.post, now=a.NOW, writer=Here())
                for _ in range(2)
            )
        )

    asyncio.run(both())
    assert len(hub.asked) == 1


# -- verifying ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lease", ["864000", "60", "99999999"])
def test_what_was_asked_is_confirmed_for_a_bounded_lease(ready: Store, lease: str) -> None:
    ask(ready, Hub())
    assert confirm(ready, lease_seconds=lease) == Reply(200, "c1")
    one = known(ready)
    assert one.state == "active"
    assert one.lease_until is not None
    assert a.HOUR <= one.lease_until - a.NOW <= 30 * a.DAY


def test_nothing_is_confirmed_that_was_not_asked(ready: Store) -> None:
    assert subscribing.verify(ready, "", [], now=a.NOW).status == 404
    found = known(ready)
    assert subscribing.verify(ready, found.token, question(found), now=a.NOW).status == 404
    ask(ready, Hub())
    one = known(ready)
    for token in ("x" * 43, one.token[:-1], one.token + "x", one.token.swapcase()):
        assert subscribing.verify(ready, token, question(one), now=a.NOW).status == 404
    assert confirm(ready, topic="https://other.example/").status == 404
    assert confirm(ready, mode="unsubscribe").status == 404
    assert confirm(ready, challenge="<script>").status == 404
    assert known(ready) == one


def test_a_denial_ends_it_until_the_hub_is_asked_again(ready: Store) -> None:
    before = subscribed(ready)
    assert confirm(ready, mode="denied", reason="not you") == Reply(200, "")
    denied = known(ready)
    assert (denied.state, denied.failures) == ("denied", 1)
    assert denied.reason == "The hub denied the subscription: not you"
    assert push(ready).status == 202
    assert confirm(ready).status == 404
    assert waiting(ready) == []
    hub = Hub()
    assert ask(ready, hub, a.NOW + 30 * a.MINUTE) == ()
    assert len(ask(ready, hub, a.NOW + 2 * a.HOUR)) == 1
    assert known(ready).token != before.token


def test_a_denied_farewell_is_one_too(ready: Store) -> None:
    subscribed(ready)
    with ready.write() as conn:
        subscriptions.note_hubs(conn, {a.SOURCE: None})
    assert confirm(ready, mode="denied").status == 200
    with ready.read() as conn:
        assert subscriptions.get(conn, a.SOURCE) is None


# -- receiving ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_lies_in_the_inbox_until_it_is_read(store: Store, method: str) -> None:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE)
        subscriptions.note_hubs(conn, {a.SOURCE: (HUB, TOPIC)})
    one = subscribed(store)
    later = a.NOW + a.HOUR
    assert push(store, headers=signed(one, method=method), now=later) == Reply(202)
    with store.read() as conn:
        [pushed] = inbox.of(conn, a.SOURCE)
    assert (pushed.body, pushed.content_type) == (BODY, "application/rss+xml")
    assert known(store).last_push_at == later
    assert state(store).next_poll_at == a.NOW


def not_ours(one: Subscription) -> dict[str, str]:
    return signed(replace(one, secret="guessed"))


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (lambda one: {}, "A push came unsigned."),
        (lambda one: {"X-Hub-Signature": ""}, "A push came unsigned."),
        (lambda one: {"X-Hub-Signature-256": "sha256=00"}, "A push came unsigned."),
        (not_ours, "A push came with a wrong signature."),
        (lambda one: signed(one, b"another"), "A push came with a wrong signature."),
        (lambda one: {"X-Hub-Signature": "none="}, "A push came with a wrong signature."),
    ],
)
def test_a_push_that_is_not_signed_is_answered_ignored_and_counted(
    ready: Store, headers: Any, reason: str
) -> None:
    one = subscribed(ready)
    assert push(ready, headers=headers(one)) == push(ready, headers=headers(one)) == Reply(202)
    assert waiting(ready) == []
    after = known(ready)
    assert (after.failures, after.reason, after.last_push_at) == (2, reason, None)
    assert push(ready) == Reply(202)
    assert (known(ready).failures, waiting(ready)) == (0, [BODY])


def test_counting_what_is_ignored_ends_somewhere(ready: Store) -> None:
    one = subscribed(ready)
    with ready.write() as conn:
        subscriptions.put(conn, replace(one, failures=999))
    for _ in range(3):
        push(ready, headers={})
    assert known(ready).failures == 1000


def test_a_replayed_push_is_not_read_twice(ready: Store) -> None:
    subscribed(ready)
    for body in (b"old", b"new", b"old", b"old"):
        assert push(ready, body) == Reply(202)
    assert waiting(ready) == [b"old", b"new"]
    with ready.write() as conn:
        inbox.remove(conn, [one.id for one in inbox.of(conn, a.SOURCE)])
    push(ready, b"old", now=a.NOW + a.DAY)
    assert waiting(ready) == []


@pytest.mark.parametrize(("after", "taken"), [(10 * a.DAY - a.MINUTE, 1), (10 * a.DAY, 0)])
def test_a_push_counts_until_the_end_of_the_lease(
    ready: Store, after: timedelta, taken: int
) -> None:
    subscribed(ready)
    assert push(ready, now=a.NOW + after) == Reply(202)
    assert len(waiting(ready)) == taken


def test_a_push_before_we_confirmed_is_ignored(ready: Store) -> None:
    ask(ready, Hub())
    assert push(ready) == Reply(202)
    assert waiting(ready) == []
    assert known(ready).failures == 0


def test_a_push_to_an_unknown_callback_is_no_push(ready: Store) -> None:
    assert push(ready, token="x" * 43) == Reply(404)
    assert push(ready, token=known(ready).token) == Reply(404)
    assert not subscribing.knows(ready, "x" * 43)
    subscribed(ready)
    assert subscribing.knows(ready, known(ready).token)
    assert push(ready, token="x" * 43) == Reply(404)


def later_poll(store: Store, **values: Any) -> None:
    """Have the source polled just now and due in six hours."""
    from sqlalchemy import update

    from feedhub.store.schema import source

    seconds = int(a.NOW.timestamp())
    row = {"last_poll_at": seconds, "next_poll_at": seconds + 6 * 3600} | values
    with store.write() as conn:
        conn.execute(update(source).where(source.c.slug == a.SOURCE).values(**row))


@pytest.mark.parametrize(("body", "status"), [(b"x" * (MAX + 1), 413), (None, 413), (b"", 202)])
def test_what_cannot_be_taken_is_polled_instead_but_not_at_once(
    ready: Store, body: bytes | None, status: int
) -> None:
    subscribed(ready)
    later_poll(ready)
    assert push(ready, body, now=a.NOW + a.MINUTE).status == status
    assert waiting(ready) == []
    assert state(ready).next_poll_at == a.NOW + 10 * a.MINUTE
    push(ready, body, now=a.NOW + 2 * a.MINUTE)
    assert state(ready).next_poll_at == a.NOW + 10 * a.MINUTE
    later_poll(ready)
    push(ready, body, now=a.NOW + a.HOUR)
    assert state(ready).next_poll_at == a.NOW + a.HOUR


def test_a_source_that_fails_is_not_polled_sooner_for_a_push(ready: Store) -> None:
    subscribed(ready)
    later_poll(ready, failures=1.0)
    assert push(ready, None).status == 413
    assert state(ready).next_poll_at == a.NOW + 6 * a.HOUR


def test_a_full_inbox_refuses_and_keeps_what_it_has(ready: Store) -> None:
    subscribed(ready)
    later_poll(ready)
    replies = [push(ready, b"%d" % n, now=a.NOW + a.HOUR) for n in range(17)]
    assert replies == [Reply(202)] * 16 + [Reply(429, retry_after=300)]
    assert waiting(ready) == [b"%d" % n for n in range(16)]
    assert state(ready).next_poll_at == a.NOW + a.HOUR
    with ready.write() as conn:
        inbox.remove(conn, [one.id for one in inbox.of(conn, a.SOURCE)])
    assert push(ready, b"16") == Reply(202)
    assert waiting(ready) == [b"16"]


def test_large_documents_fill_an_inbox_by_their_bytes(ready: Store) -> None:
    subscribed(ready)
    statuses = [push(ready, bytes([n]) * MAX).status for n in range(3)]
    assert statuses == [202, 202, 429]


def test_the_river_takes_a_push_without_forgetting_what_the_last_poll_said(ready: Store) -> None:
    subscribed(ready)
    push(ready)
    with ready.read() as conn:
        [pushed] = inbox.of(conn, a.SOURCE)
    memory = SourceState(
        slug=a.SOURCE, validators=Validators(etag='"1"'), body_hash="the last poll's"
    )
    fetched = subscribing.as_fetched(pushed, TOPIC, memory)
    assert (fetched.body, fetched.url, fetched.status) == (BODY, TOPIC, 200)
    assert fetched.header("content-type") == "application/rss+xml"
    assert (fetched.validators, fetched.body_hash) == (memory.validators, memory.body_hash)


# -- the whole way ------------------------------------------------------------------------------


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object, **__: object) -> None:
        """Say nothing."""


@contextmanager
def site(store: Store) -> Iterator[tuple[str, Callable[[Settings], None]]]:
    """Serve FeedHub's web view on a port of its own; give its address and how to set it up."""
    in_force: list[Settings] = []
    app = create_app(lambda: in_force[0], store)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", in_force.append
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


class RealHub:
    """A hub on 127.0.0.1: it verifies what it is asked for, and can then deliver."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.verified: list[tuple[int, str, str]] = []

    async def __aenter__(self) -> RealHub:
        app = web.Application()
        app.router.add_post("/hub", self._asked)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        place = web.TCPSite(self._runner, "127.0.0.1", 0)
        await place.start()
        self.port = self._runner.addresses[0][1]
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()
        await self._runner.cleanup()

    async def _asked(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        query = {name: form[name] for name in ("hub.mode", "hub.topic")}
        query |= {"hub.challenge": "Zm9v-challenge_1", "hub.lease_seconds": "864000"}
        async with self.session.get(form["hub.callback"], params=query) as answer:
            text = await answer.text()
            self.verified.append((answer.status, text, answer.headers["Content-Type"]))
        return web.Response(status=202)

    async def deliver(self, body: bytes, **headers: str) -> int:
        form = self.forms[0]
        given = {"Content-Type": "application/rss+xml; charset=utf-8"} | headers
        if "X-Hub-Signature" not in given:
            secret = form["hub.secret"].encode()
            given["X-Hub-Signature"] = "sha256=" + hmac.new(secret, body, "sha256").hexdigest()
        url = form["hub.callback"]
        async with self.session.post(url, data=body, headers=given) as answer:
            assert await answer.text() == ""
            assert "Set-Cookie" not in answer.headers
            return answer.status


def test_a_hub_verifies_us_and_pushes_over_real_sockets(store: Store) -> None:
    async def whole_way(base_url: str, set_up: Callable[[Settings], None]) -> None:
        async with RealHub() as hub:
            place = f"http://127.0.0.1:{hub.port}/hub"
            in_force = settings(base_url, private=(f"127.0.0.1:{hub.port}",))
            set_up(in_force)
            with store.write() as conn:
                a.add_sources(conn, a.SOURCE)
                subscriptions.note_hubs(conn, {a.SOURCE: (place, TOPIC)})
            writer = Writer()
            async with PostingClient(in_force.fetch, now=clock.now) as client:
                done = await subscribing.subscribe_due(
                    store, in_force, client.post, now=clock.now(), writer=writer
                )
            await asyncio.to_thread(writer.close)
            assert done == (Asked(a.SOURCE, "subscribe"),)
            assert hub.verified == [(200, "Zm9v-challenge_1", "text/plain; charset=us-ascii")]
            assert known(store).state == "active"
            assert await hub.deliver(BODY) == 202
            assert await hub.deliver(BODY) == 202
            assert await hub.deliver(b"forged", **{"X-Hub-Signature": "sha256=" + "0" * 64}) == 202
            assert waiting(store) == [BODY]
            assert known(store).last_push_at is not None

    with site(store) as (base_url, set_up):
        asyncio.run(asyncio.wait_for(whole_way(base_url, set_up), 60))
