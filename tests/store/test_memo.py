"""What is remembered in memory, and for how long."""

from __future__ import annotations

import threading

from feedhub.store.memo import Memo


def test_a_value_is_remembered_until_the_store_changes() -> None:
    memo = Memo()
    memo.put("a", 1, "value", size=5)
    assert memo.get("a", 1) == "value"
    assert memo.get("a", 2) is None
    assert memo.get("b", 1) is None


def test_a_newer_value_takes_the_place_of_the_older() -> None:
    memo = Memo(limit=10)
    for version in range(100):
        memo.put("a", version, version, size=6)
    assert memo.get("a", 99) == 99
    assert memo.get("a", 98) is None


def test_what_was_not_asked_for_longest_goes_first() -> None:
    memo = Memo(limit=30)
    for key in "abc":
        memo.put(key, 1, key, size=10)
    assert memo.get("a", 1) == "a"
    memo.put("d", 1, "d", size=10)
    assert [memo.get(key, 1) for key in "abcd"] == ["a", None, "c", "d"]


def test_a_value_larger_than_all_room_is_not_kept_and_leaves_the_memo_working() -> None:
    memo = Memo(limit=10)
    memo.put("a", 1, "a", size=11)
    memo.put("b", 1, "b", size=10)
    assert [memo.get(key, 1) for key in "ab"] == [None, "b"]


def test_threads_may_ask_and_put_at_once() -> None:
    memo = Memo(limit=50)
    errors: list[Exception] = []

    def play(start: int) -> None:
        try:
            for n in range(500):
                memo.put((start + n) % 9, n, n, size=10)
                memo.get(n % 9, n)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=play, args=(n,), daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    memo.put("last", 1, "x", size=50)
    assert memo.get("last", 1) == "x"
