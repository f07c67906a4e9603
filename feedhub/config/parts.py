"""Check the parts of a configuration against the schema, each alone: a broken one hides no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import TypeVar, get_args

from pydantic import ValidationError

from feedhub.config import later, schema, values
from feedhub.config.messages import did_you_mean, faults_of, wanted
from feedhub.config.tree import Fault, Path, Series, Table

_Item = TypeVar("_Item", bound=schema.Item)
_PLACES: dict[type[schema.Item], str] = {
    schema.Rules: "source",
    schema.SourceItem: "source",
    schema.TaggingItem: "tagging",
    schema.FeedsItem: "feeds",
    schema.RetentionItem: "retention",
}
_LISTS = ("sections", "sources", "tags", "alerts")
_KEYS = ("site", "database", "articles", "fetch", "defaults", "tagging", "feeds", "retention")
_DATABASE = "$FEEDHUB_DATABASE"


@dataclass(frozen=True, slots=True)
class Parts:
    """The checked parts. A part or an item that has a fault is None, and keeps its place."""

    site: schema.SiteItem | None
    database: str | None
    articles: str | None
    fetch: schema.FetchItem | None
    defaults: schema.Rules | None
    tagging: schema.TaggingItem | None
    feeds: schema.FeedsItem | None
    alerts: schema.AlertsItem | None
    retention: schema.RetentionItem | None
    sections: tuple[schema.SectionItem | None, ...]
    sources: tuple[schema.SourceItem | None, ...]
    tags: tuple[schema.TagItem | None, ...]


class Checking:
    """One checking of one tree, from which the keys to come are gone; gathers `faults`."""

    def __init__(self, root: Table, folder: FilePath) -> None:
        self.faults: list[Fault] = []
        self._root = root
        self._folder = folder

    def parts(self, environ: Mapping[str, str]) -> Parts:
        """Check every part; paths are made absolute from the folder."""
        self._unknown_keys()
        return Parts(
            site=self._part("site", schema.SiteItem),
            database=self._database(environ.get("FEEDHUB_DATABASE", "")),
            articles=self._path("articles", "articles/", values.article_folder),
            fetch=self._part("fetch", schema.FetchItem),
            defaults=self._part("defaults", schema.Rules),
            tagging=self._part("tagging", schema.TaggingItem),
            feeds=self._part("feeds", schema.FeedsItem),
            alerts=self._item(self._only("alerts"), schema.AlertsItem, ()),
            retention=self._part("retention", schema.RetentionItem),
            sections=self._list("sections", schema.SectionItem),
            sources=self._list("sources", schema.SourceItem),
            tags=self._list("tags", schema.TagItem),
        )

    def _unknown_keys(self) -> None:
        known = (*_KEYS, *_LISTS, *later.keys(""))
        for key in self._root:
            if key not in known:
                self.faults.append(Fault((key,), "unknown key" + did_you_mean(key, known)))

    def _part(self, key: str, model: type[_Item]) -> _Item | None:
        is_needed = any(field.is_required() for field in model.model_fields.values())
        if key not in self._root and not is_needed:
            return model()
        if key not in self._root:
            self.faults.append(Fault((key,), "required key is missing"))
            return None
        return self._item(self._root[key], model, (key,))

    def _list(self, key: str, model: type[_Item]) -> tuple[_Item | None, ...]:
        items = self._root.get(key, ())
        if isinstance(items, Series):
            return tuple(self._item(item, model, (key, at)) for at, item in enumerate(items))
        if key in self._root:
            self.faults.append(Fault((key,), wanted("list_type", items)))
        return ()

    def _item(self, value: object, model: type[_Item], path: Path) -> _Item | None:
        try:
            return model.model_validate(value, context={"folder": self._folder})
        except ValidationError as error:
            self.faults += faults_of(error, path, _keys(model))
            return None

    def _only(self, key: str) -> dict[str, object]:
        return {key: self._root[key]} if key in self._root else {}

    def _path(self, key: str, default: str, check: Callable[[FilePath, str], str]) -> str | None:
        value = self._root.get(key, default)
        if not isinstance(value, str):
            self.faults.append(Fault((key,), wanted("string_type", value)))
            return None
        return self._resolved(key, value, check)

    def _database(self, environ: str) -> str | None:
        written = self._path("database", "sqlite:///feedhub.db", values.database)
        return self._resolved(_DATABASE, environ, values.database) if environ else written

    def _resolved(self, key: str, value: str, check: Callable[[FilePath, str], str]) -> str | None:
        try:
            return check(self._folder, value)
        except ValueError as error:
            self.faults.append(Fault((key,), str(error)))
            return None


@cache
def _keys(model: type[schema.Item]) -> dict[Path, tuple[str, ...]]:
    """Return the known keys of a model and of the models in its fields, for suggestions."""
    fields = model.model_fields
    found: dict[Path, tuple[str, ...]] = {(): (*fields, *later.keys(_PLACES.get(model, "-")))}
    for name, field in fields.items():
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, schema.Item):
                found[(name,)] = tuple(kind.model_fields)
    return found
