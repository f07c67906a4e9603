"""One document, read in a worker process: what it is, what it names, which guesses it proves.

It crosses the stages of the core: they guess and read without knowing of each other, and here a
guess is believed only when the reader of that kind of source finds entries by it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from feedhub.core import probe as guess
from feedhub.core.normalise.text import plain
from feedhub.core.parse import decode, parse
from feedhub.core.parse.fields import read_fields
from feedhub.core.parse.hypertext import base_of, read_html, words
from feedhub.core.parse.jsonfeed import is_json
from feedhub.core.parse.page import read_page
from feedhub.core.parse.sitemap import SitemapIndex, read_sitemap
from feedhub.core.parse.telegram import read_channel
from feedhub.core.websub import document_links, hub_of
from feedhub.errors import ParseError
from feedhub.model import Decoded, Fetched, FieldPaths, PageRules, ParsedEntry, ParsedFeed
from feedhub.probing.facts import facts_of
from feedhub.probing.values import Examined, Facts, ListFound

_LOOKED_AT = 200
"""Entries by which two ways of reading one document are compared."""

_MARKUP = 1_500_000
"""Characters of a page in which lists are looked for."""

_FEWEST = 3
_SCRIPTED = 400
"""Characters of text below which a page with scripts is made by them."""

_LIST_NAMES = "<html <!doctype <body <head <div"
_TELEGRAM = "tgme_widget_message"


def examine(fetched: Fetched, zone: str, now: datetime) -> Examined:
    """Say what a document is and what it names; never fails for what stands in it.

    `zone` is the name of the zone in which its zone-less times are read for a start.
    """
    content_type = fetched.header("content-type")
    decoded = decode(fetched.body, content_type=content_type)
    found = _examined(decoded, fetched.url, content_type, ZoneInfo(zone), now)
    hub = hub_of(fetched.headers, document_links(decoded.text), url=fetched.url)
    return replace(
        found,
        declared=decoded.declared,
        real=decoded.real,
        encoding_why=decoded.why,
        hub=hub.hub if hub else None,
    )


def sitemaps_in(fetched: Fetched) -> tuple[guess.FoundLink, ...]:
    """Return the sitemaps that a robots.txt names; a page in its place names none."""
    decoded = decode(fetched.body[:500_000], content_type=fetched.header("content-type"))
    return guess.sitemaps_of(decoded.text, fetched.url)


def _examined(
    decoded: Decoded, url: str, content_type: str | None, zone: ZoneInfo, now: datetime
) -> Examined:
    text = decoded.text
    try:
        feed = parse(decoded, url=url, content_type=content_type)
    except ParseError as error:
        refusal = error
    else:
        return _of_feed(feed, "feed", text, url, zone, now)
    if "a sitemap" in str(refusal):
        return _sitemap(text, url, zone, now, refusal)
    if is_json(text, content_type):
        return _json(text, url, zone, now, refusal)
    if _is_page(text, content_type, refusal):
        return _page(text, url, zone, now, refusal)
    return Examined(url=url, kind=None, sentence=f"{refusal}", fault=refusal.fault)


def _is_page(text: str, content_type: str | None, refusal: ParseError) -> bool:
    if refusal.fault in ("page", "robot_check", "sign_in"):
        return True
    head = text[:2000].lower()
    is_called = (content_type or "").partition(";")[0].strip().lower() == "text/html"
    return is_called and any(tag in head for tag in _LIST_NAMES.split())


def _of_feed(
    feed: ParsedFeed, kind: Any, text: str, url: str, zone: ZoneInfo, now: datetime
) -> Examined:
    if feed.entries and all(map(_is_hollow, feed.entries)):
        hollow = f"{_called(feed)} whose entries say nothing"
        return Examined(url=url, kind=None, sentence=hollow, fault="unreadable")
    facts = facts_of(feed.entries, text, zone, now)
    many = "1 entry" if facts.count == 1 else f"{facts.count} entries"
    return Examined(
        url=url,
        kind=kind,
        sentence=f"{_called(feed)} with {many}",
        format=feed.format,
        title=plain(feed.title)[:300],
        language=feed.language,
        home_url=feed.home_url,
        facts=facts,
        warnings=feed.warnings,
    )


def _is_hollow(entry: ParsedEntry) -> bool:
    return not (entry.title or entry.url or entry.summary or entry.content)


def _called(feed: ParsedFeed) -> str:
    return _NAMES.get(feed.format, f"a feed ({feed.format})")


_NAMES = {
    "telegram": "a Telegram channel",
    "sitemap": "a sitemap",
    "json": "JSON",
    "page": "a list",
}


def _sitemap(text: str, url: str, zone: ZoneInfo, now: datetime, refusal: ParseError) -> Examined:
    try:
        found = read_sitemap(text, url=url)
    except ParseError as error:
        return Examined(url=url, kind=None, sentence=str(error), fault=refusal.fault)
    if not isinstance(found, SitemapIndex):
        return _of_feed(found, "sitemap", text, url, zone, now)
    listed = tuple(
        guess.FoundLink(url=one.url, why="a sitemap of the index") for one in found.sitemaps[:50]
    )
    return Examined(
        url=url,
        kind="sitemap",
        format="sitemap index",
        sentence=f"an index of {len(found.sitemaps)} sitemaps",
        sitemaps=listed,
        warnings=found.warnings,
    )


def _json(text: str, url: str, zone: ZoneInfo, now: datetime, refusal: ParseError) -> Examined:
    """Read any JSON: by the names that fields usually have, else by what stands in them."""
    tried = [FieldPaths(), _shaped(text)]
    best: tuple[ParsedFeed, FieldPaths] | None = None
    for paths in tried:
        feed = _by_fields(text, url, paths) if paths else None
        if feed and paths and (best is None or _worth(feed) > _worth(best[0])):
            best = feed, paths
    if best is None or _worth(best[0]) < 1:
        return Examined(url=url, kind=None, sentence=str(refusal), fault=refusal.fault)
    found = _of_feed(best[0], "json", text, url, zone, now)
    return replace(found, paths=best[1])


def _by_fields(text: str, url: str, paths: FieldPaths) -> ParsedFeed | None:
    try:
        return read_fields(text, url=url, paths=paths)
    except ParseError:
        return None


def _worth(feed: ParsedFeed) -> float:
    """Return how much of what entries need is there: headline, address, date, each entry alike."""
    rows = feed.entries[:_LOOKED_AT]
    fields = sum(
        bool(row.title) + bool(row.url) + bool(row.published) + bool(row.content) / 2
        for row in rows
    )
    whole = sum(bool(row.title and (row.url or row.guid)) for row in rows)
    return fields / len(rows) if rows and whole >= len(rows) / 2 else 0.0


def _shaped(text: str) -> FieldPaths | None:
    try:
        found = guess.field_paths(json.loads(text.strip("\ufeff\x00 \t\r\n;")))
    except (ValueError, RecursionError):
        return None
    if found is None:
        return None
    names = ("items", "id", "title", "url", "date", "body", "image")
    return FieldPaths(**{name: getattr(found, name) for name in names})


# -- pages -----------------------------------------------------------------------------------


def _page(text: str, url: str, zone: ZoneInfo, now: datetime, refusal: ParseError) -> Examined:
    if _TELEGRAM in text and (channel := _channel(text, url)):
        return _of_feed(channel, "telegram", text, url, zone, now)
    markup = text[:_MARKUP]
    try:
        root, _ = read_html(markup)
    except ParseError as error:
        return Examined(url=url, kind=None, sentence=str(error), fault="page", is_page=True)
    base = base_of(root, url)
    said = words(root, limit=2 * _SCRIPTED)
    lists = _proved(markup, url, guess.page_lists(root, base), zone, now)
    is_scripted = len(said) < _SCRIPTED and "<script" in markup.lower() and not lists
    best = lists[0] if lists else None
    return Examined(
        url=url,
        kind="page" if best else None,
        format="page" if best else "",
        sentence=_of_page(root, lists, is_scripted=is_scripted, refusal=refusal),
        title=plain(_page_title(root))[:300],
        language=(root.get("lang") or "").strip()[:35] or None,
        facts=best.facts if best else Facts(),
        fault=refusal.fault if not best and len(said) < 2 * _SCRIPTED else "page",
        is_page=True,
        is_scripted=is_scripted,
        links=guess.feed_links(root, base),
        onward=guess.onward(root, base),
        news=guess.news_pages(root, base),
        channels=guess.channels(root),
        usual=guess.usual_feeds(url, markup),
        lists=lists,
    )


def _channel(text: str, url: str) -> ParsedFeed | None:
    try:
        found = read_channel(text, url=url)
    except ParseError:
        return None
    return found if found.entries else None


def _page_title(root: Any) -> str:
    return next((name for one in root.iter("title") if (name := words(one, limit=300))), "")


def _of_page(
    root: Any, lists: Sequence[ListFound], *, is_scripted: bool, refusal: ParseError
) -> str:
    title = " ".join(_page_title(root).split())[:80]
    named = f"an HTML page «{title}»" if title else "an HTML page"
    if lists:
        return f"{named} with a list of {lists[0].facts.count} entries"
    if refusal.fault == "robot_check":
        return f"{named} that asks whether we are a robot"
    if refusal.fault == "sign_in":
        return f"{named} that asks to sign in"
    if is_scripted:
        return f"{named} that holds hardly any text: scripts make it in the browser"
    return f"{named} without a list of news"


def _proved(
    text: str, url: str, guesses: Sequence[guess.ListGuess], zone: ZoneInfo, now: datetime
) -> tuple[ListFound, ...]:
    """Return the lists that the reader of pages finds entries by, best first.

    Selectors within an item are kept where they find no less than the reader finds by itself.
    """
    found: list[tuple[float, ListFound]] = []
    for one in guesses:
        chosen = _better(text, url, one, zone, now)
        if chosen is not None:
            facts = chosen.facts
            part = facts.dated / facts.count
            is_dated = 2 * facts.dated >= facts.count
            found.append((10 * is_dated + one.score + part + min(facts.count, 30) / 30, chosen))
    found.sort(key=lambda pair: -pair[0])
    return tuple(chosen for _, chosen in found)


def _better(
    text: str, url: str, one: guess.ListGuess, zone: ZoneInfo, now: datetime
) -> ListFound | None:
    plainly = _listed(text, url, PageRules(item=one.item), one.why, zone, now)
    full = PageRules(item=one.item, title=one.title, link=one.link, date=one.date)
    if full == PageRules(item=one.item):
        return plainly
    fully = _listed(text, url, full, one.why, zone, now)
    if plainly is None or fully is None:
        return plainly or fully
    facts, other = fully.facts, plainly.facts
    return fully if facts.count >= other.count and facts.dated >= other.dated else plainly


def _listed(
    text: str, url: str, rules: PageRules, why: str, zone: ZoneInfo, now: datetime
) -> ListFound | None:
    try:
        feed = read_page(text, url=url, rules=rules)
    except ParseError:
        return None
    titles = {entry.title for entry in feed.entries}
    if len(feed.entries) < _FEWEST or len(titles) < 0.7 * len(feed.entries):
        return None
    return ListFound(rules=rules, why=why, facts=facts_of(feed.entries, "", zone, now))
