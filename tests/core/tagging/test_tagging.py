"""From hits to tags: scores, fields, sources, categories, the editor; each with its why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from feedhub.core.tagging import Rules, tag
from feedhub.model.entry import Category, Entry, Tagged
from feedhub.model.settings import Source, TagSpec

TagIt = Callable[..., dict[str, Tagged]]

SOURCE = Source(
    slug="agency",
    title="Агентство",
    url="http://127.0.0.1/rss",
    tags=("Беларусь", "Новая  тема"),
    categories=(("ИТ-рынок", "информационные технологии"), ("Разное", None), ("Китай", None)),
)


def test_a_hit_in_the_title_is_enough_and_says_why(tag_it: TagIt) -> None:
    title = "Школы получат отечественный софт"
    tagged = tag_it(title)["программное обеспечение"]
    assert (tagged.state, tagged.score, tagged.threshold) == ("auto", 3, 3)
    assert (tagged.rule, tagged.field, tagged.by) == ("keyword «софт»", "title", "rules")
    assert (tagged.quote, tagged.start, tagged.end) == ("софт", 28, 32)
    assert len(tagged.version) == 8


@pytest.mark.parametrize(
    ("lead", "text", "score", "state"),
    [
        ("О стали: сталь.", "", 2, "proposed"),
        ("Сталь и сталь.", "", 4, "auto"),
        ("", "Сталь.", 1, "proposed"),
        ("", "Сталь. Сталь. Сталь.", 3, "auto"),
        ("", "Сталь. " * 9, 3, "auto"),
        ("Сталь дорожает.", "Другое. Там сталь.", 3, "auto"),
        ("Программное обеспечение.", "", 3, "auto"),  # a phrase counts one more
    ],
)
def test_the_score_sums_fields_by_weight(
    tag_it: TagIt, lead: str, text: str, score: float, state: str
) -> None:
    (tagged,) = tag_it("Новость", lead=lead, text=text).values()
    assert (tagged.score, tagged.state) == (score, state)


@pytest.mark.parametrize(
    "text",
    [
        "Сталь подорожала. Рынок ждёт.",
        "  Сталь\u00a0подорожала. Рынок ждёт.",
        "ТВЕРЬ, 3 мая - АБВ. Сталь подорожала. Рынок ждёт.",
    ],
)
def test_the_lead_is_not_counted_again_at_the_head_of_the_text(tag_it: TagIt, text: str) -> None:
    tagged = tag_it("Новость", lead="Сталь подорожала.", text=text)["сталь"]
    assert (tagged.score, tagged.field) == (2, "lead")


def test_offsets_are_those_of_the_weightiest_field(tag_it: TagIt) -> None:
    lead = "Завод расширят."
    text = lead + " Там варят сталь."
    tagged = tag_it("Новость", lead=lead, text=text)["сталь"]
    assert (tagged.field, text[tagged.start : tagged.end]) == ("body", "сталь")


def test_a_source_gives_its_tags_by_alias_and_makes_unknown_ones(tag_it: TagIt) -> None:
    found = tag_it("Новость", source=SOURCE)
    assert found["белоруссия"].rule == found["белоруссия"].field == "source"
    assert (found["Новая тема"].key, found["Новая тема"].state) == ("новая тема", "auto")
    assert found["белоруссия"].by == "agency"


def test_a_mapped_category_gives_its_tag_and_an_ignored_one_none(tag_it: TagIt) -> None:
    categories = (
        Category(term="1", label="ит-РЫНОК"),
        Category(term="разное"),
        Category(term="Китай"),
    )
    found = tag_it("Новость", source=SOURCE, categories=categories)
    assert set(found) == {"белоруссия", "Новая тема", "ИТ"}
    assert found["ИТ"].rule == "category «ит-РЫНОК»"
    assert (found["ИТ"].field, found["ИТ"].quote) == ("category", "ит-РЫНОК")


def test_an_unmapped_category_counts_only_by_a_known_name(tag_it: TagIt) -> None:
    categories = (Category(term="Подмосковье"), Category(term="Происшествия"), Category(term="it"))
    source = Source(slug="other", title="Другой", url="http://127.0.0.1/rss")
    assert set(tag_it("Новость", source=source, categories=categories)) == {"Московская область"}


def test_an_editors_tag_is_manual_by_name_alias_or_slug(tag_it: TagIt) -> None:
    found = tag_it("Новость", own_tags=("РБ", "moskovskaya-oblast", "Новое"))
    assert set(found) == {"белоруссия", "Московская область", "Новое"}
    assert {tagged.state for tagged in found.values()} == {"manual"}
    assert {tagged.by for tagged in found.values()} == {"article"}


def test_the_best_why_wins_and_keeps_the_score_of_the_words(tag_it: TagIt) -> None:
    by_source = tag_it("Новости Беларуси", source=SOURCE)["белоруссия"]
    assert (by_source.rule, by_source.score) == ("source", 3)
    by_hand = tag_it("Новости Беларуси", source=SOURCE, own_tags=("Беларусь",))["белоруссия"]
    assert (by_hand.rule, by_hand.state, by_hand.score) == ("article", "manual", 3)


def test_a_tag_stands_on_an_entry_once(rules: Rules) -> None:
    entry = Entry(
        source="agency",
        identity="1",
        identity_why="test",
        title="Беларусь",
        own_tags=("РБ", "белоруссия"),
        categories=(Category(term="Беларусь"),),
        lead="Белоруссия.",
    )
    once = tag(entry, rules, SOURCE)
    assert [tagged.key for tagged in once.tags].count("белоруссия") == 1
    assert tag(once, rules, SOURCE) == once


def test_a_tag_without_keywords_is_never_given_by_words(tag_it: TagIt) -> None:
    assert tag_it("Саммит СНГ") == {}


def test_an_empty_entry_has_no_tags(tag_it: TagIt) -> None:
    assert tag_it("") == {}


def test_the_default_of_match_is_name_and_aliases(tag_it: TagIt) -> None:
    assert TagSpec(name="x").match is None
    assert "ИТ" in tag_it("Рынок информационных технологий")
    assert "ИТ" in tag_it("Рынок ИТ вырос")
