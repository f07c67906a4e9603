"""The elements of one entry, by name, as feedparser's handlers would have filled its dictionary.

The order of writes is feedparser's: the last `link`, `id` or date wins, a body is the summary
where there is no other, a tag without a term takes the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from feedparser import api
from feedparser.urls import _urljoin

from feedhub.core.parse import pictures
from feedhub.core.parse.handlers import BODIES, MAX_AUTHOR, MAX_CATEGORIES
from feedhub.core.parse.markup import written
from feedhub.core.parse.plainly import (
    Attributes,
    Declined,
    Names,
    Raw,
    based,
    content_type,
    ignorable,
    stripped,
    without_rule,
)
from feedhub.core.parse.reader import is_foreign

_HALF_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_PASSED = (
    "dc_contributor dc_publisher webmaster rights copyright dc_rights itunes_block itunes_explicit "
    "georss_point georss_line georss_polygon georss_box expirationdate creativecommons_license "
    "subtitle tagline media_rating media_player media_restriction media_license"
)
_HTML_TYPES = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})
_XHTML = "application/xhtml+xml"
_XHTML_TYPES = frozenset({"xhtml", _XHTML})
_NESTED = frozenset({"item", "entry"})
_UNTITLED = -1

# feedparser's own code for authors, which only asks for the entry it works on.
_sync_author: Any = api.StrictFeedParser._sync_author_detail  # noqa: SLF001
_save_author: Any = api.StrictFeedParser._save_author  # noqa: SLF001


class Entry:
    """One entry while it is read: the dictionary and what stands open around its elements.

    `title_level` is where the title in the dictionary stood (1: in the entry itself), `titled`
    the level whose title keeps later ones out.
    """

    __slots__ = (
        "base",
        "has_content",
        "in_group",
        "names",
        "picture",
        "raw",
        "title_level",
        "titled",
    )

    def __init__(self, names: Names, lang: str | None, base: str) -> None:
        self.names = names
        self.base = base
        self.raw: Raw = {"feedhub_base": base, "feedhub_lang": lang}
        self.picture: Raw | None = None
        self.in_group = self.has_content = False
        self.title_level, self.titled = 0, _UNTITLED

    # feedparser's own code for authors is called with this object in place of its parser.
    def _get_context(self) -> Raw:
        return self.raw

    def sync_author(self, key: str = "author") -> None:
        """Read name and address of the last author, at most `MAX_AUTHOR` characters of them."""
        author = self.raw.get(key)
        if isinstance(author, str) and len(author) > MAX_AUTHOR:
            self.raw[key] = author[:MAX_AUTHOR]
        _sync_author(self, key)

    _sync_author_detail = sync_author

    def read(self, element: Element) -> None:
        """Take the elements of an entry, a group or a picture in their order."""
        rules = self.names.rules
        for child in element:
            rule = rules.get(child.tag) or rule_of(self.names, child.tag)
            rule[0](self, child, rule[1])

    def has_rule(self, key: str) -> bool:
        """Say whether elements of this name are read."""
        return key in HANDLERS


Handler = Callable[[Entry, Element, str], None]


def rule_of(names: Names, tag: str) -> tuple[Handler, str]:
    """Find what to do with elements of this name, and note it for the next ones."""
    key = names.key(tag)
    handler = HANDLERS.get(key)
    if handler is None and is_foreign(names.tag(tag)):
        handler = _foreign
    elif handler is None:
        without_rule(key)
        handler = _unread
    names.rules[tag] = (handler, key)
    return handler, key


def _unread(entry: Entry, element: Element, _key: str) -> None:
    for child in element:
        if is_foreign(entry.names.tag(child.tag)):
            _foreign(entry, child, child.tag)
        else:
            ignorable(entry.names, child)


def _foreign(entry: Entry, element: Element, key: str) -> None:
    """Pass over a foreign element; only an entry in it would be read."""
    if len(element) and any(entry.names.key(each.tag) in _NESTED for each in element.iter()):
        raise Declined(f"an entry in <{key}>")


def _text(entry: Entry, element: Element, default: str) -> tuple[str, Raw]:
    """Return the text of an element that may hold HTML, with its type and base."""
    names = entry.names
    if not entry.base and not element.items():
        return names.text(element), {"type": default}
    attrs = names.attributes(element)
    detail = {"type": _XHTML, "base": based(entry.base, attrs)}
    if attrs.get("type") in _XHTML_TYPES and "mode" not in attrs:
        return names.lettered(written(names, element, unwrap=names.is_atom10)), detail
    detail["type"] = content_type(attrs, default)
    return names.text(element), detail


def _title(entry: Entry, element: Element, _key: str) -> None:
    title, detail = _text(entry, element, "text/plain")
    _take_title(entry, title, detail, 1)


def _take_title(entry: Entry, title: str, detail: Raw, level: int) -> None:
    if not _UNTITLED < entry.titled <= level:
        if level <= (entry.title_level or level):
            entry.raw["title"], entry.title_level = title, level
        entry.raw["title_detail"] = detail
    if title:
        entry.titled = level


def _link(entry: Entry, element: Element, _key: str) -> None:
    attrs = entry.names.attributes(element)
    follow_link(entry.raw, entry.names, element, attrs, entry.base)


def follow_link(
    context: Raw,
    names: Names,
    element: Element,
    attrs: Attributes,
    base: str,
    *,
    in_entry: bool = True,
) -> None:
    """Take a link: an Atom one by its attributes, another one by its text."""
    link: Raw = {"rel": "alternate", **attrs} if attrs else {"rel": "alternate"}
    links = context.setdefault("links", [])
    links.append(link)
    href = link.get("url", link.get("uri", link.get("href"))) if attrs else None
    if href:
        link.pop("url", None)
        link.pop("uri", None)
        link["href"] = href
    if "href" in link:
        stripped(element)
        link["href"] = _resolved(link["href"], base, attrs)
        kind = link.setdefault(
            "type", "application/atom+xml" if link["rel"] == "self" else "text/html"
        )
        if link["rel"] == "alternate" and kind in _HTML_TYPES:
            context["link"] = link["href"]
        return
    address = names.text(element)
    address = _resolved(address, base, attrs) if address else ""
    if "&" in address:
        address = address.replace("&amp;", "&") if in_entry else address
        address = _HALF_REFERENCE.sub(r"&\g<1>", address)
    context["link"] = address
    if address or not in_entry:
        link["href"] = address


def _resolved(address: str, base: str, attrs: Attributes) -> str:
    base = based(base, attrs) if "base" in attrs else base
    if base and not address.isascii():
        raise Declined("an address beyond ASCII with a base")
    return str(_urljoin(base, address)) if base else address


def _guid(entry: Entry, element: Element, _key: str) -> None:
    entry.raw["id"] = entry.names.text(element)
    attrs = entry.names.attributes(element)
    entry.raw["feedhub_permalink"] = attrs.get("ispermalink", "true") == "true"


def _stored(name: str) -> Handler:
    def take(entry: Entry, element: Element, _key: str) -> None:
        entry.raw[name] = entry.names.text(element)

    return take


def _noted(entry: Entry, element: Element, key: str) -> None:
    entry.raw[key] = entry.names.attributes(element) or entry.names.text(element)


def _other_text(entry: Entry, element: Element, key: str) -> None:
    attrs = entry.names.attributes(element)
    content_type({} if key in BODIES else attrs, "text/html")
    if "mode" in attrs:
        raise Declined("a text with a mode")
    entry.raw[key] = entry.names.text(element)


def _summary(entry: Entry, element: Element, key: str) -> None:
    """Take a summary; a second one is a content, and after a content it replaces the first."""
    if "summary" in entry.raw and not entry.has_content:
        _content(entry, element, "content")
        return
    default = "text/html" if key == "description" else "text/plain"
    entry.raw["summary"], entry.raw["summary_detail"] = _text(entry, element, default)


def _content(entry: Entry, element: Element, key: str) -> None:
    default = "text/plain" if key == "content" else "text/html"
    value, detail = _text(entry, element, default)
    entry.has_content = True
    entry.raw.setdefault("content", []).append(detail | {"value": value})
    entry.raw.setdefault("summary", value)


def _author(entry: Entry, element: Element, _key: str) -> None:
    raw = entry.raw
    authors = raw.setdefault("authors", [])
    person: Raw = {}
    authors.append(person)
    if len(element):
        _person(entry, element)
        raw["author"] = ""
    else:
        raw["author"] = entry.names.text(element)
    author = raw["author"]
    if not person and author and len(author) <= MAX_AUTHOR and "@" not in author:
        raw.setdefault("author_detail", person)
        person["name"] = author
    else:
        entry.sync_author()


def _person(entry: Entry, element: Element) -> None:
    """Take a person with name, address and page, through feedparser's own code."""
    if (element.text or "").strip():
        raise Declined("a text beside the name of an author")
    for child in element:
        key = entry.names.key(child.tag)
        if (child.tail or "").strip():
            raise Declined("a text beside the name of an author")
        if key in {"name", "itunes_name"}:
            _save_author(entry, "name", stripped(child))
        elif key in {"email", "itunes_email"}:
            _save_author(entry, "email", stripped(child))
        elif key in {"uri", "url", "homepage"}:
            _save_author(entry, "href", entry.names.text(child))
        elif is_foreign(entry.names.tag(child.tag)):
            _foreign(entry, child, key)
        else:
            ignorable(entry.names, child)
            if len(child) or (child.text or "").strip():
                raise Declined(f"<{key}> in an author")


def _add_tag(raw: Raw, term: str | None, scheme: str | None, label: str | None) -> None:
    tags = raw.setdefault("tags", [])
    if len(tags) >= MAX_CATEGORIES or not (term or scheme or label):
        return
    tag = {"term": term, "scheme": scheme, "label": label}
    if tag not in tags:
        tags.append(tag)


def _category(entry: Entry, element: Element, key: str) -> None:
    raw = entry.raw
    tags = raw.setdefault("tags", [])
    attrs = entry.names.attributes(element)
    if key == "itunes_category":
        _add_tag(raw, attrs.get("text"), "http://www.itunes.com/", None)
    else:
        scheme = attrs.get("scheme")
        if key == "media_category" and scheme is None:
            scheme = "http://search.yahoo.com/mrss/category_schema"
        elif scheme is None:
            scheme = attrs.get("domain")
        _add_tag(raw, attrs.get("term"), scheme, attrs.get("label"))
    value = entry.names.text(element)
    if not value:
        return
    if tags and not tags[-1]["term"]:
        tags[-1]["term"] = value
    else:
        _add_tag(raw, value, None, None)


def _keywords(entry: Entry, element: Element, key: str) -> None:
    words = entry.names.text(element)
    scheme = "http://www.itunes.com/" if key == "itunes_keywords" else None
    for term in "" if entry.names.attributes(element) else words.split(","):
        if term.strip():
            _add_tag(entry.raw, term.strip(), scheme, None)


def _image(entry: Entry, element: Element, _key: str) -> None:
    """Take the picture of an entry: its address, or one in RSS 2.0's box with a title."""
    entry.titled = _UNTITLED
    for child in element:
        key = entry.names.key(child.tag)
        if key == "url":
            pictures.add_picture(entry, {"url": stripped(child)}, "image")
        elif key == "title" and not child.items():
            _take_title(entry, *_text(entry, child, "text/plain"), 2)
        elif key in {"width", "height"} or (key == "link" and not child.items()):
            stripped(child)
        else:
            raise Declined(f"<{key}> in the picture of an entry")
    pieces = (element.text, *(child.tail for child in element))
    address = "".join(piece for piece in pieces if piece).strip()
    if address.startswith("http"):
        pictures.add_picture(entry, {"url": address}, "image")


def _passed(entry: Entry, element: Element, _key: str) -> None:
    """Pass over an element that has a rule, but none that reaches what we take."""
    stripped(element)
    attrs = entry.names.attributes(element)
    content_type({"type": attrs["type"]} if "type" in attrs else {}, "text/plain")


def _source(entry: Entry, element: Element, _key: str) -> None:
    stripped(element)
    entry.titled = _UNTITLED


def _by_name() -> dict[str, Handler]:
    table: dict[str, Handler] = {
        "enclosure": pictures.enclosure,
        "feedburner_origlink": _noted,
        "image": _image,
        "itunes_image": pictures.itunes_image,
        "link": _link,
        "media_content": pictures.media_content,
        "media_group": pictures.media_group,
        "media_thumbnail": pictures.media_thumbnail,
        "source": _source,
    }
    groups: tuple[tuple[Handler, str], ...] = (
        (_title, "title dc_title"),
        (_guid, "guid id"),
        (_stored("published"), "published issued pubdate dcterms_issued"),
        (_stored("updated"), "updated modified lastbuilddate dcterms_modified"),
        (_stored("created"), "created dcterms_created"),
        (_stored("dc_date"), "dc_date"),
        (_stored("language"), "language dc_language"),
        (_other_text, " ".join(("dc_description itunes_summary itunes_subtitle", *BODIES))),
        (_summary, "description summary"),
        (_content, "content content_encoded fullitem"),
        (_author, "author managingeditor dc_creator dc_author itunes_author"),
        (_category, "category keywords dc_subject media_category itunes_category"),
        (_keywords, "media_keywords itunes_keywords"),
        (pictures.said, "media_credit media_copyright media_description media_text media_title"),
        (_passed, _PASSED),
    )
    for handler, keys in groups:
        table.update(dict.fromkeys(keys.split(), handler))
    return table


HANDLERS = _by_name()
