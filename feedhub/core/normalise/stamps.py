"""Stamps: what a source said of an entry, in short, so that the next poll need not read it again.

Equal stamps mean that the same words would come to the same entry: they cover all that was parsed,
what it is resolved against, and the settings of the source that have a say in it.
"""

from __future__ import annotations

from hashlib import blake2b

from feedhub.model import ParsedEntry, ParsedFeed, Source

VERSION = 1
"""Raised when normalising itself changes what it makes of the same words."""


def ground(feed: ParsedFeed, source: Source) -> bytes:
    """Return what all entries of a document stand on besides their own words."""
    settings = (source.slug, source.url, source.section, source.timezone, source.language)
    limits = (source.include, source.exclude, source.max_age)
    return repr((VERSION, feed.home_url, feed.language, settings, limits)).encode()


def stamp(entry: ParsedEntry, ground: bytes) -> str:
    """Return the stamp of an entry on its ground: 32 hex digits."""
    digest = blake2b(ground, digest_size=16)
    digest.update(repr(entry).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
