"""The world that is polled: distinct, deterministic, and with the quirks of its templates."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

from bench import rewriting, world
from bench.world import Template

RSS = (
    b'<?xml version="1.0" encoding="windows-1251"?><!DOCTYPE rss SYSTEM "http://dtd.example/rss">'
    b'<rss xmlns:a="http://a.example/ns"><channel><title>T</title>'
    b"<link>http://x.example/</link><item><title><![CDATA[\xcf\xf0\xe8]]></title>"
    b"<guid>17</guid><link>http://x.example/1</link></item></channel></rss>"
)


def parsed(body: bytes) -> list[dict[str, str]]:
    """Return the entries feedparser sees."""
    found: list[dict[str, str]] = feedparser.parse(BytesIO(body)).entries  # noqa: TID251
    return found


def test_a_mark_goes_into_hosts_ids_and_titles_but_not_into_names_of_namespaces() -> None:
    marked = rewriting.marked(RSS, "f7")
    (entry,) = parsed(marked)
    assert (entry["id"], entry["title"]) == ("f7-17", "f7 При")
    assert entry["link"] == "http://f7.x.example/1"
    assert b'xmlns:a="http://a.example/ns"' in marked
    assert b'"http://dtd.example/rss"' in marked


def test_a_new_entry_stands_first_and_has_an_identity_of_its_own() -> None:
    first, second = parsed(rewriting.with_new_entry(RSS, "n1"))
    assert (first["id"], second["id"]) == ("n1-17", "17")
    assert first["link"] != second["link"]


def test_a_new_item_of_a_json_feed_stands_first_too() -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"id": "5"}]})
    more = json.loads(rewriting.with_new_entry(body.encode(), "n1"))
    assert [item["id"] for item in more["items"]] == ["n1-5", "5"]
    assert more["version"] == "https://jsonfeed.org/version/1"


def test_a_document_without_entries_gains_none() -> None:
    with pytest.raises(ValueError, match="no <item> or <entry>"):
        rewriting.with_new_entry(b"<rss><channel/></rss>", "n1")


@pytest.mark.parametrize("encoding", ["koi8-r", "windows-1251"])
def test_another_encoding_is_declared_and_reads_the_same(encoding: str) -> None:
    body = "<?xml version='1.0'?><rss><channel><item><title>Щит «Ёж»</title></item></channel></rss>"
    changed = rewriting.in_encoding(body.encode(), "utf-8", encoding)
    assert rewriting.declared_encoding(changed) == encoding
    assert parsed(changed)[0]["title"] == "Щит «Ёж»"


def test_the_same_seed_makes_the_same_world_of_distinct_feeds(tmp_path: Path) -> None:
    templates = world.templates_of(None)
    feeds = world.build(tmp_path / "a", templates, count=40, seed=3)
    again = world.build(tmp_path / "b", templates, count=40, seed=3)
    assert feeds == again == world.load(tmp_path / "b")
    bodies = [(tmp_path / "a" / feed.first).read_bytes() for feed in feeds]
    assert bodies == [(tmp_path / "b" / feed.first).read_bytes() for feed in again]
    assert len(set(bodies)) == 40


def test_one_feed_of_twenty_gains_exactly_one_entry(tmp_path: Path) -> None:
    feeds = world.build(tmp_path, world.templates_of(None), count=40, seed=3)
    changed = [feed for feed in feeds if feed.is_changed]
    assert len(changed) == 2
    for feed in feeds:
        seen = [
            len(world.distinct_entries((tmp_path / name).read_bytes())) for name in state_of(feed)
        ]
        assert seen == [feed.expected_first, feed.expected_second]
        assert seen[1] - seen[0] == int(feed.is_changed)


def state_of(feed: world.Feed) -> tuple[str, str]:
    """Return the files of a feed in both states."""
    return feed.first, feed.second


def test_templates_written_here_are_cyrillic_in_three_encodings_and_one_is_broken() -> None:
    templates = world.templates_of(None)
    declared = {rewriting.declared_encoding(template.body) for template in templates}
    assert {"utf-8", "koi8-r", "windows-1251"} <= declared
    broken = [t for t in templates if not rewriting.is_json(t.body) and is_bozo(t)]
    assert [template.name for template in broken] == ["observatory-broken.xml"]


def is_bozo(template: Template) -> bool:
    """Tell whether feedparser finds a document not well-formed."""
    return bool(feedparser.parse(BytesIO(template.body)).bozo)  # noqa: TID251
