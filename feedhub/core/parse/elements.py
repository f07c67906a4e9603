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

from feedhub.core.parse.plainly import (
    Attributes,
    Declined,
    Names,
    Raw,
    content_type,
    ignorable,
    stripped,
    text_of,
)
from feedhub.core.parse.reader import BODIES, MAX_AUTHOR, MAX_CATEGORIES

_HALF_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_PASSED = (
    "source dc_contributor dc_publisher webmaster rights copyright dc_rights georss_point "
    "itunes_block itunes_explicit expirationdate creativecommons_license media_rating"
)

# feedparser's own code for authors, which only asks for the entry it works on.
_sync_author: Any = api.StrictFeedParser._sync_author_detail  # noqa: SLF001
_save_author: Any = api.StrictFeedParser._save_author  # noqa: SLF001


class Entry:
    """One entry while it is read: the dictionary and what stands open around its elements."""

    def __init__(self, names: Names, lang: str | None) -> None:
        self.names = names
        self.pictures: list[Raw] = []
        self.files: list[Raw] = []
        self.raw: Raw = {
            "feedhub_base": "",
            "feedhub_lang": lang,
            "feedhub_pictures": self.pictures,
            "feedhub_files": self.files,
        }
        self.picture: Raw | None = None
        self.in_group = False

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
        names = self.names
        for child in element:
            key = names.key(child.tag)
            attrs = names.attributes(child) if child.attrib else {}
            handler = HANDLERS.get(key)
            if handler is None:
                ignorable(names, child)
            else:
                handler(self, child, attrs, key)


Handler = Callable[[Entry, Element, Attributes, str], None]


def _detail(attrs: Attributes, default: str) -> Raw:
    detail: Raw = {"type": content_type(attrs, default)}
    base = attrs.get("xml:base")
    if base:
        detail["base"] = base
    return detail


def _title(entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    if "title" in entry.raw:
        raise Declined("two titles in an entry")
    entry.raw["title_detail"] = _detail(attrs, "text/plain")
    entry.raw["title"] = text_of(element)


def _link(entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    follow_link(entry.raw, element, attrs, in_entry=True)


def follow_link(context: Raw, element: Element, attrs: Attributes, *, in_entry: bool) -> None:
    """Take a link: an Atom one by its attributes, another one by its text."""
    link: Raw = {"rel": "alternate", **attrs}
    kind = link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
    href = link.get("url", link.get("uri", link.get("href")))
    links = context.setdefault("links", [])
    links.append(link)
    if href:
        link.pop("url", None)
        link.pop("uri", None)
        link["href"] = href
    if "href" in link:
        stripped(element)
        if link["rel"] == "alternate" and _is_html(kind):
            context["link"] = link["href"]
        return
    address = text_of(element)
    if "&" in address:
        address = address.replace("&amp;", "&") if in_entry else address
        address = _HALF_REFERENCE.sub(r"&\g<1>", address)
    context["link"] = address
    if address or not in_entry:
        link["href"] = address


def _is_html(kind: str) -> bool:
    return kind in {"html", "text/html", "xhtml", "application/xhtml+xml"}


def _guid(entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    entry.raw["id"] = text_of(element)
    entry.raw["feedhub_permalink"] = attrs.get("ispermalink", "true") == "true"


def _stored(name: str) -> Handler:
    def take(entry: Entry, element: Element, _attrs: Attributes, _key: str) -> None:
        entry.raw[name] = text_of(element)

    return take


def _noted(entry: Entry, element: Element, attrs: Attributes, key: str) -> None:
    entry.raw[key] = attrs or text_of(element)


def _other_text(entry: Entry, element: Element, attrs: Attributes, key: str) -> None:
    if "xml:base" in attrs:
        raise Declined("xml:base")
    content_type({} if key in BODIES else attrs, "text/html")
    if "mode" in attrs:
        raise Declined("a text with a mode")
    entry.raw[key] = text_of(element)


def _summary(entry: Entry, element: Element, attrs: Attributes, key: str) -> None:
    if "_summary" in entry.raw or ("summary" in entry.raw and not entry.raw.get("content")):
        raise Declined("two summaries in an entry")
    entry.raw["_summary"] = True
    default = "text/html" if key == "description" else "text/plain"
    entry.raw["summary_detail"] = _detail(attrs, default)
    entry.raw["summary"] = text_of(element)


def _content(entry: Entry, element: Element, attrs: Attributes, key: str) -> None:
    part = _detail(attrs, "text/plain" if key == "content" else "text/html")
    part["value"] = text_of(element)
    entry.raw.setdefault("content", []).append(part)
    entry.raw.setdefault("summary", part["value"])


def _author(entry: Entry, element: Element, _attrs: Attributes, _key: str) -> None:
    raw = entry.raw
    authors = raw.setdefault("authors", [])
    person: Raw = {}
    authors.append(person)
    if len(element):
        _person(entry, element)
        raw["author"] = ""
    else:
        raw["author"] = text_of(element)
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
        entry.names.attributes(child)
        if (child.tail or "").strip():
            raise Declined("a text beside the name of an author")
        if key in {"name", "itunes_name"}:
            _save_author(entry, "name", stripped(child))
        elif key in {"email", "itunes_email"}:
            _save_author(entry, "email", stripped(child))
        elif key in {"uri", "url", "homepage"}:
            _save_author(entry, "href", text_of(child))
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


def _category(entry: Entry, element: Element, attrs: Attributes, key: str) -> None:
    raw = entry.raw
    raw.setdefault("tags", [])
    if key == "itunes_category":
        _add_tag(raw, attrs.get("text"), "http://www.itunes.com/", None)
    else:
        scheme = attrs.get("scheme")
        if key == "media_category" and scheme is None:
            scheme = "http://search.yahoo.com/mrss/category_schema"
        elif scheme is None:
            scheme = attrs.get("domain")
        _add_tag(raw, attrs.get("term"), scheme, attrs.get("label"))
    value = text_of(element)
    if not value:
        return
    if raw["tags"] and not raw["tags"][-1]["term"]:
        raw["tags"][-1]["term"] = value
    else:
        _add_tag(raw, value, None, None)


def _keywords(entry: Entry, element: Element, attrs: Attributes, key: str) -> None:
    words = text_of(element)
    scheme = "http://www.itunes.com/" if key == "itunes_keywords" else None
    for term in "" if attrs else words.split(","):
        if term.strip():
            _add_tag(entry.raw, term.strip(), scheme, None)


def _add_picture(entry: Entry, attrs: Attributes, kind: str) -> Raw:
    picture: Raw = {"kind": kind, "group": entry.in_group, **attrs}
    entry.pictures.append(picture)
    return picture


def _enclosure(entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    stripped(element)
    entry.files.append(dict(attrs))
    _add_picture(entry, attrs, "enclosure")


def _media_group(entry: Entry, element: Element, _attrs: Attributes, _key: str) -> None:
    if entry.in_group or entry.picture is not None:
        raise Declined("a group within a group or a picture")
    entry.in_group = True
    _only_media(entry, element)
    entry.in_group = False


def _media_content(entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    if entry.picture is not None:
        raise Declined("a picture within a picture")
    entry.picture = _add_picture(entry, attrs, "content")
    if len(element):
        _only_media(entry, element)
    entry.picture = None


def _only_media(entry: Entry, element: Element) -> None:
    for child in element:
        key = entry.names.key(child.tag)
        if key in HANDLERS and not key.startswith("media_"):
            raise Declined(f"<{key}> among pictures")
    entry.read(element)


def _media_thumbnail(entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    picture = _add_picture(entry, attrs, "thumbnail")
    address = stripped(element)
    if address:
        picture.setdefault("url", address)


def _itunes_image(entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    stripped(element)
    _add_picture(entry, {"url": attrs.get("href") or attrs.get("url") or ""}, "itunes")


def _image(entry: Entry, element: Element, _attrs: Attributes, _key: str) -> None:
    address = stripped(element)
    if address.startswith("http"):
        _add_picture(entry, {"url": address}, "image")


def _said(entry: Entry, element: Element, _attrs: Attributes, key: str) -> None:
    word, words = key.removeprefix("media_"), stripped(element)
    if not words:
        return
    if entry.picture is not None:
        entry.picture.setdefault(word, words)
    elif entry.in_group:
        entry.raw.setdefault("feedhub_group", {}).setdefault(word, words)
    elif entry.pictures:
        entry.pictures[-1].setdefault(word, words)
    else:
        entry.raw.setdefault("feedhub_first", {}).setdefault(word, words)


def _passed(_entry: Entry, element: Element, attrs: Attributes, _key: str) -> None:
    """Pass over an element that has a rule, but none that reaches what we take."""
    stripped(element)
    content_type({"type": attrs["type"]} if "type" in attrs else {}, "text/plain")


def _by_name() -> dict[str, Handler]:
    table: dict[str, Handler] = {
        "enclosure": _enclosure,
        "feedburner_origlink": _noted,
        "image": _image,
        "itunes_image": _itunes_image,
        "link": _link,
        "media_content": _media_content,
        "media_group": _media_group,
        "media_thumbnail": _media_thumbnail,
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
        (_said, "media_credit media_copyright media_description media_text media_title"),
        (
            _passed,
            _PASSED,
        ),
    )
    for handler, keys in groups:
        table.update(dict.fromkeys(keys.split(), handler))
    return table


HANDLERS = _by_name()
