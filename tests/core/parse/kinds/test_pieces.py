"""Selectors, paths, addresses of channels and the dispatch by kind, each by itself."""

import pytest

from feedhub.core.parse import decode, parse
from feedhub.core.parse.fieldpaths import check_path, dead_end, reach, steps_of
from feedhub.core.parse.fields import read_fields
from feedhub.core.parse.hypertext import base_of, picture, read_html, widest, words
from feedhub.core.parse.kinds import SitemapIndex, parse_kind
from feedhub.core.parse.page import (
    ArticlePage,
    check_condition,
    check_selector,
    read_article,
    read_page,
    with_article,
)
from feedhub.core.parse.sitemap import read_sitemap, words_of
from feedhub.core.parse.telegram import channel_url, read_channel
from feedhub.errors import ParseError
from feedhub.model.entry import Image
from feedhub.model.parsed import ParsedEntry, ParsedFeed
from feedhub.model.settings import FieldPaths, PageRules, Source

URL = "https://a.example/news/"


@pytest.mark.parametrize(
    "selector",
    ["div.news > a[href^='/n']", "h2, h3", ":scope > td:nth-child(2)", "div:has(a)", "li:not(.ad)"],
)
def test_a_css_selector_is_accepted(selector: str) -> None:
    check_selector(selector)


@pytest.mark.parametrize(
    "selector",
    ["", "  ", "div[", "a::text", "a::attr(href)", "ns|a", "a:foo", "//div", "a" * 501, "a{}"],
)
def test_what_is_no_css_selector_is_refused_in_a_sentence(selector: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{10,300}"):
        check_selector(selector)


def test_a_condition_is_a_selector_or_a_regular_expression() -> None:
    check_condition("/\\/news\\/\\d+/")
    check_condition(".video")
    with pytest.raises(ValueError, match="no regular expression"):
        check_condition("/(/")
    with pytest.raises(ValueError, match="no CSS selector"):
        check_condition("/news")


PATHS = {
    "": (),
    "$": (),
    "data.items": ("data", "items"),
    "$.data.items": ("data", "items"),
    "images[0].url": ("images", 0, "url"),
    "[-1]": (-1,),
    "edges[*].node": ("edges", None, "node"),
    '"key with space"."a.b"[1]': ("key with space", "a.b", 1),
    "дата публикации.@id": ("дата публикации", "@id"),
    '"a\\"b"': ('a"b',),
}


@pytest.mark.parametrize(("path", "steps"), PATHS.items(), ids=PATHS.keys())
def test_a_path_is_read_as_its_steps(path: str, steps: tuple[object, ...]) -> None:
    assert steps_of(path) == steps


@pytest.mark.parametrize(
    "path",
    ["a..b", ".a", "a.", "a[", "a]", "a[x]", '"a', "a[0]b", "*", "a.[0]", '"\\x"', "a" * 301],
)
def test_what_is_no_path_is_refused_in_a_sentence(path: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{10,500}$"):
        check_path(path)


def test_a_path_leads_to_every_value_of_a_list_or_an_object() -> None:
    value = {"a": [{"b": 1}, {"c": 2}, {"b": 3}], "o": {"x": {"b": 4}}}
    assert list(reach(value, steps_of("a[*].b"))) == [1, 3]
    assert list(reach(value, steps_of("o[*].b"))) == [4]
    assert list(reach(value, steps_of("a[7].b"))) == []
    assert list(reach(value, steps_of("a.b"))) == []


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("a.rows", '"rows" is not there, but the keys x, y'),
        ("b[2]", "[2] is not there, but a list of 1"),
        ("c.d", '"d" is not there, but a text'),
        ("n[*]", "[*] is not there, but nothing"),
        ("e.f", '"f" is not there, but an empty object'),
    ],
)
def test_a_dead_end_names_what_is_there(path: str, told: str) -> None:
    value = {"a": {"x": 1, "y": 2}, "b": [1], "c": "слово", "n": None, "e": {}}
    assert dead_end(value, steps_of(path)) == told


@pytest.mark.parametrize(
    ("address", "preview"),
    [
        ("https://t.me/minsvyaz", "https://t.me/s/minsvyaz"),
        ("t.me/minsvyaz", "https://t.me/s/minsvyaz"),
        ("@minsvyaz", "https://t.me/s/minsvyaz"),
        ("minsvyaz", "https://t.me/s/minsvyaz"),
        ("https://t.me/s/minsvyaz", "https://t.me/s/minsvyaz"),
        ("https://t.me/s/minsvyaz?q=%23tag", "https://t.me/s/minsvyaz?q=%23tag"),
        ("http://telegram.me/minsvyaz/123?single", "https://t.me/s/minsvyaz"),
        ("https://minsvyaz.t.me/", "https://t.me/s/minsvyaz"),
        ("tg://resolve?domain=minsvyaz", "https://t.me/s/minsvyaz"),
        ("http://127.0.0.1:8081/s/minsvyaz", "http://127.0.0.1:8081/s/minsvyaz"),
    ],
)
def test_a_channel_is_known_by_every_spelling(address: str, preview: str) -> None:
    assert channel_url(address) == preview


@pytest.mark.parametrize(
    "address",
    [
        *("https://t.me/+AbCd", "https://t.me/joinchat/AbCd", "https://t.me/c/123/4", "t.me", ""),
        *(
            "@имя",
            "ftp://a.example/x",
            "tg://join?invite=x",
            "http://[",
            "abc",
            "a.example/x",
            "@Proxy",
        ),
    ],
)
def test_what_is_no_public_channel_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{20,}$"):
        channel_url(address)


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("novosti/ministr-otkryl-tsentr-40017.html", "Ministr otkryl tsentr"),
        ("itogi-2026-goda/", "Itogi 2026 goda"),
        ("press/12345/", "Press 12345"),
        ("%D0%BC%D0%BE%D1%81%D1%82_%D0%BE%D1%82%D0%BA%D1%80%D1%8B%D1%82", "Мост открыт"),
        ("news/detail.php?ID=77", "News 77"),
        ("?ELEMENT_ID=77", "a.example 77"),
        ("2026/08/04/", "a.example 2026 08 04"),
    ],
)
def test_an_address_gives_a_title(path: str, title: str) -> None:
    assert words_of(f"https://a.example/{path}") == title


@pytest.mark.parametrize(
    ("srcset", "address"),
    [
        ("a.jpg 1x, b.jpg 2x", "b.jpg"),
        ("a.jpg 400w,\n b,c.jpg 1200.5w , d.jpg 800w", "b,c.jpg"),
        ("a.jpg", "a.jpg"),
        ("a.jpg 1e9w, b.jpg 10w", "b.jpg"),
        (" , ", ""),
        ("", ""),
    ],
)
def test_the_widest_candidate_of_a_srcset_is_taken(srcset: str, address: str) -> None:
    assert widest(srcset) == address


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ("<img src=/a.jpg>", "https://a.example/a.jpg"),
        ("<img src=/blank.gif data-src=/a.jpg>", "https://a.example/a.jpg"),
        ("<img src=data:image/gif;base64,R0 data-srcset='/a.jpg 1x'>", "https://a.example/a.jpg"),
        ("<img src=/i.png width=20 height=20><img src=/a.jpg>", "https://a.example/a.jpg"),
        ("<img src=/static/lazy-1.svg>", None),
        ("<img src='http://['>", None),
        ("<img>", None),
        ("<picture><source data-srcset='/a.webp 2x'></picture>", "https://a.example/a.webp"),
        ("<i style='background:#fff url(\"/a.jpg\") top'></i>", "https://a.example/a.jpg"),
        ("<i data-bg=/a.jpg></i>", "https://a.example/a.jpg"),
        ("<i data-bg='url(a.jpg)'></i>", "https://a.example/news/a.jpg"),
        ("<i style='background:url(#svg)'></i>", None),
    ],
)
def test_a_picture_is_found_wherever_its_address_stands(markup: str, address: str | None) -> None:
    root, _ = read_html(f"<div>{markup}</div>")
    assert picture(root, URL) == (Image(url=address) if address else None)


def test_words_are_parted_by_blocks_and_not_by_letters_set_apart() -> None:
    root, _ = read_html("<div>М<b>инист</b>р<br>связи<table><td>1<td>2</table><p>3</p>4</div>")
    assert words(root) == "Министр связи 1 2 3 4"
    assert words(root, limit=10) == "Министр св"


def test_a_base_that_is_no_address_is_passed_over() -> None:
    root, _ = read_html("<base><base href='javascript:x'><base href='/ru/'>")
    assert base_of(root, URL) == "https://a.example/ru/"


def test_a_page_without_any_element_is_refused() -> None:
    for text in ("", " \ufeff\x00", "<!-- -->"):
        with pytest.raises(ParseError):
            read_page(text, url=URL, rules=PageRules(item="p"))


def test_a_page_that_was_cut_says_so() -> None:
    feed = read_page("<p><a href=/1>t</a></p>" + "<div>" * 1000, url=URL, rules=PageRules(item="p"))
    assert feed.warnings == ("the page is nested too deeply or too large; a part was read",)
    assert read_page("<p><a href=/1>t</a>", url=URL, rules=PageRules(item="p")).warnings == ()


def test_no_more_than_a_thousand_items_are_read_and_that_is_told() -> None:
    text = "".join(f"<p><a href=/{n}>t{n}</a></p>" for n in range(1200))
    feed = read_page(text, url=URL, rules=PageRules(item="p"))
    assert len(feed.entries) == 1000
    assert feed.warnings == ("the page has more than 1000 items; the first were read",)


@pytest.mark.parametrize("key", ["include", "exclude", "date"])
def test_a_rule_that_cannot_be_used_is_named(key: str) -> None:
    with pytest.raises(ParseError, match=f"^page.{key}: "):
        read_page("<p><a href=/1>t</a>", url=URL, rules=PageRules(item="p", **{key: "a["}))


def test_an_item_without_the_selected_title_is_called_by_its_link() -> None:
    text = "<p><a href=/1><b>первое</b></a></p><p><a href=/2>второе</a></p>"
    feed = read_page(text, url=URL, rules=PageRules(item="p", title="b"))
    assert [entry.title for entry in feed.entries] == ["первое", "второе"]


def test_a_selected_link_is_a_picture_only_if_its_address_says_so() -> None:
    text = (
        "<p><a href=/1>t</a><a class=i href=/a.jpg?w=1>фото</a></p><p><a class=i href=/2>t</a></p>"
    )
    feed = read_page(text, url=URL, rules=PageRules(item="p", image=".i"))
    found = [entry.images for entry in feed.entries]
    assert found == [(Image(url="https://a.example/a.jpg?w=1"),), ()]


def test_an_entrys_own_page_completes_what_its_list_left_open() -> None:
    page = ArticlePage(
        content="<p>т</p>", base_url=URL, title="т", published="2026", image=Image(url=URL)
    )
    bare = with_article(ParsedEntry(url=URL), page)
    assert (bare.content, bare.title, bare.published, bare.base_url) == (
        "<p>т</p>",
        "т",
        "2026",
        URL,
    )
    assert bare.images == (Image(url=URL),)
    full = ParsedEntry(title="свой", published="вчера", images=(Image(url="https://b.example/"),))
    kept = with_article(full, page)
    assert (kept.title, kept.published, kept.images) == ("свой", "вчера", full.images)


def source(kind: str, **more: object) -> Source:
    return Source(slug="a", title="a", url=URL, kind=kind, **more)  # type: ignore[arg-type]


def test_a_page_in_another_encoding_than_declared_is_read_and_told() -> None:
    text = '<meta charset="utf-8"><title>Новости связи</title><p><a href="/1">Открыт центр</a></p>'
    decoded = decode(text.encode("cp1251"), content_type="text/html; charset=utf-8")
    feed = parse_kind(
        decoded, url=URL, source=source("page", page=PageRules(item="p")), content_type=None
    )
    assert isinstance(feed, ParsedFeed)
    assert feed.entries[0].title == "Открыт центр"
    assert feed.warnings[0] == "declared utf-8, really windows-1251"
    assert feed.encoding is not None
    assert (feed.encoding.real, feed.encoding.text) == ("windows-1251", "")


def test_a_feed_is_read_as_ever() -> None:
    body = b"<rss version='2.0'><channel><item><title>a</title></item></channel></rss>"
    decoded = decode(body, content_type="application/rss+xml")
    read = parse_kind(decoded, url=URL, source=source("feed"), content_type="application/rss+xml")
    assert read == parse(decoded, url=URL, content_type="application/rss+xml")


def test_an_index_comes_back_as_the_addresses_to_fetch() -> None:
    body = b"<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>"
    found = parse_kind(
        decode(body, content_type=None), url=URL, source=source("sitemap"), content_type=None
    )
    assert isinstance(found, SitemapIndex)
    assert [each.url for each in found.sitemaps] == ["https://a.example/a.xml"]


@pytest.mark.parametrize("kind", ["page", "telegram", "sitemap", "json"])
def test_an_empty_answer_is_refused_whatever_the_kind(kind: str) -> None:
    made = source(kind, page=PageRules(item="p"))
    for body in (b"", b" \n", b"\xef\xbb\xbf"):
        with pytest.raises(ParseError, match="an empty answer instead of"):
            parse_kind(decode(body, content_type=None), url=URL, source=made, content_type=None)


def test_a_page_without_rules_is_refused() -> None:
    decoded = decode(b"<p>a</p>", content_type=None)
    with pytest.raises(ParseError, match=r"needs page\.item"):
        parse_kind(decoded, url=URL, source=source("page"), content_type=None)


def json_of(text: str, **paths: str) -> ParsedFeed:
    return read_fields(text, url=URL, paths=FieldPaths(**paths))


def test_entries_may_be_the_values_of_an_object_or_one_object() -> None:
    by_id = json_of('{"news": {"7": {"title": "а"}, "8": {"title": "б"}}}', items="news")
    assert [entry.title for entry in by_id.entries] == ["а", "б"]
    alone = json_of('{"news": {"title": "а", "n": 1}}', items="news")
    assert [entry.title for entry in alone.entries] == ["а"]


def test_json_guarded_against_scripts_is_read() -> None:
    assert json_of(')]}\',\n[{"title": "а"}]').entries[0].title == "а"
    assert json_of('while(1);[{"title": "а"}]').entries[0].title == "а"


def test_a_value_in_a_list_counts_and_an_empty_list_does_not() -> None:
    text = '[{"title": ["а"], "url": ["/1"], "date": [], "image": [{"src": "/a.jpg"}]}]'
    entry = json_of(text).entries[0]
    assert (entry.title, entry.url, entry.published) == ("а", "https://a.example/1", None)
    assert entry.images == (Image(url="https://a.example/a.jpg"),)


def test_words_under_a_usual_name_are_taken_for_no_address() -> None:
    entry = json_of('[{"title": "а", "link": "нет ссылки", "image": "logo", "preview": "а б"}]')
    assert (entry.entries[0].url, entry.entries[0].images) == (None, ())


@pytest.mark.parametrize(
    ("text", "paths", "told"),
    [
        ('{"a": [1, 2]}', {"items": "a"}, 'the path "a" leads to a number, no objects'),
        ('[{"x": 1}]', {}, "no entry has a title or an address; .* the keys x"),
        ('{"items": [', {}, "JSON that cannot be read"),
        ('"слово"', {}, "the document is a text"),
        ('[{"title": "а"}]', {"id": "a..b"}, "json.id: .* is no field path"),
        ('{"a": null}', {"items": "a"}, "leads nowhere: it holds nothing"),
    ],
)
def test_json_without_entries_is_refused_with_what_is_there(
    text: str, paths: dict[str, str], told: str
) -> None:
    with pytest.raises(ParseError, match=told):
        json_of(text, **paths)


def test_no_more_than_ten_thousand_entries_are_read_and_that_is_told() -> None:
    feed = json_of("[" + ",".join(['{"title":"а"}'] * 10_001) + "]")
    assert len(feed.entries) == 10_000
    assert feed.warnings == ("the document has more than 10000 entries; the first were read",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("просто слова", "no sitemap: the answer is not XML"),
        ("<sitemapindex><sitemap/></sitemapindex>", "a sitemap index that lists no sitemaps"),
        ("<a:rss xmlns:a='x'/>", "a feed instead of a sitemap"),
        ("<opml/>", "XML, but no sitemap: an OPML list"),
        ("<urlset><url>", "broken XML .* and no page was found"),
        ("<other/>", "XML, but no sitemap: its root is <other>"),
    ],
)
def test_what_is_no_sitemap_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(ParseError, match=told):
        read_sitemap(text, url=URL)


def test_a_date_beyond_the_calendar_only_orders() -> None:
    pages = (
        "<url><loc>/a</loc><lastmod>0001-01-01T00:00:00+14:00</lastmod></url>"
        "<url><loc>/b</loc><lastmod>2026-08-04</lastmod></url>"
    )
    feed = read_sitemap(f"<urlset>{pages}</urlset>", url=URL)
    assert isinstance(feed, ParsedFeed)
    assert [entry.title for entry in feed.entries] == ["B", "A"]


def test_what_is_marked_as_an_article_is_its_text() -> None:
    text = (
        "<p>" + "Длинный абзац в стороне от текста. " * 9 + "</p><time datetime=2026-08-04></time>"
        "<div itemprop=articleBody>Текст статьи министерства, который не разбит на абзацы.<br>"
        "Второе предложение.</div>"
    )
    found = read_article(text, url=URL, rules=PageRules(item="p", article="auto"))
    assert found.content.startswith("Текст статьи")
    assert found.published == "2026-08-04"


def test_a_photo_that_is_not_shown_is_no_picture() -> None:
    message = (
        '<div class="tgme_widget_message" data-post="kanal/{}"><div class="tgme_widget_message_text">'
        'слово</div><a class="tgme_widget_message_photo_wrap" style="{}"></a></div>'
    )
    text = message.format(1, "") + message.format(2, "background-image:url('https://c.example/2')")
    found = read_channel(text, url="https://t.me/s/kanal").entries
    assert [entry.images for entry in found] == [(Image(url="https://c.example/2"),), ()]
