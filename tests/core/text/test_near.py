"""Near names, for pages that say what was perhaps meant."""

from __future__ import annotations

import pytest

from feedhub.core.text.near import near

NAMES = ("белоруссия", "москва", "Московская область", "связь", "Минстрой", "МИД РФ", "жкх")


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("белорусия", "белоруссия"),
        ("belorusiya", "белоруссия"),
        ("МОСКВА", "москва"),
        ("moskw", "москва"),
        ("zhkh", "жкх"),
        ("минстр", "Минстрой"),
    ],
)
def test_a_mistyped_name_finds_the_right_one_first(typed: str, nearest: str) -> None:
    assert near(typed, NAMES)[0] == nearest


def test_nothing_is_better_than_something_silly() -> None:
    assert near("квантовая криптография", NAMES) == ()


def test_at_most_so_many_are_named_each_once() -> None:
    names = [f"отдел {number}" for number in range(9)]
    assert near("отдел", [*names, *names], limit=3) == ("отдел 0", "отдел 1", "отдел 2")
