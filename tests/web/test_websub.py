"""The callback of hubs as the web sees it: a status, a challenge, and never anything else."""

from __future__ import annotations

import hmac
import io
import time
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedhub.model import FetchSettings
from feedhub.store import Store, inbox, subscriptions
from feedhub.store.subscriptions import Subscription
from feedhub.web import create_app
from tests import builders as a

TOKEN = "A1-_" * 10 + "abc"
PLACE = f"/websub/callback/{TOKEN}"
UNKNOWN = f"/websub/callback/{TOKEN.lower()}"
TOPIC = "https://agency.example/лента?a=1&b=%20"
MAX = 5000
BODY = b"<rss/>"


@pytest.fixture
def app(sqlite_store: Store, sample: ModuleType) -> Flask:
    """The application on a store with one confirmed subscription."""
    with sqlite_store.write() as conn:
        a.add_sources(conn, a.SOURCE)
        subscriptions.put(conn, a_subscription())
    in_force = a.settings(
        base_url="https://news.example", fetch=FetchSettings(max_bytes=MAX), stamp="1"
    )
    return create_app(in_force, sqlite_store, now=lambda: a.NOW, flow=sample.FakeFlow())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def a_subscription(**more: Any) -> Subscription:
    values = {"state": "active", "asked_at": a.NOW, "lease_until": a.NOW + a.DAY} | more
    return Subscription(
        source=a.SOURCE,
        hub="https://hub.example/",
        topic=TOPIC,
        token=TOKEN,
        secret="secret",
        **values,
    )


def known(store: Store) -> Subscription:
    with store.read() as conn:
        one = subscriptions.get(conn, a.SOURCE)
    assert one is not None
    return one


def bodies(store: Store) -> list[bytes]:
    with store.read() as conn:
        return [one.body for one in inbox.of(conn, a.SOURCE)]


def ask(client: FlaskClient, place: str = PLACE, **fields: str) -> TestResponse:
    query = {"mode": "subscribe", "topic": TOPIC, "challenge": "x1", "lease_seconds": "7200"}
    named = {f"hub.{name}": value for name, value in (query | fields).items()}
    return client.get(place, query_string=named)


def push(
    client: FlaskClient, body: bytes = BODY, place: str = PLACE, secret: str = "secret", **more: Any
) -> TestResponse:
    signature = "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()
    return client.post(
        place,
        data=body,
        headers={"X-Hub-Signature": signature, "Content-Type": "application/rss+xml"},
        **more,
    )


def is_bare(answer: TestResponse) -> bool:
    """Tell whether an answer is plain text that no browser takes for anything else."""
    headers = answer.headers
    return (
        headers["Content-Type"] == "text/plain; charset=us-ascii"
        and headers["X-Content-Type-Options"] == "nosniff"
        and headers["Cache-Control"] == "no-store"
        and headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        and "Set-Cookie" not in headers
        and "Access-Control-Allow-Origin" not in headers
    )


def test_a_hub_gets_its_challenge_back_and_nothing_more(
    client: FlaskClient, sqlite_store: Store
) -> None:
    answer = ask(client)
    assert (answer.status_code, answer.text) == (200, "x1")
    assert is_bare(answer)
    assert known(sqlite_store).lease_until == a.NOW + 2 * a.HOUR


@pytest.mark.parametrize(
    "fields",
    [
        {"challenge": "<script>alert(1)</script>"},
        {"challenge": "x1\r\nSet-Cookie: a=b"},
        {"challenge": ""},
        {"challenge": "x" * 5000},
        {"topic": "https://other.example/"},
        {"topic": TOPIC + "<script>"},
        {"mode": "unsubscribe"},
        {"mode": "<script>"},
    ],
)
def test_nothing_that_is_not_confirmed_comes_back(
    client: FlaskClient, sqlite_store: Store, fields: dict[str, str]
) -> None:
    before = known(sqlite_store)
    answer = ask(client, **fields)
    assert (answer.status_code, answer.text) == (404, "")
    assert is_bare(answer)
    assert known(sqlite_store) == before


def test_an_unknown_callback_answers_404_to_everything_and_tells_nothing(
    client: FlaskClient, sqlite_store: Store
) -> None:
    answers = [
        ask(client, UNKNOWN),
        ask(client, UNKNOWN, challenge="<b>"),
        ask(client, f"/websub/callback/!{a.SOURCE}"),
        client.head(UNKNOWN),
        push(client, place=UNKNOWN),
        push(client, b"x" * 100_000, place=UNKNOWN),
        client.post(UNKNOWN),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert all(answer.text == "" and is_bare(answer) for answer in answers)
    assert bodies(sqlite_store) == []


def test_a_head_confirms_nothing(client: FlaskClient, sqlite_store: Store) -> None:
    before = known(sqlite_store)
    query = {"hub.mode": "denied", "hub.topic": TOPIC}
    assert client.head(PLACE, query_string=query).status_code == 404
    assert known(sqlite_store) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_not_known_there(client: FlaskClient, method: str) -> None:
    for place in (PLACE, UNKNOWN):
        answer = client.open(place, method=method)
        assert answer.status_code == 405
        assert place.rpartition("/")[2] not in answer.text


def test_a_denial_is_noted_and_answered_with_nothing(
    client: FlaskClient, sqlite_store: Store
) -> None:
    answer = ask(client, mode="denied", reason="<b>no</b>")
    assert (answer.status_code, answer.text) == (200, "")
    assert is_bare(answer)
    assert known(sqlite_store).state == "denied"


def test_a_signed_push_lies_in_the_inbox(client: FlaskClient, sqlite_store: Store) -> None:
    body = bytes(range(256))
    answer = push(client, body)
    assert (answer.status_code, answer.text) == (202, "")
    assert is_bare(answer)
    assert bodies(sqlite_store) == [body]


def test_nobody_learns_from_the_answer_whether_a_signature_was_right(
    client: FlaskClient, sqlite_store: Store
) -> None:
    right, wrong = push(client, b"right"), push(client, b"wrong", secret="guessed")
    unsigned = client.post(PLACE, data=b"unsigned")
    for answer in (wrong, unsigned):
        assert answer.status_code == right.status_code
        assert list(answer.headers) == list(right.headers)
        assert answer.data == right.data
    assert bodies(sqlite_store) == [b"right"]
    assert known(sqlite_store).failures == 2


def test_a_late_push_is_ignored(client: FlaskClient, sqlite_store: Store) -> None:
    with sqlite_store.write() as conn:
        subscriptions.put(conn, a_subscription(lease_until=a.NOW - timedelta(seconds=1)))
    assert push(client).status_code == 202
    assert bodies(sqlite_store) == []


def test_a_body_that_is_too_long_is_refused_unread(
    client: FlaskClient, sqlite_store: Store
) -> None:
    assert push(client, b"x" * MAX).status_code == 202
    answer = push(client, b"x" * (MAX + 1))
    assert (answer.status_code, answer.text) == (413, "")
    assert is_bare(answer)
    lying = push(client, b"x" * 10, environ_overrides={"CONTENT_LENGTH": str(10**12)})
    assert lying.status_code == 413
    assert bodies(sqlite_store) == [b"x" * MAX]


def test_a_body_without_a_length_is_read_up_to_the_limit_only(
    app: Flask, sqlite_store: Store
) -> None:
    class Endless(io.RawIOBase):
        """A body that never ends; `read_bytes` counts what was taken of it."""

        read_bytes = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.read_bytes += len(buffer)
            buffer[:] = b"x" * len(buffer)
            return len(buffer)

    stream = Endless()
    answer = app.test_client().post(
        PLACE,
        environ_overrides={
            "wsgi.input": io.BufferedReader(stream),
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
    )
    assert answer.status_code == 413
    assert stream.read_bytes < MAX + 200_000
    assert bodies(sqlite_store) == []


def test_a_full_inbox_asks_the_hub_to_wait(client: FlaskClient, sqlite_store: Store) -> None:
    answers = [push(client, b"%d" % n) for n in range(17)]
    assert [answer.status_code for answer in answers] == [202] * 16 + [429]
    assert answers[-1].headers["Retry-After"] == "300"
    assert len(bodies(sqlite_store)) == 16


def test_only_there_a_body_is_taken(client: FlaskClient) -> None:
    assert client.get(PLACE, data=b"x").status_code == 413
    assert client.get("/", data=b"x").status_code == 413
    assert client.post("/", data=b"x").status_code == 405


def test_an_answer_costs_less_than_ten_milliseconds(client: FlaskClient) -> None:
    def cost(call: Callable[[], object]) -> float:
        started = time.process_time()
        call()
        return time.process_time() - started

    pushes = iter(range(1000))
    calls: tuple[Callable[[], object], ...] = (
        lambda: ask(client),
        lambda: ask(client, UNKNOWN),
        lambda: push(client, b"%d" % next(pushes)),
        lambda: push(client, BODY, secret="guessed"),
    )
    for call in calls:
        assert min(cost(call) for _ in range(8)) < 0.010
