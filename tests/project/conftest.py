"""What tests of the project as a whole share: its folder, and its texts."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A fenced block of a document: where it stands, its language, and what it says."""

    place: str
    language: str
    text: str


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def manual(root: Path) -> dict[str, str]:
    """The documents for people, by path."""
    paths = sorted([*root.glob("*.md"), *root.glob("docs/*.md")])
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}


@pytest.fixture(scope="session")
def examples(manual: dict[str, str]) -> tuple[Example, ...]:
    return tuple(fenced(manual))


def fenced(manual: dict[str, str]) -> Iterator[Example]:
    for path, text in manual.items():
        for found in FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 2
            yield Example(f"{path}:{line}", found[1], found[2])


@pytest.fixture(scope="session")
def files(root: Path) -> tuple[Path, ...]:
    """Every file of the project: what git would take, or all but what was made."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = [os.fsdecode(name) for name in listed.stdout.split(b"\0") if name]
        return tuple(root / name for name in names if (root / name).is_file())
    return tuple(path for path in root.rglob("*") if path.is_file() and not is_made(path, root))


def is_made(path: Path, root: Path) -> bool:
    """Tell whether a file was made by running or installing, as .gitignore would."""
    parts = path.relative_to(root).parts
    folders = (".venv", ".git", ".hypothesis", "__pycache__")
    is_within = any(part.startswith(folders) or part.endswith("_cache") for part in parts[:-1])
    return is_within or path.suffix in (".mo", ".pyc")
