"""The river that empties the store: a list is found, read, dressed and rendered.

    address ─► ListRef ─► Selection ─► rows ─► OutEntry ─► OutFeed ─► Rendered     (feeds)
                                                       └─► ListPage, EntryPage     (pages)

Nothing here writes. What it costs to make is remembered for as long as the store did not change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from feedhub import __version__
from feedhub.core import expression as expressions
from feedhub.core.render import FORMATS, render
from feedhub.errors import NotFound
from feedhub.model import (
    ByTags,
    EntryPage,
    FeedOptions,
    FromSource,
    Home,
    InSection,
    ListPage,
    ListRef,
    Media,
    OutFeed,
    Rendered,
    Search,
    Settings,
)
from feedhub.publish import finding, naming
from feedhub.publish.catalogue import Catalogue, out_tag, read_catalogue
from feedhub.publish.indexes import (
    source_index,
    source_row,
    sources_opml,
    tag_index,
    tag_row,
    tags_opml,
)
from feedhub.publish.outgoing import entry_path, out_entries, out_entry, shelf_for
from feedhub.store import Connection, Store, articles, facts, lists
from feedhub.store.lists import Listed, Selection, Window, read_cursor

__all__ = [
    "Resolved",
    "entry_page",
    "is_ready",
    "list_feed",
    "list_page",
    "media",
    "resolve_tags",
    "source_index",
    "sources_opml",
    "tag_index",
    "tags_opml",
]

PAGE = 30
"""Entries on one page of a list."""

FRESH = timedelta(hours=1)
"""How long a rendered feed may be kept at most: withdrawn entries leave it with time."""

STALLED = timedelta(minutes=2)
"""A poller that has not ticked for so long is not polling."""

WEEKS = 26
"""Weeks in the small chart of a tag."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resolved:
    """A tag expression as understood, with the one spelling it is served under."""

    ref: ByTags
    canonical: str


def resolve_tags(store: Store, text: str) -> Resolved:
    """Read a tag expression as written in an address, by slugs, names or aliases.

    Raises ExpressionError for one that cannot be read, NotFound with near tags for an unknown term.
    """
    parsed = expressions.parse(text)
    with store.read() as conn:
        catalogue = _catalogue(store, conn)
    resolved = expressions.resolve_terms(parsed, catalogue.slug_of)
    if isinstance(resolved, tuple):
        raise NotFound("tag", resolved[0], catalogue.near(resolved[0]))
    canonical = expressions.canonical(resolved)
    return Resolved(ref=ByTags(expression=canonical), canonical=str(canonical))


def list_feed(
    store: Store, settings: Settings, ref: ListRef, fmt: str, options: FeedOptions, *, now: datetime
) -> Rendered:
    """Return a list as a feed in one format; the same bytes while its entries do not change."""
    with store.read() as conn:
        version = facts.changes(conn)
        key = ("feed", ref, fmt, options, settings.stamp)
        kept = store.memo.get(key, version)
        if isinstance(kept, tuple) and now < kept[1]:
            rendered: Rendered = kept[0]
            return rendered
        feed = _feed(store, conn, settings, ref, fmt, options, now)
        waits = lists.next_appearance(conn, now) or now + FRESH
    rendered = render(feed, fmt)
    store.memo.put(key, version, (rendered, min(waits, now + FRESH)), size=len(rendered.body))
    return rendered


def _feed(
    store: Store,
    conn: Connection,
    settings: Settings,
    ref: ListRef,
    fmt: str,
    options: FeedOptions,
    now: datetime,
) -> OutFeed:
    catalogue = _catalogue(store, conn)
    limit = min(options.limit or settings.feeds.items, settings.feeds.max_items)
    window = Window(
        now=now,
        limit=limit + 1,
        before=read_cursor(options.before) if options.before else None,
        withdrawn=True,
    )
    listed = lists.page(conn, finding.selection(conn, settings, ref, catalogue), window)
    older = _older(listed, limit)
    shelf = shelf_for(conn, settings, catalogue, listed)
    shown = out_entries(shelf, listed[:limit], body=options.body, images=options.images)
    title, about = naming.title_and_about(
        settings, ref, catalogue, finding.source_title(conn, settings, ref)
    )
    page_url = _address(settings, ref)
    site_title = settings.site.title
    return OutFeed(
        id=page_url,
        title=site_title if isinstance(ref, Home) else f"{title} — {site_title}",
        subtitle=about,
        page_url=page_url,
        self_url=_self_url(settings, ref, fmt, options),
        language=settings.site.language,
        updated=max((one.changed for one in shown), default=finding.created(conn)),
        site_title=site_title,
        icon_url=_icon(settings),
        generator_version=__version__,
        next_url=_self_url(settings, ref, fmt, replace(options, before=older)) if older else None,
        entries=shown,
    )


def _icon(settings: Settings) -> str:
    """Return the address of the site's picture: the logo, wherever it lies, or the icon."""
    logo = settings.site.logo
    if logo and logo.startswith(("http://", "https://")):
        return logo
    return f"{settings.site.base_url}/{'static/logo' if logo else 'favicon.ico'}"


def list_page(
    store: Store, settings: Settings, ref: ListRef, *, now: datetime, before: str | None = None
) -> ListPage:
    """Return one page of a list for a person; `before` is the cursor of an older page."""
    with store.read() as conn:
        catalogue = _catalogue(store, conn)
        chosen = finding.selection(conn, settings, ref, catalogue)
        cursor = read_cursor(before) if before else None
        listed = lists.page(conn, chosen, Window(now=now, limit=PAGE + 1, before=cursor))
        shelf = shelf_for(conn, settings, catalogue, listed)
        title, about = naming.title_and_about(
            settings, ref, catalogue, finding.source_title(conn, settings, ref)
        )
        path, query = _path(ref)
        page = ListPage(
            ref=ref,
            path=path,
            query=query,
            title=title,
            description=about,
            entries=out_entries(shelf, listed[:PAGE]),
            total=_total(conn, ref, chosen, catalogue),
            older=_older(listed, PAGE),
            source=source_row(conn, settings, ref.slug, now=now)
            if isinstance(ref, FromSource)
            else None,
        )
        return _with_tag(conn, settings, page, catalogue, now)


def _older(listed: Sequence[Listed], limit: int) -> str | None:
    """Return the cursor of what comes after the first `limit` entries; None at the end."""
    if len(listed) <= limit:
        return None
    last = listed[limit - 1].row
    return str(lists.Cursor(published=last["published"], number=last["number"]))


def _with_tag(
    conn: Connection, settings: Settings, page: ListPage, catalogue: Catalogue, now: datetime
) -> ListPage:
    """Add what the page of a single tag tells of it."""
    if not (isinstance(page.ref, ByTags) and naming.is_one_tag(page.ref.expression)):
        return page
    tag = catalogue.by_slug[page.ref.expression.groups[0][0].slug]
    base = settings.site.base_url
    newest = lists.newest_of_tags(conn, now)
    related = lists.related_tags(conn, tag.id, limit=8)
    return replace(
        page,
        tag=tag_row(conn, catalogue, tag, newest),
        ancestors=tuple(out_tag(base, one) for one in catalogue.ancestors(tag)),
        children=tuple(
            tag_row(conn, catalogue, one, newest) for one in catalogue.children.get(tag.id, ())
        ),
        related=tuple(out_tag(base, catalogue.by_id[i]) for i in related),
        weeks=lists.weeks_of(conn, catalogue.family(tag), now=now, weeks=WEEKS),
    )


def _total(conn: Connection, ref: ListRef, chosen: Selection, catalogue: Catalogue) -> int | None:
    """Return how many entries a list holds where that is kept, else None."""
    match ref:
        case Home():
            return facts.count(conn, "home")
        case InSection():
            return facts.count(conn, f"section:{ref.slug}")
        case FromSource():
            return facts.count(conn, f"source:{ref.slug}")
        case ByTags() if naming.is_one_tag(ref.expression):
            tag = catalogue.by_slug[ref.expression.groups[0][0].slug]
            family = catalogue.family(tag)
            if len(family) > 1:
                return lists.count_of_family(conn, family)
            return facts.count(conn, f"tag:{tag.id}")
    return None


def entry_page(store: Store, settings: Settings, number: int, *, now: datetime) -> EntryPage:
    """Return one entry for a person; raise NotFound while it is unknown or still waits."""
    with store.read() as conn:
        listed = lists.entries(conn, [number])
        if not listed or listed[0].row["published"] > now.timestamp():
            raise NotFound("entry", str(number))
        shelf = shelf_for(conn, settings, _catalogue(store, conn), listed)
    entry = out_entry(shelf, listed[0])
    path = entry_path(number, listed[0].row["slug"])
    return EntryPage(entry=entry, path=path, source=entry.source)


def media(store: Store, hash: str) -> Media:  # noqa: A002 - the word of the address
    """Return a stored picture; raise NotFound."""
    with store.read() as conn:
        found = articles.get_media(conn, hash)
    if found is None:
        raise NotFound("picture", hash)
    return found


def is_ready(store: Store, settings: Settings, *, now: datetime) -> tuple[bool, str]:
    """Tell whether we are able to serve and polling is not stalled, in a sentence."""
    with store.read() as conn:
        beat = facts.get(conn, facts.HEARTBEAT)
    if beat is None or not settings.sources:
        return True, "able to serve"
    age = timedelta(seconds=now.timestamp() - float(beat))
    if age > STALLED:
        return (
            False,
            f"polling has stalled: the poller last ticked {int(age.total_seconds())} s ago",
        )
    return True, "able to serve, polling"


def _catalogue(store: Store, conn: Connection) -> Catalogue:
    version = facts.changes(conn)
    kept = store.memo.get("catalogue", version)
    if isinstance(kept, Catalogue):
        return kept
    catalogue = read_catalogue(conn)
    store.memo.put("catalogue", version, catalogue, size=1000 * len(catalogue.by_id))
    return catalogue


def _path(ref: ListRef) -> tuple[str, str]:
    """Return the canonical path and query of a list's page."""
    match ref:
        case Home():
            return "/", ""
        case InSection():
            return f"/sections/{ref.slug}/", ""
        case ByTags():
            return f"/tags/{ref.expression}/", ""
        case FromSource():
            return f"/sources/{ref.slug}/", ""
        case Search():
            return "/search/", urlencode(finding.search_fields(ref), quote_via=quote)


def _address(settings: Settings, ref: ListRef) -> str:
    path, query = _path(ref)
    return f"{settings.site.base_url}{path}" + (f"?{query}" if query else "")


def _self_url(settings: Settings, ref: ListRef, fmt: str, options: FeedOptions) -> str:
    """Return the address of this very document, with the options that were asked."""
    path, query = _path(ref)
    asked = {
        "limit": options.limit,
        "body": options.body,
        "images": None if options.images else "0",
        "before": options.before,
    }
    more = urlencode({name: value for name, value in asked.items() if value is not None})
    fields = "&".join(part for part in (query, more) if part)
    name = f"feed.{FORMATS[fmt].name}"
    return f"{settings.site.base_url}{path}{name}" + (f"?{fields}" if fields else "")
