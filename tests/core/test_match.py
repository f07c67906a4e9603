"""Which known entry is this: archives that were named anew, and releases that only look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feedhub.core.decide.match import LONG_TEXT, matches
from feedhub.model import Entry, KnownEntry
from tests import builders as a

BEFORE = a.NOW - a.HOUR


def archive(count: int = 5, text: str = "Коротко.") -> list[Entry]:
    return [
        a.an_entry(f"guid:{n}", canonical_url=f"a.example/{n}", title=f"Новость {n}", text=text)
        for n in range(count)
    ]


def stored(entries: Sequence[Entry]) -> list[KnownEntry]:
    return [a.a_known(entry, n, last_seen=BEFORE) for n, entry in enumerate(entries)]


def renamed(entries: Sequence[Entry]) -> list[Entry]:
    return [
        replace(entry, identity=f"guid:new-{n}", canonical_url=f"b.example/{n}")
        for n, entry in enumerate(entries)
    ]


def numbers(
    entries: Sequence[Entry], known: Sequence[KnownEntry], **options: object
) -> list[int | None]:
    asked = {"also_here": frozenset[str](), "previous": BEFORE} | options
    found = matches(entries, known, **asked)  # type: ignore[arg-type]
    return [one.number if one else None for one in found]


def test_an_archive_with_new_guids_and_new_addresses_is_recognised_by_its_words() -> None:
    old = archive()
    assert numbers(renamed(old), stored(old)) == [0, 1, 2, 3, 4]


def test_a_fresh_entry_among_a_renamed_archive_stays_new() -> None:
    old = archive()
    fresh = a.an_entry("guid:fresh", canonical_url="b.example/fresh", title="Свежая")
    assert numbers([fresh, *renamed(old)], stored(old)) == [None, 0, 1, 2, 3, 4]


def test_one_headline_that_comes_again_is_another_release() -> None:
    old = archive()
    again = replace(old[0], identity="guid:again", canonical_url="a.example/again")
    assert numbers([again, *old[1:]], stored(old)) == [None, 1, 2, 3, 4]


def test_a_long_text_under_another_name_is_the_same_entry() -> None:
    old = archive(text="Слово. " * LONG_TEXT)
    again = replace(old[0], identity="guid:again", canonical_url="a.example/again")
    assert numbers([again, *old[1:]], stored(old)) == [0, 1, 2, 3, 4]


def test_an_entry_without_guid_and_address_may_be_dated_anew() -> None:
    old = a.an_entry("digest:1", canonical_url=None)
    assert numbers([replace(old, identity="digest:2")], stored([old])) == [0]


def test_what_had_left_the_document_before_is_not_taken_for_what_comes_now() -> None:
    old = archive()
    assert numbers(renamed(old), stored(old), previous=a.NOW) == [None] * 5


def test_what_still_stands_in_the_document_is_not_taken_for_another() -> None:
    old = archive()
    here = frozenset(entry.identity for entry in old)
    assert numbers(renamed(old), stored(old), also_here=here) == [None] * 5


def test_two_with_the_same_words_are_not_told_apart_and_stay_new() -> None:
    old = [replace(entry, title="Объявление") for entry in archive()]
    assert numbers(renamed(old), stored(old)) == [None] * 5


def test_without_a_document_before_words_count_for_nothing() -> None:
    old = archive()
    assert numbers(renamed(old), stored(old), previous=None) == [None] * 5
