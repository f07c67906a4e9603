"""feedparser's own readers, fed directly and kept from what hurts.

`feedparser.parse` guesses the encoding and rewrites the document type before it reads, both by
regular expressions that are quadratic on hostile input; both are done by now, so its two readers
are driven here: the strict one by expat, the loose one by its tag-soup scanner.

What stands in a foreign element of an entry (a box of related news with links, titles and ids of
their own) says nothing of the entry; feedparser would take the last of it for the entry's.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from feedparser import api

from feedhub.core.parse.events import deliver
from feedhub.core.parse.handlers import FAULTS, Bounded, ChangedHandlers

_ENTRIES = frozenset({"item", "entry"})
_USUAL = frozenset(prefix.lower() for prefix in ChangedHandlers.namespaces.values())


@lru_cache(maxsize=4096)
def is_foreign(tag: str) -> bool:
    """Say whether `prefix:local` is of a namespace that neither feedparser nor we know."""
    prefix, colon, local = tag.partition(":")
    known = prefix in _USUAL or hasattr(ChangedHandlers, f"_start_{prefix}_{local}")
    return bool(colon) and not known


class StrictReader(ChangedHandlers, api.StrictFeedParser):  # type: ignore[misc]
    """feedparser's reader for well-formed XML, which passes over foreign elements of entries.

    Entries in them end that, so that none is missed.
    """

    foreign = 0
    namespacemap: dict[str | None, str]

    def unknown_starttag(self, tag: str, attrs: Any) -> None:
        """Take an opening tag, unless it is in a foreign element of an entry."""
        if self.foreign and tag not in _ENTRIES:
            self.foreign += 1
        elif self.inentry and not self.incontent and is_foreign(tag) and self._is_own(tag):
            self.foreign = 1
        else:
            self.foreign = 0
            super().unknown_starttag(tag, attrs)
            return
        self.count()
        self.depth += 1
        self.basestack.append(self.baseuri)
        self.langstack.append(self.lang)

    def _is_own(self, tag: str) -> bool:
        return tag.partition(":")[0] not in self.namespacemap

    def unknown_endtag(self, tag: str) -> None:
        """Take a closing tag, unless it is in a foreign element of an entry."""
        if not self.foreign:
            super().unknown_endtag(tag)
            return
        self.foreign -= 1
        self.depth -= 1
        del self.basestack[-1], self.langstack[-1]

    def handle_data(self, text: str, escape: int = 1) -> None:
        """Take a text, unless it is in a foreign element of an entry."""
        if not self.foreign:
            super().handle_data(text, escape)


class LooseReader(ChangedHandlers, api.LooseFeedParser):  # type: ignore[misc]
    """feedparser's reader for anything with tags in it."""


Reader = StrictReader | LooseReader


def read_strictly(reader: StrictReader, body: bytes) -> None:
    """Read UTF-8 XML into a new reader.

    Raises `expat.ExpatError` at the first fault and `Bounded` at a bound; what was read before
    is in the reader.
    """
    reader.resolve_relative_uris = reader.sanitize_html = False
    deliver(body, reader, reader.known_namespaces())


def read_loosely(body: bytes) -> tuple[LooseReader, Exception | None]:
    """Read tag soup; return what was read, with what stopped the reading short, if anything did."""
    reader = LooseReader("", None, "utf-8", {})
    reader.resolve_relative_uris = reader.sanitize_html = False
    try:
        reader.feed(body.decode("utf-8", "replace"))
    except (Bounded, RecursionError, AssertionError, *FAULTS) as error:
        return reader, error
    return reader, None
