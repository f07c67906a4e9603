"""The first tables, as they stood then."""

from __future__ import annotations

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

revision = "0001"
down_revision = None

metadata = MetaData()

Number = BigInteger().with_variant(Integer, "sqlite")

Record = JSON(none_as_null=True)

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("slug", String, primary_key=True),
    Column("title", Text, nullable=False, default=""),
    Column("home_url", Text),
    Column("feed_url", Text, nullable=False, default=""),
    Column("section", String, nullable=False, default="news"),
    Column("body", String, nullable=False, default="full"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String),
    Column("next_poll_at", Number),
    Column("lease_owner", String),
    Column("lease_until", Number),
    Column("first_poll_at", Number),
    Column("last_poll_at", Number),
    Column("last_success_at", Number),
    Column("last_document_at", Number),
    Column("last_new_at", Number),
    Column("failures", Float, nullable=False, default=0.0),
    Column("error", Text, nullable=False, default=""),
    Column("notice", Text, nullable=False, default=""),
    Column("cadence", Text, nullable=False, default=""),
    Column("ttl", Number),
    Column("is_active", Boolean, nullable=False, default=True),
    Index("source_due", "is_active", "next_poll_at"),
)

entry = Table(
    "entry",
    metadata,
    Column("number", Number, primary_key=True),
    Column("source", String, ForeignKey("source.slug"), nullable=False),
    Column("identity", Text, nullable=False),
    Column("identity_why", Text, nullable=False, default=""),
    Column("uri", Text, nullable=False, unique=True),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("slug", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False, default=""),
    Column("lead", Text, nullable=False, default=""),
    Column("teaser", Text, nullable=False, default=""),
    Column("authors", Record, nullable=False),
    Column("published", Number, nullable=False),
    Column("published_raw", Text),
    Column("published_why", Text, nullable=False, default=""),
    Column("date_only", Boolean, nullable=False, default=False),
    Column("updated", Number, nullable=False),
    Column("changed", Number, nullable=False),
    Column("first_seen", Number, nullable=False),
    Column("last_seen", Number, nullable=False),
    Column("language", String, nullable=False),
    Column("section", String, nullable=False),
    Column("categories", Record, nullable=False),
    Column("enclosures", Record, nullable=False),
    Column("image", Record),
    Column("see_also", Record, nullable=False),
    Column("event", Record),
    Column("reading_minutes", Integer, nullable=False, default=1),
    Column("digest", String, nullable=False),
    Column("stamp", String, nullable=False, default=""),
    Column("likeness", String, nullable=False, default=""),
    Column("tag_digest", String, nullable=False, default=""),
    Column("version", Integer, nullable=False, default=1),
    Column("withdrawn_at", Number),
    Column("withdrawn_reason", Text),
    UniqueConstraint("source", "identity", name="entry_identity"),
    Index("entry_likeness", "source", "likeness"),
    Index("entry_canonical", "source", "canonical_url"),
    Index("entry_newest", "published", "number"),
    Index("entry_section", "section", "published", "number"),
    Index("entry_source", "source", "published", "number"),
    # numbers are in addresses: one that was given away must never come back
    sqlite_autoincrement=True,
)

body = Table(
    "body",
    metadata,
    Column("entry", Number, ForeignKey("entry.number", ondelete="CASCADE"), primary_key=True),
    Column("content", Text, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
)

tag = Table(
    "tag",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("slug", String, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", String, nullable=False, default="topic"),
    Column("parent", Number, ForeignKey("tag.id")),
)

alias = Table(
    "alias",
    metadata,
    Column("key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("tag", Number, ForeignKey("tag.id", ondelete="CASCADE"), nullable=False),
    Index("alias_tag", "tag"),
)

tagging = Table(
    "tagging",
    metadata,
    Column("entry", Number, ForeignKey("entry.number", ondelete="CASCADE"), primary_key=True),
    Column("tag", Number, ForeignKey("tag.id"), primary_key=True),
    Column("state", String, nullable=False),
    Column("rule", Text, nullable=False, default=""),
    Column("version", String, nullable=False, default=""),
    Column("field", String, nullable=False, default=""),
    Column("quote", Text, nullable=False, default=""),
    Column("start", Integer),
    Column("end", Integer),
    Column("score", Float, nullable=False, default=0.0),
    Column("threshold", Float, nullable=False, default=0.0),
    Column("by", Text, nullable=False, default=""),
    Column("at", Number, nullable=False),
    sqlite_with_rowid=False,
)

entry_tag = Table(
    "entry_tag",
    metadata,
    Column("tag", Number, primary_key=True),
    Column("published", Number, primary_key=True),
    Column("entry", Number, primary_key=True),
    Index("entry_tag_entry", "entry", "tag"),
    sqlite_with_rowid=False,
)

counter = Table(
    "counter",
    metadata,
    Column("name", String, primary_key=True),
    Column("n", Number, nullable=False, default=0),
    sqlite_with_rowid=False,
)

article = Table(
    "article",
    metadata,
    Column("path", Text, primary_key=True),
    Column("file_hash", String, nullable=False),
    Column("entry", Number, ForeignKey("entry.number", ondelete="CASCADE")),
    Column("error", Text, nullable=False, default=""),
)

media = Table(
    "media",
    metadata,
    Column("hash", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

_SEARCH = {
    "sqlite": (
        'CREATE VIRTUAL TABLE search USING fts5(words, tokenize = "unicode61 remove_diacritics 0")',
    ),
    "postgresql": (
        """
        CREATE TABLE search (
            entry BIGINT PRIMARY KEY REFERENCES entry (number) ON DELETE CASCADE,
            words TSVECTOR NOT NULL
        )
        """,
        "CREATE INDEX search_words ON search USING gin (words)",
    ),
}


def upgrade() -> None:
    bind = op.get_bind()
    metadata.create_all(bind)
    for statement in _SEARCH[bind.dialect.name]:
        bind.exec_driver_sql(statement)
