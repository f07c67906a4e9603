"""Reading lists: what they hold and in which order, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedhub.model import Withdraw
from feedhub.store import Connection, Store, lists, tags
from feedhub.store.lists import Cursor, Selection, TagGroup
from feedhub.store.values import to_seconds
from tests import builders as a
from tests.store.asking import add, page, window


def any_of(*terms: frozenset[int]) -> Selection:
    return Selection(groups=tuple(TagGroup(all_of=(term,)) for term in terms))


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")
        yield conn


def test_the_newest_stands_first_and_equal_times_keep_the_order_of_the_document(
    conn: Connection,
) -> None:
    times = {"guid:1": 3, "guid:2": 1, "guid:3": 2, "guid:4": 2}
    a.write(
        conn,
        *(a.an_insert(identity=one, published=a.NOW - h * a.HOUR) for one, h in times.items()),
    )
    wanted = a.numbers(conn, a.SOURCE, "guid:2", "guid:3", "guid:4", "guid:1")
    assert page(conn) == list(wanted)
    assert page(conn, limit=2) == list(wanted[:2])


def test_a_listed_entry_comes_with_its_texts_and_public_tags(conn: Connection) -> None:
    number = add(conn, "guid:1", tags=("лес", "связь", a.a_tag("вода", state="proposed")))
    (one,) = lists.page(conn, Selection(), window())
    ids = tags.ids_of(conn, ["лес", "связь"])
    assert one.tags == tuple(sorted(ids.values()))
    assert (one.row["number"], one.row["text"]) == (number, "Текст записи guid:1.")
    assert one.row["content"] == "<p>Текст записи guid:1.</p>"


def test_entries_come_in_the_order_asked_for_and_unknown_numbers_are_left_out(
    conn: Connection,
) -> None:
    first, second = add(conn, "guid:1"), add(conn, "guid:2")
    asked = [second, 10**30, first, 0, -1, 2**63, 999]
    assert [one.row["number"] for one in lists.entries(conn, asked)] == [second, first]
    assert lists.entries(conn, []) == ()


def test_section_and_source_hold_their_own(conn: Connection) -> None:
    news = add(conn, "guid:1")
    event = add(conn, "guid:2", section="events")
    theirs = add(conn, "guid:1", source="other", section="events")
    assert page(conn, Selection(section="news")) == [news]
    assert page(conn, Selection(section="events")) == [theirs, event]
    assert page(conn, Selection(source=a.SOURCE)) == [event, news]
    assert page(conn, Selection(source="other", section="events")) == [theirs]
    assert page(conn, Selection(source="other", section="news")) == []


def test_a_waiting_entry_is_in_no_list_until_its_time(conn: Connection) -> None:
    now = add(conn, "guid:1", published=a.NOW, tags=("лес",))
    waiting = add(conn, "guid:2", published=a.NOW + a.HOUR, tags=("лес",))
    ids = frozenset(tags.ids_of(conn, ["лес"]).values())
    for selection in (Selection(), any_of(ids), Selection(section="news", until=a.NOW + a.DAY)):
        assert page(conn, selection) == [now]
        assert page(conn, selection, now=a.NOW + a.HOUR) == [waiting, now]
    assert lists.next_appearance(conn, a.NOW) == a.NOW + a.HOUR
    assert lists.next_appearance(conn, a.NOW + a.HOUR) is None


def test_since_and_until_are_both_within(conn: Connection) -> None:
    numbers = [add(conn, f"guid:{h}", published=a.NOW - h * a.HOUR) for h in range(5)]
    bounds = Selection(since=a.NOW - 3 * a.HOUR, until=a.NOW - a.HOUR)
    assert page(conn, bounds) == numbers[1:4]


def test_a_withdrawn_entry_shows_for_thirty_days_where_marks_are_wanted(conn: Connection) -> None:
    kept = add(conn, "guid:1", tags=("лес",))
    gone = add(conn, "guid:2", tags=("лес",))
    a.write(conn, Withdraw(number=gone, reason="ошибка"))
    ids = frozenset(tags.ids_of(conn, ["лес"]).values())
    for selection in (Selection(), any_of(ids), Selection(section="news")):
        assert page(conn, selection) == [kept]
        assert page(conn, selection, withdrawn=True) == [gone, kept]
        in_time = a.NOW + lists.WITHDRAWN_SHOWN
        assert page(conn, selection, withdrawn=True, now=in_time - a.MINUTE) == [gone, kept]
        assert page(conn, selection, withdrawn=True, now=in_time) == [kept]


def test_a_cursor_reads_back_what_it_wrote() -> None:
    for cursor in (Cursor(published=1795348800, number=7), Cursor(published=-5, number=1)):
        assert lists.read_cursor(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "-", "1", "1-", "a-1", "1-2-3", "1 - 2", "9" * 20 + "-1"])
def test_a_cursor_we_did_not_make_is_told(text: str) -> None:
    with pytest.raises(lists.BadCursor, match="is no cursor"):
        lists.read_cursor(text)


def test_the_largest_cursor_is_no_error(conn: Connection) -> None:
    number = add(conn, "guid:1")
    most = lists.read_cursor("999999999999-999999999999")
    assert page(conn, before=most) == [number]


def test_a_week_begins_where_the_week_before_it_ends(conn: Connection) -> None:
    week = 7 * a.DAY
    for n, age in enumerate((0 * week, week - a.MINUTE, week, 2 * week - a.MINUTE, 2 * week)):
        add(conn, f"guid:{n}", published=a.NOW - age, tags=("лес", "вода"))
    ids = frozenset(tags.ids_of(conn, ["лес", "вода"]).values())
    assert lists.weeks_of(conn, ids, now=a.NOW, weeks=2) == (2, 2)
    assert lists.weeks_of(conn, ids, now=a.NOW, weeks=4) == (0, 1, 2, 2)


def test_a_tag_without_entries_has_no_newest(conn: Connection) -> None:
    tags.ensure(conn, a.a_writing(a.some_tags("лес")).tags)
    assert lists.newest_of_tags(conn, a.NOW) == {}


def test_related_tags_are_those_that_stand_together_most_often(conn: Connection) -> None:
    together = [("лес", "вода"), ("лес", "вода", "мост"), ("лес", "мост", "вода"), ("лес", "дом")]
    for n, names in enumerate(together):
        add(conn, f"guid:{n}", tags=names)
    ids = tags.ids_of(conn, ["лес", "вода", "мост"])
    related = lists.related_tags(conn, ids["лес"], limit=5)
    assert related == [ids["вода"], ids["мост"]]
    assert lists.related_tags(conn, ids["лес"], limit=1) == [ids["вода"]]


def test_seconds_are_whole(conn: Connection) -> None:
    add(conn, "guid:1", published=a.NOW.replace(microsecond=999_999))
    assert lists.page(conn, Selection(), window())[0].row["published"] == to_seconds(a.NOW)
