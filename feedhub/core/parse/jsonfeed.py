"""JSON Feed, versions 1, 1.0 and 1.1, and what calls itself so with wrong types in places.

jsonfeed.org is followed in what things mean, not in what to refuse: numbers as ids, one author
in place of a list, tags in one string ("[]" was seen) are all taken; an entry without an id is
kept, its identity is found later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from feedhub.core.parse.links import web_link
from feedhub.core.parse.media import merged, number, photo_credit, plain
from feedhub.core.parse.scrub import legal
from feedhub.errors import ParseError
from feedhub.model.entry import Category, Enclosure, Image
from feedhub.model.parsed import ParsedEntry, ParsedFeed

MAX_ENTRIES = 10_000
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_MARKED_UP = re.compile(r"</[a-z]|&#?\w{1,10};", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n\s*\n")
Raw = Mapping[str, Any]


def is_json(text: str, content_type: str | None) -> bool:
    """Say whether a document is JSON by its first character, or by its type and no `<` at all."""
    first = text.lstrip("\ufeff\x00 \t\r\n")[:1]
    return first in {"{", "["} or ("json" in (content_type or "").lower() and first != "<")


def read_json(text: str, *, url: str) -> ParsedFeed:
    """Read a JSON Feed; raise `ParseError` where the JSON is something else or too broken."""
    document, warnings = _load(text.strip("\ufeff\x00 \t\r\n"))
    if not isinstance(document, dict):
        raise ParseError("JSON, but no JSON Feed: it is not an object")
    version, items = _text(document, "version"), document.get("items")
    if "jsonfeed" not in version.lower() and not isinstance(items, list):
        raise ParseError("JSON, but no JSON Feed: it has neither its version nor items")
    items = items if isinstance(items, list) else []
    if len(items) > MAX_ENTRIES:
        warnings.append(f"the document has more than {MAX_ENTRIES} entries; the first were read")
    home = web_link(document.get("home_page_url"), url)
    entries, lost = _entries(items[:MAX_ENTRIES], home or url, _authors(document))
    return ParsedFeed(
        format="json11" if version.rstrip("/").endswith("1.1") else "json10",
        title=plain(_text(document, "title")),
        home_url=home,
        language=_text(document, "language") or None,
        entries=entries,
        warnings=(*warnings, *lost),
        links=_links(document),
    )


def _links(document: Raw) -> tuple[tuple[str, str], ...]:
    hubs = document.get("hubs")
    named = (
        [hub.get("url") for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    )
    found = [*(("hub", hub) for hub in named[:5]), ("self", document.get("feed_url"))]
    found.append(("next", document.get("next_url")))
    return tuple((rel, href) for rel, href in found if isinstance(href, str) and href)


def _load(text: str) -> tuple[Any, list[str]]:
    """Read JSON; of a broken document the entries that are whole."""
    try:
        return json.loads(text), []
    except (ValueError, RecursionError) as error:
        items = list(_whole_items(text))
        if not items:
            raise ParseError(f"JSON that cannot be read: {str(error)[:120]}") from error
        version = "https://jsonfeed.org/version/1" if "jsonfeed.org" in text[:500] else ""
        return {"version": version, "items": items}, [
            f"broken JSON ({str(error)[:120]}), read as far as possible"
        ]


def _whole_items(text: str) -> Iterator[Any]:
    """Yield the entries of a broken document one by one, up to the broken one."""
    start = _ITEMS.search(text)
    place = start.end() if start else len(text)
    decoder = json.JSONDecoder()
    while place < len(text):
        blank = _BETWEEN.match(text, place)
        place = blank.end() if blank else place
        try:
            item, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield item


def _entries(
    items: list[Any], base: str, authors: tuple[str, ...]
) -> tuple[tuple[ParsedEntry, ...], list[str]]:
    """Read all entries; one that cannot be read is told and left out."""
    found: list[ParsedEntry] = []
    lost: list[str] = []
    for place, item in enumerate(items, 1):
        if not isinstance(item, dict):
            lost.append(f"entry {place} could not be read: it is not an object")
            continue
        try:
            found.append(_entry(item, base, authors))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            lost.append(f"entry {place} could not be read: {type(error).__name__}: {error}")
    return tuple(found), lost


def _entry(item: Raw, base: str, feed_authors: tuple[str, ...]) -> ParsedEntry:
    """Read one entry; the feed's authors stand in where it names none (JSON Feed 1.1, "Items")."""
    summary, content = _bodies(item)
    names = _authors(item) or feed_authors
    credit = next((found for name in names if (found := photo_credit(name))), "")
    files = _attachments(item, base)
    return ParsedEntry(
        guid=_text(item, "id") or None,
        url=_address(item, base),
        title=_title(item),
        summary=summary,
        content=content,
        published=_text(item, "date_published") or None,
        updated=_text(item, "date_modified") or None,
        authors=tuple(name for name in names if photo_credit(name) is None),
        categories=tuple(Category(term=tag) for tag in dict.fromkeys(_tags(item.get("tags")))),
        enclosures=files,
        images=_images(item, base, files, credit),
        language=_text(item, "language") or None,
        base_url=base or None,
    )


def _title(item: Raw) -> str:
    """Return the title, which is plain text (JSON Feed 1.1, "Items") unless it is marked up."""
    title = _text(item, "title")
    return title if _MARKED_UP.search(title) else title.replace("<", "&lt;")


def _bodies(item: Raw) -> tuple[str, str]:
    """Return (summary, content) as HTML; a text that stands in both is told once, as summary."""
    content = _text(item, "content_html") or _paragraphs(_text(item, "content_text"))
    summary = _paragraphs(_text(item, "summary")) if content else ""
    if not content:
        return _paragraphs(_text(item, "summary")), ""
    return ("", content) if summary.strip() == content.strip() else (summary, content)


def _paragraphs(text: str) -> str:
    """Write plain text as HTML: blank lines part paragraphs, single ones break lines."""
    if not text:
        return ""
    blocks = (escape(block.strip(), quote=False) for block in _PARAGRAPHS.split(text))
    return "".join(f"<p>{block.replace(chr(10), '<br>')}</p>" for block in blocks if block)


def _address(item: Raw, base: str) -> str | None:
    """Return where an entry is read: its page, the page it points to, or an id that is one."""
    for key in ("url", "external_url"):
        link = web_link(item.get(key), base)
        if link:
            return link
    return web_link(item.get("id"))


def _authors(item: Raw) -> tuple[str, ...]:
    """Return names from `authors` (1.1) or `author` (1.0), objects or plain strings."""
    people = item.get("authors") or item.get("author") or []
    people = people if isinstance(people, list) else [people]
    names = (plain(_name(person)) for person in people)
    return tuple(dict.fromkeys(name for name in names if name))


def _name(person: object) -> str:
    return _text(person, "name") if isinstance(person, dict) else _string(person)


def _tags(raw: object) -> list[str]:
    """Return tags of a list, of JSON in a string, or of words between commas."""
    if isinstance(raw, str):
        raw = _list_in(raw)
    if not isinstance(raw, list):
        return []
    terms = (" ".join(_name(tag).split()) for tag in raw)
    return [term for term in terms if term and len(term) <= 200]


def _list_in(text: str) -> list[Any]:
    """Read a list out of a string: `[]`, `["a"]` or `a, b`."""
    if text.strip().startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = text.strip(" []").replace('"', "").replace("'", "").split(",")
        return found if isinstance(found, list) else []
    return re.split(r"[,;]", text)


def _attachments(item: Raw, base: str) -> tuple[Enclosure, ...]:
    raw = item.get("attachments")
    found: dict[str, Enclosure] = {}
    for part in raw if isinstance(raw, list) else []:
        link = web_link(part.get("url"), base) if isinstance(part, dict) else None
        if link:
            kind = _text(part, "mime_type").lower()
            length = number(part.get("size_in_bytes"))
            found.setdefault(link, Enclosure(url=link, type=kind or None, length=length))
    return tuple(found.values())


def _images(item: Raw, base: str, files: tuple[Enclosure, ...], credit: str) -> tuple[Image, ...]:
    """Return the main picture, the banner and attached pictures, each address once."""
    main = [
        Image(url=link) for key in ("image", "banner_image") if (link := _picture(item, key, base))
    ]
    main += [
        Image(url=file.url, type=file.type, length=file.length)
        for file in files
        if (file.type or "").startswith("image/")
    ]
    found: dict[str, Image] = {}
    for image in main:
        found[image.url] = merged(found[image.url], image) if image.url in found else image
    pictures = list(found.values())
    if pictures and credit:
        pictures[0] = merged(pictures[0], Image(url=pictures[0].url, credit=credit))
    return tuple(pictures)


def _picture(item: Raw, key: str, base: str) -> str | None:
    raw = item.get(key)
    return web_link(raw.get("url") if isinstance(raw, dict) else raw, base)


def _text(item: Raw, key: str) -> str:
    return _string(item.get(key))


def _string(value: object) -> str:
    """Return a string or a number as text, without what XML forbids; anything else is empty."""
    if isinstance(value, str):
        return legal(value).strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return ""
