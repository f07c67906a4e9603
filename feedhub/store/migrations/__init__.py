"""The steps by which the database came to its present shape, and taking them.

A step is a file in `versions/`; Alembic orders them. A database at the newest step costs one
query, and an empty one gets the newest tables at once: Alembic, which takes a third of a second to
load, is for the databases of older versions.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from feedhub.errors import StoreError
from feedhub.store import schema, search

HEAD = "0002"
"""The newest step."""


def upgrade(*, reading: Engine, writing: Engine) -> None:
    """Bring the database to the newest step, in one transaction; raise StoreError if it is newer.

    Transactions of `writing` wait for each other: of two processes that start together, one takes
    the steps and the other finds them taken.
    """
    with reading.begin() as conn:
        if _present_step(conn) == HEAD:
            return
    with writing.begin() as conn:
        present = _present_step(conn)
        if present is None and not inspect(conn).has_table(schema.meta.name):
            create_tables(conn)
            conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
            conn.execute(text("INSERT INTO alembic_version VALUES (:step)"), {"step": HEAD})
        elif present != HEAD:
            take_steps(conn, present)


def create_tables(conn: Connection) -> None:
    """Make all tables as they are at the newest step."""
    schema.metadata.create_all(conn)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(search.SQLITE_TABLE)
    else:
        conn.exec_driver_sql(search.POSTGRESQL_TABLE)
        conn.exec_driver_sql(search.POSTGRESQL_INDEX)


def _present_step(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    step = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(step) if step is not None else None


def take_steps(conn: Connection, present: str | None, *, to: str = "head") -> None:
    """Take the steps from `present` (None: from the very first) to the newest, one by one."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
        raise StoreError(
            f"the database was written by a newer FeedHub (step {present}); "
            "install that version, or restore a backup"
        )
    config.attributes["connection"] = conn
    command.upgrade(config, to)
