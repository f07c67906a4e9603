"""The fields of an entry: its texts, times, people, categories, language and digest."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from feedhub.core.normalise.dates import parse_time
from feedhub.core.normalise.html import Cleaned
from feedhub.core.normalise.lines import credit_of
from feedhub.core.normalise.text import (
    TITLE_CHARS,
    clip,
    decode,
    one_line,
    opening,
    plain,
    reading_minutes,
    scrub,
    teaser,
)
from feedhub.model import Category, Enclosure, Event, Image, ParsedEntry, SeeAlso

MAX_AUTHORS, AUTHOR_CHARS = 10, 200
MAX_CATEGORIES, CATEGORY_CHARS = 50, 200
SUMMARY_CHARS = 500
"""A source's only description that is longer is its text; its summary is then the teaser."""

_FEW = 512
"""So many authors, categories and languages are kept as read: those of a source are few."""

_LEAD_CHARS = 2_000
_HEADLINE_CHARS = 120
_UNTITLED = {"ru": "(без названия)", "be": "(без назвы)"}
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_MAIL_NAME = re.compile(r"\S+@\S+\s+\((.+)\)")


class Texts(NamedTuple):
    """The texts of an entry, each in the form a reader sees."""

    title: str
    summary: str
    content: str
    text: str
    lead: str
    teaser: str
    reading_minutes: int


class Times(NamedTuple):
    """When an entry was published and changed, as far as its document can be believed."""

    published: datetime | None
    raw: str | None
    why: str
    is_date_only: bool
    updated: datetime | None


def texts_of(
    parsed: ParsedEntry,
    body: Cleaned,
    short: Cleaned,
    *,
    image: Image | None,
    language: str,
    url: str | None,
) -> Texts:
    """Choose and cut the texts: `body` is the full text, `short` the source's own description.

    A short one twice as long as the full one is the text. A photo credit line leaves the content
    only where the picture carries that credit.
    """
    fullest = short if len(short.text) > 2 * len(body.text) else body
    has_carrier = image is not None and image.credit == body.credit
    links = tuple(words for _, words in fullest.links[:20] if len(words) > 3)
    lead, brief = opening(fullest.prose, links)
    if parsed.lead:
        lead = plain(parsed.lead, _LEAD_CHARS)
        brief = teaser(lead)
    return Texts(
        title=plain(parsed.title, TITLE_CHARS) or _headline(lead, url, language),
        summary=_summary(body, short, brief),
        content=body.uncredited if has_carrier else body.html,
        text=fullest.text,
        lead=lead,
        teaser=brief,
        reading_minutes=reading_minutes(fullest.text),
    )


def _summary(body: Cleaned, short: Cleaned, brief: str) -> str:
    is_only = not body.text or body.text == short.text
    if is_only and len(one_line(short.text[: 2 * SUMMARY_CHARS])) > SUMMARY_CHARS:
        return brief
    line = one_line(short.text)
    return brief if not line or (is_only and len(line) > SUMMARY_CHARS) else line


def _headline(lead: str, url: str | None, language: str) -> str:
    if lead:
        return clip(teaser(lead) if len(lead) > _HEADLINE_CHARS else lead, _HEADLINE_CHARS)
    return url or _UNTITLED.get(language.partition("-")[0], "(untitled)")


def times_of(parsed: ParsedEntry, *, zone: str, now: datetime) -> Times:
    """Read when an entry was published and updated, in the source's zone where none is given.

    Without a believable time of publication that of the update counts; an update counts as one
    only when it is later.
    """
    where = ZoneInfo(zone)
    published = parse_time(parsed.published, zone=where, now=now)
    is_twice = parsed.updated == parsed.published
    updated = published if is_twice else parse_time(parsed.updated, zone=where, now=now)
    if published.instant is None and updated.instant is not None:
        return Times(
            published=updated.instant,
            raw=_raw(parsed.published) or _raw(parsed.updated),
            why=f"{updated.why}; from its time of update, as for publication: {published.why}",
            is_date_only=updated.is_date_only,
            updated=None,
        )
    is_later = (
        published.instant is not None
        and updated.instant is not None
        and updated.instant > published.instant
        and not (updated.is_date_only and updated.day == published.day)
    )
    return Times(
        published=published.instant,
        raw=_raw(parsed.published),
        why=published.why,
        is_date_only=published.is_date_only,
        updated=updated.instant if is_later else None,
    )


def _raw(value: str | None) -> str | None:
    return scrub(value)[:200] if value else None


def authors_of(raw: Iterable[str]) -> tuple[str, ...]:
    """Return who wrote it, as plain text: no photo credits, each name once, at most 10."""
    names: dict[str, str] = {}
    for author in raw:
        if name := _author(author[:2_000]):
            names.setdefault(name.casefold(), name)
    return tuple(names.values())[:MAX_AUTHORS]


@lru_cache(maxsize=_FEW)
def _author(written: str) -> str:
    name = plain(written, AUTHOR_CHARS)
    if found := _MAIL_NAME.fullmatch(name):
        name = found[1].strip()
    return "" if credit_of(name) else name


def categories_of(raw: Iterable[Category]) -> tuple[Category, ...]:
    """Return what the source says an entry is about, as plain text, each once, at most 50."""
    kept = dict.fromkeys(
        _category(each.term[:2_000], (each.label or "")[:2_000], (each.scheme or "")[:2_000])
        for each in raw
    )
    return tuple(each for each in kept if each)[:MAX_CATEGORIES]


@lru_cache(maxsize=_FEW)
def _category(term: str, label: str, scheme: str) -> Category | None:
    term = plain(term)[:CATEGORY_CHARS].strip()
    label = plain(label)[:CATEGORY_CHARS].strip()
    if not (term or label):
        return None
    scheme = scrub(scheme)[:500].strip()
    return Category(term=term or label, scheme=scheme or None, label=label or None)


def language_of(*claims: str | None) -> str:
    """Return the first claim that looks like a language tag, in lower case, `-` between parts."""
    for claim in claims:
        if claim and (tag := _language(claim.strip()[:35])):
            return tag
    return "ru"


@lru_cache(maxsize=_FEW)
def _language(claim: str) -> str:
    tag = claim.lower().replace("_", "-")[:35]
    return tag if _LANGUAGE.fullmatch(tag) else ""


def see_also_of(*groups: Iterable[SeeAlso]) -> tuple[SeeAlso, ...]:
    """Join see-also links, each address once, the first title given counts."""
    kept: dict[str, SeeAlso] = {}
    for each in (each for group in groups for each in group if each.url):
        kept.setdefault(each.url, replace(each, title=plain(each.title, TITLE_CHARS)))
    return tuple(kept.values())


def digest_of(
    texts: Texts,
    *,
    authors: Iterable[str],
    image: Image | None,
    enclosures: Iterable[Enclosure],
    see_also: Iterable[SeeAlso],
    event: Event | None = None,
    section: str = "",
) -> str:
    """Return an entry's digest.

    It covers what a reader sees: neither times nor categories, tags or order; nor the address,
    for a source that moves has not rewritten its archive; the section only of a local article, as
    that of a source is the admin's.
    """
    parts: list[Iterable[str]] = [
        (texts.title, texts.content, texts.summary),
        authors,
        (image.url, image.credit) if image else (),
        [each.url for each in enclosures],
        [part for each in see_also for part in (each.title, each.url)],
        (texts.lead,),
        (event.start.isoformat(), str(event.end), event.place, event.url or "") if event else (),
        (section,) if section else (),
    ]
    written = "\x1e".join(["\x1f".join(part) for part in parts]).encode("utf-8", "replace")
    return blake2b(written, digest_size=16).hexdigest()


def title_start(parsed: ParsedEntry) -> str:
    """Return the start of a headline, to name an entry to the admin."""
    return (
        scrub(decode(str(parsed.title)[:300])).strip()[:60]
        or parsed.url
        or parsed.guid
        or "untitled"
    )
