"""Pictures are known by their first bytes and measured by their heads."""

from __future__ import annotations

import pytest

from feedhub.articles.faults import Wrong
from feedhub.articles.pictures import address_of, kind_of, media_of, size_of
from tests.articles import pictures_made as made

PICTURES = {
    "png": ("image/png", made.png(1200, 675), (1200, 675)),
    "gif": ("image/gif", made.gif(300, 200), (300, 200)),
    "jpeg": ("image/jpeg", made.jpeg(640, 480), (640, 480)),
    "jpeg upright": ("image/jpeg", made.jpeg(640, 480, orientation=1), (640, 480)),
    "jpeg turned": ("image/jpeg", made.jpeg(640, 480, orientation=6), (480, 640)),
    "webp lossy": ("image/webp", made.webp_lossy(550, 368), (550, 368)),
    "webp lossless": ("image/webp", made.webp_lossless(386, 395), (386, 395)),
    "webp extended": ("image/webp", made.webp_extended(4000, 3000), (4000, 3000)),
    "avif": ("image/avif", made.avif((800, 600)), (800, 600)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_type_and_size_are_read(name: str) -> None:
    kind, body, size = PICTURES[name]
    media = media_of(body, name)
    assert (media.type, (media.width, media.height)) == (kind, size)
    assert media.body == body


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_cut_off_in_its_head_is_an_error_at_any_byte(name: str) -> None:
    kind, body, size = PICTURES[name]
    for end in range(min(len(body), 200)):
        part = body[:end]
        if kind_of(part) is None or size_of(kind, part) != size:
            with pytest.raises(Wrong):
                media_of(part, name)


def test_what_the_name_claims_does_not_count() -> None:
    assert address_of(media_of(made.png(), "photo.jpg")).endswith(".png")


def test_the_largest_size_in_an_avif_is_the_pictures() -> None:
    media = media_of(made.avif((160, 120), (800, 600), (400, 400)), "a.avif")
    assert (media.width, media.height) == (800, 600)


def test_equal_pictures_have_one_address() -> None:
    assert address_of(media_of(made.png(), "a")) == address_of(media_of(made.png(), "b"))
    assert address_of(media_of(made.png(), "a")) != address_of(media_of(made.gif(4, 3), "a"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "copied half"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!DOCTYPE svg>\n<svg/>", "SVG"),
        (b"<html>", "no picture"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "no picture"),
        (made.png(0, 3), "damaged"),
        (made.gif(10, 0), "damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "damaged"),
        (b"\xff\xd8" + b"\xff" * 1000, "damaged"),
    ],
)
def test_what_is_no_picture_is_told(body: bytes, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        media_of(body, "file")
