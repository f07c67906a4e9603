"""Markup written out in a text element (Atom's `type="xhtml"`), as feedparser writes it down."""

from __future__ import annotations

from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from feedhub.core.parse.events import FOREIGN
from feedhub.core.parse.plainly import Declined, Names
from feedhub.core.parse.reader import StrictReader

_MAX_DEPTH = 60
_DIV = ("<div>", "<div ")


def written(names: Names, element: Element, *, unwrap: bool) -> str:
    """Return what stands in an element as text; `unwrap` takes off the `div` around all of it.

    Elements that feedparser has a rule for are declined: their end disturbs its state.
    """
    pieces: list[str] = []
    _add(pieces, names, element, _MAX_DEPTH)
    return "".join(_unwrapped(pieces) if unwrap else pieces).strip()


def _add(pieces: list[str], names: Names, element: Element, depth: int) -> None:
    if not depth:
        raise Declined("deeply nested markup")
    if element.text:
        pieces.append(escape(element.text))
    for child in element:
        local = names.tag(child.tag).rpartition(":")[2]
        if local in FOREIGN or hasattr(StrictReader, f"_end_{names.key(child.tag)}"):
            raise Declined(f"<{local}> in written markup")
        attrs = map(StrictReader._normalize_attributes, names.pairs(child))  # noqa: SLF001
        pieces.append(f"<{local}{StrictReader.strattrs(attrs)}>")
        _add(pieces, names, child, depth - 1)
        pieces.append(f"</{local}>")
        if child.tail:
            pieces.append(escape(child.tail))


def _unwrapped(pieces: list[str]) -> list[str]:
    """Leave out a `div` that holds all the rest."""
    while len(pieces) > 1 and not pieces[-1].strip():
        del pieces[-1]
    while len(pieces) > 1 and not pieces[0].strip():
        del pieces[0]
    if not pieces or not pieces[0].startswith(_DIV) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if not depth:
                return pieces
        elif piece.startswith("<") and not piece.endswith("/>"):
            depth += 1
    return pieces[1:-1]
