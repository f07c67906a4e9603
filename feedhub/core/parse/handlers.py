"""What is read otherwise than feedparser reads it, through the handlers it looks up by name.

- `media:*` and `itunes:*` never overwrite an entry's own title, summary or content;
- pictures are kept in document order with their own credit and caption;
- dates stay raw (nobody needs feedparser's reading of them), and so do guids;
- one element that makes feedparser raise (12 places known) costs that element only;
- depth, elements, entries, namespaces and the e-mail pattern (20 s on 39 KB) have bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedparser import api

MAX_DEPTH = 400
MAX_ELEMENTS = 250_000
MAX_ENTRIES = 10_000
MAX_NAMESPACES = 100
MAX_AUTHOR = 200
MAX_CATEGORIES = 300

BODIES = ("turbo_content", "yandex_full-text", "rambler_fulltext")
"""Full texts in the dialects of Russian consumers, as feedparser names such elements."""

_NAMESPACES = {
    "http://news.yandex.ru": "yandex",
    "https://news.yandex.ru": "yandex",
    "http://turbo.yandex.ru": "turbo",
    "https://turbo.yandex.ru": "turbo",
    "http://news.rambler.ru": "rambler",
    "https://news.rambler.ru": "rambler",
    "https://search.yahoo.com/mrss/": "media",
    "https://purl.org/dc/elements/1.1/": "dc",
    "https://purl.org/rss/1.0/modules/content/": "content",
    "https://www.w3.org/2005/atom": "",
    "https://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
}
FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
Attributes = dict[str, str]


class Bounded(Exception):
    """A bound was reached; what was read so far is good. The text says which one."""


class ChangedHandlers:
    """What both readers do otherwise than feedparser; mixed in before its classes."""

    namespaces = api.StrictFeedParser.namespaces | _NAMESPACES
    _matchnamespaces: dict[str, str] = {}  # noqa: RUF012 - feedparser fills it, once for all

    # Set by feedparser's constructors, which mypy cannot see.
    entries: list[Any]
    baseuri: str
    lang: str | None
    inentry: int
    inimage: int
    depth: int
    basestack: list[Any]
    langstack: list[Any]
    elementstack: list[Any]
    contentparams: dict[str, Any]
    namespaces_in_use: dict[str, str]
    guidislink: bool
    infeed: int
    insource: int
    push: Callable[..., None]
    pop: Callable[..., str | None]
    pop_content: Callable[..., str | None]
    _get_context: Callable[[], Any]

    elements = 0
    faults = 0
    in_guid = False
    picture: dict[str, Any] | None = None
    in_group = False

    def known_namespaces(self) -> dict[str, str]:
        """Return the usual prefix of each namespace feedparser knows, by its lower-case name."""
        return self._matchnamespaces

    def resolve_uri(self, uri: str) -> str:
        """Join an address to `xml:base` only: the feed's own base is applied when entries are read."""
        if self.in_guid or not self.baseuri:
            return uri
        return str(super().resolve_uri(uri))  # type: ignore[misc]

    @staticmethod
    def looks_like_html(_text: str) -> bool:
        """Guess nothing: what feedparser guesses of RSS only serves its sanitiser."""
        return False

    def push_content(self, tag: str, attrs: Attributes, kind: str, expecting_text: int) -> None:
        """Open a text element; its type is asked for at every text, and a plain dict answers faster."""
        super().push_content(tag, attrs, kind, expecting_text)  # type: ignore[misc]
        self.contentparams = dict(self.contentparams)

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Note a namespace, up to a bound: each later element may be compared with all of them."""
        if len(self.namespaces_in_use) < MAX_NAMESPACES or prefix in self.namespaces_in_use:
            super().track_namespace(prefix, uri)  # type: ignore[misc]

    def count(self) -> None:
        """Count an element; raise `Bounded` where there are too many, or too deep ones."""
        self.elements += 1
        if self.depth > MAX_DEPTH:
            raise Bounded(f"elements nested deeper than {MAX_DEPTH}")
        if self.elements > MAX_ELEMENTS:
            raise Bounded(f"more than {MAX_ELEMENTS} elements")

    def unknown_starttag(self, tag: str, attrs: Any) -> None:
        """Take an opening tag; an element that feedparser cannot bear is counted and left out."""
        self.count()
        try:
            super().unknown_starttag(tag, attrs)  # type: ignore[misc]
        except FAULTS:
            self.faults += 1

    def unknown_endtag(self, tag: str) -> None:
        """Take a closing tag, and put base, language and depth back to what they were outside it.

        feedparser forgets that after some elements, and keeps `xml:base` where none was before.
        """
        depth, outer = self.depth, max(len(self.basestack) - 1, 0)
        try:
            super().unknown_endtag(tag)  # type: ignore[misc]
        except FAULTS:
            self.faults += 1
        del self.basestack[outer:], self.langstack[outer:]
        self.depth = max(depth - 1, 0)
        self.baseuri = self.basestack[-1] if self.basestack else ""

    # -- entries ------------------------------------------------------------------------------

    def _start_item(self, attrs: Attributes) -> None:
        if len(self.entries) >= MAX_ENTRIES:
            raise Bounded(f"more than {MAX_ENTRIES} entries")
        super()._start_item(attrs)  # type: ignore[misc]
        self.picture, self.in_group = None, False
        entry = self.entries[-1]
        entry["feedhub_base"], entry["feedhub_lang"] = self.baseuri, self.lang
        entry["feedhub_pictures"], entry["feedhub_files"] = [], []

    _start_entry = _start_item

    def _end_guid(self) -> None:
        self.in_guid = True
        try:
            self.pop("id")
        finally:
            self.in_guid = False
        self._get_context()["feedhub_permalink"] = bool(self.guidislink)

    _end_id = _end_guid

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()
        author = context.get(key)
        if isinstance(author, str) and len(author) > MAX_AUTHOR:
            context[key] = author[:MAX_AUTHOR]
        super()._sync_author_detail(key)  # type: ignore[misc]

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self._get_context().setdefault("tags", [])
        if len(tags) < MAX_CATEGORIES:  # each one is compared with all before it
            super()._add_tag(term, scheme, label)  # type: ignore[misc]

    # -- dates stay as written ------------------------------------------------------------------

    def _end_published(self) -> None:
        self.pop("published")

    _end_issued = _end_pubdate = _end_published

    def _end_updated(self) -> None:
        self.pop("updated")

    _end_modified = _end_lastbuilddate = _end_updated

    def _end_created(self) -> None:
        self.pop("created")

    def _end_expirationdate(self) -> None:
        self.pop("expired")

    def _start_dc_date(self, _attrs: Attributes) -> None:
        self.push("dc_date", 1)

    def _end_dc_date(self) -> None:
        self.pop("dc_date")

    # -- texts that must not take the place of others -------------------------------------------

    def _start_itunes_summary(self, attrs: Attributes) -> None:
        self.push_content("itunes_summary", attrs, "text/plain", 1)

    def _end_itunes_summary(self) -> None:
        self.pop_content("itunes_summary")

    def _start_itunes_subtitle(self, attrs: Attributes) -> None:
        self.push_content("itunes_subtitle", attrs, "text/plain", 1)

    def _end_itunes_subtitle(self) -> None:
        self.pop_content("itunes_subtitle")

    def _start_dc_description(self, attrs: Attributes) -> None:
        self.push_content("dc_description", attrs, "text/html", 1)

    def _end_dc_description(self) -> None:
        self.pop_content("dc_description")

    # -- pictures and files -----------------------------------------------------------------------

    def _add_picture(self, attrs: Attributes, kind: str) -> dict[str, Any] | None:
        if not self.inentry:
            return None
        picture: dict[str, Any] = {"kind": kind, "group": self.in_group, **attrs}
        self.entries[-1]["feedhub_pictures"].append(picture)
        return picture

    def _start_media_group(self, _attrs: Attributes) -> None:
        self.in_group = True

    def _end_media_group(self) -> None:
        self.in_group = False

    def _start_media_content(self, attrs: Attributes) -> None:
        self.picture = self._add_picture(attrs, "content")

    def _end_media_content(self) -> None:
        self.picture = None

    def _start_media_thumbnail(self, attrs: Attributes) -> None:
        self._add_picture(attrs, "thumbnail")
        self.push("media_thumbnail", 0)

    def _end_media_thumbnail(self) -> None:
        address = self.pop("media_thumbnail")
        if self.inentry and address and self.entries[-1]["feedhub_pictures"]:
            self.entries[-1]["feedhub_pictures"][-1].setdefault("url", address)

    def _start_itunes_image(self, attrs: Attributes) -> None:
        if self.inentry:
            self._add_picture({"url": attrs.get("href") or attrs.get("url") or ""}, "itunes")
            self.push("itunes_image", 0)
        else:
            super()._start_itunes_image(attrs)  # type: ignore[misc]

    def _start_enclosure(self, attrs: Attributes) -> None:
        if self.inentry:
            self.entries[-1]["feedhub_files"].append(dict(attrs))
            self._add_picture(attrs, "enclosure")

    def _end_image(self) -> None:
        address = self.pop("image")
        if address and address.startswith("http"):
            self._add_picture({"url": address}, "image")
        self.inimage = 0

    def _end_url(self) -> None:
        if self.inentry and self.inimage and self.elementstack:
            pieces = self.elementstack[-1][2]
            address = "".join(piece for piece in pieces if isinstance(piece, str)).strip()
            self._add_picture({"url": address}, "image")
        super()._end_url()  # type: ignore[misc]

    def _say(self, key: str, words: str | None) -> None:
        """Attach words of `media:*` to the picture they are about.

        Inside a `media:content` to that one; inside a group to all of the group (Media RSS,
        "Optional elements"); else to the last picture before them, or the first one to come.
        """
        if not self.inentry or not words:
            return
        pictures = self.entries[-1]["feedhub_pictures"]
        if self.picture is not None:
            self.picture.setdefault(key, words)
        elif self.in_group:
            self.entries[-1].setdefault("feedhub_group", {}).setdefault(key, words)
        elif pictures:
            pictures[-1].setdefault(key, words)
        else:
            self.entries[-1].setdefault("feedhub_first", {}).setdefault(key, words)

    def _start_media_credit(self, _attrs: Attributes) -> None:
        self.push("media_credit", 0)

    def _end_media_credit(self) -> None:
        self._say("credit", self.pop("media_credit"))

    def _start_media_copyright(self, _attrs: Attributes) -> None:
        self.push("media_copyright", 0)

    def _end_media_copyright(self) -> None:
        self._say("copyright", self.pop("media_copyright"))

    def _start_media_description(self, _attrs: Attributes) -> None:
        self.push("media_description", 0)

    def _end_media_description(self) -> None:
        self._say("description", self.pop("media_description"))

    def _start_media_text(self, _attrs: Attributes) -> None:
        self.push("media_text", 0)

    def _end_media_text(self) -> None:
        self._say("text", self.pop("media_text"))

    def _start_media_title(self, _attrs: Attributes) -> None:
        self.push("media_title", 0)

    def _end_media_title(self) -> None:
        self._say("title", self.pop("media_title"))


def _body_handlers(name: str) -> tuple[Callable[..., None], Callable[..., None]]:
    """Make the handlers of a full-text element, whose markup may be written out or escaped."""

    def start(self: ChangedHandlers, attrs: Attributes) -> None:
        self.push_content(name, {**attrs, "type": "text/html"}, "text/html", 1)

    def end(self: ChangedHandlers) -> None:
        self.pop_content(name)

    return start, end


for _name in BODIES:  # hyphens keep them from being written as methods
    _start, _end = _body_handlers(_name)
    setattr(ChangedHandlers, f"_start_{_name}", _start)
    setattr(ChangedHandlers, f"_end_{_name}", _end)
