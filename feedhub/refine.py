"""The middle of the river, pure: bytes become entries with tags.

It stands apart from `ingest` because it runs in worker processes, which load nothing else: neither
database nor network.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedhub.core.normalise import normalise
from feedhub.core.parse import decode, parse
from feedhub.core.tagging import Rules, rules_from_json, tag
from feedhub.errors import ParseError
from feedhub.model import Entry, Fetched, Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Refined:
    """A document made into entries; `error` is set when it is no feed, and then all is empty."""

    entries: tuple[Entry, ...] = ()
    seen: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
    home_url: str | None = None
    ttl: int | None = None
    error: str = ""


def refine(
    fetched: Fetched,
    source: Source,
    rules: Rules,
    now: datetime,
    known: frozenset[str] = frozenset(),
) -> Refined:
    """Turn a fetched document into entries with tags; pure, and run in a worker process.

    Entries whose stamps are among `known` said nothing new: they are named in `seen` and not made.
    """
    content_type = fetched.header("content-type")
    decoded = decode(fetched.body, content_type=content_type, override=source.encoding)
    try:
        parsed = parse(decoded, url=fetched.url, content_type=content_type)
    except ParseError as error:
        return Refined(error=str(error))
    normalised = normalise(parsed, source, now=now, known=known)
    return Refined(
        entries=tuple(tag(entry, rules, source) for entry in normalised.entries),
        seen=normalised.seen,
        refused=normalised.refused,
        notices=(*((decoded.why,) if decoded.why else ()), *parsed.warnings, *normalised.problems),
        home_url=parsed.home_url,
        ttl=parsed.ttl,
    )


_rules: list[Rules] = []


def prepare_worker(rules: str) -> None:
    """Unpack the compiled rules once in a worker process; `refine_here` uses them."""
    _rules[:] = [rules_from_json(rules)]


def refine_here(fetched: Fetched, source: Source, now: datetime, known: frozenset[str]) -> Refined:
    """Refine with the rules this worker process was prepared with."""
    return refine(fetched, source, _rules[0], now, known)
