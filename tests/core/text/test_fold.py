"""Folding: one spelling for comparing, with offsets that stay right."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.text.fold import (
    SOFT,
    WORD,
    bare,
    fold,
    repair,
    search_text,
    search_words,
    tag_key,
)

russian = st.text(
    st.sampled_from("абвеёйкосхАВЕКМНОРСТХяЯaceopxyABCEHKMOPTXsZ 1-\u00a0\u00ad\u200b\u0301ßİ")
)


@pytest.mark.parametrize(
    "spelling",
    [
        "Белоруссия",
        "белоруссия",
        "Бeлоруссия",  # a Latin e
        "БEЛОРУССИЯ",  # a Latin E
        "Бело\u00adруссия",
        "Бело\u200bруссия",
        " Белоруссия\u00a0",
        "Белору\u0301ссия",
    ],
)
def test_every_spelling_of_a_name_has_one_key(spelling: str) -> None:
    assert tag_key(spelling) == "белоруссия"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёлка", "елка"),
        ("Учёный  совет", "ученый\u00a0совет"),
        ("Сахалинская\nобласть", "сахалинская область"),
        ("учëный", "ученый"),  # a Latin e with dots
        ("ﬁнтех", "fiнтех"),
        ("ИИ", "ии"),
    ],
)
def test_names_that_look_the_same_are_the_same(one: str, other: str) -> None:
    assert tag_key(one) == tag_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("банк", "банка"), ("йод", "иод"), ("C++", "C#"), ("съезд", "сезд")]
)
def test_names_that_differ_stay_apart(one: str, other: str) -> None:
    assert tag_key(one) != tag_key(other)


def test_a_latin_word_with_one_cyrillic_letter_becomes_latin() -> None:
    assert fold("Microsоft") == "microsoft"
    assert repair("Microsоft") == "Microsoft"


def test_words_of_one_script_keep_it() -> None:
    assert repair("IT-компания и OCEAN") == "IT-компания и OCEAN"
    assert fold("OCEAN") == "ocean"


def test_offsets_in_folded_text_are_offsets_in_the_text() -> None:
    text = "В\u00a0Бело\u00adруссии и на Сахалине: МИНСК"
    folded = fold(text)
    start = folded.index("минск")
    assert text[start : start + 5] == "МИНСК"
    assert [bare(word) for word in WORD.findall(folded)] == [
        "в", "белоруссии", "и", "на", "сахалине", "минск",
    ]  # fmt: skip


def test_a_word_of_search_text_has_no_hidden_marks_or_controls() -> None:
    assert search_text("За\u0301мок\x00на\u00a0при\u00adкрытии\nЁлка") == "замок на прикрытии елка"


def test_programming_languages_are_words() -> None:
    assert WORD.findall("на c++ и c#, 5g и 1с") == ["на", "c++", "и", "c#", "5g", "и", "1с"]


@given(russian)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(repair(text)) == len(text)


@given(st.text())
def test_folding_keeps_the_length_of_any_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(russian)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert tag_key(tag_key(text)) == tag_key(text)
    assert SOFT not in tag_key(text)


ELSEWHERE = "\u4e00"
"""A sign that is not in cp1251: beside it a text goes the long way."""

ordinary_signs = st.characters(codec="cp1251")


@given(st.text(ordinary_signs))
def test_ordinary_text_is_repaired_and_folded_like_any_other(text: str) -> None:
    odd = f"{text} {ELSEWHERE}"
    assert repair(text) == repair(odd)[:-2]
    assert fold(text) == fold(odd)[:-2]
    assert len(fold(text)) == len(text)
    assert search_text(f"{text} x") == search_text(f"{text} x {ELSEWHERE}")[:-2]


@pytest.mark.parametrize("place", range(256))
def test_every_sign_of_a_byte_is_folded_like_any_other(place: int) -> None:
    char = bytes([place]).decode("cp1251", "ignore")
    assert fold(f"я{char}я") == fold(f"я{char}я {ELSEWHERE}")[:-2]
    assert search_text(f"я{char}я") == search_text(f"я{char}я {ELSEWHERE}")[:-2]


@given(st.text(st.sampled_from("аяёЁйA bC_9ßµé́\u00ad\u200b\u00a0-—.,!\n\x00😀İ"), max_size=30))
def test_the_words_of_the_index_are_those_of_the_search_text_each_once(text: str) -> None:
    plain = re.findall(r"[^\W_]+", search_text(text))
    assert search_words(text) == list(dict.fromkeys(plain))
