"""I01 to I09: whatever a source does to ids, addresses and dates, an entry is one and stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.commands import service
from tests.e2e.documents import Note, instant, rss
from tests.hostile.days import START, Days, days
from tests.hostile.documents import around, item
from tests.hostile.server import Reply
from tests.hostile.siege import BEFORE, FRESH, Siege, World, besiege, broken, harm, publish, world
from tests.validity import PROBLEMS

EDITS = 20


def numbered(count: int, guid: str | None = None, host: str = "a.example") -> list[Note]:
    """Return so many entries; their guids are made of `guid` and their number."""
    return [
        Note(
            title=f"Запись {n}",
            url=f"https://{host}/{n}",
            published=instant(4, n % 24),
            guid=guid.format(n) if guid else None,
            body=f"Текст записи {n}.",
        )
        for n in range(1, count + 1)
    ]


def fed(notes: Sequence[Note]) -> Reply:
    return Reply(body=rss(notes))


@pytest.fixture
def going(tmp_path: Path) -> Iterator[Days]:
    with world(tmp_path) as place:
        place.add("agency")
        place.add("control")
        place.server.put("/control", fed(numbered(3, host="c.example")))
        with days(place) as opened:
            yield opened
            opened.round("control")
        assert len(place.titles("control")) == 3


def check_published(place: World) -> None:
    """What is published of it is whole in every format, whatever was polled."""
    assert list(broken(publish(place, place.sources))) == []


def polled(going: Days, notes: Sequence[Note]) -> tuple[int, int]:
    """Publish these entries and poll an hour later; return how many were new and updated."""
    going.place.server.put("/agency", fed(notes))
    going.now += timedelta(hours=1)
    report = going.round("agency", "control")["agency"]
    assert report.outcome in ("fetched", "unchanged"), report
    assert report.withdrawn == 0
    return report.new, report.updated


LACKING = {
    "no-guid": "<title>Запись</title><link>https://a.example/1</link><description>Т</description>",
    "no-link": "<title>Запись</title><guid isPermaLink='false'>g1</guid><description>Т</description>",
    "no-title": "<link>https://a.example/1</link><description>Текст без заголовка.</description>",
    "only-text": "<description>Только текст, и больше ничего.</description>",
    "only-title": "<title>Запись</title>",
}


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    made = {
        f"i01-{name}": Reply(body=around(f"i01-{name}", f"<item>{inner}</item>").encode())
        for name, inner in LACKING.items()
    }
    made["i01-nothing"] = Reply(body=around("i01-nothing", "<item></item>").encode())
    made["i02-one"] = Reply(body=one_guid("i02-one", "<link>https://i02.example/{0}</link>"))
    made["i02-both"] = Reply(body=one_guid("i02-both", "<link>https://i02.example/</link>"))
    with world(tmp_path_factory.mktemp("identity")) as place:
        yield besiege(place, made)


def one_guid(slug: str, inner: str) -> bytes:
    items = "".join(
        item(f"<guid isPermaLink='false'>same</guid>{inner.format(n)}").replace(
            "Вторая", f"Номер {n}"
        )
        for n in range(10)
    )
    return around(slug, items).encode()


def test_nothing_else_is_harmed(siege: Siege) -> None:
    assert harm(siege) == ""


@pytest.mark.parametrize("slug", [f"i01-{name}" for name in LACKING])
def test_an_entry_that_lacks_fields_is_stored_with_a_title_and_an_id_that_stays(
    siege: Siege, slug: str
) -> None:
    (title,) = set(siege.stored[slug]) - {*BEFORE, FRESH}
    assert title.strip()
    rows = siege.world.query(f"SELECT uri FROM entry WHERE source = '{slug}'")
    assert (
        len({row["uri"] for row in rows})
        == len(rows)
        == 5 - ("После" not in siege.world.titles(slug))
    )


def test_an_entry_that_says_nothing_is_no_entry(siege: Siege) -> None:
    assert siege.stored["i01-nothing"] == [*BEFORE, FRESH]


@pytest.mark.parametrize("slug", ["i02-one", "i02-both"])
def test_one_guid_for_ten_entries_leaves_ten(siege: Siege, slug: str) -> None:
    kept = set(siege.stored[slug]) - {*BEFORE, FRESH}
    assert kept == {f"Номер {n}" for n in range(10)}


def test_guids_that_differ_by_their_fragment_are_as_many_entries(going: Days) -> None:
    notes = numbered(5, "https://a.example/page#{}")
    assert polled(going, notes) == (5, 0)
    assert polled(going, [*notes, *numbered(6, "https://a.example/page#{}")[5:]]) == (1, 0)


def test_a_step_to_https_announces_nothing_again(going: Days) -> None:
    before = numbered(5, "http://a.example/{}")
    plain = [replace(one, url=one.url.replace("https", "http")) for one in before]
    assert polled(going, plain) == (5, 0)
    ids = uris(going)
    assert polled(going, numbered(5, "https://a.example/{}")) == (0, 0)
    assert uris(going) == ids


def uris(going: Days) -> list[str]:
    rows = going.place.query("SELECT uri FROM entry WHERE source = 'agency' ORDER BY number")
    return [str(row["uri"]) for row in rows]


def test_an_entry_edited_twenty_times_is_one_whose_updated_moves(going: Days) -> None:
    note = numbered(1, "g{}")[0]
    assert polled(going, [note]) == (1, 0)
    moments = []
    for edit in range(EDITS):
        edited = replace(note, title=f"Запись, правка {edit}", body=f"Текст {edit}.")
        assert polled(going, [edited]) == (0, 1)
        (row,) = going.place.query("SELECT * FROM entry WHERE source = 'agency'")
        moments.append(row["updated"])
        assert row["published"] == int(note.published.timestamp())
    assert moments == sorted(set(moments))
    kept = going.place.query("SELECT count(*) AS n FROM revision")[0]["n"]
    assert kept <= EDITS
    check_published(going.place)


def test_entries_that_come_and_go_are_five(going: Days) -> None:
    five = numbered(5, "g{}")
    assert polled(going, five[:3]) == (3, 0)
    assert polled(going, five) == (2, 0)
    for _ in range(3):
        assert polled(going, five[:3]) == (0, 0)
        assert polled(going, list(reversed(five))) == (0, 0)
    assert sorted(going.place.titles("agency")) == [one.title for one in five]
    check_published(going.place)


def test_a_source_that_moves_announces_nothing_again(going: Days) -> None:
    assert polled(going, numbered(5)) == (5, 0)
    ids = uris(going)
    going.place.server.put("/moved", fed(numbered(5)))
    going.place.add("agency", "/moved")
    report = going.round("agency")["agency"]
    assert (report.outcome, report.new, report.updated) == ("fetched", 0, 0)
    going.place.server.put("/moved", fed(numbered(5, host="www.new.example")))
    going.now += timedelta(hours=1)
    report = going.round("agency")["agency"]
    assert (report.outcome, report.new, report.updated) == ("fetched", 0, 0)
    assert uris(going) == ids


def test_times_without_a_zone_are_those_of_the_source(going: Days) -> None:
    going.place.add("agency", more=", timezone: Europe/Moscow")
    going.place.add("berlin", more=", timezone: Europe/Berlin")
    going.place.server.put("/agency", dated("2026-11-19 10:00", "Чт, 19 ноя 2026 11:00:00"))
    going.place.server.put(
        "/berlin", dated("2026-07-01 12:00", "2026-10-25 02:30", "2026-03-29 02:30")
    )
    going.round("agency", "berlin")
    assert times(going, "agency") == [utc(11, 19, 7), utc(11, 19, 8)]
    summer, twice, never = times(going, "berlin")
    assert summer == utc(7, 1, 10)
    assert twice in (utc(10, 25, 0, 30), utc(10, 25, 1, 30))
    assert never in (utc(3, 29, 0, 30), utc(3, 29, 1, 30))


def test_an_embargo_waits_and_a_far_future_does_not_lead(going: Days) -> None:
    going.place.server.put(
        "/agency",
        dated("2026-11-21T05:00:00Z", "2036-01-01T00:00:00Z", "9999-12-31", "30 Feb 2026"),
    )
    going.round("agency")
    tomorrow, *others = times(going, "agency")
    assert tomorrow == utc(11, 21, 5)
    assert all(moment <= START for moment in others)
    with service(going.place.config, "--no-poll") as running:
        for fmt in ("rss", "atom", "json"):
            got = running.get(f"/feed.{fmt}")
            assert PROBLEMS[fmt](got.body) == []
            assert b"2036-" not in got.body and b"9999" not in got.body


def dated(*moments: str) -> Reply:
    items = "".join(
        f"<item><title>Запись {n}</title><link>https://d.example/{n}</link><pubDate>{raw}</pubDate></item>"
        for n, raw in enumerate(moments)
    )
    return Reply(body=around("dated", items).encode())


def times(going: Days, slug: str) -> list[datetime]:
    rows = going.place.query(
        f"SELECT published FROM entry WHERE source = '{slug}' AND url LIKE 'https://d.%' ORDER BY url"
    )
    return [datetime.fromtimestamp(row["published"], UTC) for row in rows]


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_an_entry_that_its_source_takes_out_never_vanishes_without_a_word(going: Days) -> None:
    five = numbered(5, "g{}")
    assert polled(going, five) == (5, 0)
    going.place.server.put("/agency", fed([five[0], five[2], five[4]]))
    going.now += timedelta(hours=1)
    report = going.round("agency")["agency"]
    rows = going.place.query("SELECT * FROM entry WHERE source = 'agency' ORDER BY number")
    assert len(rows) == 5
    gone = [row for row in rows if row["withdrawn_at"]]
    assert len(gone) == report.withdrawn <= 2
    assert all(row["withdrawn_reason"] for row in gone)


def test_a_document_that_shrinks_to_nothing_takes_nothing_away(going: Days) -> None:
    assert polled(going, numbered(5, "g{}")) == (5, 0)
    assert polled(going, []) == (0, 0)
    assert polled(going, numbered(1, "g{}")) == (0, 0)
    assert len(going.place.titles("agency")) == 5
    document = json.loads(publish(going.place, ["agency"])["/sources/agency/feed.json"][1])
    assert len(document["items"]) == 5
