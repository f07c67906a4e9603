"""The plain truth about a store, counted from its tables the slow way."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, select, text

from feedhub.core.text.fold import search_words
from feedhub.store import schema
from feedhub.store.schema import body, counter, entry, entry_tag
from feedhub.store.tagging import PUBLIC


def kept_counts(conn: Connection) -> dict[str, int]:
    """Return every kept count that is not nothing."""
    return {row.name: row.n for row in conn.execute(select(counter)) if row.n}


def plain_counts(conn: Connection) -> dict[str, int]:
    """Return what every kept count should be."""
    found: Counter[str] = Counter()
    listed = {
        row.number: row
        for row in conn.execute(
            select(entry.c.number, entry.c.source, entry.c.section).where(
                entry.c.withdrawn_at.is_(None)
            )
        )
    }
    for row in listed.values():
        found.update(("home", f"section:{row.section}", f"source:{row.source}"))
    for row in conn.execute(select(entry_tag)):
        if row.entry in listed:
            found[f"tag:{row.tag}"] += 1
    return dict(found)


def listed_tags(conn: Connection) -> set[tuple[int, int, int]]:
    """Return (tag, published, entry) of every row that lists are read from."""
    return {(row.tag, row.published, row.entry) for row in conn.execute(select(entry_tag))}


def public_tags(conn: Connection) -> set[tuple[int, int, int]]:
    """Return (tag, published, entry) of every tag with a public why."""
    why = schema.tagging
    rows = conn.execute(
        select(why.c.tag, entry.c.published, why.c.entry)
        .join(entry, entry.c.number == why.c.entry)
        .where(why.c.state.in_(PUBLIC))
    )
    return {(row.tag, row.published, row.entry) for row in rows}


def indexed_words(conn: Connection) -> dict[int, set[str]]:
    """Return the words that the index holds for each entry."""
    if conn.dialect.name == "sqlite":
        rows = conn.execute(text("SELECT rowid AS entry, words FROM search"))
        return {row.entry: set(row.words.split()) for row in rows}
    rows = conn.execute(text("SELECT entry, tsvector_to_array(words) AS words FROM search"))
    return {row.entry: set(row.words) for row in rows}


def stored_words(conn: Connection) -> dict[int, set[str]]:
    """Return the words that the index should hold for each entry."""
    rows = conn.execute(
        select(entry.c.number, entry.c.title, body.c.text).join(
            body, body.c.entry == entry.c.number
        )
    )
    return {row.number: set(search_words(f"{row.title} {row.text}")) for row in rows}
