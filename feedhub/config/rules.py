"""Rules over several values of a configuration: unique names, sections that exist, parents, paces."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from feedhub.config import addresses, kinds, schema
from feedhub.config.messages import did_you_mean
from feedhub.config.parts import Parts
from feedhub.config.tree import Fault, Path, Series, Table
from feedhub.config.units import spell
from feedhub.model import LOCAL

FASTEST = timedelta(minutes=5)
FASTEST_PRIVATE = timedelta(seconds=1)
SLOWEST = timedelta(days=7)
_DEFAULT_SECTION = "news"
_Item = TypeVar("_Item", bound=schema.Item)


def check(root: Table, parts: Parts) -> Iterator[Fault]:
    """Yield the faults that only show when parts are seen together; broken items are passed over."""
    yield from _section_slugs(parts)
    yield from _source_slugs(parts)
    yield from _sections_exist(root, parts)
    yield from _paces(parts)
    yield from _headers(parts)
    yield from _tag_slugs(parts)
    yield from _tag_names(parts)
    yield from _circles(parts)
    yield from kinds.check(parts)
    if parts.feeds and parts.feeds.items > parts.feeds.max_items:
        yield Fault(("feeds", "items"), f"must be at most max_items ({parts.feeds.max_items})")


def source_slug(source: schema.SourceItem) -> str:
    """Return a source's slug; where none is given, made of its host."""
    return source.slug or addresses.slug_of_host(source.url)


def fold(name: str) -> str:
    """Return a name as names are compared: case, ё and blanks do not matter."""
    folded = unicodedata.normalize("NFKC", name).casefold().replace("ё", "е")
    return " ".join(folded.split())


def _repeats(
    items: Sequence[_Item | None], slug: Callable[[_Item], str | None]
) -> Iterator[tuple[int, int, str]]:
    """Yield (index, index of the first, slug) of each item whose slug stands before it."""
    first: dict[str, int] = {}
    for at, item in enumerate(items):
        name = slug(item) if item else None
        if name is not None and first.setdefault(name, at) != at:
            yield at, first[name], name


def _section_slugs(parts: Parts) -> Iterator[Fault]:
    for at, first, slug in _repeats(parts.sections, lambda it: it.slug):
        yield Fault(("sections", at, "slug"), f'"{slug}" is already the slug of sections[{first}]')


def _tag_slugs(parts: Parts) -> Iterator[Fault]:
    for at, first, slug in _repeats(parts.tags, lambda it: it.slug):
        yield Fault(("tags", at, "slug"), f'"{slug}" is already the slug of tags[{first}]')


def _source_slugs(parts: Parts) -> Iterator[Fault]:
    for at, first, slug in _repeats(parts.sources, source_slug):
        source = parts.sources[at]
        remedy = "" if source and source.slug else ", made of the host; give this one its own"
        message = f'"{slug}" is already the slug of sources[{first}]{remedy}'
        yield Fault(("sources", at, "slug"), message)
    for at, source in enumerate(parts.sources):
        if source and source_slug(source) == LOCAL:
            message = f'"{LOCAL}" is reserved for articles written here; take another slug'
            yield Fault(("sources", at, "slug"), message)


def _sections_exist(root: Table, parts: Parts) -> Iterator[Fault]:
    raw = root.get("sections")
    if not isinstance(raw, Series):
        return
    known = [str(item["slug"]) for item in raw if isinstance(item, Table) and "slug" in item]
    for at, source in enumerate(parts.sources):
        if source and "section" in source.model_fields_set and source.section not in known:
            yield Fault(("sources", at, "section"), _no_section(source.section, known))
    defaults = parts.defaults
    if defaults and "section" in defaults.model_fields_set:
        if defaults.section not in known:
            yield Fault(("defaults", "section"), _no_section(defaults.section, known))
    elif defaults and known and _DEFAULT_SECTION not in known:
        yield from _default_section_missing(parts)


def _no_section(slug: str, known: list[str]) -> str:
    return f'no section "{slug}" among `sections`{did_you_mean(slug, known)}'


def _default_section_missing(parts: Parts) -> Iterator[Fault]:
    """Say once that `news` is missing, at the first source that relies on it."""
    relying = [
        at for at, it in enumerate(parts.sources) if it and "section" not in it.model_fields_set
    ]
    if relying:
        others = f" and of {len(relying) - 1} more" if len(relying) > 1 else ""
        message = (
            f'no section "{_DEFAULT_SECTION}" among `sections`, the default of this source{others}; '
            "add it there, or set `section` here or in `defaults`"
        )
        yield Fault(("sources", relying[0], "section"), message)


def _paces(parts: Parts) -> Iterator[Fault]:
    """Hold `every` between 5m and 7d, from 1s for addresses that `fetch.allow_private` names."""
    allowed = tuple(parts.fetch.allow_private) if parts.fetch else None
    for at, source in enumerate(parts.sources):
        if source and source.every is not None and allowed is not None:
            message = _pace(source.every, source.url, allowed)
            if message:
                yield Fault(("sources", at, "every"), message)
    every = parts.defaults.every if parts.defaults else None
    if every is None or allowed is None:
        return
    relying = [it for it in parts.sources if it and "every" not in it.model_fields_set]
    urls = [it.url for it in relying] or ["http://agency.invalid/"]
    message = next(filter(None, (_pace(every, url, allowed) for url in urls)), "")
    if message:
        yield Fault(("defaults", "every"), message)


def _pace(every: timedelta, url: str, allowed: tuple[str, ...]) -> str:
    if FASTEST <= every <= SLOWEST:
        return ""
    if FASTEST_PRIVATE <= every < FASTEST and addresses.is_allowed(url, allowed):
        return ""
    return (
        f"must be auto or from {spell(FASTEST)} to {spell(SLOWEST)}; from "
        f"{spell(FASTEST_PRIVATE)} only for addresses that `fetch.allow_private` names"
    )


def _headers(parts: Parts) -> Iterator[Fault]:
    """Refuse one header twice, in other letters."""
    places: list[tuple[Path, schema.Rules | None]] = [(("defaults",), parts.defaults)]
    places += [(("sources", at), source) for at, source in enumerate(parts.sources)]
    for path, rules in places:
        seen: set[str] = set()
        for name in rules.headers if rules else ():
            if name.lower() in seen:
                yield Fault((*path, "headers", name), "this header is given twice")
            seen.add(name.lower())


def _tag_names(parts: Parts) -> Iterator[Fault]:
    """Refuse a name or alias that two tags own: text could not tell which is meant."""
    owners: dict[str, int] = {}
    for at, tag in enumerate(parts.tags):
        if tag is None:
            continue
        places: list[tuple[Path, str]] = [(("tags", at, "name"), tag.name)]
        places += [(("tags", at, "aliases", nth), name) for nth, name in enumerate(tag.aliases)]
        for path, name in places:
            owner = owners.setdefault(fold(name), at)
            first = parts.tags[owner]
            if owner != at and first:
                yield Fault(path, f'"{name}" already belongs to tags[{owner}] ({first.name})')


def _circles(parts: Parts) -> Iterator[Fault]:
    """Refuse parents that lead back to where they began; a parent may be a name or an alias."""
    owner = {
        fold(name): at
        for at, tag in reversed(list(enumerate(parts.tags)))
        if tag
        for name in (*tag.aliases, tag.name)
    }
    parent = {
        at: owner.get(fold(tag.parent))
        for at, tag in enumerate(parts.tags)
        if tag and tag.parent is not None
    }
    done: set[int] = set()
    for start in parent:
        circle = _circle(start, parent, done)
        if circle:
            names = " → ".join(tag.name for at in circle if (tag := parts.tags[at]))
            yield Fault(("tags", circle[0], "parent"), f"parents go in a circle: {names}")


def _circle(start: int, parent: dict[int, int | None], done: set[int]) -> list[int]:
    """Follow parents from a tag to one that is done; return the circle met on the way, closed."""
    walk: dict[int, None] = {}
    here: int | None = start
    while here is not None and here not in done and here not in walk:
        walk[here] = None
        here = parent.get(here)
    path = list(walk)
    done.update(path)
    return [*path[path.index(here) :], here] if here in walk else []
