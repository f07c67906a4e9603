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
        with store.read() as conn:
            position = None if _is_foreign(conn, target) else _position(conn, target)
            if position is None:
                break
            batch = tagging.after(conn, position, BATCH)
        rows = _fresh(batch, sources, rules)  # outside of any transaction: others write meanwhile
        with store.write() as conn:
            changed += _write(conn, rows, now)
            last = batch[-1].number if len(batch) == BATCH else None
            _note(conn, target, last)
        seen += len(batch)
    return Retagged(seen=seen, changed=changed)


def _is_foreign(conn: Connection, target: str) -> bool:
    """Tell whether other rules than these are in force, which another process sees to."""
    return facts.get(conn, facts.TAG_STATE) not in (None, target)


def _note(conn: Connection, target: str, at: int | None) -> None:
    facts.put(conn, facts.RETAG, json.dumps({"target": target, "at": at}))


def fall_behind(conn: Connection, number: int) -> None:
    """Note that entries after `number` were just given tags by rules that are no longer in force."""
    progress = json.loads(facts.get(conn, facts.RETAG) or "{}")
    if progress:
        at = progress["at"]
        _note(conn, progress["target"], number if at is None else min(at, number))


def is_settled(conn: Connection, target: str) -> bool:
    """Tell whether every stored entry bears the tags of these rules, or others are in force."""
    return _is_foreign(conn, target) or _position(conn, target) is None


def _position(conn: Connection, target: str) -> int | None:
    """Return the number after which entries are still to be done, or None when all are."""
    progress = json.loads(facts.get(conn, facts.RETAG) or "{}")
    if progress.get("target") != target:
        return 0
    at: int | None = progress["at"]
    return at


def _fresh(
    batch: Sequence[TaggedEntry], sources: Mapping[str, Source], rules: Rules
) -> list[Retagging]:
    """Return the entries whose tags the rules change, with their new ones."""
    rows: list[Retagging] = []
    for stored in batch:
        fresh = tag(replace(stored.entry, tags=()), rules, sources.get(stored.entry.source)).tags
        digest = tag_digest(fresh)
        if digest != stored.tag_digest:
            rows.append(Retagging(stored=stored, tags=fresh, tag_digest=digest))
    return rows


def _write(conn: Connection, rows: Sequence[Retagging], now: datetime) -> int:
    """Write new tags, save of entries that a poll has written anew since they were read."""
    digests = tagging.digests(conn, [one.stored.number for one in rows])
    rows = [one for one in rows if digests.get(one.stored.number) == one.stored.tag_digest]
    wanted = {t.key: wanted_tag(t.key, t.name) for one in rows for t in one.tags}
    tagging.retag(conn, rows, tags.ensure(conn, wanted), now=now)
    return len(rows)
