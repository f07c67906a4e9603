"""What was made from the store, remembered for as long as the store did not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any


class Memo:
    """Remembers values by key and by the change counter they were made at; safe among threads.

    Holds at most `limit` bytes by the sizes it is told; what was not asked for longest goes first.
    """

    def __init__(self, limit: int = 64 * 1024 * 1024) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[int, Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, version: int) -> Any:
        """Return what was remembered at this change counter, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] != version:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, version: int, value: Any, *, size: int) -> None:
        """Remember a value of about `size` bytes."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._size += size - (old[2] if old else 0)
            self._kept[key] = (version, value, size)
            while self._size > self._limit and self._kept:
                _, (_, _, gone) = self._kept.popitem(last=False)
                self._size -= gone
