"""Tag expressions: reading, the canonical spelling, and what they pick."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedhub.core.expression import (
    MAX_CHARS,
    MAX_TERMS,
    canonical,
    evaluate,
    parse,
    resolve,
    resolve_terms,
    terms,
)
from feedhub.errors import ExpressionError
from feedhub.model.lists import Expression, Term

SLUGS = ("a", "b", "c-d", "c", "x9", "belorussiya")
some_term = st.builds(Term, slug=st.sampled_from(SLUGS), is_not=st.booleans())
some_group = st.lists(some_term, min_size=1, max_size=4).map(tuple)
expressions = st.lists(some_group, min_size=1, max_size=4).map(
    lambda groups: Expression(groups=tuple(groups))
)
tag_sets = st.frozensets(st.sampled_from(SLUGS))
families = st.dictionaries(st.sampled_from(SLUGS), tag_sets)


def spelled(text: str) -> str:
    return str(canonical(parse(text)))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a", "a"),
        ("b+a", "a+b"),
        ("b,a", "a,b"),
        ("a+!c", "!c+a"),
        ("b+a,a+b", "a+b"),
        ("a+a,a", "a"),
        ("c,b+a,!z", "!z,a+b,c"),
        ("a-b,a+b,a", "a,a+b,a-b"),
        (" Беларусь + ! Минск ", "!Минск+Беларусь"),
        ("a+!a", "!a+a"),
    ],
)
def test_every_expression_has_one_spelling(typed: str, expected: str) -> None:
    assert spelled(typed) == expected


@pytest.mark.parametrize("typed", ["", "+", "a+", ",a", "a,,b", "!", "a+!", "   ", "a+ +b"])
def test_a_missing_tag_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ExpressionError, match="A tag is missing"):
        parse(typed)


@pytest.mark.parametrize("typed", ["!!a", "a!b", "a!"])
def test_a_second_exclamation_mark_is_refused(typed: str) -> None:
    with pytest.raises(ExpressionError, match="only once"):
        parse(typed)


def test_an_expression_is_bounded_in_terms_and_characters() -> None:
    assert len(terms(parse(",".join(f"t{n}" for n in range(MAX_TERMS))))) == MAX_TERMS
    with pytest.raises(ExpressionError, match="at most 32 tags"):
        parse("+".join(f"t{n}" for n in range(MAX_TERMS + 1)))
    assert parse("a" * MAX_CHARS)
    with pytest.raises(ExpressionError, match="at most 2000 characters"):
        parse("a" * (MAX_CHARS + 1))


def test_plus_binds_tighter_than_comma() -> None:
    expression = parse("a+b,c")
    assert evaluate(expression, frozenset({"c"}), {})
    assert evaluate(expression, frozenset({"a", "b"}), {})
    assert not evaluate(expression, frozenset({"a"}), {})


def test_a_parent_stands_for_its_children_also_when_negated() -> None:
    family = {"sng": frozenset({"belorussiya", "kazakhstan"})}
    assert evaluate(parse("sng"), frozenset({"kazakhstan"}), family)
    assert not evaluate(parse("!sng+svyaz"), frozenset({"svyaz", "kazakhstan"}), family)
    assert not evaluate(parse("kazakhstan"), frozenset({"sng"}), family)


def test_a_lone_negation_picks_everything_without_the_tag() -> None:
    assert evaluate(parse("!a"), frozenset(), {})
    assert not evaluate(parse("!a"), frozenset({"a", "b"}), {})


def test_merged_slugs_fall_together_when_resolved() -> None:
    assert str(resolve(parse("rb+a,belarus+a"), {"rb": "by", "belarus": "by"})) == "a+by"


def test_names_and_aliases_resolve_to_slugs_by_a_lookup() -> None:
    slugs = {"Беларусь": "belorussiya", "белоруссия": "belorussiya", "ит": "it"}
    assert str(resolve_terms(parse("ит+Беларусь,белоруссия+ит"), slugs.get)) == "belorussiya+it"


def test_unknown_terms_are_named_each_once() -> None:
    known = {"a": "a"}
    assert resolve_terms(parse("y+a,x,!y"), known.get) == ("y", "x")


@given(expressions)
def test_the_canonical_spelling_is_a_fixed_point(expression: Expression) -> None:
    once = canonical(expression)
    assert canonical(once) == once
    assert parse(str(once)) == once


@given(expressions, st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_change_the_spelling(expression: Expression, dice) -> None:  # type: ignore[no-untyped-def]
    shuffled = [[*dice.sample(group, len(group)), group[0]] for group in expression.groups]
    dice.shuffle(shuffled)
    other = Expression(groups=tuple(map(tuple, shuffled)))
    assert canonical(other) == canonical(expression)


@given(expressions, tag_sets, families)
def test_the_canonical_spelling_picks_the_same_entries(
    expression: Expression, tags: frozenset[str], family: dict[str, frozenset[str]]
) -> None:
    plain = any(
        all(
            bool(tags & (family.get(t.slug, frozenset()) | {t.slug})) is not t.is_not for t in group
        )
        for group in expression.groups
    )
    assert evaluate(expression, tags, family) is plain
    assert evaluate(canonical(expression), tags, family) is plain
