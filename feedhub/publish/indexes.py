"""The lists of lists: all tags, all sources, and both as OPML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from zoneinfo import ZoneInfo

from feedhub.core.health import health, say_reason
from feedhub.core.history import recall
from feedhub.core.render import Outline, opml
from feedhub.errors import NotFound
from feedhub.model import LOCAL, Rendered, Settings, SourceRow, SourceState, TagRow
from feedhub.publish.catalogue import Catalogue, read_catalogue
from feedhub.store import Connection, Store, facts, lists, sources
from feedhub.store.tags import StoredTag
from feedhub.store.values import to_instant

OPML_TYPE = "text/x-opml; charset=utf-8"


def tag_index(store: Store, settings: Settings, *, now: datetime) -> tuple[TagRow, ...]:
    """Return all tags with how many entries bear each, by kind and name."""
    with store.read() as conn:
        catalogue = read_catalogue(conn)
        newest = lists.newest_of_tags(conn, now)
        rows = [tag_row(conn, catalogue, one, newest) for one in catalogue.by_id.values()]
    return tuple(sorted(rows, key=lambda row: (row.kind, row.name.casefold())))


def tag_row(
    conn: Connection, catalogue: Catalogue, tag: StoredTag, newest: Mapping[int, datetime]
) -> TagRow:
    """Return a tag with its counts; a parent counts the entries of its children too."""
    family = catalogue.family(tag)
    count = (
        facts.count(conn, f"tag:{tag.id}")
        if len(family) == 1
        else lists.count_of_family(conn, family)
    )
    parent = catalogue.by_id.get(tag.parent or 0)
    return TagRow(
        slug=tag.slug,
        name=tag.name,
        kind=tag.kind,
        aliases=tag.aliases,
        parent=parent.slug if parent else None,
        count=count,
        newest=max((newest[one] for one in family if one in newest), default=None),
    )


def source_index(store: Store, settings: Settings, *, now: datetime) -> tuple[SourceRow, ...]:
    """Return who we read and how each is; those no longer configured come last."""
    with store.read() as conn:
        states = {state.slug: state for state in sources.all_states(conn) if state.slug != LOCAL}
        configured = [source.slug for source in settings.sources if source.slug in states]
        gone = sorted(states.keys() - set(configured))
        return tuple(_row(conn, settings, states[slug], now=now) for slug in (*configured, *gone))


def source_row(conn: Connection, settings: Settings, slug: str, *, now: datetime) -> SourceRow:
    """Return one source and how it is; raise NotFound."""
    state = sources.states(conn, [slug]).get(slug)
    if state is None:
        raise NotFound("source", slug)
    return _row(conn, settings, state, now=now)


def _row(conn: Connection, settings: Settings, state: SourceState, *, now: datetime) -> SourceRow:
    site = settings.site
    there = now.astimezone(ZoneInfo(site.timezone))
    is_configured = any(source.slug == state.slug for source in settings.sources)
    how = health(
        state,
        is_configured=is_configured,
        language=site.language,
        now=there,
        history=recall(state.memory, now=now),
    )
    is_polled = is_configured and state.is_active
    return SourceRow(
        slug=state.slug,
        title=state.title or state.slug,
        home_page_url=state.home_url,
        feed_url=state.feed_url,
        section=state.section,
        is_active=state.is_active,
        is_healthy=how.is_healthy,
        state=how.sentence,
        more=how.more,
        rhythm=say_reason(state.cadence, site.language) if is_polled else "",
        count=facts.count(conn, f"source:{state.slug}"),
        newest=state.last_new_at,
        last_poll_at=state.last_poll_at,
        next_poll_at=state.next_poll_at,
    )


def tags_opml(store: Store, settings: Settings, *, now: datetime) -> Rendered:
    """Return the feed of every tag that has entries, as OPML."""
    base = settings.site.base_url
    rows = [row for row in tag_index(store, settings, now=now) if row.count]
    outlines = tuple(
        Outline(
            title=row.name,
            xml_url=f"{base}/tags/{row.slug}/feed.atom",
            html_url=f"{base}/tags/{row.slug}/",
        )
        for row in rows
    )
    return _document(store, settings, outlines)


def sources_opml(store: Store, settings: Settings, *, now: datetime) -> Rendered:
    """Return the feeds we read, as OPML."""
    outlines = tuple(
        Outline(title=row.title, xml_url=row.feed_url, html_url=row.home_page_url)
        for row in source_index(store, settings, now=now)
        if row.feed_url
    )
    return _document(store, settings, outlines)


def _document(store: Store, settings: Settings, outlines: tuple[Outline, ...]) -> Rendered:
    with store.read() as conn:
        created = to_instant(int(facts.get(conn, facts.CREATED) or 0))
        changed = to_instant(int(facts.get(conn, facts.CHANGED_AT) or 0))
    # The document's own date is a fixed one, so that its bytes stay while its outlines do.
    body = opml(settings.site.title, outlines, updated=created)
    return Rendered(
        body=body,
        media_type=OPML_TYPE,
        etag=f'"{blake2b(body, digest_size=16).hexdigest()}"',
        last_modified=max(created, changed),
    )
