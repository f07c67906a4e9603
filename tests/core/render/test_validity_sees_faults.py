"""The validity functions are no rubber stamps: a planted fault is seen, each one."""

from __future__ import annotations

import pytest

from feedhub.core.render import FORMATS, Outline, opml
from tests.core.render.samples import BASE, NOON, article, entry, feed, withdrawn
from tests.validity import PROBLEMS, problems_opml

GOOD = feed(article(1), entry(2), withdrawn(3))

RSS = {
    "another version": ('version="2.0"', 'version="0.91"'),
    "not well-formed": ("</rss>", "</rs>"),
    "an entity of HTML": ("Портал: туманы", "Портал:&nbsp;туманы"),
    "a blank before the declaration": ("<?xml", " <?xml"),
    "an unknown namespace": ("http://purl.org/dc/terms/", "http://nobody.example/ns"),
    "the feed as its own page": ("<link>https://portal.example/<", f"<link>{BASE}/feed.rss<"),
    "no language": ("<language>ru</language>", ""),
    "no build date": ("Wed, 18 Nov 2026 12:00:00 GMT</lastBuild", "</lastBuild"),
    "an old build date": (
        "Wed, 18 Nov 2026 12:00:00 GMT</lastBuild",
        "Tue, 17 Nov 2026 12:00:00 GMT</lastBuild",
    ),
    "a wrong weekday": ("Wed, 18 Nov 2026 11", "Mon, 18 Nov 2026 11"),
    "a zone by name": ("11:00:00 GMT</pubDate>", "11:00:00 MSK</pubDate>"),
    "a title with markup": ("<title>Туман № 1", "<title>&lt;b&gt;Туман&lt;/b&gt; № 1"),
    "a title escaped twice": ("<title>Туман № 1", "<title>Туман &amp;amp; № 1"),
    "a relative link": ("<link>https://tumany.example/news/2<", "<link>/news/2<"),
    "a Cyrillic link": ("tumany.example/news/2<", "tumany.example/ы/2<"),
    "a relative link in the text": ('href="https://tumany.example/v/1"', 'href="/v/1"'),
    "a script in the text": ("&lt;p&gt;", "&lt;script&gt;1&lt;/script&gt;&lt;p&gt;"),
    "an event attribute": ("&lt;p&gt;", "&lt;p onclick='x'&gt;"),
    "a tag that is not closed": ("&lt;/a&gt;", ""),
    "a repeated guid": ("mincvet/2</guid>", "local/1</guid>"),
    "no guid": ('<guid isPermaLink="false">tag:portal.example,2026:mincvet/2</guid>', ""),
    "a guid that is no permalink": ('isPermaLink="false"', 'isPermaLink="true"'),
    "an enclosure without a length": ('length="90210"', 'length=""'),
    "two enclosures": (
        "<enclosure ",
        '<enclosure url="https://a.b/" length="0" type="a/b"/><enclosure ',
    ),
    "no source": ("</source>", "</so>"),
    "old before new": ("18 Nov 2026 10:00:00", "18 Nov 2026 11:30:00"),
    "a bare author": ("<dc:creator>", "<author>Имя</author><dc:creator>"),
    "content before its description": (
        "<description>Сводка № 1: видимость хорошая.</description>",
        "",
    ),
    "reading time in words": ("<dcterms:extent>1<", "<dcterms:extent>PT1M<"),
}

ATOM = {
    "no id": ("<id>tag:portal.example,2026:list/</id>", ""),
    "an id that is no URI": ("<id>tag:portal.example,2026:mincvet/2<", "<id>новость 2<"),
    "a repeated id": ("2026:mincvet/2</id>", "2026:local/1</id>"),
    "no language": (' xml:lang="ru"', ""),
    "a small t in a time": ("2026-11-18T11:05:00Z", "2026-11-18t11:05:00z"),
    "no zone": ("2026-11-18T11:05:00Z", "2026-11-18T11:05:00"),
    "a feed older than its entry": (
        "<updated>2026-11-18T12:00:00Z</updated><author>",
        "<updated>2026-11-18T01:00:00Z</updated><author>",
    ),
    "published after updated": ("<updated>2026-11-18T11:05", "<updated>2026-11-18T10:05"),
    "two alternate links": (
        '<link href="https://tumany.example/news/2" rel="alternate"/>',
        '<link href="https://tumany.example/news/2" rel="alternate"/>' * 2,
    ),
    "no alternate link": ('<link href="https://tumany.example/news/2" rel="alternate"/>', ""),
    "an unknown rel": ('rel="related"', 'rel="akin"'),
    "content as CDATA": ('<content type="html">', '<content type="CDATA">'),
    "an untyped title": ('<title type="text">', "<title>"),
    "a category without a term": ('term="tumany"', 'term=""'),
    "a blank element": ("<author><name>Портал</name></author>", "<rights/>"),
    "a source without a time": (
        "<updated>2026-11-18T12:00:00Z</updated><link",
        "<link",
    ),
    "a tombstone without a time": ('when="', 'then="'),
    "a tombstone of a listed entry": (
        'ref="tag:portal.example,2026:mincvet/3"',
        'ref="tag:portal.example,2026:mincvet/2"',
    ),
    "a picture without a type": ('type="image/jpeg" medium', 'type="image" medium'),
}

JSON = {
    "no JSON": ('{"version"', '{version"'),
    "version 1": ("version/1.1", "version/1"),
    "a relative page": ('"home_page_url":"https://portal.example/"', '"home_page_url":"/"'),
    "a null": ('"description":"Всё о туманах"', '"description":null'),
    "an id that is a number": ('"id":"tag:portal.example,2026:mincvet/2"', '"id":2'),
    "a repeated id": ("2026:mincvet/2", "2026:local/1"),
    "no content": ('"content_html"', '"_html"'),
    "author": ('"authors"', '"author"'),
    "a time without a zone": ("T11:00:00Z", "T11:00:00"),
    "modified before published": ('modified":"2026-11-18T11:05', 'modified":"2026-11-18T10:05'),
    "an attachment without a type": ('"mime_type":"image/jpeg"', '"mime_type":""'),
    "a field missing in _feedhub": ('"image_credit"', '"credit"'),
    "old before new": ('published":"2026-11-18T10:00', 'published":"2026-11-18T11:30'),
    "a page as its feed": (
        '"feed_url":"https://portal.example/feed.rss"',
        '"feed_url":"https://portal.example/"',
    ),
}

CASES = [
    pytest.param(name, *change, id=f"{name}: {fault}")
    for name, faults in (("rss", RSS), ("atom", ATOM), ("json", JSON))
    for fault, change in faults.items()
]


@pytest.mark.parametrize(("name", "old", "new"), CASES)
def test_a_planted_fault_is_seen(name: str, old: str, new: str) -> None:
    body = FORMATS[name].render(GOOD)
    assert PROBLEMS[name](body) == []
    planted = body.decode().replace(old, new).encode()
    assert planted != body, "the fault was not planted: the document has other words"
    assert PROBLEMS[name](planted)


@pytest.mark.parametrize("name", FORMATS)
def test_a_feed_that_names_another_address_than_its_own_is_seen(name: str) -> None:
    assert PROBLEMS[name](FORMATS[name].render(GOOD), self_url=f"{BASE}/other.rss")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version="2.0"', 'version="1.0"'),
        (' text="Туманы"', ' text=""'),
        (f'xmlUrl="{BASE}/f"', 'xmlUrl="/f"'),
        ("12:00:00 GMT", "12:00"),
        ("</head>", "</head><head />"),
    ],
)
def test_a_planted_fault_in_opml_is_seen(old: str, new: str) -> None:
    body = opml("Портал", (Outline(title="Туманы", xml_url=f"{BASE}/f"),), updated=NOON)
    planted = body.decode().replace(old, new).encode()
    assert planted != body
    assert problems_opml(planted)
