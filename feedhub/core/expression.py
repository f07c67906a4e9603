"""Tag expressions: `a+b` both, `a,b` either, `!c` not; `+` binds tighter than `,`.

An expression means the same however it is typed, and has one canonical spelling: the terms of a
group and the groups in ASCII order (so `!` first), none of them twice. Nothing else is simplified:
`a+!a` stays, and picks no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from feedhub.errors import ExpressionError
from feedhub.model.lists import Expression, Term

MAX_CHARS = 2_000
MAX_TERMS = 32


def parse(text: str) -> Expression:
    """Read an expression as typed; terms stay names, aliases or slugs, without space around them.

    Raises ExpressionError, with a sentence for the reader, where a term is empty or holds a second
    "!", or the expression is longer than `MAX_CHARS` characters or `MAX_TERMS` terms.
    """
    if len(text) > MAX_CHARS:
        raise ExpressionError(f"A tag expression has at most {MAX_CHARS} characters.")
    groups = tuple(tuple(map(_term, group.split("+"))) for group in text.split(","))
    if sum(map(len, groups)) > MAX_TERMS:
        raise ExpressionError(f"A tag expression has at most {MAX_TERMS} tags.")
    return Expression(groups=groups)


def _term(text: str) -> Term:
    stripped = text.strip()
    is_not = stripped.startswith("!")
    slug = stripped.removeprefix("!").strip()
    if not slug:
        raise ExpressionError("A tag is missing: write a+b, a,b or !a with a tag in every place.")
    if "!" in slug:
        raise ExpressionError(f"«{slug}»: «!» may stand only once, and before the tag.")
    return Term(slug=slug, is_not=is_not)


def canonical(expression: Expression) -> Expression:
    """Return the one spelling of an expression: sorted, without repeats."""
    groups = {tuple(sorted(set(group), key=str)) for group in expression.groups}
    return Expression(groups=tuple(sorted(groups, key=lambda group: tuple(map(str, group)))))


def terms(expression: Expression) -> tuple[str, ...]:
    """Return the tags an expression names, each once, in order of first mention."""
    return tuple(dict.fromkeys(term.slug for group in expression.groups for term in group))


def resolve(expression: Expression, rename: Mapping[str, str]) -> Expression:
    """Return the expression with the slugs of aliases and merged tags put right, canonical."""
    return canonical(
        Expression(
            groups=tuple(
                tuple(
                    Term(slug=rename.get(term.slug, term.slug), is_not=term.is_not)
                    for term in group
                )
                for group in expression.groups
            )
        )
    )


def resolve_terms(
    expression: Expression, lookup: Callable[[str], str | None]
) -> Expression | tuple[str, ...]:
    """Return the canonical expression by slugs, or the terms that the lookup does not know.

    `lookup` takes a term as typed (slug, name or alias) and returns the slug, None if unknown.
    """
    found = {term: lookup(term) for term in terms(expression)}
    unknown = tuple(term for term, slug in found.items() if slug is None)
    return unknown or resolve(expression, {term: slug for term, slug in found.items() if slug})


def evaluate(
    expression: Expression, tags: frozenset[str], family: Mapping[str, frozenset[str]]
) -> bool:
    """Tell whether an entry with these tags (slugs) belongs to the list.

    A term holds when the entry has the tag or one of its descendants, which `family` names by the
    slug of the ancestor.
    """
    return any(
        all(_holds(term.slug, tags, family) != term.is_not for term in group)
        for group in expression.groups
    )


def _holds(slug: str, tags: frozenset[str], family: Mapping[str, frozenset[str]]) -> bool:
    return slug in tags or not tags.isdisjoint(family.get(slug, frozenset()))
