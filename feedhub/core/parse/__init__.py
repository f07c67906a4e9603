"""From bytes to `ParsedFeed`: find the real encoding, then read any RSS, RDF, Atom or JSON Feed.

Pure, and made for a worker process: a hostile document costs linear time here, and the caller
still limits the CPU time of each task. Entries are given as the document has them, in its order,
with nothing cleaned; relative addresses are the one thing already resolved.
"""

from __future__ import annotations

from dataclasses import replace

from feedhub.core.parse import around
from feedhub.core.parse.encoding import decode
from feedhub.core.parse.jsonfeed import is_json, read_json
from feedhub.core.parse.refusal import refused
from feedhub.core.parse.strict import read
from feedhub.core.parse.tolerant import read_xml
from feedhub.model.parsed import Decoded, ParsedFeed

__all__ = ["decode", "parse"]


def parse(decoded: Decoded, *, url: str, content_type: str | None = None) -> ParsedFeed:
    """Read a document found at `url`; raise `ParseError`, one plain sentence, where it is no feed.

    What could be read of a broken document is returned, with `warnings` in sentences. The result
    carries `decoded` without its text, so that it stays small on its way between processes.
    """
    text = decoded.text
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise refused(text, "")
    if is_json(text, content_type):
        feed = read_json(text, url=url)
    else:
        feed = read(text, url=url) or read_xml(text, url=url, content_type=content_type)
        feed = around.surrounded(feed, text)
    return _completed(feed, decoded)


def _completed(feed: ParsedFeed, decoded: Decoded) -> ParsedFeed:
    """Add what decoding showed to a feed: its encoding, and what was lost of the text."""
    lost = decoded.text.count("\ufffd")
    unreadable = (f"{lost} characters could not be read as {decoded.real}",) if lost else ()
    warnings = (*((decoded.why,) if decoded.why else ()), *unreadable, *feed.warnings)
    return replace(feed, encoding=replace(decoded, text=""), warnings=warnings)
