"""What counts as a hit and what does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.tagging import repeated_segments
from feedhub.core.tagging.matcher import split
from feedhub.model.entry import Tagged

TagIt = Callable[..., dict[str, Tagged]]


@pytest.mark.parametrize(
    "title",
    [
        "Белоруссия открыла центр",
        "В Белоруссии открыли центр",
        "Встреча с Республикой Беларусь",
        "БЕЛОРУССИЕЙ гордятся",
        "Бeлоруссия с латинской буквой",
        "В Бело\u00adруссии с мягким переносом",
        "В\u00a0Белоруссии с неразрывным пробелом",
        "Гости из РБ приехали",
    ],
)
def test_every_name_in_every_form_gives_the_tag(tag_it: TagIt, title: str) -> None:
    tagged = tag_it(title)["белоруссия"]
    assert tagged.state == "auto"
    assert title[tagged.start : tagged.end] == tagged.quote


@pytest.mark.parametrize(
    ("title", "never"),
    [
        ("Россияне стали чаще ездить", "сталь"),
        ("В Московской области открыли школу", "Москва"),
        ("Заседание по вопросам", "программное обеспечение"),
        ("ЗАСЕДАНИЕ ПО ВОПРОСАМ СТАНДАРТОВ", "программное обеспечение"),
        ("По словам министра", "программное обеспечение"),
        ("рб и прочие сокращения", "белоруссия"),
        ("Посла вызвали в МИД Китая", "МИД РФ"),
        ("Посла вызвали в МИД КНР", "МИД РФ"),
        ("Белорусский МИД ответил", "МИД РФ"),
        ("Московский финансовый форум", "Москва"),
        ("Ремонт железной дороги", "дороги"),
        ("Московская. Область знаний", "Московская область"),
        ("Проект «сахалин-1»", "Сахалин-1"),
        ("Министерство. Иностранных дел много", "МИД РФ"),
        ("Дорогой друг", "дороги"),
    ],
)
def test_a_word_that_means_something_else_gives_no_tag(
    tag_it: TagIt, title: str, never: str
) -> None:
    assert never not in tag_it(title)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Новое ПО для школ", "программное обеспечение"),
        ("МИД РФ", "МИД РФ"),
        ("В МИДе ответили", "МИД РФ"),
        ("МИД России и белорусские дипломаты", "МИД РФ"),
        ("МИД ответил на ноту, которую вручили вчера в столице Китая", "МИД РФ"),
        ("Подмосковью выделили средства", "Московская область"),
        ("Сталью и чугуном", "сталь"),
        ("Постановление № 12-п принято", "постановления"),
        ("Проект Сахалин-1", "Сахалин-1"),
        ("Проект Сахалин–1 с тире", "Сахалин-1"),
    ],
)
def test_a_word_that_means_the_tag_gives_it(tag_it: TagIt, title: str, name: str) -> None:
    assert tag_it(title)[name].state == "auto"


def test_neighbours_cancel_within_three_words_on_either_side_and_no_further(tag_it: TagIt) -> None:
    assert "Москва" not in tag_it("Москва один два область")
    assert "Москва" not in tag_it("область один два Москва")
    assert "Москва" in tag_it("Москва один два три область")
    assert "Москва" in tag_it("область один два три Москва")


def test_an_exact_neighbour_cancels_only_as_it_is_written(tag_it: TagIt) -> None:
    assert "дороги" not in tag_it("Дорога и дорожная карта")
    assert "дороги" in tag_it("Дорога и дорожной картой")


def test_hits_of_equal_extent_all_count(tag_it: TagIt) -> None:
    assert {"китай", "белоруссия"} <= set(tag_it("Китай и Беларусь"))


@pytest.mark.parametrize(
    "dateline",
    [
        "МОСКВА, 24 сен — РИА Новости. ",
        "МОСКВА, 24 сентября. /ТАСС/. ",
        "Москва. 24 сентября. INTERFAX.RU - ",
        "МОСКВА, 3 мая 2026 года - ",
        "24 сентября, Москва /Корр. АБВ/. ",
    ],
)
def test_a_dateline_gives_no_tag(tag_it: TagIt, dateline: str) -> None:
    text = dateline + "В Подмосковье открыли школу."
    found = tag_it("Школа", text=text, lead=text)
    assert "Москва" not in found
    assert found["Московская область"].quote == "Подмосковье"


def test_a_city_at_the_beginning_is_no_dateline_by_itself(tag_it: TagIt) -> None:
    assert "Москва" in tag_it("Реки", lead="Москва, главный город страны, стоит на реке.")
    assert "Москва" in tag_it("Реки", lead="Москва, 24 театра и один цирк.")


def test_a_dateline_ends_with_the_name_of_the_agency(tag_it: TagIt) -> None:
    text = "ТВЕРЬ, 24 сен — РИА Новости. Правительство Москвы. Дальше ничего."
    assert tag_it("Школа", lead=text)["Москва"].quote == "Москвы"


def test_a_hostile_beginning_costs_no_time(tag_it: TagIt) -> None:
    for hostile in ("A" * 5000, "A. " * 5000, "А-" * 5000, "/" * 5000, "А, " * 5000):
        assert tag_it("Школа", text=f"МОСКВА, 24 сен — {hostile} сталь")["сталь"].score == 1


def test_a_line_with_a_list_of_tags_gives_no_tag(tag_it: TagIt) -> None:
    assert tag_it("Школа", text="Открыли школу.\nТеги: Москва, сталь\nКонец.") == {}


def test_what_stands_on_every_page_of_a_source_gives_no_tag(tag_it: TagIt) -> None:
    pages = [
        f"Новость номер {n}.\nПодпишитесь на новости Белоруссии, выпуск {n}.\n" for n in range(5)
    ]
    repeated = repeated_segments(pages)
    assert "белоруссия" in tag_it("Школа", text=pages[0])
    assert "белоруссия" not in tag_it("Школа", text=pages[0], repeated=repeated)
    assert repeated_segments(pages[:4]) == frozenset()


@given(st.text(st.sampled_from("абЯё zQ1_-+#«».,\n\u00a0\u00ad\u200b№")))
def test_words_stand_where_they_stand_in_ordinary_text_and_in_any_other(text: str) -> None:
    words, odd = split(text), split(f"{text} \u4e00")
    count = len(words.folded)
    assert list(words.folded) == list(odd.folded)[:count]
    assert list(words.starts) == list(odd.starts)[:count]
    assert len(odd.folded) == count + 1
    for place in range(count):
        assert words.end(place) == odd.end(place)
        assert words.starts[place] < words.end(place) <= len(text)
