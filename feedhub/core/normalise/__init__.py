"""The normalise stage: what a document says becomes entries fit for the store.

Each entry gets its identity, believable times, clean HTML with absolute addresses, plain texts,
a lead picture and a digest. One entry failing costs that entry only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from feedhub.core.normalise import fields, media
from feedhub.core.normalise.html import NOTHING, Cleaned, clean, own_or_absolute
from feedhub.core.normalise.identity import Identified, check, guid_identity, identify
from feedhub.core.normalise.lines import without_credit
from feedhub.core.normalise.own_rules import all_compiled, compiled, headline, without
from feedhub.core.normalise.stamps import ground, stamp
from feedhub.core.normalise.text import plain
from feedhub.core.normalise.urls import absolute_url
from feedhub.model import LOCAL, Entry, ParsedEntry, ParsedFeed, Source, TitleRules

__all__ = ["Normalised", "guid_identity", "normalise", "normalise_article"]

_NO_RULES = TitleRules()
_HAYSTACK = 10_000
"""Characters of title and summary that `include` and `exclude` are tried on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Normalised:
    """What a document came to: entries in document order, and sentences for the admin.

    `refused` pairs the identity of each entry that the source's rules leave out with the reason;
    `seen` are the identities of those that were not made because their stamp is known.
    """

    entries: tuple[Entry, ...] = ()
    seen: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


def normalise(
    feed: ParsedFeed,
    source: Source,
    *,
    now: datetime,
    known: frozenset[str] = frozenset(),
    fuller: Callable[[ParsedEntry], ParsedEntry | None] | None = None,
) -> Normalised:
    """Make entries of a source's document; `now` is an aware instant.

    `fuller` completes an entry that is to be made, after its stamp was taken; None leaves it out.
    An entry that fails becomes a sentence in `problems`; one that the source's `max_age`,
    `include` or `exclude` leaves out stands in `refused`; one whose stamp is among `known` is
    only named in `seen`.
    """
    entries: list[Entry] = []
    seen: list[str] = []
    base = ground(feed, source)
    problems: list[str] = []
    refused: list[tuple[str, str]] = []
    refusal = _refusal(source, now)
    for found in _identified(feed, problems):
        mark = stamp(found.entry, base)
        if mark in known:
            seen.append(found.identity)
            continue
        if fuller is not None:
            full = fuller(found.entry)
            if full is None:
                continue
            found = found._replace(entry=full)
        try:
            found = found._replace(entry=_without_strips(found.entry, source))
            entry, complaints = _entry(found, feed, source, now, mark)
        except Exception as error:
            problems.append(_unread(feed, found.entry, error))
            continue
        problems += [f"{_name(feed, found.entry)}: {complaint}" for complaint in complaints]
        if reason := refusal(entry):
            refused.append((entry.identity, reason))
        else:
            entries.append(entry)
    return Normalised(
        entries=tuple(entries),
        seen=tuple(seen),
        problems=tuple(problems),
        refused=tuple(refused),
    )


def _identified(feed: ParsedFeed, problems: list[str]) -> tuple[Identified, ...]:
    """Identify what has anything to say; where that fails, what it fails for is left out."""
    held = tuple(entry for entry in feed.entries if not _is_hollow(entry))
    if len(held) < len(feed.entries):
        places = enumerate(feed.entries, start=1)
        problems += [f"entry {place} is empty" for place, entry in places if _is_hollow(entry)]
    try:
        return identify(held)
    except Exception:
        return identify(tuple(entry for entry in held if _is_sound(entry, feed, problems)))


def _is_hollow(entry: ParsedEntry) -> bool:
    """Tell whether an entry has nothing to show, to be found at or to be known by."""
    told = (entry.title, entry.summary, entry.content, entry.guid, entry.url, entry.published)
    return not (any(told) or entry.enclosures)


def _is_sound(entry: ParsedEntry, feed: ParsedFeed, problems: list[str]) -> bool:
    try:
        check(entry)
    except Exception as error:
        problems.append(_unread(feed, entry, error))
        return False
    return True


def _unread(feed: ParsedFeed, entry: ParsedEntry, error: Exception) -> str:
    return f"{_name(feed, entry)} could not be read: {type(error).__name__}: {error}"[:500]


def _name(feed: ParsedFeed, entry: ParsedEntry) -> str:
    place = feed.entries.index(entry) + 1
    return f'entry {place} ("{fields.title_start(entry)}")'


def _entry(
    found: Identified, feed: ParsedFeed, source: Source, now: datetime, mark: str
) -> tuple[Entry, tuple[str, ...]]:
    parsed = found.entry
    url = absolute_url(parsed.url, parsed.base_url or feed.home_url) if parsed.url else None
    base = parsed.base_url or url or feed.home_url or source.url
    resolve = partial(absolute_url, base=base)
    body, short = _bodies(parsed, partial(clean, base=base))
    image = media.lead_image(
        parsed.images,
        body.images or short.images,
        parsed.enclosures,
        resolve=resolve,
        credit=body.credit or short.credit,
    )
    language = fields.language_of(parsed.language, feed.language, source.language)
    texts = fields.texts_of(parsed, body, short, image=image, language=language, url=url)
    if source.title_rules != _NO_RULES:
        texts = texts._replace(title=headline(texts.title, texts.text, source.title_rules))
    times = fields.times_of(parsed, zone=source.timezone, now=now)
    authors = fields.authors_of(parsed.authors)
    files = media.enclosures(parsed.enclosures, resolve=resolve)
    see_also = fields.see_also_of(body.see_also)
    entry = Entry(
        source=source.slug,
        identity=found.identity,
        identity_why=found.why,
        uri=found.uri,
        url=url,
        canonical_url=found.canonical_url,
        title=texts.title,
        summary=texts.summary,
        content=texts.content,
        text=texts.text,
        lead=texts.lead,
        teaser=texts.teaser,
        authors=authors,
        published=times.published,
        published_raw=times.raw,
        published_why=times.why,
        date_only=times.is_date_only,
        updated=times.updated,
        language=language,
        section=source.section,
        categories=fields.categories_of(parsed.categories),
        enclosures=files,
        image=image,
        see_also=see_also,
        reading_minutes=texts.reading_minutes,
        digest=fields.digest_of(
            texts,
            authors=authors,
            image=image,
            enclosures=files,
            see_also=see_also,
        ),
        stamp=mark,
    )
    return entry, body.problems


def _without_strips(parsed: ParsedEntry, source: Source) -> ParsedEntry:
    """Cut what the admin wants cut out of a source's texts."""
    if not source.body_strip:
        return parsed
    patterns = all_compiled(source.body_strip)
    return replace(
        parsed,
        content=without(parsed.content, patterns),
        summary=without(parsed.summary, patterns),
    )


def _bodies(parsed: ParsedEntry, wash: Callable[[str], Cleaned]) -> tuple[Cleaned, Cleaned]:
    """Clean the full text and the short one; the short one stands in where there is no other.

    Beside a full text only the words of the short one are read: that is five times faster.
    """
    if not parsed.content or parsed.content == parsed.summary:
        short = wash(parsed.summary)
        return short, short
    body = wash(parsed.content)
    brief = without_credit(plain(parsed.summary))
    has_more = len(brief) > 2 * len(body.text) or ("<img" in parsed.summary and not body.images)
    short = wash(parsed.summary) if has_more else Cleaned(text=brief)
    return (body, short) if body.html else (short, short)


def normalise_article(
    parsed: ParsedEntry, *, identity: str, section: str, language: str, zone: str, now: datetime
) -> Entry:
    """Make an entry of a local article; `identity` is its file's, `zone` the site's.

    Root-relative addresses (`/media/...`, `/entries/...`) stay: they are ours. Without a time of
    its own `published` is None, and the caller decides.
    """
    wash = partial(clean, base=None, keep_relative=True)
    body = wash(parsed.content or parsed.summary)
    short = wash(parsed.summary) if parsed.content else NOTHING
    image = media.named_by_editor(parsed.images[:1], resolve=own_or_absolute) or media.lead_image(
        (), body.images, parsed.enclosures, resolve=own_or_absolute, credit=body.credit
    )
    tongue = fields.language_of(parsed.language, language)
    texts = fields.texts_of(parsed, body, short, image=image, language=tongue, url=None)
    times = fields.times_of(parsed, zone=zone, now=now)
    named = (replace(each, url=own_or_absolute(each.url) or "") for each in parsed.see_also)
    authors = fields.authors_of(parsed.authors)
    files = media.enclosures(parsed.enclosures, resolve=own_or_absolute)
    see_also = fields.see_also_of(named, body.see_also)
    own_section = parsed.section or section
    return Entry(
        source=LOCAL,
        identity=identity,
        identity_why="the article's file",
        title=texts.title,
        summary=texts.summary,
        content=texts.content,
        text=texts.text,
        lead=texts.lead,
        teaser=texts.teaser,
        authors=authors,
        published=parsed.published_at or times.published,
        published_raw=times.raw,
        published_why="as the article says" if parsed.published_at else times.why,
        date_only=False if parsed.published_at else times.is_date_only,
        updated=parsed.updated_at or times.updated,
        language=tongue,
        section=own_section,
        categories=fields.categories_of(parsed.categories),
        enclosures=files,
        image=image,
        see_also=see_also,
        reading_minutes=texts.reading_minutes,
        event=parsed.event,
        slug=parsed.slug,
        own_tags=parsed.tags,
        digest=fields.digest_of(
            texts,
            authors=authors,
            image=image,
            enclosures=files,
            see_also=see_also,
            event=parsed.event,
            section=own_section,
        ),
    )


def _refusal(source: Source, now: datetime) -> Callable[[Entry], str]:
    """Return what says why an entry is left out by the source's rules, or an empty string."""
    wanted = compiled(source.include) if source.include else None
    unwanted = compiled(source.exclude) if source.exclude else None
    oldest = now - source.max_age if source.max_age else None

    def reason(entry: Entry) -> str:
        told = f"{entry.title}\n{entry.summary}"[:_HAYSTACK]
        if oldest is not None and entry.published is not None and entry.published < oldest:
            return f"older than max_age {_span(source.max_age)}"
        if wanted is not None and not wanted.search(told):
            return f'include: nothing matches "{source.include}"'
        if unwanted is not None and (hit := unwanted.search(told)):
            return f'exclude: "{hit[0][:80]}"'
        return ""

    return reason


def _span(age: timedelta | None) -> str:
    """Write a span the way config.yaml does: 30d, 12h, 5m, 1s."""
    seconds = int(age.total_seconds()) if age else 0
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
