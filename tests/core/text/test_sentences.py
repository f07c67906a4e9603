"""Sentences: abbreviations and initials do not end them, line ends do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.text.sentences import MAX_CHARS, last_end, sentences

pieces = st.sampled_from(
    (
        *("Мост", "открыт", "1.", "2)", "а)", "IV.", "И.", "т.е.", "г.", "Да.", "(Нет.)", "«Ура!»"),
        *("…", "?!", ";", "он", "Он", ":)", "—", '"Вот."', "5"),
        *("открыт.", "внутр.", "Мост!", "повел.", "накл.", "Iphone", "I_x", "ёлка…", "(и)", "да»"),
    )
)


def test_abbreviations_initials_and_dates_do_not_end_a_sentence() -> None:
    text = (
        "П.Р. Ветров был в г. Минске 12.08.2026 г. и т.н. «круг» обошёлся в 3 млрд руб. Все рады."
    )
    assert sentences(text) == (
        "П.Р. Ветров был в г. Минске 12.08.2026 г. и т.н. «круг» обошёлся в 3 млрд руб.",
        "Все рады.",
    )


def test_a_line_end_ends_a_sentence_without_a_full_stop() -> None:
    assert sentences("Заголовок\n\n  Первое. Второе!\n") == ("Заголовок", "Первое.", "Второе!")


def test_an_empty_text_has_no_sentences() -> None:
    assert sentences("") == sentences(" \n\t ") == ()


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    found = sentences("Да. " * MAX_CHARS)
    assert len(found) == MAX_CHARS // 4
    assert sentences("Одно. Другое.", limit=5) == ("Одно.",)


def test_every_sentence_stands_in_the_text_in_order() -> None:
    text = "Первое — «да». Второе?! Третье…\nЧетвёртое"
    at = 0
    for sentence in sentences(text):
        at = text.index(sentence, at) + len(sentence)
    assert at == len(text)


def last_of_all(line: str, limit: int) -> int:
    end = after = 0
    for sentence in sentences(line)[:-1]:
        after = line.index(sentence, after) + len(sentence)
        end = after if after <= limit else end
    return end


@given(st.lists(pieces, min_size=30, max_size=60), st.integers(1, 60))
def test_the_last_end_is_that_of_the_sentences(words: list[str], limit: int) -> None:
    line = " ".join(words)
    assert last_end(line, limit) == last_of_all(line, limit)


def test_a_line_without_an_end_has_none() -> None:
    assert last_end("слово " * 50, 100) == 0
    assert last_end("1. Первое " * 30, 8) == 0
