"""Rules that hang on the kind of a source: which keys go with it, and what only its reader can judge.

Whether a selector, a field path or the address of a channel can be used is known where documents
are read, of which a configuration knows nothing: who loads it hands that knowledge in (`FlawOf`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from feedhub.config import schema
from feedhub.config.parts import Parts
from feedhub.config.tree import Fault, Path

Judged = Literal["selector", "condition", "path", "channel"]
FlawOf = Callable[[Judged, str], str]
"""Says in one sentence what is wrong with a value of this sort; nothing where it can be used."""

AUTO = "auto"
_CONDITIONS = ("include", "exclude")
_ONLY_FOR = {"page": "page", "json": "json"}
_TOUCHING = {"kind", *_ONLY_FOR}
_NEEDED = (
    "needed with kind: page, as in {item: div.news}: "
    "the CSS selector of what holds one entry, and more where that is not enough"
)


def check(parts: Parts) -> Iterator[Fault]:
    """Yield the faults of keys that do not go with a source's kind, and of addresses given twice."""
    defaults = parts.defaults
    for at, source in enumerate(parts.sources):
        if source is None or defaults is None:
            continue
        if defaults.kind != "feed" or not _TOUCHING.isdisjoint(source.model_fields_set):
            yield from _of_kind(("sources", at), source, defaults)
        if source.fallback_urls:
            yield from _addresses(("sources", at, "fallback_urls"), source, source.url)
    if defaults is not None:
        yield from _addresses(("defaults", "fallback_urls"), defaults, None)
        yield from _idle(parts, defaults)


def judge(parts: Parts, flaw_of: FlawOf) -> Iterator[Fault]:
    """Yield the faults that `flaw_of` finds in selectors, field paths and addresses of channels."""
    rules: list[tuple[Path, schema.Rules | None]] = [(("defaults",), parts.defaults)]
    rules += [(("sources", at), source) for at, source in enumerate(parts.sources)]
    for path, item in rules:
        if item is not None:
            for key, sort, value in _judged(item, parts.defaults):
                if flaw := flaw_of(sort, value):
                    yield Fault((*path, *key), flaw)


def _idle(parts: Parts, defaults: schema.Rules) -> Iterator[Fault]:
    """Refuse what stands in `defaults` for a kind that no source has."""
    for key, kind in _ONLY_FOR.items():
        if getattr(defaults, key) is None or not all(parts.sources):
            continue
        if all(_kind(it, defaults) != kind for it in parts.sources if it):
            yield Fault(("defaults", key), f"has no effect: no source is of kind: {kind}")


def _of_kind(path: Path, source: schema.SourceItem, defaults: schema.Rules) -> Iterator[Fault]:
    kind = _kind(source, defaults)
    for key, only in _ONLY_FOR.items():
        if getattr(source, key) is not None and kind != only:
            message = f"has no effect with kind: {kind}; write kind: {only}, or take it out"
            yield Fault((*path, key), message)
    inherited = None if "page" in source.model_fields_set else defaults.page
    if kind == "page" and source.page is None and inherited is None:
        yield Fault((*path, "page"), _NEEDED)


def _kind(source: schema.SourceItem, defaults: schema.Rules) -> str:
    return source.kind if "kind" in source.model_fields_set else defaults.kind


def _addresses(path: Path, rules: schema.Rules, url: str | None) -> Iterator[Fault]:
    """Refuse another address that is none."""
    first: dict[str, int] = {}
    for at, other in enumerate(rules.fallback_urls):
        if other == url:
            yield Fault((*path, at), "is the address of `url`; name another one")
        elif first.setdefault(other, at) != at:
            yield Fault((*path, at), f"stands in fallback_urls[{first[other]}] already")


def _judged(
    item: schema.Rules, defaults: schema.Rules | None
) -> Iterator[tuple[Path, Judged, str]]:
    """Yield the place, the sort and the value of all that only a reader of documents can judge."""
    for name, value in item.page.__dict__.items() if item.page else ():
        if value is not None and (name, value) != ("article", AUTO):
            yield ("page", name), "condition" if name in _CONDITIONS else "selector", value
    for name, value in item.json.__dict__.items() if item.json else ():
        if value is not None:
            yield ("json", name), "path", value
    if isinstance(item, schema.SourceItem) and _kind(item, defaults or item) == "telegram":
        yield ("url",), "channel", item.url
        for at, url in enumerate(item.fallback_urls):
            yield ("fallback_urls", at), "channel", url
