"""What a source takes back is withdrawn when it says so or its window proves it, and not before."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from feedhub.model import PollReport
from feedhub.store import Store
from tests.builders import HOUR, NOW
from tests.e2e.documents import Note, rss
from tests.flows.test_ingest import fetched, poll_once


def notes(numbers: Iterable[int]) -> bytes:
    return rss(
        [
            Note(title=f"Озеро {n}", url=f"https://a.example/{n}", published=NOW - n * HOUR)
            for n in numbers
        ]
    )


def read(store: Store, numbers: Iterable[int], hour: int) -> PollReport:
    """Poll a document with a new entry on top, so that it is one that has changed."""
    body = notes([-hour, *numbers])
    return poll_once(store, fetched(body, body_hash=f"h{hour}"), now=NOW + hour * HOUR)


def test_what_is_missing_between_its_neighbours_time_and_again_was_taken_back(
    store: Store,
) -> None:
    all_of_them, without = range(1, 9), [1, 2, 3, 5, 6, 7, 8]
    read(store, all_of_them, 0)
    withdrawn = [read(store, without, hour).withdrawn for hour in range(1, 6)]
    assert withdrawn == [0, 0, 1, 0, 0]
    back = read(store, all_of_them, 6)
    assert back.updated == 1


def test_what_scrolls_out_of_the_window_stays(store: Store) -> None:
    read(store, range(1, 9), 0)
    withdrawn = [read(store, range(1, 9 - hour), hour).withdrawn for hour in range(1, 5)]
    assert withdrawn == [0, 0, 0, 0]


def test_a_document_that_comes_and_goes_takes_nothing_back(store: Store) -> None:
    read(store, range(1, 9), 0)
    for hour in range(1, 9):
        some = range(1, 9) if hour % 2 else [1, 2, 4, 6, 7, 8]
        assert read(store, some, hour).withdrawn == 0


def test_a_document_that_shrank_to_half_proves_nothing(store: Store) -> None:
    read(store, range(1, 21), 0)
    withdrawn = [read(store, [1, 17, 18, 19, 20], hour).withdrawn for hour in range(1, 3)]
    assert withdrawn == [0, 0]


def test_a_document_in_no_order_proves_nothing(store: Store) -> None:
    read(store, range(1, 9), 0)
    for hour in range(1, 6):
        assert read(store, [8, 2, 5, 1, 3, 7, 6], hour).withdrawn == 0


@pytest.mark.parametrize("prefix", ["at:", "deleted:"])
def test_what_a_tombstone_names_is_withdrawn_at_once(store: Store, prefix: str) -> None:
    def atom(*numbers: int, more: str = "") -> bytes:
        entries = "".join(
            f"<entry><id>urn:a:{n}</id><title>Озеро {n}</title>"
            f"<updated>2026-11-1{n}T10:00:00Z</updated></entry>"
            for n in numbers
        )
        space = f'xmlns:{prefix[:-1]}="http://purl.org/atompub/tombstones/1.0"'
        head = f'<feed xmlns="http://www.w3.org/2005/Atom" {space}><title>А</title>'
        return f"{head}<id>urn:a</id>{more}{entries}</feed>".encode()

    poll_once(store, fetched(atom(1, 2)))
    stone = f'<{prefix}deleted-entry ref="urn:a:1" when="2026-11-20T10:00:00Z"/>'
    report = poll_once(store, fetched(atom(2, more=stone), body_hash="2"), now=NOW + HOUR)
    assert (report.withdrawn, report.new, report.updated) == (1, 0, 0)
    again = poll_once(store, fetched(atom(2, 3, more=stone), body_hash="3"), now=NOW + 2 * HOUR)
    assert (again.withdrawn, again.new) == (0, 1)
