"""The make targets do what the first page says, tried with a Python that only writes down its calls."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

MAKE = shutil.which("make")
TOOLS = (
    "sh",
    "echo",
    "basename",
    "awk",
    "cat",
    "cp",
    "rm",
    "touch",
    "mkdir",
    "chmod",
    "find",
    "sleep",
    "id",
    "env",
)
FILES = ("Makefile", "pyproject.toml", "hatch_build.py", "requirements.txt")
MORE_FILES = ("requirements-build.txt", "requirements-test.txt")
PROGRAMS = ("feedhub", "pybabel", "ruff", "mypy", "lint-imports")
TARGETS = ("demo", "run", "test", "check", "bench", "gold", "fuzz", "soak", "lock", "translations")

pytestmark = pytest.mark.skipif(MAKE is None, reason="no make here")

Make = Callable[..., subprocess.CompletedProcess[str]]

WRITES_DOWN = """#!/bin/sh
echo "$(basename "$0") $*" >> "{calls}"
case "$*" in
*"-m venv "*)
    for last; do :; done
    mkdir -p "$last/bin"
    for name in python {programs}; do cp "$0" "$last/bin/$name"; done;;
*--output-file=*.mo*)
    for word; do case "$word" in --output-file=*) touch "${{word#--output-file=}}";; esac; done;;
esac
"""


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A checkout of what make looks at, with one catalogue."""
    place = tmp_path / "checkout"
    place.mkdir()
    for name in (*FILES, *MORE_FILES):
        shutil.copy(root / name, place / name)
    (place / "tests").mkdir()
    shutil.copy(root / "tests" / "ensure_chromium.sh", place / "tests")
    catalogue = place / "feedhub/web/translations/ru/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text("")
    return place


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return tmp_path / "calls"


@pytest.fixture
def make(folder: Path, calls: Path, tmp_path: Path) -> Make:
    """Run make where the only programs are those of TOOLS, a Chromium and the given Python."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or f"/bin/{name}")

    def program(name: str, text: str) -> None:
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)

    def run(*arguments: str, python: str | None = "python3") -> subprocess.CompletedProcess[str]:
        program("chromium", "#!/bin/sh\n")
        if python:
            program(python, WRITES_DOWN.format(calls=calls, programs=" ".join(PROGRAMS)))
        return subprocess.run(
            [str(MAKE), *arguments],
            cwd=folder,
            env={"PATH": str(tools), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    return run


def test_make_alone_lists_every_target_and_does_nothing(make: Make, calls: Path) -> None:
    done = make()
    assert done.returncode == 0
    assert [name for name in TARGETS if f"make {name} " not in done.stdout] == []
    assert not calls.exists()


def test_without_a_python_make_says_what_is_needed(make: Make) -> None:
    done = make("demo", python=None)
    assert done.returncode != 0
    assert "FeedHub needs Python 3.11 or newer" in done.stderr


@pytest.mark.parametrize("name", ["python3", "python3.11", "python3.12", "python3.13"])
def test_any_python_that_is_new_enough_will_do(make: Make, calls: Path, name: str) -> None:
    assert make("demo", python=name).returncode == 0
    assert f"{name} -m venv .venv" in calls.read_text()


def test_the_demonstration_installs_nothing_of_the_tests(make: Make, calls: Path) -> None:
    assert make("demo").returncode == 0
    text = calls.read_text()
    assert "requirements.txt" in text
    assert "requirements-test.txt" not in text
    assert text.splitlines()[-1] == "feedhub demo"


def test_what_is_installed_is_pinned_hashed_and_built_with_what_is_pinned(
    make: Make, calls: Path
) -> None:
    assert make("test").returncode == 0
    installs = [line for line in calls.read_text().splitlines() if " install " in line]
    assert [re.findall(r"requirements\S*\.txt|--editable", line) for line in installs] == [
        ["requirements-build.txt"],
        ["requirements.txt"],
        ["--editable"],
        ["requirements-test.txt"],
    ]
    assert all("--require-hashes" in line for line in installs if "--editable" not in line)
    assert all("--no-build-isolation" in line for line in installs[1:])


def test_a_second_make_installs_nothing(make: Make, calls: Path) -> None:
    make("test")
    calls.unlink()
    assert make("test").returncode == 0
    assert [line.split()[:3] for line in calls.read_text().splitlines() if "-c" not in line] == [
        ["python", "-m", "pytest"]
    ]


def test_changed_pins_are_installed(make: Make, calls: Path, folder: Path) -> None:
    make("demo")
    calls.unlink()
    later = (folder / ".venv/.runtime").stat().st_mtime + 5
    os.utime(folder / "requirements.txt", (later, later))
    make("demo")
    assert "--requirement requirements.txt" in calls.read_text()


def test_targets_made_side_by_side_install_once(make: Make, calls: Path) -> None:
    assert make("-j4", "demo", "test").returncode == 0
    lines = calls.read_text().splitlines()
    assert sum("-m venv" in line for line in lines) == 1
    assert sum("--requirement requirements.txt" in line for line in lines) == 1


def test_a_changed_catalogue_is_compiled(make: Make, calls: Path, folder: Path) -> None:
    make("demo")
    assert "compile" in calls.read_text()
    assert list(folder.rglob("messages.mo"))


def test_the_checks_are_the_four_of_the_first_page(make: Make, calls: Path) -> None:
    assert make("check").returncode == 0
    used = [line.split()[0] for line in calls.read_text().splitlines()]
    assert used[-4:] == ["ruff", "ruff", "mypy", "lint-imports"]


def test_clean_leaves_only_what_was_written(make: Make, folder: Path) -> None:
    make("test")
    assert make("clean").returncode == 0
    assert not (folder / ".venv").exists()
    assert not list(folder.rglob("*.mo"))
    assert (folder / "feedhub/web/translations/ru/LC_MESSAGES/messages.po").exists()
