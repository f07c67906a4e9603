"""Cleaning a body: safe, balanced, absolute, stable; and what is read off it."""

from __future__ import annotations

import time
from pathlib import Path

import lxml.html
import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.normalise.allowed import ATTRIBUTES, BOXES, HOLDERS, INLINE, PARAGRAPHS, VOID
from feedhub.core.normalise.html import Cleaned, clean
from feedhub.core.normalise.text import plain
from feedhub.model import SeeAlso

FOLDER = Path(__file__).parents[2] / "data" / "normalise"
CASES = sorted(path for path in (FOLDER / "bodies").glob("*.html") if ".expected." not in path.name)
PAYLOADS = (FOLDER / "payloads.txt").read_text("utf-8").splitlines()
BASE = "https://agency.example.org/news/1"

WRITTEN = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "width", "height"},
    **{tag: names for tag, names in ATTRIBUTES.items() if tag not in ("a", "img")},
}
KNOWN = (INLINE | PARAGRAPHS | HOLDERS | VOID) - BOXES

AS_BROWSER = nh3.Cleaner(
    tags=set(KNOWN), attributes=WRITTEN, link_rel=None, url_schemes={"http", "https", "mailto"}
)


def cleaned(html: str) -> Cleaned:
    return clean(html, base=BASE)


def active(html: str) -> list[str]:
    """Every node, attribute or address that a browser would act upon."""
    if not html:
        return []
    found: list[str] = []
    for node in lxml.html.fragment_fromstring(html, create_parent="main").iter():
        if not isinstance(node.tag, str) or node.tag not in {*KNOWN, "main"}:
            found.append(f"<{node.tag}>")
        for name, value in node.attrib.items():
            if name not in WRITTEN.get(str(node.tag), ()):
                found.append(f"{node.tag} {name}")
            if name in ("href", "src") and not value.startswith(("https:", "http:", "mailto:")):
                found.append(value)
    return found


def assert_stable(html: str) -> None:
    """A browser's parser keeps it to the letter, and so does a second cleaning."""
    assert AS_BROWSER.clean(html).replace("&nbsp;", "\u00a0") == html.replace("&#x27;", "'")
    assert cleaned(html).html == html


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_body_becomes_the_html_of_its_case(case: Path) -> None:
    found = cleaned(case.read_text("utf-8")).html
    assert found == case.with_suffix(".expected.html").read_text("utf-8")
    assert_stable(found)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_body_has_no_active_node(payload: str) -> None:
    for body in (payload, f"<p>до {payload} после</p>", f"<div><a href='/x'>{payload}"):
        found = cleaned(body).html
        assert active(found) == []
        assert_stable(found)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_headline_is_text_without_an_active_node(payload: str) -> None:
    found = plain(f"Новость {payload}")
    assert found.startswith("Новость")
    assert active(f"<p>{found}</p>") == []
    assert "onerror=go(1)>" not in found


def test_there_are_64_hostile_payloads() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) == 64


PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<b>", "</b>", "<div>", "</div>", "<ul>", "</ul>", "<li>", "<br>", "<hr>"),
        *("<a href='/x'>", "</a>", "<table>", "<tr>", "<td>", "</table>", "<pre>", "</pre>"),
        *("<h1>", "</h1>", "<blockquote>", "</blockquote>", "<figure>", "</figure>"),
        *("<figcaption>", "<img src='/i.jpg'>", "<dl>", "<dt>", "<dd>", "</dl>", "<i>", "</i>"),
        *("слово", " ", "\n", "&nbsp;", "&lt;", "<!-- -->", "<details>", "<summary>", "<svg>"),
        *("</table>", "<caption>", "<em>", "</em>", "<span>", "x y", "<code>", "</code>"),
    ]
)


@given(st.lists(PIECES, max_size=24))
@settings(max_examples=300, deadline=None)
def test_any_soup_of_tags_is_stable_and_balanced(pieces: list[str]) -> None:
    html = cleaned("".join(pieces)).html
    assert active(html) == []
    assert_stable(html)


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_stable_and_fit_for_xml(raw: str) -> None:
    found = cleaned(raw)
    assert_stable(found.html)
    assert all(char in "\t\n" or char >= " " for char in found.html + found.text)


def test_text_has_paragraphs_and_lines() -> None:
    found = cleaned(
        "<h2>Итоги</h2><p>Раз<br>два</p><ul><li>три<li>четыре</ul><p>пять &amp; шесть</p>"
    )
    assert found.text == "Итоги\n\nРаз\nдва\nтри\nчетыре\n\nпять & шесть"
    assert found.prose == ("Раз\nдва", "три", "четыре", "пять & шесть")


def test_a_see_also_line_stays_in_the_body_and_leaves_the_text() -> None:
    line = 'См. также: <a href="/n/1">О связи</a>, <a href="/n/2">О почте</a> &gt;&gt;&gt;'
    found = cleaned(f"<p>Текст.</p><p>{line}</p><p>Ещё текст.</p>")
    assert "См. также" in found.html
    assert found.text == "Текст.\n\nЕщё текст."
    assert found.see_also == (
        SeeAlso(title="О связи", url="https://agency.example.org/n/1"),
        SeeAlso(title="О почте", url="https://agency.example.org/n/2"),
    )


@pytest.mark.parametrize(
    "lines",
    [
        "<h3>Читайте также:</h3><ul><li><a href='/n/1'>О связи</a></ul>",
        "<p><b>Читайте также</b><br><a href='/n/1'>О связи</a> >>></p>",
        "<p>Материалы по теме: <a href='/n/1'>О связи</a></p>",
        "<p>Read also: <a href='/n/1'>О связи</a></p>",
    ],
)
def test_see_also_lines_are_known_in_their_usual_shapes(lines: str) -> None:
    found = cleaned(f"<p>Текст.</p>{lines}")
    assert [each.title for each in found.see_also] == ["О связи"]
    assert found.text == "Текст."


@pytest.mark.parametrize(
    "line",
    [
        "По теме совещания выступил министр, <a href='/n/1'>подробности здесь</a>.",
        "См. также приложение, где <a href='/n/1'>перечень</a> дополнен новыми видами работ.",
        "Читайте закон.",
    ],
)
def test_a_sentence_that_only_begins_alike_stays_text(line: str) -> None:
    found = cleaned(f"<p>{line}</p>")
    assert found.see_also == ()
    assert found.text


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("Фото (с) Минсвязи Приречья", "Минсвязи Приречья"),
        ("Фото (c) Минсвязи Приречья", "Минсвязи Приречья"),
        ("Фото: И. Градов / Агентство «Берег»", "И. Градов / Агентство «Берег»"),
        ("Фото — пресс-служба", "пресс-служба"),
        ("Photo: Jane Roe", "Jane Roe"),
        ("Photo by Jane Roe", "Jane Roe"),
        ("© пресс-служба думы", "пресс-служба думы"),
        ("<i>(Фото: И. Градов)</i>", "И. Градов"),
    ],
)
@pytest.mark.parametrize(
    "shape", ["<p>{0}</p><p>Текст.</p>", "<p>Текст.</p><p>{0}</p>", "Текст.<br>{0}"]
)
def test_a_photo_credit_at_either_end_leaves_text_and_body(line: str, who: str, shape: str) -> None:
    found = cleaned(shape.format(line))
    assert found.credit == who
    assert found.text == "Текст."
    assert who not in found.uncredited
    assert who in found.html


@pytest.mark.parametrize(
    "line",
    [
        "Фото дня выбрали читатели.",
        "© 1998-2026 Редакция «Берега»",
        "Фотография в паспорте обязательна",
    ],
)
def test_a_line_about_photographs_is_no_credit(line: str) -> None:
    found = cleaned(f"<p>Текст.</p><p>{line}</p>")
    assert found.credit == ""
    assert line in found.text


def test_a_caption_goes_to_its_picture_without_the_credit() -> None:
    found = cleaned((FOLDER / "bodies" / "figure.html").read_text("utf-8"))
    assert (found.images[0].caption, found.images[0].credit) == ("Открытие зала", "И. Градов")
    assert found.text == "Открытие зала\n\nТекст"
    assert found.prose == ("Текст",)


def test_own_addresses_stay_relative_only_where_they_may() -> None:
    html = '<a href="/entries/1-a">наше</a> <img src="/media/a.jpg"> <a href="x">иное</a>'
    assert clean(html, base=None).html == "<p>наше иное</p>"
    assert clean(html, base=None, keep_relative=True).html == (
        '<p><a href="/entries/1-a">наше</a> <img src="/media/a.jpg" alt=""> иное</p>'
    )


@pytest.mark.parametrize(
    "address", ["/\\evil.example", "//evil.example/x", "/%09/evil", "/\t/evil.example"]
)
def test_another_host_does_not_pass_for_ours(address: str) -> None:
    found = clean(f'<a href="{address}">x</a>', base=None, keep_relative=True).html
    assert 'href="//' not in found
    assert 'href="/\\' not in found
    assert "\t" not in found


def test_a_huge_text_is_cut_at_a_block_and_told() -> None:
    found = cleaned("<p>Слово за словом.</p>" * 80_000)
    assert 990_000 < len(found.html.replace("<p>", "").replace("</p>", "")) <= 1_000_000
    assert found.html.endswith("<p>Слово за словом.</p>")
    assert found.problems == ("the text was cut at 1000000 characters",)


def test_a_huge_paragraph_is_cut_at_a_word() -> None:
    found = cleaned("слово " * 300_000)
    assert 999_900 < len(found.text) <= 1_000_000
    assert found.text.endswith("слово")


def test_the_2001st_link_and_all_after_it_are_words_only() -> None:
    found = cleaned('<p><a href="/x">w</a> ' * 20_000)
    assert found.html.count("<a ") == len(found.links) == 2_000
    assert found.problems == ("only the first 2000 links were kept",)


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + "x" + "</div>" * 100_000,
        "".join(f"<b title={n}><p>x" for n in range(10_000)),
        "".join(f"<font size={n}>" for n in range(20_000)) + "<p>x" * 20_000,
        "<ul><li>" * 50_000 + "x",
        "<table><tr><td>" * 20_000 + "x",
        "<!--" * 100_000 + "x",
        "&lt;" * 200_000,
        "<" * 300_000,
        "<a href='" * 50_000,
        "x <span><w:p/>" * 20_000,
        "См. также " * 50_000,
        "Фото: " * 100_000,
        "\n" * 300_000 + "x",
        "<p>x</p>" + "<b><i>" * 50_000 + "<p>y</p>" * 5_000,
    ],
    ids=lambda body: body[:14].strip() or "lines",
)
def test_a_body_made_to_burn_time_is_done_soon(body: str) -> None:
    start = time.process_time()
    found = cleaned(body)
    assert time.process_time() - start < 5
    assert active(found.html) == []


def test_office_markup_costs_no_formatting() -> None:
    body = "<p><b>Текст</b></p><xml>" + '<w:LsdException Locked="false"/>' * 600 + "</xml>"
    found = cleaned(body)
    assert "<b>Текст</b>" in found.html
    assert found.problems == ()
