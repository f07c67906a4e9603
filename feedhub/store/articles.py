"""Local articles: which file became which entry, what was wrong with it, and its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, text

from feedhub.model import Media
from feedhub.store.schema import article, media
from feedhub.store.values import chunks


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredArticle:
    """A file we read. `entry` is None while no good version was ever seen (or it is a draft)."""

    path: str
    file_hash: str
    entry: int | None
    error: str = ""


def all_articles(conn: Connection) -> tuple[StoredArticle, ...]:
    """Return every known file."""
    return tuple(
        StoredArticle(**row)
        for row in conn.execute(select(article).order_by(article.c.path)).mappings()
    )


def put(conn: Connection, rows: Sequence[StoredArticle]) -> None:
    """Remember these files."""
    values = [
        {"path": one.path, "file_hash": one.file_hash, "entry": one.entry, "error": one.error}
        for one in rows
    ]
    if values:
        conn.execute(
            text(
                "INSERT INTO article(path, file_hash, entry, error)"
                " VALUES (:path, :file_hash, :entry, :error)"
                " ON CONFLICT (path) DO UPDATE SET file_hash = excluded.file_hash,"
                " entry = excluded.entry, error = excluded.error"
            ),
            values,
        )


def forget(conn: Connection, paths: Sequence[str]) -> None:
    """Forget these files; their entries stay."""
    for part in chunks(paths):
        conn.execute(delete(article).where(article.c.path.in_(part)))


def put_media(conn: Connection, pictures: Sequence[Media]) -> None:
    """Keep these pictures; one that is there already stays."""
    values = [
        {"hash": m.hash, "type": m.type, "width": m.width, "height": m.height, "body": m.body}
        for m in pictures
    ]
    if values:
        conn.execute(
            text(
                "INSERT INTO media(hash, type, width, height, body)"
                " VALUES (:hash, :type, :width, :height, :body) ON CONFLICT (hash) DO NOTHING"
            ),
            values,
        )


def get_media(conn: Connection, hash_: str) -> Media | None:
    """Return a picture, or None."""
    row = conn.execute(select(media).where(media.c.hash == hash_)).mappings().first()
    return Media(**row) if row else None
