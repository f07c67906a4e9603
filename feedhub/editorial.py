"""The river's other spring: an editor's files become entries like any others.

    folder ─► articles.read ─► normalise ─► tag ─► decide ─► store

The file is an article's identity: editing it is an update, deleting it a withdrawal, renaming it
with the same slug (or the same content) keeps the entry. A file with an error keeps its last good
version and is named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from feedhub.articles import ArticleFile
from feedhub.core.text.near import near
from feedhub.keep import keep
from feedhub.model import LOCAL, Change, Entry, Insert, Settings, Update, Withdraw
from feedhub.store import Connection, Store, articles, lookup, sources
from feedhub.store.articles import StoredArticle
from feedhub.store.lookup import Named

if TYPE_CHECKING:
    from feedhub.core.tagging import Rules

# Readers see these on the withdrawn entry's page and in feeds: in the language of the site.
DELETED = {"ru": "Статья удалена редакцией.", "en": "The editors deleted the article."}
UNPUBLISHED = {
    "ru": "Статья снята с публикации и дорабатывается.",
    "en": "The editors took the article back to work on it.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EditorialReport:
    """What reading the folder came to; `problems` name file, line and reason."""

    new: int = 0
    updated: int = 0
    withdrawn: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Desk:
    """The files of this reading against those known."""

    known: Mapping[str, StoredArticle]
    files: Mapping[str, ArticleFile]
    origin: Mapping[str, str]
    names: Mapping[int, Named]


def publish_articles(
    store: Store, settings: Settings, rules: Rules, files: Sequence[ArticleFile], *, now: datetime
) -> EditorialReport:
    """Bring the stored articles up to the files of the folder, in one transaction."""
    files = checked(files, settings)
    with store.write() as conn:
        sources.ensure_local(conn, slug=LOCAL, title=settings.site.title, now=now)
        desk = _desk(conn, files)
        good = [file for file in files if _is_due(desk, file)]
        refined = [_refine(desk, file, settings, rules, now) for file in good]
        withdrawals = _withdrawals(desk, settings.site.language)
        for file in good:
            articles.put_media(conn, file.media)
        changes = keep(
            conn,
            store,
            LOCAL,
            refined,
            base_url=settings.site.base_url,
            now=now,
            more=withdrawals,
        )
        _remember(conn, desk, refined, good)
    return _report(changes, files)


def checked(files: Sequence[ArticleFile], settings: Settings) -> tuple[ArticleFile, ...]:
    """Return the files, with those that name a section we do not have marked as wrong."""
    slugs = [section.slug for section in settings.sections]
    folder = PurePath(settings.articles).name

    def check(file: ArticleFile) -> ArticleFile:
        section = file.parsed.section if file.parsed else None
        if section is None or section in slugs or not slugs:
            return file
        hint = next(iter(near(section, slugs)), None)
        advice = f"did you mean «{hint}»?" if hint else f"there are: {', '.join(slugs)}"
        error = f"{folder}/{file.path}: section: there is no section «{section}»; {advice}"
        return replace(file, parsed=None, error=error)

    return tuple(check(file) for file in files)


def _desk(conn: Connection, files: Sequence[ArticleFile]) -> _Desk:
    known = {one.path: one for one in articles.all_articles(conn)}
    numbers = [one.entry for one in known.values() if one.entry is not None]
    names = lookup.names(conn, numbers)
    by_path = {file.path: file for file in files}
    return _Desk(
        known=known,
        files=by_path,
        origin=_origins(known, by_path, names),
        names=names,
    )


def _origins(
    known: Mapping[str, StoredArticle],
    files: Mapping[str, ArticleFile],
    names: Mapping[int, Named],
) -> dict[str, str]:
    """Return for each file the path under which we knew it: its own, or the one it had before."""
    origin = {path: path for path in files if path in known}
    vanished = [one for one in known.values() if one.path not in files and one.entry is not None]
    for path, file in files.items():
        if path in origin or file.parsed is None:
            continue
        was = next((old for old in vanished if _is_same(file, old, names)), None)
        if was is not None:
            origin[path] = was.path
            vanished.remove(was)
    return origin


def _is_same(file: ArticleFile, old: StoredArticle, names: Mapping[int, Named]) -> bool:
    """Tell whether a new file is a vanished one under another name: same slug or same content."""
    name = names.get(old.entry or 0)
    slug = file.parsed.slug if file.parsed else None
    return file.file_hash == old.file_hash or bool(slug and name and name.slug == slug)


def _is_due(desk: _Desk, file: ArticleFile) -> bool:
    """Tell whether a file is to be read into an entry: it is good, and new or changed."""
    if file.parsed is None or file.is_draft:
        return False
    known = desk.known.get(file.path)
    return known is None or known.entry is None or known.file_hash != file.file_hash


def _refine(
    desk: _Desk, file: ArticleFile, settings: Settings, rules: Rules, now: datetime
) -> Entry:
    from feedhub.core.normalise import normalise_article  # a poll without articles needs neither
    from feedhub.core.tagging import tag

    if file.parsed is None:
        raise ValueError(f"{file.path} has no content")
    entry = normalise_article(
        file.parsed,
        identity=_identity(desk, file.path),
        section=file.parsed.section or _first_section(settings),
        language=settings.site.language,
        zone=settings.site.timezone,
        now=now,
    )
    return tag(entry, rules, None)


def _first_section(settings: Settings) -> str:
    return settings.sections[0].slug if settings.sections else "news"


def _identity(desk: _Desk, path: str) -> str:
    """Return the identity of a file's entry: the one it has, or a new one made of its path."""
    old = desk.known.get(desk.origin.get(path, ""))
    if old is not None and old.entry is not None and old.entry in desk.names:
        return desk.names[old.entry].identity
    taken = {name.identity for name in desk.names.values()}
    names = (f"article:{path}", *(f"article:{path}#{n}" for n in range(2, 1000)))
    return next(name for name in names if name not in taken)


def _withdrawals(desk: _Desk, language: str) -> list[Change]:
    moved = set(desk.origin.values())
    changes: list[Change] = []
    for path, known in desk.known.items():
        if known.entry is None or desk.names[known.entry].is_withdrawn:
            continue
        file = desk.files.get(path)
        if file is None and path not in moved:
            changes.append(Withdraw(number=known.entry, reason=_said(DELETED, language)))
        elif file is not None and file.parsed is not None and file.is_draft:
            changes.append(Withdraw(number=known.entry, reason=_said(UNPUBLISHED, language)))
    return changes


def _said(reason: Mapping[str, str], language: str) -> str:
    return reason.get(language, reason["en"])


def _remember(
    conn: Connection, desk: _Desk, refined: Sequence[Entry], good: Sequence[ArticleFile]
) -> None:
    """Write which file is which entry now."""
    articles.forget(conn, [path for path in desk.known if path not in desk.files])
    stored = lookup.known(
        conn, LOCAL, identities=[entry.identity for entry in refined], canonical_urls=()
    )
    numbers = {one.identity: one.number for one in stored}
    fresh = {
        file.path: numbers.get(entry.identity) for file, entry in zip(good, refined, strict=True)
    }
    rows: list[StoredArticle] = []
    for path, file in desk.files.items():
        old = desk.known.get(desk.origin.get(path, ""))
        number = fresh.get(path, old.entry if old else None)
        file_hash = file.file_hash if file.parsed is not None else (old.file_hash if old else "")
        row = StoredArticle(
            path=path,
            file_hash="" if file.is_draft else file_hash,
            entry=number,
            error=file.error or "",
        )
        if row != desk.known.get(path):
            rows.append(row)
    articles.put(conn, rows)


def _report(changes: Sequence[Change], files: Sequence[ArticleFile]) -> EditorialReport:
    return EditorialReport(
        new=sum(isinstance(change, Insert) for change in changes),
        updated=sum(isinstance(c, Update) and c.updated is not None for c in changes),
        withdrawn=sum(isinstance(change, Withdraw) for change in changes),
        problems=tuple(file.error for file in files if file.error),
    )
