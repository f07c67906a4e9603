"""A request for cookies before the source's own: whose they are, where they go, how long."""

from __future__ import annotations

import asyncio
import logging
import socket
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver

from feedhub.fetch import Client
from feedhub.fetch.cookies import Jar, Jars
from feedhub.model import Failed, Fetched, Source, Timeout
from tests.fetch.conftest import NOW, make_reply

OK = make_reply(b"<rss/>")


class Loopback(AbstractResolver):
    """A resolver that finds everybody here."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        here = {"host": "127.0.0.1", "port": port, "family": socket.AF_INET}
        return [{"hostname": host, "proto": socket.IPPROTO_TCP, "flags": 0, **here}]

    async def close(self) -> None:
        pass


@dataclass
class Clock:
    """A time that a test moves on."""

    at: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.at


def _setting(*cookies: str, status: str = "200 OK", more: tuple[str, ...] = ()) -> bytes:
    return make_reply(b"hi", status, *(f"Set-Cookie: {one}" for one in cookies), *more)


def _cookies(site: Any, path: str = "/feed") -> list[str | None]:
    return [one.headers.get("cookie") for one in site.seen if one.target == path]


def _poll(bench, replies: Any, times: int = 1, **more: Any):
    """Ask a source with a warm-up `times` times; return the outcomes and the site."""
    options = {"settings": {}, "host": None, "clock": Clock(), "step": timedelta(0), **more}
    clock = options["clock"]

    async def ask():
        async with bench.site(replies) as site:
            settings = bench.settings(site, **options["settings"])
            async with Client(settings, now=clock, resolver=Loopback()) as client:
                outcomes = []
                for _ in range(times):
                    host = options["host"]
                    source = bench.source(
                        site.url(host=host),
                        **{"warm_up": site.url("/start", host=host), **options.get("source", {})},
                    )
                    outcomes.append(await client.get(source))
                    clock.at += options["step"]
                return outcomes, site

    return bench.run(ask())


def test_the_warm_up_is_asked_once_and_its_cookies_go_along(bench):
    replies = {"/start": _setting("pass=a1; Path=/", "b=2"), "/feed": OK}
    outcomes, site = _poll(bench, replies, times=3)
    assert all(isinstance(one, Fetched) for one in outcomes)
    assert [one.target for one in site.seen] == ["/start", "/feed", "/feed", "/feed"]
    assert [set((one or "").split("; ")) for one in _cookies(site)] == [{"pass=a1", "b=2"}] * 3
    assert _cookies(site, "/start") == [None]


def test_a_source_without_a_warm_up_sends_and_keeps_no_cookies(bench):
    reply = _setting("spy=1; Path=/")
    _, site = _poll(bench, reply, times=3, source={"warm_up": None})
    assert [one.target for one in site.seen] == ["/feed"] * 3
    assert _cookies(site) == [None] * 3


def test_what_the_sources_own_answers_set_is_not_kept(bench):
    replies = {"/start": _setting("pass=1"), "/feed": _setting("spy=1; Path=/")}
    _, site = _poll(bench, replies, times=2)
    assert _cookies(site) == ["pass=1", "pass=1"]


VALUES = ["a=b==", 'q="x y"', "e=%D0%B0/+", "j={1:2}", "p=a|b", "sp=a b", "empty="]


@pytest.mark.parametrize("value", VALUES)
def test_a_value_goes_back_as_it_was_written(bench, value):
    _, site = _poll(bench, {"/start": _setting(f"{value}; Path=/; HttpOnly"), "/feed": OK})
    assert _cookies(site) == [value]


UNFIT = [
    "pass=1; Domain=other.example",
    "pass=1; Domain=example",
    "pass=1; Domain=127.0.0.2",
    "pass=1; Path=/elsewhere",
    "pass=1; Secure",
    "pass=1; Max-Age=0",
    "pass=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "pass=\xff\xfe",
    "",
    "=;;;",
    "pass=1; Expires=Thu, 01-Jan-1970 00:00:01 GMT",
]


@pytest.mark.parametrize("cookie", UNFIT)
def test_a_cookie_that_is_not_for_this_request_is_not_sent(bench, cookie):
    replies = {"/start": _setting(cookie), "/feed": OK}
    outcomes, site = _poll(bench, replies, host="www.agency.example")
    assert isinstance(outcomes[0], Fetched)
    assert _cookies(site) == [None]


@pytest.mark.parametrize("cookie", ["a=1; Domain=gov.ru", "a=1; Domain=.gov.ru", "a=1; Domain=ru"])
def test_a_cookie_for_all_the_agencies_of_a_country_is_refused(bench, cookie):
    _, site = _poll(bench, {"/start": _setting(cookie), "/feed": OK}, host="a.gov.ru")
    assert _cookies(site) == [None]


def test_a_flood_of_cookies_is_cut_to_what_servers_take(bench):
    many = [f"c{n}={'x' * 900}" for n in range(90)]
    outcomes, site = _poll(bench, {"/start": _setting(*many), "/feed": OK})
    assert isinstance(outcomes[0], Fetched)
    sent = _cookies(site)[0] or ""
    assert 0 < len(sent) <= 8192


def test_cookies_of_a_redirecting_warm_up_are_kept_hop_by_hop(bench):
    replies = {
        "/start": _setting("one=1; Path=/", status="302 Found", more=("Location: /second",)),
        "/second": _setting("two=2; Path=/"),
        "/feed": OK,
    }
    _, site = _poll(bench, replies)
    assert _cookies(site, "/second") == ["one=1"]
    assert set((_cookies(site)[0] or "").split("; ")) == {"one=1", "two=2"}


@pytest.mark.parametrize("domain", ["", "; Domain=agency.example"])
def test_cookies_never_go_to_another_host(bench, domain):
    async def ask():
        async with bench.site(OK) as other:
            away = other.url(host="agency.test")
            replies = {
                "/start": _setting(f"pass=1; Path=/{domain}"),
                "/feed": bench.reply(b"", "302 Found", f"Location: {away}"),
            }
            async with bench.site(replies) as site:
                client = bench.client(site, other, resolver=Loopback())
                async with client:
                    host = "www.agency.example"
                    source = bench.source(site.url(host=host), warm_up=site.url("/start", host))
                    return await client.get(source), site, other

    outcome, site, other = bench.run(ask())
    assert isinstance(outcome, Fetched)
    assert _cookies(site) == ["pass=1"]
    assert [one.headers.get("cookie") for one in other.seen] == [None]


def test_a_domain_that_covers_the_sources_host_is_believed(bench):
    async def ask():
        replies = {"/start": _setting("pass=1; Domain=agency.example"), "/feed": OK}
        async with bench.site(replies) as site:
            async with bench.client(site, resolver=Loopback()) as client:
                source = bench.source(
                    site.url(host="press.agency.example"),
                    warm_up=site.url("/start", "www.agency.example"),
                )
                await client.get(source)
            return site

    assert _cookies(bench.run(ask())) == ["pass=1"]


def test_every_source_has_its_own_cookies(bench):
    async def ask():
        replies = {"/start": _setting("pass=1"), "/feed": OK}
        async with bench.site(replies) as site, bench.client(site) as client:
            await client.get(bench.source(site.url(), warm_up=site.url("/start")))
            await client.get(Source(slug="other", title="Other", url=site.url()))
            return site

    assert _cookies(bench.run(ask())) == ["pass=1", None]


@pytest.mark.parametrize(("minutes", "warm_ups"), [(59, 1), (60, 2), (600, 2)])
def test_cookies_are_used_for_an_hour(bench, minutes, warm_ups):
    replies = {"/start": _setting("pass=1"), "/feed": OK}
    _, site = _poll(bench, replies, times=2, step=timedelta(minutes=minutes))
    assert len(_cookies(site, "/start")) == warm_ups
    assert _cookies(site) == ["pass=1"] * 2


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_old_cookies_that_are_refused_are_replaced_once_and_at_once(bench, status):
    given = {"n": 0, "good": 1}

    async def start(seen, writer):
        given["n"] += 1
        writer.write(_setting(f"pass={given['n']}", more=("Connection: close",)))

    async def feed(seen, writer):
        is_good = seen.headers.get("cookie") == f"pass={given['good']}"
        writer.write(make_reply(b"<rss/>", "200 OK" if is_good else status, "Connection: close"))

    async def ask():
        replies = {"/start": start, "/feed": feed}
        async with bench.site(replies) as site, bench.client(site) as client:
            source = bench.source(site.url(), warm_up=site.url("/start"))
            first = await client.get(source)
            given["good"] = 2
            second = await client.get(source)
            given["good"] = 99
            third = await client.get(source)
            fourth = await client.get(source)
            return (first, second, third, fourth), site

    outcomes, site = bench.run(ask())
    assert [type(one) for one in outcomes] == [Fetched, Fetched, Failed, Failed]
    assert _cookies(site) == [
        *("pass=1", "pass=1", "pass=2"),
        *("pass=2", "pass=3"),  # the third poll: old cookies, then new ones
        "pass=4",  # the fourth begins with new ones, so that there is nothing to renew
    ]


def test_another_failure_does_not_cost_the_cookies(bench):
    replies = {"/start": _setting("pass=1"), "/feed": make_reply(b"", "503 Busy")}
    _, site = _poll(bench, replies, times=3)
    assert len(_cookies(site, "/start")) == 1


REFUSALS = {
    "missing": make_reply(b"", "404 Not Found"),
    "broken": b"HTTP/1.1 2x0 OK\r\nConnection: close\r\n\r\n",
    "circle": make_reply(b"", "302 Found", "Location: /start"),
    "private": make_reply(b"", "302 Found", "Location: http://10.0.0.1/"),
    "large": make_reply(b"x" * 400_000),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_warm_up_that_fails_is_ignored(bench, case):
    outcomes, site = _poll(bench, {"/start": REFUSALS[case], "/feed": OK}, times=2)
    assert all(isinstance(one, Fetched) for one in outcomes)
    assert _cookies(site) == [None, None]


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "file:///etc/passwd", "http://u:p@a.example/"])
def test_a_warm_up_is_guarded_like_any_request(bench, url):
    outcomes, site = _poll(bench, OK, source={"warm_up": url})
    assert isinstance(outcomes[0], Fetched)
    assert len(site.seen) == 1


def test_a_silent_warm_up_costs_its_own_time_and_not_the_sources(bench):
    async def silent(seen, writer):
        await asyncio.sleep(30)

    async def slow(seen, writer):
        await asyncio.sleep(0.25)
        writer.write(OK)

    outcomes, _ = _poll(
        bench, {"/start": silent, "/feed": slow}, source={"timeout": Timeout(total=0.8)}
    )
    assert isinstance(outcomes[0], Fetched)
    assert 200 <= outcomes[0].ms < 600  # the warm-up alone waited for 400


def test_a_warm_up_that_never_answered_is_asked_again_with_the_next_poll(bench):
    async def hang_up(seen, writer):
        writer.transport.abort()

    closing = make_reply(b"<rss/>", "200 OK", "Connection: close")
    _, site = _poll(bench, {"/start": hang_up, "/feed": closing}, times=2)
    assert len(_cookies(site, "/start")) == 2


def test_a_warm_up_keeps_the_gap_of_its_host(bench):
    replies = {"/start": _setting("pass=1"), "/feed": OK}
    _, site = _poll(bench, replies, settings={"gap": 0.2})
    assert all(two.at - one.at >= 0.18 for one, two in pairwise(site.seen))
    assert len(site.seen) == 2


def test_cookies_join_those_that_the_admin_wrote(bench):
    own = (("Cookie", "lang=ru"), ("X-Key", "k"))
    replies = {"/start": _setting("pass=1"), "/feed": OK}
    _, site = _poll(bench, replies, source={"headers": own})
    assert _cookies(site) == ["lang=ru; pass=1"]
    assert _cookies(site, "/start") == ["lang=ru"]


def test_a_sources_own_headers_do_not_go_to_a_warm_up_elsewhere(bench):
    async def ask():
        other, site = bench.site(_setting("pass=1"), host="127.0.0.2"), bench.site(OK)
        async with other, site, bench.client(site, other) as client:
            own = (("Authorization", "s3cret"),)
            source = bench.source(site.url(), headers=own, warm_up=other.url("/start"))
            await client.get(source)
            return site, other

    site, other = bench.run(ask())
    assert site.seen[0].headers["authorization"] == "s3cret"
    assert "authorization" not in other.seen[0].headers
    assert _cookies(site) == [None]


@pytest.mark.parametrize(("fallbacks", "warm_ups"), [((), 1), (("/feed",), 0)])
def test_a_fallback_address_elsewhere_is_not_warmed_up_for(bench, fallbacks, warm_ups):
    async def ask():
        other, site = bench.site(_setting("pass=1"), host="127.0.0.2"), bench.site(OK)
        async with other, site, bench.client(site, other) as client:
            urls = tuple(map(site.url, fallbacks))
            source = bench.source(site.url(), fallback_urls=urls, warm_up=other.url("/start"))
            await client.get(source)
            return len(other.seen)

    assert bench.run(ask()) == warm_ups


def test_a_query_is_no_part_of_the_path_that_a_cookie_is_for(bench):
    cookies = ("deep=1; Path=/feed", "deeper=2; Path=/feed/x")
    replies = {"/start": _setting(*cookies), "/feed": OK}

    async def ask():
        async with bench.site(replies) as site, bench.client(site) as client:
            source = bench.source(site.url("/feed?a=/x"), warm_up=site.url("/start"))
            await client.get(source)
            return site

    assert _cookies(bench.run(ask()), "/feed?a=/x") == ["deep=1"]


def test_cookies_are_in_no_log_and_no_outcome(bench, caplog):
    caplog.set_level(logging.DEBUG)
    replies = {"/start": _setting("pass=s3cret"), "/feed": make_reply(b"no", "403 Forbidden")}
    outcomes, site = _poll(bench, replies)
    assert _cookies(site) == ["pass=s3cret"]
    assert "s3cret" not in repr(outcomes)
    assert "s3cret" not in caplog.text


def test_jars_of_the_past_are_forgotten(bench):
    async def fill():
        jars = Jars()
        for number in range(5):
            now = NOW + timedelta(minutes=20 * number)
            source = Source(slug=f"s{number}", title="", url="", warm_up="http://a.example/")
            jars.held(source, now)
            jars.keep(source, Jar(now))
        moved = Source(slug="s4", title="", url="", warm_up="http://b.example/")
        return len(jars), jars.held(moved, NOW + timedelta(minutes=81))

    assert bench.run(fill()) == (3, None)
