"""From the query to the list it names, with names and aliases made slugs."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from feedhub.errors import NotFound
from feedhub.model import Search
from feedhub.web import addresses
from feedhub.web.desk import desk, settings, zone
from feedhub.web.errors import WrongValue
from feedhub.web.language import gettext as _


def searched(fields: MultiDict[str, str]) -> Search | None:
    """Return the search that the query asks for, None where it holds no words."""
    ref = addresses.search(fields, zone())
    if ref is None:
        return None
    known = tuple(section.slug for section in settings().sections)
    if ref.section is not None and ref.section not in known:
        raise NotFound("section", ref.section, known)
    return ref if ref.tag is None else replace(ref, tag=one_tag(ref.tag))


def one_tag(text: str) -> str:
    """Return the slug of a tag written as slug, name or alias; an expression is refused here."""
    groups = desk().flow.resolve_tags(desk().store, text).ref.expression.groups
    if len(groups) != 1 or len(groups[0]) != 1 or groups[0][0].is_not:
        raise WrongValue(_("A search can be narrowed to one tag only."))
    return groups[0][0].slug
