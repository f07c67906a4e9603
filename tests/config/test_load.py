"""Good configurations: what `load` makes of them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub import __version__
from feedhub.config import load, warnings
from feedhub.config.values import _CODECS, codec
from feedhub.model import FetchSettings, Settings, Source, TagSpec, Timeout

HERE = Path(__file__).parent / "accepted"
ROOT = Path(__file__).resolve().parents[2]
BASE = "site: {title: Портал}\nsections: [{slug: news, title: Новости}]\n"


@pytest.fixture(scope="module")
def everything() -> Settings:
    return load(HERE / "everything.yaml", {})


def loaded(folder: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {})


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_accepted_file_loads_without_a_doubt(path: Path) -> None:
    assert load(path, {}).path == str(path)
    assert warnings(load(path, {})) == ()


def test_the_sample_of_the_project_loads_without_a_doubt() -> None:
    settings = load(ROOT / "config.yaml", {})
    assert [it.slug for it in settings.sections] == [
        "companies",
        "news",
        "press-releases",
        "events",
        "articles",
    ]
    assert settings.site.title == "PIAROFF"
    assert len(settings.sources) >= 5
    assert len(settings.tags) >= 10
    assert warnings(settings) == ()


def test_the_least_file_has_every_default() -> None:
    settings = load(HERE / "least.yaml", {})
    assert settings.site.base_url == "http://127.0.0.1:8000"
    assert settings.database == f"sqlite:///{HERE}/feedhub.db"
    assert settings.articles == str(HERE / "articles")
    agent = f"FeedHub/{__version__} (+http://127.0.0.1:8000)"
    assert settings.fetch == FetchSettings(user_agent=agent)
    assert (settings.sources, settings.tags, settings.sections) == ((), (), ())


def test_the_site_is_read_whole(everything: Settings) -> None:
    site = everything.site
    assert site.base_url == "https://xn--b1amnebsh.example:8443/портал"
    assert (site.language, site.timezone, site.accent) == ("en", "Asia/Sakhalin", "#abcdef")
    assert site.logo == str(HERE / "everything.yaml")


def test_paths_begin_at_the_folder_of_the_file(everything: Settings) -> None:
    assert everything.database == f"sqlite:///{HERE}/var/feeds.db"
    assert everything.articles == str(HERE / ".." / "texts")


def test_limits_are_numbers_of_seconds_and_bytes(everything: Settings) -> None:
    fetch = everything.fetch
    assert (fetch.concurrency, fetch.per_host, fetch.gap) == (8, 1, 0.25)
    assert fetch.timeout == Timeout(connect=2, total=60)
    assert fetch.max_bytes == 3 * 512 * 1024
    assert fetch.user_agent == f"Portal {__version__} {everything.site.base_url}"
    assert fetch.allow_private[0] == "127.0.0.1:8081"
    assert fetch.ca_bundle == str(HERE / "everything.yaml")


def test_a_source_inherits_what_it_does_not_say(everything: Settings) -> None:
    first = everything.sources[0]
    assert first == Source(
        slug="agency-example",
        title="agency.example",
        url="HTTPS://Agency.example/rss?a[]=1&б=2",
        section="press",
        tags=("связь", "2026"),
        every=timedelta(hours=1),
        timezone="Asia/Sakhalin",
        headers=(("Accept-Language", "ru"),),
        timeout=Timeout(connect=3, total=5),
        language="en",
    )


def test_a_source_own_key_wins_over_the_defaults(everything: Settings) -> None:
    second = everything.sources[1]
    assert second == Source(
        slug="loopback",
        title="Петля",
        url="http://127.0.0.1:8081/feed",
        section="news",
        every=timedelta(seconds=1),
        timezone="Europe/Minsk",
        encoding="cp1251",
        body="none",
        ca_bundle=str(HERE / "everything.yaml"),
        headers=(("Authorization", "Bearer abc"), ("X-Number", "5")),
        include="министр|связ",
        categories=(("ИТ", "информационные технологии"), ("Разное", None), ("2026", "2026")),
        max_age=timedelta(days=30),
        language="en",
        paused=True,
    )


def test_auto_takes_back_a_default_pace(everything: Settings) -> None:
    third = everything.sources[2]
    assert (third.slug, third.title) == ("xn--b1aew-example", "мвд.example")
    assert (third.every, third.encoding) == (None, None)


def test_tags_are_read_whole(everything: Settings) -> None:
    assert everything.tags == (
        TagSpec(
            name="Белоруссия",
            slug="belorussiya",
            kind="place",
            aliases=("Беларусь", "РБ", "беларусь"),
            parent="СНГ",
            match=("белоруссия", "=РБ", r"/белорус\w+/"),
            unless_near=("Китай",),
        ),
        TagSpec(name="2026"),
    )
    assert (everything.tagging.title, everything.tagging.lead) == (4, 2.5)
    assert (everything.tagging.body, everything.tagging.threshold) == (1, 2)
    assert (everything.feeds.items, everything.feeds.max_items) == (20, 100)


def test_yaml_beyond_the_plain_part_means_what_it_says() -> None:
    settings = load(HERE / "unusual-yaml.yaml", {})
    assert settings.site.title == "Портал новостей,"
    assert settings.sections[0].title == "Новости!"
    first, second = settings.sources
    assert (first.slug, first.url) == ("first", "https://agency.example/rss")
    assert first.tags == second.tags == ("связь", "it's")
    assert (second.slug, second.url) == ("second", "https://other.example/rss")


def test_the_environment_names_another_database(tmp_path: Path) -> None:
    url = "postgresql://feedhub@db.example/feeds"
    assert loaded(tmp_path, BASE, {"FEEDHUB_DATABASE": url}).database == url
    relative = loaded(tmp_path, BASE, {"FEEDHUB_DATABASE": "sqlite:///x.db?timeout=5"})
    assert relative.database == f"sqlite:///{tmp_path}/x.db?timeout=5"
    assert loaded(tmp_path, BASE, {"FEEDHUB_DATABASE": ""}).database.endswith("/feedhub.db")


def test_an_absolute_database_stays_where_it_is(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + "database: sqlite:////var/lib/feedhub.db\n")
    assert settings.database == "sqlite:////var/lib/feedhub.db"


def test_a_file_from_windows_reads_the_same(tmp_path: Path) -> None:
    body = "\ufeff" + (HERE / "everything.yaml").read_text(encoding="utf-8")
    path = tmp_path / "config.yaml"
    path.write_bytes(body.replace("\n", "\r\n").replace("everything.yaml", "config.yaml").encode())
    assert load(path, {}).sources[1].title == "Петля"


def test_a_relative_path_of_the_file_makes_absolute_settings() -> None:
    relative = Path(os.path.relpath(HERE / "least.yaml"))
    settings = load(relative, {})
    assert not relative.is_absolute()
    assert Path(settings.path).is_absolute()
    assert Path(settings.articles).is_absolute()


def test_a_zone_falls_back_to_the_site_and_not_to_moscow(tmp_path: Path) -> None:
    text = "site: {title: a, timezone: Asia/Omsk}\nsections: [{slug: news, title: a}]\n"
    settings = loaded(tmp_path, text + "sources: [{url: 'https://a.example/'}]\n")
    assert settings.sources[0].timezone == "Asia/Omsk"


def test_names_are_kept_in_one_unicode_form(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + 'tags: [{name: " и\u0306од "}]\n')
    assert settings.tags[0].name == "йод"


def test_no_yes_and_dates_are_words(tmp_path: Path) -> None:
    settings = loaded(tmp_path, BASE + "tags: [{name: no, aliases: [on, 12:30, 2026-11-22]}]\n")
    assert (settings.tags[0].name, *settings.tags[0].aliases) == ("no", "on", "12:30", "2026-11-22")


@pytest.mark.parametrize("name", sorted(_CODECS))
def test_every_encoding_on_the_list_is_known_to_python_and_makes_text(name: str) -> None:
    assert codec(name) == name
    assert isinstance("a".encode(name).decode(name), str)


@pytest.mark.parametrize("name", ["UTF8", "utf_8", "Windows-1251", "latin-1", "KOI8-R", "gb2312"])
def test_encodings_are_known_under_their_usual_names(name: str) -> None:
    assert codec(name) in _CODECS
