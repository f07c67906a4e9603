"""Finding entries by their words, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feedhub.core.text.fold import search_words
from feedhub.store import Connection, Store
from feedhub.store.lists import Selection
from feedhub.store.search import index
from tests import builders as a
from tests.store.asking import add, page


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")
        yield conn


def test_words_are_found_in_title_and_text_in_any_of_the_forms_asked(conn: Connection) -> None:
    first = add(conn, "guid:1", title="Ёлки и РЕКИ", text="Мост через реку.")
    second = add(conn, "guid:2", title="Указ № 17", text="О мостах; covid19, по-новому")

    def search(*words: tuple[str, ...], **more: Any) -> list[int]:
        return page(conn, Selection(words=words, **more))

    assert search(("мост", "мостах")) == [second, first]
    assert search(("мост",)) == [first]
    assert search(("елки",), ("реки", "река")) == [first]
    assert search(("мост",), ("указ",)) == []
    assert search(("17",)) == search(("covid19",)) == search(("новому",)) == [second]
    assert search(("мост", "мостах"), since=a.NOW) == []
    assert search() == [second, first]


ODD_WORDS = [
    "a*",
    "мост*",
    "-мост",
    "title:мост",
    "a\\",
    "<->",
    ":*",
    '"',
    "'",
    "*",
    "|",
    "&",
    "!",
    "\x00",
    "🙂",
    "NEAR(a)",
]


@pytest.mark.parametrize(
    "form",
    [*ODD_WORDS, "", " ", "a b", "мост' | 'x", "слово" * 1000],
)
def test_odd_words_find_nothing_and_break_nothing(conn: Connection, form: str) -> None:
    add(conn, "guid:1", title="Мост", text="мост title")
    assert page(conn, Selection(words=((form,),))) == []
    assert page(conn, Selection(words=((form, "мост"),))) != []


@pytest.mark.parametrize(
    "body",
    [
        " ".join(chr(0x20000 + n) for n in range(40_000)) * 2,
        "я" * 3_000_000,
        "слово " * 300_000,
        " ".join(f"сл{n}" for n in range(200_000)),
        "a\u0301\u200b \u00ad _ 🙂 \ud7ff",
    ],
    ids=["rare letters", "one long word", "one word often", "many words", "marks"],
)
def test_any_text_can_be_indexed(conn: Connection, body: str) -> None:
    number = add(conn, "guid:1", title="Мост", text=body)
    assert page(conn, Selection(words=(("мост",),))) == [number]


def test_indexing_nothing_changes_nothing(conn: Connection) -> None:
    index(conn, [], search_words)
    assert page(conn, Selection(words=(("мост",),))) == []


def test_a_changed_text_is_found_by_its_new_words_only(conn: Connection) -> None:
    number = add(conn, "guid:1", text="мост")
    a.write(conn, a.an_update(number, a.an_entry("guid:1", text="паром")))
    assert page(conn, Selection(words=(("паром",),))) == [number]
    assert page(conn, Selection(words=(("мост",),))) == []
