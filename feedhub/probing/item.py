"""The source that a probe proposes: as a model, to be tried, and as an item, to be pasted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from urllib.parse import urlsplit

from feedhub.config import addresses, values
from feedhub.core.text.slug import slugify
from feedhub.model import LOCAL, FieldPaths, PageRules, Settings, Source, TitleRules
from feedhub.probing.values import Examined

_LONGEST_TITLE = 200
_LONGEST_SLUG = 90  # leaves room for a number
_SECTION = "news"
_CHANNEL = re.compile(r"/s/([A-Za-z][A-Za-z0-9_]{3,31})/?")
_SAYS_NOTHING = re.compile(
    r"(?:все |последние )?(?:новости|события|лента(?: новостей)?)|rss(?: ?2\.0)?(?:[ -]\w+)?"
    r"|(?:latest )?news|feed|untitled|без названия|главная(?: страница)?|home(?: page)?",
    re.IGNORECASE,
)


def bare_source(url: str, settings: Settings) -> Source:
    """Return what is asked at an address: with the certificates and proxy of a source of that host."""
    kin = next((it for it in settings.sources if _is_kin(it.url, url)), None)
    return Source(
        slug="probe",
        title="",
        url=url,
        timezone=settings.site.timezone,
        language=settings.site.language,
        section=_section(settings),
        ca_bundle=kin.ca_bundle if kin else None,
        proxy=kin.proxy if kin else None,
    )


def _is_kin(one: str, other: str) -> bool:
    return urlsplit(one).netloc.lower() == urlsplit(other).netloc.lower()


def proposed(
    found: Examined, url: str, settings: Settings, *, zone: str, page_title: str = ""
) -> Source:
    """Return the source that reads this document at `url` in this zone."""
    title = _title(found.title, page_title, url)
    rules = found.lists[0].rules if found.kind == "page" and found.lists else None
    paths = found.paths if found.kind == "json" and found.paths != FieldPaths() else None
    return replace(
        bare_source(url, settings),
        slug=free_slug(url, (it.slug for it in settings.sources)),
        title=title,
        kind=found.kind or "feed",
        timezone=zone,
        page=rules,
        json=paths,
        title_rules=TitleRules(strip=found.facts.affixes),
    )


def item_of(source: Source, settings: Settings) -> dict[str, object]:
    """Return a source as an item of `sources`: only the keys that differ from what is usual."""
    item: dict[str, object] = {"slug": source.slug, "title": source.title, "url": source.url}
    usual = bare_source(source.url, settings)
    if source.kind != "feed":
        item["kind"] = source.kind
    if source.section != _SECTION:
        item["section"] = source.section
    if source.timezone != usual.timezone:
        item["timezone"] = source.timezone
    if source.title_rules.strip:
        item["title"] = _titled(source)
    item |= {key: _given(rules) for key, rules in _rules(source)}
    held = {"ca_bundle": source.ca_bundle, "proxy": source.proxy}
    return item | {key: value for key, value in held.items() if value}


def _titled(source: Source) -> object:
    """Return `title` with the name and with what is cut off headlines."""
    return {"name": source.title, "strip": list(source.title_rules.strip)}


def _rules(source: Source) -> Iterable[tuple[str, PageRules | FieldPaths]]:
    if source.page is not None:
        yield "page", source.page
    if source.json is not None:
        yield "json", source.json


def _given(rules: PageRules | FieldPaths) -> Mapping[str, object]:
    return {key: value for key, value in asdict(rules).items() if value not in (None, "")}


def _section(settings: Settings) -> str:
    """Return the usual section, or the first where there is no such."""
    known = [section.slug for section in settings.sections]
    return _SECTION if _SECTION in known or not known else known[0]


def free_slug(url: str, taken: Iterable[str]) -> str:
    """Return a slug that no source of the configuration has: of the host, or of the channel."""
    channel = _CHANNEL.fullmatch(urlsplit(url).path)
    is_telegram = (urlsplit(url).hostname or "").endswith("t.me") and channel
    base = slugify(channel[1]) if channel and is_telegram else addresses.slug_of_host(url)
    held, base = {LOCAL, *taken}, base[:_LONGEST_SLUG].rstrip("-") or "source"
    slug, number = base, 1
    while slug in held:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _title(own: str, page_title: str, url: str) -> str:
    """Return the name of a source: the document's, unless it says nothing, else its home page's."""
    names = [" ".join(name.split())[:_LONGEST_TITLE].rstrip() for name in (own, page_title)]
    telling = [name for name in names if name and not _SAYS_NOTHING.fullmatch(name)]
    for name in (*telling, *names, addresses.host_of(url)):
        try:
            return values.text(name)
        except ValueError:
            continue
    return "source"
