"""The index of words: FTS5 on SQLite, a tsvector on PostgreSQL, one meaning.

Both hold which words stand in an entry, not where: the same folded words, cut by the same rule,
so that both give the same hits. Word forms are the asker's business: a query is a list of words,
each with all forms that count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, Connection, false, text

Words = Callable[[str], list[str]]
"""Cuts a text into folded words, each once: what both indexes are given."""

Query = tuple[tuple[str, ...], ...]
"""Words that must all be there; each is given as the forms, folded, in which it may stand."""

LONGEST_WORD = 500
"""Characters; nobody looks for a longer word, and PostgreSQL takes no more than 2046 bytes."""

LONGEST_TEXT = 200_000
"""Characters of an entry that are indexed: a tsvector holds 1 MB, whatever the letters."""

_WORD = re.compile(r"[^\W_]+")

SQLITE_TABLE = """
CREATE VIRTUAL TABLE search
USING fts5(words, detail = none, tokenize = "unicode61 remove_diacritics 0")
"""
POSTGRESQL_TABLE = """
CREATE TABLE search (
    entry BIGINT PRIMARY KEY REFERENCES entry (number) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
)
"""
POSTGRESQL_INDEX = "CREATE INDEX search_words ON search USING gin (words)"


def index(
    conn: Connection, rows: Iterable[tuple[int, str, str]], words: Words, *, are_new: bool = False
) -> None:
    """Put (number, title, text) into the index, in place of what stood there unless all are new."""
    found = [(number, _indexed(f"{title} {body}", words)) for number, title, body in rows]
    if not found:
        return
    if conn.dialect.name == "sqlite":
        if not are_new:
            conn.execute(_DELETE, [{"n": n} for n, _ in found])
        conn.exec_driver_sql(_INSERT, [(n, " ".join(some)) for n, some in found])
    else:
        conn.execute(_UPSERT, [{"n": n, "words": some} for n, some in found])


def _indexed(text: str, words: Words) -> list[str]:
    found = words(text[:LONGEST_TEXT])
    if max(map(len, found), default=0) <= LONGEST_WORD:
        return found
    return [one for one in found if len(one) <= LONGEST_WORD]


_DELETE = text("DELETE FROM search WHERE rowid = :n")
_INSERT = "INSERT INTO search(rowid, words) VALUES (?, ?)"
_UPSERT = text(
    "INSERT INTO search(entry, words) VALUES (:n, array_to_tsvector(CAST(:words AS TEXT[])))"
    " ON CONFLICT (entry) DO UPDATE SET words = excluded.words"
)


def condition(conn: Connection, query: Query, number: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the SQL condition that `number` is an entry which holds every word of the query.

    A query without any word holds for no entry.
    """
    cleaned = clean_query(query)
    if not cleaned:
        return false()
    if conn.dialect.name == "sqlite":
        words = " AND ".join("(" + " OR ".join(f'"{f}"' for f in forms) + ")" for forms in cleaned)
        found = text("SELECT rowid FROM search WHERE search MATCH :words")
    else:
        words = " & ".join("(" + " | ".join(f"'{f}'" for f in forms) + ")" for forms in cleaned)
        found = text("SELECT entry FROM search WHERE words @@ CAST(:words AS TSQUERY)")
    return number.in_(found.bindparams(words=words))


def clean_query(query: Query) -> Query:
    """Return the query with only such forms as the index holds; words left without any fall away."""
    cleaned = (tuple(dict.fromkeys(form for form in forms if _is_word(form))) for forms in query)
    return tuple(forms for forms in cleaned if forms)


def _is_word(form: str) -> bool:
    return len(form) <= LONGEST_WORD and _WORD.fullmatch(form) is not None
