"""Writing entries: numbers, ids, times, withdrawal, and what is kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import RowMapping, select, text

from feedhub.core.decide import tag_digest
from feedhub.errors import StoreError
from feedhub.model import (
    Category,
    Enclosure,
    Event,
    Image,
    Insert,
    KnownEntry,
    SeeAlso,
    Skip,
    Tagged,
    Withdraw,
)
from feedhub.store import Connection, Store, entries, facts, schema, tagging, tags
from feedhub.store.schema import body, entry
from feedhub.store.values import LONGEST_KEY, entry_value, to_seconds
from tests import builders as a
from tests.store import plain


@pytest.fixture(autouse=True)
def _sources(store: Store) -> None:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")


def row_of(conn: Connection, number: int) -> RowMapping:
    return conn.execute(select(entry).where(entry.c.number == number)).mappings().one()


def known(conn: Connection, *identities: str, source: str = a.SOURCE) -> Sequence[KnownEntry]:
    return entries.known(conn, source, identities=identities, canonical_urls=())


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


def test_an_entry_without_an_id_gets_one_that_names_us_the_year_and_the_source(
    store: Store,
) -> None:
    with store.write() as conn:
        add(conn, "guid:1")
        (one,) = known(conn, "guid:1")
    assert one.uri.startswith(f"tag:{a.AUTHORITY},2026:{a.SOURCE}/")


def test_an_id_of_the_sources_own_is_kept(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:1", uri="urn:x:1")
        assert known(conn, "guid:1")[0].uri == "urn:x:1"


def test_an_id_that_another_source_has_is_not_given_again(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:1", uri="urn:x:1")
        a.write(conn, a.an_insert(identity="guid:1", uri="urn:x:1"), source="other")
        (theirs,) = known(conn, "guid:1", source="other")
        assert known(conn, "guid:1")[0].uri == "urn:x:1"
    assert theirs.uri.startswith(f"tag:{a.AUTHORITY},2026:other/")


def test_an_id_that_stands_twice_in_one_document_is_given_once(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:1", "guid:2", "guid:3", uri="urn:x:1")
        uris = [one.uri for one in known(conn, "guid:1", "guid:2", "guid:3")]
    assert len(set(uris)) == 3
    assert uris.count("urn:x:1") == 1


def test_an_id_too_long_to_publish_is_replaced(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:1", uri="https://agency.example/" + "длинно/" * 1000)
        assert known(conn, "guid:1")[0].uri.startswith("tag:")


def test_an_id_minted_for_an_entry_that_has_another_identity_now_is_not_minted_again(
    store: Store,
) -> None:
    uris = set()
    with store.write() as conn:
        for n in range(4):
            (number,) = add(conn, "guid:1")
            uris.add(row_of(conn, number)["uri"])
            a.write(conn, a.an_update(number, a.an_entry(f"guid:new {n}")))
    assert len(uris) == 4


def test_very_long_identities_and_addresses_are_known_again(store: Store) -> None:
    dice = a.Dice("an address that cannot be packed")
    address = "".join(dice.pick("абвгдежзийклмнопрстуфхцчшщэюя") for _ in range(8000))
    identity = f"url:{address}"
    assert len(address) > 10 * LONGEST_KEY
    one = a.an_entry(identity, canonical_url=address)
    other = a.an_entry(f"{identity}!", canonical_url=f"{address}!")
    with store.write() as conn:
        a.write(conn, a.an_insert(one), a.an_insert(other))
        by_identity = known(conn, identity)
        by_address = entries.known(conn, a.SOURCE, identities=(), canonical_urls=[address])
    assert [known.identity for known in by_identity] == [identity]
    assert [known.canonical_url for known in by_address] == [address]


def test_known_finds_by_identity_and_by_address_within_one_source(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:1", canonical_url="agency.example/1")
        add(conn, "guid:2", canonical_url="agency.example/2")
        other = a.an_insert(identity="guid:3", canonical_url="agency.example/2")
        a.write(conn, other, source="other")
        found = entries.known(
            conn,
            a.SOURCE,
            identities=["guid:1", "guid:9"],
            canonical_urls=["agency.example/2", "agency.example/1"],
        )
    assert [one.identity for one in found] == ["guid:1", "guid:2"]


def test_hundreds_of_identities_are_looked_up_at_once(store: Store) -> None:
    names = [f"guid:{n}" for n in range(1000)]
    with store.write() as conn:
        add(conn, *names[::2])
        assert {one.identity for one in known(conn, *names)} == set(names[::2])


def test_one_identity_stands_once_in_a_source(store: Store) -> None:
    with pytest.raises(StoreError), store.write() as conn:
        add(conn, "guid:1")
        add(conn, "guid:1")


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


def test_an_identity_given_up_in_a_document_can_be_taken_over_in_it(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1")
        a.write(conn, a.an_insert(identity="guid:1"), a.an_update(number, a.an_entry("guid:2")))
        assert a.numbers(conn, a.SOURCE, "guid:2") == (number,)
        assert a.numbers(conn, a.SOURCE, "guid:1") != (number,)


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
        assert entries.names(conn, [number])[number].is_withdrawn
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


def test_only_public_tags_are_listed_and_every_tag_has_its_why(store: Store) -> None:
    given = (
        a.a_tag("связь", quote="связи", start=3, end=8, score=6.5, threshold=3, field="title"),
        a.a_tag("лес", state="proposed"),
        a.a_tag("вода", state="rejected"),
        a.a_tag("мост", state="manual", by="article"),
    )
    with store.write() as conn:
        (number,) = add(conn, "guid:1", tags=given)
        ids = tags.ids_of(conn, [one.key for one in given])
        why = schema.tagging
        rows = {row.tag: row for row in conn.execute(select(why).where(why.c.entry == number))}
        assert {row.state for row in rows.values()} == {"auto", "proposed", "rejected", "manual"}
        one = rows[ids["связь"]]
        assert (one.quote, one.start, one.end, one.score) == ("связи", 3, 8, 6.5)
        assert one.at == to_seconds(a.NOW)
        assert {row[0] for row in plain.listed_tags(conn)} == {ids["связь"], ids["мост"]}
        assert plain.listed_tags(conn) == plain.public_tags(conn)


def test_a_tag_given_twice_to_one_entry_counts_once_by_its_first_why(store: Store) -> None:
    twice = (a.a_tag("связь", rule="source"), a.a_tag("связь", state="proposed"))
    with store.write() as conn:
        (number,) = add(conn, "guid:1", tags=twice)
        (row,) = conn.execute(select(schema.tagging).where(schema.tagging.c.entry == number))
        assert (row.rule, row.state) == ("source", "auto")
        assert plain.kept_counts(conn) == plain.plain_counts(conn)


def decide_by_hand(conn: Connection, number: int, name: str, state: str) -> None:
    wanted = a.a_writing([a.a_tag(name)]).tags
    (tag_id,) = tags.ensure(conn, wanted).values()
    why = schema.tagging
    conn.execute(why.delete().where(why.c.entry == number, why.c.tag == tag_id))
    conn.execute(
        why.insert().values(
            entry=number, tag=tag_id, state=state, rule=tagging.BY_HAND, by="anna", at=1
        )
    )


def retag(conn: Connection, names: dict[int, tuple[Tagged, ...]]) -> None:
    stored = {one.number: one for one in tagging.after(conn, 0, 10_000)}
    rows = [
        tagging.Retagging(stored=stored[number], tags=given, tag_digest=tag_digest(given))
        for number, given in names.items()
    ]
    wanted = a.a_writing([tag for given in names.values() for tag in given]).tags
    tagging.retag(conn, rows, tags.ensure(conn, wanted), now=a.NOW)


@pytest.mark.parametrize("way", ["update", "retag"])
def test_a_decision_by_hand_outlives_what_machines_say_later(store: Store, way: str) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1", tags=("связь", "лес"))
        decide_by_hand(conn, number, "связь", "rejected")
        decide_by_hand(conn, number, "мост", "manual")
        fresh = a.some_tags("связь", "вода")
        if way == "update":
            a.write(conn, a.an_update(number, a.an_entry("guid:1", tags=fresh)))
        else:
            retag(conn, {number: fresh})
        rows = conn.execute(
            select(schema.tag.c.name, schema.tagging.c.state, schema.tagging.c.rule)
            .join(schema.tag, schema.tag.c.id == schema.tagging.c.tag)
            .order_by(schema.tag.c.name)
        ).all()
        assert rows == [
            ("вода", "auto", "keyword «вода»"),
            ("мост", "manual", tagging.BY_HAND),
            ("связь", "rejected", tagging.BY_HAND),
        ]
        assert plain.listed_tags(conn) == plain.public_tags(conn)
        assert plain.kept_counts(conn) == plain.plain_counts(conn)


def test_retagging_moves_changed_but_not_updated(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1")
        before, changes = dict(row_of(conn, number)), facts.changes(conn)
        given = a.some_tags("связь")
        retag(conn, {number: given})
        after = dict(row_of(conn, number))
        assert after == before | {"changed": to_seconds(a.NOW), "tag_digest": tag_digest(given)}
        assert facts.changes(conn) == changes + 1


def test_retagging_nothing_changes_nothing(store: Store) -> None:
    with store.write() as conn:
        retag(conn, {})
        assert facts.changes(conn) == 0


def test_a_walk_over_the_store_meets_every_entry_once_with_its_own_tags(store: Store) -> None:
    own = a.a_tag("мост", state="manual", rule="article")
    with store.write() as conn:
        add(conn, *(f"guid:{n}" for n in range(25)), tags=(own, a.a_tag("лес")))
        met: list[tagging.TaggedEntry] = []
        while batch := tagging.after(conn, met[-1].number if met else 0, 10):
            met += batch
    assert [one.number for one in met] == sorted({one.number for one in met})
    assert {one.entry.identity for one in met} == {f"guid:{n}" for n in range(25)}
    assert {one.entry.own_tags for one in met} == {("мост",)}


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


def test_names_tell_identity_and_slug(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1", slug="odin")
        found = entries.names(conn, [number, number + 1])
    assert found == {number: entries.Named(identity="guid:1", slug="odin", is_withdrawn=False)}


def test_kept_counts_of_a_kind_do_not_mix_with_others(store: Store) -> None:
    with store.write() as conn:
        names = ("tag:1", "tag:10", "tags:1", "tag", "source:tag:1")
        facts.add_counts(conn, dict.fromkeys(names, 1))
        facts.add_counts(conn, {"tag:1": 2, "tag:10": 0})
        assert facts.counts_of(conn, ["tag:1", "tag:2"]) == {"tag:1": 3}
        assert facts.counts(conn, "tag") == {"1": 3, "10": 1}


class Stage:
    """A store under a long random play, with what the play must know to go on."""

    tags = tuple(f"тема {n}" for n in range(12))
    sections = ("news", "press-releases", "events")

    def __init__(self, conn: Connection, dice: a.Dice) -> None:
        self.conn, self.dice = conn, dice
        self.stored: dict[int, tuple[str, str]] = {}
        self.next = 0

    def entry(self, identity: str) -> Any:
        state = self.dice.pick(("auto", "auto", "manual", "proposed", "rejected"))
        return a.an_entry(
            identity,
            title=f"Новость {self.dice.roll(50)} {identity}",
            published=a.NOW + (self.dice.roll(60) - 50) * a.HOUR,
            section=self.dice.pick(self.sections),
            tags=tuple(a.a_tag(name, state=state) for name in self.dice.some(self.tags, 5)),
        )

    def add(self) -> None:
        source = self.dice.pick((a.SOURCE, "other"))
        names = [f"guid:{self.next + n}" for n in range(1 + self.dice.roll(4))]
        self.next += len(names)
        inserts: list[Insert] = [a.an_insert(self.entry(one)) for one in names]
        a.write(self.conn, *inserts, source=source)
        for name, number in zip(names, a.numbers(self.conn, source, *names), strict=True):
            self.stored[number] = (source, name)

    def change(self) -> None:
        number = self.dice.pick(list(self.stored))
        source, identity = self.stored[number]
        entry = self.entry(identity)
        updated = a.NOW if self.dice.roll(2) else None
        a.write(self.conn, a.an_update(number, entry, updated=updated), source=source)

    def withdraw(self) -> None:
        number = self.dice.pick(list(self.stored))
        a.write(self.conn, Withdraw(number=number, reason="x"), source=self.stored[number][0])

    def retag(self) -> None:
        chosen = self.dice.some(list(self.stored), 3)
        retag(self.conn, {number: self.entry("guid:x").tags for number in chosen})

    def decide(self) -> None:
        number = self.dice.pick(list(self.stored))
        state = self.dice.pick(("manual", "rejected"))
        decide_by_hand(self.conn, number, self.dice.pick(self.tags), state)
        retag(self.conn, {number: self.entry("guid:x").tags})

    def move(self) -> None:
        source = self.dice.pick((a.SOURCE, "other"))
        entries.move_sections(self.conn, source, self.dice.pick(self.sections), now=a.NOW)


def test_a_long_random_play_keeps_counts_lists_and_index_in_step(store: Store) -> None:
    dice = a.Dice("a long play")
    with store.write() as conn:
        stage = Stage(conn, dice)
        for _ in range(20):
            stage.add()
        moves = [stage.add] * 3 + [stage.change] * 6 + [stage.withdraw] * 4 + [stage.retag] * 3
        moves += [stage.decide] * 3 + [stage.move]
        for turn in range(150):
            dice.pick(moves)()
            assert plain.kept_counts(conn) == plain.plain_counts(conn), turn
        assert plain.listed_tags(conn) == plain.public_tags(conn)
        assert plain.indexed_words(conn) == plain.stored_words(conn)
        assert len(stage.stored) == conn.execute(text("SELECT count(*) FROM body")).scalar()
        withdrawn = conn.execute(select(entry.c.number).where(entry.c.withdrawn_at.is_not(None)))
        assert len(withdrawn.all()) > 5


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
