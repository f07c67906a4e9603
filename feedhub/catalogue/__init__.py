"""The catalogue of sources that ships with the program: addresses, names, and what is known of them.

It is a file of data, `sources.toml`, gathered from public code and documents. Nobody here has
asked any of the addresses, and every item says so until somebody did.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_RULES = ("section", "tags", "timezone", "every", "body", "fallback_urls", "warm_up", "page")
_MOSCOW = "Europe/Moscow"


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueItem:
    """One address with what is known of it.

    `rules` are further keys of a source as pairs, in the order in which they are written.
    """

    slug: str
    title: str
    url: str
    group: str
    kind: str
    rules: tuple[tuple[str, Any], ...]
    notes: tuple[str, ...]
    checked: bool

    @property
    def status(self) -> str:
        """Say whether somebody has tried the address."""
        return "проверено" if self.checked else "не проверено"

    @property
    def is_ready(self) -> bool:
        """Tell whether the item can be a source as it is: a page needs its selectors first."""
        return self.kind != "page" or any(key == "page" for key, _ in self.rules)

    def item(self) -> dict[str, Any]:
        """Return it as an item of `sources`."""
        kind = {"kind": self.kind} if self.kind != "feed" else {}
        return {"slug": self.slug, "title": self.title, "url": self.url} | kind | dict(self.rules)


@cache
def catalogue() -> tuple[CatalogueItem, ...]:
    """Return the whole catalogue, in the order of its file."""
    written = tomllib.loads(files(__name__).joinpath("sources.toml").read_text("utf-8"))
    return tuple(_item(row, is_checked=written["checked"]) for row in written["source"])


def matching(words: Iterable[str]) -> tuple[CatalogueItem, ...]:
    """Return the items in which every word stands: in name, address, group, tags or notes."""
    wanted = [_folded(word) for word in words]
    return tuple(it for it in catalogue() if all(word in _said(it) for word in wanted))


def _item(row: Mapping[str, Any], *, is_checked: bool) -> CatalogueItem:
    zoned = {"timezone": _MOSCOW, **row}
    return CatalogueItem(
        slug=row["slug"],
        title=row["title"],
        url=row["url"],
        group=row["group"],
        kind=row.get("kind", "feed"),
        rules=tuple((key, zoned[key]) for key in _RULES if key in zoned),
        notes=tuple(row.get("notes", ())),
        checked=row.get("checked", is_checked),
    )


def _said(item: CatalogueItem) -> str:
    tags = dict(item.rules).get("tags", ())
    return _folded(" ".join((item.slug, item.title, item.url, item.group, *tags, *item.notes)))


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")
