"""What single elements of an entry look like: authors, sources, pictures, withdrawal, words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from feedhub.core.render import FORMATS
from feedhub.model import Enclosure, Image, OutEntry
from tests.core.render.samples import AGENCY, BASE, PICTURE, article, entry, feed, withdrawn

NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "at": "http://purl.org/atompub/tombstones/1.0",
}


def rss_item(shown: OutEntry, **fields: Any) -> ElementTree.Element:
    root = ElementTree.fromstring(FORMATS["rss"].render(feed(shown, **fields)))
    return root.findall("channel/item")[0]


def atom_feed(*shown: OutEntry, **fields: Any) -> ElementTree.Element:
    return ElementTree.fromstring(FORMATS["atom"].render(feed(*shown, **fields)))


def atom_entry(shown: OutEntry) -> ElementTree.Element:
    return atom_feed(shown).findall("a:entry", NS)[0]


def json_item(shown: OutEntry, **fields: Any) -> dict[str, Any]:
    item: dict[str, Any] = json.loads(FORMATS["json"].render(feed(shown, **fields)))["items"][0]
    return item


def test_an_author_without_an_address_is_named_in_every_format() -> None:
    shown = entry(authors=("Отдел туманов", "Иванова А."))
    creators = [each.text for each in rss_item(shown).findall("dc:creator", NS)]
    names = [each.text for each in atom_entry(shown).findall("a:author/a:name", NS)]
    assert creators == names == ["Отдел туманов", "Иванова А."]
    assert json_item(shown)["authors"] == [{"name": name} for name in names]


def test_without_an_author_the_source_is_the_author_not_the_portal() -> None:
    source = atom_entry(entry(authors=())).find("a:source", NS)
    assert source is not None
    assert source.findtext("a:author/a:name", None, NS) == AGENCY.title
    assert "authors" not in json_item(entry(authors=()))


def test_the_source_is_said_whole() -> None:
    said = rss_item(entry()).find("source")
    source = atom_entry(entry()).find("a:source", NS)
    assert said is not None
    assert source is not None
    address = "https://tumany.example/rss?%D1%80%D0%B0%D0%B7%D0%B4%D0%B5%D0%BB=%D0%B2%D1%81%D0%B5"
    assert (said.text, said.get("url")) == (AGENCY.title, address)
    assert source.findtext("a:id", None, NS) == address
    assert source.findtext("a:updated", None, NS) == "2026-11-18T12:00:00Z"
    assert {link.get("rel") for link in source.findall("a:link", NS)} == {"self", "alternate"}
    assert json_item(entry())["_feedhub"]["source"]["feed_url"] == address


def test_a_source_without_addresses_is_known_by_our_page_of_it() -> None:
    shown = entry(source=replace(AGENCY, home_page_url=None, feed_url="no address"))
    assert rss_item(shown).find(f"source[@url='{AGENCY.url}']") is not None
    assert json_item(shown)["_feedhub"]["source"]["feed_url"] is None


def test_section_and_tags_are_categories_with_their_folder_as_scheme() -> None:
    said = [(each.get("domain"), each.text) for each in rss_item(entry()).findall("category")]
    assert said[:2] == [(f"{BASE}/sections/", "Новости"), (f"{BASE}/tags/", "туманы")]
    first, second, _ = atom_entry(entry()).findall("a:category", NS)
    assert first.attrib == {"term": "news", "scheme": f"{BASE}/sections/", "label": "Новости"}
    assert second.attrib == {"term": "tumany", "scheme": f"{BASE}/tags/", "label": "туманы"}
    assert json_item(entry())["tags"] == ["туманы", "реки и озёра"]


def test_a_picture_is_said_with_type_size_credit_and_caption() -> None:
    shown = entry(image=PICTURE)
    for parent in (rss_item(shown), atom_entry(shown)):
        content = parent.find("media:content", NS)
        assert content is not None
        assert content.get("url", "").isascii()
        sizes = {"fileSize": "90210", "width": "1200", "height": "800", "medium": "image"}
        assert sizes.items() <= content.attrib.items()
        assert content.get("type") == "image/jpeg"
        assert content.findtext("media:description", None, NS) == "Туман над рекой"
        assert content.findtext("media:credit", None, NS) == "Служба снимков"
    item = json_item(shown)
    file = item["attachments"][0]
    assert (item["image"], item["_feedhub"]["image_credit"]) == (file["url"], "Служба снимков")
    assert (file["mime_type"], file["size_in_bytes"]) == ("image/jpeg", 90210)
    assert (file["title"], file["_feedhub"]) == ("Туман над рекой", {"width": 1200, "height": 800})


def test_rss_has_one_enclosure_and_atom_has_all() -> None:
    files = (Enclosure(url="https://a.example/1.pdf"), Enclosure(url="https://a.example/2.mp3"))
    shown = entry(image=PICTURE, enclosures=files)
    (only,) = rss_item(shown).findall("enclosure")
    assert only.attrib == {
        "url": "https://a.example/1.pdf",
        "length": "0",
        "type": "application/pdf",
    }
    links = atom_entry(shown).findall("a:link[@rel='enclosure']", NS)
    types = [link.get("type") for link in links]
    assert types == ["application/pdf", "audio/mpeg", "image/jpeg"]
    assert [file["mime_type"] for file in json_item(shown)["attachments"]] == types


def test_a_picture_that_is_also_a_file_is_named_once() -> None:
    shown = entry(image=PICTURE, enclosures=(Enclosure(url=PICTURE.url, type="image/jpeg"),))
    assert len(atom_entry(shown).findall("a:link[@rel='enclosure']", NS)) == 1
    assert len(json_item(shown)["attachments"]) == 1


def test_a_picture_of_unknown_type_on_an_address_without_suffix_counts_as_jpeg() -> None:
    shown = entry(image=Image(url="https://a.example/picture?id=1"))
    assert rss_item(shown).find("enclosure[@type='image/jpeg']") is not None


def test_without_a_summary_the_full_text_stands_in_the_description() -> None:
    item = rss_item(entry(summary=""))
    assert item.findtext("description") == entry().content
    assert item.find("content:encoded", NS) is None


def test_plain_words_in_a_description_are_escaped_as_html() -> None:
    item = rss_item(entry(summary="5 < 6 & 7", content=""))
    assert item.findtext("description") == "5 &lt; 6 &amp; 7"
    assert atom_entry(entry(summary="5 < 6 & 7")).findtext("a:summary", None, NS) == "5 < 6 & 7"


def test_json_always_has_a_text_and_html_only_in_content_html() -> None:
    assert json_item(entry(content=""))["content_text"] == entry().summary
    assert json_item(entry(content="", summary=""))["content_text"] == ""
    assert "content_text" not in json_item(entry())


def test_a_guid_is_a_permalink_only_where_it_is_the_link() -> None:
    link = entry().url
    assert rss_item(entry(id=link)).find("guid[@isPermaLink='true']") is not None
    assert rss_item(entry(id=f"{link}#1")).find("guid[@isPermaLink='false']") is not None


def test_an_article_says_its_reading_time_and_what_else_to_read() -> None:
    item, element, shown = rss_item(article()), atom_entry(article()), json_item(article())
    for parent in (item, element):
        assert parent.findtext("dcterms:extent", None, NS) == "1"
        related = parent.findall("a:link[@rel='related']", NS)
        assert [link.get("title") for link in related] == ["Про реки", "Про озёра"]
    assert shown["_feedhub"]["reading_minutes"] == 1
    assert shown["_feedhub"]["see_also"][0] == {
        "title": "Про реки",
        "url": f"{BASE}/entries/77-reki",
    }
    assert shown["_feedhub"]["event"]["start"] == "2026-12-01T12:00:00Z"


def test_reading_time_is_said_of_local_articles_only() -> None:
    assert rss_item(entry()).find("dcterms:extent", NS) is None
    assert json_item(entry())["_feedhub"]["reading_minutes"] is None
    assert "event" not in json_item(entry())["_feedhub"]


def test_an_entry_in_another_language_says_so() -> None:
    shown = entry(language="be")
    assert rss_item(shown).findtext("dc:language", None, NS) == "be"
    assert atom_entry(shown).get("{http://www.w3.org/XML/1998/namespace}lang") == "be"
    assert json_item(shown)["language"] == "be"
    assert rss_item(entry()).find("dc:language", NS) is None


@pytest.mark.parametrize(("language", "word"), [("ru", "Снято"), ("en-GB", "Withdrawn")])
def test_a_withdrawn_entry_keeps_its_id_and_headline_and_loses_its_text(
    language: str, word: str
) -> None:
    item, shown = (
        rss_item(withdrawn(), language=language),
        json_item(withdrawn(), language=language),
    )
    assert shown["title"] == item.findtext("title") == f"{word}: Туман № 1 рассеялся"
    assert shown["id"] == item.findtext("guid") == entry().id
    assert shown["url"] == item.findtext("link") == entry().page_url
    assert (shown["content_text"], shown["date_modified"]) == ("", "2026-11-18T12:00:00Z")
    assert {"summary", "image", "attachments"}.isdisjoint(shown)
    for name in ("description", "enclosure", "media:content", "content:encoded"):
        assert item.find(name, NS) is None


def test_a_withdrawn_entry_is_a_tombstone_in_atom() -> None:
    root = atom_feed(entry(1), withdrawn(2))
    (stone,) = root.findall("at:deleted-entry", NS)
    assert stone.attrib == {"ref": entry(2).id, "when": "2026-11-18T11:00:00Z"}
    assert stone.findtext("at:comment", None, NS) == "По просьбе ведомства"
    assert [each.findtext("a:id", None, NS) for each in root.findall("a:entry", NS)] == [
        entry(1).id
    ]


@pytest.mark.parametrize(("language", "words"), [("ru", "(без названия)"), ("en", "(untitled)")])
def test_an_entry_without_a_title_is_called_so(language: str, words: str) -> None:
    shown = entry(title=" \x00\n ")
    assert rss_item(shown, language=language).findtext("title") == words
    assert json_item(shown, language=language)["title"] == words


def test_a_broken_link_of_an_entry_becomes_our_page_of_it() -> None:
    assert rss_item(entry(url="/news/1")).findtext("link") == entry().page_url


def test_an_entry_updated_before_it_was_published_counts_as_updated_then() -> None:
    shown = entry(updated=entry(5).published)
    assert atom_entry(shown).findtext("a:updated", None, NS) == "2026-11-18T11:00:00Z"


def test_the_generator_is_the_program() -> None:
    generator = atom_feed().find("a:generator", NS)
    assert generator is not None
    assert (generator.text, generator.attrib) == ("FeedHub", {"version": "0.1.0"})
    assert b"<generator>FeedHub 0.1.0</generator>" in FORMATS["rss"].render(feed())
    assert b"feedgen" not in FORMATS["rss"].render(feed()) + FORMATS["atom"].render(feed())
