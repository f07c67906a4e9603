"""Pages for people: lists, an entry, tags, sources, search, and how to subscribe."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any, get_args
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from feedhub.errors import NotFound
from feedhub.model import (
    EntryPage,
    FromSource,
    Home,
    InSection,
    ListPage,
    ListRef,
    TagKind,
    TagRow,
)
from feedhub.web import addresses, lists, structured
from feedhub.web.conditional import conditional
from feedhub.web.desk import absolute, desk, now, settings, zone
from feedhub.web.language import gettext as _
from feedhub.web.times import by_day
from feedhub.web.wording import fold

bp = Blueprint("pages", __name__)

PAGE_CACHE = "public, max-age=30, stale-while-revalidate=120"
KINDS: tuple[str, ...] = get_args(TagKind)


@bp.get("/")
def home() -> Response:
    """Show the newest of everything."""
    return list_page(Home(), "/", "home")


@bp.get("/sections/<slug>/")
def section(slug: str) -> Response:
    """Show a section."""
    return list_page(InSection(slug=slug), f"/sections/{slug}/", "section")


@bp.get("/tags/<expression>/")
def tags(expression: str) -> Response:
    """Show the entries that a tag expression picks."""
    resolved = desk().flow.resolve_tags(desk().store, expression)
    return list_page(resolved.ref, f"/tags/{resolved.canonical}/", "tags")


@bp.get("/sources/<slug>/")
def source(slug: str) -> Response:
    """Show a source's entries."""
    return list_page(FromSource(slug=slug), f"/sources/{slug}/", "source")


@bp.get("/search/")
def search() -> Response:
    """Show what a search finds, or only the form where no words were given."""
    ref = lists.searched(request.args)
    if ref is not None:
        return list_page(ref, "/search/", "search")
    if moved := addresses.settle("/search/"):
        return moved
    empty = ListPage(
        ref=Home(),
        path="/search/",
        query="",
        title=_("Search"),
        description="",
        entries=(),
        total=None,
        older=None,
    )
    return _list_html(empty, "/search/", "search", is_asked=False)


@bp.get("/tags/")
def tag_list() -> Response:
    """Show all tags by kind, or those that hold the words of the filter field."""
    if moved := addresses.settle("/tags/"):
        return moved
    wanted = " ".join(request.args.get("q", "").split())[: addresses.MAX_WORDS]
    rows = desk().flow.tag_index(desk().store, settings(), now=now())
    groups = by_kind(tuple(row for row in rows if holds(row, wanted)))
    return html("tags.html", groups=groups, wanted=wanted, total=len(rows))


@bp.get("/sources/")
def source_list() -> Response:
    """Show who we read, and how each is."""
    if moved := addresses.settle("/sources/"):
        return moved
    rows = desk().flow.source_index(desk().store, settings(), now=now())
    return html("sources.html", rows=rows)


@bp.get("/help/feeds/")
def help_feeds() -> Response:
    """Explain feeds, with live links made of the tags in use."""
    if moved := addresses.settle("/help/feeds/"):
        return moved
    rows = desk().flow.tag_index(desk().store, settings(), now=now())
    return html(
        "help.html",
        tags=sorted(rows, key=lambda row: -row.count)[:3],
        max_items=settings().feeds.max_items,
    )


@bp.get("/entries/<key>")
def entry(key: str) -> Response:
    """Show an entry; 410 with headline, time and reason where it was withdrawn."""
    number = re.match(r"([0-9]{1,18})(?:-|$)", key)
    if number is None:
        raise NotFound("entry", key)
    page = desk().flow.entry_page(desk().store, settings(), int(number[1]), now=now())
    if moved := addresses.settle(page.path):
        return moved
    if page.entry.withdrawn:
        return html("withdrawn.html", 410, entry=page.entry, page=page)
    return html("entry.html", entry=page.entry, page=page, structured=_described(page))


def list_page(ref: ListRef, path: str, kind: str) -> Response:
    """Show a list at its one address."""
    if moved := addresses.settle(path):
        return moved
    before = addresses.cursor(request.args)
    page = desk().flow.list_page(desk().store, settings(), ref, now=now(), before=before)
    return _list_html(page, path, kind)


def holds(row: TagRow, wanted: str) -> bool:
    """Tell whether a tag's name, slug or alias holds the words of the filter field."""
    return any(fold(wanted) in fold(name) for name in (row.name, row.slug, *row.aliases))


def by_kind(rows: tuple[TagRow, ...]) -> tuple[tuple[str, tuple[TagRow, ...]], ...]:
    """Group tags by kind, in the order in which the kinds are defined, each by name."""

    def place(row: TagRow) -> tuple[int, str, str]:
        known = KINDS.index(row.kind) if row.kind in KINDS else len(KINDS)
        return known, row.kind, fold(row.name)

    ordered = sorted(rows, key=place)
    return tuple((kind, tuple(found)) for kind, found in groupby(ordered, key=lambda r: r.kind))


def html(template: str, code: int = 200, **values: Any) -> Response:
    """Answer a page, with a weak ETag of its bytes."""
    response = make_response(render_template(template, **values), code)
    response.headers["Cache-Control"] = PAGE_CACHE
    if code != 200:
        return response
    response.add_etag(weak=True)
    return conditional(response, response.get_etag()[0] or "", weak=True)


def _list_html(page: ListPage, path: str, kind: str, *, is_asked: bool = True) -> Response:
    query = addresses.kept_query(addresses.SEARCH_FIELDS, request.args) if is_asked else ""
    searched = query if kind == "search" else ""
    steps = [(settings().site.title, absolute("/")), (page.title, absolute(path))]
    return html(
        "list.html",
        page=page,
        path=path,
        kind=kind,
        query=searched,
        days=by_day(page.entries, now(), zone()),
        is_asked=is_asked,
        is_older="before" in request.args,
        older=_with(path, searched, page.older),
        fields=request.args,
        sources=settings().sources,
        structured=[] if kind == "home" else [structured.breadcrumbs(steps)],
    )


def _with(path: str, query: str, cursor: str | None) -> str | None:
    """Return the link of the older page, None at the end."""
    if cursor is None:
        return None
    return f"{path}?{query + '&' if query else ''}{urlencode({'before': cursor})}"


def _described(page: EntryPage) -> list[dict[str, Any]]:
    found = page.entry
    steps = [
        (settings().site.title, absolute("/")),
        (found.section.title, found.section.url),
        (found.title, found.page_url),
    ]
    return [structured.news_article(found, settings().site), structured.breadcrumbs(steps)]
