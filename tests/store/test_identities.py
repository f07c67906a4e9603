"""Which entry is which in the store, and the permanent id under which it is published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import RowMapping, select

from feedhub.errors import StoreError
from feedhub.model import (
    KnownEntry,
)
from feedhub.store import Connection, Store, lookup
from feedhub.store.schema import entry
from feedhub.store.values import LONGEST_KEY
from tests import builders as a


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
        by_address = lookup.known(conn, a.SOURCE, identities=(), canonical_urls=[address])
    assert [known.identity for known in by_identity] == [identity]
    assert [known.canonical_url for known in by_address] == [address]


def test_known_finds_by_identity_and_by_address_within_one_source(store: Store) -> None:
    with store.write() as conn:
        add(conn, "guid:1", canonical_url="agency.example/1")
        add(conn, "guid:2", canonical_url="agency.example/2")
        other = a.an_insert(identity="guid:3", canonical_url="agency.example/2")
        a.write(conn, other, source="other")
        found = lookup.known(
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


def test_an_identity_given_up_in_a_document_can_be_taken_over_in_it(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1")
        a.write(conn, a.an_insert(identity="guid:1"), a.an_update(number, a.an_entry("guid:2")))
        assert a.numbers(conn, a.SOURCE, "guid:2") == (number,)
        assert a.numbers(conn, a.SOURCE, "guid:1") != (number,)


def test_names_tell_identity_and_slug(store: Store) -> None:
    with store.write() as conn:
        (number,) = add(conn, "guid:1", slug="odin")
        found = lookup.names(conn, [number, number + 1])
    named = lookup.Named(
        identity="guid:1", slug="odin", title=found[number].title, is_withdrawn=False
    )
    assert found == {number: named}
