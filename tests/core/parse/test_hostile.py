"""Documents made to hurt: each is read, or refused in a sentence, in bounded time."""

import re
import time
from collections.abc import Callable

import pytest

from feedhub.core.parse import decode, parse
from feedhub.core.parse.handlers import MAX_CATEGORIES, MAX_ENTRIES
from feedhub.errors import ParseError
from feedhub.model.parsed import ParsedFeed

SECONDS = 2.0  # of CPU; feedparser alone takes up to 50 s for these
PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
GOOD = "<item><title>первая</title></item>"
JSON = '{"version":"https://jsonfeed.org/version/1","items":'


def rss(inner: str, before: str = "") -> str:
    return f'{PROLOG}{before}<rss version="2.0"><channel>{GOOD}{inner}</channel></rss>'


def item(inner: str) -> str:
    return rss(f"<item><title>вторая</title>{inner}</item>")


def described(inner: str) -> str:
    return item(f"<description>{inner}</description>")


def read(text: str) -> ParsedFeed:
    decoded = decode(text.encode("utf-8", "surrogatepass"), content_type=None)
    return parse(decoded, url="https://a.example/feed")


LAUGHS = "".join(f"<!ENTITY l{n} '" + f"&l{n - 1};" * 10 + "'>" for n in range(1, 10))
KEPT: dict[str, Callable[[], str]] = {
    "newlines before the root": lambda: "\n" * 80_000 + rss(""),
    "newlines after the prolog": lambda: PROLOG + "\n" * 400_000 + rss("").removeprefix(PROLOG),
    "a long author": lambda: item(f"<author>{'a.' * 20_000}</author>"),
    "a long editor": lambda: rss(f"<managingEditor>{'a.' * 20_000}</managingEditor>"),
    "a long creator": lambda: item(f"<dc:creator>{'a.' * 20_000}</dc:creator>"),
    "comments in CDATA": lambda: described(f"<![CDATA[{'<!--' * 100_000}]]>"),
    "comments in broken CDATA": lambda: described(f"<b><![CDATA[{'<!--' * 100_000}]]>"),
    "comments that do not end": lambda: described("<!--" * 50_000),
    "sections that do not end": lambda: described("<![CDATA[" * 30_000),
    "declarations that do not end": lambda: described("<!" * 50_000),
    "tags that do not end": lambda: described("<a " * 50_000),
    "attributes that do not end": lambda: described('<a b="' * 30_000),
    "closing tags only": lambda: described("</" * 50_000),
    "numeric references": lambda: described(f"<b>{'&#' * 50_000}"),
    "ampersands": lambda: described("&a" * 100_000),
    "laughs": lambda: rss("<item><title>&l9;</title></item>", f"<!DOCTYPE a [{LAUGHS}]>"),
    "a wide entity": lambda: rss(
        f"<item><title>{'&a;' * 20_000}</title></item>",
        "<!DOCTYPE a [<!ENTITY a '" + "A" * 100_000 + "'>]>",
    ),
    "a file as entity": lambda: rss(
        "<item><title>&x;</title></item>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "document types": lambda: rss("", "<!DOCTYPE a>" * 50_000),
    "instructions": lambda: rss("", "<?a?>" * 50_000),
    "deep elements": lambda: rss("<a>" * 200_000),
    "deep divisions": lambda: described("<div>" * 100_000),
    "deep divisions in CDATA": lambda: described(f"<![CDATA[{'<div>' * 100_000}]]>"),
    "a wide attribute": lambda: item("<a b='" + "y" * 2_000_000 + "'/>"),
    "namespaces": lambda: item(
        "<a " + " ".join(f"xmlns:n{n}='urn:{n}'" for n in range(9000)) + "/>"
    ),
    "new namespaces": lambda: item("".join(f'<a xmlns="urn:{n}"/>' for n in range(20_000))),
    "undeclared prefixes": lambda: item("".join(f"<p{n}:a/>" for n in range(20_000))),
    "element names": lambda: item("".join(f"<n{n}>z</n{n}>" for n in range(40_000))),
    "categories": lambda: item("".join(f"<category>{n}</category>" for n in range(20_000))),
    "a long category": lambda: item(f"<category>{', '.join('ab' * 100_000)}</category>"),
    "pictures": lambda: item(
        "".join(f'<media:content url="https://a.example/{n}.jpg"/>' for n in range(9_000))
    ),
    "many entries": lambda: rss(GOOD * (MAX_ENTRIES + 5)),
    "impossible references": lambda: described("&#xD800;&#0;&#x110000;&#99999999;"),
    "impossible references in tag soup": lambda: described("<b>&#xD800;&#0;&#x110000;&#99999999;"),
    "impossible characters": lambda: described("\x00\x0b\x1b\ufffe\ud800"),
    "addresses that are none": lambda: item("<link>https://[</link><guid>http://[x</guid>"),
    "a polygon": lambda: item('<g:polygon xmlns:g="http://www.georss.org/georss">1 x</g:polygon>'),
    "a chapter": lambda: item(
        '<p:chapters xmlns:p="http://podlove.org/simple-chapters"><p:chapter start="x"/></p:chapters>'
    ),
    "a licence": lambda: item('<cc:license xmlns:cc="http://web.resource.org/cc/"/>'),
    "a width": lambda: rss("<image><width/></image><width/>"),
    "a name nobody can read": lambda: item("<имя>x</имя>"),
    "JSON of many halves": lambda: JSON + '[{"title":"первая"},' + '{"id":1},' * 12_000 + "{",
    "JSON surrogates": lambda: JSON + '[{"title":"первая","id":"\\ud800\\u0000"}]}',
}


@pytest.mark.parametrize("make", KEPT.values(), ids=KEPT.keys())
def test_the_good_entry_survives_in_bounded_time(make: Callable[[], str]) -> None:
    text = make()
    start = time.process_time()
    feed = read(text)
    assert time.process_time() - start < SECONDS
    assert feed.entries[0].title == "первая"
    assert len(feed.entries) <= MAX_ENTRIES
    everything = repr(feed)
    assert not re.search(r"root:|\\x00|\\ud800|\\ufffe", everything)


REFUSED: dict[str, str] = {
    "deep JSON": JSON + "[" * 100_000,
    "a long number": JSON + '[{"id":' + "9" * 50_000 + "}]}",
    "brackets": "[" * 500_000,
    "braces": "{" * 100_000,
    "angle brackets": "<" * 100_000,
    "a comment": "<!--" * 100_000,
    "a document type": "<!DOCTYPE [" * 50_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_feed_is_refused_in_bounded_time(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ParseError, match=r"^[^\n]{10,200}$"):
        read(text)
    assert time.process_time() - start < SECONDS


def test_a_bound_that_was_reached_is_told() -> None:
    assert any("more than 10000 entries" in told for told in read(KEPT["many entries"]()).warnings)
    assert any("nested deeper" in told for told in read(KEPT["deep elements"]()).warnings)
    assert len(read(KEPT["categories"]()).entries[1].categories) == MAX_CATEGORIES


def test_an_element_that_cannot_be_read_costs_only_itself() -> None:
    feed = read(
        item('<p:polygon xmlns:p="http://www.georss.org/georss">1 x</p:polygon><link>/2</link>')
    )
    assert [entry.title for entry in feed.entries] == ["первая", "вторая"]
    assert feed.entries[1].url == "https://a.example/2"


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_document_cut_anywhere_is_read_or_refused(kind: str) -> None:
    whole = {
        "rss": item(
            "<description><![CDATA[<p>т</p>]]></description><link>https://a.example/2</link>"
        ),
        "atom": f'{PROLOG}<feed xmlns="http://www.w3.org/2005/Atom"><title>т</title>'
        + '<entry><id>a</id><title>первая</title><content type="html">&lt;p&gt;</content></entry>'
        * 3
        + "</feed>",
        "json": JSON + '[{"id":"1","title":"первая"},{"id":"2","content_html":"<p>"}]}',
    }[kind].encode()
    counts = []
    for end in range(0, len(whole), 7):
        try:
            counts.append(len(parse(decode(whole[:end], content_type=None), url="").entries))
        except ParseError:
            counts.append(0)
    assert max(counts) >= 2
    assert counts[0] == 0
