"""Reading lists: what they hold and in which order, the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import pytest

from feedhub.core.expression import canonical, evaluate
from feedhub.core.text.fold import search_text
from feedhub.model import Expression, Term, Withdraw
from feedhub.store import Connection, Store, lists, tags
from feedhub.store.lists import Cursor, Selection, TagGroup, Window
from feedhub.store.search import index
from feedhub.store.values import to_seconds
from tests import builders as a


def add(conn: Connection, identity: str, source: str = a.SOURCE, **overrides: Any) -> int:
    a.write(conn, a.an_insert(a.an_entry(identity, **overrides)), source=source)
    return a.numbers(conn, source, identity)[0]


def window(**overrides: Any) -> Window:
    return Window(**{"now": a.NOW, "limit": 50} | overrides)


def page(conn: Connection, selection: Selection | None = None, **overrides: Any) -> list[int]:
    found = lists.page(conn, selection or Selection(), window(**overrides))
    return [one.row["number"] for one in found]


def any_of(*terms: frozenset[int]) -> Selection:
    return Selection(groups=tuple(TagGroup(all_of=(term,)) for term in terms))


@pytest.fixture
def conn(store: Store) -> Iterator[Connection]:
    with store.write() as conn:
        a.add_sources(conn, a.SOURCE, "other")
        yield conn


def test_the_newest_stands_first_and_equal_times_keep_the_order_of_the_document(
    conn: Connection,
) -> None:
    times = {"guid:1": 3, "guid:2": 1, "guid:3": 2, "guid:4": 2}
    a.write(
        conn,
        *(a.an_insert(identity=one, published=a.NOW - h * a.HOUR) for one, h in times.items()),
    )
    wanted = a.numbers(conn, a.SOURCE, "guid:2", "guid:3", "guid:4", "guid:1")
    assert page(conn) == list(wanted)
    assert page(conn, limit=2) == list(wanted[:2])


def test_a_listed_entry_comes_with_its_texts_and_public_tags(conn: Connection) -> None:
    number = add(conn, "guid:1", tags=("лес", "связь", a.a_tag("вода", state="proposed")))
    (one,) = lists.page(conn, Selection(), window())
    ids = tags.ids_of(conn, ["лес", "связь"])
    assert one.tags == tuple(sorted(ids.values()))
    assert (one.row["number"], one.row["text"]) == (number, "Текст записи guid:1.")
    assert one.row["content"] == "<p>Текст записи guid:1.</p>"


def test_entries_come_in_the_order_asked_for_and_unknown_numbers_are_left_out(
    conn: Connection,
) -> None:
    first, second = add(conn, "guid:1"), add(conn, "guid:2")
    asked = [second, 10**30, first, 0, -1, 2**63, 999]
    assert [one.row["number"] for one in lists.entries(conn, asked)] == [second, first]
    assert lists.entries(conn, []) == ()


def test_section_and_source_hold_their_own(conn: Connection) -> None:
    news = add(conn, "guid:1")
    event = add(conn, "guid:2", section="events")
    theirs = add(conn, "guid:1", source="other", section="events")
    assert page(conn, Selection(section="news")) == [news]
    assert page(conn, Selection(section="events")) == [theirs, event]
    assert page(conn, Selection(source=a.SOURCE)) == [event, news]
    assert page(conn, Selection(source="other", section="events")) == [theirs]
    assert page(conn, Selection(source="other", section="news")) == []


def test_a_waiting_entry_is_in_no_list_until_its_time(conn: Connection) -> None:
    now = add(conn, "guid:1", published=a.NOW, tags=("лес",))
    waiting = add(conn, "guid:2", published=a.NOW + a.HOUR, tags=("лес",))
    ids = frozenset(tags.ids_of(conn, ["лес"]).values())
    for selection in (Selection(), any_of(ids), Selection(section="news", until=a.NOW + a.DAY)):
        assert page(conn, selection) == [now]
        assert page(conn, selection, now=a.NOW + a.HOUR) == [waiting, now]
    assert lists.next_appearance(conn, a.NOW) == a.NOW + a.HOUR
    assert lists.next_appearance(conn, a.NOW + a.HOUR) is None


def test_since_and_until_are_both_within(conn: Connection) -> None:
    numbers = [add(conn, f"guid:{h}", published=a.NOW - h * a.HOUR) for h in range(5)]
    bounds = Selection(since=a.NOW - 3 * a.HOUR, until=a.NOW - a.HOUR)
    assert page(conn, bounds) == numbers[1:4]


def test_a_withdrawn_entry_shows_for_thirty_days_where_marks_are_wanted(conn: Connection) -> None:
    kept = add(conn, "guid:1", tags=("лес",))
    gone = add(conn, "guid:2", tags=("лес",))
    a.write(conn, Withdraw(number=gone, reason="ошибка"))
    ids = frozenset(tags.ids_of(conn, ["лес"]).values())
    for selection in (Selection(), any_of(ids), Selection(section="news")):
        assert page(conn, selection) == [kept]
        assert page(conn, selection, withdrawn=True) == [gone, kept]
        in_time = a.NOW + lists.WITHDRAWN_SHOWN
        assert page(conn, selection, withdrawn=True, now=in_time - a.MINUTE) == [gone, kept]
        assert page(conn, selection, withdrawn=True, now=in_time) == [kept]


def test_words_are_found_in_title_and_text_in_any_of_the_forms_asked(conn: Connection) -> None:
    first = add(conn, "guid:1", title="Ёлки и РЕКИ", text="Мост через реку.")
    second = add(conn, "guid:2", title="Указ № 17", text="О мостах; covid19, по-новому")

    def search(*words: tuple[str, ...], **more: Any) -> list[int]:
        return page(conn, Selection(words=words, **more))

    assert search(("мост", "мостах")) == [second, first]
    assert search(("мост",)) == [first]
    assert search(("елки",), ("реки", "река")) == [first]
    assert search(("мост",), ("указ",)) == []
    assert search(("17",)) == search(("covid19",)) == search(("новому",)) == [second]
    assert search(("мост", "мостах"), since=a.NOW) == []
    assert search() == [second, first]


ODD_WORDS = [
    "a*",
    "мост*",
    "-мост",
    "title:мост",
    "a\\",
    "<->",
    ":*",
    '"',
    "'",
    "*",
    "|",
    "&",
    "!",
    "\x00",
    "🙂",
    "NEAR(a)",
]


@pytest.mark.parametrize(
    "form",
    [*ODD_WORDS, "", " ", "a b", "мост' | 'x", "слово" * 1000],
)
def test_odd_words_find_nothing_and_break_nothing(conn: Connection, form: str) -> None:
    add(conn, "guid:1", title="Мост", text="мост title")
    assert page(conn, Selection(words=((form,),))) == []
    assert page(conn, Selection(words=((form, "мост"),))) != []


@pytest.mark.parametrize(
    "body",
    [
        " ".join(chr(0x20000 + n) for n in range(40_000)) * 2,
        "я" * 3_000_000,
        "слово " * 300_000,
        " ".join(f"сл{n}" for n in range(200_000)),
        "a\u0301\u200b \u00ad _ 🙂 \ud7ff",
    ],
    ids=["rare letters", "one long word", "one word often", "many words", "marks"],
)
def test_any_text_can_be_indexed(conn: Connection, body: str) -> None:
    number = add(conn, "guid:1", title="Мост", text=body)
    assert page(conn, Selection(words=(("мост",),))) == [number]


def test_indexing_nothing_changes_nothing(conn: Connection) -> None:
    index(conn, [], search_text)
    assert page(conn, Selection(words=(("мост",),))) == []


def test_a_changed_text_is_found_by_its_new_words_only(conn: Connection) -> None:
    number = add(conn, "guid:1", text="мост")
    a.write(conn, a.an_update(number, a.an_entry("guid:1", text="паром")))
    assert page(conn, Selection(words=(("паром",),))) == [number]
    assert page(conn, Selection(words=(("мост",),))) == []


def test_a_cursor_reads_back_what_it_wrote() -> None:
    for cursor in (Cursor(published=1795348800, number=7), Cursor(published=-5, number=1)):
        assert lists.read_cursor(str(cursor)) == cursor


@pytest.mark.parametrize("text", ["", "-", "1", "1-", "a-1", "1-2-3", "1 - 2", "9" * 20 + "-1"])
def test_a_cursor_we_did_not_make_is_told(text: str) -> None:
    with pytest.raises(lists.BadCursor, match="is no cursor"):
        lists.read_cursor(text)


def test_the_largest_cursor_is_no_error(conn: Connection) -> None:
    number = add(conn, "guid:1")
    most = lists.read_cursor("999999999999-999999999999")
    assert page(conn, before=most) == [number]


# -- expressions, against a plain evaluation ------------------------------------------------


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


def test_a_week_begins_where_the_week_before_it_ends(conn: Connection) -> None:
    week = 7 * a.DAY
    for n, age in enumerate((0 * week, week - a.MINUTE, week, 2 * week - a.MINUTE, 2 * week)):
        add(conn, f"guid:{n}", published=a.NOW - age, tags=("лес", "вода"))
    ids = frozenset(tags.ids_of(conn, ["лес", "вода"]).values())
    assert lists.weeks_of(conn, ids, now=a.NOW, weeks=2) == (2, 2)
    assert lists.weeks_of(conn, ids, now=a.NOW, weeks=4) == (0, 1, 2, 2)


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


def test_a_tag_without_entries_has_no_newest(conn: Connection) -> None:
    tags.ensure(conn, a.a_writing(a.some_tags("лес")).tags)
    assert lists.newest_of_tags(conn, a.NOW) == {}


def test_related_tags_are_those_that_stand_together_most_often(conn: Connection) -> None:
    together = [("лес", "вода"), ("лес", "вода", "мост"), ("лес", "мост", "вода"), ("лес", "дом")]
    for n, names in enumerate(together):
        add(conn, f"guid:{n}", tags=names)
    ids = tags.ids_of(conn, ["лес", "вода", "мост"])
    related = lists.related_tags(conn, ids["лес"], limit=5)
    assert related == [ids["вода"], ids["мост"]]
    assert lists.related_tags(conn, ids["лес"], limit=1) == [ids["вода"]]


def test_an_entry_is_found_by_its_id_and_by_its_address(conn: Connection) -> None:
    number = add(conn, "guid:1", uri="urn:x:1", url="https://agency.example/1")
    assert lists.find_uri_or_url(conn, "urn:x:1") == number
    assert lists.find_uri_or_url(conn, "https://agency.example/1") == number
    assert lists.find_uri_or_url(conn, "urn:x:2") is None


def test_the_whys_of_an_entry_name_also_tags_that_are_not_shown(conn: Connection) -> None:
    number = add(conn, "guid:1", tags=("лес", a.a_tag("вода", state="rejected", quote="воды")))
    found = {
        why["name"]: (why["slug"], why["state"], why["quote"]) for why in lists.whys(conn, number)
    }
    assert found == {"лес": ("les", "auto", ""), "вода": ("voda", "rejected", "воды")}


def test_seconds_are_whole(conn: Connection) -> None:
    add(conn, "guid:1", published=a.NOW.replace(microsecond=999_999))
    assert lists.page(conn, Selection(), window())[0].row["published"] == to_seconds(a.NOW)
