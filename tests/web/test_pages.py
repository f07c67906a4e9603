"""Pages: what stands on them, in both languages, and what every answer carries."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient

from feedhub.errors import StoreError

NBSP = "\u00a0"
PAGES = (
    "/",
    "/sections/news/",
    "/sections/articles/",
    "/tags/",
    "/tags/zarechye/",
    "/tags/svyaz,zarechye/",
    "/sources/",
    "/sources/minsvyaz/",
    "/search/",
    "/search/?q=форум",
    "/search/?q=ничего-нет",
    "/help/feeds/",
    "/entries/1-kray-i-oblast",
    "/entries/4-bez-kartinki",
    "/entries/7-forum",
    "/entries/9-vrednaya",
    "/?before=2026-11-18.7",
)
TROUBLES = ("/nope", "/tags/a++b/", "/entries/8-perenos", "/entries/500", "/feed.rss?limit=0")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(build: Callable[..., Flask], path: str, language: str) -> None:
    answer = build(language=language).test_client().get(path)
    page = answer.text
    assert answer.status_code == 200
    assert page.count("<h1") == 1
    assert f'<html lang="{language}">' in page
    assert "<main" in page and 'href="#main"' in page
    assert "style=" not in page
    assert re.findall(r"<script(?! type=\"application/ld\+json\")", page) == []
    assert len(ids := re.findall(r'\bid="([^"]+)"', page)) == len(set(ids))
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", PAGES + TROUBLES + ("/feed.rss", "/robots.txt", "/healthz"))
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_the_english_interface_has_no_russian_words_of_its_own(
    build: Callable[..., Flask],
) -> None:
    client = build(language="en", title="Herald").test_client()
    for path in ("/search/", "/nope", "/feed.rss?limit=0"):
        text = re.sub(
            r"<(nav class=\"sections\"|select).*?</(nav|select)>",
            "",
            client.get(path).text,
            flags=re.S,
        )
        assert re.findall(r"[а-яё]+", text, flags=re.IGNORECASE) == []


def test_the_russian_catalogue_is_complete() -> None:
    from babel.messages.pofile import read_po

    root = Path(__file__).resolve().parents[2] / "feedhub" / "web" / "translations"
    with (root / "ru" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="ru")
    assert len(catalogue) > 100
    for message in catalogue:
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(words), message.id
        assert not message.fuzzy


def test_every_word_of_the_templates_is_in_both_catalogues() -> None:
    from babel.messages.extract import extract_from_dir
    from babel.messages.pofile import read_po

    root = Path(__file__).resolve().parents[2]
    used = set()
    for folder, method in (
        (root / "feedhub" / "web", [("**.py", "python")]),
        (root / "templates", [("**.html", "jinja2")]),
    ):
        for _, _, message, _, _ in extract_from_dir(str(folder), method):
            used.add(message if isinstance(message, str) else message[0])
    for language in ("ru", "en"):
        path = root / "feedhub/web/translations" / language / "LC_MESSAGES/messages.po"
        with path.open("rb") as file:
            known = {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file) if m.id}
        assert used == known


def test_a_page_works_where_no_catalogue_was_compiled(sample: ModuleType, tmp_path: Path) -> None:
    from flask import Flask as Bare
    from flask import g

    from feedhub.web import language
    from feedhub.web.desk import Desk

    app = Bare("bare")
    app.before_request(lambda: setattr(g, "settings", sample.settings(language="ru")))
    language.install_languages(app, tmp_path)
    with app.test_request_context():
        app.preprocess_request()
        assert language.gettext("Latest") == "Latest"
        assert language.ngettext("%(num)s minute", "%(num)s minutes", 2) == "2 minutes"
    assert Desk.KEY not in app.extensions


def test_the_article_shows_all_its_parts(client: FlaskClient) -> None:
    page = client.get("/entries/1-kray-i-oblast").text
    for part in (
        'href="/sections/news/">Новости</a>',
        f"Край и{NBSP}область договорились о{NBSP}«цифровых сервисах» для жителей</h1>",
        ">12:14</time>",
        "изменено",
        ">12:26</time>",
        f"1{NBSP}минута",
        f"12 городах к{NBSP}1{NBSP}марта{NBSP}2027{NBSP}года",
        "<h2>Что изменится</h2>",
        f"3{NBSP}млн рублей",
        "Фото: Министерство связи Заречья",
        "Подписание соглашения в\u00a0доме связи",
        'href="/entries/3-desyat-metok">Первые окна открыты</a>',
        'href="/tags/zarechye/feed.rss"',
        '<p class="printed">http://127.0.0.1:8000/entries/1-kray-i-oblast',
    ):
        assert part in page, part
    see_also = page[page.index('class="see-also"') :]
    assert see_also[: see_also.index("</ul>")].count("<li>") == 3


def test_reading_time_has_the_right_russian_plural(client: FlaskClient) -> None:
    assert f"2{NBSP}минуты" in client.get("/entries/2-poryadok-podklyucheniya").text
    assert f"5{NBSP}минут<" not in client.get("/entries/3-desyat-metok").text
    assert re.search(f"5{NBSP}минут\\b", client.get("/entries/3-desyat-metok").text)


def test_an_external_entry_leads_to_its_original(client: FlaskClient) -> None:
    page = client.get("/entries/2-poryadok-podklyucheniya").text
    assert 'href="https://minsvyaz.example/news/2" rel="external">Оригинал</a>' in page
    assert "Здесь только краткое изложение" not in page


def test_an_entry_of_which_we_only_show_a_summary_says_so(client: FlaskClient) -> None:
    page = client.get("/entries/4-bez-kartinki").text
    assert "Здесь только краткое изложение" in page
    assert "Читать полностью у источника: Луговые вести" in page
    assert "время чтения" not in page


def test_a_withdrawn_entry_is_gone_with_headline_time_and_reason(client: FlaskClient) -> None:
    answer = client.get("/entries/8-perenos")
    assert answer.status_code == 410
    for part in ("Сообщение о\u00a0переносе сроков", "20\u00a0ноября\u00a02026, 12:30"):
        assert part in answer.text
    assert "Источник отозвал сообщение." in answer.text


def test_a_small_image_is_not_shown_in_a_list(client: FlaskClient, sample: ModuleType) -> None:
    page = client.get("/").text
    assert f"/media/{sample.PICTURE}.png" in page
    assert "b.example/photo.jpg" not in page


def test_a_day_without_a_time_shows_only_the_day(client: FlaskClient) -> None:
    page = client.get("/entries/6-open-days").text
    assert '<time datetime="2026-11-20">20\u00a0ноября\u00a02026</time>' in page
    assert '<article class="entry" lang="en">' in page


def test_entries_are_grouped_by_day(client: FlaskClient) -> None:
    page = client.get("/").text
    headings = re.findall(r"<h2><time[^>]*>([^<]+)</time></h2>", page)
    assert [h.replace(NBSP, " ") for h in headings] == [
        "Сегодня, 22 ноября",
        "Вчера, 21 ноября",
        "20 ноября 2026, пятница",
        "18 ноября 2026, среда",
    ]
    assert "Более ранние, до 18\u00a0ноября\u00a02026" in page
    assert 'href="/?before=2026-11-18.7"' in page


def test_the_own_feeds_of_a_list_come_first_in_its_head(client: FlaskClient) -> None:
    head = client.get("/tags/svyaz,zarechye/").text.partition("</head>")[0]
    links = re.findall(r'rel="alternate" type="([^"]+)" title="([^"]+)" href="([^"]+)"', head)
    base = "http://127.0.0.1:8000/tags/svyaz,zarechye/feed."
    assert [href for _, _, href in links[:3]] == [f"{base}{fmt}" for fmt in ("rss", "atom", "json")]
    assert len({title for _, title, _ in links}) == len(links)
    assert '<link rel="canonical" href="http://127.0.0.1:8000/tags/svyaz,zarechye/">' in head


def test_a_search_keeps_its_fields_in_links_and_form(client: FlaskClient) -> None:
    page = client.get("/search/?q=форум&section=events&junk=1").text
    assert "feed.rss?q=%D1%84%D0%BE%D1%80%D1%83%D0%BC&amp;section=events" in page
    assert '<option value="events" selected>' in page
    assert "junk" not in page


def test_the_tag_page_shows_names_path_children_and_weeks(client: FlaskClient) -> None:
    page = client.get("/tags/zarechye/").text
    assert "Заречный край, Заречная область" in page
    assert 'href="/tags/lugovaya-oblast/">Луговая область</a>' in page
    assert page.count("<rect") == 26
    assert 'aria-label="Записей в неделю за 26 недель; самое большее: 13' in page


def test_the_tag_list_is_grouped_and_filtered_without_case_or_yo(client: FlaskClient) -> None:
    page = client.get("/tags/").text
    assert page.index("Места") < page.index("Организации") < page.index("Темы")
    found = client.get("/tags/?q=МИНСВЯЗИ").text
    assert "Министерство связи Заречья" in found
    assert "бюджет" not in found
    nothing = client.get("/tags/?q=<b>").text
    assert "Такой метки нет." in nothing and "<b>" not in nothing


def test_sources_tell_how_they_are(client: FlaskClient) -> None:
    page = client.get("/sources/").text
    assert "Опрошен в\u00a012:21" in page or "Опрошен в 12:21" in page
    assert "is-ill" in page and "/sources/minsvyaz/feed.rss" in page


def test_help_shows_live_expressions_in_their_canonical_spelling(client: FlaskClient) -> None:
    page = client.get("/help/feeds/").text
    links = re.findall(r'href="(/tags/[^"]+)"><code>', page)
    assert len(links) >= 4
    for link in links:
        assert client.get(link).status_code == 200


def test_hostile_text_stays_text(client: FlaskClient) -> None:
    page = client.get("/entries/9-vrednaya").text
    assert "<script>alert" not in page and "</title> &" not in page
    assert "<b>связь</b>" not in page
    for graph in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page):
        assert json.loads(graph)["@context"] == "https://schema.org"
    unknown = client.get("/tags/<script>alert(1)<!--script>/").text
    assert "<script>alert" not in unknown


def test_machines_find_article_and_breadcrumbs(client: FlaskClient) -> None:
    page = client.get("/entries/1-kray-i-oblast").text
    graphs = [
        json.loads(found)
        for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    ]
    article, crumbs = graphs
    assert article["@type"] == "NewsArticle"
    assert article["datePublished"] == "2026-11-22T09:14:00+00:00"
    assert [step["position"] for step in crumbs["itemListElement"]] == [1, 2, 3]
    assert '<meta property="og:image" content="http://127.0.0.1:8000/media/' in page


def test_a_page_has_an_etag_and_answers_304(client: FlaskClient) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_crash_is_logged_with_its_path_and_says_nothing(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, logger="feedhub.web"):
        answer = client.get("/entries/500")
    assert answer.status_code == 500
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "'/entries/500'" in caplog.text


def test_a_store_that_refuses_is_a_503_to_try_again(
    build: Callable[..., Flask], sample: ModuleType
) -> None:
    class Busy(sample.FakeFlow):  # type: ignore[misc,name-defined]
        def source_index(self, store: object, settings: object, *, now: object) -> tuple[()]:
            raise StoreError("database is locked")

    answer = build(Busy()).test_client().get("/sources/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "locked" not in answer.text


def test_only_reading_is_possible(client: FlaskClient) -> None:
    answer = client.post("/", data=b"x" * 5000)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert client.get("/", data=b"x").status_code == 413


def test_a_stylesheet_carries_the_accent_and_its_hash(build: Callable[..., Flask]) -> None:
    client = build(accent="#ffee00").test_client()
    link = re.search(r'href="(/static/feedhub\.css\?v=[0-9a-f]{12})"', client.get("/").text)
    assert link is not None
    sheet = client.get(link[1])
    assert "immutable" in sheet.headers["Cache-Control"]
    assert sheet.content_type == "text/css; charset=utf-8"
    assert sheet.text.rstrip().endswith("}}")
    assert "immutable" not in client.get("/static/feedhub.css?v=old").headers["Cache-Control"]
    other = build(accent="#1d4f91").test_client().get("/").text
    assert link[1] not in other


def test_machines_get_short_answers(build: Callable[..., Flask], sample: ModuleType) -> None:
    client = build().test_client()
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").status_code == 200
    assert client.get("/favicon.ico").content_type.startswith("image/")
    assert "Disallow: /search/" in client.get("/robots.txt").text
    stalled = sample.FakeFlow(ready=(False, "no poll for 20 minutes"))
    answer = build(stalled).test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "no poll for 20 minutes\n")


def test_a_logo_is_a_file_of_ours_or_an_address(
    build: Callable[..., Flask], sample: ModuleType, tmp_path: Path
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(sample.png(4, 4))
    client = build(logo=str(file)).test_client()
    link = re.search(r'<img src="(/static/logo\?v=[0-9a-f]+)"', client.get("/").text)
    assert link is not None
    answer = client.get(link[1])
    assert (answer.content_type, answer.data) == ("image/png", file.read_bytes())
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    file.unlink()
    assert "/static/logo" not in client.get("/").text
    assert client.get("/static/logo").status_code == 404
    remote = build(logo="https://a.example/l.svg").test_client()
    assert '<img src="https://a.example/l.svg"' in remote.get("/").text
    secret = tmp_path / "config.yaml"
    secret.write_text("x")
    assert build(logo=str(secret)).test_client().get("/static/logo").status_code == 404


def test_a_forged_cursor_is_a_400_that_names_the_field(client: FlaskClient) -> None:
    answer = client.get("/?before=forged")
    assert answer.status_code == 400
    assert "«before»" in answer.text
