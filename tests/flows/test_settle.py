"""Making the running state what the configuration says."""

from __future__ import annotations

from feedhub.model import FromSource, InSection, Section, TagSpec
from feedhub.publish import source_index, tag_index
from feedhub.settle import plan
from feedhub.store import Store, facts, sources
from tests import builders
from tests.builders import HOUR, NOW
from tests.flows.settled import LAKE, ROAD, add, settled, titles


def changes(store: Store) -> int:
    with store.read() as conn:
        return facts.changes(conn)


def test_settling_twice_changes_nothing(store: Store) -> None:
    settings, first = settled(store, LAKE, ROAD)
    assert {d.name for d in first.differences} >= {"agency", "озеро", "дорога"}
    before = changes(store)
    _, second = settled(store, LAKE, ROAD, now=NOW + HOUR)
    assert second.differences == ()
    assert second.rules_json == first.rules_json
    assert changes(store) == before
    assert plan(store, settings) == ()


def test_a_new_source_is_due_at_once_and_a_known_one_keeps_its_time(store: Store) -> None:
    settled(store)
    with store.write() as conn:
        (held,) = sources.claim(conn, owner="me", now=NOW, lease=HOUR, limit=9)
        assert held.slug == "agency"
        sources.release_all(conn, owner="me")
    more = (builders.a_source(), builders.a_source("second"))
    settled(store, sources=more, now=NOW + HOUR)
    with store.read() as conn:
        found = sources.states(conn, ["agency", "second"])
    assert (found["agency"].next_poll_at, found["second"].next_poll_at) == (NOW, NOW + HOUR)


def test_a_removed_source_is_no_longer_polled_and_its_entries_stay(store: Store) -> None:
    _, in_force = settled(store, LAKE)
    add(store, in_force, builders.an_entry(title="Озеро замёрзло"))
    settings, _ = settled(store, LAKE, sources=())
    with store.write() as conn:
        assert sources.claim(conn, owner="me", now=NOW + HOUR, lease=HOUR, limit=9) == ()
    assert titles(store, settings, FromSource(slug="agency")) == ["Озеро замёрзло"]
    assert titles(store, settings, "ozero") == ["Озеро замёрзло"]
    (row,) = source_index(store, settings, now=NOW)
    assert (row.slug, row.is_active, row.count) == ("agency", False, 1)


def test_a_source_that_comes_back_is_polled_again(store: Store) -> None:
    settled(store)
    settled(store, sources=())
    settled(store, now=NOW + HOUR)
    with store.write() as conn:
        held = sources.claim(conn, owner="me", now=NOW + HOUR, lease=HOUR, limit=9)
    assert [state.slug for state in held] == ["agency"]


def test_a_source_moved_to_another_section_takes_its_entries_along(store: Store) -> None:
    _, in_force = settled(store)
    add(store, in_force, builders.an_entry(title="Озеро замёрзло", section="news"))
    moved = builders.a_source(section="press-releases")
    settings, _ = settled(store, sources=(moved,))
    assert titles(store, settings, InSection(slug="news")) == []
    assert titles(store, settings, InSection(slug="press-releases")) == ["Озеро замёрзло"]
    with store.read() as conn:
        counts = facts.counts(conn, "section")
    assert {slug: n for slug, n in counts.items() if n} == {"press-releases": 1}


def test_a_new_address_keeps_the_entries_and_forgets_the_validators(store: Store) -> None:
    _, in_force = settled(store)
    add(store, in_force, builders.an_entry(title="Озеро замёрзло"))
    elsewhere = builders.a_source(url="https://elsewhere.example/rss")
    settings, after = settled(store, sources=(elsewhere,), now=NOW + HOUR)
    assert [d.details for d in after.differences]
    with store.read() as conn:
        state = sources.states(conn, ["agency"])["agency"]
    assert (state.validators.etag, state.body_hash) == (None, None)
    assert state.next_poll_at == NOW + HOUR
    assert titles(store, settings, FromSource(slug="agency")) == ["Озеро замёрзло"]


def test_tags_that_sources_and_parents_only_name_exist_too(store: Store) -> None:
    child = TagSpec(name="пруд", parent="водоёмы", aliases=("Прудик",))
    source = builders.a_source(tags=("рыба",), categories=(("Вода", "вода"), ("Прочее", None)))
    settings, _ = settled(store, child, sources=(source,))
    rows = {row.name: row for row in tag_index(store, settings, now=NOW)}
    assert set(rows) == {"пруд", "водоёмы", "рыба", "вода"}
    assert rows["пруд"].parent == rows["водоёмы"].slug


def test_a_renamed_section_is_only_another_title(store: Store) -> None:
    settled(store)
    sections = (Section(slug="news", title="Все вести"), *builders.SECTIONS[1:])
    settings, after = settled(store, sections=sections)
    found = [(d.kind, d.what, d.name) for d in after.differences if d.what != "setting"]
    assert found == [("changed", "section", "news")]
    assert titles(store, settings, InSection(slug="news")) == []
