"""Turn checked parts into `Settings`: defaults inherited, names filled in, nothing left to look up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from feedhub import __version__, model
from feedhub.config import addresses, schema
from feedhub.config.parts import Parts
from feedhub.config.rules import source_slug

_OF_A_KIND: tuple[tuple[str, Callable[..., Any], model.SourceKind], ...] = (
    ("page", model.PageRules, "page"),
    ("json", model.FieldPaths, "json"),
)
"""Keys that count for one kind of source only; others may still inherit them from `defaults`."""


def settings(path: str, parts: Parts, *, address: str) -> model.Settings:
    """Return the settings; `parts` must be without a fault. `path` is absolute.

    `address` is where the site is found when the file does not say.
    """
    site, fetch, defaults, tagging = parts.site, parts.fetch, parts.defaults, parts.tagging
    feeds, alerts, retention = parts.feeds, parts.alerts, parts.retention
    if not (site and fetch and defaults and tagging and feeds and alerts and retention):
        raise ValueError("parts with faults make no settings")
    if not parts.database:
        raise ValueError("parts with faults make no settings")
    shown = model.Site(**{**site.__dict__, "base_url": site.base_url or address})
    limits = _fetch(fetch, shown.base_url)
    base = _base(defaults, shown)
    return model.Settings(
        path=path,
        site=shown,
        database=parts.database,
        articles=parts.articles or "",
        sections=tuple(model.Section(slug=it.slug, title=it.title) for it in parts.sections if it),
        fetch=limits,
        sources=tuple(_source(item, base, limits.timeout) for item in parts.sources if item),
        tags=tuple(model.TagSpec(**_frozen(it.__dict__)) for it in parts.tags if it),
        tagging=model.Tagging(**tagging.weights.__dict__, threshold=tagging.threshold),
        feeds=model.FeedSettings(items=feeds.items, max_items=feeds.max_items),
        alerts=tuple(dict.fromkeys(alerts.alerts)),
        retention=model.Retention(poll_log=retention.poll_log),
    )


def _fetch(item: schema.FetchItem, base_url: str) -> model.FetchSettings:
    fields = _frozen(item.__dict__)
    agent = item.user_agent.replace("{version}", __version__).replace("{base_url}", base_url)
    fields["user_agent"] = agent
    fields["timeout"] = model.Timeout(**item.timeout.__dict__)
    return model.FetchSettings(**fields)


def _base(defaults: schema.Rules, site: model.Site) -> dict[str, Any]:
    """Return what a source is where it says nothing: the site's language and zone, `defaults`."""
    inherited = _frozen(schema.given(defaults))
    return {"language": site.language, "timezone": site.timezone, **inherited}


def _source(item: schema.SourceItem, base: dict[str, Any], common: model.Timeout) -> model.Source:
    fields = {**base, **_frozen(schema.given(item))}
    fields["slug"] = source_slug(item)
    titles = _titles(base.get("title"), item)
    fields["title"] = titles.pop("name", None) or addresses.host_of(item.url)
    if titles:
        fields["title_rules"] = model.TitleRules(**_frozen(titles))
    for key, noun, kind in _OF_A_KIND:
        if (rules := fields.pop(key, None)) and fields.get("kind") == kind:
            fields[key] = noun(**rules.__dict__)
    if "fallback_urls" in fields:
        fields["fallback_urls"] = tuple(it for it in fields["fallback_urls"] if it != item.url)
    if fields.get("timeout") is not None:
        fields["timeout"] = _timeout(common, base.get("timeout"), item.timeout)
    return model.Source(**fields)


def _titles(base: schema.TitleItem | str | None, item: schema.SourceItem) -> dict[str, Any]:
    """Return what `title` says here, and in `defaults` where it says nothing here."""
    if item.title is None and "title" in item.model_fields_set:
        return {}
    return {**_as_mapping(base), **_as_mapping(item.title)}


def _as_mapping(title: schema.TitleItem | str | None) -> dict[str, Any]:
    if isinstance(title, str):
        return {"name": title}
    return schema.given(title) if title else {}


def _timeout(common: model.Timeout, *items: schema.TimeoutItem | None) -> model.Timeout:
    """Return the common limits with what each item gives itself, the last one first."""
    for item in filter(None, items):
        common = replace(common, **schema.given(item))
    return common


def _frozen(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields with lists as tuples and mappings as tuples of pairs."""
    return {key: _tuple(value) for key, value in fields.items()}


def _tuple(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return tuple(value.items()) if isinstance(value, dict) else value
