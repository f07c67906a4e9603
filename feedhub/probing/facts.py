"""What the entries of a document have in common: times, text, headlines, trackers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from statistics import median
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from feedhub.core import probe as guess
from feedhub.core.normalise.dates import parse_time
from feedhub.core.normalise.text import plain
from feedhub.core.normalise.urls import canonical_url
from feedhub.model import ParsedEntry
from feedhub.probing.values import Facts

_LOOKED_AT = 200
"""Entries that facts are gathered from."""

_ELSEWHERE = timezone(timedelta(hours=5))
_DIALECTS = (
    ("<content:encoded", "content:encoded"),
    ("<turbo:content", "turbo:content"),
    ("<yandex:full-text", "yandex:full-text"),
    ("<rambler:fulltext", "rambler:fulltext"),
    ("<content", "content"),
    ('"content_html"', "content_html"),
    ('"content_text"', "content_text"),
    ("<description", "description"),
)


def facts_of(entries: Sequence[ParsedEntry], text: str, zone: ZoneInfo, now: datetime) -> Facts:
    """Gather the facts of a document's entries; `text` is the document, to name fields by."""
    looked = entries[:_LOOKED_AT]
    raws = [raw for entry in looked if (raw := entry.published or entry.updated)]
    read = [(parse_time(raw, zone=zone, now=now).instant, raw) for raw in raws]
    believed = [(instant, raw) for instant, raw in read if instant]
    local = [there for _, raw in believed if (there := _local(raw, now))]
    titles = [plain(entry.title) for entry in looked]
    affixes = guess.repeated_affixes(titles)
    body, has_text = _body(looked, text)
    return Facts(
        count=len(entries),
        dated=len(believed),
        zoneless=sum(_is_zoneless(raw, now) for _, raw in believed),
        newest=max((instant for instant, _ in believed), default=None),
        newest_local=max(local, default=None),
        affixes=tuple(affix.text for affix in affixes),
        affixes_why=tuple(
            f"{affix.count} of {affix.total} headlines {_END[affix.is_ending]} with «{affix.text}»"
            for affix in affixes
        ),
        has_number_titles=guess.are_numbers(titles),
        body=body,
        has_text=has_text,
        trackers=_trackers(looked),
        categories=_categories(looked),
        is_news_sitemap=bool(looked) and all(entry.published for entry in looked),
    )


_END = {True: "end", False: "begin"}


def _is_zoneless(raw: str, now: datetime) -> bool:
    """Tell whether a date names no zone: then it means another instant in another one."""
    here = parse_time(raw, zone=UTC, now=now)
    there = parse_time(raw, zone=_ELSEWHERE, now=now)
    return here.instant != there.instant


def _local(raw: str, now: datetime) -> datetime | None:
    """Return a zone-less time as it stands there, taken for UTC; None for a day without a time."""
    read = parse_time(raw, zone=UTC, now=now)
    return None if read.is_date_only or not _is_zoneless(raw, now) else read.instant


def _body(entries: Sequence[ParsedEntry], text: str) -> tuple[str, bool]:
    """Say which text of an entry is used, and whether that is more than a summary."""
    full = [len(plain(entry.content)) for entry in entries if entry.content]
    short = [len(plain(entry.summary)) for entry in entries if entry.summary]
    if full and 2 * len(full) >= len(entries):
        where = next((f" ({name})" for mark, name in _DIALECTS if mark in text), "")
        return f"full text{where}, {median(full):.0f} characters at the median", True
    if short:
        return f"summaries only, {median(short):.0f} characters at the median", False
    return "headlines only", False


def _trackers(entries: Sequence[ParsedEntry]) -> tuple[str, ...]:
    """Return the parameters of addresses that are no part of an entry's identity."""
    pairs = {
        pair
        for entry in entries
        if entry.url and "?" in entry.url
        for pair in parse_qsl(urlsplit(entry.url).query)[:20]
    }
    bare = canonical_url("https://agency.example/")
    told = (name for name, value in pairs if _is_tracker(name, value, bare))
    return tuple(sorted(set(told)))[:20]


def _is_tracker(name: str, value: str, bare: str | None) -> bool:
    is_word = re.fullmatch(r"[\w.-]{1,60}", name, re.ASCII) and re.fullmatch(
        r"[\w.-]*", value, re.ASCII
    )
    asked = (
        f"https://agency.example/?{name}={value}"
        if is_word
        else f"https://agency.example/?{name[:60]}=1"
    )
    return canonical_url(asked) == bare


def _categories(entries: Sequence[ParsedEntry]) -> tuple[str, ...]:
    names = (category.name for entry in entries for category in entry.categories[:20])
    return tuple(dict.fromkeys(plain(name)[:100] for name in names))[:20]
