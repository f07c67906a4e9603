"""T01 to T05, T08: answers that are too large, too slow, too far away or not what they say."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from feedhub.model import FetchSettings
from tests.e2e.commands import feedhub, write_config
from tests.hostile.certificates import Untrusted, open_untrusted
from tests.hostile.documents import MIB, around, bomb, pieces, twice, xml
from tests.hostile.server import Hostile, Reply
from tests.hostile.siege import BEFORE, FRESH, Siege, besiege, good, harm, world

PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body><form>{}</form></body></html>"


@dataclass(frozen=True, slots=True)
class Answer:
    """A hostile answer, and what the admin must be told; `says` empty: the feed is taken."""

    reply: Reply
    says: str = ""


def coded(coding: str, body: bytes) -> Reply:
    return Reply(body=body, headers={"Content-Encoding": coding})


def bombed(coding: str) -> Reply:
    return Reply(pieces=bomb(coding), headers={"Content-Encoding": coding})


def page(title: str, text: str) -> Reply:
    return Reply(body=PAGE.format(title, text).encode(), content_type="text/html; charset=utf-8")


def to(path: str, status: str = "301 Moved Permanently") -> Reply:
    return Reply(status=status, headers={"Location": path}, content_type=None)


def refused(status: str, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, headers=named, body=b"no", content_type="text/plain")


ANSWERS: dict[str, Answer] = {
    "t01-gzip": Answer(bombed("gzip"), "max_bytes"),
    "t01-deflate": Answer(bombed("deflate"), "max_bytes"),
    "t01-twice": Answer(coded("gzip, gzip", twice(good("t01-twice").body)), "one layer"),
    "t01-br": Answer(coded("br", b"\x0b\x02\x80<rss>\x03"), "one layer"),
    "t01-zstd": Answer(coded("zstd", b"\x28\xb5\x2f\xfd" + bytes(20)), "one layer"),
    "t01-redirect": Answer(
        Reply(
            pieces=bomb("gzip"),
            status="302 Found",
            headers={"Location": "/there", "Content-Encoding": "gzip"},
        )
    ),
    "t02-endless": Answer(
        Reply(pieces=pieces(b"<rss>", lambda _: b"x" * MIB, 50), content_type=None), "max_bytes"
    ),
    "t02-length": Answer(Reply(headers={"Content-Length": str(2**40)}), "max_bytes"),
    "t02-short": Answer(Reply(body=b"<rss>", headers={"Content-Length": "500"}), "cut short"),
    "t03-silent": Answer(Reply(manner="silent"), "tried again later"),
    "t03-stall": Answer(Reply(manner="stall"), "tried again later"),
    "t03-drip": Answer(Reply(manner="drip"), "timeout.total"),
    "t03-drip-headers": Answer(Reply(manner="drip headers"), "timeout.total"),
    "t03-hang-up": Answer(Reply(manner="hang up"), "closed the connection"),
    "t03-flood": Answer(
        Reply(manner="raw", body=b"HTTP/1.1 200 OK\r\nX: " + b"x" * MIB), "no HTTP"
    ),
    "t03-garbage": Answer(Reply(manner="raw", body=b"220 mail ready\r\n\r\n"), "no HTTP"),
    "t04-chain": Answer(to("/first")),
    "t04-circle": Answer(to("/t04-circle", "302 Found"), "redirect"),
    "t06-gone": Answer(refused("410 Gone"), "(410)"),
    "t06-missing": Answer(refused("404 Not Found"), "(404)"),
    "t06-forbidden": Answer(refused("403 Forbidden"), "(403)"),
    "t06-login": Answer(refused("401 Unauthorized", WWW_Authenticate="Basic"), "(401)"),
    "t07-busy": Answer(refused("429 Too Many Requests", Retry_After="7200"), "(429)"),
    "t07-down": Answer(refused("503 Service Unavailable", Retry_After="7200"), "(503)"),
    "t08-captcha": Answer(page("Вы не робот?", "<input>"), "an HTML page"),
    "t08-login": Answer(to("/login", "302 Found"), "an HTML page"),
    "t08-maintenance": Answer(page("Технические работы", ""), "an HTML page"),
    "t08-named-html": Answer(
        Reply(body=around("t08-named-html").encode(), content_type="text/html; charset=utf-8")
    ),
    "t08-named-nothing": Answer(
        Reply(body=around("t08-named-nothing").encode(), content_type=None)
    ),
    "t09-failing": Answer(refused("500 Internal Server Error"), "(500)"),
}
CERTIFICATES = {
    "expired": "2021",
    "stranger": "certificate",
    "wrong-host": "other.example",
    "old-protocol": "TLS",
}


@contextmanager
def full_backlog() -> Iterator[int]:
    """Listen without ever accepting, with the queue full: nobody else gets in. Give the port."""
    with ExitStack() as held:
        full = held.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield int(full.getsockname()[1])


def script_hops(server: Hostile) -> None:
    """Put what stands behind redirects: a chain of three, a login page, a feed."""
    server.put("/first", to("/second"))
    server.put("/second", to("/third"))
    server.put("/third", xml(around("t04-chain")))
    server.put("/login", page("Вход", "<input type=password>"))
    server.put("/there", xml(around("t01-redirect")))


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    folder = tmp_path_factory.mktemp("transport")
    with ExitStack() as held:
        limits = "per_host: 64\ntimeout: {connect: 3s, total: 8s}"
        place = held.enter_context(world(folder, fetch=limits))
        script_hops(place.server)
        untrusted: Untrusted = open_untrusted(held, folder)
        port = held.enter_context(full_backlog())
        place.private = (f"127.0.0.1:{port}", *(one.place for one in untrusted.servers.values()))
        place.sources["t03-backlog"] = f"url: 'http://127.0.0.1:{port}/'"
        for name, server in untrusted.servers.items():
            bundle = "" if name == "stranger" else ", ca_bundle: bundle.pem"
            server.put("/rss", good(f"t05-{name}").body)
            place.sources[f"t05-{name}"] = f"url: '{server.url('/rss')}'{bundle}"
        yield besiege(
            place,
            {slug: answer.reply for slug, answer in ANSWERS.items()},
            shown=[slug for slug, answer in ANSWERS.items() if not answer.says],
        )


def test_nothing_else_is_harmed(siege: Siege) -> None:
    assert harm(siege) == ""


@pytest.mark.parametrize("slug", ANSWERS)
def test_a_hostile_answer_comes_to_its_outcome(siege: Siege, slug: str) -> None:
    answer, row = ANSWERS[slug], siege.round.rows[slug]
    if answer.says:
        assert row["outcome"] == "failed", row
        assert answer.says in row["error"]
        assert siege.stored[slug] == list(BEFORE)
        assert siege.states[slug]["error"] == row["error"]
    else:
        assert row["outcome"] == "fetched", row
        assert siege.stored[slug] == [*BEFORE, FRESH]


def test_bombs_cost_no_memory(siege: Siege) -> None:
    assert siege.round.usage.rss - siege.quiet.usage.rss < 50 * MIB


def test_what_is_too_large_is_not_read_to_its_end(siege: Siege) -> None:
    """The bombs are 1 MiB each on the wire, the plain body 50 MiB."""
    assert siege.world.server.sent < 45 * MIB


def test_a_redirected_source_keeps_its_address(siege: Siege) -> None:
    for slug in ("t04-chain", "t04-circle", "t08-login"):
        assert siege.states[slug]["feed_url"] == siege.world.server.url(f"/{slug}")


def test_a_host_that_takes_no_connection_ends_with_its_limit(siege: Siege) -> None:
    row = siege.round.rows["t03-backlog"]
    assert row["outcome"] == "failed"
    assert "could not be reached within 3 s" in row["error"]


def test_the_limits_that_nobody_sets_are_those_of_the_documents() -> None:
    limits = FetchSettings()
    assert (limits.timeout.connect, limits.timeout.total, limits.max_bytes) == (10, 30, 15 * MIB)
    assert (limits.per_host, limits.concurrency, limits.gap) == (2, 64, 1)


@pytest.mark.parametrize("fault", CERTIFICATES)
def test_a_bad_certificate_is_refused_with_its_reason(siege: Siege, fault: str) -> None:
    row = siege.round.rows[f"t05-{fault}"]
    assert row["outcome"] == "failed"
    assert CERTIFICATES[fault] in row["error"]
    assert siege.stored[f"t05-{fault}"] == []


def test_a_bundle_of_the_sources_own_completes_a_chain(siege: Siege) -> None:
    assert siege.quiet.rows["t05-completed"]["outcome"] == "fetched"
    assert siege.round.rows["t05-completed"]["outcome"] == "not_modified"
    assert siege.stored["t05-completed"] == list(BEFORE)


def test_no_switch_turns_verification_off(tmp_path: Path) -> None:
    for key in (
        "verify",
        "insecure",
        "tls_verify",
        "ssl_verify",
        "verify_tls",
        "check_certificate",
    ):
        config = write_config(tmp_path, sources=f"{{url: 'https://a.example/', {key}: false}}")
        ran = feedhub(config, "check")
        assert ran.code == 2, ran.out
        assert key in ran.out + ran.err


@pytest.mark.parametrize("slug", ["t07-busy", "t07-down"])
def test_the_time_a_server_asks_for_is_kept(siege: Siege, slug: str) -> None:
    state = siege.states[slug]
    assert state["next_poll_at"] - state["last_poll_at"] >= 7200
