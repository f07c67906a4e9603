"""What the quick reader does not know, read by feedparser's own handlers and by nothing else.

An entry, or the feed's own elements, are given to them alone, within the elements around them. That
is what they would have read in the whole document, as long as they leave nothing behind: after each
element at this level the reader's state must be what it was before, or the document is declined.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from feedhub.core.parse.events import FOREIGN
from feedhub.core.parse.handlers import Bounded
from feedhub.core.parse.plainly import Declined, Names, Namespace, Raw, named
from feedhub.core.parse.reader import StrictReader

_MAX_DEPTH = 60
_STATE = named(
    "infeed inentry incontent intextinput inimage inauthor incontributor inpublisher insource "
    "svgOK depth lang baseuri version hasContent _summaryKey picture in_group in_guid foreign faults"
)
_LEFT_OPEN = frozenset({"item", "content"})
"""What feedparser leaves on its stack after good entries, too; it never comes back to these."""


_ROOTS = frozenset({"rss", "feed"})


class Aside:
    """feedparser's reader within some opened elements of a document."""

    def __init__(
        self, names: Names, declared: list[Namespace], inner: list[Namespace], *outer: Element
    ) -> None:
        self.names = names
        self.reader = reader = StrictReader("", None, "utf-8")
        reader.resolve_relative_uris = reader.sanitize_html = False
        self._declare(declared)
        for place, element in enumerate(outer):
            reader.unknown_starttag(names.tag(element.tag), names.pairs(element))
            if place == 0:
                self._declare(inner)
        self.open = len(reader.elementstack)
        self.state = self._state()

    def _declare(self, spaces: list[Namespace]) -> None:
        for prefix, uri in spaces:
            if uri:
                self.reader.track_namespace(prefix or None, uri)

    def _state(self) -> list[Any]:
        reader = self.reader
        open_ = {name for name, _, _ in reader.elementstack} - _LEFT_OPEN
        return [
            [getattr(reader, name) for name in _STATE],
            [dict(reader.contentparams), dict(reader.sourcedata), open_],
            [list(reader.basestack), list(reader.langstack)],
        ]

    def entry(self, element: Element) -> Raw:
        """Return an entry as feedparser reads it; decline one that does not stay by itself."""
        reader = self.reader
        number, of_feed = len(reader.entries), self._of_feed()
        self.element(element)
        if len(reader.entries) != number + 1 or self._of_feed() != of_feed:
            raise Declined("an entry that does not stay by itself")
        raw: Raw = dict(reader.entries[-1])
        return raw

    def _of_feed(self) -> Raw:
        return {key: value for key, value in self.reader.feeddata.items() if key != "image"}

    def element(self, element: Element) -> None:
        """Take an element; decline one that leaves something open."""
        try:
            self._deliver(element, _MAX_DEPTH)
        except Bounded as bound:
            raise Declined(str(bound)) from bound
        if self._state() != self.state:
            raise Declined(f"<{self.names.tag(element.tag)}> leaves something open")
        del self.reader.elementstack[self.open :]  # what good entries leave would only grow

    def _deliver(self, element: Element, depth: int) -> None:
        reader, tag = self.reader, self.names.tag(element.tag)
        if not depth or tag in _ROOTS:
            raise Declined(f"deeply nested elements, or <{tag}> within a feed")
        pairs = self.names.pairs(element)
        if tag in FOREIGN:
            pairs = [("xmlns", FOREIGN[tag]), *pairs]
        reader.unknown_starttag(tag, pairs)
        if element.text:
            reader.handle_data(element.text)
        for child in element:
            self._deliver(child, depth - 1)
            if child.tail:
                reader.handle_data(child.tail)
        reader.unknown_endtag(tag)
