"""Making and upgrading the tables: in one step that holds or leaves nothing."""

from __future__ import annotations

import contextlib
import importlib
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect, select, text

from feedhub.core.text.fold import search_words
from feedhub.errors import StoreError
from feedhub.store import facts, migrations, open_store, search, sources
from feedhub.store.schema import entry, metadata
from tests import builders as a
from tests.databases import opened

ROOT = Path(__file__).resolve().parents[2]

PATIENCE = 60
"""Seconds another process may take."""

OPEN = """
import sys
from feedhub.core.text.fold import search_words
from feedhub.store import open_store
sys.stdin.readline()
open_store(sys.argv[1], words=search_words).close()
print("open")
"""

# Makes everything but never commits: says so, and waits to be killed.
OPEN_HALFWAY = """
import sys, time
from sqlalchemy import event
from sqlalchemy.engine import Engine
from feedhub.core.text.fold import search_words
from feedhub.store import open_store

@event.listens_for(Engine, "commit")
def wait(conn):
    if conn.get_execution_options().get("is_write"):
        print("halfway", flush=True)
        time.sleep(600)

open_store(sys.argv[1], words=search_words)
"""


def start(program: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def tables(conn: Connection) -> set[str]:
    return set(inspect(conn).get_table_names())


def test_a_new_database_gets_every_table_and_the_newest_step(empty_url: str) -> None:
    with opened(empty_url) as store, store.read() as conn:
        assert tables(conn) >= {*metadata.tables, "search", "alembic_version"}
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [
            migrations.HEAD
        ]


def shape(conn: Connection) -> list[tuple[str, str]]:
    rows = conn.execute(text("SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name"))
    return [(name, " ".join(sql.split())) for name, sql in rows if name != "alembic_version"]


def test_the_steps_lead_to_the_same_tables_as_a_new_database_has(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/new.db") as store, store.read() as conn:
        wanted = shape(conn)
    engine = create_engine(f"sqlite:///{tmp_path}/stepped.db")
    with engine.begin() as conn:
        migrations.take_steps(conn, None)
        assert shape(conn) == wanted
    engine.dispose()


FIRST = importlib.import_module("feedhub.store.migrations.versions.0001_first_tables").metadata
HELD = ("source", "entry", "body")


def back_to_the_first_step(conn: Connection, *, is_sqlite: bool) -> None:
    """Make the tables of the first step in place of today's, with the rows of some of them."""
    rows = {name: conn.execute(metadata.tables[name].select()).mappings().all() for name in HELD}
    words = " ".join(conn.execute(text("SELECT words FROM search")).scalars()) if is_sqlite else ""
    for table in ("search", *(table.name for table in reversed(metadata.sorted_tables))):
        conn.execute(text(f"DROP TABLE {table}" + ("" if is_sqlite else " CASCADE")))
    conn.execute(text("DROP TABLE alembic_version"))
    migrations.take_steps(conn, None, to="0001")
    for name, found in rows.items():
        table = FIRST.tables[name]
        values = [{key: row[key] for key in row if key in table.c} for row in found]
        conn.execute(table.insert(), values)
    if is_sqlite:
        conn.execute(text("INSERT INTO search(rowid, words) VALUES (1, :w)"), {"w": words})


def test_a_database_of_the_first_step_is_brought_up_with_all_it_holds(empty_url: str) -> None:
    with opened(empty_url) as store, store.write() as conn:
        a.add_sources(conn, a.SOURCE)
        a.write(conn, a.an_insert(title="Озеро замёрзло"))
        back_to_the_first_step(conn, is_sqlite=store.is_sqlite)
    with opened(empty_url) as store, store.write() as conn:
        step = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        assert step == migrations.HEAD
        assert tables(conn) >= {*metadata.tables, "search", "alembic_version"}
        assert sources.states(conn, [a.SOURCE])[a.SOURCE].slug == a.SOURCE
        assert conn.execute(select(entry.c.title)).scalars().all() == ["Озеро замёрзло"]
        if store.is_sqlite:
            hit = search.condition(conn, (("озеро",),), entry.c.number)
            assert conn.execute(select(entry.c.number).where(hit)).scalars().all() == [1]


def test_the_newest_step_is_the_last_file() -> None:
    folder = Path(migrations.__file__).parent / "versions"
    steps = sorted(path.name.partition("_")[0] for path in folder.glob("[0-9]*.py"))
    assert steps[-1] == migrations.HEAD


def test_opening_again_changes_nothing_and_loads_no_alembic(empty_url: str) -> None:
    with opened(empty_url) as store, store.write() as conn:
        facts.put(conn, "a", "1")
    program = OPEN + "assert 'alembic' not in sys.modules\n"
    process = start(program, empty_url)
    out, _ = process.communicate("\n", timeout=PATIENCE)
    assert (process.returncode, out) == (0, "open\n")
    with opened(empty_url) as store, store.read() as conn:
        assert facts.get(conn, "a") == "1"


def test_a_newer_database_is_refused_with_a_sentence_and_left_as_it_is(empty_url: str) -> None:
    with opened(empty_url) as store, store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        facts.put(conn, "a", "1")
    with pytest.raises(StoreError) as caught:
        open_store(empty_url, words=search_words)
    assert re.fullmatch(
        r"the database was written by a newer FeedHub \(step 9999\); .*backup", str(caught.value)
    )


def test_a_step_that_fails_leaves_the_database_as_it_was(empty_url: str) -> None:
    with opened(empty_url) as store:
        with store.write() as conn:
            for table in tables(conn) - {"tag"}:
                if not table.startswith("search_"):
                    cascade = "" if store.is_sqlite else " CASCADE"
                    conn.execute(text(f"DROP TABLE {table}{cascade}"))
            conn.execute(text("CREATE TABLE search (x INTEGER)"))
        with store.read() as conn:
            before = tables(conn)
    with pytest.raises(StoreError, match="already exists"):
        open_store(empty_url, words=search_words)
    with contextlib.closing(store), store.read() as conn:
        assert tables(conn) == before


def test_processes_that_start_together_make_the_tables_once(empty_url: str) -> None:
    processes = [start(OPEN, empty_url) for _ in range(2)]
    time.sleep(1)  # long enough for their imports, so that they meet
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=PATIENCE)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert answers == ["open\n", "open\n"]
    with opened(empty_url) as store, store.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_threads_that_open_a_new_database_together_all_succeed(empty_url: str) -> None:
    errors: list[Exception] = []

    def open_it() -> None:
        try:
            open_store(empty_url, words=search_words).close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it, daemon=True) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert errors == []


def test_a_process_killed_halfway_leaves_a_database_that_can_be_used(empty_url: str) -> None:
    process = start(OPEN_HALFWAY, empty_url)
    assert process.stdout
    assert process.stdout.readline() == "halfway\n"
    process.kill()
    process.communicate(timeout=PATIENCE)
    with opened(empty_url) as store:
        with store.write() as conn:
            a.add_sources(conn, a.SOURCE)
            a.write(conn, a.an_insert(tags=("связь",)))
        with store.read() as conn:
            assert facts.count(conn, "home") == 1


def test_a_process_killed_while_it_writes_loses_only_what_it_had_not_finished(
    store_url: str,
) -> None:
    program = """
import sys
from tests import builders as a
from tests.databases import opened
with opened(sys.argv[1]) as store:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE)
    for n in range(100_000):
        with store.write() as conn:
            a.write(conn, a.an_insert(identity=f"guid:{n}", tags=("связь",)))
        print(n, flush=True)
"""
    process = start(program, store_url)
    assert process.stdout
    for _ in range(10):
        acknowledged = int(process.stdout.readline())
    process.kill()
    rest = process.communicate(timeout=PATIENCE)[0].split()
    acknowledged = int(rest[-1]) if rest else acknowledged
    with opened(store_url) as store, store.read() as conn:
        counts = {
            table: conn.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            for table in ("entry", "body", "search", "tagging", "entry_tag")
        }
        assert len(set(counts.values())) == 1, counts
        assert counts["entry"] in (acknowledged + 1, acknowledged + 2)
        assert facts.count(conn, "home") == counts["entry"]
        if store.is_sqlite:
            assert conn.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            assert conn.execute(text("PRAGMA foreign_key_check")).all() == []
