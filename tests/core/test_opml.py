"""Lists of feeds: `opml/<case>.opml` gives `<case>.expected.json`; and lists made to hurt."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.opml import MOST_CHARACTERS, MOST_LEVELS, MOST_OUTLINES, Subscriptions, read_opml
from feedhub.core.parse import decode
from feedhub.errors import ParseError

CASES = sorted((Path(__file__).parent / "opml").glob("*.opml"), key=lambda path: path.name)
SECONDS = 6.0  # of CPU, for 10 MiB


def read(body: bytes) -> Subscriptions:
    return read_opml(decode(body, content_type=None).text)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_list_gives_what_its_case_expects(case: Path) -> None:
    found = read(case.read_bytes())
    told = {
        "feeds": [asdict(feed) for feed in found.feeds],
        "problems": [str(problem) for problem in found.problems],
    }
    expected = json.loads(case.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(told)) == expected


def test_every_case_has_its_expectation_and_the_other_way_round() -> None:
    named = {path.name.removesuffix(".expected.json") for path in CASES[0].parent.glob("*.json")}
    assert named == {case.stem for case in CASES}
    assert len(CASES) > 20


@pytest.mark.parametrize("codec", ["cp1251", "utf-8", "utf-16", "koi8-r", "cp866"])
@pytest.mark.parametrize("is_declared", [True, False])
def test_the_encoding_does_not_matter(codec: str, is_declared: bool) -> None:
    label = {"cp1251": "windows-1251"}.get(codec, codec)
    prolog = f'<?xml version="1.0" encoding="{label}"?>' if is_declared else ""
    text = f"""{prolog}<opml><body><outline text="Министерства и ведомства">
        <outline text="Служба погоды и ветра: новости" xmlUrl="https://a.example/rss"/>
        </outline></body></opml>"""
    (feed,) = read(text.encode(codec)).feeds
    assert feed.title == "Служба погоды и ветра: новости"
    assert feed.folders == ("Министерства и ведомства",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no OPML"),
        ("просто слова", "no OPML"),
        ("<html><body><p>вход</p></body></html>", "an HTML page"),
        ('<rss version="2.0"><channel><title>a</title></channel></rss>', "a feed itself"),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>a</name></author></feed>',
            "a feed",
        ),
        ("<opml><head/><body></body></opml>", "no <outline>"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ParseError, match=sentence):
        read_opml(text)


def test_a_deep_list_keeps_the_outermost_folders() -> None:
    depth = MOST_OUTLINES - 1
    folders = "".join(f'<outline text="{level}">' for level in range(depth))
    (feed,) = read_opml(f'<opml><body>{folders}<outline xmlUrl="https://a.example/"/>').feeds
    assert feed.folders == tuple(map(str, range(MOST_LEVELS)))


def test_as_many_outlines_as_allowed_are_read_and_one_more_is_refused() -> None:
    rows = [f'<outline text="а" xmlUrl="https://a.example/{at}"/>' for at in range(MOST_OUTLINES)]
    assert len(read_opml("<opml>" + "\n".join(rows)).feeds) == MOST_OUTLINES
    with pytest.raises(ParseError, match="more than 20,000 outlines"):
        read_opml("<opml>" + "\n".join([*rows, "<outline/>"]))


def filled(*, before: str = "", part: str, after: str = "") -> Callable[[], str]:
    """Return what makes a list as large as a list may be."""
    room = MOST_CHARACTERS - len(before) - len(after)
    return lambda: before + part * (room // len(part)) + after


O = "<opml><body><outline "  # noqa: E741
HOSTILE = {
    "signs": filled(part="<"),
    "comments": filled(part="<!---->"),
    "comments that do not end": filled(part="<!--"),
    "ends": filled(part="</outline>"),
    "bodies": filled(part="<body>"),
    "names": filled(part="<name>"),
    "channels": filled(before="<name>a</name>", part='<channel about="a">'),
    "prefixes": filled(part="<a:"),
    "a subset that does not end": filled(before="<!DOCTYPE a [", part="]  "),
    "doctypes": filled(part="<!DOCTYPE "),
    "deep": filled(part='<outline text="a">'),
    "quotes that do not end": filled(part='<outline a="'),
    "quotes of one tag": filled(before=O, part='a=" '),
    "quotes of both kinds": filled(before=O, part="a='\" "),
    "words": filled(before=O, part="a "),
    "one word": filled(before=O, part="a"),
    "blanks": filled(before=O, part=" "),
    "line ends": filled(before=O, part="\n", after=' xmlUrl="https://a.example/"/>'),
    "attributes": filled(before=O, part='a="" '),
    "signs in a value": filled(before=O + 'text="', part="<", after='"/>'),
    "references": filled(before=O + 'xmlUrl="https://a.example/', part="&amp;", after='"/>'),
    "addresses": filled(before=O + 'url="', part="a.opml?", after='"/>'),
    "categories": filled(before=O + 'xmlUrl="a" category="', part="/,", after='"/>'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_list_made_to_hurt_costs_little(name: str) -> None:
    text = HOSTILE[name]()
    start = time.process_time()
    try:
        found = read_opml(text)
    except ParseError as refused:
        assert len(str(refused)) < 200
    else:
        assert sum(len(str(it)) for it in (*found.feeds, *found.problems)) < 10_000_000
    assert time.process_time() - start < SECONDS


def test_a_list_that_is_too_large_is_refused_at_once() -> None:
    with pytest.raises(ParseError, match="larger than 10 MiB"):
        read_opml("<outline/>" * (MOST_CHARACTERS // 10 + 1))


PIECES = st.sampled_from(
    [
        *("<outline ", "<outline>", "</outline>", "<body>", "<head>", "<!--", "-->", "<![CDATA["),
        *("]]>", 'text="', "text='", 'xmlUrl="', "https://a.example/", "url=", '"', "'", ">", "/>"),
        *("<", "&", "&amp;", "&#", ";", "=", " ", "\n", "я", "\x00", "<!DOCTYPE x [", "]>", ","),
        'category="',
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(deadline=None)
def test_whatever_is_read_has_an_address_and_a_line(text: str) -> None:
    lines = text.count("\n") + 1
    try:
        found = read_opml(text)
    except ParseError:
        assert not re.search(r"<outline[ >/]", re.sub(r"<!.*|<\?.*", "", text, flags=re.DOTALL))
        return
    assert all(feed.url.strip() == feed.url != "" for feed in found.feeds)
    assert len({feed.url for feed in found.feeds}) == len(found.feeds)
    assert all(1 <= feed.line <= lines for feed in found.feeds)
    assert all(1 <= problem.line <= lines for problem in found.problems)
    assert list(found.problems) == sorted(found.problems, key=lambda it: it.line)


def test_a_real_list_is_read(shared: Path) -> None:
    found = read((shared / "feeds" / "opml_win1251.xml").read_bytes())
    assert [(feed.title, feed.folders) for feed in found.feeds] == [
        ("пример2", ("папка",)),
        ("пример1", ()),
    ]
    assert found.problems == ()
