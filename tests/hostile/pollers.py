"""The poller as a process of its own, which is killed when the block ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.e2e.commands import environment, group
from tests.hostile.siege import World


@contextmanager
def poller(
    place: World, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the poller in a group of its own, until all of it is killed without a word."""
    with (place.folder / "poller.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "feedhub", "--config", str(place.config), "poller"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(environ),
            start_new_session=True,
        )
    try:
        yield process
    finally:
        for pid in group(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.wait(10)
