"""Every list in every format, held against the standards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.render import FORMATS, Outline, opml, render
from feedhub.core.render.wire import ascii_url
from feedhub.model import Image, OutFeed, SeeAlso
from tests.core.render.samples import BASE, NOON, article, entry, feed, lists
from tests.validity import PROBLEMS, problems_opml


def addressed(shown: OutFeed, name: str) -> OutFeed:
    return replace(shown, self_url=shown.self_url.replace("feed.rss", f"feed.{name}"))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", lists())
def test_a_list_is_valid_in_every_format(case: str, name: str) -> None:
    shown = addressed(lists()[case], name)
    body = render(shown, name).body
    assert PROBLEMS[name](body, self_url=ascii_url(shown.self_url)) == []


# Everything a hostile source can put into a string, lone surrogates included.
ANY_TEXT = st.text(alphabet=st.characters(), max_size=30) | st.sampled_from(
    ["\ud800", "\x00", "]]>", "&nbsp;", "http://[", "https://ы.рф/ы ы%", "//x", "javascript:1"]
)
PLAIN_TEXT = ANY_TEXT.filter(lambda text: "<" not in text and "&" not in text)


@settings(max_examples=60, deadline=None)
@given(st.lists(PLAIN_TEXT, min_size=8, max_size=8), st.sampled_from(sorted(FORMATS)))
def test_no_text_or_address_makes_a_document_invalid(texts: list[str], name: str) -> None:
    shown = article(
        2,
        url=texts[0],
        title=texts[1],
        summary=texts[2],
        content=texts[3],
        authors=(texts[4],),
        language=texts[5],
        image=Image(url=texts[6], type=texts[1], caption=texts[2], credit=texts[3]),
        see_also=(SeeAlso(title=texts[4], url=texts[7]),),
    )
    assert PROBLEMS[name](FORMATS[name].render(feed(entry(1), shown))) == []


OUTLINES = (
    Outline(title="Туманы & «реки»", xml_url=f"{BASE}/tags/tumany/feed.atom", folder="Теги"),
    Outline(title="Новости", xml_url=f"{BASE}/sections/news/feed.atom", html_url=f"{BASE}/"),
    Outline(title="\x00", xml_url="https://туманы.example/лента", html_url="x", folder="Теги"),
    Outline(title="относительный", xml_url="/feed.rss"),
)


def test_a_list_of_feeds_is_valid_opml_with_folders_where_first_named() -> None:
    body = opml("Портал: теги", OUTLINES, updated=NOON)
    assert problems_opml(body) == []
    text = body.decode()
    assert text.index('text="Теги"') < text.index("туманы".capitalize()) < text.index("Новости")
    assert text.count('type="rss"') == 3
    assert "xn--80axerf5c.example" in text
    assert "<dateCreated>Wed, 18 Nov 2026 12:00:00 GMT</dateCreated>" in text


def test_an_empty_list_of_feeds_is_still_valid_opml() -> None:
    assert problems_opml(opml("Портал", (), updated=NOON)) == []
