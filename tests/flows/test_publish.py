"""Emptying the store: bytes that stay while their entries do, and what a reader may ask."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from feedhub.errors import NotFound
from feedhub.model import FromSource, Home, Image, InSection, Search
from feedhub.publish import entry_page, is_ready, list_page
from feedhub.store import Store, facts
from feedhub.store.lists import BadCursor, Cursor
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOW
from tests.flows.settled import LAKE, ROAD, add, feed, items, settled, titles
from tests.validity import PROBLEMS

FORMATS = ("rss", "atom", "json")


def search(query: str, **fields: Any) -> Search:
    return Search(query=query, **fields)


def test_bytes_stay_while_another_list_changes(store: Store) -> None:
    settings, in_force = settled(store, LAKE, ROAD)
    add(store, in_force, builders.an_entry("1", title="Озеро замёрзло"))
    before = {fmt: feed(store, settings, "ozero", fmt) for fmt in FORMATS}
    later = NOW + HOUR
    add(store, in_force, builders.an_entry("2", title="Дорога открыта"), now=later)
    for fmt, old in before.items():
        new = feed(store, settings, "ozero", fmt, now=later)
        assert (new.body, new.etag, new.last_modified) == (old.body, old.etag, old.last_modified)
        assert PROBLEMS[fmt](new.body) == []


def test_a_waiting_entry_appears_when_its_time_comes(store: Store) -> None:
    settings, in_force = settled(store, LAKE)
    add(
        store,
        in_force,
        builders.an_entry("1", title="Озеро замёрзло"),
        builders.an_entry("2", title="Озеро вскрылось", published=NOW + 10 * MINUTE),
    )
    assert titles(store, settings, "ozero") == ["Озеро замёрзло"]
    assert titles(store, settings, "ozero", now=NOW + 9 * MINUTE) == ["Озеро замёрзло"]
    shown = ["Озеро вскрылось", "Озеро замёрзло"]
    assert titles(store, settings, "ozero", now=NOW + 10 * MINUTE) == shown
    assert feed(store, settings, "ozero", now=NOW + HOUR).last_modified == NOW + 10 * MINUTE


def test_a_waiting_entry_has_no_page_yet(store: Store) -> None:
    settings, in_force = settled(store)
    add(store, in_force, builders.an_entry("1", published=NOW + HOUR))
    with store.read() as conn:
        (number,) = builders.numbers(conn, "agency", "1")
    with pytest.raises(NotFound):
        entry_page(store, settings, number, now=NOW)
    assert entry_page(store, settings, number, now=NOW + HOUR).entry.number == number


def test_limit_and_before_walk_a_list_without_gap_or_repeat(store: Store) -> None:
    settings, in_force = settled(store, LAKE)
    entries = [
        builders.an_entry(f"{n}", title=f"Озеро {n}", published=NOW - (n // 3) * HOUR)
        for n in range(10)
    ]
    add(store, in_force, *entries)
    walked: list[str] = []
    cursor: str | None = None
    for _ in range(5):
        shown = items(store, settings, "ozero", limit=3, before=cursor)
        if not shown:
            break
        walked += [item["title"] for item in shown]
        cursor = _cursor_after(store, shown[-1])
    assert len(walked) == 10
    assert walked == titles(store, settings, "ozero", limit=100)


def _cursor_after(store: Store, last: dict[str, Any]) -> str:
    identity = last["title"].removeprefix("Озеро ")
    with store.read() as conn:
        (number,) = builders.numbers(conn, "agency", identity)
    published = NOW - (int(identity) // 3) * HOUR
    return str(Cursor(published=int(published.timestamp()), number=number))


def test_a_cursor_that_cannot_be_read_is_refused(sqlite_store: Store) -> None:
    settings, _ = settled(sqlite_store)
    for text in ("x", "1", "1-2-3", "-", "9" * 30 + "-1"):
        with pytest.raises(BadCursor):
            feed(sqlite_store, settings, Home(), before=text)


def test_a_reader_may_ask_for_less(store: Store) -> None:
    settings, in_force = settled(store)
    entry = builders.an_entry(
        content='<p>Всё.</p><figure><img src="https://a.example/i.png" alt=""></figure>',
        summary="Кратко.",
        image=Image(url="https://a.example/i.png", type="image/png"),
    )
    add(store, in_force, entry)
    (full,) = items(store, settings, Home())
    assert "Всё." in full["content_html"]
    assert full["image"] == "https://a.example/i.png"
    (short,) = items(store, settings, Home(), body="summary")
    assert short["summary"] == "Кратко."
    assert "Всё." not in json.dumps(short, ensure_ascii=False)
    (bare,) = items(store, settings, Home(), body="none")
    assert "Кратко." not in json.dumps(bare, ensure_ascii=False)
    (blind,) = items(store, settings, Home(), images=False)
    assert "i.png" not in json.dumps(blind)


def test_no_reader_gets_more_than_the_source_allows(store: Store) -> None:
    source = builders.a_source(body="summary")
    settings, in_force = settled(store, sources=(source,))
    add(store, in_force, builders.an_entry(content="<p>Всё.</p>", summary="Кратко."), source=source)
    (item,) = items(store, settings, Home(), body="full")
    assert "Всё." not in json.dumps(item, ensure_ascii=False)
    assert item["summary"] == "Кратко."


def test_a_changed_setting_shows_at_once(store: Store) -> None:
    settings, in_force = settled(store)
    add(store, in_force, builders.an_entry())
    feed(store, settings, Home(), "rss")
    other = replace(settings, stamp="other", site=replace(settings.site, title="Вестник"))
    assert "Вестник" in feed(store, other, Home(), "rss").body.decode()


def test_an_unknown_list_is_not_found_with_names_like_it(store: Store) -> None:
    settings, _ = settled(store, LAKE)
    for ref, near in (
        (InSection(slug="new"), "news"),
        (FromSource(slug="agenci"), "agency"),
        ("ozera", "ozero"),
    ):
        with pytest.raises(NotFound) as found:
            feed(store, settings, ref)
        assert near in found.value.near


@pytest.mark.parametrize(
    "query",
    ["озеро", "озёрами", "ОЗЁР", "Озера", "озером лёд", "лед озеро", "льда"],
)
def test_a_search_finds_a_word_in_any_form(store: Store, query: str) -> None:
    settings, in_force = settled(store)
    add(
        store,
        in_force,
        builders.an_entry("1", title="Озеро", text="На нём крепкий лёд."),
        builders.an_entry("2", title="Дорога", text="Её чинят."),
    )
    assert titles(store, settings, search(query)) == ["Озеро"]


@pytest.mark.parametrize("query", ["ее чинят", "её", "ДОРОГАМИ", "чинить"])
def test_a_search_does_not_tell_yo_from_ye(store: Store, query: str) -> None:
    settings, in_force = settled(store)
    add(store, in_force, builders.an_entry("2", title="Дорога", text="Её чинят."))
    assert titles(store, settings, search(query)) == ["Дорога"]


@pytest.mark.parametrize(
    "query", ["", "  ", '"', "'); DROP TABLE entry; --", "a AND (", "* OR *", "\x00", "%", "нет"]
)
def test_a_search_for_anything_is_only_a_search(store: Store, query: str) -> None:
    settings, in_force = settled(store)
    add(store, in_force, builders.an_entry("1", title="Озеро"))
    assert titles(store, settings, search(query)) == []
    assert titles(store, settings, Home()) == ["Озеро"]


def test_a_search_can_be_narrowed(store: Store) -> None:
    settings, in_force = settled(store, ROAD)
    add(
        store,
        in_force,
        builders.an_entry("1", title="Озеро и дорога", section="news"),
        builders.an_entry("2", title="Озеро", section="events", published=NOW - 5 * DAY),
    )
    assert titles(store, settings, search("озеро", section="events")) == ["Озеро"]
    assert titles(store, settings, search("озеро", tag="doroga")) == ["Озеро и дорога"]
    assert titles(store, settings, search("озеро", since=NOW - DAY)) == ["Озеро и дорога"]
    assert titles(store, settings, search("озеро", until=NOW - DAY)) == ["Озеро"]
    assert titles(store, settings, search("озеро", source="agency")) == ["Озеро и дорога", "Озеро"]


def test_a_page_counts_its_entries_and_leads_to_older_ones(store: Store) -> None:
    settings, in_force = settled(store, LAKE)
    entries = [
        builders.an_entry(f"{n}", title=f"Озеро {n}", published=NOW - n * MINUTE) for n in range(35)
    ]
    add(store, in_force, *entries)
    first = list_page(store, settings, Home(), now=NOW)
    assert (len(first.entries), first.total) == (30, 35)
    assert first.older is not None
    second = list_page(store, settings, Home(), now=NOW, before=first.older)
    assert [e.title for e in second.entries] == [f"Озеро {n}" for n in range(30, 35)]
    assert second.older is None


def test_it_is_not_ready_once_the_poller_has_been_silent_for_long(store: Store) -> None:
    settings, _ = settled(store)
    assert is_ready(store, settings, now=NOW)[0]
    with store.write() as conn:
        facts.put(conn, facts.HEARTBEAT, str(int(NOW.timestamp())))
    assert is_ready(store, settings, now=NOW + MINUTE) == (True, "able to serve, polling")
    is_well, sentence = is_ready(store, settings, now=NOW + 10 * MINUTE)
    assert not is_well
    assert "600 s ago" in sentence
    nobody, _ = settled(store, sources=())
    assert is_ready(store, nobody, now=NOW + 10 * MINUTE)[0]
