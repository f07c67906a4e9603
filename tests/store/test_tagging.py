"""The tags of entries: what machines gave, what people decided, and what is kept of them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import RowMapping, select, text

from feedhub.core.decide import tag_digest
from feedhub.model import (
    Insert,
    Tagged,
    Withdraw,
)
from feedhub.store import Connection, Store, entries, facts, schema, tagging, tags
from feedhub.store.schema import entry
from feedhub.store.values import to_seconds
from tests import builders as a
from tests.store import plain


@pytest.fixture(autouse=True)
def _sources(store: Store) -> None:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")


def row_of(conn: Connection, number: int) -> RowMapping:
    return conn.execute(select(entry).where(entry.c.number == number)).mappings().one()


def add(conn: Connection, *identities: str, **overrides: Any) -> tuple[int, ...]:
    """Add entries; the first stands first in the document."""
    a.write(conn, *(a.an_insert(identity=one, **overrides) for one in identities))
    return a.numbers(conn, a.SOURCE, *identities)


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
