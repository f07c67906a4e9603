from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.normalise.identity import Identified, identify
from feedhub.model import Enclosure, ParsedEntry

HOME = "https://ved.example/"


def entry(number: int = 1, **fields: object) -> ParsedEntry:
    given: dict[str, object] = {
        "guid": f"id-{number}",
        "url": f"https://ved.example/news/{number}",
        "title": f"Открыт мост № {number}",
        "summary": f"Текст новости {number}.",
        "published": f"0{number}.08.2026 10:00",
    }
    return ParsedEntry(**(given | fields))  # type: ignore[arg-type]


def one(parsed: ParsedEntry) -> Identified:
    (found,) = identify((parsed,))
    return found


def identities(*entries: ParsedEntry) -> list[str]:
    return [found.identity for found in identify(entries)]


def test_a_unique_guid_is_the_identity() -> None:
    found = one(entry(guid=" id-1\n"))
    assert (found.identity, found.why, found.uri) == ("guid:id-1", "its guid", None)
    assert found.canonical_url == "https://ved.example/news/1"


@pytest.mark.parametrize(
    ("guid", "uri"),
    [
        ("https://ved.example/?p=1", "https://ved.example/?p=1"),
        ("tag:ved.example,2026:1", "tag:ved.example,2026:1"),
        ("1 at https://ved.example", None),
        ("https://ведомство.example/1", None),
    ],
)
def test_a_guid_that_is_a_uri_stays_the_entrys_id(guid: str, uri: str | None) -> None:
    assert one(entry(guid=guid)).uri == uri


def test_without_a_guid_the_address_is_the_identity() -> None:
    found = one(entry(guid=None, url="http://www.ved.example/news/1/?utm_source=rss"))
    assert found.identity == "url:https://ved.example/news/1"
    assert found.why == "its address: it has no guid"
    assert found.uri is None


def test_one_guid_for_all_entries_leaves_them_all() -> None:
    found = identify(tuple(entry(number, guid=HOME) for number in range(1, 10)))
    assert [one.identity for one in found] == [
        f"url:https://ved.example/news/{number}" for number in range(1, 10)
    ]
    assert {one.why for one in found} == {"its address: the guid repeats in the document"}
    assert {one.uri for one in found} == {None}


def test_one_guid_and_one_address_for_all_entries_leaves_them_all() -> None:
    found = identify(tuple(entry(number, guid="1", url=HOME) for number in range(1, 10)))
    assert len({one.identity for one in found}) == 9
    assert {one.why for one in found} == {
        "title and date: the guid repeats in the document, and the address repeats in the document"
    }


def test_entries_that_link_to_the_home_page_are_told_apart_by_guid() -> None:
    assert identities(entry(1, url=HOME), entry(2, url=HOME)) == ["guid:id-1", "guid:id-2"]


def test_guids_that_differ_by_their_fragment_stay_apart() -> None:
    page = "https://ved.example/changes"
    assert identities(
        entry(1, guid=f"{page}#1", url=f"{page}#1"), entry(2, guid=f"{page}#2", url=f"{page}#2")
    ) == [f"guid:{page}#1", f"guid:{page}#2"]


def test_a_guid_is_taken_as_it_is_spelt() -> None:
    assert identities(entry(guid="http://ved.example/1")) == ["guid:http://ved.example/1"]
    assert identities(entry(guid="https://ved.example/1")) == ["guid:https://ved.example/1"]


def test_without_guid_and_address_title_and_date_are_the_identity() -> None:
    found = one(entry(guid=None, url=None))
    assert found.identity.startswith("digest:")
    assert len(found.identity) == len("digest:") + 32
    assert found.why == "title and date: neither guid nor address"
    assert found.canonical_url is None


def test_an_address_that_is_none_does_not_count() -> None:
    assert one(entry(guid=None, url="javascript:alert(1)")).identity.startswith("digest:")


def test_a_digest_stands_the_edit_of_a_text_and_another_spelling_of_the_date() -> None:
    bare = entry(guid=None, url=None, published="2026-08-01T10:00:00+03:00")
    edited = replace(bare, summary="Другой текст.", published="Sat, 01 Aug 2026 07:00:00 GMT")
    assert one(bare).identity == one(edited).identity
    assert one(bare).identity != one(replace(bare, title="Закрыт мост")).identity
    assert one(bare).identity != one(replace(bare, published="2026-08-02T10:00:00Z")).identity


@pytest.mark.parametrize(
    ("first", "later"), [("10 минут назад", "2 часа назад"), ("сегодня", "вчера")]
)
def test_a_date_that_moves_with_the_day_of_reading_is_no_part_of_an_identity(
    first: str, later: str
) -> None:
    bare = entry(guid=None, url=None, published=first)
    assert one(bare).identity == one(replace(bare, published=later)).identity


def test_a_time_set_by_an_editor_counts_like_a_written_one() -> None:
    at = datetime(2026, 8, 1, 7, tzinfo=UTC)
    written = entry(guid=None, url=None, published="2026-08-01T10:00:00+03:00")
    assert one(replace(written, published=None, published_at=at)).identity == one(written).identity


def test_entries_without_anything_to_tell_by_differ_by_their_text() -> None:
    bare = entry(guid=None, url=None, title="", published=None)
    assert len(identities(bare, replace(bare, summary="Другой текст."))) == 2
    file = Enclosure(url="https://ved.example/1.mp3")
    assert len(identities(bare, replace(bare, enclosures=(file,)))) == 2
    assert len(identities(bare, bare)) == 1


def test_entries_of_one_title_and_date_differ_by_their_text() -> None:
    bare = entry(guid=None, url=None, title="Электронный аукцион")
    found = identities(bare, replace(bare, summary="Ремонт дороги."))
    assert len(set(found)) == 2


def test_an_entry_without_an_id_never_takes_anothers_place() -> None:
    bare = entry(guid=None, url=None)
    found = identify((entry(1), bare, entry(2), replace(bare, title="Другое")))
    assert [one.identity.partition(":")[0] for one in found] == ["guid", "digest", "guid", "digest"]


def test_an_entry_that_stands_twice_comes_once_at_the_first_place() -> None:
    again = entry(1, url="https://www.ved.example/news/1/", title="открыт  МОСТ № 1")
    found = identify((entry(1), entry(2), again, entry(3)))
    assert [one.identity for one in found] == ["guid:id-1", "guid:id-2", "guid:id-3"]
    assert found[0].entry is not again


def test_of_an_entry_that_stands_twice_the_later_updated_one_stays() -> None:
    old = entry(1, updated="2026-08-01T10:00:00Z")
    new = entry(1, updated="Sat, 01 Aug 2026 14:00:00 +0300", summary="Исправлено.")
    assert identify((old, entry(2), new))[0].entry is new
    assert identify((new, entry(2), old))[0].entry is new
    moment = datetime(2026, 8, 2, tzinfo=UTC)
    local = replace(old, updated=None, updated_at=moment)
    later = replace(local, updated_at=moment + timedelta(hours=1))
    assert identify((local, later))[0].entry is later


@pytest.mark.parametrize(
    ("one", "two"), [(None, "2026-08-02"), ("вздор", "2026-08-02"), ("2026-08-02", None)]
)
def test_where_it_is_not_said_which_is_newer_the_first_stays(
    one: str | None, two: str | None
) -> None:
    first, second = entry(1, updated=one), entry(1, updated=two, summary="Иное.")
    assert identify((first, second))[0].entry is first


def test_one_guid_and_address_with_two_titles_are_two_entries() -> None:
    found = identify((entry(1), entry(1, title="Закрыт мост")))
    assert len({one.identity for one in found}) == 2


def test_a_very_long_guid_is_cut_and_still_unique() -> None:
    long = "g" * 500
    first, second = identities(entry(1, guid=long + "1"), entry(2, guid=long + "2"))
    assert first != second
    assert len(first) < 400
    assert identities(entry(1, guid="g" * 400)) == ["guid:" + "g" * 400]


def test_a_guid_with_control_characters_is_stored_without_them() -> None:
    first, second = identities(entry(1, guid="a\x00b"), entry(2, guid="ab\ud800"))
    assert first != second
    assert first.isprintable()
    assert second.isprintable()


def test_an_identity_is_the_same_when_other_entries_come_and_go() -> None:
    first = identify(tuple(entry(number) for number in (1, 2, 3)))
    later = identify(tuple(entry(number) for number in (4, 5, 3, 2)))
    assert {one.identity for one in later} & {one.identity for one in first} == {
        "guid:id-2",
        "guid:id-3",
    }


def test_an_empty_document_has_no_entries() -> None:
    assert identify(()) == ()


FEW = st.sampled_from([None, "", "a", "https://ved.example/1", "https://ved.example/2"])


@given(
    st.lists(
        st.builds(
            ParsedEntry,
            guid=FEW,
            url=FEW,
            title=st.sampled_from(["", "А", "Б"]),
            summary=st.sampled_from(["", "один", "два"]),
            published=st.sampled_from([None, "01.08.2026", "вчера"]),
            updated=FEW,
        ),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_identities_are_unique_and_keep_the_order(entries: list[ParsedEntry]) -> None:
    found = identify(tuple(entries))
    names = [one.identity for one in found]
    assert len(names) == len(set(names))
    assert all(one.entry in entries and one.why for one in found)
    assert bool(found) == bool(entries)
    assert identify(tuple(entries)) == found
