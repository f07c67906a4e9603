"""Pictures of new entries are measured beside polling, politely, and feeds say what came of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from feedhub.chores import Chores, Means
from feedhub.fetch.peeking import Peeked
from feedhub.measuring import AT_ONCE, PER_HOST, measure_due
from feedhub.model import Enclosure, Failed, FetchSettings, Home, Image, Settings, Timeout
from feedhub.store import Store, facts
from feedhub.tools import Tools
from feedhub.writer import Writer
from tests import builders
from tests.articles import pictures_made as made
from tests.builders import HOUR, NOW, an_entry, an_insert
from tests.fetch.conftest import Site, make_reply
from tests.flows.settled import feed, settled
from tests.flows.test_ingest import river

HOME = Home()
PHOTO = made.jpeg(1200, 800, orientation=6) + bytes(100_000)


def part(body: bytes) -> bytes:
    head = body[:65_536]
    return make_reply(head, "206 Part", f"Content-Range: bytes 0-{len(head) - 1}/{len(body)}")


def add(store: Store, *urls: str, first: int = 1, **more: Any) -> None:
    with store.write() as conn:
        builders.add_sources(conn, "agency")
        for n, url in enumerate(urls, first):
            entry = an_entry(f"guid:{n}", image=Image(url=url), **more)
            builders.write(conn, an_insert(entry))


def do_chores(
    store: Store, settings: Settings, fetch: FetchSettings, *, now: Any = NOW
) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        writer = Writer()
        tools = await Tools.open(fetch, "{}", "", now=lambda: now)
        chores = Chores(store, writer, lambda: now)
        flow = river(store, now=now, writer=writer)
        chores.start_due(Means(settings=settings, tools=tools, river=flow, owner="me"))
        await chores.close(30)
        await tools.close()
        await asyncio.to_thread(writer.close)

    return work


def on_site(store: Store, settings: Settings, replies: Mapping[str, Any], paths: list[str]) -> Site:
    """Add entries with pictures at these paths of a site, and do the chores once."""

    async def work() -> Site:
        async with Site(replies) as site:
            add(store, *(site.url(path) for path in paths))
            fetch = FetchSettings(
                allow_private=(f"127.0.0.1:{site.port}",), gap=0.05, timeout=Timeout(total=5.0)
            )
            await do_chores(store, settings, fetch)()
            await do_chores(store, settings, fetch)()
            return site

    return asyncio.run(asyncio.wait_for(work(), 60))


def measure(
    store: Store, settings: Settings, answers: Callable[[str], Peeked | Failed], *, now: Any = NOW
) -> list[str]:
    """Measure once with made-up answers; return the addresses asked, in order."""
    asked: list[str] = []

    async def peek(url: str) -> Peeked | Failed:
        asked.append(url)
        return answers(url)

    async def work() -> None:
        writer = Writer()
        try:
            await measure_due(store, settings, peek, now=now, writer=writer)
        finally:
            await asyncio.to_thread(writer.close)

    asyncio.run(asyncio.wait_for(work(), 30))
    return asked


def a_photo(_: str) -> Peeked:
    return Peeked(head=PHOTO[:65_536], length=len(PHOTO))


def a_failure(_: str) -> Failed:
    return Failed(kind="hard", message="The server answered 404.", status=404)


def settled_home(store: Store) -> Settings:
    settings, _ = settled(store)
    return settings


def home(store: Store, settings: Settings, fmt: str) -> Any:
    return feed(store, settings, HOME, fmt, now=NOW + HOUR)


def test_pictures_are_measured_beside_polling_and_feeds_say_so(store: Store) -> None:
    settings = settled_home(store)
    replies = {
        "/photo": part(PHOTO),
        "/whole.webp": make_reply(made.webp_extended(400, 300)),
        "/page.png": make_reply(b"<html>no picture</html>"),
        "*": make_reply(b"", "404 Not Found"),
    }
    site = on_site(store, settings, replies, ["/photo", "/whole.webp", "/page.png", "/gone.png"])
    assert sorted(one.target for one in site.seen) == [
        "/gone.png", "/page.png", "/photo", "/whole.webp"
    ]  # fmt: skip
    url, length = site.url("/photo"), len(PHOTO)
    items = {one["image"]: one for one in json.loads(home(store, settings, "json").body)["items"]}
    assert items[url]["attachments"] == [
        {
            "url": url,
            "mime_type": "image/jpeg",
            "size_in_bytes": length,
            "_feedhub": {"width": 800, "height": 1200},
        }
    ]
    assert items[site.url("/whole.webp")]["attachments"][0]["_feedhub"]["width"] == 400
    assert "_feedhub" not in items[site.url("/gone.png")]["attachments"][0]
    rss = home(store, settings, "rss").body.decode()
    assert f'<enclosure url="{url}" length="{length}" type="image/jpeg"/>' in rss
    assert (
        f'<media:content url="{url}" type="image/jpeg" medium="image" '
        f'fileSize="{length}" width="800" height="1200"' in rss
    )
    atom = home(store, settings, "atom").body.decode()
    assert f'rel="enclosure" href="{url}" type="image/jpeg" length="{length}"' in atom.replace(
        f'href="{url}" rel="enclosure"', f'rel="enclosure" href="{url}"'
    )


def test_feeds_change_once_and_entries_are_not_updated(store: Store) -> None:
    settings = settled_home(store)
    add(store, "https://agency.example/a.jpg")
    bodies = [home(store, settings, "json").body]
    for hours in range(4):
        measure(store, settings, a_photo, now=NOW + hours * HOUR)
        bodies.append(home(store, settings, "json").body)
    assert bodies[0] != bodies[1]
    assert bodies[1:] == bodies[1:2] * 4
    before, after = (json.loads(body)["items"][0] for body in bodies[:2])
    assert before.get("date_modified") == after.get("date_modified")


def test_failures_change_nothing_and_end_after_two(store: Store) -> None:
    settings = settled_home(store)
    add(store, "https://agency.example/a.jpg")
    before = home(store, settings, "rss")
    hours = [measure(store, settings, a_failure, now=NOW + n * HOUR) for n in range(5)]
    assert [len(asked) for asked in hours] == [1, 1, 0, 0, 0]
    assert home(store, settings, "rss").body == before.body


def test_one_picture_of_many_entries_is_asked_for_once(store: Store) -> None:
    settings = settled_home(store)
    logo = "https://agency.example/logo.png"
    add(store, *[logo] * 30)
    assert measure(store, settings, a_photo) == [logo]
    add(store, logo, first=31)
    assert measure(store, settings, a_photo) == []
    items = json.loads(home(store, settings, "json").body)["items"]
    assert {item["attachments"][0]["_feedhub"]["width"] for item in items} == {800}
    assert len(items) == 31


def test_one_go_is_bounded_in_all_and_by_host(store: Store) -> None:
    settings = settled_home(store)
    add(store, *(f"https://h{n % 10}.example/{n}.jpg" for n in range(100)))
    asked = measure(store, settings, a_photo)
    assert len(asked) == AT_ONCE
    while more := measure(store, settings, a_photo):
        assert len(more) <= AT_ONCE
        asked += more
    assert len(set(asked)) == len(asked) == 100


def test_a_slow_host_does_not_take_up_a_whole_go(store: Store) -> None:
    settings = settled_home(store)
    add(store, "https://other.example/a.jpg", *(f"https://one.example/{n}.jpg" for n in range(9)))
    asked = measure(store, settings, a_photo)
    assert len([url for url in asked if "one.example" in url]) == PER_HOST
    assert "https://other.example/a.jpg" in asked


def test_at_each_host_one_picture_follows_another(store: Store) -> None:
    settings = settled_home(store)
    add(store, *(f"https://h{n % 3}.example/{n}.jpg" for n in range(15)))
    running: dict[str, int] = {}
    most: dict[str, int] = {}

    async def peek(url: str) -> Peeked | Failed:
        host = url.split("/")[2]
        running[host] = running.get(host, 0) + 1
        most[host] = max(most.get(host, 0), running[host])
        await asyncio.sleep(0.01)
        running[host] -= 1
        return a_photo(url)

    async def work() -> None:
        writer = Writer()
        await measure_due(store, settings, peek, now=NOW, writer=writer)
        await asyncio.to_thread(writer.close)

    asyncio.run(asyncio.wait_for(work(), 30))
    assert most == {"h0.example": 1, "h1.example": 1, "h2.example": 1}


def test_our_own_pictures_are_not_asked_for(store: Store) -> None:
    settings = settled_home(store)
    add(store, "/media/0123.png", f"{settings.site.base_url}/media/0123.png", "data:image/png,x")
    assert measure(store, settings, a_photo) == []


def test_a_client_that_was_closed_costs_one_try_only(store: Store) -> None:
    settings = settled_home(store)
    add(store, "https://agency.example/a.jpg")

    def closed(_: str) -> Peeked:
        raise RuntimeError("The client is not open; use it in `async with`.")

    assert len(measure(store, settings, closed)) == 1
    assert len(measure(store, settings, a_photo, now=NOW + HOUR)) == 1


def test_nothing_to_look_at_writes_nothing(store: Store) -> None:
    settings = settled_home(store)
    with store.read() as conn:
        before = facts.changes(conn)
    assert measure(store, settings, a_photo) == []
    with store.read() as conn:
        assert facts.changes(conn) == before


def test_an_enclosure_that_is_the_picture_says_the_same(store: Store) -> None:
    settings = settled_home(store)
    url = "https://agency.example/a.jpg"
    add(store, url, enclosures=(Enclosure(url=url, type="image/jpeg"),))
    measure(store, settings, a_photo)
    rss = home(store, settings, "rss").body.decode()
    assert f'<enclosure url="{url}" length="{len(PHOTO)}" type="image/jpeg"/>' in rss
