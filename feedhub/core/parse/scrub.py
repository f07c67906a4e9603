"""Make a document safe to hand to an XML parser, without changing what it says.

All passes are linear: what stands before the root is dropped (80 KB of newlines there cost
feedparser 50 s, measured), the prolog says utf-8, the document type goes (and with it every
entity bomb and outside reference), characters that XML 1.0 forbids go, and references that no
XML parser knows (`&nbsp;`, a bare `&`) are written so that it does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.entities import name2codepoint

PROLOG = b'<?xml version="1.0" encoding="utf-8"?>\n'

_CONTROLS = bytes(set(range(32)) - {9, 10, 13})
_NON_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")  # U+FFFE and U+FFFF as UTF-8
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_SPACE = re.compile(r"\s*")
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*(?::[\w.-]+)?)")
_LATE_ROOT = re.compile(r"<\?xml\s|<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_LATE = 65_536
_HTML = frozenset({"html", "head", "body", "br", "script", "b", "p", "div", "meta"})

_ENTITY = re.compile(r"<!ENTITY\s+(\w{1,40})\s+(?:\"([^\"<&%]{0,200})\"|'([^'<&%]{0,200})')\s*>")
_ENTITY_CODE = re.compile(r"<!ENTITY\s+(\w{1,40})\s+[\"']&#(x?[\da-fA-F]{1,6});[\"']\s*>")

# What the next parser reads by itself is skipped, so that only the odd ones cost a call.
_ODD = re.compile(
    r"<!\[CDATA\[(?:[^\]]|\](?!\]>))*+(?:\]\]>)?"
    r"|&(?!(?:amp|lt|gt|quot|apos|#(?:3[2-9]|[4-9]\d|[1-9]\d\d\d?|[1-4]\d{4}));)"
    r"(?:(#[xX]?0*[\da-fA-F]{1,8}|[A-Za-z]\w{0,39});)?"
)
_NEEDS_CARE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#(?:3[2-9]|[4-9]\d|[1-9]\d\d\d?|[1-4]\d{4}));)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scrubbed:
    """A document ready for an XML parser.

    `body` is UTF-8 and begins with a prolog and its root; `root` is the root's name as written,
    empty where there is none; `netscape` says that its document type was Netscape's RSS 0.91.
    """

    body: bytes
    root: str
    netscape: bool = False
    warnings: tuple[str, ...] = field(default=())


def legal(text: str) -> str:
    """Remove the characters that XML 1.0 (section 2.2) forbids, lone surrogates among them."""
    return _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where in a text its document stands: from the root's `<` to behind its last tag."""

    start: int
    end: int
    root: str
    doctype: str
    warnings: tuple[str, ...]


def placed(text: str) -> Place:
    """Find a document between what servers put before and after it."""
    start, warnings = _beginning(text)
    start, doctype = _past_prolog(text, start)
    root = _ROOT.match(text, start)
    name = root.group(1) if root else ""
    end, tail = _ending(text, name)
    return Place(start=start, end=end, root=name, doctype=doctype, warnings=warnings + tail)


def scrub(text: str) -> Scrubbed:
    """Prepare a document's text for an XML parser; the work grows linearly with its length."""
    place = placed(text)
    content, warnings = text[place.start : place.end], place.warnings
    if _NEEDS_CARE.search(content):
        content = _references(content, _own_entities(place.doctype))
    body, dropped = _utf8(content)
    if dropped:
        warnings += (f"{dropped} forbidden control characters were removed",)
    return Scrubbed(
        body=PROLOG + body,
        root=place.root,
        netscape="netscape" in place.doctype.lower(),
        warnings=warnings,
    )


def _beginning(text: str) -> tuple[int, tuple[str, ...]]:
    """Find where the document begins: at the first `<`, or past a server's message before it."""
    start = text.find("<")
    if start < 0:
        return len(text), ()
    first = _ROOT.match(text, start)
    if first and first.group(1).lower() in _HTML - {"html"}:
        late = _LATE_ROOT.search(text, start, start + _LATE)
        if late:
            return late.start(), ("something that is not part of the feed stands before it",)
    return start, ()


def _past_prolog(text: str, start: int) -> tuple[int, str]:
    """Skip declaration, instructions, comments and document type; return the root's place too."""
    doctype = ""
    while text.startswith(("<?", "<!"), start):
        if text.startswith("<!--", start):
            end = text.find("-->", start + 4) + 3
        elif text.startswith("<?", start):
            end = text.find(">", start) + 1
        else:
            end = _doctype_end(text, start)
            doctype = doctype or text[start:end]
        if end < start + 2:
            return len(text), doctype
        blank = _SPACE.match(text, end)
        start = blank.end() if blank else end
    return start, doctype


def _doctype_end(text: str, start: int) -> int:
    """Return where a document type ends, its internal subset included; 0 where it does not."""
    close = text.find(">", start)
    subset = text.find("[", start, max(close, start))
    if subset >= 0:
        end = re.compile(r"\]\s{0,99}>").search(text, subset)
        return end.end() if end else 0
    return close + 1


def _ending(text: str, root: str) -> tuple[int, tuple[str, ...]]:
    """Return where the root element ends; what servers append to it is no part of the feed."""
    if not root:
        return len(text), ()
    place = text.rfind(f"</{root}")
    close = text.find(">", place) + 1 if place >= 0 else 0
    if not close:
        return len(text), ()
    rest = text[close : close + 2000].strip()
    if not rest or rest.startswith("<!--") or "<item" in rest or "<entry" in rest:
        return (close if not rest else len(text)), ()
    return close, ("something that is not part of the feed stands after it",)


def _own_entities(doctype: str) -> dict[str, str]:
    """Return the harmless entities a document type defines: short text without references."""
    found = {name: double or single for name, double, single in _ENTITY.findall(doctype)}
    return found | {name: f"&#{code};" for name, code in _ENTITY_CODE.findall(doctype)}


def _references(text: str, own: dict[str, str]) -> str:
    """Rewrite the references that an XML parser stumbles over, outside CDATA only."""

    def written(match: re.Match[str]) -> str:
        whole, name = match.group(), match.group(1)
        if whole.startswith("<"):
            return whole
        if name is None:
            return "&amp;"
        if name.startswith("#"):
            return _numeric(name)
        if name in own:
            return own[name]
        code = name2codepoint.get(name)
        return f"&#{code};" if code else f"&amp;{name};"

    return _ODD.sub(written, text)


def _numeric(name: str) -> str:
    """Return a numeric reference if XML allows its character, else nothing."""
    digits = name[1:]
    try:
        code = int(digits[1:], 16) if digits[:1] in {"x", "X"} else int(digits)
    except ValueError:
        return f"&amp;{name};"
    fine = code in {9, 10, 13} or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return f"&#{code};" if fine or 0x10000 <= code <= 0x10FFFF else ""


def _utf8(text: str) -> tuple[bytes, int]:
    """Encode without what XML forbids; return also how many characters that were."""
    try:
        body = text.encode("utf-8")
    except UnicodeEncodeError:
        body = text.encode("utf-8", "ignore")
    clean = body.translate(None, _CONTROLS)
    for mark in _NON_CHARACTERS:
        clean = clean.replace(mark, b"")
    return clean, len(text.encode("utf-8", "surrogatepass")) - len(clean)
