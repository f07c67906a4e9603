"""Bringing stored tags up to changed rules: exactly what changed, and nothing decided by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from feedhub.model import Home, Settings, Tagged, TagSpec
from feedhub.publish import tag_index
from feedhub.retag import BATCH, Retagged, is_settled, retag
from feedhub.settle import Settled
from feedhub.store import Store
from feedhub.store.tagging import BY_HAND
from tests import builders
from tests.builders import HOUR, NOW
from tests.flows.settled import LAKE, ROAD, add, feed, items, settled, titles

POND = TagSpec(name="озеро", match=("пруд",))
LATER = NOW + HOUR


def bring_up(
    store: Store, settings: Settings, in_force: Settled, now: datetime = LATER
) -> Retagged:
    return retag(store, settings, in_force.rules, target=in_force.tag_state, now=now)


def counts(store: Store, settings: Settings) -> dict[str, int]:
    return {row.name: row.count for row in tag_index(store, settings, now=LATER)}


def test_a_changed_rule_adds_and_removes_exactly_what_it_says(store: Store) -> None:
    _, before = settled(store, LAKE, ROAD)
    add(
        store,
        before,
        builders.an_entry("1", title="Озеро замёрзло"),
        builders.an_entry("2", title="Пруд замёрз"),
        builders.an_entry("3", title="Дорога к озеру открыта"),
    )
    settings, after = settled(store, POND, ROAD, now=LATER)
    assert bring_up(store, settings, after) == Retagged(seen=3, changed=3)
    assert titles(store, settings, "ozero", now=LATER) == ["Пруд замёрз"]
    assert titles(store, settings, "doroga", now=LATER) == ["Дорога к озеру открыта"]
    assert counts(store, settings) == {"озеро": 1, "дорога": 1}


def test_what_the_rule_does_not_touch_keeps_its_bytes(store: Store) -> None:
    settings, before = settled(store, LAKE, ROAD)
    add(store, before, builders.an_entry("1", title="Дорога открыта"))
    old = feed(store, settings, "doroga", "atom")
    settings, after = settled(store, POND, ROAD, now=LATER, stamp=settings.stamp)
    bring_up(store, settings, after)
    new = feed(store, settings, "doroga", "atom", now=LATER)
    assert (new.body, new.etag, new.last_modified) == (old.body, old.etag, old.last_modified)


def test_a_new_tag_does_not_call_its_entries_updated(store: Store) -> None:
    settings, before = settled(store, ROAD)
    add(store, before, builders.an_entry("1", title="Озеро замёрзло"))
    (old,) = items(store, settings, Home())
    settings, after = settled(store, LAKE, ROAD, now=LATER)
    bring_up(store, settings, after)
    (new,) = items(store, settings, "ozero", now=LATER)
    assert new["id"] == old["id"]
    assert new["date_published"] == old["date_published"]
    assert new.get("date_modified") == old.get("date_modified")


def test_a_second_walk_does_nothing(store: Store) -> None:
    settings, in_force = settled(store, LAKE)
    add(store, in_force, builders.an_entry(title="Озеро замёрзло"))
    bring_up(store, settings, in_force)
    assert bring_up(store, settings, in_force) == Retagged(seen=0, changed=0)
    with store.read() as conn:
        assert is_settled(conn, in_force.tag_state)


@pytest.mark.parametrize(
    ("state", "title", "expected"),
    [("rejected", "Озеро замёрзло", []), ("manual", "Ни о чём", ["Ни о чём"])],
)
def test_decisions_by_hand_stay(store: Store, state: str, title: str, expected: list[str]) -> None:
    settings, in_force = settled(store, LAKE)
    by_hand = Tagged(key="озеро", name="озеро", state=state, rule=BY_HAND, by="editor")  # type: ignore[arg-type]  # a parameter
    entry = builders.an_entry(title=title, tags=(by_hand,))
    with store.write() as conn:
        builders.write(conn, builders.an_insert(entry))
    for tags in ((POND,), (LAKE,), (ROAD,), (LAKE, ROAD)):
        settings, in_force = settled(store, *tags, now=LATER)
        bring_up(store, settings, in_force)
        assert titles(store, settings, "ozero", now=LATER) == expected, tags


def test_an_articles_own_tags_stay(store: Store) -> None:
    settings, in_force = settled(store, ROAD)
    entry = builders.an_entry(title="Заметка", own_tags=("озеро",))
    add(store, in_force, entry)
    settings, in_force = settled(store, LAKE, now=LATER)
    bring_up(store, settings, in_force)
    assert titles(store, settings, "ozero", now=LATER) == ["Заметка"]
    settings, in_force = settled(store, POND, ROAD, now=LATER)
    bring_up(store, settings, in_force)
    assert titles(store, settings, "ozero", now=LATER) == ["Заметка"]


def test_a_sources_tag_that_is_taken_from_it_leaves_its_entries(store: Store) -> None:
    source = builders.a_source(tags=("рыба",))
    settings, in_force = settled(store, sources=(source,))
    add(store, in_force, builders.an_entry(title="Улов"), source=source)
    assert titles(store, settings, "ryba") == ["Улов"]
    settings, in_force = settled(store, now=LATER)
    bring_up(store, settings, in_force)
    assert titles(store, settings, "ryba", now=LATER) == []


def test_a_walk_over_more_than_one_batch_reaches_every_entry(sqlite_store: Store) -> None:
    store = sqlite_store
    settings, before = settled(store, ROAD)
    many = [builders.an_entry(f"{n}", title=f"Озеро {n}") for n in range(BATCH + 7)]
    add(store, before, *many)
    settings, after = settled(store, LAKE, ROAD, now=LATER)
    assert bring_up(store, settings, after) == Retagged(seen=BATCH + 7, changed=BATCH + 7)
    assert counts(store, settings)["озеро"] == BATCH + 7
