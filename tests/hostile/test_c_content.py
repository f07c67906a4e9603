"""C01 to C09 without a browser: what is stored and published is text, safe markup and http only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest

from tests.e2e.commands import service
from tests.hostile.content import SCHEMES, addresses, bodies, large, marked_addresses, scripts
from tests.hostile.payloads import PAYLOADS
from tests.hostile.server import Reply
from tests.hostile.siege import FRESH, Siege, besiege, harm, world

SCRIPTS = scripts()
_PASSIVE = (
    "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q s samp small source span "
    "strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr"
)
PASSIVE = frozenset(_PASSIVE.split())
ADDRESSES = (
    "href",
    "src",
    "srcset",
    "cite",
    "poster",
    "action",
    "formaction",
    "data",
    "background",
)
LONGEST_TEXT = 1_000_000


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    made: dict[str, Reply] = (
        SCRIPTS
        | bodies()
        | large()
        | {
            "c03-schemes": addresses(),
            "c06-utm": marked_addresses(),
        }
    )
    with world(tmp_path_factory.mktemp("content"), fetch="per_host: 64") as place:
        yield besiege(place, made)


def fresh(siege: Siege, slug: str) -> list[dict[str, Any]]:
    """Return the stored entries that came in the hostile round, by their addresses."""
    rows = [
        row
        for key, row in siege.after.items()
        if row["source"] == slug and key not in siege.before and row["title"] != FRESH
    ]
    return sorted(rows, key=lambda row: int(row["number"]))


def body(siege: Siege, slug: str) -> str:
    (row,) = fresh(siege, slug)
    return str(row["content"])


def active(html: str) -> list[str]:
    """Name everything in a piece of HTML that a browser would act upon."""
    found: list[str] = []
    if not html.strip():
        return found
    for node in lxml.html.fragment_fromstring(html, create_parent="main").iter():
        if not isinstance(node.tag, str) or node.tag not in PASSIVE | {"main"}:
            found.append(f"<{node.tag}>")
        for name, value in node.attrib.items():
            if name.startswith("on") or name in (
                "style",
                "srcdoc",
                "id",
                "name",
                "ping",
                "autofocus",
            ):
                found.append(f"{name}={value}")
            if name in ADDRESSES and not re.match(r"https?://|mailto:|/", value):
                found.append(f"{name}={value}")
    return found


def test_nothing_else_is_harmed(siege: Siege) -> None:
    assert harm(siege) == ""


@pytest.mark.parametrize("slug", SCRIPTS)
def test_no_text_keeps_an_active_node(siege: Siege, slug: str) -> None:
    rows = fresh(siege, slug)
    if slug != "c02-source":
        assert len(rows) == len(PAYLOADS)
    for row in rows:
        once = lxml.html.tostring(
            lxml.html.fragment_fromstring(row["content"], create_parent="main"), encoding="unicode"
        )
        assert active(row["content"]) == [], row
        assert active(once) == [], row


@pytest.mark.parametrize("fmt", ["rss", "atom", "json"])
@pytest.mark.parametrize("slug", SCRIPTS)
def test_no_published_field_keeps_an_active_node(siege: Siege, slug: str, fmt: str) -> None:
    _, raw = siege.published[f"/sources/{slug}/feed.{fmt}"]
    if fmt == "json":
        for item in json.loads(raw)["items"]:
            assert active(item.get("content_html", "")) == []
        return
    for escaped in re.findall(rb">([^<]*&lt;[^<]*)<", raw):
        text = lxml.html.fromstring(b"<p>" + escaped + b"</p>").text_content()
        if "Слово" not in text:  # a title: plain text that may speak of tags
            assert active(text) == [], text


@pytest.mark.parametrize("slug", [slug for slug in SCRIPTS if slug.startswith("c02")])
def test_pages_show_hostile_names_as_text(siege: Siege, slug: str) -> None:
    status, raw = siege.published[f"/sources/{slug}/"]
    assert status == 200
    page = lxml.html.fromstring(raw)
    assert not page.xpath("//main//*[@onerror or @onload or @onclick or @ontoggle or @onfocus]")
    assert not page.xpath("//main//script | //main//iframe | //main//svg[script] | //main//object")
    assert not page.xpath("//a[starts-with(normalize-space(@href), 'javascript:')]")


def test_only_web_addresses_are_stored_and_published(siege: Siege) -> None:
    assert len(fresh(siege, "c03-schemes")) == len(SCHEMES)
    for row in siege.world.query("SELECT url, enclosures FROM entry WHERE source = 'c03-schemes'"):
        assert not row["url"] or row["url"].startswith(("http://", "https://")), row
        for one in json.loads(row["enclosures"]):
            assert one["url"].startswith(("http://", "https://")), row
    for fmt in ("rss", "atom", "json"):
        text = siege.published[f"/sources/c03-schemes/feed.{fmt}"][1].decode().lower()
        for bad in ("javascript:", "vbscript:", "data:text", "file:", "blob:", "view-source:"):
            assert bad not in text, (fmt, bad)


def test_no_body_can_lie_over_a_page_or_ask_for_a_password(siege: Siege) -> None:
    for slug in ("c04-overlay", "c04-form"):
        html = body(siege, slug)
        assert active(html) == []
        for bad in ("style", "<form", "<input", "<button", "<select", "<textarea", "display:none"):
            assert bad not in html, (slug, bad)
    assert "Пароль" in body(siege, "c04-form")


def test_no_body_takes_over_names_focus_or_windows(siege: Siege) -> None:
    for slug in ("c05-clobber", "c05-ping"):
        html = body(siege, slug)
        assert not re.search(
            r"\b(?:id|name|ping|autofocus|tabindex|accesskey|target|download)=", html
        )
        assert "contenteditable" not in html
        assert "opener" not in html.replace("noopener", "")


def test_pictures_that_count_readers_are_gone_and_photos_stay(siege: Siege) -> None:
    html = body(siege, "c06-pixel")
    assert "photo.jpg" in html
    for pixel in ("p.gif", "z.gif", "s.gif"):
        assert pixel not in html


def test_marks_of_origin_make_no_second_entry(siege: Siege) -> None:
    """What a reader follows stays as its source wrote it; only what is compared loses the marks."""
    rows = fresh(siege, "c06-utm")
    assert [row["url"].partition("?")[2] for row in rows] == ["id=7&utm_source=rss"]
    keys = siege.world.query("SELECT canonical_url FROM entry WHERE source = 'c06-utm'")
    assert not [row for row in keys if "utm_" in row["canonical_url"]]


def test_relative_addresses_are_absolute_against_the_right_base(siege: Siege) -> None:
    """Without xml:base a body's addresses begin at the channel's page, the place of all of it."""
    for slug, base in {
        "c07-relative": "https://agency.example",
        "c07-based": "https://b.example/d",
    }.items():
        root = base.removesuffix("/d")
        assert re.findall(r'(?:href|src)="([^"]*)"', body(siege, slug))[:5] == [
            f"{root}/up",
            f"{root}/root",
            "https://other.example/x",
            f"{base}/?q=1",
            f"{base}/i.jpg",
        ]


def test_a_body_of_any_size_is_stored_in_bounds(siege: Siege) -> None:
    large, links = body(siege, "c08-large"), body(siege, "c08-links")
    assert 10_000 < len(lxml.html.fromstring(large).text_content()) <= LONGEST_TEXT
    assert links.count("<a ") <= 2000
    assert "ссылка 19999" in links
    for html in (large, links):
        assert active(html) == []


def test_no_picture_brings_markup_of_its_own(siege: Siege) -> None:
    html = body(siege, "c09-images")
    assert "data:" not in html
    assert "onload" not in html
    assert "srcset" not in html or "data:" not in html


def test_the_other_source_is_not_told_who_reads(siege: Siege) -> None:
    with service(siege.world.config, "--no-poll") as running:
        for path in ("/", "/sources/c06-pixel/", "/feed.rss"):
            headers = running.get(path).headers
            assert headers["referrer-policy"] == "no-referrer", path
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe-inline" not in policy
