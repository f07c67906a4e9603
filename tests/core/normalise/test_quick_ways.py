"""Quick ways through normalising give what the long ones give; odd entries cost themselves only."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from hashlib import blake2b
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.normalise import Normalised, normalise
from feedhub.core.normalise.html import clean
from feedhub.core.normalise.identity import identify
from feedhub.core.normalise.stamps import stamp
from feedhub.core.normalise.text import one_line, plain, reading_minutes, scrub
from feedhub.core.normalise.urls import absolute_url, canonical_url
from feedhub.model import Enclosure, ParsedEntry, ParsedFeed, Source

SOURCE = Source(slug="prirechye", title="Приречье", url="https://agency.example.org/rss")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ITEM = ParsedEntry(
    guid="1",
    url="https://agency.example.org/news/1",
    title="Открыт мост",
    summary="Мост открыт.",
    published="Fri, 20 Nov 2026 10:00:00 +0300",
)

lines = st.text(st.sampled_from("абвЯы «»©&<>\"'.:\u00a0\t\u200b1"), max_size=40)
addresses = st.lists(
    st.sampled_from(
        (
            *("a", "Z", "/", "/", ".", "..", "?", "&", "&amp;", "=", "%41", "%", "#", "#!", "-"),
            *("utm_source=rss", "www.", ";jsessionid=1", "@", ":80", "~", "я", "[", "'", "+"),
        )
    ),
    max_size=12,
).map("".join)


def run(*entries: ParsedEntry) -> Normalised:
    return normalise(ParsedFeed(format="rss", entries=entries), SOURCE, now=NOW)


@given(lines)
def test_a_line_of_plain_text_is_cleaned_like_a_paragraph_of_it(line: str) -> None:
    assert clean(line, base=None) == clean(f"<p>{escape(line)}</p>", base=None)


@given(lines, lines)
def test_a_paragraph_of_words_alone_is_written_like_any_other(one: str, other: str) -> None:
    quick = clean(f"<ul><li><p>{escape(one)}</p></ul><p>{escape(other)}</p>", base=None)
    long = clean(
        f"<ul><li><p>{escape(one)}<u></u></p></ul><p>{escape(other)}<u></u></p>", base=None
    )
    assert quick == long


@given(st.sampled_from(["http://ved.example", "https://www.m.ved.example/"]), addresses)
def test_a_plain_address_comes_out_as_any_other(start: str, rest: str) -> None:
    url = start + rest
    assert absolute_url(url, None) == absolute_url(f" {url}", None)
    assert canonical_url(url) == canonical_url(f" {url}")


@given(st.text(st.sampled_from("аб \u00a0\t\n\u2009\u3000\u200b\x1f—.1")))
def test_a_line_has_single_spaces_whatever_white_space_it_had(text: str) -> None:
    assert one_line(text) == " ".join(text.split())


@given(st.text(st.sampled_from("аéе\u0301 \u00a0\n\u200b\u200d\u00ad👍\x07\ud800—")))
def test_a_headline_without_markup_is_read_as_one_with_it(text: str) -> None:
    assert plain(text) == plain(f"{text}<b></b>") == " ".join(scrub(text).split())


def test_a_stamp_covers_every_field_in_its_order() -> None:
    ours = replace(ITEM, slug="most", lead="Мост.")
    for entry in (ITEM, ours):
        values = (getattr(entry, each.name) for each in fields(entry))
        said = "\x1e".join(one if isinstance(one, str) else repr(one) for one in values)
        assert (
            stamp(entry, b"ground")
            == blake2b(b"ground" + said.encode(), digest_size=16).hexdigest()
        )


@pytest.mark.parametrize(("levels", "problems"), [(254, 0), (255, 0), (257, 1)])
def test_many_tags_are_no_depth(levels: int, problems: int) -> None:
    flat = "<p>слово <b>слово</b><br/></p>" * 600
    body = "<div>" * levels + flat + "</div>" * levels
    assert len(clean(body, base=None).problems) == problems
    assert clean(flat, base=None).text == "\n\n".join(["слово слово"] * 600)


def test_a_number_in_groups_is_one_word_whatever_parts_them() -> None:
    for gap in (" ", "\u00a0", "\u202f"):
        assert reading_minutes("да " * 250 + f"1{gap}000{gap}000 " * 19) == 1
        assert reading_minutes("да " * 250 + f"1{gap}000{gap}000 " * 20) == 2


@pytest.mark.parametrize(
    ("words", "minutes"), [(1, 1), (269, 1), (270, 2), (449, 2), (450, 3), (900, 5)]
)
def test_minutes_are_rounded_to_the_nearest(words: int, minutes: int) -> None:
    assert reading_minutes("да " * words) == minutes
    assert reading_minutes("учреждение " * words + "— " * 300) == minutes


def test_an_entry_that_has_nothing_is_told_of_and_left_out() -> None:
    found = run(ITEM, ParsedEntry(base_url="https://agency.example.org/", language="ru"))
    assert [entry.title for entry in found.entries] == ["Открыт мост"]
    assert found.problems == ("entry 2 is empty",)


@pytest.mark.parametrize(
    "something",
    [
        {"guid": "2"},
        {"url": "https://agency.example.org/2"},
        {"title": "т"},
        {"summary": "т"},
        {"content": "т"},
        {"published": "20.11.2026"},
        {"enclosures": (Enclosure(url="https://agency.example.org/2.pdf"),)},
    ],
)
def test_an_entry_that_has_anything_stays(something: dict[str, object]) -> None:
    assert len(run(ITEM, ParsedEntry(**something)).entries) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("odd", [{"guid": 7}, {"url": 7}, {"guid": None, "url": None, "title": 7}])
def test_an_entry_that_cannot_be_identified_costs_itself_only(odd: dict[str, object]) -> None:
    found = run(ITEM, replace(ITEM, **odd), replace(ITEM, guid="3", title="Ещё мост"))  # type: ignore[arg-type]
    assert [entry.title for entry in found.entries] == ["Открыт мост", "Ещё мост"]
    assert len(found.problems) == 1
    assert found.problems[0].startswith('entry 2 ("')
    assert "could not be read: " in found.problems[0]


def test_a_problem_names_the_place_in_the_document() -> None:
    twice = replace(ITEM, content="<p>слово слово</p>" * 100_000)
    found = run(ITEM, ITEM, replace(twice, guid="2", url="https://agency.example.org/2"))
    assert len(found.entries) == 2
    assert found.problems[0].startswith('entry 3 ("Открыт мост"): the text was cut')


def test_a_date_that_says_its_year_is_the_same_mark_in_every_spelling() -> None:
    nameless = replace(ITEM, guid=None, url=None)
    spelled = replace(nameless, published="2026-11-20T07:00:00Z")
    (one,), (other,) = identify((nameless,)), identify((spelled,))
    assert one.identity == other.identity
