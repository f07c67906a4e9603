"""What alerts need of the store: which sources to look at, what stands of them, how lists go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from feedhub.store import Connection, Store, alerts, schema
from tests import builders as a


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        a.add_sources(conn, *(f"s{number}" for number in range(6)))
        yield conn


def polled(conn: Connection, slug: str, minutes: int, error: str = "") -> None:
    at = int((a.NOW - minutes * a.MINUTE).timestamp())
    values = {"last_poll_at": at, "error": error, "memory": f"of {slug}"}
    conn.execute(update(schema.source).where(schema.source.c.slug == slug).values(values))


def watched(conn: Connection, minutes: int | None, turn: tuple[str, str] | None) -> list[str]:
    since = None if minutes is None else a.NOW - minutes * a.MINUTE
    return [one.state.slug for one in alerts.watched(conn, failed_since=since, turn=turn)]


def test_those_that_failed_lately_or_of_which_something_stands_or_whose_turn_it_is_are_watched(
    conn: Connection,
) -> None:
    polled(conn, "s0", 1)
    polled(conn, "s1", 1, "refused")
    polled(conn, "s2", 9, "refused")
    polled(conn, "s3", 9)
    alerts.put_standings(conn, {"s4": "[]"})
    assert watched(conn, 5, None) == ["s1", "s4"]
    assert watched(conn, None, None) == ["s1", "s2", "s4"]
    assert watched(conn, 5, ("s0", "s3")) == ["s0", "s1", "s2", "s3", "s4"]
    found = {
        it.state.slug: it for it in alerts.watched(conn, failed_since=a.NOW, turn=("s0", "s5"))
    }
    assert (found["s3"].memory, found["s3"].standings) == ("of s3", "")
    assert (found["s4"].memory, found["s4"].standings) == ("", "[]")


def test_sources_take_turns_and_begin_anew_at_the_end(conn: Connection) -> None:
    assert alerts.next_in_turn(conn, "", limit=2) is None
    for number in range(5):
        polled(conn, f"s{number}", 1)
    assert alerts.next_in_turn(conn, "", limit=2) == ("s0", "s1")
    assert alerts.next_in_turn(conn, "s1", limit=2) == ("s2", "s3")
    assert alerts.next_in_turn(conn, "s3", limit=2) == ("s4", "s4")
    assert alerts.next_in_turn(conn, "s4", limit=2) == ("s0", "s1")
    assert alerts.next_in_turn(conn, "zzz", limit=9) == ("s0", "s4")


def test_polls_are_counted_and_their_histories_read_the_last_first(conn: Connection) -> None:
    polled(conn, "s0", 1)
    polled(conn, "s1", 3, "refused")
    polled(conn, "s2", 2, "refused")
    polled(conn, "s3", 40, "refused")
    since = a.NOW - 30 * a.MINUTE
    assert alerts.polled(conn, since=since) == (3, 2)
    assert alerts.polled(conn, since=a.NOW) == (0, 0)
    assert alerts.memories(conn, since=since, limit=2) == ("of s0", "of s2")


def test_what_stands_is_written_over_and_taken_away(conn: Connection) -> None:
    alerts.put_standings(conn, {"s1": "[1]", "s2": "[2]"})
    alerts.put_standings(conn, {"s1": "[3]", "s2": "", "s3": ""})
    rows = conn.execute(select(schema.alert))
    assert [(row.source, row.state) for row in rows] == [("s1", "[3]")]
    alerts.put_standings(conn, {})


def listed(conn: Connection, section: str, *days: float) -> None:
    changes = [
        a.an_insert(identity=f"{section} {day}", section=section, published=a.NOW - day * a.DAY)
        for day in days
    ]
    a.write(conn, *changes, source="s0")


def test_the_habit_of_a_list_is_counted_back_from_now_to_its_oldest_entry(
    conn: Connection,
) -> None:
    listed(conn, "news", 2.5, 2.9, 3, 5.2, -0.5)
    listed(conn, "events", 0.1, 7)
    news = alerts.habit(conn, "news", now=a.NOW)
    assert news.newest == a.NOW - 2.5 * a.DAY
    assert news.by_day == (0, 0, 2, 1, 0, 1)
    home = alerts.habit(conn, None, now=a.NOW)
    assert home.newest == a.NOW - 0.1 * a.DAY
    assert home.by_day == (1, 0, 2, 1, 0, 1, 0, 1)
    assert alerts.habit(conn, "articles", now=a.NOW) == alerts.Habit()


def test_a_list_that_changed_lately_is_not_counted(conn: Connection) -> None:
    listed(conn, "news", 1.9, 4)
    habit = alerts.habit(conn, "news", now=a.NOW, quiet=2 * a.DAY)
    assert (habit.newest, habit.by_day) == (a.NOW - 1.9 * a.DAY, ())
    assert alerts.habit(conn, "news", now=a.NOW + a.DAY, quiet=2 * a.DAY).by_day == (
        0,
        0,
        1,
        0,
        0,
        1,
    )


def test_two_months_are_counted_and_no_more(conn: Connection) -> None:
    listed(conn, "news", 10, 59.9, 60.1, 400)
    by_day = alerts.habit(conn, "news", now=a.NOW).by_day
    assert len(by_day) == alerts.DAYS
    assert [day for day, n in enumerate(by_day) if n] == [10, 59]
