"""Who the sample agencies are, and what each has published at a given instant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

OLDER = 15
"""Entries an agency has when the demonstration starts."""

WINDOW = 30
"""Entries a document holds; as with real agencies, older ones drop out."""

CORRECTED_EVERY, CORRECTED_AFTER = 6, timedelta(seconds=20)
"""Every sixth new entry is corrected some seconds after it came out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Agency:
    """An invented publisher; `every` is the time between two entries, `zone` an IANA name."""

    slug: str
    title: str
    format: Literal["rss", "atom", "json"]
    section: str
    zone: str
    every: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One publication. `paragraphs` are plain text; `picture` is a number, None for none."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    categories: tuple[str, ...]
    published: datetime
    updated: datetime
    picture: int | None = None

    @property
    def path(self) -> str:
        """Return where it is read, from the agency's root."""
        return f"/news/{self.number}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What stands in a file of texts."""

    title: str
    paragraphs: tuple[str, ...]
    categories: tuple[str, ...] = ()


AGENCIES = (
    Agency(
        slug="ministerstvo-svyazi",
        title="Министерство связи (демо)",
        format="rss",
        section="press-releases",
        zone="Europe/Minsk",
        every=timedelta(seconds=8),
    ),
    Agency(
        slug="ostrovnye-novosti",
        title="Островные новости (демо)",
        format="atom",
        section="news",
        zone="Asia/Sakhalin",
        every=timedelta(seconds=11),
    ),
    Agency(
        slug="delovoy-vestnik",
        title="Деловой вестник связи (демо)",
        format="json",
        section="companies",
        zone="Europe/Moscow",
        every=timedelta(seconds=13),
    ),
)


@cache
def texts(slug: str) -> tuple[Text, ...]:
    """Return the texts of an agency, in the order in which they come out."""
    raw = files("feedhub.demo").joinpath("texts", f"{slug}.json").read_text("utf-8")
    return tuple(
        Text(
            title=one["title"],
            paragraphs=tuple(one["paragraphs"]),
            categories=tuple(one.get("categories", ())),
        )
        for one in json.loads(raw)
    )


def published(agency: Agency, *, started: datetime, now: datetime) -> tuple[Item, ...]:
    """Return what the agency's document holds at `now`, newest first.

    When the demonstration starts there are `OLDER` entries of the days before; then one comes out
    every `agency.every`, for as long as it runs, and some are corrected later.
    """
    fresh = max(0, (now - started) // agency.every)
    last = OLDER + fresh
    return tuple(
        _corrected(item, now)
        for item in _items(agency, started, range(last, max(0, last - WINDOW), -1))
    )


def _items(agency: Agency, started: datetime, numbers: range) -> Iterator[Item]:
    known = texts(agency.slug)
    for number in numbers:
        lap, place = divmod(number - 1, len(known))
        text = known[place]
        when = _published_at(agency, started, number)
        yield Item(
            number=number,
            title=text.title if lap == 0 else f"{text.title} (выпуск {lap + 1})",
            paragraphs=text.paragraphs if lap == 0 else _varied(text.paragraphs, lap + 1),
            categories=text.categories,
            published=when,
            updated=when,
            picture=place % 5 if agency.format == "atom" and place % 2 == 0 else None,
        )


def _published_at(agency: Agency, started: datetime, number: int) -> datetime:
    """Return when an entry came out: older ones hours apart, new ones at the agency's pace."""
    if number > OLDER:
        return started + (number - OLDER) * agency.every
    before = OLDER - number
    return started - timedelta(minutes=11 + 173 * before + 7 * (before * before % 13))


def _varied(paragraphs: tuple[str, ...], issue: int) -> tuple[str, ...]:
    return (*paragraphs, f"Это {issue}-е сообщение на эту тему; предыдущие доступны на сайте.")


def _corrected(item: Item, now: datetime) -> Item:
    """Return the item as it reads at `now`: some get a correction."""
    corrected = item.published + CORRECTED_AFTER
    if item.number <= OLDER or item.number % CORRECTED_EVERY or corrected > now:
        return item
    note = "Уточнено: сведения в первом абзаце сверены и дополнены."
    return replace(item, paragraphs=(*item.paragraphs, note), updated=corrected)
