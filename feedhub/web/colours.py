"""The accent colour of the configuration, made readable on both grounds (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

Colour = tuple[int, int, int]

PAPER: Colour = (0xFD, 0xFC, 0xF9)
NIGHT: Colour = (0x16, 0x16, 0x14)
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
DEFAULT = "#1d4f91"
BY_DAY, BY_NIGHT = 5.0, 7.0
"""Contrast to reach: AA asks for 4.5; more holds on tinted grounds, and thin light letters need it."""


def accent_rules(accent: str) -> str:
    """Return the CSS that sets the accent for light and dark; anything but #rrggbb is ignored."""
    colour = parse_colour(accent) or parse_colour(DEFAULT) or BLACK
    light = readable(colour, PAPER, BLACK, BY_DAY)
    dark = readable(colour, NIGHT, WHITE, BY_NIGHT)
    return (
        f":root{{--accent:{spell(light)}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{--accent:{spell(dark)}}}}}\n"
        f"@media print{{:root{{--accent:{spell(light)}}}}}\n"
    )


def parse_colour(text: str) -> Colour | None:
    """Read #rrggbb, None for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        return None
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def spell(colour: Colour) -> str:
    """Write a colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def readable(colour: Colour, ground: Colour, towards: Colour, wanted: float) -> Colour:
    """Move a colour towards black or white, in steps of 4 %, until it can be read on the ground."""
    for step in range(26):
        mixed = mix(colour, towards, step / 25)
        if contrast(mixed, ground) >= wanted:
            return mixed
    return towards


def mix(colour: Colour, other: Colour, part: float) -> Colour:
    """Return a colour with this part (0 to 1) of another in it."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Colour) -> float:
    """Return the relative luminance, 0 to 1."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
