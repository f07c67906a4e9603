"""Opening the database: SQLite beside the service, or PostgreSQL for many machines.

On both there is one writer at a time, and the others wait for it: then nobody ever finds that
what he read a moment ago is no longer so, and two writers can never wait for each other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from feedhub.errors import StoreError
from feedhub.store import migrations
from feedhub.store.memo import Memo
from feedhub.store.rows import to_json
from feedhub.store.search import Words

BUSY_SECONDS = 15
"""How long a writer waits for another one before it gives up."""

_STUCK_SECONDS = 60
"""How long PostgreSQL lets a transaction do nothing: a writer that hangs must not stop the others."""

_WRITER = 7072696301
"""The number of the lock that a writer holds on PostgreSQL."""

_WRITES = {"is_write": True}


class Store:
    """The database of one FeedHub: every reading and writing goes through `read` or `write`.

    `words` cuts a text into comparable words (case, ё, look-alike letters) for the index of words.
    """

    def __init__(self, engine: Engine, words: Words) -> None:
        self.engine = engine
        self.words = words
        self.memo = Memo()

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the store and can write nothing."""
        with _plainly(), self.engine.connect() as conn, conn.begin():
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in one transaction: all of it is kept at the end, or nothing."""
        with (
            _plainly(),
            self.engine.connect().execution_options(**_WRITES) as conn,
            conn.begin(),
        ):
            yield conn

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"the database refused: {_one_line(error.orig)}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"the database cannot be used: {_one_line(error)}") from error


def _one_line(error: BaseException | None) -> str:
    return " ".join(str(error).split())


def open_store(url: str, *, words: Words) -> Store:
    """Open the database at `url`, creating or upgrading it as needed.

    Raises StoreError when it cannot be reached or was written by a newer FeedHub.
    """
    engine = _engine(url)
    try:
        with _plainly():
            migrations.upgrade(reading=engine, writing=engine.execution_options(**_WRITES))
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, words)


def file_of(url: str) -> Path | None:
    """Return the file of an embedded database; None for a server's, or one in memory only."""
    read = _read(url)
    if read.get_backend_name() != "sqlite" or not read.database or read.database == ":memory:":
        return None
    return Path(read.database)


def _read(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise StoreError("the address of the database cannot be read") from error


def _engine(text: str) -> Engine:
    url = _read(text)
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url)
        case "postgresql" | "postgres":
            return _postgresql(url)
        case other:
            raise StoreError(f"«{other}» is no database we know: use sqlite or postgresql")


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
        isolation_level="REPEATABLE READ",
        json_serializer=to_json,
    )
    event.listen(engine, "begin", _begin_on_postgresql)
    return engine


def _begin_on_postgresql(conn: Connection) -> None:
    """Begin a reading that sees one state, or a writing that sees all before it.

    A writer looks again at each statement (READ COMMITTED): its lock is got within the
    transaction, and what stood there before the wait is out of date.
    """
    if not conn.get_execution_options().get("is_write", False):
        conn.exec_driver_sql("SET TRANSACTION READ ONLY")
        return
    conn.exec_driver_sql(
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
        f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s';"
        f"SET LOCAL idle_in_transaction_session_timeout = '{_STUCK_SECONDS}s';"
        f"SELECT pg_advisory_xact_lock({_WRITER})"
    )


def _sqlite(url: URL) -> Engine:
    folder = Path(url.database or "").parent
    if not folder.is_dir():
        raise StoreError(f"the folder of the database does not exist: {folder}")
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, json_serializer=to_json)
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin_on_sqlite)
    return engine


def _set_up_connection(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where sqlite3 guesses
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "cache_size = -16000",
        # a checkpoint syncs the file: seldom enough, and the log still stays small
        "wal_autocheckpoint = 4000",
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_on_sqlite(conn: Connection) -> None:
    """Take the write lock at once where writing follows.

    A deferred transaction that reads first and writes later fails without waiting when another
    writer came between (measured: "database is locked" after 0.000 s).
    """
    is_write = conn.get_execution_options().get("is_write", False)
    conn.exec_driver_sql(f"PRAGMA query_only = {0 if is_write else 1}")
    conn.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
