"""What a new configuration changes against the last applied one: the answer of `feedhub plan`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal

from feedhub.config.units import spell
from feedhub.model import (
    FeedSettings,
    FetchSettings,
    FieldPaths,
    PageRules,
    Retention,
    Section,
    Settings,
    Site,
    Source,
    Tagging,
    TagSpec,
    Timeout,
    TitleRules,
)

What = Literal["source", "section", "tag", "setting"]
_LISTS: tuple[tuple[What, str, str], ...] = (
    ("section", "sections", "slug"),
    ("source", "sources", "slug"),
    ("tag", "tags", "name"),
)
_NOUNS = (
    *(Settings, Site, Section, FetchSettings, Timeout, Source, TagSpec, Tagging, FeedSettings),
    *(PageRules, FieldPaths, TitleRules, Retention),
)
_FIELDS = {noun: tuple(field.name for field in fields(noun)) for noun in _NOUNS}
_USERINFO = re.compile(r"(?<=://)[^/?#]+(?=@)")
_LONGEST = 60  # characters of a value in a line


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing added, removed or changed; `details` say `key: old → new`."""

    kind: Literal["added", "removed", "changed"]
    what: What
    name: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        line = f"{self.what} {self.name} {self.kind}"
        return f"{line}: {'; '.join(self.details)}" if self.details else line


def snapshot(settings: Settings) -> dict[str, Any]:
    """Return the settings as JSON values, by slug and name, to keep and to compare later.

    Values of headers, names and passwords in addresses, and all of an address of alerts but its
    scheme, are replaced by a short hash: a change shows, the secret does not. The order of
    sections is kept apart, as `order`.
    """
    plain: dict[str, Any] = _plain(settings)
    del plain["path"], plain["stamp"]
    plain["database"] = _without_password(settings.database)
    plain["alerts"] = [_only_scheme(address) for address in settings.alerts]
    plain["fetch"]["proxy"] = _without_password(settings.fetch.proxy)
    plain["sources"] = [_source(source) for source in settings.sources]
    plain["order"] = [section.slug for section in settings.sections]
    for _, key, name in _LISTS:
        plain[key] = {row[name]: row for row in plain[key]}
    return plain


def _source(source: Source) -> dict[str, Any]:
    row: dict[str, Any] = _plain(source)
    row["headers"] = {name: _hash(value) for name, value in source.headers}
    row["proxy"] = _without_password(source.proxy)
    row["categories"] = dict(source.categories)
    row |= {f"title.{key}": value for key, value in row.pop("title_rules").items()}
    return row


def compare(old: Mapping[str, Any] | None, new: Settings) -> tuple[Difference, ...]:
    """Return the differences from an old snapshot to new settings; sections, sources, tags, settings.

    Without an old one everything that is listed is added, and settings have nothing to differ from.
    A key that an older version did not know had what is its default now.
    """
    fresh, before = snapshot(new), {**_LATER_SETTINGS, **(old or {})}
    found: list[Difference] = []
    for what, key, _ in _LISTS:
        found += _items(what, _mapping(before.get(key)), fresh[key])
    if old is not None:
        found += _settings(before, fresh)
    return tuple(found)


def _items(what: What, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    later = _LATER_OF_A_SOURCE if what == "source" else {}
    for name in old:
        if name not in new:
            yield Difference("removed", what, name)
    for name in new:
        if name not in old:
            yield Difference("added", what, name)
        elif details := _changes(_flat({**later, **_mapping(old[name])}), _flat(new[name])):
            yield Difference("changed", what, name, details)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    keys = [*new, *(key for key in old if key not in new)]
    return tuple(
        f"{key}: {_shown(old.get(key))} → {_shown(new.get(key))}"
        for key in keys
        if old.get(key) != new.get(key)
    )


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    lists = {key for _, key, _ in _LISTS} | {"order"}
    before = _flat({key: value for key, value in old.items() if key not in lists})
    after = _flat({key: value for key, value in new.items() if key not in lists})
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            change = f"{_shown(before.get(key))} → {_shown(after.get(key))}"
            yield Difference("changed", "setting", key, (change,))
    was, now = old.get("order"), new["order"]
    if was != now and isinstance(was, list) and sorted(was) == sorted(now):
        yield Difference(
            "changed", "setting", "sections", (f"order: {_shown(was)} → {_shown(now)}",)
        )


def _flat(value: object, prefix: str = "") -> dict[str, Any]:
    """Return a mapping of mappings as one level: `timeout.connect`."""
    flat: dict[str, Any] = {}
    for key, inner in _mapping(value).items():
        if isinstance(inner, Mapping) and inner:
            flat.update(_flat(inner, f"{prefix}{key}."))
        elif inner != {}:
            flat[f"{prefix}{key}"] = inner
    return flat


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: dataclasses as mappings, times spelled, tuples as lists."""
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, timedelta):
        return spell(value)
    names = _FIELDS.get(type(value))
    return {name: _plain(getattr(value, name)) for name in names} if names else value


def _without_password(url: str | None) -> str | None:
    return url and _USERINFO.sub(lambda found: _hash(found[0]), url)


def _only_scheme(address: str) -> str:
    """Return an address of which any part may be secret: `tgram://token/chat` → `tgram://#1a2b3c4d`."""
    return f"{address.partition('://')[0]}://{_hash(address)}"


def _hash(secret: str) -> str:
    return f"#{sha256(secret.encode()).hexdigest()[:8]}"


_LATER_SETTINGS: dict[str, Any] = {"alerts": [], "retention": _plain(Retention())}
_LATER_OF_A_SOURCE = {
    key: value
    for key, value in _source(Source(slug="", title="", url="")).items()
    if key.startswith("title.")
    or key in ("fallback_urls", "warm_up", "trust", "body_strip", "page", "json")
}
"""What settings and sources were in snapshots of versions that had no such keys."""


def _shown(value: object) -> str:
    if value is None:
        return "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
