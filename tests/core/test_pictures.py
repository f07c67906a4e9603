"""What the first bytes of a picture say: type and size, cheaply, whatever the bytes are."""

from __future__ import annotations

import time
from struct import pack

import pytest

from feedhub.pictures import HEAD, MOST_PIXELS, PictureFacts, facts_of
from tests.articles import pictures_made as made
from tests.builders import Dice

FRAMES = sorted(set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC})
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'/>"

PICTURES = {
    "png": (made.png(12, 7), ("image/png", 12, 7)),
    "gif": (made.gif(300, 200), ("image/gif", 300, 200)),
    "webp lossy": (made.webp_lossy(550, 368), ("image/webp", 550, 368)),
    "webp lossless": (made.webp_lossless(386, 395), ("image/webp", 386, 395)),
    "webp extended": (made.webp_extended(4000, 3000), ("image/webp", 4000, 3000)),
    "avif": (made.avif_whole((800, 600), pixels=bytes(64)), ("image/avif", 800, 600)),
    "avif with a tile": (made.avif((160, 120), (800, 600)), ("image/avif", 800, 600)),
    "svg": (SVG, ("image/svg+xml", None, None)),
    "svg behind a prolog": (
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a > b -- -->\n<!DOCTYPE svg [\n"
        b"<!ENTITY ns 'http://www.w3.org/2000/svg'>\n]>\n" + SVG,
        ("image/svg+xml", None, None),
    ),
    "bmp": (made.bmp(), ("image/bmp", None, None)),
    "icon": (made.ico(), ("image/vnd.microsoft.icon", None, None)),
}


def as_facts(wanted: tuple[str, int | None, int | None]) -> PictureFacts:
    kind, width, height = wanted
    return PictureFacts(type=kind, width=width, height=height)


@pytest.mark.parametrize("name", PICTURES)
def test_type_and_size_are_read(name: str) -> None:
    body, wanted = PICTURES[name]
    assert facts_of(body) == as_facts(wanted)


@pytest.mark.parametrize("frame", FRAMES)
def test_every_kind_of_jpeg_frame_is_measured(frame: int) -> None:
    body = made.jpeg(640, 480, frame=frame)
    assert facts_of(body) == as_facts(("image/jpeg", 640, 480))


@pytest.mark.parametrize("marker", [0xC4, 0xC8, 0xCC])
def test_what_only_looks_like_a_jpeg_frame_is_stepped_over(marker: int) -> None:
    table = bytes([0xFF, marker]) + pack(">HBHH", 7, 8, 1, 1)
    body = b"\xff\xd8" + table + made.jpeg(640, 480)[2:]
    assert facts_of(body) == as_facts(("image/jpeg", 640, 480))


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("orientation", range(10))
def test_a_picture_turned_by_a_quarter_swaps_its_sides(orientation: int, order: str) -> None:
    facts = facts_of(made.jpeg(640, 480, orientation=orientation, order=order))
    size = (480, 640) if orientation in {5, 6, 7, 8} else (640, 480)
    assert facts == as_facts(("image/jpeg", *size))


def test_a_size_among_the_pixels_is_none() -> None:
    """The largest size counts, so one in the compressed data must not be seen."""
    pixels = b"ispe" + bytes(4) + pack(">II", 9999, 9999)
    body = made.avif_whole((800, 600), pixels=pixels)
    assert facts_of(body) == as_facts(("image/avif", 800, 600))


@pytest.mark.parametrize("name", [*sorted(PICTURES.keys() - {"avif with a tile"}), "jpeg"])
def test_a_head_cut_off_anywhere_says_the_truth_or_nothing(name: str) -> None:
    body = made.jpeg(640, 480, orientation=6) if name == "jpeg" else PICTURES[name][0]
    whole = facts_of(body)
    assert whole is not None
    for end in range(len(body)):
        facts = facts_of(body[:end])
        assert facts in (None, whole, PictureFacts(type=whole.type))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body><svg></svg></body></html>",
        b"<?xml version='1.0'?><rss><svg/></rss>",
        b"<svgfont>",
        b"BMW and other words that begin so",
        b"\x00\x00\x01\x00\x00\x00",
        b"\x00\x00\x00\x18ftypheic" + bytes(40),
        b"RIFF\x00\x00\x00\x00WAVE",
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_none(body: bytes) -> None:
    assert facts_of(body) is None


@pytest.mark.parametrize(
    "body",
    [
        made.png(0, 3),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + pack(">II", 2**32 - 1, 1),
        made.gif(10, 0),
        made.webp_extended(MOST_PIXELS + 1, 5),
        made.jpeg(640, 0),  # its height stands behind the pixels (DNL)
        made.avif((2**31, 2)),
    ],
)
def test_a_size_that_cannot_be_is_not_believed(body: bytes) -> None:
    facts = facts_of(body)
    assert facts is not None
    assert (facts.width, facts.height) == (None, None)


HOSTILE = {
    "jpeg of fill bytes": b"\xff\xd8" + b"\xff" * HEAD,
    "jpeg of lone markers": b"\xff\xd8\xff\x01" + b"\xff\xd0" * (HEAD // 2),
    "jpeg of empty segments": b"\xff\xd8" + b"\xff\xe0\x00\x02" * (HEAD // 4),
    "jpeg of Exif": b"\xff\xd8"
    + (b"\xff\xe1\x00\x16Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\xff\xff" + bytes(4)) * (HEAD // 24),
    "jpeg whose Exif points at itself": b"\xff\xd8\xff\xe1\xff\xf0Exif\x00\x00II\x2a\x00"
    + b"\x00\x00\x00\x00" * (HEAD // 4),
    "jpeg with a segment of no length": b"\xff\xd8\xff\xe0\x00\x00" + b"\xff\xe0" * 100,
    "avif of sizes": b"\x00\x00\x00\x18ftypavif" + b"ispe" * (HEAD // 4),
    "avif of tiny boxes": b"\x00\x00\x00\x18ftypavif" + b"\x00\x00\x00\x08free" * (HEAD // 8),
    "avif with a box of no length": b"\x00\x00\x00\x18ftypavif" + bytes(HEAD),
    "svg of comments": b"<!---->" * (HEAD // 7),
    "svg of comments without an end": b"<!--" * (HEAD // 4),
    "svg of declarations": b"<?" + b"<!>" * (HEAD // 3),
    "webp without a chunk": b"RIFF\xff\xff\xff\xffWEBPVP8X",
    "png without a header": b"\x89PNG\r\n\x1a\n" + b"IHDR" * (HEAD // 4),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_neither_raise_nor_take_long(name: str) -> None:
    body = HOSTILE[name][:HEAD]
    begun = time.process_time()
    facts = facts_of(body)
    assert time.process_time() - begun < 0.25
    assert facts is None or facts.width is None or facts.width <= MOST_PIXELS


def test_damaged_pictures_never_raise() -> None:
    dice = Dice("damage")
    bodies = [*(body for body, _ in PICTURES.values()), made.jpeg(640, 480, orientation=6)]
    for _ in range(3000):
        body = bytearray(dice.pick(bodies))
        for _ in range(1 + dice.roll(4)):
            body[dice.roll(len(body))] = dice.pick([0x00, 0xFF, dice.roll(256)])
        facts = facts_of(bytes(body))
        assert facts is None or (facts.width is None) == (facts.height is None)
