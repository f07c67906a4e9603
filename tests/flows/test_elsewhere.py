"""Sources that are read at other addresses than their own, or at several."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from feedhub.core.history import recall
from feedhub.ingest import poll
from feedhub.model import (
    Failed,
    Fetched,
    NotModified,
    Outcome,
    PageRules,
    PollReport,
    Source,
    Validators,
)
from feedhub.store import Store, lookup
from tests import builders
from tests.builders import HOUR, MINUTE, NOW
from tests.e2e.documents import Note, rss
from tests.flows.test_ingest import Network, fetched, river, state_of

OWN, PORTAL = "https://agency.example/feed.xml", "https://portal.example/department/7/rss/"
FAILED = Failed(kind="temporary", message="The server failed (502); later.", status=502)
WITH_FALLBACK = builders.a_source(fallback_urls=(PORTAL,))


def asked(
    store: Store, source: Source, *answers: Outcome, **more: Any
) -> tuple[PollReport, Network]:
    with store.write() as conn:
        builders.add_sources(conn, source.slug)
    flow = river(store, *answers, **more)
    report = asyncio.run(poll(source, state_of(store, source.slug), flow))
    assert isinstance(flow.fetch, Network)
    return report, flow.fetch


def document(*notes: Note, **more: Any) -> Fetched:
    return fetched(rss(notes), **more)


def a_note(n: int, host: str = "agency.example", **more: Any) -> Note:
    return Note(
        title=f"Министерство сообщило {n}",
        url=f"https://{host}/{n}",
        published=NOW - n * MINUTE,
        **more,
    )


def instead_of(store: Store) -> str | None:
    return recall(state_of(store).memory, now=NOW).fallback_url


def test_while_the_own_address_fails_the_other_is_read(store: Store) -> None:
    answer = document(a_note(1), url=PORTAL)
    report, network = asked(store, WITH_FALLBACK, FAILED, answer)
    assert (report.outcome, report.new, report.error) == ("fetched", 1, "")
    assert network.urls == [OWN, PORTAL]
    assert instead_of(store) == PORTAL


def test_where_all_addresses_fail_the_own_one_is_told_of(store: Store) -> None:
    other = Failed(kind="hard", message="Nothing is at this address (404).", status=404)
    report, _ = asked(store, WITH_FALLBACK, FAILED, other)
    assert (report.outcome, report.error) == ("failed", FAILED.message)


def test_validators_go_only_to_the_address_that_gave_them(store: Store) -> None:
    there = Validators(etag='"portal"')
    asked(store, WITH_FALLBACK, FAILED, document(a_note(1), url=PORTAL, validators=there))
    unchanged = NotModified(url=PORTAL, status=304, validators=there)
    _, network = asked(store, WITH_FALLBACK, FAILED, unchanged, now=NOW + HOUR)
    assert [validators for _, validators, _ in network.asked] == [Validators(), there]
    back = document(a_note(1), a_note(2), body_hash="own")
    _, network = asked(store, WITH_FALLBACK, back, now=NOW + 2 * HOUR)
    assert network.asked[0][1:] == (Validators(), None)
    assert instead_of(store) is None


def test_what_both_addresses_bring_is_one_entry(store: Store) -> None:
    own = [a_note(n, guid=f"own-{n}", body=f"Полный текст {n}") for n in (1, 2, 3)]
    there = [a_note(n, host="portal.example", guid=f"p-{n}", body="Коротко") for n in (0, 1, 2, 3)]
    first, _ = asked(store, WITH_FALLBACK, document(*own))
    assert first.new == 3
    answer = document(*there, url=PORTAL, body_hash="2")
    second, _ = asked(store, WITH_FALLBACK, FAILED, answer, now=NOW + HOUR)
    assert (second.new, second.updated) == (1, 0)
    again = [a_note(0, guid="own-0", body="Полный текст 0"), *own]
    third, _ = asked(store, WITH_FALLBACK, document(*again, body_hash="3"), now=NOW + 2 * HOUR)
    assert (third.new, third.updated) == (0, 0)
    with store.read() as conn:
        assert lookup.last_number(conn) == 4


LIST = """<html><body><ul>{items}</ul></body></html>"""
ITEM = '<li class="n"><a href="/news/{n}">Министерство сообщило о деле номер {n}</a></li>'
PAGE = "<html><body><h1>{n}</h1><div class='text'><p>Полный текст сообщения {n}.</p></div></body></html>"
A_PAGE = builders.a_source(
    kind="page",
    url="https://agency.example/news/",
    page=PageRules(item="li.n", article="div.text"),
)


def listing(*numbers: int) -> Fetched:
    items = "".join(ITEM.format(n=n) for n in numbers)
    return html(LIST.format(items=items), url=A_PAGE.url, body_hash=repr(numbers))


def html(text: str, **more: Any) -> Fetched:
    return fetched(text.encode(), headers=(("content-type", "text/html"),), **more)


def article(n: int) -> Fetched:
    return html(PAGE.format(n=n), url=f"https://agency.example/news/{n}")


def test_the_pages_of_new_entries_are_opened_once(store: Store) -> None:
    report, network = asked(store, A_PAGE, listing(1, 2), article(1), article(2))
    assert report.new == 2
    assert network.urls[1:] == [f"https://agency.example/news/{n}" for n in (1, 2)]
    report, network = asked(store, A_PAGE, listing(3, 1, 2), article(3), now=NOW + HOUR)
    assert (report.new, report.skipped, network.urls[1:]) == (
        *(1, 2),
        ["https://agency.example/news/3"],
    )
    with store.read() as conn:
        (known,) = lookup.known(
            conn, "agency", identities=(), canonical_urls=["https://agency.example/news/3"]
        )
        assert "Полный текст сообщения 3." in lookup.text_of(conn, known.number)


def test_an_entry_whose_page_does_not_come_is_taken_as_the_list_has_it(store: Store) -> None:
    report, _ = asked(store, A_PAGE, listing(1, 2), article(1), FAILED)
    assert report.new == 2


SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>https://agency.example/news/{n}</loc><lastmod>2026-11-2{n}</lastmod></url></urlset>"
)
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<sitemap><loc>https://agency.example/a.xml</loc><lastmod>2026-11-20</lastmod></sitemap>"
    "<sitemap><loc>https://agency.example/b.xml</loc><lastmod>2026-11-21</lastmod></sitemap>"
    "</sitemapindex>"
)


def test_an_index_of_sitemaps_is_followed_the_newest_first(store: Store) -> None:
    source = builders.a_source(kind="sitemap", url="https://agency.example/sitemap.xml")
    answers = (
        fetched(INDEX.encode(), url=source.url),
        fetched(SITEMAP.format(n=1).encode(), url="https://agency.example/b.xml"),
        FAILED,
    )
    report, network = asked(store, source, *answers)
    assert (report.new, report.outcome) == (1, "fetched")
    assert network.urls[1:] == ["https://agency.example/b.xml", "https://agency.example/a.xml"]


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>А</title><id>urn:a</id>{link}{entries}</feed>'
)
AN_ENTRY = "<entry><id>urn:a:{n}</id><title>Озеро {n}</title><updated>2026-11-{n}T10:00:00Z</updated></entry>"


def page(*numbers: int, older: str = "", rel: str = "next", **more: Any) -> Fetched:
    link = f'<link rel="{rel}" href="{older}"/>' if older else ""
    entries_ = "".join(AN_ENTRY.format(n=n) for n in numbers)
    return fetched(ATOM.format(link=link, entries=entries_).encode(), url=OWN, **more)


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_older_pages_are_followed_to_what_is_known_when_the_window_overflowed(
    store: Store, rel: str
) -> None:
    source = builders.a_source()
    asked(store, source, page(10, 11))
    answers = (
        page(18, 17, older="?page=2", rel=rel, body_hash="2"),
        page(16, 15, older="?page=3", rel=rel),
        page(14, 13, 11, 10, older="?page=4", rel=rel),
    )
    report, network = asked(store, source, *answers, now=NOW + HOUR)
    assert report.new == 6
    assert network.urls[1:] == [f"{OWN}?page=2", f"{OWN}?page=3"]


def test_no_page_is_asked_while_something_is_known_or_on_another_host(store: Store) -> None:
    source = builders.a_source()
    _, network = asked(store, source, page(10, 11, older="?page=2"))
    assert len(network.urls) == 1
    answer = page(12, 11, 10, older="?page=2", body_hash="2")
    _, network = asked(store, source, answer, now=NOW + HOUR)
    assert len(network.urls) == 1
    answer = page(20, 19, older="https://elsewhere.example/2", body_hash="3")
    _, network = asked(store, source, answer, now=NOW + 2 * HOUR)
    assert len(network.urls) == 1


def test_a_channel_is_read_at_its_public_preview(store: Store) -> None:
    source = builders.a_source(kind="telegram", url="https://t.me/agency")
    empty = html("<html><body>nothing</body></html>", url="https://t.me/s/agency")
    report, network = asked(store, source, empty)
    assert network.urls == ["https://t.me/s/agency"]
    assert report.outcome == "failed"
