"""Lead pictures: which are looked at, how often, and what is written of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from feedhub.model import Image, Withdraw
from feedhub.store import Connection, Store, facts, images, schema
from feedhub.store.images import Lacking, Learned, Looked
from feedhub.store.values import image_value
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOW, an_entry, an_insert, an_update

URL = "https://agency.example/a.jpg"
WHOLE = Learned(type="image/jpeg", width=640, height=480, length=12_345)
SECONDS = int(NOW.timestamp())


def an_image(url: str = URL, **more: Any) -> Image:
    return Image(url=url, **more)


def store_one(store: Store, image: Image | None, n: int = 1, **more: Any) -> int:
    """Store an entry with this picture, seen first at NOW or `seen`; return its number."""
    seen = more.pop("seen", NOW)
    identity = f"guid:{n}"
    with store.write() as conn:
        builders.add_sources(conn, "agency")
        builders.write(conn, an_insert(an_entry(identity, image=image, **more)), now=seen)
        return builders.numbers(conn, "agency", identity)[0]


def look(store: Store, now: datetime = NOW) -> Looked:
    with store.read() as conn:
        return images.look(conn, now=now)


def lacking(store: Store, now: datetime = NOW) -> list[int]:
    return [one.number for one in look(store, now).lacking]


def try_once(store: Store, now: datetime = NOW) -> tuple[Lacking, ...]:
    with store.write() as conn:
        return images.begin(conn, look_in(conn, now), now=now)


def look_in(conn: Connection, now: datetime) -> tuple[Lacking, ...]:
    return images.look(conn, now=now).lacking


def learn(
    store: Store, learned: Learned, *numbers: int, url: str = URL, now: datetime = NOW
) -> int:
    with store.write() as conn:
        pairs = [(Lacking(number=number, url=url), learned) for number in numbers]
        return images.learn(conn, pairs, now=now)


def row_of(store: Store, number: int) -> Any:
    with store.read() as conn:
        found = schema.entry.select().where(schema.entry.c.number == number)
        return conn.execute(found).mappings().one()


def image_of(store: Store, number: int) -> Image | None:
    return image_value(row_of(store, number)["image"])


def changes(store: Store) -> int:
    with store.read() as conn:
        return facts.changes(conn)


def test_only_pictures_of_which_something_is_unknown_are_looked_at(store: Store) -> None:
    known = {"type": "image/png", "width": 600, "height": 400, "length": 5}
    store_one(store, an_image(**known), 1)
    store_one(store, None, 2)
    store_one(store, an_image("/media/0123.png"), 3)
    wanted = [
        store_one(store, an_image(**{name: n for name, n in known.items() if name != lost}), n)
        for n, lost in enumerate(known, 4)
    ]
    assert sorted(lacking(store)) == wanted


def test_only_new_entries_are_looked_at_newest_first(store: Store) -> None:
    older = store_one(store, an_image(), 1, published=NOW - 6 * DAY)
    newer = store_one(store, an_image(), 2, published=NOW - HOUR)
    store_one(store, an_image(), 3, published=NOW - 8 * DAY)
    store_one(store, an_image(), 4, published=NOW - HOUR, seen=NOW - 25 * HOUR)
    withdrawn = store_one(store, an_image(), 5)
    with store.write() as conn:
        builders.write(conn, Withdraw(number=withdrawn, reason="taken back"))
    assert lacking(store) == [newer, older]


def test_a_picture_is_tried_twice_an_hour_apart_and_never_again(store: Store) -> None:
    number = store_one(store, an_image())
    before = changes(store), dict(row_of(store, number))
    assert [one.number for one in try_once(store)] == [number]
    assert try_once(store, NOW + 59 * MINUTE) == ()
    assert [one.number for one in try_once(store, NOW + HOUR)] == [number]
    assert try_once(store, NOW + 5 * HOUR) == ()
    assert changes(store) == before[0]
    row = dict(row_of(store, number))
    assert row.pop("image") != before[1].pop("image")
    assert row == before[1]


def test_two_pollers_do_not_take_one_picture(store: Store) -> None:
    number = store_one(store, an_image())
    both = look(store).lacking
    with store.write() as conn:
        assert [one.number for one in images.begin(conn, both, now=NOW)] == [number]
    with store.write() as conn:
        assert images.begin(conn, both, now=NOW) == ()


def test_what_is_learned_changes_feeds_and_updates_no_entry(store: Store) -> None:
    number = store_one(store, an_image(caption="Озеро", credit="Ведомство"))
    before, row = changes(store), row_of(store, number)
    later = NOW + timedelta(minutes=5)
    assert learn(store, WHOLE, number, now=later) == 1
    after = row_of(store, number)
    assert image_of(store, number) == an_image(
        type="image/jpeg", width=640, height=480, length=12_345, caption="Озеро", credit="Ведомство"
    )
    assert (after["updated"], after["version"]) == (row["updated"], row["version"])
    assert after["changed"] == int(later.timestamp())
    assert changes(store) == before + 1
    assert lacking(store, NOW + 2 * HOUR) == []


def test_what_the_source_said_stays_and_sizes_are_pairs(store: Store) -> None:
    number = store_one(store, an_image(type="image/webp", width=300, length=7))
    learn(store, WHOLE, number)
    assert image_of(store, number) == an_image(type="image/webp", width=640, height=480, length=7)


def test_an_answer_that_says_nothing_is_final_and_changes_nothing(store: Store) -> None:
    number = store_one(store, an_image())
    before = changes(store)
    assert learn(store, Learned(), number) == 0
    assert (changes(store), lacking(store, NOW + 2 * HOUR)) == (before, [])
    assert look(store).known == {URL: Learned()}


def test_what_is_known_of_a_picture_is_told_for_the_next_entry(store: Store) -> None:
    learn(store, WHOLE, store_one(store, an_image(), 1))
    second = store_one(store, an_image(), 2)
    assert look(store) == Looked(lacking=(Lacking(number=second, url=URL),), known={URL: WHOLE})


def test_facts_of_a_picture_that_was_replaced_meanwhile_are_dropped(store: Store) -> None:
    number = store_one(store, an_image())
    assert learn(store, WHOLE, number, url="https://agency.example/old.jpg") == 0
    assert image_of(store, number) == an_image()


def test_a_poll_that_writes_the_entry_anew_keeps_what_is_known(store: Store) -> None:
    number = store_one(store, an_image())
    learn(store, WHOLE, number)
    entry = an_entry("guid:1", image=an_image(alt="Вид"), title="Иначе")
    with store.write() as conn:
        builders.write(conn, an_update(number, entry))
    assert image_of(store, number) == an_image(
        type="image/jpeg", width=640, height=480, length=12_345, alt="Вид"
    )
    assert lacking(store, NOW + 2 * HOUR) == []


def test_another_picture_is_looked_at_anew(store: Store) -> None:
    number = store_one(store, an_image())
    learn(store, WHOLE, number)
    other = an_image("https://agency.example/b.jpg")
    with store.write() as conn:
        builders.write(conn, an_update(number, an_entry("guid:1", image=other, title="Иначе")))
    assert image_of(store, number) == other
    assert lacking(store) == [number]


def test_a_picture_that_went_away_goes(store: Store) -> None:
    number = store_one(store, an_image())
    learn(store, WHOLE, number)
    with store.write() as conn:
        builders.write(conn, an_update(number, an_entry("guid:1", title="Без снимка")))
    assert image_of(store, number) is None
