"""Deciding what is new, changed or the same: what keeps readers safe from floods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feedhub.core.decide import decide, tag_digest
from feedhub.model import LOCAL, Change, Entry, Insert, KnownEntry, Skip, Tagged, Update
from tests import builders as a


class Shelf:
    """A store in miniature: what applying the changes leaves known."""

    def __init__(self) -> None:
        self.known: dict[int, KnownEntry] = {}

    def poll(self, *entries: Entry, now: datetime = a.NOW, first: bool = False) -> list[Change]:
        """Decide on a document and apply what was decided."""
        changes = decide(entries, self.known.values(), now=now, is_first_poll=first)
        for change in changes:
            if isinstance(change, Insert):
                number = len(self.known) + 1
                self.known[number] = a.a_known(
                    change.entry, number, published=change.published, updated=change.published
                )
            elif isinstance(change, Update):
                old = self.known[change.number]
                self.known[change.number] = a.a_known(
                    change.entry,
                    change.number,
                    uri=old.uri,
                    published=change.published,
                    updated=change.updated or old.updated,
                )
        return list(changes)


def kinds(changes: Iterable[Change]) -> list[type[Change]]:
    return [type(change) for change in changes]


def one(entry: Entry, *known: KnownEntry, now: datetime = a.NOW, first: bool = False) -> Change:
    (change,) = decide([entry], known, now=now, is_first_poll=first)
    return change


def updated(change: Change) -> Update:
    assert isinstance(change, Update), change
    return change


def inserted(change: Change) -> Insert:
    assert isinstance(change, Insert), change
    return change


def document(count: int = 10) -> list[Entry]:
    return [
        a.an_entry(
            f"guid:{n}",
            canonical_url=f"agency.example/{n}",
            published=a.NOW - n * a.HOUR,
            tags=("лес",),
        )
        for n in range(count)
    ]


# -- new entries and their times ------------------------------------------------------------


def test_a_new_entry_is_listed_at_its_own_time_and_says_so() -> None:
    entry = a.an_entry(tags=("лес",))
    change = inserted(one(entry))
    assert (change.entry, change.published) == (entry, entry.published)
    assert change.tag_digest == tag_digest(entry.tags)
    assert change.reason == "new; its own time"


def test_an_entry_of_tomorrow_keeps_its_time_and_waits() -> None:
    tomorrow = a.NOW + 20 * a.HOUR
    assert inserted(one(a.an_entry(published=tomorrow))).published == tomorrow


@pytest.mark.parametrize("first", [False, True])
def test_times_are_whole_seconds(first: bool) -> None:
    entry = a.an_entry(published=a.NOW.replace(microsecond=7) - a.HOUR)
    assert inserted(one(entry, first=first)).published == a.NOW - a.HOUR


def test_an_undated_entry_is_listed_when_it_was_first_seen() -> None:
    change = inserted(one(a.an_entry(published=None)))
    assert change.published == a.NOW
    assert "when it was first seen" in change.reason


def test_a_first_poll_lists_undated_entries_below_its_oldest_dated_one() -> None:
    dated = document(5)
    undated = [a.an_entry(f"guid:u{n}", published=None) for n in range(2)]
    changes = Shelf().poll(undated[0], *dated, undated[1], first=True)
    times = [inserted(change).published for change in changes]
    oldest = min(times[1:-1])
    assert times[1:-1] == [entry.published for entry in dated]
    assert times[0] == times[-1] == oldest - timedelta(seconds=1)
    assert "below the oldest dated entry" in inserted(changes[0]).reason


def test_a_first_poll_without_any_date_lists_all_at_first_sight() -> None:
    changes = Shelf().poll(*(replace(e, published=None) for e in document(3)), first=True)
    assert {inserted(change).published for change in changes} == {a.NOW}


def test_a_first_poll_whose_dates_are_all_to_come_hides_no_undated_entry() -> None:
    waiting = a.an_entry("guid:1", published=a.NOW + a.HOUR)
    changes = Shelf().poll(waiting, a.an_entry("guid:2", published=None), first=True)
    assert inserted(changes[1]).published == a.NOW


@pytest.mark.parametrize(
    ("age", "first", "is_moved"),
    [
        (0 * a.HOUR, False, True),
        (12 * a.HOUR, False, True),
        (24 * a.HOUR - a.MINUTE, False, True),
        (24 * a.HOUR, False, False),
        (9 * a.DAY, False, False),
        (-1 * a.HOUR, False, False),
        (12 * a.HOUR, True, False),
    ],
)
def test_of_an_entry_with_a_day_only_today_means_when_it_was_first_seen(
    age: timedelta, first: bool, is_moved: bool
) -> None:
    day = a.NOW - age
    change = inserted(one(a.an_entry(published=day, date_only=True), first=first))
    assert change.published == (a.NOW if is_moved else day)


def test_an_entry_with_a_time_of_today_keeps_it() -> None:
    entry = a.an_entry(published=a.NOW - 12 * a.HOUR)
    assert inserted(one(entry)).published == entry.published


# -- nothing moves that did not change ------------------------------------------------------


def test_deciding_again_on_what_was_applied_skips_everything() -> None:
    shelf = Shelf()
    odd = [
        a.an_entry("guid:u", published=None),
        a.an_entry("guid:d", published=a.NOW - 2 * a.HOUR, date_only=True),
        a.an_entry("guid:w", published=a.NOW + a.HOUR),
        a.an_entry("guid:m", published=a.NOW.replace(microsecond=5) + a.HOUR),
    ]
    entries = [*document(), *odd]
    assert set(kinds(shelf.poll(*entries, first=True))) == {Insert}
    for now in (a.NOW, a.NOW + a.MINUTE, a.NOW + 9 * a.DAY):
        changes = shelf.poll(*entries, now=now)
        assert set(kinds(changes)) == {Skip}
        assert [c.number for c in changes if isinstance(c, Skip)] == list(range(1, 15))
        assert {change.reason for change in changes if isinstance(change, Skip)} == {"unchanged"}


def test_an_article_whose_time_has_a_fraction_is_decided_once() -> None:
    shelf = Shelf()
    article = a.an_entry(source=LOCAL, published=a.NOW.replace(microsecond=5))
    shelf.poll(article)
    assert kinds(shelf.poll(article)) == [Skip]


def test_an_unchanged_entry_in_other_words_hands_on_what_was_said() -> None:
    entry = a.an_entry(stamp="other words")
    assert one(entry, a.a_known(a.an_entry())) == Skip(
        identity="guid:1", reason="unchanged", number=1, stamp="other words"
    )


def test_another_order_is_no_change() -> None:
    shelf = Shelf()
    entries = document()
    shelf.poll(*entries, first=True)
    assert set(kinds(shelf.poll(*reversed(entries)))) == {Skip}
    assert set(kinds(shelf.poll(*entries[::2], *entries[1::2]))) == {Skip}


def test_an_archive_that_is_dated_anew_moves_nothing() -> None:
    shelf = Shelf()
    entries = document()
    shelf.poll(*entries, first=True)
    before = dict(shelf.known)
    dated_anew = [replace(entry, published=a.NOW, published_raw="now") for entry in entries]
    assert set(kinds(shelf.poll(*dated_anew))) == {Skip}
    assert shelf.known == before


def test_an_archive_under_new_guids_is_known_by_its_addresses() -> None:
    shelf = Shelf()
    entries = document()
    shelf.poll(*entries, first=True)
    before = dict(shelf.known)
    renamed = [
        replace(entry, identity=f"guid:https {entry.identity}", uri="urn:new", published=a.NOW)
        for entry in entries
    ]
    changes = [updated(change) for change in shelf.poll(*renamed)]
    assert {change.updated for change in changes} == {None}
    assert {change.reason for change in changes} == {"the source calls it by another name"}
    for number, old in before.items():
        new = shelf.known[number]
        assert (new.uri, new.published, new.updated) == (old.uri, old.published, old.updated)
        assert new.identity != old.identity
    assert set(kinds(shelf.poll(*renamed))) == {Skip}


def test_a_source_that_moves_to_another_address_is_not_told_again() -> None:
    shelf = Shelf()
    shelf.poll(*document(), first=True)
    elsewhere = [
        replace(entry, url=f"https://new.example/{entry.identity}") for entry in document()
    ]
    assert set(kinds(shelf.poll(*elsewhere))) == {Skip}


def test_entries_that_come_and_go_are_told_once() -> None:
    shelf = Shelf()
    entries = document(5)
    found = [kinds(shelf.poll(*entries[:count])) for count in (3, 5, 3, 5, 3)]
    assert found[0] == [Insert] * 3
    assert found[1] == [Skip] * 3 + [Insert] * 2
    assert [set(after) for after in found[2:]] == [{Skip}] * 3
    assert len(shelf.known) == 5


# -- which entry is which -------------------------------------------------------------------


def test_a_page_that_many_entries_link_to_makes_them_no_one_entry() -> None:
    shelf = Shelf()
    page = "agency.example/news"
    first = [a.an_entry(f"guid:{n}", canonical_url=page) for n in range(3)]
    more = [a.an_entry(f"guid:{n}", canonical_url=page) for n in range(3, 6)]
    assert set(kinds(shelf.poll(*first))) == {Insert}
    assert set(kinds(shelf.poll(*more))) == {Insert}
    assert kinds(shelf.poll(a.an_entry("guid:9", canonical_url=page))) == [Insert]


def test_an_address_that_a_listed_entry_still_bears_is_not_taken_for_another() -> None:
    shelf = Shelf()
    old = a.an_entry("guid:1", canonical_url="agency.example/1")
    shelf.poll(old)
    new = a.an_entry("guid:2", canonical_url="agency.example/1")
    moved = replace(old, canonical_url="agency.example/other")
    assert kinds(shelf.poll(new, moved)) == [Insert, Update]


def test_a_new_address_is_shown_but_is_no_correction() -> None:
    old = a.an_entry("guid:1", canonical_url="agency.example/1")
    change = updated(one(replace(old, canonical_url="new.example/1"), a.a_known(old)))
    assert (change.updated, change.is_shown) == (None, True)
    assert change.reason == "its address changed"


def test_another_guid_alone_changes_not_a_byte_of_any_feed() -> None:
    old = a.an_entry("guid:1", canonical_url="agency.example/1")
    change = updated(one(replace(old, identity="guid:2"), a.a_known(old)))
    assert (change.updated, change.is_shown) == (None, False)


def test_an_entry_that_stands_in_the_document_and_said_nothing_new_keeps_its_address() -> None:
    known = a.a_known(a.an_entry("guid:1", canonical_url="agency.example/1"))
    new = a.an_entry("guid:2", canonical_url="agency.example/1")
    for also_here, kind in ((frozenset({"guid:1"}), Insert), (frozenset[str](), Update)):
        changes = decide([new], [known], now=a.NOW, is_first_poll=False, also_here=also_here)
        assert kinds(changes) == [kind]


def test_an_entry_without_address_or_known_identity_is_new() -> None:
    known = a.a_known(a.an_entry("guid:1"))
    assert isinstance(one(a.an_entry("guid:2"), known), Insert)


def test_an_identity_counts_before_an_address() -> None:
    first = a.an_entry("guid:1", canonical_url="agency.example/1")
    second = a.an_entry("guid:2", canonical_url="agency.example/2")
    shelf = Shelf()
    shelf.poll(first, second)
    swapped = replace(second, canonical_url="agency.example/1")
    change = shelf.poll(replace(swapped, title="x", digest="x"))[0]
    assert updated(change).number == 2


def test_an_identity_that_stands_twice_in_a_document_counts_once() -> None:
    shelf = Shelf()
    entry = a.an_entry("guid:1", canonical_url="agency.example/1")
    again = replace(entry, canonical_url="agency.example/2", title="x", digest="x")
    for expected in (Insert, Skip):
        first, second = shelf.poll(entry, again)
        assert isinstance(first, expected)
        assert second == Skip(identity="guid:1", reason="it stands twice in the document")
    assert len(shelf.known) == 1


def test_a_known_entry_is_given_to_one_entry_only() -> None:
    """Two known entries under one identity cannot be; two entries that mean one known can."""
    known = a.a_known(a.an_entry("guid:1", canonical_url="agency.example/1"))
    here = a.an_entry("guid:2", canonical_url="agency.example/1")
    assert kinds(decide([here], [known], now=a.NOW, is_first_poll=False)) == [Update]
    twice = [here, replace(here, canonical_url=None)]
    assert kinds(decide(twice, [known], now=a.NOW, is_first_poll=False)) == [Update, Skip]


# -- real changes ---------------------------------------------------------------------------


def test_an_entry_edited_many_times_stays_one_and_its_updated_moves() -> None:
    shelf = Shelf()
    shelf.poll(a.an_entry())
    last = shelf.known[1].updated
    for n in range(20):
        now = a.NOW + n * a.HOUR
        change = updated(shelf.poll(a.an_entry(text=f"Правка {n}"), now=now)[0])
        assert change.number == 1
        assert change.updated == now > last
        assert change.published == a.NOW - a.HOUR
        assert change.reason == "its content changed"
        last = now
    assert len(shelf.known) == 1


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        (None, 0),
        (-1, -1),
        (0, 0),
        (1, 0),
        (-5, 0),
        (-3, 0),
    ],
)
def test_when_it_changed_is_as_the_source_says_where_that_can_be(
    said: int | None, believed: int
) -> None:
    known = a.a_known(a.an_entry(), updated=a.NOW - 3 * a.HOUR)
    when = None if said is None else a.NOW + said * a.HOUR
    change = updated(one(a.an_entry(text="Правка", updated=when), known))
    assert change.updated == a.NOW + believed * a.HOUR


def test_updated_never_goes_back() -> None:
    known = a.a_known(a.an_entry(), updated=a.NOW + a.HOUR)
    change = updated(one(a.an_entry(text="Правка"), known))
    assert change.updated == a.NOW + a.HOUR


def test_an_update_keeps_the_id_under_which_the_entry_was_published() -> None:
    known = a.a_known(a.an_entry(uri="urn:x:1"))
    change = updated(one(a.an_entry(uri="urn:x:2", text="Правка"), known))
    assert change.entry.uri == "urn:x:1"


def test_other_tags_alone_are_written_but_no_reader_is_told() -> None:
    known = a.a_known(a.an_entry(tags=("лес",)))
    entry = a.an_entry(tags=("лес", "вода"))
    change = updated(one(entry, known))
    assert change.updated is None
    assert change.tag_digest == tag_digest(entry.tags)
    assert change.reason == "its tags changed"


def test_other_tags_and_another_text_are_one_real_change() -> None:
    known = a.a_known(a.an_entry(tags=("лес",)))
    change = updated(one(a.an_entry(tags=("вода",), text="Правка"), known))
    assert change.updated == a.NOW
    assert change.reason == "its content changed; its tags changed"


def test_a_withdrawn_entry_that_is_seen_again_is_a_real_change_at_its_old_time() -> None:
    entry = a.an_entry(published=a.NOW - 9 * a.DAY)
    known = a.a_known(entry, is_withdrawn=True)
    change = updated(one(replace(entry, published=a.NOW), known))
    assert (change.updated, change.published) == (a.NOW, a.NOW - 9 * a.DAY)
    assert change.reason == "seen again after it was withdrawn"


# -- times that may move --------------------------------------------------------------------


@pytest.mark.parametrize("hours", [2, 30, -1])
def test_what_still_waits_may_be_moved_by_its_source(hours: int) -> None:
    known = a.a_known(a.an_entry(published=a.NOW + a.HOUR))
    moved = a.an_entry(published=a.NOW + hours * a.HOUR)
    change = updated(one(moved, known))
    assert (change.published, change.updated) == (moved.published, None)
    assert change.reason == "its time was changed by its author"


def test_what_is_shown_may_not_be_moved_by_its_source() -> None:
    known = a.a_known(a.an_entry(published=a.NOW))
    assert isinstance(one(a.an_entry(published=a.NOW - a.DAY), known), Skip)
    assert isinstance(one(a.an_entry(published=a.NOW + a.HOUR), known), Skip)


@pytest.mark.parametrize("hours", [1, -48])
def test_an_editor_of_ours_may_move_an_article(hours: int) -> None:
    known = a.a_known(a.an_entry(source=LOCAL, published=a.NOW - a.HOUR))
    moved = a.an_entry(source=LOCAL, published=a.NOW + hours * a.HOUR)
    assert updated(one(moved, known)).published == moved.published


@pytest.mark.parametrize("source", [a.SOURCE, LOCAL])
def test_a_date_that_is_taken_away_leaves_the_time_of_what_is_shown(source: str) -> None:
    known = a.a_known(a.an_entry(source=source))
    assert isinstance(one(a.an_entry(source=source, published=None), known), Skip)


def test_an_article_that_waits_is_shown_at_once_when_its_date_is_taken_away() -> None:
    shelf = Shelf()
    shelf.poll(a.an_entry(source=LOCAL, published=a.NOW + a.DAY))
    undated = a.an_entry(source=LOCAL, published=None)
    assert updated(shelf.poll(undated)[0]).published == a.NOW
    assert kinds(shelf.poll(undated, now=a.NOW + a.HOUR)) == [Skip]


def test_an_agencys_entry_that_waits_goes_on_waiting_when_its_date_is_missing() -> None:
    known = a.a_known(a.an_entry(published=a.NOW + a.HOUR))
    assert isinstance(one(a.an_entry(published=None), known), Skip)


# -- the digest of tags ---------------------------------------------------------------------


def _changed(tag: Tagged) -> Sequence[Tagged]:
    return (
        replace(tag, key="другой"),
        replace(tag, state="proposed"),
        replace(tag, rule="source"),
        replace(tag, version="2"),
    )


def test_the_digest_of_tags_is_the_same_in_any_order_and_moves_with_each_tag_and_rule() -> None:
    first, second = a.some_tags("лес", "вода")
    digest = tag_digest((first, second))
    assert digest == tag_digest((second, first))
    others = [tag_digest((first, other)) for other in _changed(second)]
    assert len({digest, tag_digest(()), tag_digest((first,)), *others}) == 7


def test_nothing_to_decide_is_nothing_to_do() -> None:
    assert decide([], [a.a_known(a.an_entry())], now=a.NOW, is_first_poll=True) == ()
