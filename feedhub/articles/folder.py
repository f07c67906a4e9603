"""The folder of articles: which files count, whether anything changed, and all of them read."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from dataclasses import replace
from pathlib import Path

from feedhub.articles.article import ArticleFile
from feedhub.errors import ArticleError

_TEMPORARY = (".tmp", ".bak", ".swp", ".swx", ".part", ".crdownload", ".orig")


def signature(folder: Path) -> object | None:
    """Return a value that changes whenever an article or a picture does; None without a folder.

    It looks at names, sizes and times only, links followed: for a folder asked every second.
    """
    try:
        return tuple(sorted(_look(entry) for entry in _files(folder)))
    except (ArticleError, OSError):
        return ("unreadable",) if os.path.isdir(folder) else None  # noqa: PTH112  (never raises)


def read_folder(
    folder: Path, *, zone: str, known: Container[str] = frozenset()
) -> tuple[ArticleFile, ...]:
    """Read every article (`*.md`, folders within included), in the order of their paths.

    One bad file is an ArticleFile with `error`. Raises ArticleError where the folder itself, or
    one within, cannot be listed: its articles are not gone, they only cannot be seen.
    The pictures' bytes are left out of files whose `file_hash` is `known` to be kept already.
    """
    from feedhub.articles.files import read_article  # it loads YAML and Markdown

    paths = sorted(entry.path for entry in _files(folder) if _is_article(entry.name))
    files = (read_article(Path(path), folder, zone=zone) for path in paths)
    return tuple(replace(file, media=()) if file.file_hash in known else file for file in files)


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield the files of a folder and those within it; hidden and temporary ones do not count."""
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as found:
                entries = [entry for entry in found if not _is_ignored(entry.name)]
        except OSError as error:
            if isinstance(error, FileNotFoundError) and here != str(folder):
                continue  # deleted while we looked
            reason = error.strerror or str(error)
            raise ArticleError(here, None, f"the folder cannot be read: {reason}") from error
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            else:
                yield entry


def _is_article(name: str) -> bool:
    return name.lower().endswith(".md")


def _is_ignored(name: str) -> bool:
    """Tell whether a file is hidden, or a backup or half-written copy of an editor's."""
    return (
        name.startswith((".", "~", "#")) or name.endswith("~") or name.lower().endswith(_TEMPORARY)
    )


def _look(entry: os.DirEntry[str]) -> tuple[str, int, int, int, int]:
    """Return what tells a file from its former self.

    The inode and the time of its change tell even a file put in place with an old time and the
    same size, and one whose permissions were mended.
    """
    try:
        found = entry.stat()
    except OSError:
        return entry.path, 0, -1, 0, 0
    return entry.path, found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns
