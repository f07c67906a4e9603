"""Guesses of zones, of what hangs on headlines, and of fields by their shape."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedhub.core.probe import (
    Clues,
    are_numbers,
    field_paths,
    guess_zone,
    repeated_affixes,
    repeated_lines,
)
from feedhub.core.probe.zones import zone_of_host

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


# -- zones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("www.mpt.gov.by", "Europe/Minsk"),
        ("agency.kz", "Asia/Almaty"),
        ("agency.ru", "Europe/Moscow"),
        ("мвд.рф", "Europe/Moscow"),
        ("xn--b1aew.xn--p1ai", "Europe/Moscow"),
        ("sakhalin.gov.ru", "Asia/Sakhalin"),
        ("www.kamgov.ru", "Asia/Kamchatka"),
        ("minobr-perm.example.ru", "Asia/Yekaterinburg"),
        ("agency.example", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_a_host_names_a_zone(host: str, zone: str | None) -> None:
    assert zone_of_host(host) == zone


@pytest.mark.parametrize(
    ("host", "newest", "date", "modified", "zone"),
    [
        ("agency.ru", None, 0.0, None, "Europe/Moscow"),
        ("agency.ru", 2.5, 0.0, None, "Europe/Moscow"),
        ("agency.ru", 9.5, 0.0, None, "Asia/Vladivostok"),
        ("agency.ru", 6.0, 0.0, -1.0, "Asia/Krasnoyarsk"),
        ("agency.ru", 3.0, 0.0, 0.0, "Europe/Moscow"),
        ("agency.ru", 6.4, 0.0, 0.0, "Asia/Krasnoyarsk"),
        ("agency.ru", -1.0, 0.0, -1.0, "Europe/Moscow"),
        ("agency.by", 2.5, 0.0, None, "Europe/Minsk"),
        ("agency.example", 30.0, 0.0, None, "Europe/Moscow"),
    ],
    ids=[
        "no clock",
        "fits",
        "ahead of the server",
        "changed an hour ago",
        "made anew each time",
        "ahead, made anew",
        "in UTC: no zone of Russia",
        "abroad",
        "beyond belief",
    ],
)
def test_clocks_speak_for_or_against_it(
    host: str, newest: float | None, date: float, modified: float | None, zone: str
) -> None:
    def at(hours: float | None) -> datetime | None:
        return None if hours is None else NOON + timedelta(hours=hours)

    clues = Clues(
        host=host,
        site_zone="Europe/Moscow",
        newest=at(newest),
        date=at(date),
        last_modified=at(modified),
    )
    assert guess_zone(clues).zone == zone


# -- what is repeated ----------------------------------------------------------------------------

WORDS = ("Мост открыт", "Паром ушёл", "Река встала", "Порт проверен", "Лодки учтены", "Брод найден")


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{0} - Российская газета", (" - Российская газета",)),
        ("{0} || Интерфакс", (" || Интерфакс",)),
        ("{0} | Новости | Ведомство", (" | Новости | Ведомство",)),
        ("{0} — РИА Новости, 22.11.2026", ()),
        ("{0} — Россия 24", (" — Россия 24",)),
        ("Ведомство: {0}", ("Ведомство: ",)),
        ("Новости :: {0} :: Портал", (" :: Портал", "Новости :: ")),
        ("{0}", ()),
        ("{0} сегодня", ()),
        ("{0} - {0}", ()),
        ("Санкт-Петербург-{0}", ()),
    ],
)
def test_what_hangs_on_headlines_is_found(template: str, found: tuple[str, ...]) -> None:
    titles = [template.format(word) for word in WORDS]
    assert tuple(affix.text for affix in repeated_affixes(titles)) == found


def test_four_of_five_headlines_are_enough_and_three_are_not() -> None:
    titles = [f"{word} - Газета" for word in WORDS[:4]]
    assert [affix.count for affix in repeated_affixes([*titles, "Без имени"])] == [4]
    assert repeated_affixes([*titles[:3], "Без имени", "Тоже без"]) == ()
    assert repeated_affixes(titles) == ()
    assert repeated_affixes(titles[:1] * 9) == ()


def test_headlines_of_numbers_are_known() -> None:
    assert are_numbers([f"Электронный аукцион № 03731000{n}" for n in range(10_000, 10_009)])
    assert are_numbers([f"№ 1234{n}" for n in range(9)])
    assert not are_numbers([f"{word} в 2026 году" for word in WORDS])
    assert not are_numbers([])


def test_a_line_under_every_text_is_found() -> None:
    texts = [f"{word}.\nПодписывайтесь на наш канал в мессенджере\nКонец" for word in WORDS]
    assert repeated_lines(texts) == (("Подписывайтесь на наш канал в мессенджере", 6),)
    assert repeated_lines(texts[:4]) == ()


# -- shapes --------------------------------------------------------------------------------------


def test_fields_are_known_by_what_stands_in_them() -> None:
    rows = [
        {
            "uid": f"a{n}",
            "h": f"{word} на переправе",
            "p": f"/page/{n}",
            "kogda": f"2026-11-2{n}T10:00:00",
            "img": f"/i/{n}.jpg",
            "длинный текст": word * 60 + " конец",
            "flag": True,
            "author": {"fio": "Иванов Иван Иванович"},
        }
        for n, word in enumerate(WORDS)
    ]
    found = field_paths({"a": {"short": [{"x": 1}, {"x": 2}], "b": rows}})
    assert found is not None
    assert (found.items, found.title, found.url, found.date) == ("a.b", "h", "p", "kogda")
    assert (found.image, found.body) == ("img", '"длинный текст"')


@pytest.mark.parametrize(
    "document",
    [None, 5, [], {}, [1, 2], [{"a": 1}, {"a": 2}], {"a": [{"t": "одно слово и всё"}] * 5}],
)
def test_no_fields_are_guessed_where_nothing_looks_like_news(document: object) -> None:
    assert field_paths(document) is None
