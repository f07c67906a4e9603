"""Stamps: what a source said of an entry, in short, so that the next poll need not read it again.

Equal stamps mean that the same words would come to the same entry: they cover all that was parsed,
what it is resolved against, and the settings of the source that have a say in it.
"""

from __future__ import annotations

from dataclasses import fields
from hashlib import blake2b
from operator import attrgetter

from feedhub.model import ParsedEntry, ParsedFeed, Source

VERSION = 1
"""Raised when normalising itself changes what it makes of the same words."""


def ground(feed: ParsedFeed, source: Source) -> bytes:
    """Return what all entries of a document stand on besides their own words."""
    settings = (source.slug, source.url, source.section, source.timezone, source.language)
    limits = (source.include, source.exclude, source.max_age)
    return repr((VERSION, feed.home_url, feed.language, settings, limits)).encode()


_SAID = attrgetter(*(each.name for each in fields(ParsedEntry)))


def stamp(entry: ParsedEntry, ground: bytes) -> str:
    """Return the stamp of an entry on its ground: 32 hex digits.

    Words stand in it as they are: to quote them, as `repr` of the entry does, costs more than all
    the rest.
    """
    said = (one if isinstance(one, str) else repr(one) for one in _SAID(entry))
    digest = blake2b(ground, digest_size=16)
    digest.update("\x1e".join(said).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
