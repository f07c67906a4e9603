"""One poller at a time on an embedded database: a lock that ends with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from feedhub.errors import StoreError
from feedhub.store import file_of

LOCK_VARIABLE = "FEEDHUB_LOCK_FD"
"""Names the open lock file that a parent hands to the poller it starts."""


def take_lock(database: str) -> int | None:
    """Take the lock of an SQLite database; return its file descriptor, None for a server's.

    The lock belongs to the open file, so a child that inherits the descriptor holds it too.
    Raises StoreError when another instance has it.
    """
    inherited = os.environ.pop(LOCK_VARIABLE, None)
    if inherited is not None:
        return int(inherited)
    file = file_of(database)
    if file is None:
        return None
    path = Path(f"{file}.lock")
    try:
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"the folder of the database cannot be written: {error}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise StoreError(
            f"another FeedHub is already running on {file}; stop it first, "
            "or run only `feedhub web` beside it"
        ) from error
    return held
