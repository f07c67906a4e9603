"""The two programs that poll the world, each as its user would run it."""

from __future__ import annotations

import compileall
import json
import os
import sqlite3
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import feedhub
from bench.peers.vocabulary import TAGS
from bench.world import Feed

HERE = Path(__file__).resolve().parent
PINS = HERE.parent / "requirements-peers.txt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """A program ready to poll: `poll` is the command, `stored` counts entries by feed number."""

    name: str
    folder: Path
    poll: Sequence[str]
    stored: Callable[[], Mapping[int, int]]


def ours(folder: Path, feeds: Sequence[Feed], port: int) -> Program:
    """Write a configuration with these feeds as sources; return the real command."""
    folder.mkdir(parents=True)
    # As an installer does: compiling is no part of polling.
    compileall.compile_dir(Path(feedhub.__file__).parent, quiet=1)
    config = folder / "config.yaml"
    config.write_text(configuration(feeds, port), encoding="utf-8")
    numbers = {feed.slug: feed.number for feed in feeds}
    return Program(
        name="feedhub",
        folder=folder,
        poll=(*own_command(), "--config", str(config), "poll", "--all", "--json"),
        stored=lambda: {
            numbers[slug]: count
            for slug, count in _counts(
                folder / "feedhub.db", "SELECT source, count(*) FROM entry GROUP BY source"
            )
            if slug in numbers
        },
    )


def own_command() -> list[str]:
    """Return the installed command, or the package when it is not installed as one."""
    installed = Path(sys.executable).with_name("feedhub")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "feedhub"]


def configuration(feeds: Sequence[Feed], port: int) -> str:
    """Return a config.yaml: every feed a source, the address guard on, no pause between requests."""
    lines = [
        "site: {title: Bench, timezone: Europe/Moscow}",
        "database: sqlite:///feedhub.db",
        "sections: [{slug: news, title: Новости}]",
        f'fetch: {{allow_private: ["127.0.0.1:{port}"], gap: 0s, per_host: 64, concurrency: 64}}',
        "sources:",
        *(row for feed in feeds for row in _source(feed, port)),
        "tags:",
        *(row for tag in TAGS for row in _item(tag)),
    ]
    return "\n".join(lines) + "\n"


def _source(feed: Feed, port: int) -> list[str]:
    address = f"http://127.0.0.1:{port}{feed.path}"
    return _item({"slug": feed.slug, "title": f"Источник {feed.number}", "url": address})


def _item(values: Mapping[str, Any]) -> list[str]:
    """Return a mapping in a list as an admin would write it; JSON's scalars are YAML's."""
    rows = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return [f"  - {rows[0]}", *(f"    {row}" for row in rows[1:])]


def reader(folder: Path, feeds: Sequence[Feed], port: int) -> Program:
    """Subscribe to these feeds (not measured) and return the command that polls them.

    Raises subprocess.CalledProcessError when its environment cannot be made.
    """
    folder.mkdir(parents=True)
    python = str(peer_python())
    script, database = str(HERE / "reader_script.py"), str(folder / "reader.db")
    addresses = folder / "feeds.txt"
    text = "".join(f"http://127.0.0.1:{port}{feed.path}\n" for feed in feeds)
    addresses.write_text(text, encoding="utf-8")
    subprocess.run([python, script, "add", database, str(addresses)], check=True)
    return Program(
        name="reader",
        folder=folder,
        poll=(python, script, "update", database),
        stored=lambda: {
            int(address.rpartition("/f")[2]): count
            for address, count in _counts(
                folder / "reader.db", "SELECT feed, count(*) FROM entries GROUP BY feed"
            )
        },
    )


def peer_python() -> Path:
    """Return the Python of an environment that holds the pinned peers, made once and kept."""
    digest = sha256(PINS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "feedhub-bench" / f"peers-{digest}"
    python, made = home / "bin" / "python", home / ".made"
    if not made.exists():
        print(f"installing what we compare with into {home} ...", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        install = ["-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check"]
        pins = ["--require-hashes", "--requirement", str(PINS)]
        subprocess.run([str(python), *install, *pins], check=True)
        made.touch()
    return python


def version_of_reader() -> str:
    """Return the version of `reader` that is installed for the comparison."""
    ask = "import importlib.metadata as m; print(m.version('reader'))"
    return subprocess.check_output([str(peer_python()), "-c", ask], text=True).strip()


def _counts(database: Path, query: str) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        return list(conn.execute(query))
