"""What to write to the store, and why: the answers of `decide`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.model.entry import Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownEntry:
    """What the store already knows of an entry, as little as deciding needs.

    `number` is its key in the store and in addresses. `tag_digest` covers the tags a machine
    gave, `likeness` the words alone. Withdrawn entries come back when they are seen again.
    """

    number: int
    identity: str
    uri: str
    canonical_url: str | None
    slug: str
    digest: str
    tag_digest: str
    published: datetime
    updated: datetime
    last_seen: datetime
    likeness: str = ""
    is_withdrawn: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Insert:
    """A new entry, with the time it is listed at and the words in its address, made once.

    `tag_digest` covers the tags a machine gave.
    """

    entry: Entry
    slug: str = ""
    published: datetime
    tag_digest: str
    likeness: str = ""
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """A known entry that changed. `updated` is None where nothing a reader sees changed
    (its tags, its identity): then it is written, but no feed calls it updated. Where `is_shown`
    is false not even a byte of any feed changes (the source only calls it by another name)."""

    number: int
    entry: Entry
    published: datetime
    updated: datetime | None
    tag_digest: str
    likeness: str = ""
    is_shown: bool = True
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Skip:
    """An entry that needs no writing; `number` is None for one that is not stored.

    `stamp` is set where the source said the same in other words than before.
    """

    identity: str
    reason: str
    number: int | None = None
    stamp: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdraw:
    """An entry its publisher took back; its page will say so."""

    number: int
    reason: str


Change = Insert | Update | Skip | Withdraw
