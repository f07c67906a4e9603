"""What a source's past is kept in, pushes, revisions; a word index that is told no places."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)

revision = "0002"
down_revision = "0001"

_Number = BigInteger().with_variant(Integer, "sqlite")
_Record = JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("source", Column("memory", Text, nullable=False, server_default=""))
    _polls()
    _pushes()
    op.create_table("alert", _of_source(primary_key=True), Column("state", Text, nullable=False))
    op.create_table(
        "revision",
        Column("entry", _Number, ForeignKey("entry.number", ondelete="CASCADE"), primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("at", _Number, nullable=False),
        Column("title", Text, nullable=False),
        Column("text", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        _without_places()


def _of_source(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "source",
        String,
        ForeignKey("source.slug", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


def _polls() -> None:
    op.create_table(
        "poll",
        Column("id", _Number, primary_key=True),
        _of_source(),
        Column("at", _Number, nullable=False),
        Column("outcome", String, nullable=False),
        Column("status", Integer),
        Column("ms", Integer, nullable=False),
        Column("bytes", _Number, nullable=False),
        Column("entries", Integer),
        Column("new", Integer, nullable=False),
        Column("updated", Integer, nullable=False),
        Column("withdrawn", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Index("poll_source", "source", "id"),
        Index("poll_at", "at"),
    )
    op.create_table(
        "answer",
        _of_source(primary_key=True),
        Column("at", _Number, nullable=False),
        Column("url", Text, nullable=False),
        Column("status", Integer),
        Column("headers", _Record, nullable=False),
        Column("head", LargeBinary, nullable=False),
    )


def _pushes() -> None:
    op.create_table(
        "subscription",
        _of_source(primary_key=True),
        Column("hub", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("token", String, nullable=False, unique=True),
        Column("secret", String, nullable=False),
        Column("state", String, nullable=False),
        Column("asked_at", _Number),
        Column("lease_until", _Number),
        Column("last_push_at", _Number),
        Column("failures", Integer, nullable=False),
        Column("reason", Text, nullable=False),
    )
    op.create_table(
        "inbox",
        Column("id", _Number, primary_key=True),
        _of_source(),
        Column("at", _Number, nullable=False),
        Column("content_type", Text),
        Column("body", LargeBinary, nullable=False),
        Index("inbox_source", "source", "id"),
    )


def _without_places() -> None:
    """Make the index of words anew, smaller and cheaper: nobody asks where in a text a word is."""
    op.execute("CREATE TEMP TABLE kept AS SELECT rowid AS number, words FROM search")
    op.execute("DROP TABLE search")
    op.execute(
        "CREATE VIRTUAL TABLE search"
        ' USING fts5(words, detail = none, tokenize = "unicode61 remove_diacritics 0")'
    )
    op.execute("INSERT INTO search(rowid, words) SELECT number, words FROM kept")
    op.execute("DROP TABLE kept")
