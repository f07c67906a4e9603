"""What an outline of our OPML carries: the address as it is asked, and tags as `category`."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from feedhub.core.render import Outline, opml

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def attributes(outline: Outline) -> dict[str, str]:
    found = ElementTree.fromstring(opml("Портал", (outline,), updated=NOW)).find(".//outline")
    assert found is not None
    return found.attrib


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/rss?of[]=x&b=%5B", "https://a.example/rss?of[]=x&b=%5B"),
        ("https://a.example/{x}|y", "https://a.example/{x}|y"),
        ("https://озеро.рф/а", "https://xn--e1aducj.xn--p1ai/%D0%B0"),
        ("https://a.example/a b", "https://a.example/a%20b"),
    ],
)
def test_an_address_that_can_be_asked_as_it_is_stays_so(url: str, written: str) -> None:
    assert attributes(Outline(title="a", xml_url=url))["xmlUrl"] == written


@pytest.mark.parametrize("url", ["ftp://a.example/", "https://", "/rss", "https://[/"])
def test_what_is_no_address_is_left_out(url: str) -> None:
    assert "xmlUrl" not in attributes(Outline(title="a", xml_url=url))


def test_tags_are_categories_without_those_that_hold_a_comma() -> None:
    outline = Outline(
        title="a", xml_url="https://a.example/", categories=("море", "a,b", " ", "ИТ/связь")
    )
    assert attributes(outline)["category"] == "море,ИТ/связь"


def test_without_tags_there_is_no_category() -> None:
    assert "category" not in attributes(Outline(title="a", xml_url="https://a.example/"))
