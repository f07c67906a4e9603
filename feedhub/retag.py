"""The flow that brings stored tags up to changed rules: read an entry, tag it anew, keep the rest.

It walks the store in short transactions and remembers how far it came, so that polls and pages
go on meanwhile and a stopped process goes on where it was. Decisions made by hand stay.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedhub.core.decide import tag_digest
from feedhub.core.tagging import Rules, tag
from feedhub.keep import wanted_tag
from feedhub.model import Entry, Settings, Source
from feedhub.store import Connection, Store, entries, facts, tags

BATCH = 500
"""Entries read and written in one transaction."""

PROGRESS = "retag"


@dataclass(frozen=True, kw_only=True, slots=True)
class Retagged:
    """What it came to: entries looked at, and those whose tags changed."""

    seen: int
    changed: int


def retag(
    store: Store, settings: Settings, rules: Rules, *, target: str, now: datetime
) -> Retagged:
    """Tag every stored entry by `rules`; `target` names the state of the rules to come to.

    Does nothing when the store is already there.
    """
    sources = {source.slug: source for source in settings.sources}
    seen = changed = 0
    while True:
        with store.write() as conn:
            position = _position(conn, target)
            if position is None:
                return Retagged(seen=seen, changed=changed)
            batch = entries.after(conn, position, BATCH)
            changed += _retag_batch(conn, batch, sources, rules, now)
            seen += len(batch)
            done = len(batch) < BATCH
            last = position if done else batch[-1].number
            facts.put(conn, PROGRESS, json.dumps({"target": target, "at": None if done else last}))


def is_settled(conn: Connection, target: str) -> bool:
    """Tell whether every stored entry already bears the tags of this state of the rules."""
    return _position(conn, target) is None


def _position(conn: Connection, target: str) -> int | None:
    """Return the number after which entries are still to be done, or None when all are."""
    progress = json.loads(facts.get(conn, PROGRESS) or "{}")
    if progress.get("target") != target:
        return 0
    at: int | None = progress["at"]
    return at


def _retag_batch(
    conn: Connection,
    batch: Sequence[entries.TaggedEntry],
    sources: Mapping[str, Source],
    rules: Rules,
    now: datetime,
) -> int:
    changed: list[tuple[entries.TaggedEntry, Entry]] = []
    for stored in batch:
        fresh = tag(replace(stored.entry, tags=()), rules, sources.get(stored.entry.source))
        if tag_digest(fresh.tags) != stored.tag_digest:
            changed.append((stored, fresh))
    if not changed:
        return 0
    wanted = {t.key: wanted_tag(t.key, t.name) for _, fresh in changed for t in fresh.tags}
    ids = tags.ensure(conn, wanted)
    deltas: Counter[str] = Counter()
    for stored, fresh in changed:
        deltas.subtract(entries.tag_places(conn, stored.number))
        entries.set_tags(
            conn, stored.number, fresh.tags, ids, tag_digest=tag_digest(fresh.tags), now=now
        )
        deltas.update(entries.tag_places(conn, stored.number))
    facts.add_counts(conn, deltas)
    facts.note_change(conn, now=now)
    return len(changed)
