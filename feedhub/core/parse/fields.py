"""Any JSON document as a source: entries and their fields by paths, guessed where none is given.

For the programming interfaces that agencies' own pages load: whatever they call a headline. JSON
Lines are taken too, and what some servers write around JSON so that scripts may load it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedhub.core.parse.fieldpaths import check_path, dead_end, reach, steps_of, what_is
from feedhub.core.parse.jsonfeed import MAX_ENTRIES, _paragraphs, _string
from feedhub.core.parse.links import web_link
from feedhub.core.parse.media import plain
from feedhub.core.parse.refusal import refusal
from feedhub.errors import ParseError
from feedhub.model.entry import Image
from feedhub.model.parsed import ParsedEntry, ParsedFeed
from feedhub.model.settings import FieldPaths

__all__ = ["check_path", "read_fields"]

_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "guid", "uuid", "_id", "newsid", "articleid", "code"),
    "title": ("title", "name", "headline", "header", "caption", "subject", "zagolovok"),
    "url": (
        *("url", "link", "href", "permalink", "weburl", "pageurl", "detailpageurl"),
        *("canonicalurl", "fullurl", "sourceurl", "path"),
    ),
    "date": (
        *("date", "datepublished", "published", "publishedat", "publishdate", "publicationdate"),
        *("pubdate", "publishedon", "publishat", "activefrom", "datetime", "createdat", "created"),
        *("datecreate", "datecreated", "time", "timestamp"),
    ),
    "updated": ("updatedat", "updated", "modified", "modifiedat", "datemodified", "timestampx"),
    "body": (
        *("contenthtml", "content", "body", "fulltext", "detailtext", "html", "text"),
        *("contenttext", "articlebody", "message"),
    ),
    "summary": (
        *("summary", "announce", "anons", "announcement", "lead", "previewtext", "teaser"),
        *("excerpt", "description", "snippet", "subtitle", "annotation"),
    ),
    "image": (
        *("image", "imageurl", "picture", "photo", "previewpicture", "detailpicture", "preview"),
        *("cover", "thumbnail", "thumb", "img", "banner", "images", "photos"),
    ),
}
_LISTS = (
    *("items", "data", "results", "articles", "news", "entries", "posts", "records", "list"),
    *("rows", "docs", "hits", "publications", "content", "elements", "nodes", "edges"),
)
_WRAPPED = ("attributes", "fields", "node", "source", "item")
_WORDS_IN = ("rendered", "html", "value", "text", "ru", "name", "title", "date", "content")
_ADDRESS_IN = ("url", "src", "href", "link", "original", "large", "path", "file")
_MAX_KEYS = 1000
_JOINTS = {ord(joint): None for joint in "_- "}
_ADDRESS = re.compile(r"[^\s/.?]*[/.?]\S*")
_MAY_BE_MISSING = ("date", "body", "image")
_DEPTH = 3
_HTML = re.compile(r"</?[a-z][^<>]{0,500}>|&#?\w{1,10};", re.IGNORECASE)
_MARK = re.compile(r"\)\]\}',?|while\s*\(1\);|for\s*\(;;\);")
_CALL = re.compile(r"(?:/\*\*/)?\s*[A-Za-z_$][\w$.]{0,80}\s*\(")
Raw = Mapping[str, Any]


def read_fields(text: str, *, url: str, paths: FieldPaths) -> ParsedFeed:
    """Read a JSON document found at `url`; raise `ParseError` where it holds no entries.

    A path of items, id, title or url that leads nowhere is an error that names it and the keys
    that are there; one of date, body or image a warning, as many interfaces leave empty fields
    out. Times stay raw strings, numbers among them.
    """
    document, warnings = _document(text)
    found = _items(document, paths.items)
    items = [item for item in found if isinstance(item, dict)]
    if found and not items:
        raise ParseError(
            f"json.items: {_named(paths.items)} leads to {what_is(found[0])}, no objects"
        )
    if len(items) < len(found):
        warnings.append(f"{_count(len(found) - len(items), 'entry')} left out, being no object")
    if len(items) > MAX_ENTRIES:
        warnings.append(f"the document has more than {MAX_ENTRIES} entries; the first were read")
        items = items[:MAX_ENTRIES]
    warnings += _dead_ends(items, paths)
    entries = [_entry(item, paths, url) for item in items]
    kept = tuple(entry for entry in entries if entry.title or entry.url)
    if items and not kept:
        raise ParseError(
            f"no entry has a title or an address; set json.title and json.url: {what_is(items[0])}"
        )
    if lost := len(entries) - len(kept):
        warnings.append(f"{_count(lost, 'entry')} left out, having neither title nor address")
    title = plain(_Fields(document).text(None, "title")) if isinstance(document, dict) else ""
    return ParsedFeed(format="json", title=title, entries=kept, warnings=tuple(warnings))


def _document(text: str) -> tuple[Any, list[str]]:
    """Read JSON, or JSON Lines, whose last line may be cut."""
    bare = text.strip("\ufeff\x00 \t\r\n;")
    if not bare or bare.startswith("<"):
        raise ParseError(refusal(text, "html" if bare else "").replace("a feed", "JSON"))
    if mark := _MARK.match(bare):
        bare = bare[mark.end() :].lstrip()
    elif (call := _CALL.match(bare)) and bare.endswith(")"):
        bare = bare[call.end() : -1]
    try:
        return json.loads(bare), []
    except (ValueError, RecursionError) as error:
        lines, broken = _lines(bare)
        if not lines:
            raise ParseError(f"JSON that cannot be read: {str(error)[:120]}") from error
        return lines, [f"{_count(broken, 'line')} left out, being no JSON"] if broken else []


def _lines(text: str) -> tuple[list[Any], int]:
    """Read one object a line; nothing at all where the first line is none."""
    found: list[Any] = []
    broken = 0
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError):
            if not found:
                return [], 0
            broken += 1
    return (found if len(found) > broken and isinstance(found[0], dict) else []), broken


def _items(document: Any, path: str) -> list[Any]:
    """Return the entries a path leads to: the members of a list, an object's objects, or one."""
    steps = _steps("items", path)
    if not steps:
        return _guessed_items(document)
    reached = list(reach(document, steps))
    if not reached or reached == [None]:
        raise ParseError(f"json.items: {_named(path)} leads nowhere: {dead_end(document, steps)}")
    if len(reached) == 1:
        return _members(reached[0])
    return [item for one in reached for item in (one if isinstance(one, list) else [one])]


def _members(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and value and all(isinstance(one, dict) for one in value.values()):
        return list(value.values())
    return [value]


def _guessed_items(document: Any) -> list[Any]:
    """Return the first list of objects of a document, those with a usual name before others."""
    if isinstance(document, list):
        return document
    level, is_empty = [document], False
    for _ in range(_DEPTH):
        held = [value for one in level if isinstance(one, dict) for value in _usual_first(one)]
        for value in held:
            if isinstance(value, list) and any(isinstance(item, dict) for item in value[:20]):
                return value
        is_empty = is_empty or [] in held
        level = [value for value in held if isinstance(value, dict)][:100]
    if is_empty:
        return []
    told = what_is(document).replace("the keys", "an object with the keys", 1)
    raise ParseError(f"no list of entries was found; set json.items: the document is {told}")


def _usual_first(value: Raw) -> list[Any]:
    usual = _usual(value)
    return [*(usual[name] for name in _LISTS if name in usual), *value.values()]


def _count(number: int, what: str) -> str:
    many = f"{what.removesuffix('y')}ies" if what.endswith("y") else f"{what}s"
    return f"1 {what} was" if number == 1 else f"{number} {many} were"


def _steps(key: str, path: str | None) -> tuple[Any, ...]:
    try:
        return steps_of(path or "")
    except ValueError as error:
        raise ParseError(f"json.{key}: {error}"[:300]) from error


def _named(path: str) -> str:
    return f'the path "{" ".join(path.split())[:120]}"' if path else "the document"


def _dead_ends(items: list[Any], paths: FieldPaths) -> list[str]:
    """Tell which paths lead nowhere in every entry; without some of them there is no entry."""
    told = []
    for key in ("id", "title", "url", *_MAY_BE_MISSING):
        path = getattr(paths, key)
        steps = _steps(key, path)
        if (
            not path
            or not items
            or any(next(reach(item, steps), reach) is not reach for item in items)
        ):
            continue
        said = f"json.{key}: {_named(path)} leads nowhere: {dead_end(items[0], steps)}"
        if key not in _MAY_BE_MISSING:
            raise ParseError(said)
        told.append(said)
    return told


def _entry(item: Raw, paths: FieldPaths, url: str) -> ParsedEntry:
    found = _Fields(item)
    body, name = found.body(paths.body)
    return ParsedEntry(
        guid=found.text(paths.id, "id") or None,
        url=found.link(paths.url, "url", url),
        title=_escaped(found.text(paths.title, "title")),
        summary=_marked_up(found.text(None, "summary", but=name)),
        content=body,
        published=found.text(paths.date, "date")[:100] or None,
        updated=found.text(None, "updated")[:100] or None,
        images=tuple(Image(url=link) for link in [found.link(paths.image, "image", url)] if link),
    )


class _Fields:
    """One entry's fields, by path or by their usual names; those one level deeper count as its own."""

    def __init__(self, item: Raw) -> None:
        inner = next((item[key] for key in _WRAPPED if isinstance(item.get(key), dict)), None)
        self.item = item
        self.usual = _usual({**inner, **item} if inner else item)

    def values(self, path: str | None, field: str) -> Iterator[tuple[str, Any]]:
        """Yield what stands at a path, or under a field's usual names, with path or name."""
        if path:
            yield from ((path, value) for value in reach(self.item, _steps(field, path)))
        else:
            yield from ((name, self.usual[name]) for name in _NAMES[field] if name in self.usual)

    def text(self, path: str | None, field: str, but: str = "") -> str:
        """Return the first text that is not empty; what stands under the name `but` is passed."""
        held = self.values(path, field)
        return next((text for name, raw in held if name != but and (text := _text(raw))), "")

    def link(self, path: str | None, field: str, base: str) -> str | None:
        """Return the first address; under a usual name only what looks like one."""
        raws = (_address(raw) for _, raw in self.values(path, field))
        tried = (raw for raw in raws if raw and (path or _ADDRESS.fullmatch(raw.strip())))
        return next((link for raw in tried if (link := web_link(raw, base))), None)

    def body(self, path: str | None) -> tuple[str, str]:
        """Return the full text as HTML, and the path or name it stood under; a list is joined."""
        parts: list[str] = []
        for name, raw in self.values(path, "body"):
            parts += _parts(raw)
            if parts and not path:
                return "\n".join(map(_marked_up, parts)), name
        return "\n".join(map(_marked_up, parts)), path or ""


def _usual(item: Raw) -> dict[str, Any]:
    """Return an object's values by their names in lower case and without joints."""
    named = ((str(key)[:40], item[key]) for key in [*item][:_MAX_KEYS])
    found: dict[str, Any] = {}
    for key, value in named:
        found.setdefault(key.translate(_JOINTS).lower(), value)
    return found


def _text(value: Any) -> str:
    """Return the words of a text, a number, or an object or list that holds them one level in."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = next((value[key] for key in _WORDS_IN if isinstance(value.get(key), str)), "")
    return _string(value)


def _parts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for one in values[:_MAX_KEYS] if (text := _text(one))]


def _marked_up(text: str) -> str:
    """Return HTML as it is, and plain text as HTML."""
    return text if _HTML.search(text) else _paragraphs(text)


def _escaped(title: str) -> str:
    return title if _HTML.search(title) else title.replace("<", "&lt;")


def _address(value: Any) -> str | None:
    """Return the text that may be an address, or the one an object or list holds one level in."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = next((value[key] for key in _ADDRESS_IN if isinstance(value.get(key), str)), None)
    return _string(value) if isinstance(value, str) else None
