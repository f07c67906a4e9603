"""What the tests of the flows share: settings with tags, entries that speak of them, lists read."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from feedhub.core.tagging import tag
from feedhub.model import Change, Entry, FeedOptions, ListRef, Settings, Source, TagSpec
from feedhub.publish import list_feed, resolve_tags
from feedhub.settle import Settled, settle
from feedhub.store import Store
from tests import builders
from tests.builders import NOW

LAKE = TagSpec(name="озеро")
ROAD = TagSpec(name="дорога")


def settled(
    store: Store, *tags: TagSpec, now: datetime = NOW, **more: Any
) -> tuple[Settings, Settled]:
    """Settle a configuration with these tags; return it with what is in force."""
    values: dict[str, Any] = {"tags": tags, "sources": (builders.a_source(),), **more}
    values.setdefault("stamp", repr(values))
    settings = builders.settings(**values)
    return settings, settle(store, settings, now=now)


def add(
    store: Store,
    in_force: Settled,
    *entries: Entry,
    source: Source | None = None,
    now: datetime = NOW,
) -> None:
    """Tag entries by the rules in force and store them as new."""
    source = source or builders.a_source()
    changes: list[Change] = [
        builders.an_insert(tag(entry, in_force.rules, source)) for entry in entries
    ]
    with store.write() as conn:
        builders.write(conn, *changes, source=source.slug, now=now)


def feed(
    store: Store,
    settings: Settings,
    ref: ListRef | str,
    fmt: str = "json",
    now: datetime = NOW,
    **options: Any,
) -> Any:
    """Return a list as rendered; a text names tags."""
    found = resolve_tags(store, ref).ref if isinstance(ref, str) else ref
    return list_feed(store, settings, found, fmt, FeedOptions(**options), now=now)


def items(
    store: Store, settings: Settings, ref: ListRef | str, now: datetime = NOW, **options: Any
) -> list[dict[str, Any]]:
    body = feed(store, settings, ref, now=now, **options).body
    return list(json.loads(body)["items"])


def titles(
    store: Store, settings: Settings, ref: ListRef | str, now: datetime = NOW, **options: Any
) -> list[str]:
    return [item["title"] for item in items(store, settings, ref, now=now, **options)]
