"""What the demonstration writes for its site can be used as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedhub.articles import ArticleFile, read_folder
from feedhub.config import load, warnings
from feedhub.core.normalise import normalise_article
from feedhub.demo import AGENCIES, TAG, write_site
from feedhub.demo.landscape import landscape
from feedhub.model import Entry, Settings

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    feeds = [(agency, f"http://127.0.0.1:{9001 + n}/feed") for n, agency in enumerate(AGENCIES)]
    return write_site(tmp_path, base_url="http://127.0.0.1:8000", feeds=feeds, now=NOW)


@pytest.fixture
def settings(config: Path) -> Settings:
    return load(config, {})


@pytest.fixture
def articles(settings: Settings) -> dict[str, ArticleFile]:
    files = read_folder(Path(settings.articles), zone=settings.site.timezone)
    return {file.path.removesuffix(".md"): file for file in files}


def test_the_configuration_has_no_fault(settings: Settings) -> None:
    assert warnings(settings) == ()
    assert [source.slug for source in settings.sources] == [agency.slug for agency in AGENCIES]
    assert [source.title for source in settings.sources] == [agency.title for agency in AGENCIES]
    assert [source.section for source in settings.sources] == [it.section for it in AGENCIES]
    assert [source.timezone for source in settings.sources] == [it.zone for it in AGENCIES]
    assert len(settings.tags) == 10
    assert TAG in [tag.slug for tag in settings.tags]


def test_only_the_agencies_ports_are_opened(settings: Settings) -> None:
    assert settings.fetch.allow_private == ("127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003")
    assert settings.fetch.gap == 0


def test_the_articles_have_no_fault(articles: dict[str, ArticleFile], settings: Settings) -> None:
    assert [file.error for file in articles.values()] == [None] * 4
    sections = {section.slug for section in settings.sections}
    assert {file.parsed.section for file in articles.values() if file.parsed} <= sections


def test_each_article_shows_something(articles: dict[str, ArticleFile]) -> None:
    parsed = {name: file.parsed for name, file in articles.items()}
    main, event, later = (
        parsed[name] for name in ("tsifrovye-servisy", "forum-svyazi", "itogi-kvartala")
    )
    assert main and event and later
    assert main.tags == (
        "белоруссия",
        "сахалинская область",
        "международное сотрудничество",
        "цифровая трансформация",
    )
    assert len(main.see_also) == 3
    assert main.images[0].credit and main.images[0].caption
    assert (main.images[0].width, main.images[0].height) == (1200, 675)
    assert main.published_at == NOW - timedelta(minutes=3)
    assert event.event and event.event.place and event.event.start > NOW
    assert later.published_at == NOW + timedelta(minutes=2)
    assert articles["chernovik"].is_draft


def _entry(file: ArticleFile) -> Entry:
    assert file.parsed is not None
    return normalise_article(
        file.parsed,
        identity=file.path,
        section="news",
        language="ru",
        zone="Europe/Moscow",
        now=NOW,
    )


def test_the_main_article_takes_one_minute_to_read(articles: dict[str, ArticleFile]) -> None:
    entry = _entry(articles["tsifrovye-servisy"])
    assert 180 <= len(entry.text.split()) <= 200
    assert entry.reading_minutes == 1


def test_the_sample_articles_of_the_project_have_no_fault() -> None:
    folder = Path(__file__).resolve().parents[2] / "articles"
    files = read_folder(folder, zone="Europe/Moscow")
    assert [file.error for file in files] == [None] * 4
    assert any(file.media for file in files)
    entries = [_entry(file) for file in files]
    assert all(entry.title and entry.teaser and entry.own_tags for entry in entries)


def test_a_picture_is_small_and_always_the_same() -> None:
    assert landscape(120, 68) == landscape(120, 68)
    assert len({landscape(120, 68, mood) for mood in range(5)}) == 5
    assert len(landscape(1200, 675)) < 200_000
