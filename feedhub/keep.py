"""The last reach of the river, shared by its two springs: decide, give addresses, store.

Agency entries come here from `ingest`, local articles from `editorial`; from here on nobody can
tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from urllib.parse import urlsplit

from feedhub.core.decide import decide
from feedhub.core.decide.gone import DocumentWindow, gone, proof
from feedhub.core.decide.match import likeness
from feedhub.core.text.slug import slugify
from feedhub.model import Change, Entry, Insert, KnownEntry, Skip, Update, Withdraw
from feedhub.store import Connection, Store, entries, lookup
from feedhub.store.entries import Writing
from feedhub.store.tags import WantedTag

NO_WINDOW = DocumentWindow()
LATELY = timedelta(days=14)
"""How far back entries are recognised by their titles when a source is read elsewhere."""


def keep(
    conn: Connection,
    store: Store,
    source: str,
    refined: Sequence[Entry],
    *,
    base_url: str,
    now: datetime,
    is_first_poll: bool = False,
    previous: datetime | None = None,
    seen: Sequence[str] = (),
    more: Sequence[Change] = (),
    is_elsewhere: bool = False,
    window: DocumentWindow = NO_WINDOW,
    language: str = "ru",
) -> tuple[Change, ...]:
    """Decide on a source's entries and write what follows, with `more` changes of the caller.

    `previous` is when the document before this one was read, `seen` are the identities of entries
    that stood in the document and said nothing new. `is_elsewhere`: it, or the one before it, was
    read at another address than the source's own, so that entries may be known by other names.
    `window` is what may prove that entries were taken back; `language` is that of the reason.
    Works within the caller's transaction; returns every change with its reason.
    """
    ours, refined = _parted(refined, authority(base_url))
    known = _known(conn, source, refined, seen)
    decided = decide(
        refined,
        known,
        now=now,
        is_first_poll=is_first_poll,
        also_here=frozenset(seen),
        previous=previous,
        titled=_titled(conn, source, refined, now) if is_elsewhere else {},
    )
    taken_back = () if is_elsewhere else _taken_back(conn, source, known, seen, window, language)
    changes = (*decided, *ours, *_skipped(seen, known), *taken_back, *more)
    writing = Writing(
        now=now, words=store.words, authority=authority(base_url), tags=_tags_of(changes)
    )
    entries.apply(conn, source, changes, writing)
    return changes


def _parted(refined: Sequence[Entry], own: str) -> tuple[tuple[Skip, ...], tuple[Entry, ...]]:
    """Part entries that bear an id we minted from the others: they are ours, come back to us.

    Our own feed as a source, or two of us that read each other, would else go round for ever.
    """
    start = f"tag:{own},"
    ours = (one for one in refined if one.uri and one.uri.startswith(start))
    skips = tuple(Skip(identity=one.identity, reason="it is our own entry") for one in ours)
    if not skips:
        return (), tuple(refined)
    return skips, tuple(one for one in refined if not (one.uri and one.uri.startswith(start)))


def _known(
    conn: Connection, source: str, refined: Sequence[Entry], seen: Sequence[str]
) -> tuple[KnownEntry, ...]:
    return lookup.known(
        conn,
        source,
        identities=chain((entry.identity for entry in refined), seen),
        canonical_urls=(entry.canonical_url for entry in refined if entry.canonical_url),
        likenesses=(likeness(entry) for entry in refined),
    )


def _titled(
    conn: Connection, source: str, refined: Sequence[Entry], now: datetime
) -> dict[str, KnownEntry]:
    titles = {entry.title for entry in refined}
    return lookup.under_titles(conn, source, titles, since=now - LATELY)


def _taken_back(
    conn: Connection,
    source: str,
    known: Iterable[KnownEntry],
    seen: Sequence[str],
    window: DocumentWindow,
    language: str,
) -> tuple[Withdraw, ...]:
    deleted = _deleted(conn, source, window.deleted)
    by_identity = {one.identity: one for one in known}
    present = [by_identity[identity] for identity in seen if identity in by_identity]
    proved = proof(present, window)
    missing: tuple[KnownEntry, ...] = ()
    if proved is not None:
        missing = lookup.missing(
            conn,
            source,
            newer_than=proved.newer_than,
            older_than=proved.older_than,
            since=proved.unseen_since,
        )
    return gone(missing, deleted, language)


def _deleted(conn: Connection, source: str, identities: Sequence[str]) -> tuple[KnownEntry, ...]:
    if not identities:
        return ()
    return lookup.known(conn, source, identities=identities, canonical_urls=())


def _skipped(seen: Sequence[str], known: Iterable[KnownEntry]) -> Iterator[Skip]:
    numbers = {one.identity: one.number for one in known}
    for identity in seen:
        yield Skip(identity=identity, reason="said as before", number=numbers.get(identity))


def authority(base_url: str) -> str:
    """Return the host that stands in the ids we mint (RFC 4151: a domain name)."""
    return (urlsplit(base_url).hostname or "localhost").encode("idna").decode("ascii")


def wanted_tag(key: str, name: str) -> WantedTag:
    """Return a tag nobody has configured, described well enough to be made."""
    return WantedTag(key=key, name=name, slug=slugify(name))


def _tags_of(changes: Iterable[Change]) -> dict[str, WantedTag]:
    return {
        tagged.key: wanted_tag(tagged.key, tagged.name)
        for change in changes
        if isinstance(change, Insert | Update)
        for tagged in change.entry.tags
    }
