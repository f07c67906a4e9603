"""The middle of the river, pure: bytes become entries with tags.

It stands apart from `ingest` because it runs in worker processes, which load nothing else: neither
database nor network. The other way round, who only sends documents there loads none of the stages:
they are imported where they are used, and the worker processes have them loaded by `STAGES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from feedhub.errors import ParseError
from feedhub.model import (
    Decoded,
    Entry,
    Fault,
    Fetched,
    PageRules,
    ParsedEntry,
    ParsedFeed,
    Source,
)
from feedhub.model.history import Hints

if TYPE_CHECKING:
    from feedhub.core.tagging import Rules

STAGES = ("feedhub.core.parse", "feedhub.core.normalise", "feedhub.core.tagging")
"""What refining loads: to be there before worker processes are parted from one another."""


OPENED = 30
"""Pages of new entries that one poll opens; the others wait for the next one."""

SITEMAPS = 3
"""Sitemaps of an index that are read: the newest ones."""

More = tuple[tuple[str, Fetched | None], ...]
"""What was asked besides a source's own document: addresses with what came, or None."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refined:
    """A document made into entries; `error` is set when it is no feed, `fault` then says what kind
    of failure that is, and all else is empty. So it is while `wanted` names what is to be fetched.

    `encodings` are the declared and the real one, where they differ; `count` is how many entries
    the document holds.
    """

    entries: tuple[Entry, ...] = ()
    seen: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    home_url: str | None = None
    ttl: int | None = None
    error: str = ""
    fault: Fault | None = None
    encodings: tuple[str, str] | None = None
    count: int = 0
    wanted: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    hints: Hints = field(default_factory=Hints)
    deleted: tuple[str, ...] = ()


def refine(
    fetched: Fetched,
    source: Source,
    rules: Rules,
    now: datetime,
    known: frozenset[str] = frozenset(),
    more: More = (),
) -> Refined:
    """Turn a fetched document into entries with tags; pure, and run in a worker process.

    Entries whose stamps are among `known` said nothing new: they are named in `seen` and not made.
    Where the document alone does not do (an index of sitemaps, articles on pages of their own),
    `wanted` names what else is to be fetched, and all is done again with that as `more`.
    """
    from feedhub.core.normalise import guid_identity, normalise
    from feedhub.core.tagging import tag

    try:
        decoded, parsed = _read(fetched, source, more)
        if isinstance(parsed, tuple):
            return Refined(wanted=parsed)
        opening = _Opening(source, more)
        normalised = normalise(parsed, source, now=now, known=known, fuller=opening.fuller)
    except ParseError as error:
        return Refined(error=str(error), fault=cast(Fault, error.fault))
    if opening.wanted and not more:
        return Refined(wanted=opening.wanted)
    return Refined(
        entries=tuple(tag(entry, rules, source) for entry in normalised.entries),
        seen=normalised.seen,
        refused=normalised.refused,
        notices=(
            *((decoded.why,) if decoded.why else ()),
            *parsed.warnings,
            *opening.notices,
            *normalised.problems,
        ),
        home_url=parsed.home_url,
        ttl=parsed.ttl,
        encodings=(decoded.declared or "", decoded.real) if decoded.why else None,
        count=len(parsed.entries),
        links=parsed.links,
        hints=parsed.hints,
        deleted=tuple(map(guid_identity, parsed.deleted)),
    )


def _read(
    fetched: Fetched, source: Source, more: More
) -> tuple[Decoded, ParsedFeed | tuple[str, ...]]:
    """Return what the document says, or which sitemaps its index names while they are not there."""
    from feedhub.core.parse import decode, parse

    content_type = fetched.header("content-type")
    decoded = decode(fetched.body, content_type=content_type, override=source.encoding)
    if source.kind == "feed":
        return decoded, parse(decoded, url=fetched.url, content_type=content_type)
    from feedhub.core.parse.kinds import SitemapIndex, parse_kind  # their readers are loaded too

    found = parse_kind(decoded, url=fetched.url, source=source, content_type=content_type)
    if not isinstance(found, SitemapIndex):
        return decoded, found
    if not more:
        return decoded, tuple(one.url for one in found.sitemaps[:SITEMAPS])
    return decoded, _joined([_sitemap(one, source) for _, one in more if one], found.warnings)


def _sitemap(fetched: Fetched, source: Source) -> ParsedFeed:
    _, found = _read(fetched, source, ())
    if isinstance(found, tuple):
        raise ParseError("an index of sitemaps that names further indexes; give one of those")
    return found


def _joined(feeds: Sequence[ParsedFeed], warnings: tuple[str, ...]) -> ParsedFeed:
    if not feeds:
        raise ParseError("none of the sitemaps that its index names could be fetched")
    entries = tuple(entry for feed in feeds for entry in feed.entries)
    said = (*warnings, *(warning for feed in feeds for warning in feed.warnings))
    return replace(feeds[0], entries=entries, warnings=tuple(dict.fromkeys(said)))


class _Opening:
    """Completes entries by their own pages, and notes whose page is still to be fetched.

    New entries whose turn has not come are left for the next poll; one whose page does not come
    is taken as the list has it.
    """

    def __init__(self, source: Source, more: More) -> None:
        self._is_asked = source.page is not None and source.page.article is not None
        self._rules = source.page
        self._pages = dict(more)
        self._wanted: dict[str, None] = {}
        self._failed = 0

    @property
    def wanted(self) -> tuple[str, ...]:
        return tuple(self._wanted)[:OPENED]

    @property
    def notices(self) -> tuple[str, ...]:
        waiting, failed = len(self._wanted), self._failed
        return (
            *((f"{waiting} more new entries wait for the next poll",) if waiting else ()),
            *((f"{failed} pages of entries could not be opened",) if failed else ()),
        )

    def fuller(self, entry: ParsedEntry) -> ParsedEntry | None:
        """Return the entry with the text of its page; None while that has not been asked for."""
        if not self._is_asked or self._rules is None or not entry.url:
            return entry
        if entry.url not in self._pages:
            self._wanted[entry.url] = None
            return None
        page = self._pages[entry.url]
        try:
            return entry if page is None else _with_page(entry, page, self._rules)
        except ParseError:
            self._failed += 1
            return entry


def _with_page(entry: ParsedEntry, page: Fetched, rules: PageRules) -> ParsedEntry:
    from feedhub.core.parse import decode
    from feedhub.core.parse.page import read_article, with_article

    decoded = decode(page.body, content_type=page.header("content-type"))
    return with_article(entry, read_article(decoded.text, url=page.url, rules=rules))


_rules: list[Rules] = []


def prepare_worker(rules: str) -> None:
    """Unpack the compiled rules once in a worker process; `refine_here` uses them."""
    from feedhub.core.tagging import rules_from_json

    _rules[:] = [rules_from_json(rules)]


def refine_here(
    fetched: Fetched, source: Source, now: datetime, known: frozenset[str], more: More = ()
) -> Refined:
    """Refine with the rules this worker process was prepared with."""
    return refine(fetched, source, _rules[0], now, known, more)
