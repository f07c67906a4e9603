"""The door to all formats: what a feed says is made fit for the wire here, once.

Behind it every string is legal, every address is absolute ASCII, every entry has a title, and
a withdrawn entry has nothing left but its headline. The formats only spell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

from feedhub.core.render.wire import ascii_id, ascii_url, language_tag, media_type, one_line, scrub
from feedhub.model import (
    Enclosure,
    Event,
    Image,
    OutEntry,
    OutFeed,
    OutSection,
    OutSource,
    OutTag,
    SeeAlso,
    Withdrawn,
)


@dataclass(frozen=True, slots=True)
class Words:
    """What we say ourselves in a feed, in its language."""

    untitled: str
    withdrawn: str


_RUSSIAN = Words(untitled="(без названия)", withdrawn="Снято")
_ENGLISH = Words(untitled="(untitled)", withdrawn="Withdrawn")


def words(language: str) -> Words:
    """Return our words in Russian for a Russian feed, in English for any other."""
    return _RUSSIAN if language.lower().split("-")[0] == "ru" else _ENGLISH


def admit(feed: OutFeed) -> OutFeed:
    """Return the feed made fit for every format.

    Its `updated` is never older than its newest entry's: no validator sees that fault, and
    readers that trust it miss the entry.
    """
    language = language_tag(feed.language, "ru")
    once = _Once(tag=cache(_tag), section=cache(_section), source=cache(_source))
    entries = tuple(_entry(entry, words(language), language, once) for entry in feed.entries)
    title = one_line(feed.title)
    return replace(
        feed,
        id=ascii_id(feed.id),
        title=title or one_line(feed.site_title) or words(language).untitled,
        subtitle=one_line(feed.subtitle),
        page_url=ascii_url(feed.page_url) or feed.page_url,
        self_url=ascii_url(feed.self_url) or feed.self_url,
        language=language,
        updated=max([feed.updated, *(entry.updated for entry in entries)]),
        site_title=one_line(feed.site_title) or title or words(language).untitled,
        icon_url=ascii_url(feed.icon_url),
        generator_version=one_line(feed.generator_version),
        entries=entries,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Once:
    """What many entries of one feed share, made fit once: that is half of the door's time."""

    tag: Callable[[OutTag], OutTag]
    section: Callable[[OutSection], OutSection]
    source: Callable[[OutSource], OutSource]


def _entry(entry: OutEntry, ours: Words, language: str, once: _Once) -> OutEntry:
    page_url = ascii_url(entry.page_url) or entry.page_url
    shown = replace(
        entry,
        id=ascii_id(entry.id),
        url=ascii_url(entry.url) or page_url,
        page_url=page_url,
        title=one_line(entry.title) or ours.untitled,
        updated=max(entry.updated, entry.published),
        authors=_lines(entry.authors),
        language=language_tag(entry.language, language),
        tags=tuple(map(once.tag, entry.tags)),
        section=once.section(entry.section),
        source=once.source(entry.source),
    )
    taken_back = entry.withdrawn
    return _without_text(shown, taken_back, ours) if taken_back else _with_text(shown)


def _with_text(entry: OutEntry) -> OutEntry:
    return replace(
        entry,
        summary=scrub(entry.summary),
        content=scrub(entry.content),
        image=_image(entry.image),
        enclosures=_enclosures(entry.enclosures),
        see_also=_see_also(entry.see_also),
        event=_event(entry.event),
    )


def _without_text(entry: OutEntry, taken_back: Withdrawn, ours: Words) -> OutEntry:
    """Return what stays of a withdrawn entry: its id, its headline, and our page of it."""
    return replace(
        entry,
        title=f"{ours.withdrawn}: {entry.title}",
        url=entry.page_url,
        summary="",
        content="",
        image=None,
        enclosures=(),
        see_also=(),
        event=None,
        updated=taken_back.at,
        withdrawn=replace(taken_back, reason=one_line(taken_back.reason)),
    )


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(line for line in map(one_line, texts) if line)


def _tag(tag: OutTag) -> OutTag:
    slug = one_line(tag.slug)
    return replace(
        tag, slug=slug, name=one_line(tag.name) or slug, url=ascii_url(tag.url) or tag.url
    )


def _section(section: OutSection) -> OutSection:
    slug = one_line(section.slug)
    return replace(
        section,
        slug=slug,
        title=one_line(section.title) or slug,
        url=ascii_url(section.url) or section.url,
    )


def _source(source: OutSource) -> OutSource:
    return replace(
        source,
        slug=one_line(source.slug),
        title=one_line(source.title) or one_line(source.slug),
        home_page_url=ascii_url(source.home_page_url),
        feed_url=ascii_url(source.feed_url),
        url=ascii_url(source.url) or source.url,
    )


def _image(image: Image | None) -> Image | None:
    """Return the picture with a type; where neither source nor suffix tells, it is a JPEG.

    An RSS enclosure and a JSON Feed attachment must have a type, and pictures on addresses
    without a suffix are nearly always JPEG.
    """
    url = ascii_url(image.url) if image else None
    if image is None or url is None:
        return None
    return replace(
        image,
        url=url,
        type=media_type(image.type, url, "image/jpeg"),
        alt=one_line(image.alt),
        caption=one_line(image.caption),
        credit=one_line(image.credit),
    )


def _enclosures(enclosures: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    pairs = ((enclosure, ascii_url(enclosure.url)) for enclosure in enclosures)
    return tuple(
        replace(each, url=url, type=media_type(each.type, url, "application/octet-stream"))
        for each, url in pairs
        if url
    )


def _see_also(links: Iterable[SeeAlso]) -> tuple[SeeAlso, ...]:
    pairs = ((one_line(link.title), ascii_url(link.url)) for link in links)
    return tuple(SeeAlso(title=title or url, url=url) for title, url in pairs if url)


def _event(event: Event | None) -> Event | None:
    if event is None:
        return None
    return replace(event, place=one_line(event.place), url=ascii_url(event.url))
