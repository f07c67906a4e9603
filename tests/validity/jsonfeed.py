"""JSON Feed 1.1, and what our own `_feedhub` objects must hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.validity.shared import (
    LANGUAGE,
    MEDIA_TYPE,
    address_faults,
    html_faults,
    order_faults,
    repeated,
    rfc3339,
    text_faults,
)

_FEEDHUB = {
    *("section", "source", "also_reported", "related", "see_also"),
    *("image_credit", "reading_minutes", "version"),
}
_FEED_TYPES = {
    **dict.fromkeys(("title", "home_page_url", "feed_url", "description", "language"), str),
    **dict.fromkeys(("icon", "favicon", "next_url", "user_comment", "version"), str),
    **dict.fromkeys(("items", "authors", "hubs"), list),
    "expired": bool,
}
_ITEM_TYPES = {
    **dict.fromkeys(("id", "url", "external_url", "title", "content_html"), str),
    **dict.fromkeys(("content_text", "summary", "image", "banner_image", "language"), str),
    **dict.fromkeys(("date_published", "date_modified"), str),
    **dict.fromkeys(("authors", "tags", "attachments"), list),
    "_feedhub": dict,
}


def problems_json(body: bytes, *, self_url: str | None = None) -> list[str]:
    """Return what is wrong with a JSON Feed document."""
    try:
        feed = json.loads(body.decode("utf-8"))
    except ValueError as error:  # UnicodeDecodeError is one too
        return [f"no UTF-8 JSON: {error}"]
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return ["no object with a list of items"]
    faults = [*_type_faults(feed, _FEED_TYPES), *_feed_faults(feed, self_url)]
    for number, item in enumerate(feed["items"], 1):
        found = _item_faults(item) if isinstance(item, dict) else ["no object"]
        faults += [f"item {number}: {fault}" for fault in found]
    items = [item for item in feed["items"] if isinstance(item, dict)]
    faults += [f"id {each} repeats" for each in repeated(item.get("id") for item in items)]
    return [*faults, *order_faults([rfc3339(item.get("date_published")) for item in items])]


def _type_faults(fields: dict[str, Any], types: Mapping[str, type]) -> Iterator[str]:
    for name, value in fields.items():
        if name not in types and not name.startswith("_"):
            yield f"unknown field {name}"
        elif not isinstance(value, types.get(name, object)):
            yield f"{name} is {type(value).__name__}"


def _feed_faults(feed: dict[str, Any], self_url: str | None) -> Iterator[str]:
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield f"version {feed.get('version')}"
    yield from text_faults("title", str(feed.get("title") or ""))
    for name in ("home_page_url", "feed_url"):
        yield from address_faults(name, feed.get(name))
    for name in ("icon", "favicon", "next_url"):
        if name in feed:
            yield from address_faults(name, feed[name])
    if self_url is not None and feed.get("feed_url") != self_url:
        yield f"feed_url {feed.get('feed_url')} is not the address served, {self_url}"
    if feed.get("feed_url") in {feed.get("home_page_url"), feed.get("next_url")}:
        yield "feed_url is the page, or its own next_url"
    if not LANGUAGE.fullmatch(str(feed.get("language"))):
        yield "language is no language tag"
    for hub in feed.get("hubs", []):
        if not hub.get("type") or not hub.get("url"):
            yield "a hub without type or url"


def _item_faults(item: dict[str, Any]) -> Iterator[str]:
    yield from _type_faults(item, _ITEM_TYPES)
    if not item.get("id"):
        yield "no id"
    if "content_html" not in item and "content_text" not in item:
        yield "neither content_html nor content_text"
    yield from html_faults(str(item.get("content_html", "")))
    yield from text_faults("title", str(item.get("title") or ""))
    for name in ("url", "external_url", "image"):
        if name in item or name == "url":
            yield from address_faults(name, item.get(name))
    yield from _time_faults(item)
    for name in ("authors", "tags", "attachments"):
        if item.get(name) == []:
            yield f"{name} is empty"
    yield from _parts_faults(item)
    yield from _feedhub_faults(item.get("_feedhub"))


def _time_faults(item: dict[str, Any]) -> Iterator[str]:
    published, modified = rfc3339(item.get("date_published")), rfc3339(item.get("date_modified"))
    if published is None or modified is None:
        yield "date_published or date_modified is missing or no RFC 3339 time"
    elif modified < published:
        yield "date_modified before date_published"


def _parts_faults(item: dict[str, Any]) -> Iterator[str]:
    for author in item.get("authors", []):
        if not isinstance(author, dict) or not {"name", "url", "avatar"} & set(author):
            yield "an author without name, url or avatar"
    for tag in item.get("tags", []):
        yield from text_faults("a tag", tag if isinstance(tag, str) else None)
    for file in item.get("attachments", []):
        yield from address_faults("attachment", file.get("url"))
        if not MEDIA_TYPE.fullmatch(str(file.get("mime_type"))):
            yield f"attachment type: {file.get('mime_type')}"
        if not isinstance(file.get("size_in_bytes", 0), int):
            yield "an attachment's size is no number"


def _feedhub_faults(ours: object) -> Iterator[str]:
    if not isinstance(ours, dict):
        yield "no _feedhub"
        return
    if set(ours) - {"event"} != _FEEDHUB:
        yield f"_feedhub has {sorted(ours)}"
        return
    if set(ours["source"]) != {"slug", "title", "home_page_url", "feed_url"}:
        yield f"_feedhub.source has {sorted(ours['source'])}"
    for link in ours["see_also"]:
        yield from address_faults("see_also", link.get("url"))
        yield from text_faults("see_also", link.get("title"))
