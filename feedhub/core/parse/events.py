"""Expat's events in the words of feedparser's handlers: usual prefixes, text in one piece.

The adapter that Python ships splits a text at every reference in it and builds two objects for
the attributes of each tag; without it a document is read in a quarter less time (measured).
"""

from __future__ import annotations

from typing import Any, Protocol
from xml.parsers import expat

FOREIGN = {
    "svg": "http://www.w3.org/2000/svg",
    "math": "http://www.w3.org/1998/Math/MathML",
}
_BUFFER = 1 << 16
SEPARATOR = "}"
"""As in `ElementTree`: expat refuses a namespace with the separator in it (some hold a blank)."""


class Handlers(Protocol):
    """What feedparser's readers offer."""

    namespaces_in_use: dict[str, str]

    def unknown_starttag(self, tag: str, attrs: Any) -> None:
        """Take an opening tag."""

    def unknown_endtag(self, tag: str) -> None:
        """Take a closing tag."""

    def handle_data(self, text: str) -> None:
        """Take a text."""

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Take a declaration of a namespace."""


def deliver(body: bytes, handlers: Handlers, known: dict[str, str]) -> None:
    """Parse UTF-8 XML and call the handlers; raise `expat.ExpatError` at the first fault.

    `known` maps lower-case namespace names to the prefix that feedparser's handlers are called by.
    """
    parser = expat.ParserCreate(namespace_separator=SEPARATOR, intern={})
    parser.buffer_text = True
    parser.buffer_size = _BUFFER
    names = _Names(handlers, known)
    start, end = handlers.unknown_starttag, handlers.unknown_endtag

    def start_element(name: str, attributes: dict[str, str]) -> None:
        tag = names.element(name)
        start(tag, names.attributes(tag, attributes) if attributes or tag in FOREIGN else [])

    def start_namespace(prefix: str | None, uri: str | None) -> None:
        if uri:
            handlers.track_namespace(prefix, uri)

    parser.StartElementHandler = start_element
    parser.EndElementHandler = lambda name: end(names.element(name))
    parser.CharacterDataHandler = handlers.handle_data
    parser.StartNamespaceDeclHandler = start_namespace
    parser.Parse(body, True)


class _Names:
    """The spelling of names for feedparser: a well-known prefix whatever the document wrote."""

    def __init__(self, handlers: Handlers, known: dict[str, str]) -> None:
        self.handlers = handlers
        self.known = known
        self.elements: dict[str, str] = {}
        self.keys: dict[str, tuple[str, ...]] = {}

    def element(self, name: str) -> str:
        """Return `prefix:local` in lower case for expat's `uri}local`."""
        tag = self.elements.get(name)
        if tag is None:
            uri, _, local = name.rpartition(SEPARATOR)
            prefix = self._prefix(uri)
            tag = f"{prefix}:{local}".lower() if prefix else local.lower()
            self.elements[name] = tag
        return tag

    def _prefix(self, uri: str) -> str:
        if not uri:
            return ""
        lower = uri.lower()
        if "backend.userland.com/rss" in lower:
            return ""
        known = self.known.get(lower)
        if known is not None:
            return known
        used = self.handlers.namespaces_in_use.items()
        return next((prefix for prefix, value in used if prefix and value == uri), "")

    def attributes(self, tag: str, attributes: dict[str, str]) -> list[tuple[str, str]]:
        """Return attributes under their local name, and with a known prefix as well."""
        found: list[tuple[str, str]] = []
        if tag in FOREIGN:
            found.append(("xmlns", FOREIGN[tag]))
        for name, value in attributes.items():
            keys = self.keys.get(name)
            if keys is None:
                keys = self.keys[name] = self._attribute_keys(name)
            found += [(key, value) for key in keys]
        return found

    def _attribute_keys(self, name: str) -> tuple[str, ...]:
        uri, _, local = name.rpartition(SEPARATOR)
        prefix = self.known.get(uri.lower(), "") if uri else ""
        local = local.lower()
        return (f"{prefix}:{local}", local) if prefix else (local,)
