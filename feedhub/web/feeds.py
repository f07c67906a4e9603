"""Feeds of every list, OPML, and pictures: bytes with their validators."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, make_response, request

from feedhub.errors import NotFound
from feedhub.model import FromSource, Home, InSection, ListRef, Rendered
from feedhub.web import addresses, lists
from feedhub.web.conditional import conditional
from feedhub.web.desk import absolute, desk, now, settings
from feedhub.web.errors import WrongValue
from feedhub.web.language import gettext as _

bp = Blueprint("feeds", __name__)

FEED_CACHE = "public, max-age=60, stale-while-revalidate=300"
FOR_EVER = "public, max-age=31536000, immutable"
FEED = "feed.<any(rss,atom,json):fmt>"
PICTURES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/avif": "avif",
}


@bp.get(f"/{FEED}")
def home(fmt: str) -> Response:
    """Answer the feed of everything."""
    return list_feed(Home(), "/", fmt)


@bp.get(f"/sections/<slug>/{FEED}")
def section(slug: str, fmt: str) -> Response:
    """Answer a section's feed."""
    return list_feed(InSection(slug=slug), f"/sections/{slug}/", fmt)


@bp.get(f"/sources/<slug>/{FEED}")
def source(slug: str, fmt: str) -> Response:
    """Answer a source's feed."""
    return list_feed(FromSource(slug=slug), f"/sources/{slug}/", fmt)


@bp.get(f"/tags/<expression>/{FEED}")
def tags(expression: str, fmt: str) -> Response:
    """Answer the feed of a tag expression."""
    resolved = desk().flow.resolve_tags(desk().store, expression)
    return list_feed(resolved.ref, f"/tags/{resolved.canonical}/", fmt)


@bp.get(f"/search/{FEED}")
def search(fmt: str) -> Response:
    """Answer the feed of a search."""
    ref = lists.searched(request.args)
    if ref is None:
        raise WrongValue(_("A search feed needs the words to search for: add “?q=…”."))
    return list_feed(ref, "/search/", fmt)


@bp.get("/tags/opml.xml")
def tags_opml() -> Response:
    """Answer every tag feed as OPML."""
    return _opml(desk().flow.tags_opml, "/tags/opml.xml")


@bp.get("/sources/opml.xml")
def sources_opml() -> Response:
    """Answer every source as OPML."""
    return _opml(desk().flow.sources_opml, "/sources/opml.xml")


@bp.get("/media/<name>.<ext>")
def media(name: str, ext: str) -> Response:
    """Answer a picture of a local article; its bytes never change, for its name is their hash."""
    found = desk().flow.media(desk().store, name)
    if PICTURES.get(found.type) != ext:
        raise NotFound("picture", f"{name}.{ext}")
    path = f"/media/{name}.{ext}"
    if moved := addresses.settle(path):
        return moved
    response = make_response(found.body)
    response.headers.update(
        {
            "Content-Type": found.type,
            "Cache-Control": FOR_EVER,
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    )
    return conditional(response, found.hash)


def list_feed(ref: ListRef, path: str, fmt: str) -> Response:
    """Answer a list as a feed, at its one address."""
    place = f"{path}feed.{fmt}"
    if moved := addresses.settle(place):
        return moved
    options = addresses.feed_options(request.args, settings().feeds.max_items)
    rendered = desk().flow.list_feed(desk().store, settings(), ref, fmt, options, now=now())
    query = addresses.self_query(ref, options)
    return document(rendered, place + (f"?{query}" if query else ""))


def document(rendered: Rendered, place: str) -> Response:
    """Answer a rendered document: anybody may read it from anywhere, and it names itself."""
    response = make_response(rendered.body)
    response.headers.update(
        {
            "Content-Type": with_charset(rendered.media_type),
            "Cache-Control": FEED_CACHE,
            "Access-Control-Allow-Origin": "*",
            "Link": _links(rendered, place),
            # A proxy below may compress: its cache must then keep both forms apart.
            "Vary": "Accept-Encoding",
        }
    )
    return conditional(response, rendered.etag, rendered.last_modified)


def _links(rendered: Rendered, place: str) -> str:
    links = [("self", absolute(place))]
    if rendered.next_url:
        links.append(("next", rendered.next_url))
    return ", ".join(f'<{quote(to, safe=addresses.LINK_SAFE)}>; rel="{rel}"' for rel, to in links)


def with_charset(media_type: str) -> str:
    """Name the charset of XML; JSON has none to name (RFC 8259, 8.1)."""
    bare = media_type.partition(";")[0].strip()
    return f"{bare}; charset=utf-8" if bare.endswith(("xml", "opml")) else bare


def _opml(render: Any, place: str) -> Response:
    if moved := addresses.settle(place):
        return moved
    return document(render(desk().store, settings(), now=now()), place)
