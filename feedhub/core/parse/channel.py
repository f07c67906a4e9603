"""The feed's own elements, as feedparser's handlers would have filled its dictionary.

Five of them are taken; of the others it is only made sure that they reach nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from feedhub.core.parse.elements import HANDLERS, follow_link
from feedhub.core.parse.plainly import (
    Attributes,
    Declined,
    Names,
    Raw,
    content_type,
    ignorable,
    named,
    stripped,
)

_IN_BOX = {
    "image": named("title link url width height description"),
    "textinput": named("title link description name"),
}
_NUMBERS = named("ttl sy_updateperiod sy_updatefrequency")
_OF_PERSON = named("name email uri url itunes_name itunes_email")
_WITHIN = {
    **dict.fromkeys(
        named("author managingeditor dc_creator dc_author itunes_author contributor itunes_owner"),
        _OF_PERSON,
    ),
    "itunes_category": frozenset({"itunes_category"}),
}
_PASSED = named(
    "description subtitle tagline rights copyright dc_rights info feedburner_browserfriendly "
    "generator cloud pubdate published issued updated modified lastbuilddate created dc_date "
    "dcterms_issued dcterms_modified dcterms_created id guid webmaster dc_publisher dc_contributor "
    "category keywords dc_subject media_category media_keywords itunes_keywords itunes_image "
    "itunes_summary itunes_subtitle itunes_block itunes_explicit dc_description media_thumbnail "
    "media_content media_credit media_copyright media_title media_description media_text "
    "media_rating creativecommons_license georss_point georss_line "
    "georss_polygon georss_box"
)


class Channel:
    """What a feed says of itself, while it is read; `base` is the address its links stand on."""

    def __init__(self, names: Names, base: str) -> None:
        self.names = names
        self.base = base
        self.feed: Raw = {}
        self.titled = False

    def read(self, elements: Iterable[Element | None]) -> Raw:
        """Take the elements in their order; None stands for an entry."""
        for element in elements:
            if element is None:
                self.titled = False
            else:
                self._take(element, self.names.key(element.tag))
        return self.feed

    def _take(self, element: Element, key: str) -> None:
        feed, attrs = self.feed, self.names.attributes(element)
        if key in {"title", "dc_title"}:
            self._title(element, attrs)
        elif key == "link":
            follow_link(feed, self.names, element, attrs, self.base, in_entry=False)
        elif key in {"language", "dc_language"}:
            feed["language"] = self.names.text(element)
        elif key in _NUMBERS:
            if attrs:
                raise Declined(f"attributes of <{key}>")
            feed[key] = self.names.text(element)
        else:
            self.beside(element, key, attrs)

    def _title(self, element: Element, attrs: Attributes) -> None:
        """Take the first title that says something; feedparser begins anew after each entry."""
        content_type(attrs, "text/plain")
        title = self.names.text(element)
        if not self.titled:
            self.feed["title"] = title
        self.titled = self.titled or bool(title)

    def beside(self, element: Element, key: str, attrs: Attributes) -> None:
        """Make sure that an element reaches nothing we take."""
        if key in _IN_BOX:
            self.titled = False
            self._only(element, _IN_BOX[key])
        elif key in _WITHIN:
            for child in element:
                if self.names.key(child.tag) in _WITHIN[key]:
                    stripped(child)
                else:
                    ignorable(self.names, child)
        elif key in _PASSED:
            stripped(element)
            if key not in HANDLERS or key in {"description", "copyright"}:
                content_type({k: attrs[k] for k in attrs if k in {"type", "mode"}}, "text/plain")
        elif key == "items":
            for child in element:
                ignorable(self.names, child)
        else:
            ignorable(self.names, element)

    def _only(self, element: Element, allowed: frozenset[str]) -> None:
        for child in element:
            key = self.names.key(child.tag)
            if key not in allowed or child.items():
                raise Declined(f"<{key}> in <{element.tag}>")
            stripped(child)
