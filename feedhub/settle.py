"""The flow that makes the running state what the configuration says.

Sources, sections and tags of the file become rows; the tagging is compiled once into tables that
other processes read without a dictionary of word forms. Whoever settles first does the work, the
others find it done.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from feedhub import __version__
from feedhub.config import Difference, compare, snapshot
from feedhub.core.tagging import (
    Rules,
    compile_vocabulary,
    fingerprint,
    rules_from_json,
    rules_to_json,
)
from feedhub.core.tagging.vocabulary import ENGINE
from feedhub.core.text.fold import tag_key
from feedhub.core.text.slug import slugify
from feedhub.model import LOCAL, Settings
from feedhub.store import Connection, Store, entries, facts, sources, tags
from feedhub.store.tags import WantedTag


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What is in force: the compiled rules, and the name of their state for `retag`."""

    rules_json: str
    tag_state: str
    differences: tuple[Difference, ...] = ()

    @property
    def rules(self) -> Rules:
        """The rules, unpacked when somebody asks for them: a poll leaves that to its workers."""
        return _unpacked(self.rules_json)


@lru_cache(maxsize=2)
def _unpacked(rules_json: str) -> Rules:
    return rules_from_json(rules_json)


def plan(store: Store, settings: Settings) -> tuple[Difference, ...]:
    """Return what differs between the configuration and what was last applied."""
    with store.read() as conn:
        return compare(_applied(conn), settings)


def settle(store: Store, settings: Settings, *, now: datetime) -> Settled:
    """Make the stored sources, sections and tags what the configuration says; idempotent."""
    mark = _mark(settings)
    with store.read() as conn:
        stored = facts.get_all(conn, (facts.SETTLED, facts.RULES, facts.TAG_STATE))
    if mark and stored.get(facts.SETTLED) == mark:
        return Settled(rules_json=stored[facts.RULES], tag_state=stored[facts.TAG_STATE])
    rules_json, state = _compiled(stored.get(facts.RULES), settings), tag_state(settings)
    with store.write() as conn:
        applied = _applied(conn)
        differences = compare(applied, settings)
        if differences or applied is None:
            _write(conn, settings, now=now)
            facts.put(conn, facts.APPLIED, json.dumps(snapshot(settings), ensure_ascii=False))
            facts.note_change(conn, now=now)
        facts.put(conn, facts.RULES, rules_json)
        facts.put(conn, facts.TAG_STATE, state)
        facts.put(conn, facts.SETTLED, mark)
    return Settled(rules_json=rules_json, tag_state=state, differences=differences)


def _mark(settings: Settings) -> str:
    """Return what stays the same while settling again would change nothing; "" where we can't tell.

    Settings differ when their file does, or what the environment puts in its place, or when
    another FeedHub reads them.
    """
    if not settings.stamp:
        return ""
    parts = (settings.stamp, settings.site.base_url, __version__, ENGINE)
    return blake2b("\n".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def _compiled(stored: str | None, settings: Settings) -> str:
    """Return the compiled rules as JSON, those of the store when they are still the same."""
    if stored and _unpacked(stored).fingerprint == fingerprint(settings.tags, settings.tagging):
        return stored
    return rules_to_json(compile_vocabulary(settings.tags, tagging=settings.tagging))


def tag_state(settings: Settings) -> str:
    """Return the name of the state of everything that gives tags: rules, source tags, categories."""
    parts: list[Any] = [fingerprint(settings.tags, settings.tagging)]
    parts += sorted(
        (source.slug, source.tags, source.categories)
        for source in settings.sources
        if source.tags or source.categories
    )
    return blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def _applied(conn: Connection) -> dict[str, Any] | None:
    stored = facts.get(conn, facts.APPLIED)
    applied: dict[str, Any] | None = json.loads(stored) if stored else None
    return applied


def _write(conn: Connection, settings: Settings, *, now: datetime) -> None:
    if facts.get(conn, facts.CREATED) is None:
        facts.put(conn, facts.CREATED, str(int(now.timestamp())))
    sources.ensure_local(conn, slug=LOCAL, title=settings.site.title, now=now)
    known = {state.slug: state for state in sources.all_states(conn)}
    sources.settle(conn, settings.sources, now=now)
    for source in settings.sources:
        state = known.get(source.slug)
        if state is not None and state.section != source.section:
            entries.move_sections(conn, source.slug, source.section, now=now)
    tags.settle(conn, _wanted_tags(settings))


def _wanted_tags(settings: Settings) -> Iterable[WantedTag]:
    """Return the configured tags, and those that sources and parents name besides."""
    named = {tag_key(spec.name) for spec in settings.tags}
    aliases = {tag_key(alias) for spec in settings.tags for alias in spec.aliases}
    for name in _mentioned(settings):
        if tag_key(name) not in named | aliases:
            named.add(tag_key(name))
            yield WantedTag(key=tag_key(name), name=name, slug=slugify(name))
    owner = {tag_key(a): tag_key(spec.name) for spec in settings.tags for a in spec.aliases}
    for spec in settings.tags:
        parent = tag_key(spec.parent) if spec.parent else None
        yield WantedTag(
            key=tag_key(spec.name),
            name=spec.name,
            slug=spec.slug or slugify(spec.name),
            kind=spec.kind,
            parent_key=owner.get(parent, parent) if parent else None,
            aliases=tuple((tag_key(alias), alias) for alias in spec.aliases),
            is_configured=True,
            is_slug_given=spec.slug is not None,
        )


def _mentioned(settings: Settings) -> Iterable[str]:
    for source in settings.sources:
        yield from source.tags
        yield from (name for _, name in source.categories if name)
    yield from (spec.parent for spec in settings.tags if spec.parent)
