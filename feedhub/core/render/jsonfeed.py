"""JSON Feed 1.1; what the format has no field for stands in `_feedhub`."""

from __future__ import annotations

import json
from typing import Any, Final

from feedhub.core.render.door import admit
from feedhub.core.render.repair import files
from feedhub.core.render.wire import rfc3339
from feedhub.model import Enclosure, Event, Image, OutEntry, OutFeed, OutSource

MEDIA_TYPE: Final = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"


def jsonfeed(feed: OutFeed) -> bytes:
    """Return the feed as a JSON Feed document."""
    shown = admit(feed)
    document = {
        "version": _VERSION,
        "title": shown.title,
        "home_page_url": shown.page_url,
        "feed_url": shown.self_url,
        "next_url": shown.next_url,
        "description": shown.subtitle or None,
        "icon": shown.icon_url,
        "favicon": shown.icon_url,
        "language": shown.language,
        "items": [_item(entry) for entry in shown.entries],
    }
    return json.dumps(_said(document), ensure_ascii=False, separators=(",", ":")).encode()


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that have a value: JSON Feed knows no null."""
    return {name: value for name, value in fields.items() if value is not None}


def _item(entry: OutEntry) -> dict[str, Any]:
    fields = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.content or None,
        "content_text": None if entry.content else entry.summary,
        "summary": entry.summary or None,
        "image": entry.image.url if entry.image else None,
        "date_published": rfc3339(entry.published),
        "date_modified": rfc3339(entry.updated),
        "authors": [{"name": name} for name in entry.authors] or None,
        "tags": [tag.name for tag in entry.tags] or None,
        "language": entry.language,
        "attachments": [_attachment(file, entry.image) for file in files(entry)] or None,
        "_feedhub": _feedhub(entry),
    }
    return _said(fields)


def _attachment(file: Enclosure, image: Image | None) -> dict[str, Any]:
    """Return one file; the lead picture is one too, for its type, size and caption."""
    fields: dict[str, Any] = {
        "url": file.url,
        "mime_type": file.type,
        "size_in_bytes": file.length or None,
    }
    if image and image.url == file.url:
        size = _said({"width": image.width, "height": image.height})
        fields |= {"title": image.caption or None, "_feedhub": size or None}
    return _said(fields)


def _feedhub(entry: OutEntry) -> dict[str, Any]:
    """Return what stands in `_feedhub` (docs/addresses.md); an event only where there is one."""
    is_read_here = entry.source.is_local and entry.withdrawn is None
    fields: dict[str, Any] = {
        "section": entry.section.slug,
        "source": _source(entry.source),
        "also_reported": [],
        "related": [],
        "see_also": [{"title": link.title, "url": link.url} for link in entry.see_also],
        "image_credit": (entry.image.credit or None) if entry.image else None,
        "reading_minutes": entry.reading_minutes if is_read_here else None,
        "version": entry.version,
    }
    return fields | ({"event": _event(entry.event)} if entry.event else {})


def _source(source: OutSource) -> dict[str, Any]:
    return {
        "slug": source.slug,
        "title": source.title,
        "home_page_url": source.home_page_url,
        "feed_url": source.feed_url,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "start": rfc3339(event.start),
        "end": rfc3339(event.end) if event.end else None,
        "place": event.place,
        "url": event.url,
    }
