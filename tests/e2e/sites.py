"""Sites of invented agencies, each of another shape: what a probe has to make a source of."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape

from feedhub import clock
from tests.e2e.documents import Note, atom, rss
from tests.e2e.server import Server

HTML = "text/html; charset=utf-8"
_SUBJECTS = (
    "Ведомство открыло приём заявок на субсидии",
    "Подписано соглашение с Заозёрской областью",
    "Опубликован годовой доклад о дорогах",
    "Обновлён реестр мостов и переправ",
    "Совещание о паводке прошло в Приречье",
    "Объявлен конкурс на лучший музей района",
    "Вступил в силу порядок учёта лодок",
    "Завершена проверка речных портов",
)
_MONTHS = [
    *("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа"),
    *("сентября", "октября", "ноября", "декабря"),
]


def recent(number: int) -> datetime:
    """Return a moment some hours and days ago, whole minutes, whatever day it is."""
    return clock.now().replace(second=0) - timedelta(days=number, hours=2)


def notes(base: str = "https://agency.example", count: int = 8) -> tuple[Note, ...]:
    """Return what an invented agency has to say, newest first."""
    return tuple(
        Note(
            title=_SUBJECTS[n % len(_SUBJECTS)],
            url=f"{base}/news/{1000 - n}/",
            published=recent(n),
            body=f"Подробности: {_SUBJECTS[n % len(_SUBJECTS)].lower()}. Срок до конца месяца.",
        )
        for n in range(count)
    )


def page(body: str, *, head: str = "", title: str = "Ведомство переправ") -> str:
    text = "Сайт рассказывает о работе ведомства, его документах и приёме граждан. " * 8
    return (
        f'<!DOCTYPE html><html lang="ru"><head><title>{title}</title>{head}</head><body>'
        '<nav class="menu"><ul><li><a href="/">Главная страница</a></li><li><a href="/about/">О нас'
        '</a></li><li><a href="/docs/">Документы ведомства</a></li></ul></nav>'
        f"{body}<footer><p>{text}</p></footer></body></html>"
    )


def list_of(rows: tuple[Note, ...]) -> str:
    """Return a list of news with dates in Russian words, as many sites have it."""
    items = "".join(
        f'<div class="news-card"><span class="news-card__day">{row.published.day} '
        f"{_MONTHS[row.published.month - 1]} {row.published.year}</span>"
        f'<a class="news-card__name" href="{row.url}">{escape(row.title)}</a>'
        f"<p>{escape(row.body)}</p></div>"
        for row in rows
    )
    return f'<div class="news-cards">{items}</div>'


def with_link_element(site: Server) -> str:
    head = '<link rel="alternate" type="application/rss+xml" title="Новости" href="/feeds/all.xml">'
    site.put("/", page("<h1>Добро пожаловать</h1>", head=head), content_type=HTML)
    site.put("/feeds/all.xml", rss(notes()), content_type="application/rss+xml")
    return site.url("/")


def with_bitrix_link(site: Server) -> str:
    body = '<p>Подписка: <a href="/bitrix/rss.php?ID=7&amp;LIMIT=50">RSS</a></p>'
    site.put("/", page(body), content_type=HTML)
    site.put("/bitrix/rss.php?ID=7&LIMIT=50", rss(notes()), content_type="text/xml")
    return site.url("/")


def with_bitrix_block(site: Server) -> str:
    """A Bitrix site that links to no feed, but names the block of its news in its markup."""
    body = '<div data-params="{IBLOCK_ID: 12}" style="background: url(/bitrix/images/x.png)"></div>'
    site.put("/", page(body), content_type=HTML)
    site.put("/bitrix/rss.php?ID=12&LIMIT=50", rss(notes()), content_type="text/xml")
    return site.url("/")


def with_usual_place(site: Server) -> str:
    site.put("/", page("<h1>Добро пожаловать</h1>"), content_type=HTML)
    site.put("/rss.xml", atom(notes()), content_type="application/atom+xml")
    return site.url("/")


def with_list_only(site: Server) -> str:
    rows = notes(site.url(""))
    site.put("/news/", page(list_of(rows), title="Новости — Ведомство"), content_type=HTML)
    return site.url("/news/")


def with_news_page(site: Server) -> str:
    """A home page that only links to its news."""
    body = '<p><a href="/press/">Пресс-центр</a></p>'
    site.put("/", page(body), content_type=HTML)
    site.put("/press/", page(list_of(notes(site.url("")))), content_type=HTML)
    return site.url("/")


def with_channel(site: Server) -> str:
    messages = "".join(
        f'<div class="tgme_widget_message" data-post="pereprava/{100 - n}">'
        f'<div class="tgme_widget_message_text">{escape(row.title)}.<br>{escape(row.body)}</div>'
        f'<a class="tgme_widget_message_date" href="https://t.me/pereprava/{100 - n}">'
        f'<time datetime="{row.published.isoformat()}">10:00</time></a></div>'
        for n, row in enumerate(notes())
    )
    body = (
        '<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">'
        f'<span>Ведомство переправ</span></div></div><section class="tgme_channel_history">{messages}'
        "</section>"
    )
    site.put("/s/pereprava", f"<!DOCTYPE html><html><body>{body}</body></html>", content_type=HTML)
    return site.url("/s/pereprava")


def with_sitemap(site: Server) -> str:
    site.put("/", page("<h1>Добро пожаловать</h1>"), content_type=HTML)
    place = site.url("/maps/news.xml")
    lines = f"User-agent: *\nDisallow: /admin/\nSitemap: {site.url('/maps/all.xml')}\nSitemap: {place}\n"
    site.put("/robots.txt", lines, content_type="text/plain")
    rows = "".join(
        f"<url><loc>{row.url}</loc><news:news><news:publication><news:name>Переправа</news:name>"
        "<news:language>ru</news:language></news:publication><news:publication_date>"
        f"{row.published.isoformat()}</news:publication_date><news:title>{escape(row.title)}"
        "</news:title></news:news></url>"
        for row in notes(site.url(""))
    )
    site.put(
        "/maps/news.xml",
        '<?xml version="1.0" encoding="utf-8"?><urlset '
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>',
        content_type="application/xml",
    )
    return site.url("/")


def with_json(site: Server) -> str:
    rows = [
        {
            "id": 500 - n,
            "title": row.title,
            "url": f"/news/{500 - n}/",
            "date": row.published.isoformat(),
            "text": row.body,
        }
        for n, row in enumerate(notes())
    ]
    document = {"status": "ok", "data": {"items": rows}}
    site.put("/api/news", json.dumps(document, ensure_ascii=False), content_type="application/json")
    return site.url("/api/news")


def with_strange_json(site: Server) -> str:
    """JSON whose names say nothing: it is read by the shapes of what stands in it."""
    rows = [
        {
            "k": f"n{n}",
            "zag": row.title,
            "ssylka": f"/novost/{n}.html",
            "dt": row.published.isoformat(),
            "polnyi": row.body * 5,
        }
        for n, row in enumerate(notes())
    ]
    document = {"ans": {"spisok": rows}}
    site.put("/data", json.dumps(document, ensure_ascii=False), content_type="application/json")
    return site.url("/data")


def with_lying_encoding(site: Server) -> str:
    body = rss(notes()).decode().encode("windows-1251")
    site.put("/rss", body, content_type="text/xml; charset=utf-8")
    return site.url("/rss")


def with_suffixes(site: Server) -> str:
    """Headlines that all end with the name of the paper, and times without a zone."""
    items = "".join(
        f"<item><title>{escape(row.title)} - Речная газета</title><link>{row.url}?utm_source=rss</link>"
        f"<pubDate>{row.published:%Y-%m-%d %H:%M:%S}</pubDate></item>"
        for row in notes()
    )
    feed = f'<rss version="2.0"><channel><title>Речная газета</title>{items}</channel></rss>'
    changed = format_datetime(recent(0) - timedelta(hours=5), usegmt=True)
    site.put("/rss", feed, content_type="text/xml", headers={"Last-Modified": changed})
    return site.url("/rss")


FOUND = {
    site.__name__: site
    for site in (
        with_link_element,
        with_bitrix_link,
        with_bitrix_block,
        with_usual_place,
        with_list_only,
        with_news_page,
        with_channel,
        with_sitemap,
        with_json,
        with_strange_json,
        with_lying_encoding,
        with_suffixes,
    )
}


def made_by_scripts(site: Server) -> str:
    body = '<!DOCTYPE html><html><head><title>Портал</title><script src="/app.js"></script></head>'
    site.put("/", f'{body}<body><div id="root"></div></body></html>', content_type=HTML)
    return site.url("/")


def behind_a_check(site: Server) -> str:
    body = "<!DOCTYPE html><html><head><title>Проверка</title></head><body>Вы не робот? captcha"
    site.put("/", f"{body}</body></html>", content_type=HTML)
    return site.url("/")
