"""What a page names as its feeds, and where else one may be."""

from __future__ import annotations

import pytest
from lxml import html

from feedhub.core.probe import (
    channels,
    feed_links,
    news_pages,
    onward,
    sitemaps_of,
    usual_feeds,
)

BASE = "https://agency.example/press/"


def links(markup: str) -> list[str]:
    root = html.document_fromstring(f"<html><body>{markup}</body></html>")
    return [link.url for link in feed_links(root, BASE)]


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', "/rss"),
        ('<link rel="alternate" type="application/atom+xml; charset=utf-8" href="/a">', "/a"),
        ('<link rel="ALTERNATE" type="Application/RSS+XML" href="/rss">', "/rss"),
        ('<link rel="alternate home" type="application/feed+json" href="/j">', "/j"),
        ('<link rel="alternate" href="/news.rss">', "/news.rss"),
        ('<a href="/lenta/">RSS-лента</a>', "/lenta/"),
        ('<a href="/x/1">Лента новостей</a>', "/x/1"),
        ('<a href="/x/2"><img src="/i.png" alt="RSS"></a>', "/x/2"),
        ('<a href="/rss.php?ID=2&amp;LIMIT=50">канал</a>', "/rss.php?ID=2&LIMIT=50"),
        ('<a href="/export/news.xml">выгрузка</a>', "/export/news.xml"),
        ('<a href="?format=rss">подписка</a>', "/press/?format=rss"),
        ('<a href="/feed">подписка</a>', "/feed"),
        (
            '<a href="https://press.agency.example/rss">пресса</a>',
            "https://press.agency.example/rss",
        ),
    ],
)
def test_a_feed_is_known_by(markup: str, found: str) -> None:
    url = found if found.startswith("https:") else f"https://agency.example{found}"
    assert links(markup) == [url]


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="stylesheet" type="text/css" href="/rss.css">',
        '<link rel="alternate" hreflang="en" href="/en/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="text/xml+oembed" href="/oembed?format=xml">',
        '<a href="/i/rss.png">значок</a>',
        '<a href="https://other.example/rss">RSS</a>',
        '<a href="/feedback/">Обратная связь</a>',
        '<a href="javascript:rss()">RSS</a>',
        '<a href="#rss">RSS</a>',
        '<a href="mailto:rss@agency.example">RSS</a>',
        '<a href="/press/">RSS</a>',
        '<a href="http://[broken/rss">RSS</a>',
    ],
)
def test_no_feed_is(markup: str) -> None:
    assert links(markup) == []


def test_link_elements_come_first_and_comments_last() -> None:
    found = links(
        '<a href="/a/rss">RSS</a><link rel="alternate" type="text/xml" title="Комментарии" href="/c">'
        '<link rel="alternate" type="text/xml" href="/b"><a href="/a/rss">ещё раз</a>'
    )
    assert [url.rpartition("/")[2] for url in found] == ["b", "rss", "c"]


def test_pages_of_news_and_channels_are_named() -> None:
    root = html.document_fromstring(
        '<a href="/">Главная</a><a href="/about/">О ведомстве</a><a href="/n/">Новости</a>'
        '<a href="/news/">Все события ведомства</a><a href="/p/">Пресс-служба</a>'
        '<a href="https://t.me/agency_example">канал</a><a href="https://t.me/share/url?x=1">s</a>'
        '<a href="https://t.me/joinchat/abc">x</a>'
    )
    found = [link.url.removeprefix("https://agency.example") for link in news_pages(root, BASE)]
    assert found == ["/news/", "/n/", "/p/"]
    assert [link.url for link in channels(root)] == ["https://t.me/s/agency_example"]


@pytest.mark.parametrize(
    ("url", "text", "first"),
    [
        (
            "http://government.ru/department/456/events/",
            "",
            "http://government.ru/department/456/events/rss/",
        ),
        (
            "https://a.example/",
            "/bitrix/js/main.js BX.message({'IBLOCK_ID': '17'})",
            "https://a.example/bitrix/rss.php?ID=17&LIMIT=50",
        ),
        ("https://a.example/", '<img src="/wp-content/x.png">', "https://a.example/feed/"),
        ("https://a.example/", "/sites/default/files/", "https://a.example/rss.xml"),
        ("https://a.example/ru/news", "", "https://a.example/ru/news/rss/"),
        ("https://a.example/", "IBLOCK_ID: 17 without the engine", "https://a.example/rss"),
    ],
)
def test_the_likeliest_place_comes_first(url: str, text: str, first: str) -> None:
    found = [link.url for link in usual_feeds(url, text)]
    assert found[0] == first
    assert len(found) == len(set(found))
    assert url not in found


def test_robots_name_sitemaps_and_those_of_news_come_first() -> None:
    robots = "User-agent: *\nSitemap: /all.xml\nSITEMAP : https://a.example/news.xml\nSitemap:\n"
    found = [link.url for link in sitemaps_of(robots, "https://a.example/robots.txt")]
    assert found == ["https://a.example/news.xml", "https://a.example/all.xml"]
    assert sitemaps_of("<html>нет такой страницы</html>", "https://a.example/robots.txt") == ()


@pytest.mark.parametrize(
    ("content", "url"),
    [
        ("0; url=/ru/", "https://agency.example/ru/"),
        ("5;URL='https://agency.example/ru/'", "https://agency.example/ru/"),
        ("0; url=https://other.example/", None),
        ("0; url=/press/", None),
        ("30", None),
        ("", None),
    ],
)
def test_a_page_may_send_its_readers_on(content: str, url: str | None) -> None:
    root = html.document_fromstring(f'<meta http-equiv="Refresh" content="{content}"><p>x</p>')
    found = onward(root, BASE)
    assert (found.url if found else None) == url
