"""Apprise behind its door: real requests on loopback, a limit of time, and never a secret said."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from feedhub import notifying

# Apprise asks for a module that the next Python but one will not have.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class Service(ThreadingHTTPServer):
    """A service that takes notifications; `/refuse`, `/elsewhere` and `/hang` do not."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.is_over = threading.Event()

    def address(self, path: str) -> str:
        return f"json://reader:hunter2@127.0.0.1:{self.server_port}{path}"


class Taking(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = {"/refuse": 403, "/elsewhere": 307, "/hang": 200}.get(self.path, 200)
        if self.path == "/hang":
            self.server.is_over.wait(20)
        if status == 200:
            self.server.taken.append((self.path, json.loads(body)))
        self.send_response(status)
        self.send_header("Location", "/taken")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        thread.join(20)
        server.server_close()


def send(address: str, title: str = "Портал", body: str = "Проба", **more: float) -> str:
    return asyncio.run(notifying.notify(address, title, body, **more))


def test_a_message_arrives_as_it_was_written(service: Service) -> None:
    body = "Лесная <служба> & «Ко»: молчит 6 дней.\nhttps://news.example/sources/a/\n\n:smile: \\n"
    assert send(service.address("/taken"), body=body) == ""
    ((path, message),) = service.taken
    assert path == "/taken"
    assert (message["title"], message["message"]) == ("Портал", body)


def test_a_refusal_is_said_with_its_status_alone(service: Service) -> None:
    assert send(service.address("/refuse")) == "the service refused it (HTTP 403)"
    assert service.taken == []


def test_a_redirect_is_not_followed(service: Service) -> None:
    assert send(service.address("/elsewhere")) == "the service refused it (HTTP 307)"
    assert service.taken == []


def test_what_nobody_listens_to_cannot_be_reached(service: Service) -> None:
    address = service.address("/taken")
    service.shutdown()
    service.server_close()
    assert send(address) == "the service cannot be reached"


def test_what_hangs_is_not_waited_for_and_not_asked_again_meanwhile(service: Service) -> None:
    address, begun = service.address("/hang"), time.monotonic()
    assert send(address, seconds=0.5) == "no answer within 0.5 s"
    assert send(address, seconds=0.5) == "an earlier message is still on its way"
    assert send(service.address("/taken")) == ""
    assert time.monotonic() - begun < 10
    service.is_over.set()
    late = [thread for thread in threading.enumerate() if thread.name.startswith("alert-")]
    for thread in late:
        assert thread.daemon
        thread.join(20)
    assert send(address) == ""


def test_an_address_that_apprise_does_not_know_is_refused_without_a_request() -> None:
    assert send("foo://hunter2") == "Apprise cannot use this address"


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1:9/path",
        "jsons://user:password@portal.example/",
        "mailto://user:password@mail.example?to=admin@portal.example",
        "tgram://123456789:abcdefg_hijklmnop-abcdefg/12315544",
        "TGRAM://123456789:abcdefg_hijklmnop-abcdefg/12315544",
    ],
)
def test_usual_addresses_have_no_flaw(address: str) -> None:
    assert notifying.flaw(address) == ""


@pytest.mark.parametrize(
    ("address", "flaw"),
    [
        ("tgram://hunter2", "Apprise cannot use this tgram:// address: a part of it is missing"),
        ("json://", "Apprise cannot use this json:// address: a part of it is missing"),
        ("tgrm://hunter2", 'no service for addresses of this kind; did you mean "tgram://"?'),
        ("file:///etc/hunter2", "Apprise has no service for addresses of this kind"),
        ("xq9w7://hunter2", "Apprise has no service for addresses of this kind"),
    ],
)
def test_a_flaw_is_said_without_the_address(address: str, flaw: str) -> None:
    assert flaw in notifying.flaw(address)
    assert "hunter2" not in notifying.flaw(address)


def test_the_libraries_behind_log_nothing(service: Service) -> None:
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(f"{record.name}: {record.getMessage()}")

    root, listening = logging.getLogger(), Listening()
    before = root.level
    root.addHandler(listening)
    root.setLevel(logging.DEBUG)
    try:
        send(service.address("/taken"))
        send(service.address("/refuse"))
        notifying.flaw("tgram://hunter2")
    finally:
        root.removeHandler(listening)
        root.setLevel(before)
    assert [line for line in said if not line.startswith("asyncio: ")] == []


def test_the_library_is_loaded_only_when_something_is_sent() -> None:
    code = (
        "import sys, feedhub.alerting, feedhub.notifying;"
        "print([name for name in ('apprise', 'requests', 'markdown') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
