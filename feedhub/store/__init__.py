"""The store: the one place that knows SQL. Flows open a transaction and call these functions."""

from sqlalchemy import Connection, RowMapping

from feedhub.store import articles, entries, facts, lists, search, sources, tagging, tags
from feedhub.store.engine import Store, file_of, open_store

__all__ = [
    "Connection",
    "RowMapping",
    "Store",
    "articles",
    "entries",
    "facts",
    "file_of",
    "lists",
    "open_store",
    "search",
    "sources",
    "tagging",
    "tags",
]
