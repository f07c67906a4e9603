"""The sentences about many lists at once, and those that a stranger tries to make long."""

from __future__ import annotations

import pytest

from feedhub.alerting.subject import About, Subject
from feedhub.alerting.wording import LONGEST, News, sentences
from feedhub.core.health import Alert, AlertKind, Condition
from tests import builders as a

BASE = "https://news.example"
SILENT = Condition(kind="silent", severity="warning", values=(("days", 3), ("month", 112)))
STALE = Condition(kind="stale", severity="warning", values=(("days", 40),))


def news(
    number: int,
    condition: Condition | None,
    about: About = "list",
    kind: AlertKind = "silent",
) -> News:
    subject = Subject(about=about, name=f"s{number}", title=f"С{number}", url=f"{BASE}/{number}/")
    alert = Alert(kind=kind, is_over=condition is None)
    return News(subject=subject, alert=alert, condition=condition)


def said(*those: News, language: str = "ru") -> tuple[str, ...]:
    return sentences(those, language=language, base_url=BASE, now=a.NOW)


def test_up_to_five_lists_are_told_one_by_one() -> None:
    assert len(said(*(news(number, SILENT) for number in range(5)))) == 5
    assert said(news(1, STALE)) == (
        f"Лента «С1» не меняется 40 дней. Проверьте её источники.\n{BASE}/1/",
    )


@pytest.mark.parametrize(
    ("language", "condition", "sentence"),
    [
        ("ru", SILENT, "Не меняются 7 лент: С0, С1, С2, С3, С4 и ещё 2. Проверьте их источники."),
        ("ru", None, "Снова меняются 7 лент: С0, С1, С2, С3, С4 и ещё 2."),
        ("en", SILENT, "7 feeds no longer change: С0, С1, С2, С3, С4 and 2 more. "),
        ("de", None, "7 feeds change again: С0, С1, С2, С3, С4 and 2 more."),
    ],
)
def test_more_lists_are_one_sentence(
    language: str, condition: Condition | None, sentence: str
) -> None:
    (told,) = said(*(news(number, condition) for number in range(7)), language=language)
    assert told.startswith(sentence)
    assert told.endswith(f"\n{BASE}/")


def test_the_begun_come_before_the_ended_and_sources_are_not_lists() -> None:
    told = said(
        news(1, None), news(2, SILENT), news(3, None, about="source"), news(4, SILENT, "source")
    )
    assert [text.partition("\n")[2] for text in told] == [f"{BASE}/{n}/" for n in (2, 4, 1, 3)]


def test_an_issuer_that_calls_himself_a_book_is_cut_and_stays_on_one_line() -> None:
    values = (("since", a.NOW), ("next", None), ("issuer", "Центр\n\n" + "я" * 5000))
    refused = Condition(kind="certificate", severity="broken", values=values)
    (told,) = said(news(1, refused, about="source", kind="broken"))
    assert told.count("\n") == 1
    assert len(told) < LONGEST + 50
