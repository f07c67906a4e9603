"""Pictures for the demonstration, drawn by arithmetic: hills under an evening sky, as PNG."""

from __future__ import annotations

import zlib
from math import hypot, sin
from struct import pack

_SKY = 180
"""Colours of the sky, from the top to the horizon; after them the sun and three hills."""

_MOODS = (
    ((38, 70, 120), (250, 205, 160), (255, 236, 190), (84, 110, 122), (52, 84, 84), (26, 54, 50)),
    (
        (92, 150, 205),
        (226, 240, 246),
        (255, 250, 225),
        (120, 160, 130),
        (74, 124, 84),
        (40, 88, 56),
    ),
    ((70, 56, 110), (244, 160, 130), (255, 210, 160), (96, 76, 110), (64, 50, 84), (36, 28, 56)),
    (
        (150, 176, 196),
        (238, 240, 240),
        (255, 255, 250),
        (150, 164, 172),
        (112, 130, 140),
        (78, 96, 108),
    ),
    ((30, 84, 96), (210, 226, 190), (250, 246, 206), (70, 120, 110), (44, 90, 84), (22, 58, 58)),
)


def landscape(width: int, height: int, mood: int = 0) -> bytes:
    """Draw a picture of this many pixels; `mood` chooses the colours."""
    sky, sun = _sky_rows(height), _SKY
    hills = [_hill(width, height, layer, mood) for layer in range(3)]
    sun_x, sun_y, radius = width * 0.68, height * 0.36, height * 0.075
    rows = bytearray()
    for y in range(height):
        row = bytearray([sky[y]]) * width
        if abs(y - sun_y) < radius:
            for x in range(int(sun_x - radius), int(sun_x + radius)):
                if hypot(x - sun_x, y - sun_y) < radius:
                    row[x] = sun
        for layer, tops in enumerate(hills):
            if y >= min(tops):
                colour = _SKY + 1 + layer
                row = bytearray(
                    colour if y >= top else old for top, old in zip(tops, row, strict=True)
                )
        rows += b"\x00" + row
    return _png(width, height, _palette(mood), bytes(rows))


def _sky_rows(height: int) -> list[int]:
    return [min(_SKY - 1, y * _SKY * 10 // (height * 7)) for y in range(height)]


def _hill(width: int, height: int, layer: int, mood: int) -> list[int]:
    """Return for each column where a range of hills begins, counted from the top."""
    base, swing = 0.56 + 0.13 * layer, 0.075 - 0.012 * layer
    shift = 1.7 * layer + 2.3 * mood
    return [
        int(
            height
            * (
                base
                + swing * sin(x / width * (4 + layer) + shift)
                + 0.02 * sin(x / width * 17 + shift)
            )
        )
        for x in range(width)
    ]


def _palette(mood: int) -> bytes:
    top, horizon, *rest = _MOODS[mood % len(_MOODS)]
    sky = (
        tuple(a + (b - a) * step // (_SKY - 1) for a, b in zip(top, horizon, strict=True))
        for step in range(_SKY)
    )
    return b"".join(bytes(colour) for colour in (*sky, *rest))


def _png(width: int, height: int, palette: bytes, rows: bytes) -> bytes:
    """Write an indexed PNG (ISO 15948, 11.2): header, palette, data, end."""
    header = pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
