"""The keys of an article's front matter: which there are, and what each takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any

from feedhub.articles import values
from feedhub.articles.faults import Fault, Unusable, Wrong, did_you_mean
from feedhub.articles.front import Node, Scalar, Series, Table
from feedhub.articles.moments import Moment
from feedhub.articles.values import Reader
from feedhub.model import Event, SeeAlso

# What editors write who come from another program.
_OTHER_WORDS = {
    "date": "published",
    "pubdate": "published",
    "publish_date": "published",
    "modified": "updated",
    "lastmod": "updated",
    "author": "authors",
    "category": "section",
    "rubric": "section",
    "keywords": "tags",
    "summary": "lead",
    "description": "lead",
    "teaser": "lead",
    "subtitle": "lead",
    "photo": "image",
    "picture": "image",
    "cover": "image",
    "related": "see_also",
    "links": "see_also",
    "url": "slug",
    "link": "url",
    "file": "src",
    "copyright": "credit",
    "name": "title",
    "text": "title",
    "where": "place",
    "location": "place",
    "begin": "start",
    "from": "start",
    "until": "end",
    "to": "end",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """`image`: a file beside the article, or an address; `line` is where `src` stands."""

    src: str
    line: int
    alt: str = ""
    caption: str = ""
    credit: str = ""

    @property
    def is_address(self) -> bool:
        """Tell whether the picture lives elsewhere."""
        return self.src.startswith(("http://", "https://"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Front:
    """Front matter, checked. What is not given is empty or None."""

    title: str
    section: str | None = None
    tags: tuple[str, ...] = ()
    published: Moment | None = None
    updated: Moment | None = None
    authors: tuple[str, ...] = ()
    lead: str | None = None
    image: Picture | None = None
    see_also: tuple[SeeAlso, ...] = ()
    event: Event | None = None
    slug: str | None = None
    draft: bool = False


def front(head: Table, zone: tzinfo) -> Front:
    """Check front matter; times without a zone are in `zone`.

    Raises Unusable with every fault of it.
    """
    faults: list[Fault] = []
    given = _given(head, _readers(zone), faults)
    if "title" not in given and not any(fault.key == "title" for fault in faults):
        faults.append(Fault(head.line, "title", "required key is missing"))
    if faults:
        raise Unusable(*faults)
    return Front(**given)


def _readers(zone: tzinfo) -> dict[str, Reader]:
    when = partial(values.time, zone=zone)
    return {
        "title": partial(values.text, most=values.LONGEST["title"]),
        "section": values.slug,
        "tags": values.tags,
        "published": when,
        "updated": when,
        "authors": values.names,
        "lead": partial(values.text, most=values.LONGEST["lead"]),
        "image": _image,
        "see_also": _see_also,
        "event": partial(_event, zone=zone),
        "slug": values.slug,
        "draft": values.truth,
    }


def _given(table: Table, readers: Mapping[str, Reader], faults: list[Fault]) -> dict[str, Any]:
    """Read each key of a mapping once; what is null counts as not given."""
    found: dict[str, Any] = {}
    first: dict[str, int] = {}
    for key, node in table.pairs:
        name = key.text
        if name in first:
            faults.append(Fault(key.line, name, f"repeated key, first given in line {first[name]}"))
        elif name not in readers:
            hint = did_you_mean(name, readers, _OTHER_WORDS)
            faults.append(Fault(key.line, name, f"unknown key{hint}"))
        elif not _is_nothing(node):
            try:
                found[name] = readers[name](node)
            except Wrong as wrong:
                faults.append(Fault(wrong.line or key.line, name + wrong.inner, wrong.message))
        first.setdefault(name, key.line)
    return found


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind == "nothing"


def _inner(node: Node, readers: Mapping[str, Reader], required: str, like: str) -> dict[str, Any]:
    """Read a mapping inside a key; its first fault speaks for it."""
    if not isinstance(node, Table):
        raise Wrong(f"must be a mapping, not {values.called(node)}: {like}")
    faults: list[Fault] = []
    given = _given(node, readers, faults)
    for line, key, message in faults[:1]:
        raise Wrong(message, inner=f".{key}", line=line)
    if not given.get(required):
        raise Wrong("required key is missing", inner=f".{required}", line=node.line)
    return given


def _image(node: Node) -> Picture:
    readers: dict[str, Reader] = {
        "src": lambda src: (values.text(src, most=values.LONGEST["address"]), src.line),
        "alt": values.text_or_empty,
        "caption": values.text_or_empty,
        "credit": values.text_or_empty,
    }
    given = _inner(node, readers, "src", "{src: photo.jpg, credit: ...}")
    src, line = given.pop("src")
    return Picture(src=src, line=line, **given)


def _see_also(node: Node) -> tuple[SeeAlso, ...]:
    if not isinstance(node, Series):
        raise Wrong(f"must be a list, not {values.called(node)}: - {{title: ..., url: ...}}")
    return tuple(values.each_of(node.items, _link))


def _link(node: Node) -> SeeAlso:
    """Return a link; a plain string is an address, and for want of a title its own words."""
    if isinstance(node, Scalar):
        url = values.address(node)
        return SeeAlso(title=url, url=url)
    readers: dict[str, Reader] = {
        "title": partial(values.text, most=values.LONGEST["title"]),
        "url": values.address,
    }
    given = _inner(node, readers, "url", "{title: ..., url: ...}")
    return SeeAlso(title=given.get("title", given["url"]), url=given["url"])


def _event(node: Node, zone: tzinfo) -> Event:
    when = partial(values.time, zone=zone)
    readers: dict[str, Reader] = {
        "start": when,
        "end": when,
        "place": values.text_or_empty,
        "url": lambda url: values.address(url) if values.text_or_empty(url) else None,
    }
    given = _inner(node, readers, "start", "{start: 2026-12-01 10:00, place: ...}")
    start, end = given["start"].at, given.get("end")
    if end is not None and end.at < start:
        raise Wrong("is before start; give its hour too", inner=".end", line=_line(node, "end"))
    return Event(
        start=start,
        end=end.at if end else None,
        place=given.get("place", ""),
        url=given.get("url"),
    )


def _line(node: Node, name: str) -> int:
    keys = (
        (key.line for key, _ in node.pairs if key.text == name) if isinstance(node, Table) else ()
    )
    return next(iter(keys), node.line)
