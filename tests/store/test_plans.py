"""How SQLite reads lists: from an index, backwards, and never by sorting."""

from __future__ import annotations

from collections.abc import Iterator

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


def plans(conn: Connection, selection: Selection, **more: object) -> list[str]:
    """Return the plan of each walk over entries that a list takes."""
    asked: list[tuple[str, object]] = []

    def listen(_c: object, _cur: object, sql: str, values: object, *_: object) -> None:
        asked.append((sql, values))

    window = Window(**{"now": a.NOW, "limit": 50, "withdrawn": True} | more)
    event.listen(conn, "before_cursor_execute", listen)
    try:
        assert lists.page(conn, selection, window)
    finally:
        event.remove(conn, "before_cursor_execute", listen)
    walks = [(sql, values) for sql, values in asked if "ORDER BY" in sql]
    return [
        "\n".join(row.detail for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
        for sql, values in walks
    ]


def group(conn: Connection, *names: str, none_of: tuple[str, ...] = ()) -> TagGroup:
    ids = tags.ids_of(conn, NAMES)
    return TagGroup(
        all_of=tuple(frozenset({ids[name]}) for name in names),
        none_of=tuple(frozenset({ids[name]}) for name in none_of),
    )


BEFORE = Cursor(published=int((a.NOW - 10 * a.MINUTE).timestamp()), number=3)


@pytest.mark.parametrize("before", [None, BEFORE])
def test_the_newest_of_a_tag_are_read_from_its_own_index(
    conn: Connection, before: Cursor | None
) -> None:
    (plan,) = plans(conn, Selection(groups=(group(conn, "лес"),)), before=before)
    assert "SEARCH entry_tag USING PRIMARY KEY (tag=? AND published<?)" in plan
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


@pytest.mark.parametrize("before", [None, BEFORE])
@pytest.mark.parametrize(
    ("selection", "step"),
    [
        (Selection(), "SEARCH entry USING INDEX entry_newest (published<?)"),
        (
            Selection(section="news"),
            "SEARCH entry USING INDEX entry_section (section=? AND published<?)",
        ),
        (
            Selection(source=a.SOURCE),
            "SEARCH entry USING INDEX entry_source (source=? AND published<?)",
        ),
    ],
)
def test_home_sections_and_sources_have_an_index_each(
    conn: Connection, selection: Selection, step: str, before: Cursor | None
) -> None:
    (plan,) = plans(conn, selection, before=before)
    assert step in plan
    assert "TEMP B-TREE" not in plan


def test_all_but_a_tag_is_read_like_home(conn: Connection) -> None:
    (plan,) = plans(conn, Selection(groups=(group(conn, none_of=("лес",)),)))
    assert "SEARCH entry USING INDEX entry_newest (published<?)" in plan
    assert "TEMP B-TREE" not in plan


def test_the_term_that_fewest_entries_bear_leads(conn: Connection) -> None:
    a.write(conn, a.an_insert(identity="guid:rare", tags=("лес", "редкость")))
    rare = tags.ids_of(conn, ["редкость"])["редкость"]
    common = group(conn, "лес").all_of[0]
    seen: list[object] = []

    def listen(_c: object, _cur: object, sql: str, values: object, *_: object) -> None:
        if "ORDER BY" in sql:
            seen.append(values)

    event.listen(conn, "before_cursor_execute", listen)
    for terms in ((common, frozenset({rare})), (frozenset({rare}), common)):
        window = Window(now=a.NOW, limit=50)
        assert len(lists.page(conn, Selection(groups=(TagGroup(all_of=terms),)), window)) == 1
    event.remove(conn, "before_cursor_execute", listen)
    assert [values[0] for values in seen if isinstance(values, tuple)] == [rare, rare]


def test_due_sources_are_found_from_an_index(conn: Connection) -> None:
    query = "SELECT slug FROM source WHERE is_active = 1 AND next_poll_at <= 1"
    plan = conn.execute(text(f"EXPLAIN QUERY PLAN {query}")).one().detail
    assert "source_due (is_active=? AND next_poll_at<?)" in plan
