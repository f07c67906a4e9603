"""The agencies' documents: RSS 2.0 in windows-1251, Atom in UTF-8, JSON Feed 1.1; and their pages.

Written by hand, each in the manner of its publisher, so that what FeedHub reads was not made by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from feedhub.demo.agencies import Agency, Item

PATHS = {"rss": "/rss.xml", "atom": "/feed.atom", "json": "/feed.json"}


class Document(NamedTuple):
    """Bytes as they go out, their type, and when what they say last changed."""

    body: bytes
    content_type: str
    changed: datetime


def feed(agency: Agency, items: Sequence[Item], root: str) -> Document:
    """Write the agency's document; `root` is its address without a slash at the end."""
    writers: dict[str, Callable[[Agency, Sequence[Item], str], tuple[bytes, str]]] = {
        "rss": _rss,
        "atom": _atom,
        "json": _json,
    }
    body, content_type = writers[agency.format](agency, items, root)
    return Document(body, content_type, max(item.updated for item in items))


def _rss(agency: Agency, items: Sequence[Item], root: str) -> tuple[bytes, str]:
    zone = ZoneInfo(agency.zone)
    rows = "".join(_rss_item(item, root, zone) for item in items)
    text = (
        '<?xml version="1.0" encoding="windows-1251"?>\n<rss version="2.0"><channel>\n'
        f"<title>{escape(agency.title)}</title>\n<link>{root}/</link>\n"
        f"<description>Новости ведомства</description>\n<language>ru</language>\n{rows}"
        "</channel></rss>\n"
    )
    return text.encode("windows-1251", "xmlcharrefreplace"), "application/rss+xml"


def _rss_item(item: Item, root: str, zone: ZoneInfo) -> str:
    """Write an item as ministries do: escaped HTML in the description, a guid that is no address."""
    body = escape("".join(f"<p>{escape(part)}</p>" for part in item.paragraphs))
    categories = "".join(f"<category>{escape(name)}</category>" for name in item.categories)
    return (
        f"<item><title>{escape(item.title)}</title><link>{root}{item.path}</link>"
        f"<description>{body}</description>{categories}"
        f'<guid isPermaLink="false">{item.number}@{zone.key.lower().replace("/", ".")}</guid>'
        f"<pubDate>{format_datetime(item.published.astimezone(zone))}</pubDate></item>\n"
    )


def _atom(agency: Agency, items: Sequence[Item], root: str) -> tuple[bytes, str]:
    rows = "".join(_atom_entry(item, root) for item in items)
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ru">\n'
        f"<title>{escape(agency.title)}</title>\n<id>tag:{agency.slug}.example,2026:feed</id>\n"
        f'<link href="{root}/"/>\n<link rel="self" href="{root}{PATHS["atom"]}"/>\n'
        f"<updated>{_iso(max(item.updated for item in items))}</updated>\n"
        f"<author><name>{escape(agency.title)}</name></author>\n{rows}</feed>\n"
    )
    return text.encode(), "application/atom+xml; charset=utf-8"


def _atom_entry(item: Item, root: str) -> str:
    picture, enclosure = "", ""
    if item.picture is not None:
        src = quoteattr(f"{root}/pictures/{item.picture}.png")
        picture = f'<figure><img src={src} alt="" width="640" height="360"/></figure>'
        enclosure = f'<link rel="enclosure" type="image/png" href={src}/>'
    body = picture + "".join(f"<p>{escape(part)}</p>" for part in item.paragraphs)
    categories = "".join(f"<category term={quoteattr(name)}/>" for name in item.categories)
    return (
        f"<entry><id>tag:ostrovnye-novosti.example,2026:{item.number}</id>"
        f'<title>{escape(item.title)}</title><link href="{root}{item.path}"/>{enclosure}'
        f"<published>{_iso(item.published)}</published><updated>{_iso(item.updated)}</updated>"
        f"<summary>{escape(item.paragraphs[0])}</summary>{categories}"
        f'<content type="html">{escape(body)}</content></entry>\n'
    )


def _json(agency: Agency, items: Sequence[Item], root: str) -> tuple[bytes, str]:
    zone = ZoneInfo(agency.zone)
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": agency.title,
        "home_page_url": f"{root}/",
        "feed_url": f"{root}{PATHS['json']}",
        "language": "ru",
        "items": [
            {
                "id": f"{root}{item.path}",
                "url": f"{root}{item.path}",
                "title": item.title,
                "content_html": "".join(f"<p>{escape(part)}</p>" for part in item.paragraphs),
                "summary": item.paragraphs[0],
                "date_published": item.published.astimezone(zone).isoformat(),
                "date_modified": item.updated.astimezone(zone).isoformat(),
                "tags": list(item.categories),
            }
            for item in items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode(), "application/feed+json"


def _iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def page(agency: Agency, title: str, paragraphs: Sequence[str], changed: datetime) -> Document:
    """Write a page of the agency's site."""
    text = (
        f'<!doctype html><html lang="ru"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<p>{escape(agency.title)}</p><h1>{escape(title)}</h1>"
        + "".join(f"<p>{escape(part)}</p>" for part in paragraphs)
        + "\n"
    )
    return Document(text.encode(), "text/html; charset=utf-8", changed)
