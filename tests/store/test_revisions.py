"""What an entry said before it was changed is kept, and not for ever more of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feedhub.store import Connection, Store, revisions
from tests import builders as a


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        yield conn


def stored(conn: Connection) -> int:
    a.add_sources(conn, a.SOURCE)
    a.write(conn, a.an_insert(identity="guid:1", title="Заголовок 0", text="Текст 0"))
    return a.numbers(conn, a.SOURCE, "guid:1")[0]


def change(conn: Connection, number: int, n: int, *, text: str = "", **more: Any) -> None:
    entry = a.an_entry(identity="guid:1", title=f"Заголовок {n}", text=text or f"Текст {n}")
    a.write(conn, a.an_update(number, entry, **more), now=a.NOW + n * a.HOUR)


def test_a_change_keeps_what_stood_there_and_since_when_it_does_not(conn: Connection) -> None:
    number = stored(conn)
    change(conn, number, 1)
    change(conn, number, 2)
    assert revisions.of(conn, number) == (
        revisions.Revision(version=2, at=a.NOW + 2 * a.HOUR, title="Заголовок 1", text="Текст 1"),
        revisions.Revision(version=1, at=a.NOW + a.HOUR, title="Заголовок 0", text="Текст 0"),
    )


def test_what_no_reader_would_call_a_change_keeps_nothing(conn: Connection) -> None:
    number = stored(conn)
    change(conn, number, 0, updated=None)
    assert revisions.of(conn, number) == ()


def test_an_entry_that_changes_for_ever_keeps_its_newest_revisions(conn: Connection) -> None:
    number = stored(conn)
    for n in range(1, revisions.KEPT + 6):
        change(conn, number, n)
    found = revisions.of(conn, number)
    assert len(found) == revisions.KEPT == revisions.count(conn)
    assert found[0].title == f"Заголовок {revisions.KEPT + 4}"


def test_a_text_without_end_is_kept_in_part(conn: Connection) -> None:
    number = stored(conn)
    change(conn, number, 1, text="я" * (revisions.LONGEST + 1))
    change(conn, number, 2)
    assert len(revisions.of(conn, number)[0].text) == revisions.LONGEST
