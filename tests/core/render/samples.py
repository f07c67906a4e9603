"""Invented feeds to render: every shape of entry and list that the portal publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from feedhub.model import (
    Enclosure,
    Event,
    Image,
    OutEntry,
    OutFeed,
    OutSection,
    OutSource,
    OutTag,
    SeeAlso,
    Withdrawn,
)

BASE = "https://portal.example"
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)

AGENCY = OutSource(
    slug="mincvet",
    title="Министерство цветных туманов",
    home_page_url="https://туманы.example/новости/",
    feed_url="https://tumany.example/rss?раздел=все",
    url=f"{BASE}/sources/mincvet/",
    updated=NOON,
)
PORTAL = OutSource(
    slug="local",
    title="Портал",
    home_page_url=f"{BASE}/",
    feed_url=f"{BASE}/sources/local/feed.rss",
    url=f"{BASE}/sources/local/",
    updated=NOON,
    is_local=True,
)
NEWS = OutSection(slug="news", title="Новости", url=f"{BASE}/sections/news/")
TAGS = (
    OutTag(slug="tumany", name="туманы", url=f"{BASE}/tags/tumany/"),
    OutTag(slug="reki-i-ozyora", name="реки и озёра", url=f"{BASE}/tags/reki-i-ozyora/"),
)
PICTURE = Image(
    url="https://tumany.example/фото/туман 1.jpg",
    width=1200,
    height=800,
    length=90210,
    alt="Туман",
    caption="Туман над рекой",
    credit="Служба снимков",
)


def entry(number: int = 1, **fields: Any) -> OutEntry:
    """Return an agency's entry with a summary, a text and two tags; older as `number` grows."""
    at = NOON - timedelta(hours=number)
    usual = OutEntry(
        number=number,
        id=f"tag:portal.example,2026:mincvet/{number}",
        url=f"https://tumany.example/news/{number}",
        page_url=f"{BASE}/entries/{number}-tuman",
        title=f"Туман № {number} рассеялся",
        summary=f"Сводка № {number}: видимость хорошая.",
        content=f'<p>Видимость <a href="https://tumany.example/v/{number}">хорошая</a>.</p>',
        published=at,
        updated=at + timedelta(minutes=5),
        changed=at + timedelta(minutes=6),
        authors=("Отдел туманов",),
        language="ru",
        tags=TAGS,
        section=NEWS,
        source=AGENCY,
        image=None,
        enclosures=(),
        see_also=(),
        reading_minutes=2,
        event=None,
        date_only=False,
        version=1,
    )
    return replace(usual, **fields)


def article(number: int = 1, **fields: Any) -> OutEntry:
    """Return a local article with everything an article can have."""
    usual = entry(
        number,
        url=f"{BASE}/entries/{number}-tuman",
        id=f"tag:portal.example,2026:local/{number}",
        source=PORTAL,
        image=PICTURE,
        see_also=(
            SeeAlso(title="Про реки", url=f"{BASE}/entries/77-reki"),
            SeeAlso(title="Про озёра", url="https://озёра.example/вода"),
        ),
        reading_minutes=1,
        event=Event(
            start=NOON + timedelta(days=13),
            end=NOON + timedelta(days=13, hours=2),
            place="Дом туманов",
            url=f"{BASE}/entries/{number}-tuman",
        ),
    )
    return replace(usual, **fields)


def feed(*entries: OutEntry, path: str = "/", name: str = "rss", **fields: Any) -> OutFeed:
    """Return a list at `path` as a feed of these entries, in the given order."""
    usual = OutFeed(
        id=f"tag:portal.example,2026:list{path}",
        title="Портал: туманы",
        subtitle="Всё о туманах",
        page_url=f"{BASE}{path}",
        self_url=f"{BASE}{path}feed.{name}",
        language="ru",
        updated=max([NOON, *(each.updated for each in entries)]),
        site_title="Портал",
        icon_url=f"{BASE}/static/icon.png",
        generator_version="0.1.0",
        entries=entries,
    )
    return replace(usual, **fields)


def withdrawn(number: int = 1, reason: str = "По просьбе ведомства") -> OutEntry:
    """Return an entry that was taken back an hour after it was published."""
    at = NOON - timedelta(hours=number) + timedelta(hours=1)
    return entry(number, image=PICTURE, withdrawn=Withdrawn(at=at, reason=reason))


HOSTILE = entry(
    9,
    title="\x0bУправление \ud83d«R&D»\ufffe: 5 < 6\x00 & 7 > 2\r\n]]> конец",
    summary="5 < 6 && \x1f «R&D» ]]> \udfff <b",
    content="<p>\x08Текст &amp; ]]> \ud800&lt;script&gt; \ufffe</p>",
    authors=("", "\x01", "Иванова \x02А. & Ко"),
    url="javascript:alert(1)",
    id="https://tumany.example/новость 9\x0b%",
    image=Image(url="/relative.jpg", caption="\x03"),
    enclosures=(
        Enclosure(url="../a.pdf"),
        Enclosure(url="https://tumany.example/доклад.pdf", type="pdf", length=0),
    ),
    see_also=(SeeAlso(title="\x04", url="//no-scheme.example/"),),
    language="по-русски",
    source=replace(AGENCY, title="Туманы & \x05Ко", home_page_url="tumany", feed_url="http://[::"),
)


def lists() -> Mapping[str, OutFeed]:
    """Return the lists that every format must render without a problem, by name."""
    many = tuple(entry(number) for number in range(1, 501))
    mixed = (article(1), entry(2, image=PICTURE), withdrawn(3), entry(4, summary=""))
    bare = entry(5, summary="", content="", authors=(), tags=())
    no_addresses = replace(AGENCY, home_page_url=None, feed_url=None, title="")
    return {
        "home": feed(*mixed),
        "section": feed(*mixed, path="/sections/news/"),
        "tag": feed(article(1), entry(2), path="/tags/reki-i-ozyora+tumany/"),
        "source": feed(entry(1), entry(2), path="/sources/mincvet/"),
        "search": feed(
            entry(1), path="/search/", self_url=f"{BASE}/search/feed.rss?q=реки и озёра&tag=tumany"
        ),
        "empty": feed(path="/tags/pusto/", subtitle="", icon_url=None),
        "one": feed(entry(1)),
        "many": feed(*many),
        "hostile": feed(entry(1), HOSTILE, title="\x00Портал & Ко", subtitle="\ud800"),
        "bare": feed(bare, entry(6, content=""), entry(7, source=no_addresses)),
        "only withdrawn": feed(withdrawn(1), withdrawn(2, reason="")),
        "english": feed(entry(1), withdrawn(2), entry(3, language="be"), language="en"),
        "summary and picture": feed(entry(1, content="", image=PICTURE)),
        "picture without text": feed(entry(1, summary="", image=replace(PICTURE, caption=""))),
        "files": feed(
            entry(
                1,
                image=PICTURE,
                enclosures=(
                    Enclosure(url="https://tumany.example/доклад.pdf", length=1234),
                    Enclosure(url="https://tumany.example/call", type="audio/mpeg"),
                ),
            )
        ),
    }
