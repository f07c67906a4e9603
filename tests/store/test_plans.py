"""How SQLite reads lists: from an index, backwards, and never by sorting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from feedhub.store import Store, lists, tags
from feedhub.store.lists import Cursor, Selection, TagGroup, Window
from tests import builders as a

NAMES = ("лес", "вода", "мост", "дом")


@pytest.fixture
def conn(sqlite_store: Store) -> Iterator[Connection]:
    """A store with entries enough for a planner that would look at their number."""
    dice = a.Dice("plans")
    with sqlite_store.write() as conn:
        a.add_sources(conn, a.SOURCE)
        inserts = [
            a.an_insert(
                identity=f"guid:{n}",
                tags=dice.some(NAMES, 4),
                published=a.NOW - n * a.MINUTE,
            )
            for n in range(300)
        ]
        a.write(conn, *inserts)
        yield conn


def walks(conn: Connection, selection: Selection, **more: Any) -> list[tuple[str, Any]]:
    """Return the queries, with their values, that walk over entries for a list."""
    asked: list[tuple[str, Any]] = []

    def listen(_c: object, _cur: object, sql: str, values: Any, *_: object) -> None:
        asked.append((sql, values))

    window = Window(**{"now": a.NOW, "limit": 50, "withdrawn": True} | more)
    event.listen(conn, "before_cursor_execute", listen)
    try:
        assert lists.places(conn, selection, window)
    finally:
        event.remove(conn, "before_cursor_execute", listen)
    return [(sql, values) for sql, values in asked if "ORDER BY" in sql]


def plans(conn: Connection, selection: Selection, **more: Any) -> list[str]:
    """Return the plan of each walk over entries that a list takes."""
    return [
        "\n".join(row.detail for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
        for sql, values in walks(conn, selection, **more)
    ]


def group(conn: Connection, *names: str, none_of: tuple[str, ...] = ()) -> TagGroup:
    ids = tags.ids_of(conn, NAMES)
    return TagGroup(
        all_of=tuple(frozenset({ids[name]}) for name in names),
        none_of=tuple(frozenset({ids[name]}) for name in none_of),
    )


NEWEST = "published<?"
OLDER = "(published,entry)<(?,?)"
BEFORE = Cursor(published=int((a.NOW - 10 * a.MINUTE).timestamp()), number=3)


@pytest.mark.parametrize(
    ("before", "bound"), [(None, NEWEST), (BEFORE, OLDER)], ids=["newest", "older"]
)
def test_the_newest_of_a_tag_and_older_pages_are_read_from_its_own_index(
    conn: Connection, before: Cursor | None, bound: str
) -> None:
    (plan,) = plans(conn, Selection(groups=(group(conn, "лес"),)), before=before)
    assert f"SEARCH entry_tag USING PRIMARY KEY (tag=? AND {bound})" in plan
    assert "SEARCH entry USING INTEGER PRIMARY KEY (rowid=?)" in plan
    assert "TEMP B-TREE" not in plan


def test_a_list_of_two_tags_follows_one_and_looks_the_other_up(conn: Connection) -> None:
    selection = Selection(groups=(group(conn, "лес", "вода", none_of=("мост",)),))
    (plan,) = plans(conn, selection)
    assert "SEARCH entry_tag USING PRIMARY KEY (tag=? AND published<?)" in plan
    assert plan.count("SEARCH other USING COVERING INDEX entry_tag_entry (entry=? AND tag=?)") == 2
    assert "TEMP B-TREE" not in plan


def test_either_of_two_tags_takes_two_such_walks(conn: Connection) -> None:
    found = plans(conn, Selection(groups=(group(conn, "лес"), group(conn, "вода"))))
    assert len(found) == 2
    for plan in found:
        assert "SEARCH entry_tag USING PRIMARY KEY (tag=? AND published<?)" in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("before", [None, BEFORE], ids=["newest", "older"])
@pytest.mark.parametrize(
    ("selection", "step"),
    [
        (Selection(), "entry_newest (published<?)"),
        (Selection(section="news"), "entry_section (section=? AND published<?)"),
        (Selection(source=a.SOURCE), "entry_source (source=? AND published<?)"),
    ],
    ids=["home", "section", "source"],
)
def test_home_sections_and_sources_have_an_index_each(
    conn: Connection, selection: Selection, step: str, before: Cursor | None
) -> None:
    (plan,) = plans(conn, selection, before=before)
    assert f"SEARCH entry USING INDEX {step}" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("is_tag", [False, True])
def test_an_older_page_begins_at_its_cursor_and_not_at_the_newest(
    conn: Connection, is_tag: bool
) -> None:
    selection = Selection(groups=(group(conn, "лес"),)) if is_tag else Selection()
    for before in (None, BEFORE, Cursor(published=BEFORE.published * 2, number=1)):
        ((sql, _),) = walks(conn, selection, before=before)
        bounds = re.findall(r"published\)? <=? |published, [\w.]+\) < ", sql)
        assert len(bounds) == 1, sql


def test_all_but_a_tag_is_read_like_home(conn: Connection) -> None:
    (plan,) = plans(conn, Selection(groups=(group(conn, none_of=("лес",)),)))
    assert "SEARCH entry USING INDEX entry_newest (published<?)" in plan
    assert "TEMP B-TREE" not in plan


def test_the_term_that_fewest_entries_bear_leads(conn: Connection) -> None:
    a.write(conn, a.an_insert(identity="guid:rare", tags=("лес", "редкость")))
    rare = tags.ids_of(conn, ["редкость"])["редкость"]
    common = group(conn, "лес").all_of[0]
    for terms in ((common, frozenset({rare})), (frozenset({rare}), common)):
        ((_, values),) = walks(conn, Selection(groups=(TagGroup(all_of=terms),)))
        assert values[0] == rare


def test_due_sources_are_found_from_an_index(conn: Connection) -> None:
    query = "SELECT slug FROM source WHERE is_active = 1 AND next_poll_at <= 1"
    plan = conn.execute(text(f"EXPLAIN QUERY PLAN {query}")).one().detail
    assert "source_due (is_active=? AND next_poll_at<?)" in plan
