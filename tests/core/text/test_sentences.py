"""Sentences: abbreviations and initials do not end them, line ends do."""

from __future__ import annotations

from feedhub.core.text.sentences import MAX_CHARS, sentences


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
