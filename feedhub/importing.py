"""The flow from another program's list of feeds into config.yaml: what is new becomes a source.

    text ─► read_opml ─► plan ─► add_sources

Nothing is fetched: whether an address answers, the first poll tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from feedhub.config import addresses, rules, values
from feedhub.config.adding import add_sources
from feedhub.core.opml import FoundFeed, LeftOut, Subscriptions, read_opml
from feedhub.core.parse import decode
from feedhub.fetch import Guard
from feedhub.model import LOCAL, Section, Settings

MOST_BYTES = 10 * 1024 * 1024
_LONGEST_NAME = 500
_LONGEST_SLUG = 90  # leaves room for a number
_OLD_SCHEME = re.compile(r"\Afeed:(?://)?", re.I)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSource:
    """A source to be; `section` is None where no folder of the list names one."""

    slug: str
    title: str
    url: str
    section: str | None
    tags: tuple[str, ...]
    line: int

    def item(self) -> dict[str, object]:
        """Return the item of `sources`, with the keys that say something."""
        item = {"slug": self.slug, "title": self.title, "url": self.url, "section": self.section}
        given: dict[str, object] = {key: value for key, value in item.items() if value}
        return given | ({"tags": list(self.tags)} if self.tags else {})


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportPlan:
    """What a list would add, what is read already, and what is refused; all in its order."""

    added: tuple[NewSource, ...]
    known: tuple[LeftOut, ...]
    refused: tuple[LeftOut, ...]


def read_list(body: bytes) -> Subscriptions:
    """Read the bytes of an OPML file in whatever encoding; raises ParseError."""
    return read_opml(decode(body, content_type=None).text)


def plan_import(found: Subscriptions, settings: Settings) -> ImportPlan:
    """Return what a list adds to these settings.

    A feed that is read already, under any spelling of its address, is left alone. A folder named
    like a section (title or slug) gives the section, the innermost wins; all others become tags.
    An address that `feedhub check` or the guard would refuse is refused here, with the reason.
    """
    guard = Guard(settings.fetch.allow_private)
    known = {_place(url): it.slug for it in settings.sources for url in (it.url, *it.fallback_urls)}
    slugs = _Slugs(it.slug for it in settings.sources)
    sections = {name: it for it in reversed(settings.sections) for name in _names(it)}
    plan: tuple[list[NewSource], list[LeftOut], list[LeftOut]] = ([], [], list(found.problems))
    added, skipped, refused = plan
    for feed in found.feeds:
        url = _OLD_SCHEME.sub(_to_http, feed.url)
        reason = _refusal(url, guard)
        if reason:
            refused.append(_left_out(feed, f"cannot be a source: {reason}"))
        elif (place := _place(url)) in known:
            skipped.append(_left_out(feed, f"is read already, by source {known[place]}"))
        else:
            new = _source(feed, url, slugs.next(url), sections)
            known[place] = new.slug
            added.append(new)
    refused.sort(key=lambda it: it.line)
    return ImportPlan(added=tuple(added), known=tuple(skipped), refused=tuple(refused))


def apply_import(plan: ImportPlan, config: Path, environ: Mapping[str, str]) -> None:
    """Write what is new into the configuration, all or nothing; raises as `add_sources` does."""
    add_sources(config, [new.item() for new in plan.added], environ)


class _Slugs:
    """Slugs made of hosts, each once: `www-agency-example`, `www-agency-example-2` ..."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {LOCAL, *taken}
        self._last: dict[str, int] = {}

    def next(self, url: str) -> str:
        """Return a slug that nobody has yet."""
        base = addresses.slug_of_host(url)[:_LONGEST_SLUG].rstrip("-")
        while True:
            number = self._last[base] = self._last.get(base, 0) + 1
            slug = base if number == 1 else f"{base}-{number}"
            if slug not in self._taken:
                self._taken.add(slug)
                return slug


def _left_out(feed: FoundFeed, reason: str) -> LeftOut:
    return LeftOut(line=feed.line, name=feed.title[:100], reason=reason)


def _to_http(found: re.Match[str]) -> str:
    """Read `feed://host/` as http and `feed:https://host/` as https, as browsers once did."""
    return "" if found.string[found.end() :].lower().startswith(("http:", "https:")) else "http://"


def _refusal(url: str, guard: Guard) -> str:
    """Say why an address cannot be a source's, or nothing."""
    try:
        addresses.source_url(url)
    except ValueError as error:
        return str(error)
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (guard.refusal(addresses.ascii_host(parts), port) or "").removesuffix(".")


@lru_cache(maxsize=1024)
def _place(url: str) -> str:
    """Return a checked address as addresses are compared: without scheme, usual port, fragment."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    query = f"?{parts.query}" if parts.query else ""
    rest = quote(f"{parts.path or '/'}{query}", safe="%/?&=+,!:;@$'()*[]~#")
    return f"{addresses.ascii_host(parts).lower().rstrip('.')}{port}{rest}"


def _names(section: Section) -> tuple[str, str]:
    return rules.fold(section.title), rules.fold(section.slug)


def _source(feed: FoundFeed, url: str, slug: str, sections: Mapping[str, Section]) -> NewSource:
    section: str | None = None
    tags: list[str] = []
    for folder in feed.folders:
        named = sections.get(rules.fold(folder))
        if named:
            section = named.slug
        else:
            tags.append(folder)
    kept: dict[str, str] = {}
    for name in map(_name, (*tags, *feed.categories)):
        if name:
            kept.setdefault(rules.fold(name), name)
    return NewSource(
        slug=slug,
        title=_name(feed.title),
        url=url,
        section=section,
        tags=tuple(kept.values()),
        line=feed.line,
    )


def _name(text: str) -> str:
    """Return a title or tag as the configuration takes it, or nothing."""
    plain = " ".join(_CONTROLS.sub(" ", text).split())[:_LONGEST_NAME]
    try:
        return values.text(plain)
    except ValueError:
        return ""
