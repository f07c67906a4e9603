"""The flow that brings stored tags up to changed rules: read an entry, tag it anew, keep the rest.

It walks the store in short transactions and remembers how far it came, so that polls and pages
go on meanwhile and a stopped process goes on where it was. Decisions made by hand stay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedhub.core.decide import tag_digest
from feedhub.core.tagging import Rules, tag
from feedhub.keep import wanted_tag
from feedhub.model import Settings, Source
from feedhub.store import Connection, Store, facts, tagging, tags
from feedhub.store.tagging import Retagging, TaggedEntry

BATCH = 500
"""Entries read and written in one transaction."""

PROGRESS = "retag"


@dataclass(frozen=True, kw_only=True, slots=True)
class Retagged:
    """What it came to: entries looked at, and those whose tags changed."""

    seen: int
    changed: int


def retag(
    store: Store,
    settings: Settings,
    rules: Rules,
    *,
    target: str,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
) -> Retagged:
    """Tag every stored entry by `rules`; `target` names the state of the rules to come to.

    Does nothing when the store is already there. Between two batches `should_stop` is asked; what
    is left is done next time.
    """
    sources = {source.slug: source for source in settings.sources}
    seen = changed = 0
    while not should_stop():
        with store.write() as conn:
            position = _position(conn, target)
            if position is None:
                return Retagged(seen=seen, changed=changed)
            batch = tagging.after(conn, position, BATCH)
            changed += _retag_batch(conn, batch, sources, rules, now)
            seen += len(batch)
            done = len(batch) < BATCH
            last = position if done else batch[-1].number
            facts.put(conn, PROGRESS, json.dumps({"target": target, "at": None if done else last}))
    return Retagged(seen=seen, changed=changed)


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
    batch: Sequence[TaggedEntry],
    sources: Mapping[str, Source],
    rules: Rules,
    now: datetime,
) -> int:
    changed: list[Retagging] = []
    for stored in batch:
        fresh = tag(replace(stored.entry, tags=()), rules, sources.get(stored.entry.source)).tags
        digest = tag_digest(fresh)
        if digest != stored.tag_digest:
            changed.append(Retagging(stored=stored, tags=fresh, tag_digest=digest))
    wanted = {t.key: wanted_tag(t.key, t.name) for one in changed for t in one.tags}
    tagging.retag(conn, changed, tags.ensure(conn, wanted), now=now)
    return len(changed)
