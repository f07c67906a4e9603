"""The tables. Times are whole seconds since 1970 in UTC; lists and small records are JSON text.

meta       one row a fact about the whole store: the change counter, the applied configuration
source     a source's memory between polls, with the lease of the poller that holds it
poll       the log of polls, kept for a while; `answer` the last answer of each source, its beginning
subscription  what we asked a source's hub for; `inbox` what hubs pushed and nobody has read yet
alert      what the admin was told of a source and is still so
entry      what lists and headlines need; `body` beside it holds the long texts
revision   what an entry said before it was changed
tag        our tags; `alias` other names of the same tag
tagging    every tag of every entry, with its why
entry_tag  the public ones again, in the order in which lists read them: newest last
counter    how many listed entries a list holds, kept while writing, never counted
article    which file an article came from; `media` the pictures of articles
search     words of title and text (made per dialect: see `search.py`)
"""

from __future__ import annotations

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

metadata = MetaData()

Number = BigInteger().with_variant(Integer, "sqlite")
"""Keys and seconds: 64 bits everywhere (in SQLite every integer has them, under this name)."""

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
    Column("memory", Text, nullable=False, default="", server_default=""),
    Index("source_due", "is_active", "next_poll_at"),
)

poll = Table(
    "poll",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source", String, ForeignKey("source.slug", ondelete="CASCADE"), nullable=False),
    Column("at", Number, nullable=False),
    Column("outcome", String, nullable=False),
    Column("status", Integer),
    Column("ms", Integer, nullable=False, default=0),
    Column("bytes", Number, nullable=False, default=0),
    Column("entries", Integer),
    Column("new", Integer, nullable=False, default=0),
    Column("updated", Integer, nullable=False, default=0),
    Column("withdrawn", Integer, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),
    Index("poll_source", "source", "id"),
    Index("poll_at", "at"),
)

answer = Table(
    "answer",
    metadata,
    Column("source", String, ForeignKey("source.slug", ondelete="CASCADE"), primary_key=True),
    Column("at", Number, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer),
    Column("headers", Record, nullable=False),
    Column("head", LargeBinary, nullable=False),
)

subscription = Table(
    "subscription",
    metadata,
    Column("source", String, ForeignKey("source.slug", ondelete="CASCADE"), primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("token", String, nullable=False, unique=True),
    Column("secret", String, nullable=False),
    Column("state", String, nullable=False),
    Column("asked_at", Number),
    Column("lease_until", Number),
    Column("last_push_at", Number),
    Column("failures", Integer, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Number, primary_key=True),
    Column("source", String, ForeignKey("source.slug", ondelete="CASCADE"), nullable=False),
    Column("at", Number, nullable=False),
    Column("content_type", Text),
    Column("body", LargeBinary, nullable=False),
    Index("inbox_source", "source", "id"),
)

alert = Table(
    "alert",
    metadata,
    Column("source", String, ForeignKey("source.slug", ondelete="CASCADE"), primary_key=True),
    Column("state", Text, nullable=False, default=""),
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

revision = Table(
    "revision",
    metadata,
    Column("entry", Number, ForeignKey("entry.number", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", Number, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
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
