"""The small pure functions: typography, times, teasers, colours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from feedhub.web import colours, times, wording
from feedhub.web.conditional import without_suffixes
from feedhub.web.desk import base_path
from feedhub.web.filters import bars
from feedhub.web.typography import typography, typography_html

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("и в доме", "и~в~доме"),
        ("В Москве", "В~Москве"),
        ("Москва — столица", "Москва~— столица"),
        ("5 км пути", "5~км пути"),
        ("3 млн рублей", "3~млн рублей"),
        ("7 % годовых", "7~% годовых"),
        ("22 ноября 2026 года", "22~ноября~2026~года"),
        ("№ 5", "№~5"),
        ("так или иначе", "так или иначе"),
        ("кто-то в-пятых во сне", "кто-то в-пятых во~сне"),
        ("«в кавычках» - дефис", "«в~кавычках» - дефис"),
        ("plain English in a line", "plain English in a line"),
    ],
)
def test_typography_changes_spaces_only(text: str, wanted: str) -> None:
    found = typography(text)
    assert found == wanted.replace("~", "\u00a0")
    assert found.replace("\u00a0", " ") == text


def test_typography_leaves_tags_attributes_and_code_alone() -> None:
    html = "<p title=\"и в > доме\">и в доме <code>и в доме</code> <img alt='и в'> о нём</p>"
    found = typography_html(html)
    assert found == (
        '<p title="и в > доме">и\u00a0в\u00a0доме <code>и в доме</code> '
        "<img alt='и в'> о\u00a0нём</p>"
    )


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (datetime(2026, 11, 22, 7, 14, tzinfo=UTC), "10:14"),
        (datetime(2026, 11, 21, 21, 0, tzinfo=UTC), "00:00"),
        (datetime(2026, 11, 21, 20, 59, tzinfo=UTC), "21~ноября~2026, 23:59"),
        (datetime(2025, 11, 22, 7, 14, tzinfo=UTC), "22~ноября~2025, 10:14"),
    ],
)
def test_a_time_of_today_is_a_clock_time(at: datetime, wanted: str) -> None:
    assert times.moment(at, NOW, MOSCOW, "ru") == wanted.replace("~", "\u00a0")


def test_a_minute_is_no_edit(sample: ModuleType) -> None:
    entry = sample.ENTRIES[1]
    changed = sample.replace(entry, updated=entry.published + timedelta(seconds=59))
    assert not times.is_edited(changed)
    assert times.is_edited(sample.replace(entry, updated=entry.published + timedelta(minutes=1)))


def test_a_teaser_ends_with_a_whole_word() -> None:
    assert wording.teaser("слово " * 100, 20) == "слово слово слово…"
    assert wording.teaser("коротко") == "коротко"
    assert wording.teaser("о" * 400, 20) == "о" * 19 + "…"


def test_a_lead_that_begins_the_text_is_not_shown_twice(sample: ModuleType) -> None:
    article = sample.ARTICLE
    assert wording.has_own_lead(article)
    again = sample.replace(article, content=f"<p>{article.summary} И дальше.</p>")
    assert not wording.has_own_lead(again)


def test_an_image_that_stands_in_the_text_is_not_set_above_it(sample: ModuleType) -> None:
    article = sample.ARTICLE
    assert wording.lead_image(article) == article.image
    inside = sample.replace(article, content=f'<img src="{article.image.url}">')
    assert wording.lead_image(inside) is None


@pytest.mark.parametrize(
    "accent", ["#1d4f91", "#ffee00", "#000000", "#ffffff", "#7f7f7f", "#f00baa"]
)
def test_any_accent_becomes_readable_on_both_grounds(accent: str) -> None:
    colour = colours.parse_colour(accent)
    assert colour is not None
    day = colours.readable(colour, colours.PAPER, colours.BLACK, colours.BY_DAY)
    night = colours.readable(colour, colours.NIGHT, colours.WHITE, colours.BY_NIGHT)
    assert colours.contrast(day, colours.PAPER) >= 4.5
    assert colours.contrast(night, colours.NIGHT) >= 4.5


def test_a_good_accent_is_taken_as_it_is() -> None:
    assert ":root{--accent:#1d4f91}" in colours.accent_rules("#1d4f91")


@pytest.mark.parametrize("bad", ["red", "#fff", "#12345g", "#1d4f91;}body{display:none", ""])
def test_anything_but_a_colour_never_reaches_the_stylesheet(bad: str) -> None:
    assert colours.accent_rules(bad) == colours.accent_rules(colours.DEFAULT)


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ('"abc-gzip"', '"abc"'),
        ('W/"abc;gzip"', 'W/"abc"'),
        ('"a-br", "b"', '"a", "b"'),
        ('"abc"-gzip', '"abc"'),
        ('"gzip"', '"gzip"'),
        ("*", "*"),
    ],
)
def test_suffixes_of_proxies_are_cut(sent: str, wanted: str) -> None:
    assert without_suffixes(sent) == wanted


def test_bars_fit_their_chart() -> None:
    found = bars((0, 1, 1000))
    assert [bar["height"] for bar in found] == [1, 2, 48]
    assert all(bar["y"] + bar["height"] == 48 for bar in found)
    assert bars(()) == []


@pytest.mark.parametrize(
    ("base", "path"),
    [("https://a.example", ""), ("https://a.example/n", "/n"), ("http://127.0.0.1:80/n/", "/n")],
)
def test_the_folder_of_a_site_is_the_path_of_its_address(base: str, path: str) -> None:
    assert base_path(base) == path
