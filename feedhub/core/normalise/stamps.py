"""Stamps: what a source said of an entry, in short, so that the next poll need not read it again.

Equal stamps mean that the same words would come to the same entry: they cover all that was parsed,
what it is resolved against, and the settings of the source that have a say in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from hashlib import blake2b
from operator import attrgetter

from feedhub.model import ParsedEntry, ParsedFeed, Source, TitleRules

_NO_OWN_RULES = (TitleRules(), ())

VERSION = 1
"""Raised when normalising itself changes what it makes of the same words."""


def ground(feed: ParsedFeed, source: Source) -> bytes:
    """Return what all entries of a document stand on besides their own words."""
    settings = (source.slug, source.url, source.section, source.timezone, source.language)
    limits = (source.include, source.exclude, source.max_age)
    own = (source.title_rules, source.body_strip)
    ground = (VERSION, feed.home_url, feed.language, settings, limits)
    return repr(ground if own == _NO_OWN_RULES else (*ground, own)).encode()


def _as_said(values: Iterable[object]) -> list[str]:
    return [one if isinstance(one, str) else repr(one) for one in values]


_NAMES = [each.name for each in fields(ParsedEntry)]
_OWN = _NAMES.index("section")  # from here on stand the fields of our own articles
_SAID, _SAID_OWN = attrgetter(*_NAMES[:_OWN]), attrgetter(*_NAMES[_OWN:])
_NO_OWN = _SAID_OWN(ParsedEntry())
_NO_OWN_SAID = _as_said(_NO_OWN)


def stamp(entry: ParsedEntry, ground: bytes) -> str:
    """Return the stamp of an entry on its ground: 32 hex digits.

    Words stand in it as they are: to quote them, as `repr` of the entry does, costs more than all
    the rest.
    """
    own = _SAID_OWN(entry)
    said = _as_said(_SAID(entry)) + (_NO_OWN_SAID if own == _NO_OWN else _as_said(own))
    digest = blake2b(ground, digest_size=16)
    digest.update("\x1e".join(said).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
