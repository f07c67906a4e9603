"""The keys of config.yaml as pydantic models: names, types, bounds, one value at a time.

What concerns several values at once (unique slugs, sections that exist) stands in `rules`; keys
that a later capability will serve stand in `later`. Only given keys count: `given(item)`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, LiteralString

# It would look through everything that is installed for plugins (20 ms), which have no say here.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError, core_schema

from feedhub.config import addresses, units, values
from feedhub.model import BodyPolicy, SourceKind, TagKind


def _word(value: object) -> object:
    """Take a whole number for a word: a tag `2026` needs no quotes."""
    return str(value) if type(value) is int else value


def _every(value: object) -> timedelta | None:
    try:
        return None if value == "auto" else units.duration(value)
    except ValueError:
        raise ValueError("write auto, or a time with its unit: 30s, 5m, 1h or 7d") from None


def _codec(value: object) -> str | None:
    if not isinstance(value, str):
        raise ValueError("write auto, or an encoding as windows-1251")
    return values.codec(value)


def _age(value: object) -> timedelta:
    age = units.duration(value)
    if age <= timedelta(0):
        raise ValueError("must be longer than nothing")
    return age


def _seconds(least: float, most: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        seconds = units.duration(value).total_seconds()
        if not least <= seconds <= most:
            raise ValueError(f"must be from {least:g}s to {most:g}s")
        return seconds

    return check


def _bytes(value: object) -> int:
    size = units.size(value)
    if not 1024 <= size <= 2**30:
        raise ValueError("must be from 1KiB to 1GiB")
    return size


def _days(value: object) -> timedelta:
    age = units.duration(value)
    if not timedelta(days=1) <= age <= timedelta(days=3650):
        raise ValueError("must be from 1d to 3650d")
    return age


class _TextOr:
    """Lets a text stand for a mapping, so that errors speak of the one that was written."""

    def __init__(self, item: type[Item], kind: LiteralString) -> None:
        self._item, self._kind = item, kind

    def __get_pydantic_core_schema__(
        self, _: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        mapping = handler.generate_schema(self._item)
        return core_schema.no_info_wrap_validator_function(self._read, mapping)

    def _read(self, value: object, read: Callable[[object], object]) -> object:
        if isinstance(value, str) or type(value) is int:
            return values.text(str(value))
        if value is None:
            return None
        if isinstance(value, dict):
            return read(value)
        raise PydanticCustomError(self._kind, "neither text nor a mapping")


def _in_folder(check: Callable[[Path, str], str]) -> Callable[[str, ValidationInfo], str]:
    def resolved(value: str, info: ValidationInfo) -> str:
        return check((info.context or {})["folder"], value)

    return resolved


def _logo(folder: Path, value: str) -> str:
    if value.startswith(("http://", "https://")):
        return addresses.source_url(value)
    return values.existing_file(folder, value)


def _private(value: str) -> str:
    addresses.private(value)
    return value


Text = Annotated[str, BeforeValidator(_word), AfterValidator(values.text)]
Slug = Annotated[str, BeforeValidator(_word), AfterValidator(values.slug)]
Zone = Annotated[str, AfterValidator(values.zone)]
Pattern = Annotated[str, AfterValidator(values.pattern)]
Url = Annotated[str, AfterValidator(addresses.source_url)]
Proxy = Annotated[str, AfterValidator(addresses.proxy_url)]
ExistingFile = Annotated[str, AfterValidator(_in_folder(values.existing_file))]
Seconds = Annotated[float, BeforeValidator(_seconds(0.1, 600))]
Weight = Annotated[float, Field(ge=0, le=1000)]


class Item(BaseModel):
    """A mapping of the file: strict about types, without unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SiteItem(Item):
    """`site`."""

    title: Text = "FeedHub"
    base_url: Annotated[str, AfterValidator(addresses.base_url)] | None = None
    language: Literal["ru", "en"] = "ru"
    timezone: Zone = "Europe/Moscow"
    accent: Annotated[str, AfterValidator(values.colour)] = "#1d4f91"
    logo: Annotated[str, AfterValidator(_in_folder(_logo))] | None = None


class SectionItem(Item):
    """One of `sections`."""

    slug: Slug
    title: Text


class TimeoutItem(Item):
    """`timeout`, in seconds."""

    connect: Seconds = 10.0
    total: Seconds = 30.0


class FetchItem(Item):
    """`fetch`."""

    concurrency: Annotated[int, Field(ge=1, le=1000)] = 64
    per_host: Annotated[int, Field(ge=1, le=100)] = 2
    gap: Annotated[float, BeforeValidator(_seconds(0, 3600))] = 1.0
    timeout: TimeoutItem = TimeoutItem()
    max_bytes: Annotated[int, BeforeValidator(_bytes)] = 15 * 2**20
    user_agent: Annotated[str, AfterValidator(values.user_agent)] = (
        "FeedHub/{version} (+{base_url})"
    )
    allow_private: list[Annotated[str, AfterValidator(_private)]] = []
    proxy: Proxy | None = None
    ca_bundle: ExistingFile | None = None


class TitleItem(Item):
    """`title` of a source, as a mapping: its name, and what is done to its headlines."""

    name: Text | None = None
    pattern: Annotated[str, AfterValidator(values.title_pattern)] | None = None
    strip: list[Annotated[str, BeforeValidator(_word), AfterValidator(values.edge)]] = Field(
        default_factory=list
    )


class PageItem(Item):
    """`page` of a source: selectors, judged where HTML is read (see `kinds`)."""

    item: str
    title: str | None = None
    link: str | None = None
    date: str | None = None
    image: str | None = None
    article: str | None = None
    include: str | None = None
    exclude: str | None = None


class JsonItem(Item):
    """`json` of a source: field paths, judged where JSON is read (see `kinds`)."""

    items: str = ""
    id: str | None = None
    title: str | None = None
    url: str | None = None
    date: str | None = None
    body: str | None = None
    image: str | None = None


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # a model has a method `json`, of old; nobody here calls it

    class _WithJson(Item):
        json: JsonItem | None = None  # type: ignore[assignment]


class Rules(_WithJson):
    """`defaults`: what every source may say; any source key but `url` and `slug`."""

    title: Annotated[TitleItem | str | None, _TextOr(TitleItem, "title_type")] = None
    kind: SourceKind = "feed"
    fallback_urls: list[Url] = Field(default_factory=list)  # a default that is copied is dearer
    warm_up: Url | None = None
    trust: Annotated[int, Field(ge=0, le=100)] = 50
    section: Slug = "news"
    tags: list[Text] = Field(default_factory=list)
    every: Annotated[timedelta | None, BeforeValidator(_every)] = None
    timezone: Zone = "Europe/Moscow"
    encoding: Annotated[str | None, BeforeValidator(_codec)] = None
    body: BodyPolicy = "full"
    ca_bundle: ExistingFile | None = None
    proxy: Proxy | None = None
    headers: dict[
        Annotated[str, AfterValidator(values.header_name)],
        Annotated[str, BeforeValidator(_word), AfterValidator(values.header_value)],
    ] = Field(default_factory=dict)
    include: Pattern | None = None
    exclude: Pattern | None = None
    categories: dict[Text, Text | None] = Field(default_factory=dict)
    max_age: Annotated[timedelta, BeforeValidator(_age)] | None = None
    timeout: TimeoutItem | None = None
    body_strip: list[Pattern] = Field(default_factory=list)
    page: PageItem | None = None
    paused: bool = False


class SourceItem(Rules):
    """One of `sources`."""

    url: Url
    slug: Slug | None = None


class TagItem(Item):
    """One of `tags`."""

    name: Text
    slug: Slug | None = None
    kind: TagKind = "topic"
    aliases: list[Text] = []
    parent: Text | None = None
    match: list[Annotated[str, BeforeValidator(_word), AfterValidator(values.keyword)]] | None = (
        None
    )
    unless_near: list[Text] = []


class WeightsItem(Item):
    """`tagging.weights`."""

    title: Weight = 3
    lead: Weight = 2
    body: Weight = 1


class TaggingItem(Item):
    """`tagging`."""

    weights: WeightsItem = WeightsItem()
    threshold: Annotated[float, Field(gt=0, le=1000)] = 3


class FeedsItem(Item):
    """`feeds`."""

    items: Annotated[int, Field(ge=1, le=10_000)] = 50
    max_items: Annotated[int, Field(ge=1, le=10_000)] = 500


class AlertsItem(Item):
    """`alerts`, as if it were a mapping of its own."""

    alerts: list[Annotated[str, AfterValidator(values.alert_address)]] = []


class RetentionItem(Item):
    """`retention`; entries stay for ever, as yet."""

    poll_log: Annotated[timedelta, BeforeValidator(_days)] = timedelta(days=30)


def given(item: Item) -> dict[str, Any]:
    """Return the keys that stand in the file, with their values made ready."""
    held = item.__dict__
    return {key: held[key] for key in item.model_fields_set}
