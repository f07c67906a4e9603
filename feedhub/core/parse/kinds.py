"""The kinds of source: each has its reader, and all of them the same beginning and end."""

from __future__ import annotations

from feedhub.core.parse import _completed, parse
from feedhub.core.parse.fields import read_fields
from feedhub.core.parse.page import read_page
from feedhub.core.parse.sitemap import SitemapIndex, read_sitemap
from feedhub.core.parse.telegram import read_channel
from feedhub.errors import ParseError
from feedhub.model.parsed import Decoded, ParsedFeed
from feedhub.model.settings import FieldPaths, Source

__all__ = ["SitemapIndex", "parse_kind"]


def parse_kind(
    decoded: Decoded, *, url: str, source: Source, content_type: str | None
) -> ParsedFeed | SitemapIndex:
    """Read a document found at `url` by the reader of its source's kind.

    Raises `ParseError`, one plain sentence, as `parse` does. Only for a source of kind sitemap
    does it return a `SitemapIndex`: the caller then fetches what that lists.
    """
    if source.kind == "feed":
        return parse(decoded, url=url, content_type=content_type)
    read = _read(decoded.text, url, source)
    return read if isinstance(read, SitemapIndex) else _completed(read, decoded)


def _read(text: str, url: str, source: Source) -> ParsedFeed | SitemapIndex:
    if source.kind == "telegram":
        return read_channel(text, url=url)
    if source.kind == "sitemap":
        return read_sitemap(text, url=url)
    if source.kind == "json":
        return read_fields(text, url=url, paths=source.json or FieldPaths())
    if source.page is None:
        raise ParseError("a source of kind page needs page.item, the selector of its entries")
    return read_page(text, url=url, rules=source.page)
