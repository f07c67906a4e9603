"""From rows to what is shown: `OutEntry`, the same for pages and for every feed format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from feedhub.model import (
    LOCAL,
    BodyPolicy,
    Enclosure,
    Image,
    OutEntry,
    OutSection,
    OutSource,
    OutTag,
    SeeAlso,
    Settings,
    SourceState,
    Withdrawn,
)
from feedhub.publish.catalogue import Catalogue, out_tag
from feedhub.publish.naming import section_title
from feedhub.store import Connection, RowMapping, lookup, sources
from feedhub.store.lists import Listed
from feedhub.store.lookup import Named
from feedhub.store.values import event_value, image_value, to_instant

_IMG = re.compile(r'<img(?:[^>"]|"[^"]*")*>')
_EMPTY_FIGURE = re.compile(r"<figure>\s*</figure>")
_OWN_ENTRY = re.compile(r"/entries/(\d{1,12})(?:-[^/?#]*)?/?")
_OWN_PATH = re.compile(r'(\s(?:href|src)=")/(?!/)')

_STRICTNESS: dict[str, int] = {"none": 0, "summary": 1, "full": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """What every entry is dressed with: settings, all tags, the sources' memory, and the names of
    those entries of ours that others point to («См. также»)."""

    settings: Settings
    catalogue: Catalogue
    states: Mapping[str, SourceState]
    linked: Mapping[int, Named]

    @property
    def base_url(self) -> str:
        """The only origin of absolute links."""
        return self.settings.site.base_url


def shelf_for(
    conn: Connection, settings: Settings, catalogue: Catalogue, listed: Sequence[Listed]
) -> Shelf:
    """Read what these entries need to be shown."""
    links = (link["url"] for one in listed for link in one.row["see_also"])
    numbers = (_own_number(settings.site.base_url, url) for url in links)
    return Shelf(
        settings=settings,
        catalogue=catalogue,
        states=sources.states(conn, {one.row["source"] for one in listed}),
        linked=lookup.names(conn, sorted({number for number in numbers if number})),
    )


def out_entries(
    shelf: Shelf, listed: Sequence[Listed], *, body: str | None = None, images: bool = True
) -> tuple[OutEntry, ...]:
    """Return entries as they are shown; `body` may narrow what a source's policy allows."""
    shown = (out_entry(shelf, one, body=body) for one in listed)
    return tuple(one if images else without_images(one) for one in shown)


def out_entry(shelf: Shelf, listed: Listed, *, body: str | None = None) -> OutEntry:
    """Return one entry as it is shown."""
    row = listed.row
    page_url = f"{shelf.base_url}{entry_path(row['number'], row['slug'])}"
    is_local = row["source"] == LOCAL
    summary, content = _texts(shelf, row, body)
    withdrawn = row["withdrawn_at"]
    return OutEntry(
        number=row["number"],
        id=row["uri"],
        url=page_url if is_local or not row["url"] else row["url"],
        page_url=page_url,
        title=row["title"],
        summary=summary,
        content=content,
        published=to_instant(row["published"]),
        updated=to_instant(row["updated"]),
        changed=to_instant(max(row["changed"], row["published"])),
        authors=tuple(row["authors"]),
        language=row["language"],
        tags=_tags(shelf, listed.tags),
        section=out_section(shelf.settings, row["section"]),
        source=out_source(shelf, row["source"], updated=row["updated"]),
        image=_image(shelf, row["image"]),
        enclosures=tuple(_enclosure(one, row["image"]) for one in row["enclosures"]),
        see_also=_see_also(shelf, row["see_also"]),
        reading_minutes=row["reading_minutes"],
        event=event_value(row["event"]),
        date_only=row["date_only"],
        version=row["version"],
        teaser=row["teaser"] if summary else "",
        withdrawn=Withdrawn(at=to_instant(withdrawn), reason=row["withdrawn_reason"] or "")
        if withdrawn is not None
        else None,
    )


def entry_path(number: int, slug: str) -> str:
    """Return the path of an entry's page."""
    return f"/entries/{number}-{slug}"


def out_section(settings: Settings, slug: str) -> OutSection:
    """Return a section as it is shown."""
    return OutSection(
        slug=slug,
        title=section_title(settings, slug),
        url=f"{settings.site.base_url}/sections/{slug}/",
    )


def out_source(shelf: Shelf, slug: str, *, updated: int) -> OutSource:
    """Return who said it.

    `updated` is the entry's own: the source's would change the bytes of old entries with every
    new one.
    """
    site = shelf.settings.site
    if slug == LOCAL:
        return OutSource(
            slug=LOCAL,
            title=site.title,
            home_page_url=f"{site.base_url}/",
            feed_url=f"{site.base_url}/feed.atom",
            url=f"{site.base_url}/",
            updated=to_instant(updated),
            is_local=True,
        )
    state = shelf.states.get(slug)
    return OutSource(
        slug=slug,
        title=(state.title if state else "") or slug,
        home_page_url=state.home_url if state else None,
        feed_url=(state.feed_url if state else "") or None,
        url=f"{site.base_url}/sources/{slug}/",
        updated=to_instant(updated),
    )


def without_images(entry: OutEntry) -> OutEntry:
    """Return an entry without pictures (`images=0`)."""
    content = _EMPTY_FIGURE.sub("", _IMG.sub("", entry.content))
    files = tuple(one for one in entry.enclosures if not (one.type or "").startswith("image/"))
    return replace(entry, image=None, content=content, enclosures=files)


def _texts(shelf: Shelf, row: RowMapping, asked: str | None) -> tuple[str, str]:
    """Return summary and full text as far as the source's policy and the reader's wish go."""
    policy = min(
        (_policy(shelf, row["source"]), asked or "full"), key=lambda name: _STRICTNESS[name]
    )
    if policy == "none":
        return "", ""
    summary = row["lead"] if row["source"] == LOCAL else row["summary"]
    summary = summary or row["teaser"]
    if policy == "summary":
        return summary, ""
    content: str = row["content"]
    if row["source"] == LOCAL:
        content = _OWN_PATH.sub(rf"\g<1>{shelf.base_url}/", content)
    return summary, content


def _policy(shelf: Shelf, slug: str) -> BodyPolicy:
    state = shelf.states.get(slug)
    return state.body if state else "full"


def _tags(shelf: Shelf, ids: Iterable[int]) -> tuple[OutTag, ...]:
    known = (shelf.catalogue.by_id[tag_id] for tag_id in ids if tag_id in shelf.catalogue.by_id)
    return tuple(out_tag(shelf.base_url, tag) for tag in known)


def _see_also(shelf: Shelf, records: Iterable[Mapping[str, str]]) -> tuple[SeeAlso, ...]:
    """Return the links to read on, one for each address; a bare one of ours gets its headline."""
    found: dict[str, SeeAlso] = {}
    for record in records:
        url, title = _absolute(shelf, record["url"]), record["title"]
        is_bare = title in (record["url"], url)
        number = _own_number(shelf.base_url, url)
        named = shelf.linked.get(number) if number else None
        if number and named:
            url = f"{shelf.base_url}{entry_path(number, named.slug)}"
            title = named.title if is_bare else title
        if url not in found or not is_bare:
            found[url] = SeeAlso(title=title, url=url)
    return tuple(found.values())


def _own_number(base_url: str, url: str) -> int | None:
    """Return the number of the entry of ours that an address means, or None."""
    found = _OWN_ENTRY.fullmatch(url.removeprefix(base_url))
    return int(found[1]) if found else None


def _image(shelf: Shelf, record: Mapping[str, Any] | None) -> Image | None:
    image = image_value(record)
    return replace(image, url=_absolute(shelf, image.url)) if image else None


def _enclosure(record: Mapping[str, Any], image: Mapping[str, Any] | None) -> Enclosure:
    """Return a file; where it is the lead picture too, with what is known of that."""
    file = Enclosure(**record)
    if image is None or image["url"] != file.url:
        return file
    return replace(
        file, type=file.type or image.get("type"), length=file.length or image.get("length")
    )


def _absolute(shelf: Shelf, url: str) -> str:
    is_own = url.startswith("/") and not url.startswith("//")
    return f"{shelf.base_url}{url}" if is_own else url
