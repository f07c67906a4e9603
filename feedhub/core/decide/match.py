"""Which known entry is this? By its identity, else by its address, else by its words.

A source may give its whole archive new guids, new addresses or new dates; then nothing is new.
But two releases with one headline are two: words alone count only where everything speaks for an
archive that was named anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar

from feedhub.model import Entry, KnownEntry

LONG_TEXT = 200
"""Characters of text from which two entries with the same words are hardly two."""

Matches = dict[int, KnownEntry]
Key = TypeVar("Key", bound=Hashable)


def likeness(entry: Entry) -> str:
    """Return a digest of an entry's words: title and text, and nothing else."""
    return blake2b(f"{entry.title}\n{entry.text}".encode(), digest_size=16).hexdigest()


def matches(
    entries: Sequence[Entry],
    known: Sequence[KnownEntry],
    *,
    also_here: frozenset[str],
    previous: datetime | None,
) -> tuple[KnownEntry | None, ...]:
    """Return for each entry what is known of it.

    `also_here` are identities that stand in the document too; `previous` is when the document
    before this one was read.
    """
    by_identity = {one.identity: one for one in known}
    found: Matches = {
        place: by_identity[entry.identity]
        for place, entry in enumerate(entries)
        if entry.identity in by_identity
    }
    here = also_here.union(entry.identity for entry in entries)
    absent = [one for one in known if one.identity not in here]
    found |= _alone(entries, found, absent, lambda e: e.canonical_url, lambda k: k.canonical_url)
    found |= _renamed(entries, found, _left(absent, found), previous)
    return tuple(found.get(place) for place in range(len(entries)))


def _alone(
    entries: Sequence[Entry],
    found: Matches,
    known: Sequence[KnownEntry],
    of_entry: Callable[[Entry], Key | None],
    of_known: Callable[[KnownEntry], Key | None],
) -> Matches:
    """Return the pairs that share a key which nobody else bears, here or there.

    A page that lists many items under one link is not taken for one item.
    """
    here = Counter(of_entry(entry) for entry in entries)
    there = Counter(of_known(one) for one in known)
    by_key = {of_known(one): one for one in known}
    return {
        place: by_key[key]
        for place, entry in enumerate(entries)
        if place not in found and (key := of_entry(entry)) and here[key] == there[key] == 1
    }


def _left(known: Sequence[KnownEntry], found: Matches) -> list[KnownEntry]:
    taken = {one.number for one in found.values()}
    return [one for one in known if one.number not in taken]


def _renamed(
    entries: Sequence[Entry],
    found: Matches,
    absent: Sequence[KnownEntry],
    previous: datetime | None,
) -> Matches:
    """Return the pairs with the same words, where the old one went as the new one came.

    A long text is enough, and so is an entry that has neither guid nor address; of the others at
    least two must pair, and they must be most of what seems new.
    """
    if previous is None:
        return {}
    gone = [one for one in absent if not one.is_withdrawn and one.last_seen >= previous]
    pairs = _alone(entries, found, gone, likeness, lambda one: one.likeness)
    strangers = len(entries) - len(found)
    if len(pairs) >= 2 and 2 * len(pairs) >= strangers:
        return pairs
    return {place: one for place, one in pairs.items() if _is_sure(entries[place])}


def _is_sure(entry: Entry) -> bool:
    return len(entry.text) >= LONG_TEXT or entry.identity.startswith("digest:")
