"""Feeds whose texts, titles and addresses want to run, to spy or to dress up as our page."""

from __future__ import annotations

import json
from html import escape

from tests.hostile.documents import around
from tests.hostile.payloads import PAYLOADS
from tests.hostile.server import Reply

ENCODED = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
ATOM = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'


def cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def rss_of(slug: str, items: list[str]) -> Reply:
    """Return the feed of a source with these insides of items, each with an address of its own."""
    made = "".join(
        f"<item><link>https://{slug}.example/p{number}</link>{inner}</item>"
        for number, inner in enumerate(items)
    )
    return Reply(body=around(slug, made).replace("<rss ", f"<rss {ENCODED} ").encode())


def atom_of(slug: str, entries: list[str]) -> Reply:
    made = "".join(
        f'<entry><id>urn:{slug}:{number}</id><link href="https://{slug}.example/p{number}"/>'
        f"<updated>2026-11-05T00:00:00Z</updated>{inner}</entry>"
        for number, inner in enumerate(entries)
    )
    head = f"<id>urn:{slug}</id><title>А</title><updated>2026-11-05T00:00:00Z</updated>"
    return Reply(body=f"{ATOM}{head}{made}</feed>".encode(), content_type="application/atom+xml")


def json_of(slug: str, items: list[dict[str, object]]) -> Reply:
    made = [
        {"id": f"{slug}-{number}", "url": f"https://{slug}.example/p{number}", **inner}
        for number, inner in enumerate(items)
    ]
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "А", "items": made}
    return Reply(body=json.dumps(document).encode(), content_type="application/feed+json")


def named(number: int) -> str:
    return f"<title>Запись {number}</title>"


def scripts() -> dict[str, Reply]:
    """Return sources that have the payloads in every field of every format (C01, C02)."""
    every = list(enumerate(PAYLOADS))
    titled = [f"Слово {escape(p)}" for p in PAYLOADS]
    return {
        "c01-summary": rss_of(
            "c01-summary",
            [f"{named(n)}<description>До {escape(p)} после</description>" for n, p in every],
        ),
        "c01-content": rss_of(
            "c01-content",
            [f"{named(n)}<content:encoded>{cdata(p)}</content:encoded>" for n, p in every],
        ),
        "c01-atom": atom_of(
            "c01-atom",
            [f'{named(n)}<content type="html">{escape(p)} после</content>' for n, p in every],
        ),
        "c01-json": json_of(
            "c01-json", [{"title": f"Запись {n}", "content_html": f"<p>{p}</p>"} for n, p in every]
        ),
        "c02-title": rss_of("c02-title", [f"<title>{one}</title>" for one in titled]),
        "c02-atom-text": atom_of(
            "c02-atom-text", [f'<title type="text">{one}</title>' for one in titled]
        ),
        "c02-atom-html": atom_of(
            "c02-atom-html", [f'<title type="html">{one}</title>' for one in titled]
        ),
        "c02-json": json_of("c02-json", [{"title": f"Слово {p}"} for p in PAYLOADS]),
        "c02-people": rss_of(
            "c02-people",
            [
                f"{named(n)}<author>{escape(p)}</author><category>{escape(p)}</category>"
                for n, p in every
            ],
        ),
        "c02-source": Reply(
            body=around("c02-source")
            .replace("<title>Агентство</title>", f"<title>{escape(PAYLOADS[18])}</title>")
            .encode()
        ),
    }


SCHEMES = (
    *("javascript:hit(1)", "JaVaScRiPt:hit(1)", "java\nscript:hit(1)", "\x01javascript:hit(1)"),
    *("data:text/html,<script>hit(1)</script>", "vbscript:hit(1)", "file:///etc/passwd"),
    *("blob:https://x.example/1", "view-source:https://x.example/", "//", "http://", "mailto:a@b"),
)


def addresses() -> Reply:
    """Return a source whose addresses are none, in every field that has one (C03)."""
    items = []
    for number, raw in enumerate(SCHEMES):
        url = escape(raw.replace("\x01", ""))
        body = cdata(f'<a href="{escape(raw)}">сюда</a> <img src="{escape(raw)}">')
        items.append(
            f"<item><title>Запись {number}</title><link>{url}</link><guid>{url}</guid>"
            f'<enclosure url="{url}" type="image/png" length="9"/><comments>{url}</comments>'
            f"<content:encoded>{body}</content:encoded></item>"
        )
    body = around("c03-schemes", "".join(items)).replace("<rss ", f"<rss {ENCODED} ")
    return Reply(body=body.encode())


def marked_addresses() -> Reply:
    """Return a source that tells one release three times, under marks of three campaigns (C06)."""
    made = "".join(
        f"<item><title>Запись</title><link>https://c06-utm.example/n?id=7&amp;{mark}</link></item>"
        for mark in ("utm_source=rss", "utm_source=mail&amp;utm_medium=m", "yclid=5")
    )
    return Reply(body=around("c06-utm", made).encode())


BODIES = {
    "c04-overlay": '<div style="position:fixed;inset:0;z-index:9;background:url(//x.example/t)">к</div>'
    "<style>body{display:none}</style><font color=red size=7>т</font>",
    "c04-form": '<form action="https://x.example/"><p>Пароль</p><input type=password name=p>'
    "<button>Войти</button><select><option>1</select><textarea>т</textarea></form>",
    "c05-clobber": '<p id="q" name="main">т</p><a name="getElementById" id="body">т</a>'
    '<img name="forms" id="cookie" src="/i.jpg" width=9 height=9>',
    "c05-ping": '<a href="/x" ping="https://x.example/p" target="_top" download="x.exe" rel="opener">'
    "т</a><p autofocus tabindex=1 accesskey=s contenteditable>т</p>",
    "c06-pixel": '<p>т</p><img src="https://x.example/p.gif" width="1" height="1">'
    '<img src="https://x.example/z.gif" width=0 height=0><img src="https://x.example/s.gif" '
    'style="display:none"><img src="https://x.example/photo.jpg" width=640 height=480>',
    "c07-relative": '<a href="../up">а</a><a href="/root">б</a><a href="//other.example/x">в</a>'
    '<a href="?q=1">г</a><img src="i.jpg"><a href="#note">д</a>',
    "c09-images": '<img src="data:image/svg+xml,<svg onload=hit(1)>"><img src="/page.html">'
    '<img srcset="data:image/png,x 1x, /i.jpg 2x"><img src="/drawing.svg">',
}


def bodies() -> dict[str, Reply]:
    """Return a source for each body above (C04 to C07, C09)."""
    made = {
        slug: rss_of(slug, [f"{named(0)}<content:encoded>{cdata(body)}</content:encoded>"])
        for slug, body in BODIES.items()
    }
    based = made["c07-relative"].body.replace(b"<rss ", b'<rss xml:base="https://b.example/d/" ')
    return made | {"c07-based": Reply(body=based.replace(b"c07-relative", b"c07-based"))}


def large() -> dict[str, Reply]:
    """Return one entry of 5 MB, and one of 20,000 links (C08)."""
    links = "".join(f'<p><a href="/l{n}">ссылка {n}</a></p>' for n in range(20_000))
    words = "<p>Длинный рассказ о связи и о почте.</p>" * 70_000
    return {
        slug: rss_of(slug, [f"{named(0)}<content:encoded>{cdata(body)}</content:encoded>"])
        for slug, body in (("c08-large", words), ("c08-links", links))
    }
