"""The address guard: the table of addresses, the openings, the socket, the resolver."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver

from feedhub.errors import AddressRefused
from feedhub.fetch import Guard, is_public
from feedhub.fetch.resolver import GuardedResolver, NameResolver
from feedhub.model import Failed, Fetched

TABLE = json.loads((Path(__file__).parent / "addresses.json").read_text())


class Names(AbstractResolver):
    """A resolver that gives each lookup the next of its answers, the last one for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": socket.IPPROTO_TCP,
                "flags": 0,
            }
            for address in found
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("address", TABLE["dangerous"])
def test_a_dangerous_address_is_not_public(address):
    assert not is_public(address)
    assert Guard().refusal(address, 80)


@pytest.mark.parametrize("address", TABLE["public"])
def test_a_good_address_is_public(address):
    assert is_public(address)
    assert Guard().refusal(address, 80) is None


@pytest.mark.parametrize("address", TABLE["dangerous"])
def test_no_socket_is_made_for_a_dangerous_address(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(AddressRefused) as caught:
        Guard().open_socket((family, socket.SOCK_STREAM, 6, "", (address, 80)))
    assert "fetch.allow_private" in caught.value.strerror


def test_a_socket_is_made_for_an_opened_address():
    guard = Guard(["127.0.0.1:8081"])
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 8081))
    with guard.open_socket(info) as made:
        assert made.family == socket.AF_INET


@pytest.mark.parametrize("host", TABLE["spellings_of_loopback"])
def test_every_spelling_of_loopback_is_refused(host):
    assert Guard().refusal(host, 80)


def test_a_name_is_left_to_what_it_resolves_to():
    assert Guard().refusal("agency.example", 80) is None


OPENINGS = [
    ("127.0.0.1:8081", "127.0.0.1", 8081, True),
    ("127.0.0.1:8081", "127.0.0.1", 8082, False),
    ("127.0.0.1:8081", "127.0.0.2", 8081, False),
    ("127.0.0.1:8081", "::ffff:127.0.0.1", 8081, True),
    ("10.1.2.3", "10.1.2.3", 9000, True),
    ("10.1.2.3", "10.1.2.4", 9000, False),
    ("10.0.0.0/8", "10.255.1.1", 443, True),
    ("10.0.0.0/8", "192.168.0.1", 443, False),
    ("[::1]:8081", "::1", 8081, True),
    ("[::1]:8081", "::1", 8082, False),
    ("::1", "::1", 5, True),
    ("fd00::/8", "fd12::1", 80, True),
    ("169.254.1.1", "169.254.169.254", 80, False),
]


@pytest.mark.parametrize(("opening", "address", "port", "allowed"), OPENINGS)
def test_allow_private_opens_exactly_what_it_names(opening, address, port, allowed):
    assert (Guard([opening]).refusal(address, port) is None) is allowed


@pytest.mark.parametrize("text", ["", "agency.example", "127.0.0.1:0", "127.0.0.1:x", "1.2.3.4/99"])
def test_an_opening_that_names_no_address_is_an_error(text):
    with pytest.raises(ValueError):
        Guard([text])


def test_a_refusal_names_the_address_and_how_to_open_it():
    refusal = Guard().refusal("10.1.2.3", 8081)
    assert "10.1.2.3" in refusal
    assert '"10.1.2.3:8081" to fetch.allow_private' in refusal
    assert '"[::1]:8081"' in Guard().refusal("::1", 8081)


PORTS = [
    (80, None, True),
    (443, None, True),
    (8080, None, True),
    (8443, None, True),
    (22, None, False),
    (6379, None, False),
    (0, 0, False),
    (8090, 8090, True),
    (8090, 8091, False),
    (8081, None, True),
]


@pytest.mark.parametrize(("port", "configured", "allowed"), PORTS)
def test_only_usual_configured_and_opened_ports_are_asked(port, configured, allowed):
    guard = Guard(["127.0.0.1:8081"])
    assert (guard.port_refusal("agency.example", port, configured) is None) is allowed


def test_an_address_opened_without_a_port_is_open_at_every_port():
    assert Guard(["10.1.2.3"]).port_refusal("10.1.2.3", 9000, None) is None
    assert Guard(["10.1.2.3"]).port_refusal("10.1.2.4", 9000, None)


def test_of_a_mixed_answer_only_public_addresses_are_left():
    names = Names(["10.0.0.1", "93.158.134.3", "::1", "2a02:6b8::2:242"])
    found = asyncio.run(GuardedResolver(names, Guard()).resolve("agency.example", 80))
    assert [answer["host"] for answer in found] == ["93.158.134.3", "2a02:6b8::2:242"]


def test_a_host_with_private_addresses_only_is_refused_with_the_address():
    with pytest.raises(AddressRefused) as caught:
        asyncio.run(GuardedResolver(Names(["10.0.0.1"]), Guard()).resolve("a.example", 80))
    assert "10.0.0.1" in caught.value.strerror


def test_a_name_without_addresses_is_a_dns_failure():
    with pytest.raises(socket.gaierror):
        asyncio.run(GuardedResolver(Names([]), Guard()).resolve("a.example", 80))


def test_the_systems_resolver_finds_addresses_and_ends():
    async def look_up() -> list[Any]:
        resolver = NameResolver(1)
        try:
            return await resolver.resolve("127.0.0.1", 80)
        finally:
            await resolver.close()

    assert [answer["host"] for answer in asyncio.run(look_up())] == ["127.0.0.1"]


SPELLED = ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "①②⑦.⓪.⓪.①"]


@pytest.mark.parametrize("host", SPELLED)
def test_a_canary_on_loopback_is_never_reached_by_any_spelling(bench, host):
    async def ask():
        async with bench.site(bench.reply(b"secret")) as canary, bench.client() as client:
            return await client.get(bench.source(canary.url(host=host))), canary

    outcome, canary = bench.run(ask())
    assert isinstance(outcome, Failed)
    assert (outcome.kind, canary.connections) == ("hard", 0)
    assert "fetch.allow_private" in outcome.message or "cannot be read" in outcome.message


def test_a_name_that_resolves_to_loopback_is_refused(bench):
    async def ask():
        async with (
            bench.site(bench.reply(b"secret")) as canary,
            bench.client(resolver=Names(["127.0.0.1"])) as client,
        ):
            return await client.get(bench.source(canary.url(host="agency.example"))), canary

    outcome, canary = bench.run(ask())
    assert outcome.kind == "hard"
    assert canary.connections == 0
    assert f'"127.0.0.1:{canary.port}" to fetch.allow_private' in outcome.message


def test_a_name_that_is_rebound_between_two_polls_is_judged_each_time(bench):
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    reply = bench.reply(b"x", "200 OK", "Connection: close")

    async def ask():
        async with bench.site(reply) as site, bench.client(site, resolver=names) as client:
            source = bench.source(site.url(host="agency.example"))
            return await client.get(source), await client.get(source), site

    first, second, site = bench.run(ask())
    assert isinstance(first, Fetched)
    assert isinstance(second, Failed)
    assert (second.kind, site.connections) == ("hard", 1)
    assert "127.0.0.2" in second.message


def test_a_mixed_host_is_asked_at_its_allowed_address_only(bench):
    names = Names(["127.0.0.2", "127.0.0.1", "::1"])

    async def ask():
        async with (
            bench.site(bench.reply(b"x")) as site,
            bench.client(site, resolver=names) as client,
        ):
            return await client.get(bench.source(site.url(host="agency.example"))), site

    outcome, site = bench.run(ask())
    assert isinstance(outcome, Fetched)
    assert site.connections == 1
