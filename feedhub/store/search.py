"""The index of words: FTS5 on SQLite, a tsvector on PostgreSQL, one meaning.

Both hold the same folded words, cut by the same rule, so that both give the same hits. Word
forms are the asker's business: a query is a list of words, each with all forms that count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, Connection, false, text

Fold = Callable[[str], str]
Query = tuple[tuple[str, ...], ...]
"""Words that must all be there; each is given as the forms, folded, in which it may stand."""

LONGEST_WORD = 500
"""Characters; nobody looks for a longer word, and PostgreSQL takes no more than 2046 bytes."""

LONGEST_TEXT = 200_000
"""Characters of an entry that are indexed: a tsvector holds 1 MB, whatever the letters."""

_WORD = re.compile(r"[^\W_]+")

SQLITE_TABLE = """
CREATE VIRTUAL TABLE search USING fts5(words, tokenize = "unicode61 remove_diacritics 0")
"""
POSTGRESQL_TABLE = """
CREATE TABLE search (
    entry BIGINT PRIMARY KEY REFERENCES entry (number) ON DELETE CASCADE,
    words TSVECTOR NOT NULL
)
"""
POSTGRESQL_INDEX = "CREATE INDEX search_words ON search USING gin (words)"


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text, each once: what both indexes are given."""
    found = dict.fromkeys(_WORD.findall(folded[:LONGEST_TEXT]))
    return [word for word in found if len(word) <= LONGEST_WORD]


def index(
    conn: Connection, rows: Iterable[tuple[int, str, str]], fold: Fold, *, are_new: bool = False
) -> None:
    """Put (number, title, text) into the index, in place of what stood there unless all are new."""
    found = [(number, words_of(fold(f"{title} {body}"))) for number, title, body in rows]
    if not found:
        return
    if conn.dialect.name == "sqlite":
        if not are_new:
            conn.execute(_DELETE, [{"n": n} for n, _ in found])
        conn.execute(_INSERT, [{"n": n, "words": " ".join(words)} for n, words in found])
    else:
        conn.execute(_UPSERT, [{"n": n, "words": words} for n, words in found])


_DELETE = text("DELETE FROM search WHERE rowid = :n")
_INSERT = text("INSERT INTO search(rowid, words) VALUES (:n, :words)")
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
