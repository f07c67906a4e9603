"""Lists of news in the shapes that sites really have: guessed, and proved by reading them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedhub.core.parse.page import read_page
from feedhub.model import Fetched
from feedhub.probing.reading import examine
from feedhub.probing.values import Examined

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TITLES = (
    "Открыт приём заявок на субсидии для пристаней",
    "Подписано соглашение с Заозёрской областью",
    "Опубликован годовой доклад о состоянии дорог",
    "Обновлён реестр мостов, бродов и переправ",
    "Объявлен конкурс на лучший музей района",
)
DAYS = ("20.11.2026", "18.11.2026", "17.11.2026", "12.11.2026", "3.11.2026")
WORDED = ("20 ноября 2026", "18 ноября 2026", "17 ноября 2026", "12 ноября 2026", "3 ноября 2026")
TEXT = "<p>" + "Ведомство рассказывает о своей работе, документах и приёме граждан. " * 10 + "</p>"
MENU = (
    '<ul class="main-menu"><li><a href="/a/">Структура ведомства и руководители</a></li>'
    '<li><a href="/b/">Документы и правовые акты ведомства</a></li>'
    '<li><a href="/c/">Приём и обращения граждан в ведомство</a></li></ul>'
)
POPULAR = (
    '<div class="popular"><div class="popular__row"><a href="/p/1">Читают: порядок учёта лодок'
    '</a></div><div class="popular__row"><a href="/p/2">Читают: проверка речных портов</a></div>'
    '<div class="popular__row"><a href="/p/3">Читают: расписание паромов на весну</a></div></div>'
)


def rows(template: str) -> str:
    places = zip(TITLES, DAYS, WORDED, range(len(TITLES)), strict=True)
    return "".join(
        template.format(title=title, day=day, words=words, url=f"/news/{900 - n}/", n=n)
        for title, day, words, n in places
    )


def html(body: str) -> str:
    title = "<head><title>Новости ведомства</title></head>"
    return f'<!DOCTYPE html><html lang="ru">{title}<body>{MENU}{body}{TEXT}</body></html>'


def examined(text: str, *, url: str = "https://agency.example/news/", **named: str) -> Examined:
    headers = (("content-type", named.get("content_type", "text/html; charset=utf-8")),)
    fetched = Fetched(url=url, status=200, headers=headers, body=text.encode(), body_hash="x")
    return examine(fetched, "Europe/Moscow", NOW)


SHAPES = {
    "cards with classes": rows(
        '<div class="card"><div class="card__date">{day}</div>'
        '<h3><a href="{url}">{title}</a></h3><p>Коротко о том.</p></div>'
    ),
    "a list without classes": '<ul id="list">'
    + rows('<li><i>{words}</i> <a href="{url}">{title}</a></li>')
    + "</ul>",
    "rows of a table": '<table class="news-table">'
    + rows('<tr><td>{day}</td><td><a href="{url}">{title}</a></td></tr>')
    + "</table>",
    "links that hold everything": '<div class="feed-box">'
    + rows(
        '<a class="entry" href="{url}"><b>{title}</b><time datetime="2026-11-1{n}">{words}</time></a>'
    )
    + "</div>",
    "headlines beside links to more": rows(
        '<article class="release"><span>{words}</span><h2>{title}</h2>'
        '<a href="{url}">Подробнее</a></article>'
    ),
    "pictures that link too": rows(
        '<div class="news-item"><a href="{url}"><img src="/i/{n}.jpg"></a>'
        '<a href="{url}" class="name">{title}</a><span class="when">{day}</span></div>'
    ),
    "classes that a build tool made": '<section id="press">'
    + rows('<div class="css-1ab{n}x2"><a href="{url}">{title}</a><em>{day}</em></div>')
    + "</section>",
    "wrapped on a grid": rows(
        '<div class="col-md-4"><div class="inner"><div class="tile"><a href="{url}">{title}</a>'
        '<small class="tile-date">{words}</small></div></div></div>'
    ),
    "beside a list of what is read": POPULAR
    + rows('<div class="item"><span class="date">{day}</span><a href="{url}">{title}</a></div>')
    + POPULAR.replace("/p/", "/q/"),
    "without any date": '<div class="publications">'
    + rows('<div class="publication"><a href="{url}">{title}</a></div>')
    + "</div>",
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_list_is_found_in(name: str) -> None:
    found = examined(html(SHAPES[name]))
    assert found.kind == "page", found.sentence
    best = found.lists[0]
    assert best.facts.count == len(TITLES), best
    assert best.facts.dated == (0 if name == "without any date" else len(TITLES)), best
    read = read_page(html(SHAPES[name]), url=found.url, rules=best.rules)
    assert tuple(entry.title for entry in read.entries) == TITLES
    assert read.entries[0].url == "https://agency.example/news/900/"


@pytest.mark.parametrize("name", SHAPES)
def test_selectors_name_no_class_that_changes(name: str) -> None:
    rules = examined(html(SHAPES[name])).lists[0].rules
    told = f"{rules.item} {rules.title} {rules.link} {rules.date}"
    assert "css-" not in told
    assert "col-" not in told
    assert "popular" not in told


@pytest.mark.parametrize(
    "body",
    [
        "",
        POPULAR.replace("Читают: ", "")[:160],
        rows('<nav><div class="x"><a href="{url}">{title}</a> {day}</div></nav>'),
        rows('<div class="x"><a href="https://other.example{url}">{title}</a> {day}</div>'),
        rows('<div class="x"><a href="/same/">{title}</a> {day}</div>'),
        rows('<div class="x">{title} {day}</div>'),
    ],
    ids=["no list", "too few", "a menu", "another site", "one link", "no links"],
)
def test_what_is_no_list_is_not_taken_for_one(body: str) -> None:
    found = examined(html(body))
    assert found.kind is None
    assert "without a list" in found.sentence


def test_a_page_of_scripts_is_known_and_one_of_few_words_is_not_taken_for_it() -> None:
    empty = examined('<!DOCTYPE html><html><body><script src="/a.js"></script></body></html>')
    assert empty.is_scripted
    assert "scripts make it" in empty.sentence
    assert not examined(html("")).is_scripted


def test_a_page_with_a_captcha_in_its_form_is_read_all_the_same() -> None:
    form = '<form><script src="/recaptcha/api.js"></script></form>'
    found = examined(html(form + SHAPES["cards with classes"]))
    assert found.kind == "page"
    bare = examined("<!DOCTYPE html><html><body>Вы не робот? captcha</body></html>")
    assert bare.fault == "robot_check"


@pytest.mark.parametrize(
    ("text", "content_type", "said"),
    [
        ("", "text/html", "an empty answer"),
        ("просто слова", "text/plain", "not XML"),
        ("<news/>", "text/xml", "its root is <news>"),
        ("<news><item/></news>", "text/xml", "say nothing"),
        ('{"error": "no"}', "application/json", "JSON"),
        ("[1, 2, 3]", "application/json", "JSON"),
        ("<urlset></urlset>", "text/xml", "a sitemap"),
        ("<sitemapindex></sitemapindex>", "text/xml", "a sitemap index"),
        ("<opml><body/></opml>", "text/xml", "OPML"),
        ("%PDF-1.4", "text/html", "not XML"),
    ],
)
def test_what_is_no_source_is_said_to_be_what_it_is(
    text: str, content_type: str, said: str
) -> None:
    found = examined(text, content_type=content_type)
    assert said in found.sentence
    assert found.facts.count == 0
