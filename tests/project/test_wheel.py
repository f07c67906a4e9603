"""A wheel built from the tree and installed elsewhere holds all that it needs, and runs."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SOURCES = ("feedhub", "templates", "pyproject.toml", "hatch_build.py", "README.md", "LICENSE")
SECONDS = 60


@pytest.fixture(scope="module")
def tree(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the wheel is made of, so that the checkout is not written to."""
    copy = tmp_path_factory.mktemp("tree")
    ignored = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in SOURCES:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=ignored)
        else:
            shutil.copy2(root / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("wheel")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(built), cwd=tree)
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment of its own with the wheel, and the libraries of this one beside it."""
    home = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    run("-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index",
        "--disable-pip-version-check", str(wheel), cwd=home)  # fmt: skip
    (packages,) = (home / "lib").glob("python*/site-packages")
    # A folder named in a .pth file is searched, but its own .pth files, such as that of an
    # editable install, are not.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def test_the_wheel_holds_templates_translations_and_samples(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "feedhub/templates/base.html",
        "feedhub/templates/static/feedhub.css",
        "feedhub/web/translations/ru/LC_MESSAGES/messages.mo",
        "feedhub/web/translations/en/LC_MESSAGES/messages.mo",
        "feedhub/demo/config.yaml",
        "feedhub/store/migrations/env.py",
    } <= names
    assert not [name for name in names if not re.match(r"feedhub(?:/|-[0-9.]+\.dist-info/)", name)]


def test_the_source_archive_builds_the_same_wheel(tree: Path, wheel: Path, tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path), cwd=tree)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=unpacked)
    (again,) = tmp_path.glob("*.whl")
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())


def test_the_installed_program_answers_from_any_folder(installed: Path, tmp_path: Path) -> None:
    program = str(installed / "bin" / "feedhub")
    assert "Usage: feedhub" in elsewhere(tmp_path, program, "--help")
    python = str(installed / "bin" / "python")
    assert "--port" in elsewhere(tmp_path, python, "-m", "feedhub", "demo", "--help")
    place = elsewhere(tmp_path, python, "-c", "import feedhub; print(feedhub.__file__)")
    assert place.startswith(str(installed))


def test_the_installed_program_runs_the_demonstration(installed: Path, tmp_path: Path) -> None:
    with demonstration(installed, tmp_path) as (process, feed):
        port = urlsplit(feed).port or 0
        page = fetched(port, "/")
        assert "<html" in page
        assert "/static/feedhub.css" in page
        assert "<rss" in fetched(port, urlsplit(feed).path)
        process.send_signal(signal.SIGINT)
        assert process.wait(15) == 0
        with pytest.raises(ConnectionRefusedError):
            fetched(port, "/")
        assert is_group_gone(process.pid)
    assert list(tmp_path.glob("feedhub-demo*")) == []


@contextmanager
def demonstration(installed: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run the demonstration on a port of its own, in a group of its own; give a feed's address."""
    said, log = folder / "said", folder / "log"
    with said.open("wb") as out, log.open("wb") as err:
        process = subprocess.Popen(
            [str(installed / "bin" / "feedhub"), "demo", "--port", "0"],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    try:
        yield process, address_in(said, process, log)
    finally:
        stop_group(process)


def address_in(said: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    """Wait for the line that names the feed."""
    for _ in range(SECONDS * 4):
        line = re.search(r"(http\S+feed\.rss)$", said.read_text(), re.MULTILINE)
        if line:
            return line[1]
        assert process.poll() is None, log.read_text()[-2000:]
        time.sleep(0.25)
    raise AssertionError(f"no address within {SECONDS} s: {log.read_text()[-2000:]}")


def is_group_gone(leader: int) -> bool:
    """Tell whether no process of a group is left; orphans that ended are collected in a moment."""
    for _ in range(40):
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.25)
    return False


def stop_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the process and its children; none should be."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def fetched(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200, path
        return answer.read().decode()
    finally:
        connection.close()


def run(*arguments: str, cwd: Path) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def elsewhere(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing leads back to the checkout."""
    return {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}
