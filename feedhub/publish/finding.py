"""From the name of a list to the entries it means; what is not there is NotFound, with near names."""

from __future__ import annotations

import re
from datetime import datetime

from feedhub.core.text.fold import fold
from feedhub.core.text.forms import query_forms
from feedhub.core.text.near import near
from feedhub.errors import NotFound
from feedhub.model import (
    ByTags,
    Expression,
    FromSource,
    Home,
    InSection,
    ListRef,
    Search,
    Settings,
    Term,
)
from feedhub.publish.catalogue import Catalogue
from feedhub.store import Connection, facts, search, sources
from feedhub.store.lists import Selection, TagGroup
from feedhub.store.values import to_instant

QUERY_WORDS = 12
"""Words of a search that are looked for; a longer question is cut here."""

_WORD = re.compile(r"[^\W_]+")
_NOTHING = (frozenset[int](),)


def selection(
    conn: Connection, settings: Settings, ref: ListRef, catalogue: Catalogue
) -> Selection:
    """Return which entries a list holds; raise NotFound when there is no such list."""
    match ref:
        case Home():
            return Selection()
        case InSection():
            return Selection(section=_section(settings, ref.slug))
        case FromSource():
            return Selection(source=_source(conn, settings, ref.slug))
        case ByTags():
            return Selection(groups=_groups(ref.expression, catalogue))
        case Search():
            return _search(conn, settings, ref, catalogue)


def source_title(conn: Connection, settings: Settings, ref: ListRef) -> str:
    """Return the title of the source of a list, or nothing for other lists."""
    if not isinstance(ref, FromSource):
        return ""
    configured = (one.title for one in settings.sources if one.slug == ref.slug)
    state = sources.states(conn, [ref.slug]).get(ref.slug)
    return next(configured, state.title if state else "") or ref.slug


def created(conn: Connection) -> datetime:
    """Return when this store came to be: the `updated` of a list that holds nothing."""
    return to_instant(int(facts.get(conn, facts.CREATED) or 0))


def search_fields(ref: Search) -> dict[str, str]:
    """Return the query fields of a search, in one order."""
    fields = {
        "q": ref.query,
        "section": ref.section,
        "source": ref.source,
        "tag": ref.tag,
        "since": ref.since.isoformat() if ref.since else None,
        "until": ref.until.isoformat() if ref.until else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _section(settings: Settings, slug: str) -> str:
    slugs = [one.slug for one in settings.sections]
    if slug not in slugs:
        raise NotFound("section", slug, near(slug, slugs) or tuple(slugs))
    return slug


def _source(conn: Connection, settings: Settings, slug: str) -> str:
    if slug in (one.slug for one in settings.sources):
        return slug
    known = [state.slug for state in sources.all_states(conn)]
    if slug not in known:
        raise NotFound("source", slug, near(slug, known))
    return slug


def _groups(expression: Expression, catalogue: Catalogue) -> tuple[TagGroup, ...]:
    def family(term: Term) -> frozenset[int]:
        tag = catalogue.by_slug.get(term.slug)
        if tag is None:
            raise NotFound("tag", term.slug, catalogue.near(term.slug))
        return catalogue.family(tag)

    return tuple(
        TagGroup(
            all_of=tuple(family(term) for term in group if not term.is_not),
            none_of=tuple(family(term) for term in group if term.is_not),
        )
        for group in expression.groups
    )


def _search(conn: Connection, settings: Settings, ref: Search, catalogue: Catalogue) -> Selection:
    groups: tuple[TagGroup, ...] | None = None
    if ref.tag:
        tag = catalogue.find(ref.tag)
        if tag is None:
            raise NotFound("tag", ref.tag, catalogue.near(ref.tag))
        groups = (TagGroup(all_of=(catalogue.family(tag),)),)
    words = _words(ref.query)
    if not words:
        groups = (TagGroup(all_of=_NOTHING),)
    return Selection(
        section=_section(settings, ref.section) if ref.section else None,
        source=_source(conn, settings, ref.source) if ref.source else None,
        groups=groups,
        words=words,
        since=ref.since,
        until=ref.until,
    )


def _words(query: str) -> search.Query:
    """Return the words of a question, each with every form in which it may stand."""
    asked = _WORD.findall(fold(query))[:QUERY_WORDS]
    return search.clean_query(tuple(query_forms(word) for word in dict.fromkeys(asked)))
