"""A file of the folder as it was read: what the flows know of articles, without the reading itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedhub.model import Media, ParsedEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleFile:
    """A file of the folder as read; `path` is relative to the folder, with slashes.

    `parsed` is None where the file cannot be used; `error` then says why, a line a fault:
    "articles/a.md:3: tags: ...". `file_hash` changes whenever the entry could: with the file's
    bytes, those of the pictures it names, and the zone its times are read in.
    """

    path: str
    file_hash: str
    parsed: ParsedEntry | None = None
    is_draft: bool = False
    error: str | None = None
    media: tuple[Media, ...] = field(default=(), repr=False)
