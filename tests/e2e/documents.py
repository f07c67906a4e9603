"""Documents that invented agencies publish: RSS in any encoding, Atom, JSON Feed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """One entry as its agency means it."""

    title: str
    url: str
    published: datetime
    guid: str | None = None
    body: str = ""


def instant(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """Return a moment of November 2026."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def rss(notes: Sequence[Note], *, title: str = "Агентство", encoding: str = "utf-8") -> bytes:
    items = "".join(
        f"<item><title>{escape(n.title)}</title><link>{escape(n.url)}</link>"
        + (f'<guid isPermaLink="false">{escape(n.guid)}</guid>' if n.guid else "")
        + f"<pubDate>{format_datetime(n.published)}</pubDate>"
        f"<description>{escape(n.body)}</description></item>"
        for n in notes
    )
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://agency.example/</link>"
        f"<description>Новости</description>{items}</channel></rss>"
    )
    return text.encode(encoding)


def atom(notes: Sequence[Note], *, title: str = "Агентство") -> bytes:
    entries = "".join(
        f"<entry><id>{escape(n.guid or n.url)}</id><title>{escape(n.title)}</title>"
        f'<link href="{escape(n.url)}"/><published>{n.published.isoformat()}</published>'
        f"<updated>{n.published.isoformat()}</updated>"
        f'<content type="html">{escape(n.body)}</content></entry>'
        for n in notes
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>tag:agency.example,2026:feed</id><title>{escape(title)}</title>"
        f"<updated>2026-11-20T00:00:00Z</updated>{entries}</feed>"
    ).encode()


def json_feed(notes: Sequence[Note], *, title: str = "Агентство") -> bytes:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "items": [
                {
                    "id": n.guid or n.url,
                    "url": n.url,
                    "title": n.title,
                    "content_html": n.body,
                    "date_published": n.published.isoformat(),
                }
                for n in notes
            ],
        },
        ensure_ascii=False,
    ).encode()
