"""Lead picture, counters, best candidates, enclosures."""

from __future__ import annotations

from functools import partial

import pytest

from feedhub.core.normalise import media
from feedhub.core.normalise.urls import absolute_url
from feedhub.model import Enclosure, Image

BASE = "https://agency.example.org/news/1"
resolve = partial(absolute_url, base=BASE)


def lead(
    images: tuple[Image, ...] = (),
    found: tuple[Image, ...] = (),
    enclosures: tuple[Enclosure, ...] = (),
    credit: str = "",
) -> Image | None:
    return media.lead_image(images, found, enclosures, resolve=resolve, credit=credit)


def a(name: str, **rest: object) -> Image:
    return Image(url=f"https://agency.example.org/{name}", **rest)  # type: ignore[arg-type]


def test_the_widest_picture_the_document_names_leads() -> None:
    assert lead((a("s.jpg", width=200), a("l.jpg", width=900)), (a("body.jpg"),)) == a(
        "l.jpg", width=900
    )


def test_an_enclosed_picture_leads_before_one_of_the_body() -> None:
    file = Enclosure(url="/e.jpg", type="image/jpeg", length=10)
    assert lead((), (a("body.jpg"),), (file,)) == a("e.jpg", type="image/jpeg", length=10)


def test_an_enclosed_file_that_is_no_picture_does_not_lead() -> None:
    assert (
        lead((), (), (Enclosure(url="/e.mp3", type="audio/mpeg"), Enclosure(url="/e.pdf"))) is None
    )


def test_one_picture_named_twice_is_one_with_all_that_is_known() -> None:
    found = lead(
        (a("e.jpg", width=640),), (), (Enclosure(url="/e.jpg", type="image/jpeg", length=7),)
    )
    assert found == a("e.jpg", width=640, type="image/jpeg", length=7)


def test_the_first_real_picture_of_the_body_leads() -> None:
    body = (a("i/icon.png", width=16, height=16), a("emoji/1f600.png"), a("photo.jpg"), a("b.jpg"))
    assert lead((), body) == a("photo.jpg")


def test_a_counter_or_an_unusable_address_never_leads() -> None:
    assert (
        lead((a("x.gif", width=1, height=1), Image(url="javascript:go(1)"), Image(url="data:x")))
        is None
    )
    assert lead((Image(url="https://mc.yandex.ru/watch/1"),)) is None
    assert lead() is None


def test_what_the_body_says_of_the_same_picture_fills_gaps() -> None:
    twin = a("p.jpg", alt="Зал", caption="Открытие зала", credit="И. Градов", width=800)
    assert lead((a("p.jpg"),), (twin,)) == twin


def test_the_credit_is_the_pictures_own_before_its_captions_before_the_bodys() -> None:
    own = lead((a("p.jpg", credit="Фото: И. Градов", caption="Зал. Фото: Иной"),), credit="Третий")
    assert own == a("p.jpg", credit="И. Градов", caption="Зал")
    captioned = lead((a("p.jpg", caption="Зал (Фото: Иной)"),), credit="Третий")
    assert captioned == a("p.jpg", credit="Иной", caption="Зал")
    assert lead((a("p.jpg"),), credit="Третий") == a("p.jpg", credit="Третий")


@pytest.mark.parametrize(
    ("attributes", "chosen"),
    [
        ({"src": "/a.jpg", "srcset": "/b.jpg 2x"}, "/a.jpg"),
        ({"src": "data:image/gif;base64,R0", "data-src": "/l.jpg"}, "/l.jpg"),
        ({"src": "/blank.gif", "data-original": "/o.jpg"}, "/o.jpg"),
        ({"srcset": "/s.jpg 320w, /l.jpg 1280w, /m.jpg 640w"}, "/l.jpg"),
        ({"srcset": "/a,b.jpg 1x,/c.jpg 2x"}, "/c.jpg"),
        ({"srcset": "/one.jpg"}, "/one.jpg"),
        ({"src": "data:x", "data-srcset": "/d.jpg 2x, data:y 3x"}, "/d.jpg"),
        ({}, ""),
    ],
)
def test_the_best_source_of_a_picture(attributes: dict[str, str], chosen: str) -> None:
    assert media.best_source(attributes) == chosen


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("640", 640),
        ("640px", 640),
        ("10.5", 10),
        ("50%", None),
        ("auto", None),
        ("", None),
        (None, None),
    ],
)
def test_a_size_is_whole_pixels_or_unknown(value: str | None, size: int | None) -> None:
    assert media.pixels(value) == size


@pytest.mark.parametrize(
    ("url", "width", "height", "style"),
    [
        ("https://a.example/p.gif", 1, 1, ""),
        ("https://a.example/p.gif", 0, None, ""),
        ("https://counter.yadro.ru/hit?1", None, None, ""),
        ("https://www.google-analytics.com/x", 90, 90, ""),
        ("https://a.example/img/spacer.gif", None, None, ""),
        ("https://a.example/p.gif", None, None, "width: 1px; height: 1px"),
        ("https://a.example/p.gif", None, None, "DISPLAY:none"),
    ],
)
def test_a_counter_is_known(url: str, width: int | None, height: int | None, style: str) -> None:
    assert media.is_tracker(url, width, height, style)


@pytest.mark.parametrize(
    "style", ["", "width:100%", "max-width:1px0", "border-width:1px", "width:150px"]
)
def test_a_picture_is_no_counter(style: str) -> None:
    assert not media.is_tracker("https://a.example/counter-attack.jpg", 600, 400, style)


def test_enclosures_are_absolute_and_each_stands_once() -> None:
    raw = (
        Enclosure(url="/a.mp3", type="audio/mpeg", length=5),
        Enclosure(url="https://agency.example.org/a.mp3"),
        Enclosure(url="javascript:go(1)", type="text/html"),
        Enclosure(url="ftp://a.example/x"),
    )
    assert media.enclosures(raw, resolve=resolve) == (
        Enclosure(url="https://agency.example.org/a.mp3", type="audio/mpeg", length=5),
    )
