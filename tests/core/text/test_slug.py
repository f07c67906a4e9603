"""Slugs: a table of our own, ASCII only, never empty."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.text.slug import slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("белоруссия", "belorussiya"),
        ("Сахалинская область", "sakhalinskaya-oblast"),
        ("ИИ", "ii"),
        ("ЖКХ", "zhkkh"),
        ("Щукинский объезд", "shchukinskiy-obezd"),
        ("Ёлка № 5", "elka-no-5"),
        ("цифровая трансформация", "tsifrovaya-transformatsiya"),
        ("Правительство РФ", "pravitelstvo-rf"),
        ("Санкт-Петербург", "sankt-peterburg"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("C++ и C#", "c-plus-plus-i-c-sharp"),
        ("Магілёў", "magileu"),
        ("Київ", "kiyiv"),
        ("об’єкт", "obyekt"),
        ("Өскемен", "oskemen"),
        ("Ўзбекистон", "uzbekiston"),
        ("Québec: Łódź", "quebec-lodz"),
        ("Straße", "strasse"),
        ("  --а/б, в!  ", "a-b-v"),
        ("Бeлоруссия", "belorussiya"),
    ],
)
def test_a_name_becomes_the_slug_a_reader_expects(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_a_long_name_is_cut_at_a_hyphen() -> None:
    slug = slugify("министерство цифрового развития связи и массовых коммуникаций")
    assert slug == "ministerstvo-tsifrovogo-razvitiya-svyazi-i-massovykh"
    assert len(slugify("а" * 99)) == 60
    assert slugify("один два три", limit=8) == "odin-dva"


def test_a_name_that_cannot_be_written_gets_a_lasting_slug() -> None:
    assert re.fullmatch("x[0-9a-f]{8}", slugify("你好"))
    assert slugify("你好") == slugify("你好") != slugify("再见")


@given(st.text())
def test_a_slug_is_always_plain(text: str) -> None:
    slug = slugify(text)
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 60
