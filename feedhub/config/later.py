"""Keys of the contract whose capability is not built yet: known, and refused instead of ignored.

A capability that arrives deletes its line of the table and adds its key to `schema`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from feedhub.config.tree import Fault, Path, Series, Table

MESSAGE = "not available yet"


class Later(NamedTuple):
    """A key to come. `harmless` are the values that say what happens anyway: they pass silently."""

    place: str
    key: str
    harmless: tuple[object, ...] = ()


NOT_YET = (
    Later("", "vocabularies", ([],)),
    Later("retention", "entries", ("forever",)),
    Later("tagging", "precision"),
    Later("feeds", "websub_hub"),
    Later("feeds", "profiles"),
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
        del table[key]
        if not any(_same(value, harmless) for harmless in later.harmless):
            yield Fault((*path, key), MESSAGE, table.lines[key])


def _same(value: object, harmless: object) -> bool:
    """Compare without taking 0 for false."""
    return isinstance(value, type(harmless)) and value == harmless
