"""The index of words: FTS5 on SQLite, a tsvector on PostgreSQL, one meaning.

Both hold the same folded words, cut by the same rule, so that both give the same hits. Word
forms are the asker's business: a query is a list of words, each with all forms that count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from sqlalchemy import Column, ColumnElement, Connection, text

Fold = Callable[[str], str]
Query = tuple[tuple[str, ...], ...]
"""Words that must all be there; each is given as the forms in which it may stand."""

_WORD = re.compile(r"[^\W_]+")

SQLITE_TABLE = """
CREATE VIRTUAL TABLE search USING fts5(title, body, tokenize = "unicode61 remove_diacritics 0")
"""
POSTGRESQL_TABLE = """
CREATE TABLE search (
    entry INTEGER PRIMARY KEY REFERENCES entry (number) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
)
"""
POSTGRESQL_INDEX = "CREATE INDEX search_words ON search USING gin (words)"


def words_of(folded: str) -> str:
    """Return the words of a folded text with one blank between: what both indexes are given."""
    return " ".join(_WORD.findall(folded))


def index(conn: Connection, rows: Iterable[tuple[int, str, str]], fold: Fold) -> None:
    """Put (number, title, text) into the index, in place of what stood there."""
    values = [
        {"n": number, "title": words_of(fold(title)), "body": words_of(fold(body))}
        for number, title, body in rows
    ]
    if not values:
        return
    if conn.dialect.name == "sqlite":
        conn.execute(text("DELETE FROM search WHERE rowid = :n"), values)
        conn.execute(
            text("INSERT INTO search(rowid, title, body) VALUES (:n, :title, :body)"), values
        )
    else:
        conn.execute(_POSTGRESQL_UPSERT, values)


_POSTGRESQL_UPSERT = text(
    "INSERT INTO search(entry, words) VALUES"
    " (:n, to_tsvector('simple', left(:title || ' ' || :body, 500000)))"
    " ON CONFLICT (entry) DO UPDATE SET words = excluded.words"
)


def condition(conn: Connection, query: Query, number: Column[int]) -> ColumnElement[bool]:
    """Return the SQL condition that `number` is an entry which holds every word of the query."""
    if conn.dialect.name == "sqlite":
        words = " AND ".join("(" + " OR ".join(f'"{f}"' for f in forms) + ")" for forms in query)
        found = text("SELECT rowid FROM search WHERE search MATCH :words")
    else:
        words = " & ".join("(" + " | ".join(f"'{f}'" for f in forms) + ")" for forms in query)
        found = text("SELECT entry FROM search WHERE words @@ to_tsquery('simple', :words)")
    return number.in_(found.bindparams(words=words))


def clean_query(query: Query) -> Query:
    """Return the query with only such forms as the index can hold; words left empty fall away."""
    cleaned = (
        tuple(dict.fromkeys(part for form in forms for part in _WORD.findall(form)))
        for forms in query
    )
    return tuple(forms for forms in cleaned if forms)
