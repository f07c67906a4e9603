"""Writing entries: numbers, ids, times, withdrawal, and what is kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import RowMapping, select, text

from feedhub.model import (
    Category,
    Enclosure,
    Event,
    Image,
    KnownEntry,
    SeeAlso,
    Skip,
    Withdraw,
)
from feedhub.store import Connection, Store, entries, facts, lookup, tagging
from feedhub.store.schema import body, entry
from feedhub.store.values import entry_value, to_seconds
from tests import builders as a
from tests.store import plain


@pytest.fixture(autouse=True)
def _sources(store: Store) -> None:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")


def row_of(conn: Connection, number: int) -> RowMapping:
    return conn.execute(select(entry).where(entry.c.number == number)).mappings().one()


def known(conn: Connection, *identities: str, source: str = a.SOURCE) -> Sequence[KnownEntry]:
    return lookup.known(conn, source, identities=identities, canonical_urls=())


def add(conn: Connection, *identities: str, **overrides: Any) -> tuple[int, ...]:
    """Add entries; the first stands first in the document."""
    a.write(conn, *(a.an_insert(identity=one, **overrides) for one in identities))
    return a.numbers(conn, a.SOURCE, *identities)


def test_everything_of_an_entry_comes_back_as_it_went_in(store: Store) -> None:
    full = a.an_entry(
        "guid:full",
        uri="urn:x:1",
        url="https://agency.example/1?а=б",
        canonical_url="agency.example/1",
        summary="Кратко",
        lead="Вводка",
        teaser="Вводка.",
        authors=("Пресс-служба", "И. Писарева"),
        published_raw="вчера",
        published_why="as the source says",
        date_only=True,
        updated=a.NOW - a.MINUTE,
        language="be",
        stamp="said",
        section="events",
        categories=(Category(term="it", scheme="https://agency.example/", label="ИТ"),),
        enclosures=(Enclosure(url="https://agency.example/a.pdf", length=2**40),),
        image=Image(url="https://agency.example/a.jpg", width=10, credit="Фото ведомства"),
        see_also=(SeeAlso(title="Ещё", url="https://agency.example/2"),),
        reading_minutes=7,
        event=Event(start=a.NOW, end=a.NOW + a.HOUR, place="Зал"),
        slug="novost",
    )
    with store.write() as conn:
        a.write(conn, a.an_insert(full))
    with store.read() as conn:
        (stored,) = tagging.after(conn, 0, 10)
    assert stored.entry == full


def test_an_entry_with_nothing_but_a_title_comes_back_the_same(store: Store) -> None:
    bare = a.an_entry(content="", text="", published=None, slug="entry")
    with store.write() as conn:
        a.write(conn, a.an_insert(bare))
    with store.read() as conn:
        (stored,) = tagging.after(conn, 0, 10)
        assert conn.execute(text("SELECT image, event FROM entry")).one() == (None, None)
    when = {"published": a.NOW, "updated": a.NOW}
    assert stored.entry == replace(bare, uri=stored.entry.uri, **when)


def test_text_is_stored_as_it_is_written(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:1", authors=("Ведомство",))
    with store.read() as conn:
        assert "Ведомство" in str(conn.execute(text("SELECT authors FROM entry")).scalar())


def test_numbers_follow_the_document_so_that_equal_times_keep_its_order(store: Store) -> None:
    with store.write() as conn:
        first, second, third = add(conn, "guid:1", "guid:2", "guid:3")
    assert first > second > third


def test_hundreds_of_entries_keep_the_order_of_the_document(store: Store) -> None:
    names = [f"guid:{n}" for n in range(700)]
    with store.write() as conn:
        found = add(conn, *names)
        titles = conn.execute(
            select(entry.c.title, body.c.text)
            .join(body, body.c.entry == entry.c.number)
            .order_by(entry.c.number.desc())
        ).all()
    assert list(found) == sorted(found, reverse=True)
    assert titles == [(f"Новость {one}", f"Текст записи {one}.") for one in names]


def test_a_number_is_never_given_twice(store: Store) -> None:
    with store.write() as conn:
        (last,) = add(conn, "guid:1")
        if store.is_sqlite:
            conn.execute(text("DELETE FROM search"))
        for table in ("tagging", "entry_tag", "body", "entry"):
            conn.execute(text(f"DELETE FROM {table}"))
        (fresh,) = add(conn, "guid:1")
    assert fresh > last


@pytest.mark.parametrize(
    ("published", "updated", "stored"),
    [
        (-2, None, -2),
        (-2, -1, -1),
        (-2, -3, -2),
        (-2, 5, 0),
        (3, None, 3),
        (3, 1, 3),
        (3, 9, 3),
    ],
)
def test_updated_is_neither_before_published_nor_in_the_future(
    store: Store, published: int, updated: int | None, stored: int
) -> None:
    when = a.NOW + updated * a.HOUR if updated is not None else None
    with store.write() as conn:
        (number,) = add(conn, "guid:1", published=a.NOW + published * a.HOUR, updated=when)
        assert row_of(conn, number)["updated"] == to_seconds(a.NOW + stored * a.HOUR)


def test_an_update_keeps_number_id_slug_and_first_sight(store: Store) -> None:
    later = a.NOW + a.HOUR
    with store.write() as conn:
        (number,) = add(conn, "guid:1", uri="urn:x:1", slug="odin")
        before = row_of(conn, number)
        changed = a.an_entry("guid:2", title="Другое", uri="urn:x:2", section="events")
        a.write(conn, a.an_update(number, changed, updated=later), now=later)
        after = row_of(conn, number)
    same = ("number", "uri", "slug", "published", "first_seen", "source")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert (after["title"], after["identity"], after["section"]) == ("Другое", "guid:2", "events")
    assert after["updated"] == after["changed"] == after["last_seen"] == to_seconds(later)
    assert (before["version"], after["version"]) == (1, 2)


def test_an_update_that_no_reader_sees_moves_only_changed(store: Store) -> None:
    later = a.NOW + a.HOUR
    with store.write() as conn:
        (number,) = add(conn, "guid:1")
        before = row_of(conn, number)
        silent = a.an_update(number, a.an_entry("guid:1", tags=("связь",)), updated=None)
        a.write(conn, silent, now=later)
        after = row_of(conn, number)
    assert (after["updated"], after["version"]) == (before["updated"], before["version"])
    assert after["changed"] == to_seconds(later)
    assert after["tag_digest"] == silent.tag_digest != before["tag_digest"]


def test_a_waiting_entry_that_is_moved_nearer_takes_its_updated_along(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1", published=a.NOW + 9 * a.HOUR)
        sooner = a.an_entry("guid:1", published=a.NOW + a.HOUR)
        a.write(conn, a.an_update(number, sooner, updated=None))
        row = row_of(conn, number)
    assert row["published"] == row["updated"] == to_seconds(a.NOW + a.HOUR)


def test_an_update_may_give_another_slug_and_text(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1", slug="odin")
        a.write(conn, a.an_update(number, a.an_entry("guid:1", slug="dva", text="Новый текст")))
        assert row_of(conn, number)["slug"] == "dva"
        assert conn.execute(select(body.c.text)).scalar() == "Новый текст"
        assert plain.indexed_words(conn) == plain.stored_words(conn)


def test_many_updates_at_once_reach_each_its_own_entry(store: Store) -> None:
    names = [f"guid:{n}" for n in range(500)]
    with store.write() as conn:
        found = add(conn, *names)
        changed = [a.an_entry(one, text=f"Новый {one}", tags=(f"тема {one}",)) for one in names]
        a.write(conn, *(a.an_update(n, one) for n, one in zip(found, changed, strict=True)))
        texts = dict(conn.execute(select(body.c.entry, body.c.text)).all())
        assert texts == {n: f"Новый {one}" for n, one in zip(found, names, strict=True)}
        assert plain.listed_tags(conn) == plain.public_tags(conn)
        assert len(plain.listed_tags(conn)) == 500


def test_an_entry_seen_again_unchanged_moves_only_last_seen(store: Store) -> None:
    later = a.NOW + a.HOUR
    with store.write() as conn:
        (number,) = add(conn, "guid:1")
        before, changes = dict(row_of(conn, number)), facts.changes(conn)
        a.write(
            conn,
            Skip(identity="guid:1", reason="unchanged", number=number),
            Skip(identity="guid:9", reason="too old"),
            now=later,
        )
        assert dict(row_of(conn, number)) == before | {"last_seen": to_seconds(later)}
        assert facts.changes(conn) == changes


def test_what_a_source_said_of_entries_that_stand_is_known_by_its_stamps(store: Store) -> None:
    with store.write() as conn:
        first, second, third = add(conn, "guid:1", "guid:2", "guid:3")
        a.write(conn, a.an_insert(identity="guid:4", stamp="four"))
        a.write(conn, a.an_insert(identity="guid:1", stamp="theirs"), source="other")
        assert lookup.stamps(conn, a.SOURCE) == {"four"}
        a.write(
            conn,
            a.an_update(first, a.an_entry("guid:1", stamp="one")),
            Skip(identity="guid:2", reason="unchanged", number=second, stamp="two"),
            Skip(identity="guid:3", reason="said as before", number=third),
        )
        assert lookup.stamps(conn, a.SOURCE) == {"one", "two", "four"}
        a.write(conn, Withdraw(number=second, reason="ошибка"))
        assert lookup.stamps(conn, a.SOURCE) == {"one", "four"}
        a.write(conn, Skip(identity="guid:1", reason="unchanged", number=first, stamp="uno"))
        assert lookup.stamps(conn, a.SOURCE) == {"uno", "four"}


def test_every_write_that_readers_may_see_moves_the_change_counter_once(store: Store) -> None:
    with store.write() as conn:
        numbers = add(conn, "guid:1", "guid:2")
        assert facts.changes(conn) == 1
        a.write(conn, *(a.an_update(n, a.an_entry(f"guid:new {n}")) for n in numbers))
        assert facts.changes(conn) == 2
        a.write(conn, *(Withdraw(number=n, reason="ошибка") for n in numbers))
        assert facts.changes(conn) == 3
        assert facts.get(conn, facts.CHANGED_AT) == str(to_seconds(a.NOW))


def test_a_withdrawn_entry_keeps_its_text_and_says_when_and_why(store: Store) -> None:
    later = a.NOW + a.HOUR
    with store.write() as conn:
        (number,) = add(conn, "guid:1", tags=("связь",))
        a.write(conn, Withdraw(number=number, reason="ошибка"), now=later)
        row = row_of(conn, number)
        assert (row["withdrawn_at"], row["withdrawn_reason"]) == (to_seconds(later), "ошибка")
        assert (row["changed"], row["version"]) == (to_seconds(later), 1)
        assert known(conn, "guid:1")[0].is_withdrawn
        assert lookup.names(conn, [number])[number].is_withdrawn
        assert plain.kept_counts(conn) == {}
        assert len(plain.listed_tags(conn)) == 1


def test_withdrawing_twice_keeps_the_first_time_and_counts_once(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:0")
        (number,) = add(conn, "guid:1", tags=("связь",))
        a.write(conn, Withdraw(number=number, reason="ошибка"))
        a.write(conn, Withdraw(number=number, reason="ещё раз"), now=a.NOW + a.DAY)
        row = row_of(conn, number)
        assert (row["withdrawn_at"], row["withdrawn_reason"]) == (to_seconds(a.NOW), "ошибка")
        assert plain.kept_counts(conn) == plain.plain_counts(conn)
        assert facts.count(conn, "home") == 1


def test_an_entry_seen_again_after_its_withdrawal_is_listed_as_before(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1", tags=("связь",))
        before = plain.kept_counts(conn)
        a.write(conn, Withdraw(number=number, reason="ошибка"))
        a.write(conn, a.an_update(number, a.an_entry("guid:1", tags=("связь",))))
        row = row_of(conn, number)
        assert (row["withdrawn_at"], row["withdrawn_reason"]) == (None, None)
        assert plain.kept_counts(conn) == before == plain.plain_counts(conn)


def test_a_source_that_changes_sections_takes_its_entries_along(store: Store) -> None:
    later = a.NOW + a.HOUR
    with store.write() as conn:
        first, second, third = add(conn, "guid:1", "guid:2", "guid:3")
        a.write(conn, a.an_update(second, a.an_entry("guid:2", section="events")))
        a.write(conn, Withdraw(number=third, reason="ошибка"))
        a.write(conn, a.an_insert(identity="guid:1"), source="other")
        assert entries.move_sections(conn, a.SOURCE, "events", now=later) == 1
        rows = {n: row_of(conn, n) for n in (first, second, third)}
        assert {row["section"] for row in rows.values()} == {"events"}
        assert rows[first]["changed"] == to_seconds(later) > rows[second]["changed"]
        assert plain.kept_counts(conn) == plain.plain_counts(conn)
        assert facts.counts(conn, "section") == {"news": 1, "events": 2}


def test_kept_counts_of_a_kind_do_not_mix_with_others(store: Store) -> None:
    with store.write() as conn:
        names = ("tag:1", "tag:10", "tags:1", "tag", "source:tag:1")
        facts.add_counts(conn, dict.fromkeys(names, 1))
        facts.add_counts(conn, {"tag:1": 2, "tag:10": 0})
        assert facts.counts_of(conn, ["tag:1", "tag:2"]) == {"tag:1": 3}
        assert facts.counts(conn, "tag") == {"1": 3, "10": 1}


def test_an_entry_read_from_its_row_is_the_one_that_was_written(store: Store) -> None:
    one = a.an_entry(slug="odin", uri="urn:x:1", updated=a.NOW - a.MINUTE)
    with store.write() as conn:
        a.write(conn, a.an_insert(one))
        row = (
            conn.execute(
                select(entry, body.c.content, body.c.text).join(
                    body, body.c.entry == entry.c.number
                )
            )
            .mappings()
            .one()
        )
    assert entry_value(row) == one
