"""Where an address has moved for good: what counts as a move, and what looks like a dead end."""

from __future__ import annotations

import asyncio

import pytest

from feedhub.fetch.moves import is_doubtful, registrable
from feedhub.model import Failed, Fetched, NotModified, Unchanged, Validators

OLD = "http://press.agency.gov.example/rss/news.xml?a[]=1"

MOVES = [
    "https://press.agency.gov.example/rss/news.xml?a[]=1",
    "http://www.press.agency.gov.example/rss/news.xml?a[]=1",
    "http://press.agency.gov.example/rss/news.xml/?a[]=1",
    "https://press.agency.gov.example:8443/rss/news.xml?a[]=1",
    "https://press.agency.gov.example/feed/",
    "https://press.agency.gov.example/authors/rss.xml",
    "https://press.agency.gov.example/news/unblocking/rss.xml",
    "https://press.agency.gov.example/blog/ssorin/rss",
    "https://www.agency.gov.example/",
    "https://ministry.example/press/rss.xml",
    "https://ministry.example/?feed=rss2",
    "https://ministry.example/rss.php?a[]=1",
]
DEAD_ENDS = [
    "https://press.agency.gov.example/login",
    "https://press.agency.gov.example/user/sign-in/",
    "https://press.agency.gov.example/auth/?client=feed",
    "https://press.agency.gov.example/bitrix/avtorizaciya/",
    "https://press.agency.gov.example/showcaptcha",
    "https://press.agency.gov.example/cdn-cgi/challenge/x",
    "https://press.agency.gov.example/maintenance.html",
    "https://press.agency.gov.example/tehraboty/",
    "https://press.agency.gov.example/%74ehraboty/",
    "https://press.agency.gov.example/go?back=/rss/news.xml",
    "https://press.agency.gov.example/go?to=http%3A%2F%2Fpress.agency.gov.example%2Frss%2Fnews.xml",
    "https://press.agency.gov.example/go?u=http%253A%252F%252Fpress.agency.gov.example%252Frss",
    "https://sso.ministry.example/realms/x",
    "https://id.gov.example/start",
    "https://parking.registrar.example/domain/agency",
    "https://www.sedoparking.com/agency/feed",
    "https://ww1.sedoparking.com/agency/feed",
    "https://ministry.test/",
    "https://ministry.test",
    "https://ministry.test/index.html",
    "https://203.0.113.9/",
]


@pytest.mark.parametrize("new", MOVES)
def test_a_move_is_believed(new):
    assert not is_doubtful(OLD, new)


@pytest.mark.parametrize("new", DEAD_ENDS)
def test_a_dead_end_is_doubted(new):
    # `registrable` takes example for a whole name here, so that gov.example is one owner
    assert is_doubtful(OLD, new)


def test_words_that_stood_there_before_say_nothing():
    assert not is_doubtful("https://a.example/auth/rss", "https://a.example/auth/feed.xml")
    assert not is_doubtful("https://id.a.example/rss", "https://id.a.example/feed.xml")
    assert not is_doubtful("http://a.example/go?u=/go", "http://a.example/new?u=/go")


HOSTS = {
    "agency.example": "agency.example",
    "Press.Agency.example.": "agency.example",
    "minzdrav.gov.ru": "minzdrav.gov.ru",
    "www.minzdrav.gov.ru": "minzdrav.gov.ru",
    "press.agency.ru": "agency.ru",
    "a.b.co.uk": "b.co.uk",
    "press.co.example": "co.example",
    "127.0.0.1": "127.0.0.1",
    "::1": "::1",
    "localhost": "localhost",
    "": "",
}


@pytest.mark.parametrize("host", HOSTS)
def test_the_registered_part_of_a_name_is_found(host):
    assert registrable(host) == HOSTS[host]


def _to(bench, place: str, code: int) -> bytes:
    return bench.reply(b"", f"{code} Elsewhere", f"Location: {place}")


def _chain(bench, codes: list[int], last: bytes) -> dict[str, bytes]:
    """Make a chain of redirects from /feed over /1, /2, ... to /end, which answers `last`."""
    places = ["/feed", *(f"/{n}" for n in range(1, len(codes))), "/end"]
    hops = zip(places, places[1:], codes, strict=False)
    return {**{here: _to(bench, there, code) for here, there, code in hops}, "/end": last}


CHAINS = [
    ([301], True),
    ([308], True),
    ([301, 308, 301], True),
    ([302], False),
    ([303], False),
    ([307], False),
    ([301, 302], False),
    ([302, 301], False),
    ([301, 307, 308], False),
]


@pytest.mark.parametrize(("codes", "is_for_good"), CHAINS)
def test_an_address_has_moved_when_every_hop_is_for_good(bench, codes, is_for_good):
    outcome, site = bench.ask(_chain(bench, codes, bench.reply(b"<rss/>")))
    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == (site.url("/end") if is_for_good else None)
    assert not outcome.is_doubtful


def test_an_address_that_answers_itself_has_not_moved(bench):
    outcome, _ = bench.ask(bench.reply(b"<rss/>"))
    assert (outcome.moved_to, outcome.is_doubtful) == (None, False)


@pytest.mark.parametrize(
    ("last", "kind"),
    [("304 Not Modified", NotModified), ("200 OK", Unchanged), ("404 Not Found", Failed)],
)
def test_a_move_is_told_of_every_answer_that_is_good(bench, last, kind):
    first, _ = bench.ask(bench.reply(b"<rss/>"))
    asked = {"validators": Validators(etag='"1"'), "body_hash": first.body_hash}
    body = b"<rss/>" if last == "200 OK" else b""
    replies = _chain(bench, [301], bench.reply(body, last))
    outcome, site = bench.ask(replies, asked=asked)
    assert isinstance(outcome, kind)
    assert kind is Failed or outcome.moved_to == site.url("/end")


@pytest.mark.parametrize(
    ("place", "doubt"),
    [("/new/feed", False), ("/feed/", False), ("/login", True), ("/x?back=%2Ffeed", True)],
)
def test_a_dead_end_is_told_from_a_move(bench, place, doubt):
    replies = {"/feed": _to(bench, place, 301), "*": bench.reply(b"<rss/>")}
    outcome, site = bench.ask(replies)
    assert (outcome.moved_to, outcome.is_doubtful) == (site.url(place), doubt)


def test_the_configured_address_is_asked_every_time(bench):
    replies = _chain(bench, [301], bench.reply(b"<rss/>"))

    async def thrice():
        async with bench.site(replies) as site, bench.client(site) as client:
            outcomes = [await client.get(bench.source(site.url())) for _ in range(3)]
            return outcomes, site

    outcomes, site = asyncio.run(thrice())
    assert {outcome.moved_to for outcome in outcomes} == {site.url("/end")}
    assert [one.target for one in site.seen] == ["/feed", "/end"] * 3
