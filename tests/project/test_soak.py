"""`make soak`: the whole service for some minutes, with readers and news, stays as it began."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to look into"),
]

SECONDS = 300
WARM_SECONDS = 90
"""Until caches and workers are what they will be."""
STEADY_SECONDS = 5
GROWTH_MIB = 60
PATHS = ("/", "/tags/", "/sources/", "/feed.rss", "/feed.atom", "/feed.json", "/search/?q=связь")


class Look(NamedTuple):
    """What the process tree holds at an instant."""

    processes: int
    memory: float
    files: int


def test_memory_and_open_files_stay_and_news_keeps_coming(tmp_path: Path) -> None:
    with demonstration(tmp_path) as (process, port):
        answers: Counter[int] = Counter()
        looks: list[Look] = []
        entries = [newest(port)]
        started = time.monotonic()
        while (passed := time.monotonic() - started) < SECONDS:
            answers.update(get(port, path)[0] for path in PATHS)
            if passed > WARM_SECONDS + STEADY_SECONDS * len(looks):
                looks.append(look(process.pid))
            time.sleep(0.1)
        entries.append(newest(port))
        process.send_signal(signal.SIGTERM)
        stopping = time.monotonic()
        assert process.wait(20) == 0
        assert time.monotonic() - stopping < 10
    assert set(answers) == {200}
    assert entries[0] != entries[1], "nothing new was polled"
    third = len(looks) // 3
    first, last = looks[:third], looks[-third:]
    for now in looks:
        print(f"{now.processes} processes, {now.memory:.0f} MiB, {now.files} open files")
    assert least(last, "memory") < least(first, "memory") + GROWTH_MIB
    assert least(last, "files") <= least(first, "files") + 5
    assert least(last, "processes") <= least(first, "processes") + 1


def least(looks: list[Look], what: str) -> float:
    """Return the least of what was seen: a moment's work does not count as growth."""
    return min(getattr(seen, what) for seen in looks)


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    said = folder / "said"
    with said.open("wb") as out, (folder / "log").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "feedhub", "demo", "--port", "0"],
            env=os.environ | {"TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    try:
        yield process, port_in(said, process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def port_in(said: Path, process: subprocess.Popen[bytes]) -> int:
    for _ in range(240):
        line = re.search(r"(http\S+feed\.rss)$", said.read_text(), re.MULTILINE)
        if line:
            return urlsplit(line[1]).port or 0
        assert process.poll() is None, (said.parent / "log").read_text()[-2000:]
        time.sleep(0.25)
    raise AssertionError("no address was printed")


def get(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path.replace("связь", "%D1%81%D0%B2%D1%8F%D0%B7%D1%8C"))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def newest(port: int) -> str:
    items = json.loads(get(port, "/feed.json")[1])["items"]
    assert items
    return str(items[0]["id"])


def look(root: int) -> Look:
    """Add up what a process and all its children hold, by /proc."""
    found = [root]
    for pid in found:
        found += children(pid)
    memory = files = 0
    for pid in found:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            files += len(list(Path(f"/proc/{pid}/fd").iterdir()))
        except OSError:  # ended while we looked
            continue
        resident = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
        memory += int(resident[1]) if resident else 0
    return Look(len(found), memory / 1024, files)


def children(pid: int) -> list[int]:
    pids: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            pids += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return pids
