"""What a person should know before taking a source, and what to try where nothing was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from feedhub.catalogue import catalogue
from feedhub.config import addresses
from feedhub.core.probe.tree import host_of
from feedhub.model import Entry, Failed, Settings
from feedhub.probing.values import Examined, Step

STALE = timedelta(days=60)
"""A document whose newest entry is older than this is probably kept up no more."""

_AHEAD = timedelta(minutes=10)
_REFUSALS = {401: "password", 403: "block", 407: "password", 451: "block"}


def is_stale(newest: datetime | None, now: datetime) -> bool:
    """Tell whether a document is silent for so long that another one is better."""
    return newest is not None and now - newest > STALE


def doubts(
    found: Examined, entries: Sequence[Entry], notices: Iterable[str], now: datetime
) -> tuple[str, ...]:
    """Return the sentences of warning about a document that can be read."""
    return tuple(dict.fromkeys((*_of_entries(found, entries, now), *notices)))[:20]


def _of_entries(found: Examined, entries: Sequence[Entry], now: datetime) -> Iterator[str]:
    facts = found.facts
    times = [entry.published for entry in entries if entry.published]
    newest = max(times, default=None)
    if not entries:
        yield "it holds no entry now, so nothing more can be said of it"
        return
    if newest and is_stale(newest, now):
        yield f"its newest entry is {(now - newest).days} days old: perhaps it is kept up no more"
    if newest and newest - now > _AHEAD:
        yield (
            f"its newest time is {_minutes(newest - now)} ahead of now: "
            "check timezone, or it names a zone that it does not mean"
        )
    if len(times) < len(entries):
        yield f"{len(entries) - len(times)} of {len(entries)} entries have no believable time"
    if facts.has_number_titles:
        yield "its headlines are little more than numbers: give title.pattern"
    if found.kind == "page" and not facts.has_text:
        yield "a list says little of each entry: page.article: auto takes the text of its own page"
    if found.kind == "sitemap" and not facts.is_news_sitemap:
        yield "a sitemap lists all pages, not only news, and has no headlines: use include or exclude"


def _minutes(ahead: timedelta) -> str:
    minutes = round(ahead.total_seconds() / 60)
    return f"{minutes} min" if minutes < 90 else f"{round(minutes / 60)} h"


def known_already(url: str, settings: Settings) -> tuple[str, ...]:
    """Return a warning where a source of the configuration reads this address."""
    wanted = _place(url)
    slugs = (
        source.slug
        for source in settings.sources
        if any(_place(held) == wanted for held in (source.url, *source.fallback_urls))
    )
    return tuple(f"the address is read already, by source {slug}" for slug in slugs)[:1]


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{host_of(url)}:{parts.port or ''}{parts.path.rstrip('/')}?{parts.query}"


def failure(outcome: Failed) -> str:
    """Return why an address gave nothing; who signed a certificate that is not believed, by name."""
    issuer = outcome.missing_issuer
    if issuer and issuer not in outcome.message:
        return f"{outcome.message} The missing certificate is that of «{issuer}»."
    return outcome.message


def advice(url: str, first: Failed | Examined | None, steps: Sequence[Step]) -> tuple[str, ...]:
    """Return what a person may try where nothing was found."""
    found = [*_after(first)]
    asked = {step.url for step in steps}
    kin = [it.url for it in catalogue() if host_of(it.url) == host_of(url) and it.url not in asked]
    found += [
        f"the catalogue knows another address of this host: feedhub probe '{known}'"
        for known in kin[:3]
    ]
    found += [
        "look for the page that lists the news, and probe its own address",
        "many agencies have a Telegram channel: feedhub probe @channel",
    ]
    if _is_russian(url):
        found.append(
            "ministries of Russia have feeds at the government's portal: "
            "feedhub probe http://government.ru/department/<number>/events/rss/"
        )
    return tuple(dict.fromkeys(found))


def _after(first: Failed | Examined | None) -> Iterator[str]:
    if isinstance(first, Failed):
        refusal = _REFUSALS.get(first.status or 0)
        if refusal == "block":
            yield (
                "robots or foreign addresses are kept out: try from a machine in that country, "
                "another fetch.user_agent, or fetch.proxy"
            )
        if "certificate" in first.message.lower() and "sign" in first.message:
            yield (
                "put the root and the intermediate certificate of that issuer into one PEM file, "
                "name it as fetch.ca_bundle (or ca_bundle of the source), and probe again"
            )
    elif first is not None and first.is_scripted:
        yield (
            "the page is made by scripts: open it with the browser's network tools, look for the "
            "address that answers in JSON, and probe that (kind json)"
        )
    elif first is not None and first.fault == "robot_check":
        yield (
            "the site checks for robots before it answers: look for a feed, which is often left "
            "out of the check, or ask the publisher to let FeedHub in"
        )


def _is_russian(url: str) -> bool:
    try:
        host = addresses.ascii_host(urlsplit(url))
    except ValueError:
        return False
    return host.rpartition(".")[2] in ("ru", "xn--p1ai", "su")
