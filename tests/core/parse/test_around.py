"""What stands around the entries: hubs, pages, archives, and how often a feed changes."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest

from feedhub.core.parse import decode, parse
from feedhub.model import ParsedFeed
from feedhub.model.history import Hints

URL = "https://agency.example/feed.xml"


def read(text: str) -> ParsedFeed:
    return parse(decode(text.encode(), content_type=None), url=URL)


def rss(head: str, tail: str = "") -> str:
    return (
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>А</title>'
        f"{head}<item><title>Раз</title><guid>1</guid>"
        '<atom:link rel="self" href="https://agency.example/1"/></item>'
        f"{tail}</channel></rss>"
    )


def test_hub_and_own_address_are_found_before_the_entries_and_after() -> None:
    hub = '<atom:link rel="hub" href="https://hub.example/?a=1&amp;b=2"/>'
    own = "<atom:link href='/feed.xml' type='application/rss+xml' rel='self'/>"
    found = (("hub", "https://hub.example/?a=1&b=2"), ("self", "/feed.xml"))
    assert read(rss(hub + own)).links == found
    assert read(rss(hub, own)).links == found


def test_the_links_of_entries_are_their_own() -> None:
    assert read(rss("")).links == ()
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>А</title><id>urn:a</id>'
        '<link rel="alternate" href="/"/><link rel="prev-archive next" href="/2"/>'
        '<entry><id>urn:1</id><title>Раз</title><link rel="self" href="/1"/></entry></feed>'
    )
    assert read(atom).links == (("prev-archive", "/2"), ("next", "/2"))


def test_a_json_feed_names_hubs_and_the_next_page() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "А",
        "feed_url": URL,
        "next_url": "https://agency.example/2",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}, "no hub", {"url": 7}],
        "items": [{"id": "1", "content_text": "Раз"}],
    }
    assert read(json.dumps(feed)).links == (
        ("hub", "https://hub.example/"),
        ("self", URL),
        ("next", "https://agency.example/2"),
    )


@pytest.mark.parametrize(
    ("head", "hints"),
    [
        ("", Hints()),
        (
            "<sy:updatePeriod> Daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>\
<sy:updateBase>2000-01-01T12:00+00:00</sy:updateBase>",
            Hints(
                update_period="daily",
                update_frequency=4,
                update_base=datetime(2000, 1, 1, 12, tzinfo=UTC),
            ),
        ),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", Hints()),
        (
            "<skipHours><hour>3</hour><hour> 1 </hour><hour>99</hour></skipHours>\
<skipDays><day>Sunday</day><day>sunday</day><day>Someday</day></skipDays>",
            Hints(skip_hours=(1, 3), skip_days=("Sunday",)),
        ),
    ],
)
def test_a_feed_says_how_often_it_changes(head: str, hints: Hints) -> None:
    assert read(rss(head)).hints == hints


@pytest.mark.parametrize(
    "head", ["<link " * 20_000, "<skipHours>" * 20_000, '<link rel="' + "a " * 50_000, "<" * 90_000]
)
def test_a_hostile_beginning_costs_next_to_nothing(head: str) -> None:
    from feedhub.core.parse.around import surrounded

    began = time.process_time()
    surrounded(ParsedFeed(format="rss20"), f"<rss><channel>{head}<item></item></channel></rss>")
    assert time.process_time() - began < 1
