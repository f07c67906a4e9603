"""Headlines, teasers, leads and reading time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.normalise.lines import without_credit, without_dateline
from feedhub.core.normalise.text import clip, opening, plain, reading_minutes, scrub, teaser

SENTENCE = "Министерство связи Приречья открыло новый узел связи в городе Бережном. "


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Закон &laquo;О&nbsp;связи&raquo;", "Закон «О связи»"),
        ("Закон &amp;laquo;О связи&amp;raquo;", "Закон «О связи»"),
        ("<b>Важно</b>:\n  итоги &mdash; <i>года</i>", "Важно: итоги — года"),
        ("Строка<br>другая", "Строка другая"),
        ("&lt;b&gt;Важно&lt;/b&gt;", "Важно"),
        ("5 < 6 и 7 > 3", "5 < 6 и 7 > 3"),
        ("Новый List<T> в языке", "Новый List<T> в языке"),
        ("AT&region и R&D", "AT&region и R&D"),
        ("Q&amp;A", "Q&A"),
        ('ВАЖНО: «Ёлка» и "ель"', 'ВАЖНО: «Ёлка» и "ель"'),
        ("Мини\u202eстр \u200bи\u0306\u00adод\ufeff\x00\x0b", "Министр йод"),
        ("Сту\u200dдия", "Студия"),
        ("Семья 👨\u200d👩\u200d👧", "Семья 👨\u200d👩\u200d👧"),
        ("\ud800Ток", "Ток"),
        ("<script>go()</script>Связь", "Связь"),
        ("Связь <img src=x onerror=go()", "Связь"),
        ("<!-- скрыто -->Связь", "Связь"),
        ("", ""),
    ],
)
def test_a_headline_is_a_line_of_plain_text(raw: str, shown: str) -> None:
    assert plain(raw) == shown


@given(st.text(max_size=120))
def test_any_headline_is_one_line_that_xml_can_hold(raw: str) -> None:
    shown = plain(raw)
    assert shown == " ".join(shown.split())
    assert scrub(shown) == shown
    shown.encode("utf-8")


def test_a_long_headline_is_cut_at_a_word() -> None:
    shown = plain("слово " * 200, 500)
    assert shown.endswith("слово…")
    assert 480 < len(shown) <= 500


@pytest.mark.parametrize(
    ("words", "minutes"),
    [(0, 1), (1, 1), (89, 1), (190, 1), (269, 1), (270, 2), (449, 2), (450, 3), (1800, 10)],
)
def test_reading_time_is_180_words_a_minute_rounded_at_least_one(words: int, minutes: int) -> None:
    assert reading_minutes("слово " * words) == minutes


def test_a_number_parted_by_spaces_is_one_word_and_a_dash_is_none() -> None:
    assert reading_minutes("1 000 000 " * 269) == 1
    assert reading_minutes("12\u00a0500 " * 269) == 1
    assert reading_minutes("слово — " * 269) == 1


def test_a_teaser_holds_whole_sentences_up_to_280_characters() -> None:
    found = teaser(SENTENCE * 10)
    assert found == (SENTENCE * 3).strip()


def test_a_teaser_knows_initials_and_abbreviations() -> None:
    text = "Министр М.И. Градов посетил г. Бережной 12.08.2026 г. " + SENTENCE * 6
    assert teaser(text).startswith(
        "Министр М.И. Градов посетил г. Бережной 12.08.2026 г. Министерство"
    )
    assert teaser(text).endswith(".")


def test_a_teaser_takes_the_next_paragraph_while_the_first_is_short() -> None:
    assert teaser("Коротко.\n" + SENTENCE) == f"Коротко. {SENTENCE}".strip()
    assert teaser(SENTENCE * 3 + "\nДалее.") == (SENTENCE * 3).strip()


def test_a_sentence_too_long_is_cut_at_a_word() -> None:
    found = teaser("очень длинное предложение без конца " * 30)
    assert found.endswith("…")
    assert 250 < len(found) <= 280
    assert found[:-1].split()[-1] in ("очень", "длинное", "предложение", "без", "конца")


def test_a_cut_never_falls_inside_a_quotation() -> None:
    early = "слово " * 42 + "«длинное название программы развития связи» и дальше " + "слово " * 20
    assert teaser(early).count("«") == teaser(early).count("»") == 0
    whole = "«" + "слово " * 100 + "» и всё"
    assert teaser(whole).endswith("…»")
    assert len(teaser(whole)) <= 280


def test_a_cut_never_falls_inside_the_words_of_a_link() -> None:
    text = "слово " * 44 + "постановление о связи " + "слово " * 20
    assert "постановление" in teaser(text)
    _, found = opening((text,), ("постановление о связи",))
    assert found.endswith("слово…")


def test_what_fits_is_not_cut() -> None:
    assert clip("ровно", 5) == "ровно"
    assert clip("ровно шесть", 8) == "ровно…"


def test_the_lead_is_the_first_paragraph_up_to_300_characters() -> None:
    lead, _ = opening(("Первый абзац.", "Второй абзац."))
    assert lead == "Первый абзац."
    long, _ = opening((SENTENCE * 9,))
    assert long == (SENTENCE * 4).strip()


def test_no_text_has_neither_lead_nor_teaser() -> None:
    assert opening(()) == ("", "")


@pytest.mark.parametrize(
    "dateline",
    [
        "МОСКВА, 24 сен — РИА Новости. ",
        "МОСКВА, 24 сен - РИА Новости. ",
        "БЕРЕЖНОЙ, 5 августа. /ТАСС/. ",
        "Бережной. 24 сентября. ИНТЕРФАКС - ",
        "Бережной. 24 сентября. INTERFAX.RU - ",
        "САНКТ-ПЕТЕРБУРГ, 3 мая 2026 г. — ТАСС. ",
        "БЕРЕЖНОЙ, 5 августа — ",
        "LONDON, Sept 24 (Reuters) - ",
        "Бережной /БЕЛТА/. ",
    ],
)
def test_a_dateline_is_no_part_of_the_teaser(dateline: str) -> None:
    assert without_dateline(f"{dateline}Узел связи открыт.") == "Узел связи открыт."
    assert teaser(f"{dateline}Узел связи открыт.") == "Узел связи открыт."


@pytest.mark.parametrize(
    "text",
    [
        "МОСКВА, 24 сентября. Минсвязи сообщило о планах.",
        "Москва. Узел связи открыт 24 сентября.",
        "24 сентября открыт узел связи.",
        "Министр, 5 лет назад - студент, приехал.",
    ],
)
def test_a_sentence_is_no_dateline(text: str) -> None:
    assert without_dateline(text) == text


def test_a_photo_credit_before_the_first_sentence_is_no_part_of_the_teaser() -> None:
    assert teaser("Фото: Минсвязи. В Бережном открыт узел.") == "В Бережном открыт узел."
    assert teaser("Фото (с) И. Градов\nВ Бережном открыт узел.") == "В Бережном открыт узел."
    assert (
        without_credit("Фото министра: как это было вчера") == "Фото министра: как это было вчера"
    )
