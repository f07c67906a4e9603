"""The server of a world as a process beside us: started, switched, stopped, its own cost read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request  # noqa: TID251 - asks our own server on loopback to switch
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import measured


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve a world; yield the port and the process's id."""
    command = [sys.executable, "-m", "bench.server", str(folder)]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the server has no output")
            yield int(process.stdout.readline()), process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def switch(port: int, wanted: str) -> None:
    """Let the server go on in another way: `state=t1&validators=0`."""
    address = f"http://127.0.0.1:{port}/switch?{wanted}"
    # a request to our own server on loopback, past any proxy of the environment
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # noqa: TID251
    with straight.open(address, timeout=10) as answer:
        answer.read()


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a child of ours has used."""
    return measured.descendants(os.getpid())[pid][0]
