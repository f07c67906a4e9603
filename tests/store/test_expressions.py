"""Lists of tag expressions, against a plain evaluation of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import pytest

from feedhub.core.expression import canonical, evaluate
from feedhub.model import Expression, Term, Withdraw
from feedhub.store import Connection, Store, lists, tags
from feedhub.store.lists import Cursor, Selection, TagGroup
from tests import builders as a
from tests.store.asking import page, window

NAMES = tuple(f"t{n}" for n in range(9))
PARENTS = {"t1": "t0", "t2": "t0", "t3": "t1", "t5": "t4"}
FAMILY = {
    "t0": frozenset({"t1", "t2", "t3"}),
    "t1": frozenset({"t3"}),
    "t4": frozenset({"t5"}),
}


@dataclass(frozen=True)
class Known:
    """An entry as the test knows it."""

    number: int
    tags: frozenset[str]
    published: datetime
    section: str
    source: str
    is_withdrawn: bool

    @property
    def place(self) -> tuple[datetime, int]:
        return self.published, self.number


@dataclass(frozen=True)
class Library:
    """A filled store and what is in it."""

    store: Store
    known: Sequence[Known]
    ids: Mapping[str, int]

    def family(self, slug: str) -> frozenset[int]:
        return frozenset(self.ids[name] for name in {slug, *FAMILY.get(slug, ())})

    def groups(self, expression: Expression) -> tuple[TagGroup, ...]:
        return tuple(
            TagGroup(
                all_of=tuple(self.family(term.slug) for term in group if not term.is_not),
                none_of=tuple(self.family(term.slug) for term in group if term.is_not),
            )
            for group in expression.groups
        )

    def wanted(self, expression: Expression | None) -> list[int]:
        """Return the numbers of the entries that a list should hold, in its order."""
        chosen = [
            one
            for one in self.known
            if one.published <= a.NOW
            and not one.is_withdrawn
            and (expression is None or evaluate(expression, one.tags, FAMILY))
        ]
        return [one.number for one in sorted(chosen, key=lambda one: one.place, reverse=True)]


def _fill(conn: Connection, source: str, dice: a.Dice) -> list[Known]:
    identities = [f"guid:{n}" for n in range(80)]
    written = [
        a.an_entry(
            identity,
            tags=dice.some(NAMES, 5),
            published=a.NOW + (2 - dice.roll(40)) * a.HOUR,
            section=dice.pick(("news", "events")),
        )
        for identity in identities
    ]
    a.write(conn, *(a.an_insert(entry) for entry in written), source=source)
    numbers = a.numbers(conn, source, *identities)
    withdrawn = {number for number in numbers if dice.roll(10) == 0}
    reason = "ошибка"
    a.write(conn, *(Withdraw(number=n, reason=reason) for n in withdrawn), source=source)
    return [
        Known(
            number=number,
            tags=frozenset(tag.name for tag in entry.tags),
            published=entry.published or a.NOW,
            section=entry.section,
            source=source,
            is_withdrawn=number in withdrawn,
        )
        for number, entry in zip(numbers, written, strict=True)
    ]


@pytest.fixture
def library(store: Store) -> Library:
    dice = a.Dice("a library")
    known: list[Known] = []
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")
        wanted = {
            one.key: replace(one, parent_key=PARENTS.get(one.key), is_configured=True)
            for one in a.a_writing(a.some_tags(*NAMES)).tags.values()
        }
        tags.settle(conn, wanted.values())
        ids = tags.ids_of(conn, NAMES)
        for source in (a.SOURCE, "other"):
            known += _fill(conn, source, dice)
    return Library(store, known, ids)


def an_expression(dice: a.Dice) -> Expression:
    return canonical(
        Expression(
            groups=tuple(
                tuple(
                    Term(slug=dice.pick(NAMES), is_not=dice.roll(3) == 0)
                    for _ in range(1 + dice.roll(3))
                )
                for _ in range(1 + dice.roll(3))
            )
        )
    )


def test_two_hundred_expressions_pick_what_a_plain_evaluation_picks(library: Library) -> None:
    dice = a.Dice("two hundred expressions")
    sizes = []
    with library.store.read() as conn:
        for _ in range(200):
            expression = an_expression(dice)
            wanted = library.wanted(expression)
            selection = Selection(groups=library.groups(expression))
            assert page(conn, selection, limit=500) == wanted, str(expression)
            assert page(conn, selection, limit=7) == wanted[:7], str(expression)
            sizes.append(len(wanted))
    assert sum(size > 7 for size in sizes) > 50


def test_an_expression_within_a_section_a_source_and_bounds_picks_the_same(
    library: Library,
) -> None:
    dice = a.Dice("within")
    by_number = {one.number: one for one in library.known}
    since, until = a.NOW - 30 * a.HOUR, a.NOW - 3 * a.HOUR
    with library.store.read() as conn:
        for _ in range(40):
            expression = an_expression(dice)
            selection = Selection(
                groups=library.groups(expression),
                section="events",
                source="other",
                since=since,
                until=until,
            )
            wanted = [
                number
                for number in library.wanted(expression)
                if by_number[number].section == "events"
                and by_number[number].source == "other"
                and since <= by_number[number].published <= until
            ]
            assert page(conn, selection, limit=500) == wanted, str(expression)


def _read(text: str) -> Expression:
    return Expression(
        groups=tuple(
            tuple(
                Term(slug=term.removeprefix("!"), is_not=term.startswith("!"))
                for term in group.split("+")
            )
            for group in text.split(",")
        )
    )


def _walk(conn: Connection, selection: Selection, limit: int) -> Iterator[int]:
    """Read a list to its end, page by page, each from the cursor of the one before."""
    before: Cursor | None = None
    while found := lists.page(conn, selection, window(limit=limit, before=before)):
        yield from (one.row["number"] for one in found)
        last = found[-1].row
        before = Cursor(published=last["published"], number=last["number"])


@pytest.mark.parametrize("limit", [3, 50])
def test_walking_a_list_by_cursor_meets_every_entry_once_in_order(
    library: Library, limit: int
) -> None:
    with library.store.read() as conn:
        assert list(_walk(conn, Selection(), limit)) == library.wanted(None)
        for text in ("t0", "t0,t4", "!t0", "t0+t4,t8", "t6+!t7"):
            expression = _read(text)
            selection = Selection(groups=library.groups(expression))
            wanted = library.wanted(expression)
            assert list(islice(_walk(conn, selection, limit), 1000)) == wanted, text
            assert len(wanted) > 10, text


def test_a_group_with_a_term_that_names_nothing_holds_nothing(library: Library) -> None:
    nothing = Selection(groups=(TagGroup(all_of=(frozenset(),)),))
    both = Selection(groups=(TagGroup(all_of=(library.family("t0"), frozenset())),))
    with library.store.read() as conn:
        assert page(conn, nothing) == page(conn, both) == []
        assert page(conn, Selection(groups=())) == []


def test_a_tag_that_is_asked_for_twice_is_asked_for_once(library: Library) -> None:
    term = library.family("t0")
    once = Selection(groups=(TagGroup(all_of=(term,)),))
    twice = Selection(groups=(TagGroup(all_of=(term, frozenset(sorted(term)))),) * 2)
    with library.store.read() as conn:
        assert page(conn, once) == page(conn, twice) != []


def test_the_counts_of_a_family_and_its_weeks_leave_withdrawn_entries_out(
    library: Library,
) -> None:
    family = {"t0", *FAMILY["t0"]}
    borne = [one for one in library.known if one.tags & family and not one.is_withdrawn]
    shown = [one for one in borne if one.published <= a.NOW]
    late = [one for one in shown if one.published > a.NOW - 7 * a.DAY]
    with library.store.read() as conn:
        ids = library.family("t0")
        assert lists.count_of_family(conn, ids) == len(borne) > 20
        assert lists.weeks_of(conn, ids, now=a.NOW, weeks=1) == (len(late),)
        later = lists.weeks_of(conn, ids, now=a.NOW + 8 * a.DAY, weeks=3)
        assert later == (0, len(borne), 0) or sum(later) == len(borne)


def test_the_newest_of_each_tag_is_one_that_shows(library: Library) -> None:
    with library.store.read() as conn:
        found = lists.newest_of_tags(conn, a.NOW)
    for name, tag_id in library.ids.items():
        shown = [
            one.published
            for one in library.known
            if name in one.tags and not one.is_withdrawn and one.published <= a.NOW
        ]
        assert found[tag_id] == max(shown)
