"""What a process loads: loading is most of what a quiet round costs, so each loads what it needs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.e2e.commands import environment, write_config
from tests.e2e.documents import Note, instant, rss
from tests.e2e.server import Server

READING = {
    *("feedparser", "lxml", "nh3", "razdel", "pymorphy3", "markdown_it", "ruamel"),
    *("feedhub.core.parse", "feedhub.core.normalise", "feedhub.articles.files"),
}
"""What reads documents, articles and unusual configurations."""

OTHERS = {"apscheduler", "flask", "granian", "alembic.command", "rich"}
"""What other commands need."""

PROCESSES = {"multiprocessing", "feedhub.workers.process"}

TELLING = """
import json, sys
from feedhub.cli.commands import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""

NOTE = Note(
    title="Озеро замёрзло",
    url="https://ozera.example/1",
    guid="1",
    published=instant(10, 8, 1),
    body="<p>Подробности.</p>",
)


def loaded(config: Path, *arguments: str) -> set[str]:
    """Run a command; return what its own process had loaded at the end."""
    command = [sys.executable, "-c", TELLING, "--config", str(config), *arguments]
    done = subprocess.run(
        command, capture_output=True, env=environment(), cwd=config.parent, timeout=110, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr.decode()
    return set(modules)


def among(modules: Iterable[str], names: set[str]) -> set[str]:
    """Return the modules that are one of these, or within one."""
    return {it for it in modules if any(it == name or it.startswith(f"{name}.") for name in names)}


@pytest.fixture
def config(tmp_path: Path) -> Iterable[Path]:
    with Server() as agency:
        agency.put("/rss", rss([NOTE]), content_type="text/xml")
        private = [agency.place]
        source = f'{{slug: ozera, title: Озёра, url: "{agency.url("/rss")}"}}'
        yield write_config(tmp_path, private=private, sources=source)


def test_who_polls_loads_nothing_that_reads_documents(config: Path) -> None:
    first = loaded(config, "poll", "--all", "--json")
    assert among(first, READING | OTHERS) == set()
    assert among(first, PROCESSES) >= PROCESSES  # a document came, and a process read it


def test_a_round_without_a_new_document_starts_no_process(config: Path) -> None:
    loaded(config, "poll", "--all", "--json")
    second = loaded(config, "poll", "--all", "--json")
    assert among(second, READING | OTHERS | PROCESSES) == set()


def test_the_list_of_commands_loads_no_command(config: Path) -> None:
    modules = loaded(config, "--help")
    assert among(modules, {"structlog", "sqlalchemy", "aiohttp", "pydantic", "asyncio"}) == set()
