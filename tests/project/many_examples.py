"""A pytest plugin for `make fuzz`: every property test gets many times its examples.

A test may name a number of its own (`@settings(max_examples=...)`), which a profile of hypothesis
would not change; so each test's own number is multiplied, wherever it comes from.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

TIMES = 20
MOST = 4_000
"""Examples of one test at most, so that the whole stays within minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for test in {more_of(item) for item in items}:
        if test is not None and hasattr(test, "is_hypothesis_test"):
            raise_examples(test)


def more_of(item: pytest.Item) -> Any:
    return getattr(item, "obj", None)


def raise_examples(test: Any) -> None:
    """Multiply the examples of a property test, once for all its parameters."""
    test = getattr(test, "__func__", test)
    own = getattr(test, "_hypothesis_internal_use_settings", None) or settings.default
    test._hypothesis_internal_use_settings = settings(
        own, max_examples=min(own.max_examples * TIMES, MOST), deadline=None
    )
