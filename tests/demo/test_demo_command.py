"""`feedhub demo` as a person starts it: it answers, merges by tag, and ends without a trace."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import feedparser
import pytest

from feedhub.cli.demonstration import free_port
from feedhub.errors import FeedHubError

# feedparser is banned outside its stage; on bytes in a test it is the reader we answer to.
parse = feedparser.parse  # noqa: TID251
START_SECONDS, STOP_SECONDS = 90, 20
ROOT = Path(__file__).resolve().parents[2]
LOCAL_TITLE = "Область и республика договорились о цифровых сервисах"
AGENCIES = {"ministerstvo-svyazi", "ostrovnye-novosti", "delovoy-vestnik"}


@dataclass
class Demo:
    process: subprocess.Popen[bytes]
    base: str
    folder: Path
    told: str


def _told(path: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        told = path.read_text("utf-8", "replace")
        if "Ctrl-C" in told:
            return told
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise AssertionError(f"the demonstration did not start: {path.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    output, temporary = folder / "output.txt", folder / "tmp"
    temporary.mkdir()
    environ = os.environ | {
        "TMPDIR": str(temporary),
        "FEEDHUB_DATABASE": "postgresql://nobody@127.0.0.1:1/never",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }
    with socket.socket() as taken, output.open("wb") as out:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "feedhub", "demo", "--port", str(port)],
            env=environ,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            told = _told(output, process)
            found = re.search(r"Site\s+(http://127\.0\.0\.1:(\d+))/", told)
            assert found is not None
            assert int(found[2]) > port, "a taken port is left alone"
            yield Demo(process, found[1], temporary, told)
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                if process.poll() is None:
                    os.killpg(process.pid, number)
                    _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> int | None:
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        return None


def _get(base: str, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection(base.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _local_among(titles: list[str]) -> bool:
    return LOCAL_TITLE in titles


def test_one_tag_holds_agencies_and_an_article_in_three_formats_then_all_ends(demo: Demo) -> None:
    for name in ("feed.rss", "feed.atom", "feed.json"):
        assert f"{demo.base}/tags/belorussiya/{name}" in demo.told
    status, body = _get(demo.base, "/tags/belorussiya/feed.json")
    assert status == 200
    items = json.loads(body)["items"]
    sources = {item["_feedhub"]["source"]["slug"] for item in items}
    assert "ministerstvo-svyazi" in sources, "the one that writes windows-1251"
    assert len(sources & AGENCIES) >= 2
    assert _local_among([item["title"] for item in items])
    times = [item["date_published"] for item in items]
    assert times == sorted(times, reverse=True)
    _check_xml(demo.base)
    _check_article(demo.base, next(item for item in items if item["title"] == LOCAL_TITLE))
    _check_end(demo)


def _check_xml(base: str) -> None:
    for name in ("feed.rss", "feed.atom"):
        status, body = _get(base, f"/tags/belorussiya/{name}")
        read = parse(body)
        assert (status, read.bozo) == (200, False)
        titles = [entry.title for entry in read.entries]
        assert _local_among(titles)
        hosts = {re.sub(r"/(news|entries)/.*", "", entry.link) for entry in read.entries}
        assert base in hosts
        assert len(hosts) >= 3


def _check_article(base: str, item: dict[str, object]) -> None:
    status, page = _get(base, str(item["url"]).removeprefix(base))
    text = page.decode()
    assert status == 200
    for words in ("1 минута", "Министерство связи (демо)", "Открыт набор на курсы"):
        assert words in text.replace("\xa0", " ").replace("&nbsp;", " ")
    picture = re.search(r"/media/[0-9a-f]{32}\.png", text)
    assert picture is not None
    assert _get(base, picture[0])[1].startswith(b"\x89PNG")


def _check_end(demo: Demo) -> None:
    group = demo.process.pid
    if Path("/proc/self/stat").exists():
        assert _is_running(group), "or the check below could not fail"
    demo.process.send_signal(signal.SIGINT)
    assert _wait(demo.process) == 0
    assert not _is_alive(group), "a process of the demonstration is still there"
    assert list(demo.folder.iterdir()) == []
    with pytest.raises((OSError, HTTPException)):
        _get(demo.base, "/")


def _is_alive(group: int) -> bool:
    """Tell whether a process of the group still runs; one that just ended may take a moment.

    Ended ones that nobody has collected yet (zombies) do not count: in a container that can take
    its first process long.
    """
    for _ in range(30):
        if not _is_running(group):
            return False
        time.sleep(0.1)
    return True


def _is_running(group: int) -> bool:
    return any(_runs_in(group, stat) for stat in Path("/proc").glob("[0-9]*/stat"))


def _runs_in(group: int, stat: Path) -> bool:
    try:
        state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
    except OSError:
        return False
    return int(its_group) == group and state not in "ZX"


def test_a_free_port_is_taken_as_it_is() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert free_port("127.0.0.1", port) == port
    assert free_port("127.0.0.1", 0) > 0


def test_a_taken_port_gives_the_next_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port("127.0.0.1", port) <= port + 50


def test_a_host_that_is_not_ours_is_a_sentence() -> None:
    with pytest.raises(FeedHubError, match=r"no free port at 192\.0\.2\.1"):
        free_port("192.0.2.1", 8000)
