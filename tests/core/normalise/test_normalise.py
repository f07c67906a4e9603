"""The stage: documents become entries; one that fails costs itself only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedhub.core.normalise import Normalised, normalise, normalise_article
from feedhub.model import (
    LOCAL,
    Category,
    Enclosure,
    Entry,
    Event,
    Image,
    ParsedEntry,
    ParsedFeed,
    SeeAlso,
    Source,
)

FOLDER = Path(__file__).parents[2] / "data" / "normalise"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE = Source(
    slug="prirechye",
    title="Министерство связи Приречья",
    url="https://agency.example.org/rss",
    section="press-releases",
    timezone="Europe/Minsk",
)
ITEM = ParsedEntry(
    guid="https://agency.example.org/news/1",
    url="https://agency.example.org/news/1",
    title="В Бережном открыт узел связи",
    summary="Открыт новый узел связи.",
    content="<p>БЕРЕЖНОЙ, 20 ноя — ТАСС. В Бережном открыт узел связи.</p><p>Он большой.</p>",
    published="Fri, 20 Nov 2026 10:00:00 +0300",
)


def run(*entries: ParsedEntry, source: Source = SOURCE, **feed: str) -> Normalised:
    return normalise(ParsedFeed(format="rss", entries=entries, **feed), source, now=NOW)  # type: ignore[arg-type]


def one(source: Source = SOURCE, **changes: object) -> Entry:
    found = run(replace(ITEM, **changes), source=source)  # type: ignore[arg-type]
    assert len(found.entries) == 1, found
    return found.entries[0]


def article(**changes: object) -> Entry:
    parsed = ParsedEntry(
        title="Область и республика договорились",
        content="<p>Первый абзац статьи.</p><p>Второй абзац.</p>",
    )
    return normalise_article(
        replace(parsed, **changes),  # type: ignore[arg-type]
        identity="file:a.md",
        section="news",
        language="ru",
        zone="Europe/Moscow",
        now=NOW,
    )


def test_an_entry_has_all_its_fields() -> None:
    entry = one()
    assert entry.source == "prirechye"
    assert entry.uri == entry.url == "https://agency.example.org/news/1"
    assert entry.canonical_url
    assert entry.identity
    assert entry.title == ITEM.title
    assert entry.summary == "Открыт новый узел связи."
    assert entry.content == ITEM.content
    assert entry.text.endswith("В Бережном открыт узел связи.\n\nОн большой.")
    assert entry.lead == "В Бережном открыт узел связи."
    assert entry.teaser == "В Бережном открыт узел связи. Он большой."
    assert entry.published == datetime(2026, 11, 20, 7, tzinfo=UTC)
    assert entry.published_raw == ITEM.published
    assert entry.section == "press-releases"
    assert entry.language == "ru"
    assert entry.reading_minutes == 1


def test_one_entry_failing_costs_that_entry_only() -> None:
    bad = replace(ITEM, guid="b", url=None, title="Плохая запись", authors=(7,))  # type: ignore[arg-type]
    found = run(ITEM, bad, replace(ITEM, guid="c", url="https://agency.example.org/3"))
    assert len(found.entries) == 2
    assert len(found.problems) == 1
    assert found.problems[0].startswith('entry 2 ("Плохая запись") could not be read: ')


def test_what_was_cut_is_told_with_the_entrys_place_and_headline() -> None:
    found = run(replace(ITEM, content="<p>слово слово</p>" * 100_000))
    assert found.problems == (
        'entry 1 ("В Бережном открыт узел связи"): the text was cut at 1000000 characters',
    )


def test_relative_addresses_resolve_against_the_entrys_base() -> None:
    entry = one(base_url="https://cdn.example.org/x/", content='<p>а <a href="y">б</a></p>')
    assert 'href="https://cdn.example.org/x/y"' in entry.content
    entry = one(content='<p>а <a href="/y">б</a></p>', url=None, guid="g")
    assert 'href="https://agency.example.org/y"' in entry.content


@pytest.mark.parametrize(
    "address", ["javascript:go(1)", "data:text/html,x", "", None, "mailto:a@b.example"]
)
def test_an_address_that_is_not_http_is_none(address: str | None) -> None:
    assert one(url=address, guid="g").url is None


def test_a_long_single_description_is_the_text_and_its_teaser_the_summary() -> None:
    long = "Министерство связи Приречья открыло новый узел связи. " * 30
    entry = one(content="", summary=long)
    assert entry.text == long.strip()
    assert entry.summary == entry.teaser
    assert len(entry.summary) < 300
    short = one(content="", summary="<p>Коротко.</p>")
    assert (short.summary, short.content, short.text) == ("Коротко.", "<p>Коротко.</p>", "Коротко.")


def test_a_content_of_a_picture_alone_leaves_the_text_to_the_summary() -> None:
    entry = one(content='<img src="/a.jpg">')
    assert entry.text == "Открыт новый узел связи."
    assert entry.content.startswith("<p><img")


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"title": "<b>Закон &laquo;О&nbsp;связи&raquo;</b>"}, "Закон «О связи»"),
        ({"title": ""}, "В Бережном открыт узел связи."),
        ({"title": " ", "content": "", "summary": ""}, "https://agency.example.org/news/1"),
        ({"title": "", "content": "", "summary": "", "url": None, "guid": "g"}, "(без названия)"),
        (
            {
                "title": "",
                "content": "",
                "summary": "",
                "url": None,
                "guid": "g",
                "language": "en-GB",
            },
            "(untitled)",
        ),
    ],
)
def test_an_entry_always_has_a_headline(changes: dict[str, object], title: str) -> None:
    assert one(**changes).title == title


def test_a_missing_headline_is_cut_from_the_text() -> None:
    title = one(title="", content="<p>" + "слово " * 60 + "</p>").title
    assert title.endswith("слово…")
    assert len(title) <= 120


def test_an_update_counts_only_when_it_is_later() -> None:
    assert one(updated="Fri, 20 Nov 2026 07:00:00 GMT").updated is None
    assert one(updated="Thu, 19 Nov 2026 07:00:00 GMT").updated is None
    assert one(updated="2026-11-21T10:00:00+03:00").updated == datetime(2026, 11, 21, 7, tzinfo=UTC)


def test_a_missing_publication_time_is_that_of_the_update() -> None:
    entry = one(published=None, updated="2026-11-21T10:00:00+03:00")
    assert entry.published == datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert entry.updated is None
    assert entry.published_raw == "2026-11-21T10:00:00+03:00"


def test_a_time_without_a_zone_is_in_the_sources_zone() -> None:
    assert one(published="20.11.2026 10:00").published == datetime(2026, 11, 20, 7, tzinfo=UTC)


def test_no_believable_time_is_none_and_its_string_is_kept() -> None:
    entry = one(published="скоро")
    assert (entry.published, entry.published_raw) == (None, "скоро")
    assert entry.published_why


def test_a_day_without_a_time_is_marked() -> None:
    assert one(published="20.11.2026").date_only
    assert not one().date_only


def test_a_credit_line_goes_from_body_to_picture() -> None:
    body = "<p>Текст новости.</p><p>Фото (с) Минсвязи</p>"
    entry = one(content=body, images=(Image(url="/a.jpg", width=700),))
    assert entry.image == Image(
        url="https://agency.example.org/a.jpg", width=700, credit="Минсвязи"
    )
    assert entry.content == "<p>Текст новости.</p>"
    assert entry.text == "Текст новости."


def test_a_credit_without_a_picture_stays_in_the_body_but_is_no_text() -> None:
    entry = one(content="<p>Текст новости.</p><p>Фото (с) Минсвязи</p>")
    assert entry.image is None
    assert "Минсвязи" in entry.content
    assert "Минсвязи" not in entry.text + entry.teaser


def test_see_also_lines_become_a_field_and_are_not_counted() -> None:
    line = '<p>См. также: <a href="/n/2">Ещё</a> &gt;&gt;&gt;</p>'
    entry = one(content=f"<p>Текст новости.</p>{line}")
    assert entry.see_also == (SeeAlso(title="Ещё", url="https://agency.example.org/n/2"),)
    assert "См. также" in entry.content
    assert "См. также" not in entry.text + entry.teaser + entry.lead


def test_authors_are_plain_names_each_once_and_no_credits() -> None:
    authors = (
        "ИВАНОВ <b>ПЁТР</b>",
        "Иванов Пётр",
        "Фото: И. Градов",
        "press@a.example (Пресс-служба)",
        " ",
    )
    assert one(authors=authors).authors == ("ИВАНОВ ПЁТР", "Пресс-служба")
    many = one(authors=tuple(f"Автор {n} " + "и" * 300 for n in range(30))).authors
    assert len(many) == 10
    assert all(len(name) <= 200 for name in many)


def test_categories_are_plain_and_bounded() -> None:
    raw = (
        Category(term=" Связь &amp; почта ", scheme="https://a.example/r"),
        Category(term="", label="Почта"),
        Category(term="  "),
        Category(term="ж" * 500),
    )
    found = one(categories=raw + tuple(Category(term=f"к{n}") for n in range(99))).categories
    assert found[:2] == (
        Category(term="Связь & почта", scheme="https://a.example/r"),
        Category(term="Почта", label="Почта"),
    )
    assert len(found[2].term) == 200
    assert len(found) == 50


@pytest.mark.parametrize(
    ("entry", "feed", "shown"),
    [("en_US", "ru", "en-us"), (None, "BE", "be"), ("по-русски", None, "ru"), (None, None, "ru")],
)
def test_the_language_is_the_first_that_looks_like_one(
    entry: str | None, feed: str | None, shown: str
) -> None:
    document = ParsedFeed(format="rss", language=feed, entries=(replace(ITEM, language=entry),))
    assert normalise(document, SOURCE, now=NOW).entries[0].language == shown


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"max_age": timedelta(days=1)}, "older than max_age 1d"),
        ({"max_age": timedelta(hours=36)}, "older than max_age 36h"),
        ({"include": "паром|поезд"}, 'include: nothing matches "паром|поезд"'),
        ({"exclude": "новый узе."}, 'exclude: "новый узел"'),
    ],
)
def test_an_entry_that_the_rules_leave_out_is_named_with_the_reason(
    rules: dict[str, object], reason: str
) -> None:
    found = run(ITEM, source=replace(SOURCE, **rules))  # type: ignore[arg-type]
    assert found.entries == ()
    assert [why for _, why in found.refused] == [reason]
    assert found.refused[0][0] == one().identity


def test_rules_that_fit_leave_nothing_out() -> None:
    rules = replace(SOURCE, include="узел", exclude="паром", max_age=timedelta(days=30))
    assert run(ITEM, source=rules).refused == ()
    assert run(replace(ITEM, published=None), source=rules).refused == ()


CHANGES: list[dict[str, object]] = [
    {"title": "Иначе"},
    {"content": "<p>Иначе</p>"},
    {"summary": "Иначе"},
    {"authors": ("Иной",)},
    {"images": (Image(url="/new.jpg"),)},
    {"enclosures": (Enclosure(url="/new.pdf"),)},
]


def test_the_digest_stays_when_only_the_address_moves() -> None:
    assert one(url="https://agency.example.org/news/2").digest == one().digest


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_the_digest_moves_when_a_reader_sees_a_change(change: dict[str, object]) -> None:
    assert one(**change).digest != one().digest


@pytest.mark.parametrize(
    "change",
    [
        {"published": "Sat, 21 Nov 2026 10:00:00 +0300"},
        {"updated": "Sat, 21 Nov 2026 10:00:00 +0300"},
        {"categories": (Category(term="иное"),)},
        {"content": f"{ITEM.content}\n<p>&nbsp;</p>"},
        {"title": f" {ITEM.title}\u200b"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_the_digest_stays_when_no_reader_sees_a_change(change: dict[str, object]) -> None:
    assert one(**change).digest == one().digest
    assert len(one().digest) == 32


def test_the_sources_section_is_no_part_of_the_digest_but_an_articles_is() -> None:
    assert one(source=replace(SOURCE, section="news")).digest == one().digest
    assert article(section="events").digest != article().digest


@pytest.mark.parametrize(
    "field", ["title", "summary", "content", "authors", "categories", "guid", "url"]
)
def test_a_hostile_field_breaks_nothing(field: str) -> None:
    for payload in (FOLDER / "payloads.txt").read_text("utf-8").splitlines():
        raw = f"{payload}\x00\x0b\ufffe\ud800"
        value: object = raw
        if field == "authors":
            value = (raw,)
        elif field == "categories":
            value = (Category(term=raw, label=raw, scheme=raw),)
        entry = one(**{field: value})
        for text in (
            entry.title,
            entry.summary,
            entry.content,
            entry.text,
            entry.teaser,
            *entry.authors,
        ):
            assert "\x00" not in text
            text.encode("utf-8")
        assert "<script" not in entry.content.lower()
        assert entry.url is None or entry.url.startswith("https://")


def test_an_article_keeps_what_its_editor_wrote() -> None:
    start = datetime(2026, 12, 1, 7, tzinfo=UTC)
    entry = article(
        content='<p>Текст.</p><p>См. также: <a href="/entries/7-seven">Семь</a></p><img src="/media/b.png">',
        lead="Лид <b>статьи</b>.",
        tags=("белоруссия",),
        authors=("Редакция",),
        section="events",
        slug="dogovor",
        event=Event(start=start, place="Бережной"),
        see_also=(
            SeeAlso(title="Восемь", url="/entries/8"),
            SeeAlso(title="Мимо", url="javascript:go(1)"),
        ),
        images=(Image(url="/media/a.jpg", alt="Зал", caption="В зале", credit="Минсвязи"),),
        published_at=datetime(2026, 11, 18, 11, 5, tzinfo=UTC),
        updated_at=datetime(2026, 11, 19, tzinfo=UTC),
    )
    assert (entry.source, entry.identity, entry.url, entry.uri) == (LOCAL, "file:a.md", None, None)
    assert (entry.lead, entry.teaser, entry.text) == ("Лид статьи.", "Лид статьи.", "Текст.")
    assert '<a href="/entries/7-seven">Семь</a>' in entry.content
    assert entry.image == Image(url="/media/a.jpg", alt="Зал", caption="В зале", credit="Минсвязи")
    assert entry.see_also == (
        SeeAlso(title="Восемь", url="/entries/8"),
        SeeAlso(title="Семь", url="/entries/7-seven"),
    )
    assert (entry.section, entry.slug, entry.own_tags) == ("events", "dogovor", ("белоруссия",))
    assert entry.event == Event(start=start, place="Бережной")
    assert entry.published == datetime(2026, 11, 18, 11, 5, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 19, tzinfo=UTC)


def test_an_article_without_a_time_leaves_it_to_the_caller() -> None:
    assert article().published is None
    assert article().updated is None
    assert article().section == "news"


def test_an_article_of_190_words_reads_in_a_minute() -> None:
    line = '<p>См. также: <a href="/entries/1">Новость</a></p>' * 3
    entry = article(content=f"<p>{'слово ' * 190}</p>{line}<p>Фото (с) Минсвязи</p>")
    assert entry.reading_minutes == 1
    assert len(entry.see_also) == 1
