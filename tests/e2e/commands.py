"""The real command as a subprocess: run to its end, or kept running as a service."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds that anything may take on a slow machine before the test fails."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without settings of a FeedHub that may run here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDHUB_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | dict(extra or {})


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def feedhub(
    config: Path | None,
    *arguments: str,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    seconds: float = 110,
) -> Ran:
    """Run one command to its end."""
    named = ["--config", str(config)] if config else []
    done = subprocess.run(
        [sys.executable, "-m", "feedhub", *named, *arguments],
        capture_output=True,
        env=environment(environ),
        cwd=cwd or (config.parent if config else None),
        timeout=seconds,
        check=False,
    )
    return Ran(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def poll_all(config: Path, *slugs: str, environ: Mapping[str, str] | None = None) -> Any:
    """Poll, insist that it went well, and return its document."""
    ran = feedhub(config, "poll", *(slugs or ("--all",)), "--json", environ=environ)
    assert ran.code == 0, ran.err
    return ran.json


def by_source(document: Any) -> dict[str, Any]:
    """Return the rows of a poll's document by source."""
    return {row["source"]: row for row in document["sources"]}


def wait_for(what: str, look: Callable[[], T], *, seconds: float = PATIENCE) -> T:
    """Return the first thing `look` gives that counts as true; fail when time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for: {what}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, kw_only=True, slots=True)
class Got:
    """An answer of the service."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Service:
    """A running service in a process group of its own; its log goes to a file."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process, self.port, self.log_path = process, port, log

    @property
    def pid(self) -> int:
        return self.process.pid

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Got:
        """Ask once; raises OSError or HTTPException when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            target = quote(path, safe="/%?&=+,!:;@")
            connection.request("GET", target, headers=dict(headers or {}))
            answer: HTTPResponse = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Got(status=answer.status, headers=named, body=answer.read())
        finally:
            connection.close()

    def answers(self, path: str = "/healthz") -> bool:
        try:
            return self.get(path).status == 200
        except (OSError, HTTPException):
            return False

    def items(self, path: str) -> list[dict[str, Any]]:
        """Return the items of a JSON Feed; none while there is no such list."""
        got = self.get(path)
        return list(json.loads(got.body)["items"]) if got.status == 200 else []

    def titles(self, path: str) -> list[str]:
        return [item["title"] for item in self.items(path)]

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8")

    def events(self) -> list[dict[str, Any]]:
        """Return the log line by line; every line must be a JSON object."""
        return [json.loads(line) for line in self.log.split("\n")[:-1]]

    def poller(self) -> int | None:
        """Return the process id of the poller, or None while there is none."""
        lines = {pid: command(pid) for pid in children(self.pid)}
        return next((pid for pid, line in lines.items() if line[-1:] == ["poller"]), None)

    def web_workers(self) -> list[int]:
        """Return the process ids of the web workers: forked, so they bear the service's name."""
        own = command(self.pid)
        return [pid for pid in children(self.pid) if command(pid) == own]

    def stop(self) -> int:
        """Ask it to end; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def service(
    config: Path,
    *arguments: str,
    role: str = "serve",
    environ: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[Service]:
    """Run the service until the block ends; whatever is left of it then is killed."""
    port = port or free_port()
    log = config.parent / f"service-{port}.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "feedhub", "--config", str(config)),
                *("--log-format", "json", role, "--port", str(port), *arguments),
            ],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            env=environment({"FEEDHUB_LOG": "json"} | dict(environ or {})),
            start_new_session=True,
        )
    running = Service(process, port, log)
    try:
        wait_for("the service to answer", lambda: _answers_or_ended(running))
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        for pid in group(process.pid):
            _kill(pid)
        process.wait(10)


def _answers_or_ended(running: Service) -> bool:
    assert running.process.poll() is None, running.log
    return running.answers()


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name: state, parent, group, session, ..."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _alive() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (found := _stat(int(entry.name))) and found[0] != "Z":
            yield int(entry.name), found


def group(session: int) -> list[int]:
    """Return the living processes of a session: the service and all it started."""
    return [pid for pid, found in _alive() if int(found[3]) == session]


def children(parent: int) -> list[int]:
    return sorted(pid for pid, found in _alive() if int(found[1]) == parent)


def command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def write_config(
    folder: Path,
    *,
    private: Sequence[str] = (),
    sources: str = "",
    tags: str = "",
    sections: str = "",
    fetch: str = "",
    site: str = "",
) -> Path:
    """Write a configuration; lists are YAML items, one a line, without indentation."""
    allowed = ", ".join(f'"{one}"' for one in private)
    lines = [
        "site:",
        "  title: Портал",
        *([f"  {line}" for line in site.splitlines()]),
        "sections:",
        "  - {slug: news, title: Новости}",
        "  - {slug: press-releases, title: Пресс-релизы}",
        *_items(sections),
        "fetch:",
        "  gap: 0s",
        f"  allow_private: [{allowed}]",
        *([f"  {line}" for line in fetch.splitlines()]),
        *(["sources:", *_items(sources)] if sources else []),
        *(["tags:", *_items(tags)] if tags else []),
    ]
    path = folder / "config.yaml"
    fresh = folder / ".config.yaml.new"
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path


def _items(text: str) -> list[str]:
    return [f"  - {line}" for line in text.splitlines() if line.strip()]
