"""One of feedparser's entries made into a `ParsedEntry`, around the traps of its field names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from feedparser import api

from feedhub.core.parse.handlers import BODIES
from feedhub.core.parse.links import web_link
from feedhub.core.parse.media import enclosures, images, photo_credit, plain, with_atom_pictures
from feedhub.model.entry import Category
from feedhub.model.parsed import ParsedEntry

Raw = Mapping[str, Any]

MAX_CATEGORY = 200
"""Longer categories are texts that strayed into the wrong element."""

_SEVERAL = re.compile(r"[,;]\s+")
_LAST_BODIES = ("dc_description", "itunes_summary", "itunes_subtitle")


def entry_of(raw: Raw, *, atom: bool, home: str | None, url: str) -> ParsedEntry:
    """Read one entry; `home` is the channel's page, `url` where the document was found.

    `raw` is a plain copy: feedparser's own mapping answers `updated` with `published`.

    Relative addresses are those of `xml:base`; without one of the channel's page in RSS, which
    is what their authors mean, and of the document in Atom (RFC 4287, 4.2.7).
    """
    given = raw.get("feedhub_base")
    base = (web_link(given, url) if given else None) or (None if atom else home) or url or None
    names, credit = _authors(raw)
    summary, content = bodies(raw, atom=atom)
    files = enclosures(raw, base)
    published, updated = _times(raw, atom=atom)
    return ParsedEntry(
        guid=_text(raw, "id") or None,
        url=_address(raw, base),
        title=_title(raw, atom=atom),
        summary=summary,
        content=content,
        published=published,
        updated=updated,
        authors=names,
        categories=categories(raw),
        enclosures=files,
        images=with_atom_pictures(images(raw, base, credit), files),
        language=_text(raw, "language") or _text(raw, "feedhub_lang") or None,
        base_url=_body_base(raw, base),
    )


def bodies(raw: Raw, *, atom: bool) -> tuple[str, str]:
    """Return (summary, content): the short text, and the fullest one where it is another.

    Order of preference: content:encoded or atom:content, turbo:content, yandex:full-text,
    rambler:fulltext, description. Captions of pictures and podcast texts are never among them,
    unless there is nothing else.
    """
    summary = _html(_text(raw, "summary"), raw.get("summary_detail"), atom=atom)
    content = ""
    for part in raw.get("content") or ():
        content = content or _html((part.get("value") or "").strip(), part, atom=atom)
    for name in BODIES:
        content = content or _text(raw, name)
    if not summary and not content:
        summary = next((text for name in _LAST_BODIES if (text := _text(raw, name))), "")
        summary = summary or _caption(raw)
    if content == summary:
        return summary, ""
    return summary, content


def _caption(raw: Raw) -> str:
    """Return `media:description` where an entry has no other text at all (video channels)."""
    noted = (raw.get("feedhub_group"), raw.get("feedhub_first"), *raw.get("feedhub_pictures", ()))
    return next((words for each in noted if each and (words := _text(each, "description"))), "")


def categories(raw: Raw) -> tuple[Category, ...]:
    """Return an entry's categories, each once, as the source wrote them.

    A lone category that lists several («экономика, бюджет») is split at commas or semicolons
    followed by a blank, and only if each part is short and a list is all it can be; anything
    else stays one string, and the source's own category map decides.
    """
    tags = raw.get("tags")
    if not tags:
        return ()
    found = [
        Category(term=term, scheme=tag.get("scheme") or None, label=plain(tag.get("label")) or None)
        for tag in tags
        if (term := " ".join(str(tag.get("term") or tag.get("label") or "").split()))
        and len(term) <= MAX_CATEGORY
    ]
    if len(found) == 1 and found[0].label is None:
        found = [Category(term=part, scheme=found[0].scheme) for part in _parts(found[0].term)]
    return tuple(dict.fromkeys(found))


def _parts(term: str) -> list[str]:
    """Split a list of categories; a sentence or a long name with a comma in it is left whole."""
    parts = [part.strip() for part in _SEVERAL.split(term)]
    is_list = all(part and len(part) <= 40 and len(part.split()) <= 3 for part in parts)
    return parts if is_list and not re.search(r"[.!?:()«»\"]", term) else [term]


def _authors(raw: Raw) -> tuple[tuple[str, ...], str]:
    """Return the authors' names and the first photo credit found among them."""
    people = [person.get("name") for person in raw.get("authors") or ()]
    if "author_detail" in raw:
        people.append(raw["author_detail"].get("name"))
    if not people:
        return (), ""
    names = dict.fromkeys(name for name in map(plain, people) if name)
    credited = {name: photo_credit(name) for name in names}
    credit = next((credit for credit in credited.values() if credit), "")
    return tuple(name for name, found in credited.items() if found is None), credit


def _address(raw: Raw, base: str | None) -> str | None:
    """Return where an entry is read: the publisher's own link, else a guid that is an address."""
    found = web_link(raw.get("feedburner_origlink")) or web_link(raw.get("link"), base)
    if found:
        return found
    for link in raw.get("links") or ():
        found = web_link(link.get("href"), base) if link.get("rel") == "alternate" else None
        if found:
            return found
    permanent = raw.get("feedhub_permalink", True)
    return web_link(raw.get("id")) if permanent else None


def _title(raw: Raw, *, atom: bool) -> str:
    title = _text(raw, "title")
    detail = raw.get("title_detail") or {}
    plain_text = atom and detail.get("type") == "text/plain"
    if plain_text and "<" in title and not api.StrictFeedParser.looks_like_html(title):
        return title.replace("<", "&lt;")
    return title


def _html(text: str, detail: Raw | None, *, atom: bool) -> str:
    """Return a body as HTML: Atom's `type="text"` is escaped unless it is HTML all the same."""
    kind = (detail or {}).get("type")
    if not atom or kind != "text/plain" or not ("<" in text or "&" in text):
        return text
    return text if api.StrictFeedParser.looks_like_html(text) else escape(text, quote=False)


def _text(raw: Raw, key: str) -> str:
    value = raw.get(key)
    return value.strip() if isinstance(value, str) else ""


def _times(raw: Raw, *, atom: bool) -> tuple[str | None, str | None]:
    """Return the times of publication and of change as written.

    dc:date is the one of publication where RSS has no other (RSS 1.0 has only that).
    """
    own = _text(raw, "published") or _text(raw, "created")
    updated, general = _text(raw, "updated"), _text(raw, "dc_date")
    if atom or own:
        return own or None, updated or general or None
    return general or None, updated or None


def _body_base(raw: Raw, base: str | None) -> str | None:
    """Return the base for links inside the bodies, nearest `xml:base` first."""
    for detail in (*(raw.get("content") or ()), raw.get("summary_detail") or {}):
        if detail.get("base"):
            return web_link(detail["base"], base) or base
    return base
