"""The flow of a probe: what a person wrote is searched, the best find is proved and described.

    address ─► Search ─► the best find ─► zone, title, rules ─► refine, as a poll would ─► Probe

At most twelve requests, all of them through the guarded client, which keeps the gap at each host;
documents are read in worker processes. Nothing is stored, and nothing is raised for what a site does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from feedhub.config import addresses
from feedhub.core.parse.telegram import channel_url
from feedhub.core.probe import Clues, ZoneGuess, guess_zone, repeated_lines
from feedhub.errors import FeedHubError
from feedhub.model import Entry, Settings, Source, Tagged
from feedhub.probing import telling
from feedhub.probing.choice import Find, alternative
from feedhub.probing.item import item_of, proposed
from feedhub.probing.search import Fetch, Run, Search
from feedhub.probing.values import Document, Examined, Probe, Sample, Step, TagShown
from feedhub.refine import Refined

REQUESTS = 12
SECONDS = 180.0
"""After so long no further address is asked; what was found by then is shown."""

SAMPLES = 5
_TELEGRAM_HOSTS = ("t.me/", "telegram.me/", "@", "tg:")


def starts(address: str) -> tuple[str, ...]:
    """Return the addresses that a person may mean, in the order to try them.

    Takes `site.example`, a full address, `feed://...`, `@channel` and `t.me/channel`. Raises
    ValueError, a sentence, for what is no address of the web.
    """
    written = address.strip()
    bare = written.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    if bare.startswith(_TELEGRAM_HOSTS):
        return (channel_url(written),)
    if written.lower().startswith("feed:"):
        rest = written[5:].removeprefix("//")
        written = rest if "://" in rest else f"http://{rest}"
    if "://" in written:
        return (addresses.source_url(written),)
    return (addresses.source_url(f"https://{written}"), f"http://{written}")


async def probe(
    address: str,
    settings: Settings,
    *,
    fetch: Fetch,
    run: Run,
    now: datetime,
    tell: Callable[[Step], None] = lambda step: None,
    requests: int = REQUESTS,
    seconds: float = SECONDS,
) -> Probe:
    """Find out how to read the site at an address; return a ready item with all that speaks for it.

    `run` runs work in a process that `prepare_worker` prepared; `tell` hears of each step as it is
    done. Raises ValueError, a sentence, for what is no address.
    """
    wanted = starts(address)
    search = Search(settings, fetch=fetch, run=run, now=now, tell=tell, requests=requests)
    told: list[str] = []
    try:
        async with asyncio.timeout(seconds):
            await search.look(wanted)
    except TimeoutError:
        told.append(f"the search was ended after {seconds:g} s; this is what was found by then")
    for find in search.ranked:
        source, zone = _proposed(find, search, settings)
        try:
            refined = await search.refined(find, source)
        except (FeedHubError, MemoryError) as error:
            refined = Refined(error=str(error) or "it took too much memory")
        if not refined.error:
            return _found(address, find, source, zone, refined, search, settings, told, now)
        told.append(f"{find.url} was not read: {refined.error}")
    advice = telling.advice(wanted[0], search.first, search.steps)
    return Probe(address=address, steps=tuple(search.steps), warnings=tuple(told), advice=advice)


def _proposed(find: Find, search: Search, settings: Settings) -> tuple[Source, ZoneGuess]:
    zone = _zone(find, settings.site.timezone)
    first = search.first
    page_title = first.title if isinstance(first, Examined) and first.is_page else ""
    source = proposed(find.examined, find.url, settings, zone=zone.zone, page_title=page_title)
    return source, zone


def _found(
    address: str,
    find: Find,
    source: Source,
    zone: ZoneGuess,
    refined: Refined,
    search: Search,
    settings: Settings,
    told: Sequence[str],
    now: datetime,
) -> Probe:
    doubts = telling.doubts(find.examined, refined.entries, refined.notices, now)
    known = telling.known_already(source.url, settings)
    others = (alternative(other, now) for other in search.ranked if other is not find)
    return Probe(
        address=address,
        steps=tuple(search.steps),
        document=_document(find, source, zone, refined),
        samples=_samples(refined.entries),
        warnings=(*known, *told, *doubts),
        alternatives=tuple(others),
        item=item_of(source, settings),
    )


def _document(find: Find, source: Source, zone: ZoneGuess, refined: Refined) -> Document:
    found, fetched = find.examined, find.fetched
    times = (entry.published for entry in refined.entries if entry.published)
    return Document(
        url=source.url,
        kind=source.kind,
        format=found.format,
        title=found.title,
        language=found.language,
        count=refined.count,
        newest=max(times, default=None),
        declared=found.declared,
        real=found.real,
        encoding_why=found.encoding_why,
        zone=zone.zone,
        zone_why=zone.why,
        body=found.facts.body,
        etag=fetched.validators.etag,
        last_modified=fetched.validators.last_modified,
        cache_control=fetched.header("cache-control"),
        expires=fetched.header("expires"),
        hub=found.hub,
        trackers=found.facts.trackers,
        categories=found.facts.categories,
        repeated=repeated_lines(entry.text for entry in refined.entries),
        guesses=_guesses(found),
    )


def _guesses(found: Examined) -> tuple[str, ...]:
    """Return the reasons of what was guessed: the list of a page, what is cut off headlines."""
    listed = tuple(f"{one.rules.item}: {one.why}" for one in found.lists[:3])
    return (*(listed if found.kind == "page" else ()), *found.facts.affixes_why)


def _zone(find: Find, usual: str) -> ZoneGuess:
    """Return the zone to propose; the site's own where every time names one."""
    facts, fetched = find.examined.facts, find.fetched
    if facts.dated and not facts.zoneless:
        return ZoneGuess(zone=usual, why="not needed: every time names its own")
    clues = Clues(
        host=urlsplit(find.url).hostname or "",
        site_zone=usual,
        newest=facts.newest_local,
        date=_http_date(fetched.header("date")),
        last_modified=_http_date(fetched.header("last-modified")),
    )
    return guess_zone(clues)


def _http_date(raw: str | None) -> datetime | None:
    try:
        read = parsedate_to_datetime(raw) if raw else None
    except (ValueError, OverflowError):
        return None
    return read.astimezone(UTC) if read and read.tzinfo else None


def _samples(entries: Sequence[Entry]) -> tuple[Sample, ...]:
    """Return the newest entries as they would look; undated ones last, else as they stand."""
    oldest = datetime.min.replace(tzinfo=UTC)
    ordered = sorted(entries, key=lambda entry: entry.published or oldest, reverse=True)
    return tuple(_sample(entry) for entry in ordered[:SAMPLES])


def _sample(entry: Entry) -> Sample:
    return Sample(
        url=entry.url,
        title=entry.title,
        published=entry.published,
        published_why=entry.published_why,
        lead=entry.lead or entry.teaser,
        tags=tuple(TagShown(name=tag.name, state=tag.state, why=_why(tag)) for tag in entry.tags),
        image=entry.image.url if entry.image else None,
    )


def _why(tag: Tagged) -> str:
    where = f", here «{tag.quote}» in {tag.field}" if tag.quote else ""
    score = f" ({tag.score:g} of {tag.threshold:g})" if tag.threshold else ""
    return f"{tag.rule}{where}{score}"
