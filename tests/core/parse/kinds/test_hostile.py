"""Documents made to hurt each reader: read, or refused in a sentence, in bounded time."""

import time
from collections.abc import Callable

import pytest

from feedhub.core.parse.fields import read_fields
from feedhub.core.parse.page import read_article, read_page
from feedhub.core.parse.sitemap import SitemapIndex, read_sitemap
from feedhub.core.parse.telegram import read_channel
from feedhub.errors import ParseError
from feedhub.model.parsed import ParsedEntry
from feedhub.model.settings import FieldPaths, PageRules

SECONDS = 3.0  # of CPU
URL = "https://a.example/news/"
GOOD = '<div class="n"><a href="/1">первая</a></div>'
POST = (
    '<div class="tgme_widget_message" data-post="kanal/1">'
    '<div class="tgme_widget_message_text">первая</div></div>'
)


def page(text: str) -> tuple[ParsedEntry, ...]:
    rules = PageRules(item=".n", exclude="/(a+)+$/")
    return read_page(GOOD + text, url=URL, rules=rules).entries


def channel(text: str) -> tuple[ParsedEntry, ...]:
    return read_channel(POST + text, url=URL).entries[-1:]


HTML: dict[str, Callable[[], str]] = {
    "deep divisions": lambda: "<div>" * 100_000,
    "deep items": lambda: "<div class=n>" * 100_000,
    "deep links": lambda: "<div class=n>" + "<a href=/2>" * 100_000,
    "deep lists": lambda: "<ul><li>" * 100_000,
    "a wide attribute": lambda: "<div class=n a='" + "y" * 20_000_000 + "'>x</div>",
    "a wide style": lambda: "<div class=n style='" + "url(" * 2_000_000 + "'>x</div>",
    "a wide srcset": lambda: "<div class=n><img srcset='" + "a 1w," * 1_000_000 + "'></div>",
    "many attributes": lambda: "<p " + " ".join(f"a{n}=1" for n in range(300_000)) + ">",
    "a wide text": lambda: "<div class=n>" + "слово " * 2_000_000 + "</div>",
    "a wide class": lambda: "<div class='" + "n " * 3_000_000 + "'>x</div>",
    "many items": lambda: '<div class="n"><a href="/2">t</a></div>' * 60_000,
    "many links": lambda: "<div class=n>" + "<a href=/2>t</a>" * 300_000 + "</div>",
    "many dates": lambda: "<div class=n>" + "<i>12.08.2026</i>" * 300_000 + "</div>",
    "many pictures": lambda: "<div class=n>" + "<img src=data:x>" * 300_000 + "</div>",
    "many headings": lambda: "<div class=n><a href=/2>" + "<h2></h2>" * 300_000 + "</a></div>",
    "line breaks": lambda: "<div class=n>" + "<br>" * 1_000_000 + "</div>",
    "names": lambda: "".join(f"<n{n}>" for n in range(300_000)),
    "angle brackets": lambda: "<" * 5_000_000,
    "comments that do not end": lambda: "<!--" * 1_000_000,
    "scripts that do not end": lambda: "<script>" * 1_000_000,
    "quotes that do not end": lambda: "<a b='" * 1_000_000,
    "closing tags": lambda: "</p>" * 1_000_000,
    "references": lambda: "<p>" + "&a" * 3_000_000 + "&#" * 1_000_000,
    "impossible characters": lambda: "<div class=n>\x00\x0b\x1b\ufffe\ud800&#0;&#xd800;&#1;</div>",
    "a long address": lambda: "<div class=n><a href='/" + "a" * 1_000_000 + "'>t</a></div>",
    "a broken address": lambda: (
        "<div class=n><a href='http://[a'>t</a></div><base href='http://['>"
    ),
    "tables": lambda: "<table><tr><td>" * 200_000,
    "svg": lambda: "<svg><style><!--</style><img src=x onerror=a()>" * 100_000,
}


@pytest.mark.parametrize("read", [page, channel])
@pytest.mark.parametrize("make", HTML.values(), ids=HTML.keys())
def test_the_good_entry_of_a_page_survives_in_bounded_time(
    make: Callable[[], str], read: Callable[[str], tuple[ParsedEntry, ...]]
) -> None:
    text = make()
    start = time.process_time()
    entries = read(text)
    assert time.process_time() - start < SECONDS
    assert entries[0].title == "первая"
    assert not any(char in repr(entries) for char in ("\\x00", "\\ud800", "\\ufffe", "\\x1b"))


@pytest.mark.parametrize("make", HTML.values(), ids=HTML.keys())
def test_an_article_is_found_or_refused_in_bounded_time(make: Callable[[], str]) -> None:
    text = "<p>" + "Первый абзац текста. " * 20 + "</p>" + make()
    start = time.process_time()
    found = read_article(text, url=URL, rules=PageRules(item="p", article="auto"))
    assert time.process_time() - start < SECONDS
    assert found.content.startswith("<p>Первый абзац")


def urlset(inner: str, before: str = "") -> str:
    return f"{before}<urlset><url><loc>/pervaya</loc></url>{inner}</urlset>"


LAUGHS = "".join(f"<!ENTITY l{n} '" + f"&l{n - 1};" * 10 + "'>" for n in range(1, 10))
XML: dict[str, Callable[[], str]] = {
    "laughs": lambda: urlset("<url><loc>&l9;</loc></url>", f"<!DOCTYPE a [{LAUGHS}]>"),
    "a file as entity": lambda: urlset(
        "<url><loc>/&x;</loc></url>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "newlines before the root": lambda: "\n" * 1_000_000 + urlset(""),
    "deep elements": lambda: urlset("<a>" * 300_000),
    "deep pages": lambda: urlset("<url>" * 100_000),
    "a wide attribute": lambda: urlset("<a b='" + "y" * 12_000_000 + "'/>"),
    "a wide address": lambda: urlset("<url><loc>/" + "y-" * 3_000_000 + "</loc></url>"),
    "namespaces": lambda: urlset("".join(f'<a xmlns="urn:{n}"/>' for n in range(100_000))),
    "element names": lambda: urlset("".join(f"<n{n}/>" for n in range(300_000))),
    "many keywords": lambda: urlset(
        "<url><loc>/2</loc><news><keywords>" + "а, " * 1_000_000 + "</keywords></news></url>"
    ),
    "many pictures": lambda: urlset(
        "<url><loc>/2</loc>" + "<image><loc>/i</loc></image>" * 100_000 + "</url>"
    ),
    "sections that do not end": lambda: urlset("<![CDATA[" * 300_000),
    "impossible references": lambda: urlset("<url><loc>/&#0;&#xD800;\x00\ufffe</loc></url>"),
}


@pytest.mark.parametrize("make", XML.values(), ids=XML.keys())
def test_the_good_page_of_a_sitemap_survives_in_bounded_time(make: Callable[[], str]) -> None:
    text = make()
    start = time.process_time()
    feed = read_sitemap(text, url=URL)
    assert time.process_time() - start < SECONDS
    assert not isinstance(feed, SitemapIndex)
    assert any(entry.url == "https://a.example/pervaya" for entry in feed.entries)
    assert "root:" not in repr(feed)


def test_of_a_whole_site_the_newest_pages_are_read() -> None:
    pages = "".join(
        f"<url><loc>/p{n}</loc><lastmod>20{n % 90 + 10}-01-{n % 28 + 1:02}</lastmod></url>"
        for n in range(50_000)
    )
    text = urlset(pages)
    start = time.process_time()
    feed = read_sitemap(text, url=URL)
    assert time.process_time() - start < 2 * SECONDS
    assert not isinstance(feed, SitemapIndex)
    assert len(feed.entries) == 1000
    assert (feed.entries[0].updated or "") > (feed.entries[-1].updated or "") > "2090"
    assert feed.warnings == ("the sitemap lists 50001 pages; the 1000 newest were read",)


JSON: dict[str, Callable[[], str]] = {
    "many entries": lambda: '[{"title":"первая"},' + '{"title":"t","id":1},' * 50_000 + "{}]",
    "many keys": lambda: (
        '[{"title":"первая",' + ",".join(f'"k{n}":1' for n in range(300_000)) + "}]"
    ),
    "nested lists": lambda: '[{"title":"первая","content":' + "[" * 900 + "]" * 900 + "}]",
    "a wide text": lambda: '[{"title":"первая","content":"' + "< a &" * 1_000_000 + '"}]',
    "surrogates": lambda: '[{"title":"первая","id":"\\ud800\\u0000"}]',
    "infinities": lambda: '[{"title":"первая","date":1e999,"id":NaN}]',
    "lines": lambda: '{"title":"первая"}\n' * 100_000,
}


@pytest.mark.parametrize("make", JSON.values(), ids=JSON.keys())
def test_the_good_entry_of_a_json_document_survives_in_bounded_time(
    make: Callable[[], str],
) -> None:
    text = make()
    start = time.process_time()
    feed = read_fields(text, url=URL, paths=FieldPaths())
    assert time.process_time() - start < SECONDS
    assert feed.entries[0].title == "первая"
    assert len(feed.entries) <= 10_000
    assert not any(char in repr(feed) for char in ("\\x00", "\\ud800"))


REFUSED = [
    "[" * 500_000,
    "{" * 500_000,
    '{"a":' * 300_000,
    "[1" + ",1" * 500_000 + "]",
    "9" * 50_000,
]


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:6])
def test_json_without_entries_is_refused_in_bounded_time(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError, match=r"^[^\n]{10,300}$"):
        read_fields(text, url=URL, paths=FieldPaths())
    assert time.process_time() - start < SECONDS


def test_paths_through_wide_documents_are_bounded() -> None:
    text = '{"a":[' + ",".join(['{"b":[1,2,3]}'] * 100_000) + "]}"
    start = time.process_time()
    with pytest.raises(ParseError, match="no objects"):
        read_fields(text, url=URL, paths=FieldPaths(items="a[*].b[*]"))
    assert time.process_time() - start < SECONDS
