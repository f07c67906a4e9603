"""Invented agencies, entries of every awkward shape, and a flow that answers from memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from feedhub.errors import ExpressionError, NotFound
from feedhub.model import (
    ByTags,
    Enclosure,
    EntryPage,
    Event,
    Expression,
    FeedOptions,
    FromSource,
    Home,
    Image,
    InSection,
    ListPage,
    ListRef,
    Media,
    OutEntry,
    OutSection,
    OutSource,
    OutTag,
    Rendered,
    Search,
    Section,
    SeeAlso,
    Settings,
    Site,
    Source,
    SourceRow,
    TagRow,
    TagSpec,
    Term,
    Withdrawn,
)
from feedhub.store.lists import BadCursor

BASE = "http://127.0.0.1:8000"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PICTURE = "ab12" * 16

SECTIONS = (
    Section(slug="companies", title="Компании"),
    Section(slug="news", title="Новости"),
    Section(slug="press-releases", title="Пресс-релизы"),
    Section(slug="events", title="События"),
    Section(slug="articles", title="Статьи"),
)
LONG_TAG = "межрегиональное-соглашение-о-совместимости-реестров-и-архивов"
TAGS = {
    "zarechye": ("Заречье", "place", ("Заречный край", "Заречная область")),
    "lugovaya-oblast": ("Луговая область", "place", ()),
    "ministerstvo-svyazi": ("Министерство связи Заречья", "organisation", ("Минсвязи",)),
    "tsifrovye-servisy": ("цифровые сервисы", "topic", ("цифровизация",)),
    "svyaz": ("связь", "topic", ()),
    "shkoly": ("школы", "topic", ()),
    "dorogi": ("дороги", "topic", ()),
    "byudzhet": ("бюджет", "topic", ()),
    "pochta": ("почта", "company", ()),
    "forum-svyazi": ("Форум связи 2026", "event", ()),
    "reestry": (LONG_TAG, "document", ()),
}


def settings(**site: Any) -> Settings:
    """Return a small configuration; keyword arguments change the site."""
    return Settings(
        path="config.yaml",
        site=replace(Site(title="Вестник Заречья", base_url=BASE), **site),
        database="sqlite://",
        articles="articles/",
        sections=SECTIONS,
        sources=(
            Source(slug="minsvyaz", title="Министерство связи Заречья", url="http://a.example/rss"),
            Source(slug="lugovye-vesti", title="Луговые вести", url="http://b.example/rss"),
        ),
        tags=tuple(TagSpec(name=name, slug=slug) for slug, (name, _, _) in TAGS.items()),
    )


def tag(slug: str) -> OutTag:
    return OutTag(slug=slug, name=TAGS[slug][0], url=f"{BASE}/tags/{slug}/")


def section(slug: str) -> OutSection:
    title = next(known.title for known in SECTIONS if known.slug == slug)
    return OutSection(slug=slug, title=title, url=f"{BASE}/sections/{slug}/")


AGENCY = OutSource(
    slug="minsvyaz",
    title="Министерство связи и информатизации Заречного края",
    home_page_url="https://minsvyaz.example/",
    feed_url="https://minsvyaz.example/rss",
    url=f"{BASE}/sources/minsvyaz/",
    updated=NOW,
)
VESTI = replace(
    AGENCY, slug="lugovye-vesti", title="Луговые вести", url=f"{BASE}/sources/lugovye-vesti/"
)
LOCAL = replace(
    AGENCY,
    slug="local",
    title="Вестник Заречья",
    home_page_url=BASE,
    feed_url=None,
    url=f"{BASE}/sources/local/",
    is_local=True,
)


def entry(number: int, title: str, slug: str, **changes: Any) -> OutEntry:
    """Return an entry of the agency; keyword arguments change it."""
    at = changes.pop("published", NOW - timedelta(hours=number))
    made = OutEntry(
        number=number,
        id=f"tag:example,2026:{number}",
        url=f"https://minsvyaz.example/news/{number}",
        page_url=f"{BASE}/entries/{number}-{slug}",
        title=title,
        summary="Ведомство сообщило о ходе работ и назвало сроки. Первые итоги подведут в декабре.",
        content="<p>Ведомство сообщило о ходе работ и назвало сроки.</p><p>Первые итоги — в декабре.</p>",
        published=at,
        updated=at,
        changed=at,
        authors=(),
        language="ru",
        tags=(tag("zarechye"), tag("svyaz")),
        section=section("news"),
        source=AGENCY,
        image=None,
        enclosures=(),
        see_also=(),
        reading_minutes=1,
        event=None,
        date_only=False,
        version=1,
    )
    return replace(made, **changes)


LONG = (
    "Правительство Заречного края утвердило порядок подключения сельских школ, больниц и отделений "
    "почты к сети связи на 2027–2030 годы и определило очерёдность работ в труднодоступных районах"
)
PHOTO = Image(
    url=f"{BASE}/media/{PICTURE}.png",
    type="image/png",
    width=960,
    height=600,
    alt="Двое за столом подписывают бумаги",
    caption="Подписание соглашения в доме связи",
    credit="Министерство связи Заречья",
)
ARTICLE = entry(
    1,
    "Край и область договорились о «цифровых сервисах» для жителей",
    "kray-i-oblast",
    source=LOCAL,
    url=f"{BASE}/entries/1-kray-i-oblast",
    published=NOW - timedelta(minutes=16),
    updated=NOW - timedelta(minutes=4),
    authors=("Редакция",),
    summary="Заречный край и Луговая область откроют окна для справок в 12 городах к 1 марта 2027 года.",
    content=(
        "<p>Соглашение подписали в доме связи. В нём 14 пунктов — от общих справочников до обмена "
        "подписанными документами.</p><h2>Что изменится</h2><p>Жители смогут получить справку в "
        "любом из 12 городов, не выезжая с места. На это уйдёт 3 млн рублей и около 5 мес.</p>"
        "<blockquote><p>Мы убираем границы там, где их не должно быть.</p></blockquote>"
        "<ul><li>общий справочник услуг;</li><li>обмен документами;</li></ul>"
        '<p>См. также: <a href="https://minsvyaz.example/plan">план работ на год</a></p>'
    ),
    tags=(tag("zarechye"), tag("lugovaya-oblast"), tag("tsifrovye-servisy")),
    image=PHOTO,
    see_also=(
        SeeAlso(title="План работ на 2027 год", url="https://minsvyaz.example/plan"),
        SeeAlso(title="Первые окна открыты", url=f"{BASE}/entries/3-desyat-metok"),
        SeeAlso(title="Что такое общий справочник", url="https://b.example/spravochnik"),
    ),
    reading_minutes=1,
)
ENTRIES = (
    ARTICLE,
    entry(2, LONG, "poryadok-podklyucheniya", section=section("press-releases"), reading_minutes=2),
    entry(
        3,
        "Десять меток одной записи",
        "desyat-metok",
        tags=tuple(tag(slug) for slug in TAGS),
        source=VESTI,
        reading_minutes=5,
        enclosures=(
            Enclosure(
                url="https://b.example/doc/poryadok.pdf", type="application/pdf", length=1_254_000
            ),
        ),
    ),
    entry(
        4,
        "Запись без картинки и без меток, от которой показан только анонс",
        "bez-kartinki",
        content="",
        tags=(),
        source=VESTI,
    ),
    entry(
        5,
        "Почта доставила миллионное письмо через новую сортировочную",
        "pochta",
        published=NOW - timedelta(days=1, hours=2),
        image=replace(PHOTO, url="https://b.example/photo.jpg", width=320, height=200),
        tags=(tag("pochta"),),
    ),
    entry(
        6,
        "Open days of the regional archive announced",
        "open-days",
        language="en",
        date_only=True,
        published=datetime(2026, 11, 20, 21, 0, tzinfo=UTC) - timedelta(days=1),
        summary="The archive will be open to visitors for three days.",
        tags=(tag("shkoly"),),
    ),
    entry(
        7,
        "Форум связи пройдёт в Заречье в декабре",
        "forum",
        section=section("events"),
        published=datetime(2026, 11, 18, 7, 14, tzinfo=UTC),
        image=replace(PHOTO, alt="Зал форума"),
        tags=(tag("forum-svyazi"), tag("svyaz")),
        event=Event(start=datetime(2026, 12, 1, 7, 0, tzinfo=UTC), place="Дом связи, Заречье"),
    ),
)
GONE = entry(
    8,
    "Сообщение о переносе сроков",
    "perenos",
    content="",
    withdrawn=Withdrawn(at=NOW - timedelta(days=2), reason="Источник отозвал сообщение."),
)
HOSTILE = entry(
    9,
    '<script>alert(1)</script> & "кавычки" </title>',
    "vrednaya",
    summary="</script><script>alert(2)</script>",
    content="<p>Чистый текст.</p>",
    tags=(OutTag(slug="svyaz", name="<b>связь</b>", url=f"{BASE}/tags/svyaz/"),),
)
ALL = (*ENTRIES, GONE, HOSTILE)

ROWS = tuple(
    TagRow(
        slug=slug,
        name=name,
        kind=kind,
        aliases=aliases,
        parent=None,
        count=(place * 137) % 1900,
        newest=NOW,
    )
    for place, (slug, (name, kind, aliases)) in enumerate(TAGS.items())
)
SOURCES = (
    SourceRow(
        slug="minsvyaz",
        title="Министерство связи и информатизации Заречного края",
        home_page_url="https://minsvyaz.example/",
        feed_url="https://minsvyaz.example/rss",
        section="press-releases",
        is_active=True,
        is_healthy=True,
        state="Опрошен в 12:21, новое бывает раз в час.",
        count=1284,
        newest=NOW - timedelta(hours=2),
        last_poll_at=NOW,
        next_poll_at=NOW + timedelta(minutes=15),
    ),
    SourceRow(
        slug="lugovye-vesti",
        title="Луговые вести",
        home_page_url="https://www.b.example/",
        feed_url="https://b.example/rss",
        section="news",
        is_active=True,
        is_healthy=False,
        state="Вместо ленты приходит страница HTML с 19 ноября; проверьте адрес ленты.",
        count=21,
        newest=NOW - timedelta(days=3),
        last_poll_at=NOW,
        next_poll_at=NOW + timedelta(hours=6),
    ),
)


@dataclass(frozen=True)
class Resolved:
    ref: ByTags
    canonical: str


@dataclass
class FakeFlow:
    """Answers like the real flow, from the samples; `asked` remembers the last feed's question."""

    asked: list[tuple[ListRef, str, FeedOptions]] = field(default_factory=list)
    ready: tuple[bool, str] = (True, "able to serve")

    def resolve_tags(self, store: Any, text: str) -> Resolved:
        if not text or any(not t.strip("!") for g in text.split(",") for t in g.split("+")):
            raise ExpressionError("an empty term in the expression")
        groups = [[_term(part) for part in group.split("+")] for group in text.split(",")]
        ordered = sorted({"+".join(sorted({str(t) for t in group})) for group in groups})
        terms = tuple(
            tuple(Term(slug=t.lstrip("!"), is_not=t.startswith("!")) for t in group.split("+"))
            for group in ordered
        )
        return Resolved(ByTags(expression=Expression(groups=terms)), ",".join(ordered))

    def list_page(
        self,
        store: Any,
        settings: Settings,
        ref: ListRef,
        *,
        now: datetime,
        before: str | None = None,
    ) -> ListPage:
        if before == "forged":
            raise BadCursor("«forged» is no cursor")
        found = () if before else _picked(ref)
        page = ListPage(
            ref=ref,
            path="/",
            query="",
            title=_title(ref),
            description="Записи ведомств и редакции, самые новые сверху",
            entries=found,
            total=None if isinstance(ref, Search) else len(found) * 1000,
            older="2026-11-18.7" if found else None,
        )
        if isinstance(ref, ByTags) and str(ref.expression) == "zarechye":
            return replace(
                page,
                tag=ROWS[0],
                ancestors=(tag("lugovaya-oblast"),),
                children=ROWS[1:3],
                related=(tag("svyaz"), tag("reestry")),
                weeks=(
                    0,
                    3,
                    5,
                    2,
                    8,
                    13,
                    4,
                    0,
                    1,
                    6,
                    9,
                    7,
                    12,
                    3,
                    5,
                    8,
                    2,
                    4,
                    6,
                    10,
                    3,
                    2,
                    7,
                    9,
                    11,
                    4,
                ),
            )
        if isinstance(ref, FromSource):
            return replace(page, source=_row(ref.slug))
        return page

    def list_feed(
        self,
        store: Any,
        settings: Settings,
        ref: ListRef,
        fmt: str,
        options: FeedOptions,
        *,
        now: datetime,
    ) -> Rendered:
        self.asked.append((ref, fmt, options))
        numbers = [str(found.number) for found in _picked(ref)]
        types = {"rss": "application/rss+xml", "atom": "application/atom+xml"}
        return _rendered(" ".join([fmt, *numbers]), types.get(fmt, "application/feed+json"))

    def entry_page(
        self, store: Any, settings: Settings, number: int, *, now: datetime
    ) -> EntryPage:
        for found in ALL:
            if found.number == number:
                path = found.page_url.removeprefix(BASE)
                return EntryPage(entry=found, path=path, source=found.source)
        if number == 500:
            raise RuntimeError("a secret of the inside")
        raise NotFound("entry", str(number))

    def tag_index(self, store: Any, settings: Settings, *, now: datetime) -> tuple[TagRow, ...]:
        return ROWS

    def source_index(
        self, store: Any, settings: Settings, *, now: datetime
    ) -> tuple[SourceRow, ...]:
        return SOURCES

    def tags_opml(self, store: Any, settings: Settings, *, now: datetime) -> Rendered:
        return _rendered("<opml/>", "text/x-opml")

    def sources_opml(self, store: Any, settings: Settings, *, now: datetime) -> Rendered:
        return _rendered("<opml/>", "text/x-opml")

    def media(self, store: Any, hash: str) -> Media:  # noqa: A002
        if hash != PICTURE:
            raise NotFound("picture", hash)
        return Media(hash=hash, type="image/png", width=960, height=600, body=png(960, 600))

    def is_ready(self, store: Any, settings: Settings, *, now: datetime) -> tuple[bool, str]:
        return self.ready


def _row(slug: str) -> SourceRow:
    return next(row for row in SOURCES if row.slug == slug)


def _term(text: str) -> Term:
    bare = text.lstrip("!")
    for slug, (name, _, aliases) in TAGS.items():
        if bare.casefold() in {slug, name.casefold(), *(alias.casefold() for alias in aliases)}:
            return Term(slug=slug, is_not=text.startswith("!"))
    raise NotFound("tag", bare, tuple(slug for slug in TAGS if slug[:2] == bare[:2]))


def _picked(ref: ListRef) -> tuple[OutEntry, ...]:
    if isinstance(ref, InSection):
        if ref.slug not in {known.slug for known in SECTIONS}:
            raise NotFound("section", ref.slug, tuple(known.slug for known in SECTIONS))
        return tuple(found for found in ENTRIES if found.section.slug == ref.slug)
    if isinstance(ref, FromSource):
        if ref.slug not in {row.slug for row in SOURCES}:
            raise NotFound("source", ref.slug, ("minsvyaz",))
        return tuple(found for found in ENTRIES if found.source.slug == ref.slug)
    if isinstance(ref, ByTags):
        wanted = {term.slug for group in ref.expression.groups for term in group}
        return tuple(f for f in ENTRIES if wanted & {bearing.slug for bearing in f.tags})
    if isinstance(ref, Search):
        return tuple(f for f in ENTRIES if ref.query.casefold() in f.title.casefold())
    return ENTRIES


def _title(ref: ListRef) -> str:
    if isinstance(ref, InSection):
        return next((known.title for known in SECTIONS if known.slug == ref.slug), ref.slug)
    if isinstance(ref, ByTags):
        slugs = [term.slug for group in ref.expression.groups for term in group]
        return " и ".join(TAGS[slug][0] for slug in slugs)
    if isinstance(ref, FromSource):
        return _row(ref.slug).title
    return "Вестник Заречья" if isinstance(ref, Home) else f"Поиск: {ref.query}"


def _rendered(text: str, media_type: str) -> Rendered:
    body = text.encode()
    return Rendered(
        body=body,
        media_type=media_type,
        etag=hashlib.sha256(body).hexdigest()[:32],
        last_modified=NOW - timedelta(hours=1),
    )


def png(width: int, height: int) -> bytes:
    """Return a plain grey-blue picture, so that pages have one to show."""
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    rows = b"".join(
        b"\0" + bytes((120 + y * 60 // height, 140 + y * 50 // height, 160)) * width
        for y in range(height)
    )
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
