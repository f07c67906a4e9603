"""Whatever a site sends and an admin writes, a reader gives its result or one sentence."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.parse.fieldpaths import reach, steps_of
from feedhub.core.parse.fields import read_fields
from feedhub.core.parse.page import check_condition, check_selector, read_article, read_page
from feedhub.core.parse.sitemap import SitemapIndex, read_sitemap
from feedhub.core.parse.telegram import channel_url, read_channel
from feedhub.errors import ParseError
from feedhub.model.parsed import ParsedFeed
from feedhub.model.settings import FieldPaths, PageRules

URL = "https://a.example/news/"
TAGS = (
    *(
        "<div class='n'>",
        "<a href='/1'>",
        "</a>",
        "<time datetime='2026-08-04'>",
        "<img src=a.jpg>",
    ),
    *(
        "<base href='http://['>",
        "<p>",
        "</div>",
        "<br>",
        "<!--",
        "<![CDATA[",
        "&#0;",
        "&x;",
        "<h2>",
    ),
    "<div class='tgme_widget_message' data-post='kanal/1'>",
    "<div class='tgme_widget_message_text'>",
    "<a class='tgme_widget_message_photo_wrap' style=\"width:9px;background-image:url('/a')\">",
    *("<urlset>", "<url>", "<loc>https://a.example/", "</loc>", "</url>", "<lastmod>0001-01-01T"),
    *("00:00:00+14:00", "</lastmod>", "<sitemapindex>", "<sitemap>", "<news>", "<publication>"),
    *(
        "</urlset>",
        "12.08.2026",
        "Слово ",
        "\x00",
        "\ud800",
        "\ufffe",
        "\u202e",
        "%ff",
        "https://[",
    ),
)
MARKUP = st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=8)), max_size=40).map("".join)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(
                    ["items", "title", "url", "id", "date", "content", "image", "node"]
                ),
                st.text(max_size=6),
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)
READERS: dict[str, Callable[[str], Any]] = {
    "page": lambda text: read_page(text, url=URL, rules=PageRules(item=".n", exclude="h2")),
    "page by all": lambda text: read_page(
        text, url="", rules=PageRules(item="div", title="a", link="a", date="time", image="img")
    ),
    "article": lambda text: read_article(text, url=URL, rules=PageRules(item="p")),
    "telegram": lambda text: read_channel(text, url="https://t.me/s/kanal"),
    "sitemap": lambda text: read_sitemap(text, url=URL),
    "json": lambda text: read_fields(text, url=URL, paths=FieldPaths()),
    "json by paths": lambda text: read_fields(
        text, url=URL, paths=FieldPaths(items="items[*].node", title="title", date="date[0]")
    ),
}


def outcome(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ParseError as error:
        assert 10 < len(str(error)) <= 500
        assert "\n" not in str(error)
        return None


@pytest.mark.parametrize("read", READERS.values(), ids=READERS.keys())
@settings(max_examples=150, deadline=None)
@given(text=st.one_of(MARKUP, st.text(max_size=200)))
def test_any_text_is_read_or_refused_in_a_sentence(read: Callable[[str], Any], text: str) -> None:
    found = outcome(read, text)
    if isinstance(found, ParsedFeed):
        assert not any(char in repr(found.entries) for char in ("\\x00", "\\ud800", "\\ufffe"))
        assert not any("\n" in warning for warning in found.warnings)
        assert all((entry.url or "http").startswith("http") for entry in found.entries)


@pytest.mark.parametrize("paths", [FieldPaths(), FieldPaths(items="items", body="content[*].x")])
@settings(max_examples=200, deadline=None)
@given(value=VALUES)
def test_any_json_is_read_or_refused_in_a_sentence(paths: FieldPaths, value: Any) -> None:
    outcome(lambda text: read_fields(text, url=URL, paths=paths), json.dumps(value))


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(st.text(max_size=30), st.text("ab.#[]:()>+~*,\"'|$^=n1- ", max_size=20)))
def test_a_selector_that_passes_the_check_can_be_asked(text: str) -> None:
    for check, rules in (
        (check_selector, PageRules(item="p", title=text or None)),
        (check_condition, PageRules(item="p", include=text or None)),
    ):
        try:
            check(text)
        except ValueError as error:
            assert "\n" not in str(error)
            continue
        outcome(
            lambda page, rules=rules: read_page(page, url=URL, rules=rules), "<p><a href=/1>t</a>"
        )


@settings(max_examples=300, deadline=None)
@given(path=st.one_of(st.text(max_size=20), st.text('ab.[]01*-"\\$ ', max_size=15)), value=VALUES)
def test_a_path_that_passes_the_check_can_be_followed(path: str, value: Any) -> None:
    paths = FieldPaths(items=path, title=path or None)
    outcome(lambda text: read_fields(text, url=URL, paths=paths), json.dumps(value))
    try:
        steps = steps_of(path)
    except ValueError as error:
        assert "\n" not in str(error)
        return
    assert isinstance(list(reach(value, steps)), list)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=30), st.text("htps:/t.me@s+_ab1[]?=", max_size=25)))
def test_an_address_becomes_a_preview_page_or_a_sentence(text: str) -> None:
    try:
        address = channel_url(text)
    except ValueError as error:
        assert str(error)
        assert "\n" not in str(error)
    else:
        assert channel_url(address) == address


def test_the_readers_do_find_what_these_texts_are_made_of() -> None:
    texts = {
        "page": "<div class='n'><a href='/1'>Слово </a></div>",
        "telegram": "<div class='tgme_widget_message' data-post='kanal/1'>"
        "<div class='tgme_widget_message_text'>Слово </div></div>",
        "sitemap": "<urlset><url><loc>https://a.example/12.08.2026</loc></url></urlset>",
        "json": '{"items": [{"title": "x"}]}',
    }
    for kind, text in texts.items():
        found = READERS[kind](text)
        assert not isinstance(found, SitemapIndex)
        assert len(found.entries) == 1
