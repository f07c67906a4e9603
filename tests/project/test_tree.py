"""What may not stand in any file of the project, and what stands beside the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

INDEX = re.compile(
    r"(?:pypi|pythonhosted|files\.python|test\.pypi)\.org"
    r"|--(?:extra-)?index-url[ =]+\S"
    r"|(?:^|\s)-(?:-find-links|f|i)[ =]+(?:https?:|file:|/)"
    r"|registry\.npmjs|deb\.debian\.org",
    re.MULTILINE,
)
WORKPLACE = re.compile(r"(?<![\w.$}/])/work(?:/|\b)|\.\./shared\b|\bCONTRACT\b|\bDESIGN\.md\b")
HERE = Path(__file__).name
LARGEST = 1_000_000


def test_no_file_holds_the_address_of_an_index(files: Sequence[Path], root: Path) -> None:
    assert found(INDEX, files, root) == []


def test_no_file_names_a_place_outside_the_project(files: Sequence[Path], root: Path) -> None:
    assert found(WORKPLACE, files, root) == []


def test_no_file_is_large(files: Sequence[Path], root: Path) -> None:
    large = [path.relative_to(root) for path in files if path.stat().st_size > LARGEST]
    assert large == []


def test_nothing_that_is_made_is_kept(files: Sequence[Path], root: Path) -> None:
    made = re.compile(r"\.(?:pyc|mo|db|db-wal|db-shm|lock|log)$|__pycache__|\.venv")
    kept = [str(path.relative_to(root)) for path in files if made.search(str(path))]
    assert kept == []


@pytest.mark.parametrize("name", ["build", "", "test"])
def test_every_requirement_is_pinned_and_hashed(root: Path, name: str) -> None:
    file = root / f"requirements{'-' if name else ''}{name}.txt"
    lines = file.read_text("utf-8").replace("\\\n", " ").splitlines()
    pins = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert len(pins) > 5
    assert [
        pin for pin in pins if not re.match(r"[a-z0-9._\[\]-]+==\S+ .*--hash=sha256:", pin)
    ] == []


def test_the_pins_of_the_tests_are_those_of_the_service(root: Path) -> None:
    assert pins(root / "requirements.txt").items() <= pins(root / "requirements-test.txt").items()


def test_what_the_code_imports_is_a_dependency(root: Path) -> None:
    text = (root / "pyproject.toml").read_text("utf-8")
    listed = re.findall(r'^  "([a-z0-9-]+)', text.partition("\ndependencies = [")[2], re.MULTILINE)
    known = {name.replace("-", "_") for name in listed}
    modules = {"markdown_it": "markdown_it_py", "ruamel": "ruamel.yaml"}
    used = {
        name
        for path in (root / "feedhub").rglob("*.py")
        for name in re.findall(r"^\s*(?:import|from) (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    ours = {name for name in used if not is_standard(name)}
    missing = {name for name in ours if modules.get(name, name).partition(".")[0] not in known}
    assert missing == set()


def test_ci_runs_the_checks_and_the_command_of_the_first_page(root: Path) -> None:
    script = root / ".ci" / "run"
    assert os.access(script, os.X_OK)
    lines = [line for line in script.read_text().splitlines() if line and line[0] not in "#"]
    assert lines[-2:] == ["make check", "make test"]
    assert "make test" in (root / "README.md").read_text("utf-8")
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_shell_scripts_can_be_read(root: Path) -> None:
    subprocess.run(["sh", "-n", str(root / "tests" / "ensure_chromium.sh")], check=True)


def found(pattern: re.Pattern[str], files: Sequence[Path], root: Path) -> list[str]:
    """Return where a pattern stands, as `path: what`; this file itself names what it forbids."""
    places = []
    for path in files:
        name = path.relative_to(root).as_posix()
        if path.name == HERE or name == "LICENSE":
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        places += [f"{name}: {match[0].strip()}" for match in pattern.finditer(text)]
    return places


def pins(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", path.read_text("utf-8"), re.MULTILINE))


def is_standard(name: str) -> bool:
    return name in sys.stdlib_module_names or name == "feedhub"
