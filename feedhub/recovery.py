"""What a start puts right: sources that dead processes hold, polls that all fell due meanwhile."""

from __future__ import annotations

import socket
from datetime import datetime
from pathlib import Path

from feedhub.core import cadence
from feedhub.model import Settings
from feedhub.model.history import Due
from feedhub.store import Store, sources


def release_dead(store: Store) -> None:
    """Let go of what processes of this machine held that are no more."""
    host = socket.gethostname()
    with store.write() as conn:
        for owner in sources.owners(conn):
            name, _, process = owner.rpartition(":")
            if name == host and process.isdigit() and not _is_running(int(process)):
                sources.release_all(conn, owner=owner)


def _is_running(pid: int) -> bool:
    """Tell whether a process of this machine runs; one that was killed and not buried does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # where there is no /proc nobody can tell
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def spread_overdue(store: Store, settings: Settings, *, now: datetime) -> int:
    """After a stop, spread what is due over some minutes; return how many polls were put off.

    Sources that were never polled are polled at once: somebody waits for them.
    """
    every = {source.slug: source.every for source in settings.sources}
    with store.write() as conn:
        due = [
            Due(slug=state.slug, at=state.next_poll_at, every=every.get(state.slug))
            for state in sources.all_states(conn)
            if state.is_active and state.next_poll_at is not None and state.last_poll_at is not None
        ]
        later = cadence.spread(due, now=now)
        sources.put_off(conn, later)
    return len(later)
