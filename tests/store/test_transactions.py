"""What `Store.read` and `Store.write` promise, on both databases."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from feedhub.core.text.fold import search_words
from feedhub.errors import StoreError
from feedhub.store import Store, facts, lookup, open_store
from feedhub.store.engine import file_of
from tests import builders as a
from tests.databases import opened

PATIENCE = 30
"""Seconds a thread of these tests may take."""


def in_thread(work: object) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_what_is_written_is_kept(store: Store) -> None:
    with store.write() as conn:
        facts.put(conn, "a", "1")
        facts.put(conn, "a", "2")
    with store.read() as conn:
        assert facts.get(conn, "a") == "2"
        assert facts.get(conn, "b") is None


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE)
    with pytest.raises(ZeroDivisionError), store.write() as conn:
        a.write(conn, a.an_insert(tags=("связь",)))
        facts.put(conn, "a", str(1 / 0))
    with store.read() as conn:
        for table in ("entry", "body", "tag", "tagging", "entry_tag", "counter", "search"):
            assert conn.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table
        assert facts.changes(conn) == 0


def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(StoreError, match=r"(?i)foreign key"), store.write() as conn:
        a.write(conn, a.an_insert(), source="nobody")


def test_reading_can_write_nothing(store: Store) -> None:
    with pytest.raises(StoreError, match=r"(?i)read-?only"), store.read() as conn:
        facts.put(conn, "a", "1")
    with store.write() as conn:
        assert facts.get(conn, "a") is None
        facts.put(conn, "a", "1")


def test_a_reader_reads_during_a_write_and_sees_one_state(store: Store) -> None:
    with store.write() as conn:
        facts.put(conn, "a", "before")
    with store.write() as writer:
        facts.put(writer, "a", "after")
        with store.read() as reader:
            assert facts.get(reader, "a") == "before"
    with store.read() as reader:
        assert facts.get(reader, "a") == "after"
        with store.write() as writer:
            facts.put(writer, "a", "later")
        assert facts.get(reader, "a") == "after"


def test_a_second_writer_waits_and_sees_what_the_first_wrote(store: Store) -> None:
    seen: list[str | None] = []
    started = threading.Event()

    def second() -> None:
        started.set()
        with store.write() as conn:
            seen.append(facts.get(conn, "a"))

    with store.write() as conn:
        thread = in_thread(second)
        assert started.wait(PATIENCE)
        time.sleep(0.2)
        assert seen == []
        facts.put(conn, "a", "first")
    thread.join(PATIENCE)
    assert seen == ["first"]


def test_writers_that_read_and_then_write_lose_nothing(store: Store) -> None:
    def count_up() -> None:
        for _ in range(20):
            with store.write() as conn:
                facts.put(conn, "n", str(int(facts.get(conn, "n") or 0) + 1))

    threads = [in_thread(count_up) for _ in range(4)]
    for thread in threads:
        thread.join(PATIENCE)
    with store.read() as conn:
        assert facts.get(conn, "n") == "80"


def test_writers_with_the_same_new_tags_and_ids_do_not_stand_in_each_others_way(
    store: Store,
) -> None:
    slugs = [f"s{n}" for n in range(4)]
    with store.write() as conn:
        a.add_sources(conn, *slugs)
    errors: list[Exception] = []

    def poll(slug: str) -> None:
        try:
            for n in range(10):
                tags = (f"тема {n}", f"тема {n + 1}")
                insert = a.an_insert(identity=f"guid:{n}", uri=f"urn:x:{n}", tags=tags)
                with store.write() as conn:
                    a.write(conn, insert, source=slug)
        except Exception as error:
            errors.append(error)

    threads = [in_thread(lambda slug=slug: poll(slug)) for slug in slugs]
    for thread in threads:
        thread.join(PATIENCE)
    assert errors == []
    with store.read() as conn:
        assert facts.count(conn, "home") == 40
        assert facts.changes(conn) == 40
        assert conn.execute(text("SELECT count(*) FROM tag")).scalar() == 11


def test_what_was_written_through_one_opening_is_read_through_another(
    store: Store, store_url: str
) -> None:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE)
        a.write(conn, a.an_insert())
    with opened(store_url) as other, other.read() as conn:
        known = lookup.known(conn, a.SOURCE, identities=["guid:1"], canonical_urls=())
    assert [one.identity for one in known] == ["guid:1"]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "cannot be read"),
        ("mysql://host/base", "«mysql» is no database we know"),
        ("sqlite:////nowhere/at/all/feedhub.db", "the folder of the database does not exist"),
        ("postgresql://nobody@127.0.0.1:1/base", "the database refused"),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence) as caught:
        open_store(url, words=search_words)
    assert "\n" not in str(caught.value)


def test_a_statement_that_cannot_be_made_is_told_as_one_of_ours(store: Store) -> None:
    with pytest.raises(StoreError, match="the database cannot be used"), store.read() as conn:
        conn.execute(text("SELECT :x"))


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////srv/feedhub.db", Path("/srv/feedhub.db")),
        ("sqlite:///feedhub.db", Path("feedhub.db")),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("postgresql://feedhub@host/feedhub", None),
    ],
)
def test_an_embedded_database_has_a_file(url: str, path: Path | None) -> None:
    assert file_of(url) == path


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "feedhub.db"
    path.write_bytes(b"a letter, not a database " * 100)
    with pytest.raises(StoreError, match="not a database"):
        open_store(f"sqlite:///{path}", words=search_words)
    assert path.read_bytes().startswith(b"a letter")
