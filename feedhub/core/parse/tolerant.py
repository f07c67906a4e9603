"""RSS, RDF and Atom through feedparser, in up to three attempts.

First its strict reader; where the XML is broken its loose one; and where that finds nothing or
gives up, the document as libxml2 repairs it (which is bounded in depth and never loads anything).
What could be read is kept, with a sentence on what could not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

from lxml import etree  # type: ignore[import-untyped]

from feedhub.core.parse.entries import entry_of
from feedhub.core.parse.handlers import Bounded
from feedhub.core.parse.links import web_link
from feedhub.core.parse.media import number, plain
from feedhub.core.parse.reader import (
    Reader,
    StrictReader,
    read_loosely,
    read_strictly,
)
from feedhub.core.parse.refusal import is_page, refused
from feedhub.core.parse.scrub import PROLOG, Scrubbed, scrub
from feedhub.errors import ParseError
from feedhub.model.parsed import ParsedEntry, ParsedFeed

_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
_MAX_TTL = 525_600
_PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rambler": "http://news.rambler.ru",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "turbo": "http://turbo.yandex.ru",
    "yandex": "http://news.yandex.ru",
}
_MAX_PREFIXES = 50
_USED_PREFIX = re.compile(rb"[<\s]([A-Za-z_][\w.-]{0,30}):[A-Za-z_]")
BROKEN = "broken XML"
"""How the warning begins where a document is not well-formed."""
_OPENED = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)(?:\s[^>]*)?>", re.IGNORECASE)
_CLOSED = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry|channel|feed|rss|rdf)\s*>", re.IGNORECASE)
_HAS_ITEMS = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)[\s>/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one attempt gave: the reader that holds it, and a sentence if something was wrong."""

    reader: Reader
    warning: str = ""


class Read(Protocol):
    """What either reader found: the feed's own elements and the entries, as feedparser has them."""

    version: str
    feeddata: Any
    entries: list[Any]


def read_xml(text: str, *, url: str, content_type: str | None = None) -> ParsedFeed:
    """Read any RSS, RDF or Atom document; raise `ParseError` where there is none.

    `url` is where the document was found, for its relative addresses.
    """
    document = scrub(text)
    if not document.root or is_page(document.root):
        raise refused(text, document.root, content_type)
    reading = _read(document)
    reader = reading.reader
    if not reader.version and not reader.entries:
        raise refused(text, document.root, content_type)
    if not reader.entries and reading.warning.startswith(BROKEN):
        raise ParseError(f"{reading.warning} without finding an entry")
    warnings = [*document.warnings, reading.warning]
    if reading.warning.startswith(BROKEN) and _ends_within_an_entry(document.body):
        # half an entry must not take the place of the whole one that came before
        del reader.entries[-1:]
        warnings.append("the document ends within an entry, which was left out")
    if reader.faults:
        warnings.append(f"{reader.faults} elements could not be read and were left out")
    entries, lost = entries_of(reader, url)
    return ParsedFeed(
        format="rss091n" if document.netscape else reader.version or "unknown",
        title=plain(reader.feeddata.get("title")),
        home_url=home_of(reader, url),
        language=plain(reader.feeddata.get("language")) or None,
        ttl=ttl_of(reader),
        entries=entries,
        warnings=tuple(warning for warning in (*warnings, *lost) if warning),
    )


def _ends_within_an_entry(body: bytes) -> bool:
    last = max((found.start() for found in _OPENED.finditer(body)), default=-1)
    return last >= 0 and not _CLOSED.search(body, last)


def _read(document: Scrubbed) -> _Reading:
    """Try the readers in turn until one finds what is there."""
    try:
        return _strict(document.body)
    except ExpatError as error:
        fault = f"{BROKEN} ({error}), read as far as possible"
    loose, stopped = read_loosely(document.body)
    if not stopped and (loose.entries or not _HAS_ITEMS.search(document.body)):
        return _Reading(loose, fault)
    repaired = _repaired(document.body)
    readings = [reader for reader in (loose, repaired) if reader is not None]
    if stopped and not any(reader.entries for reader in readings):
        raise ParseError(f"a document that cannot be read: {_told(stopped)}") from stopped
    fullest = max(readings, key=lambda reader: len(reader.entries))
    return _Reading(fullest, _told(stopped) if isinstance(stopped, Bounded) else fault)


def _strict(body: bytes) -> _Reading:
    """Read well-formed XML; prefixes that nobody declared are declared and tried once more."""
    reader = StrictReader("", None, "utf-8")
    try:
        read_strictly(reader, body)
    except Bounded as bound:
        return _Reading(reader, _told(bound))
    except ExpatError as error:
        if "unbound prefix" not in str(error):
            raise
        again = StrictReader("", None, "utf-8")
        read_strictly(again, _declared(body))
        return _Reading(again, "namespaces that are used but not declared")
    return _Reading(reader)


def _declared(body: bytes) -> bytes:
    """Declare every prefix that is used and not declared on the root element."""
    used = {name.decode("ascii") for name in _USED_PREFIX.findall(body)} - {"xml", "xmlns"}
    likely = sorted(used, key=lambda name: (name.lower() not in _PREFIXES, name))[:_MAX_PREFIXES]
    added = [
        f' xmlns:{name}="{_PREFIXES.get(name.lower(), f"urn:undeclared:{name}")}"'
        for name in likely
        if f"xmlns:{name}=".encode() not in body
    ]
    place = re.compile(rb"[\s/>]").search(body, len(PROLOG))
    at = place.start() if place else len(body)
    return body[:at] + "".join(added).encode() + body[at:]


def _repaired(body: bytes) -> Reader | None:
    """Read the document as libxml2 repairs it; None where nothing is left of it."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(body, parser)
        tidy = etree.tostring(root, encoding="utf-8") if root is not None else b""
        reading = _strict(tidy) if tidy else None
    except (etree.LxmlError, ExpatError, ValueError, UnicodeError):
        return None
    return reading.reader if reading else None


def _told(error: Exception) -> str:
    if isinstance(error, Bounded):
        return f"the document has {error}; what stands before that was read"
    return f"{type(error).__name__} in the reader"


def entries_of(reader: Read, url: str) -> tuple[tuple[ParsedEntry, ...], list[str]]:
    """Make all entries; one that cannot be read is told and left out."""
    atom = reader.version.startswith("atom")
    home = home_of(reader, url)
    found: list[ParsedEntry] = []
    lost: list[str] = []
    for place, raw in enumerate(reader.entries, 1):
        try:
            plain_copy = raw if type(raw) is dict else dict(raw)
            found.append(entry_of(plain_copy, atom=atom, home=home, url=url))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            lost.append(f"entry {place} could not be read: {type(error).__name__}: {error}")
    return tuple(found), lost


def home_of(reader: Read, url: str) -> str | None:
    """Return the feed's page."""
    return web_link(reader.feeddata.get("link"), url)


def ttl_of(reader: Read) -> int | None:
    """Return how long a copy may be kept, in minutes: `ttl`, else the syndication module's."""
    feed = reader.feeddata
    ttl = number(feed.get("ttl"))
    if ttl is None:
        period = _MINUTES.get(plain(feed.get("sy_updateperiod")).lower())
        times = number(feed.get("sy_updatefrequency")) or 1
        ttl = max(period // times, 1) if period else None
    return min(ttl, _MAX_TTL) if ttl else None
