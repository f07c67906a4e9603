"""Word forms: strict for keywords, generous for search, and loaded only when needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from feedhub.core.text.forms import MAX_QUERY_FORMS, phrase_forms, query_forms, word_forms

ROOT = Path(__file__).resolve().parents[3]


def on(word: str) -> set[str]:
    return {form.surface or form.text for form in word_forms(word) if not form.is_ambiguous}


@pytest.mark.parametrize(
    ("word", "some"),
    [
        ("Белоруссия", {"белоруссия", "белоруссии", "белоруссию", "белоруссией"}),
        ("белорусский", {"белорусская", "белорусским", "белорусских"}),
        ("зарегистрирован", {"зарегистрировано", "зарегистрированному"}),
        ("экспортировать", {"экспортирует", "экспортировали", "экспортируя"}),
        ("счет", {"счета", "счету", "счетов"}),
        ("гостех", {"гостеха", "гостехом", "гостехе"}),  # a coinage
        ("силуанов", {"силуанова", "силуановым"}),  # a surname the dictionary lacks
        ("набиуллина", {"набиуллиной", "набиуллину"}),
        ("минцифры", {"минцифры", "минцифрам", "минцифр"}),
    ],
)
def test_a_keyword_takes_all_forms_of_its_word(word: str, some: set[str]) -> None:
    assert some <= on(word)


@pytest.mark.parametrize(
    ("word", "never"),
    [("телеком", "телек"), ("экспорт", "экспортировать"), ("ии", "ией"), ("при", "пру")],
)
def test_a_keyword_takes_no_forms_of_another_word(word: str, never: str) -> None:
    assert never not in {form.text for form in word_forms(word)}


def test_forms_of_a_participle_are_no_forms_of_its_verb() -> None:
    assert "зарегистрировать" not in on("зарегистрирован")


def test_an_ambiguous_form_is_marked_with_its_rival() -> None:
    marked = {form.text: form for form in word_forms("сталь") if form.is_ambiguous}
    assert set(marked) == {"стали"}
    assert marked["стали"].rival == "стать"
    assert marked["стали"].share < 0.1


def test_abbreviations_keep_their_letter_case_and_take_endings_the_dictionary_knows() -> None:
    assert on("ЖКХ") == {"ЖКХ"}
    assert on("ПО") == {"ПО"}
    assert on("5G") == {"5G"}
    assert {"МИД", "МИДа", "МИДом"} <= on("МИД")
    assert [form.surface for form in word_forms("linux")] == [None]


def test_words_joined_by_a_hyphen_are_inflected_as_one_and_matched_word_by_word() -> None:
    city, name = phrase_forms("Санкт-Петербург")
    assert [form.text for form in city] == ["санкт"]
    assert {"петербург", "петербургом"} <= {form.text for form in name}
    first, second = phrase_forms("IT-компания")
    assert [form.surface for form in first] == ["IT"]
    assert "компаниями" in {form.text for form in second}


def test_in_a_phrase_no_form_is_ambiguous() -> None:
    assert not any(
        form.is_ambiguous for slot in phrase_forms("персональные данные") for form in slot
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("стали", {"сталь", "стать", "стал"}),
        ("Минске", {"минск", "минска"}),
        ("ЁЛОК", {"елка", "елки"}),
        ("шёл", {"идти", "шла"}),
        ("чебурнета", {"чебурнет", "чебурнетом"}),
        ("COVID", {"covid"}),
    ],
)
def test_a_search_finds_every_word_that_may_be_meant(asked: str, found: set[str]) -> None:
    assert found <= set(query_forms(asked))


@pytest.mark.parametrize("word", ["регистрировать", "стали", "xyz", "данные", "№"])
def test_search_forms_begin_with_the_word_and_are_bounded(word: str) -> None:
    forms = query_forms(word)
    assert forms[0] == word
    assert len(forms) == len(set(forms)) <= MAX_QUERY_FORMS


def test_importing_loads_no_dictionary() -> None:
    code = "import sys, feedhub.core.text.forms, feedhub.core.tagging; print('pymorphy3' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
