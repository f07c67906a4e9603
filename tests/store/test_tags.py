"""Tags: made when first named, described by the configuration, found by any name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feedhub.core.text.fold import tag_key
from feedhub.core.text.slug import slugify
from feedhub.store import Connection, Store, tags
from feedhub.store.tags import StoredTag, WantedTag


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        yield conn


def named(name: str, **overrides: Any) -> WantedTag:
    """Return a tag as a source or an article names it."""
    values = {"key": tag_key(name), "name": name, "slug": slugify(name)}
    return WantedTag(**values | overrides)


def configured(name: str, *aliases: str, **overrides: Any) -> WantedTag:
    """Return a tag as the configuration describes it."""
    values: dict[str, Any] = {
        "aliases": tuple((tag_key(alias), alias) for alias in aliases),
        "is_configured": True,
        "is_slug_given": "slug" in overrides,
    }
    return named(name, **values | overrides)


def ensure(conn: Connection, *wanted: WantedTag) -> dict[str, int]:
    return tags.ensure(conn, {one.key: one for one in wanted})


def stored(conn: Connection) -> dict[str, StoredTag]:
    return {one.name: one for one in tags.all_tags(conn)}


def test_a_tag_is_made_once_and_keeps_its_id_name_and_slug(conn: Connection) -> None:
    first = ensure(conn, named("Лес"), named("вода"))
    again = ensure(conn, named("ЛЕС", slug="forest"), named("мост"))
    assert again["лес"] == first["лес"]
    assert stored(conn)["Лес"].slug == "les"
    assert set(stored(conn)) == {"Лес", "вода", "мост"}
    assert tags.ids_of(conn, ["лес", "нет"]) == {"лес": first["лес"]}


def test_tags_whose_names_make_one_slug_get_numbers(conn: Connection) -> None:
    for n in range(3):
        ensure(conn, named(f"лес {n}", slug="les"))
    assert sorted(one.slug for one in tags.all_tags(conn)) == ["les", "les-2", "les-3"]


def test_hundreds_of_tags_are_made_at_once(conn: Connection) -> None:
    found = ensure(conn, *(named(f"тема {n}") for n in range(900)))
    assert len(set(found.values())) == 900


def test_the_configuration_describes_a_tag(conn: Connection) -> None:
    tags.settle(
        conn,
        [
            configured("Содружество", kind="organisation"),
            configured("Лесная", "Лесной край", "ЛК", kind="place", parent_key="содружество"),
        ],
    )
    found = stored(conn)
    one = found["Лесная"]
    assert (one.slug, one.kind, one.parent) == ("lesnaya", "place", found["Содружество"].id)
    assert set(one.aliases) == {"Лесной край", "ЛК"}


def test_settling_again_changes_nothing(conn: Connection) -> None:
    wanted = [
        configured("лес", "бор", slug="forest"),
        configured("вода", parent_key="лес"),
        named("мост"),
    ]
    tags.settle(conn, wanted)
    before = tags.all_tags(conn)
    tags.settle(conn, wanted)
    assert tags.all_tags(conn) == before


def test_a_tag_that_was_only_named_is_described_when_the_configuration_takes_it_up(
    conn: Connection,
) -> None:
    ids = ensure(conn, named("лес"))
    tags.settle(conn, [configured("Лес", "бор", kind="place")])
    (one,) = tags.all_tags(conn)
    assert (one.id, one.name, one.kind, one.slug) == (ids["лес"], "Лес", "place", "les")


def test_a_mention_does_not_describe_a_configured_tag(conn: Connection) -> None:
    tags.settle(conn, [configured("Лес", kind="place")])
    tags.settle(conn, [named("ЛЕС")])
    assert stored(conn)["Лес"].kind == "place"


def test_a_tag_the_configuration_no_longer_names_stays_as_it_is(conn: Connection) -> None:
    tags.settle(conn, [configured("лес", "бор", kind="place", slug="forest")])
    before = tags.all_tags(conn)
    tags.settle(conn, [])
    assert tags.all_tags(conn) == before


def test_an_alias_may_be_dropped_added_and_moved_to_another_tag(conn: Connection) -> None:
    tags.settle(conn, [configured("лес", "бор", "роща"), configured("вода", "река")])
    tags.settle(conn, [configured("лес", "река"), configured("вода", "бор", "озеро")])
    found = stored(conn)
    assert found["лес"].aliases == ("река",)
    assert set(found["вода"].aliases) == {"бор", "озеро"}


def test_an_alias_of_a_tag_no_longer_configured_can_be_given_to_another(conn: Connection) -> None:
    tags.settle(conn, [configured("лес", "бор", "роща")])
    tags.settle(conn, [configured("вода", "бор")])
    found = stored(conn)
    assert (found["лес"].aliases, found["вода"].aliases) == (("роща",), ("бор",))


def test_a_parent_that_is_only_stored_is_found(conn: Connection) -> None:
    ids = ensure(conn, named("природа"))
    tags.settle(conn, [configured("лес", parent_key="природа")])
    assert stored(conn)["лес"].parent == ids["природа"]
    tags.settle(conn, [configured("лес")])
    assert stored(conn)["лес"].parent is None


def test_a_configured_slug_wins_over_one_that_was_made(conn: Connection) -> None:
    ensure(conn, named("лес"), named("вода"))
    tags.settle(conn, [configured("вода", slug="les")])
    found = stored(conn)
    assert (found["вода"].slug, found["лес"].slug) == ("les", "les-2")


def test_configured_slugs_can_be_exchanged(conn: Connection) -> None:
    tags.settle(conn, [configured("лес", slug="one"), configured("вода", slug="two")])
    tags.settle(conn, [configured("лес", slug="two"), configured("вода", slug="one")])
    found = stored(conn)
    assert (found["лес"].slug, found["вода"].slug) == ("two", "one")


def test_a_slug_is_kept_when_the_name_is_written_another_way(conn: Connection) -> None:
    tags.settle(conn, [configured("Ёлка")])
    slug = stored(conn)["Ёлка"].slug
    tags.settle(conn, [configured("елка", slug="elka-2", is_slug_given=False)])
    assert stored(conn)["елка"].slug == slug
