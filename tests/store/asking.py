"""Asking a store for lists, in the few words that tests of lists need."""

from __future__ import annotations

from typing import Any

from feedhub.store import Connection, lists
from feedhub.store.lists import Selection, Window
from tests import builders as a


def add(conn: Connection, identity: str, source: str = a.SOURCE, **overrides: Any) -> int:
    """Add an entry and return its number."""
    a.write(conn, a.an_insert(a.an_entry(identity, **overrides)), source=source)
    return a.numbers(conn, source, identity)[0]


def window(**overrides: Any) -> Window:
    """Return the newest fifty as they are seen at NOW, unless told otherwise."""
    return Window(**{"now": a.NOW, "limit": 50} | overrides)


def page(conn: Connection, selection: Selection | None = None, **overrides: Any) -> list[int]:
    """Return the numbers of the entries that a list holds, in its order."""
    found = lists.page(conn, selection or Selection(), window(**overrides))
    return [one.row["number"] for one in found]
