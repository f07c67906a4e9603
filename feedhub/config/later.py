"""Keys of the contract whose capability is not built yet: known, and refused instead of ignored.

A capability that arrives deletes its line of the table and adds its key to `schema`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from feedhub.config.tree import Fault, Path, Series, Table

MESSAGE = "not available yet"
_KINDS = ("page", "telegram", "sitemap", "json")


class Later(NamedTuple):
    """A key to come. `harmless` are the values that say what happens anyway: they pass silently.
    Of the others those are refused that `applies` takes; the rest goes on to the schema."""

    place: str
    key: str
    harmless: tuple[object, ...] = ()
    applies: Callable[[object], bool] = lambda value: True


def _is_kind(value: object) -> bool:
    return value in _KINDS


def _is_rule(value: object) -> bool:
    return isinstance(value, dict)


NOT_YET = (
    Later("", "vocabularies", ([],)),
    Later("", "alerts", ([],)),
    Later("retention", "entries", ("forever",)),
    Later("retention", "poll_log"),
    Later("tagging", "precision"),
    Later("feeds", "websub_hub"),
    Later("feeds", "profiles"),
    Later("source", "kind", applies=_is_kind),
    Later("source", "fallback_urls", ([],)),
    Later("source", "trust"),
    Later("source", "warm_up", (None,)),
    Later(
        "source",
        "title",
        ({"pattern": None, "strip": []}, {"pattern": None}, {"strip": []}, {}),
        _is_rule,
    ),
    Later("source", "body_strip", ([],)),
    Later("source", "page", (None,)),
    Later("source", "json", (None,)),
    Later("source", "hold", (False,)),
    Later("source", "dedupe"),
)
_BY_PLACE = {
    place: {later.key: later for later in NOT_YET if later.place == place}
    for place in sorted({later.place for later in NOT_YET})
}


def keys(place: str) -> tuple[str, ...]:
    """Return the keys to come of a place: "" (the root), "source", "feeds" ..."""
    return tuple(_BY_PLACE.get(place, ()))


def take_out(root: Table) -> Iterator[Fault]:
    """Remove the keys to come from the tree; yield a fault for each that asks for something."""
    yield from _from_table(root, "", ())
    for place in ("retention", "tagging", "feeds"):
        yield from _from_table(root.get(place), place, (place,))
    yield from _from_table(root.get("defaults"), "source", ("defaults",))
    sources = root.get("sources")
    if isinstance(sources, Series):
        for index, source in enumerate(sources):
            yield from _from_table(source, "source", ("sources", index))


def _from_table(table: object, place: str, path: Path) -> Iterator[Fault]:
    if not isinstance(table, Table):
        return
    coming = _BY_PLACE[place]
    for key in coming.keys() & table.keys():
        later, value = coming[key], table[key]
        is_harmless = any(_same(value, harmless) for harmless in later.harmless)
        if is_harmless or later.applies(value):
            del table[key]
        if not is_harmless and later.applies(value):
            yield Fault((*path, key), MESSAGE, table.lines[key])


def _same(value: object, harmless: object) -> bool:
    """Compare without taking 0 for false."""
    return isinstance(value, type(harmless)) and value == harmless
