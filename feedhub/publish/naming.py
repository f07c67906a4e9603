"""What our lists are called, in the site's language: titles and one-line descriptions."""

from __future__ import annotations

from typing import Final

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

_WORDS: Final[dict[str, dict[str, str]]] = {
    "ru": {
        "home": "Все новости",
        "home_about": "Новости ведомств и свои материалы, самые свежие сверху",
        "section_about": "Раздел «{name}»",
        "tags_about": "Записи с меткой «{name}»",
        "expression_about": "Записи по выражению из меток: {name}",
        "source_about": "Записи источника «{name}»",
        "search": "Поиск: {name}",
        "search_about": "Записи, где есть слова «{name}» в любой форме",
        "search_empty": "Поиск",
        "search_empty_about": "Поиск по заголовкам и текстам",
        "not": "без «{name}»",
    },
    "en": {
        "home": "All news",
        "home_about": "News of agencies and our own articles, newest first",
        "section_about": "Section “{name}”",
        "tags_about": "Entries tagged “{name}”",
        "expression_about": "Entries by tag expression: {name}",
        "source_about": "Entries of “{name}”",
        "search": "Search: {name}",
        "search_about": "Entries with the words “{name}” in any form",
        "search_empty": "Search",
        "search_empty_about": "Search in titles and texts",
        "not": "without “{name}”",
    },
}


def words(settings: Settings) -> dict[str, str]:
    """Return the phrases of the site's language."""
    return _WORDS.get(settings.site.language, _WORDS["en"])


def title_and_about(
    settings: Settings, ref: ListRef, catalogue: Catalogue, source_title: str
) -> tuple[str, str]:
    """Return a list's title and the line that says what it is."""
    phrases = words(settings)
    match ref:
        case Home():
            return phrases["home"], phrases["home_about"]
        case InSection():
            name = section_title(settings, ref.slug)
            return name, phrases["section_about"].format(name=name)
        case ByTags():
            name = expression_title(settings, ref.expression, catalogue)
            is_single = is_one_tag(ref.expression)
            about = phrases["tags_about" if is_single else "expression_about"]
            return name, about.format(name=name)
        case FromSource():
            return source_title, phrases["source_about"].format(name=source_title)
        case Search():
            kind = "search" if ref.query else "search_empty"
            return (
                phrases[kind].format(name=ref.query),
                phrases[f"{kind}_about"].format(name=ref.query),
            )


def section_title(settings: Settings, slug: str) -> str:
    """Return a section's title; its slug where the configuration no longer has it."""
    return next((one.title for one in settings.sections if one.slug == slug), slug)


def is_one_tag(expression: Expression) -> bool:
    """Tell whether an expression is just one tag."""
    return (
        len(expression.groups) == 1
        and len(expression.groups[0]) == 1
        and not (expression.groups[0][0].is_not)
    )


def expression_title(settings: Settings, expression: Expression, catalogue: Catalogue) -> str:
    """Return an expression with the tags' names instead of slugs."""

    def name(term: Term) -> str:
        tag = catalogue.by_slug.get(term.slug)
        shown = tag.name if tag else term.slug
        return words(settings)["not"].format(name=shown) if term.is_not else shown

    groups = (
        " + ".join(name(term) for term in sorted(group, key=lambda term: term.is_not))
        for group in expression.groups
    )
    return ", ".join(groups)
