"""X10: mutated feeds with a fixed seed: none raises, none burns; many more in `make fuzz`."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedhub.core.normalise import normalise
from feedhub.core.parse import decode, parse
from feedhub.errors import ParseError
from feedhub.model import Source
from feedhub.model.parsed import ParsedFeed

FOLDER = Path(__file__).parents[1] / "data" / "feeds"
SEEDS = tuple(
    path.read_bytes() for path in sorted(FOLDER.iterdir()) if ".expected." not in path.name
)
SECONDS = 5.0
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SOURCE = Source(slug="agency", title="Агентство", url="https://a.example/rss")
PIECES = (
    *(
        b"<",
        b">",
        b"&",
        b'"',
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"-->",
        b"<!DOCTYPE x [",
        b"<?xml",
        b"/>",
    ),
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"&#xD800;",
        b"&#0;",
        b"&nbsp;",
        b"&l9;",
        b"\xd0",
        b"\xcf\xf0",
    ),
    *(
        b"<item>",
        b"</item>",
        b"<entry>",
        b"</channel>",
        b"<title",
        b"<link/>",
        b"xmlns=''",
        b"xml:base='//'",
    ),
    *(
        b"encoding='utf-7'",
        b"encoding='koi8-r'",
        b"9999-99-99",
        b"<a><a><a>",
        b"{",
        b"}",
        b"[",
        b"\\u0000",
    ),
)


class Dice:
    """Numbers that are the same in every run."""

    def __init__(self, seed: str) -> None:
        self._stream = hashlib.shake_256(seed.encode()).digest(256)
        self._at = 0

    def below(self, count: int) -> int:
        taken = self._stream[self._at : self._at + 4]
        self._at = (self._at + 4) % 252
        return int.from_bytes(taken) % max(1, count)


def mutant(number: int) -> bytes:
    """Return a feed that was cut, doubled, spoilt and mixed in a few places."""
    dice = Dice(f"mutant {number}")
    body = SEEDS[dice.below(len(SEEDS))]
    for _ in range(1 + dice.below(6)):
        here, there = sorted((dice.below(len(body) + 1), dice.below(len(body) + 1)))
        there = min(there, here + 400)
        change = dice.below(6)
        if change == 0:
            body = body[:here] + PIECES[dice.below(len(PIECES))] + body[here:]
        elif change == 1:
            body = body[:here] + body[there:]
        elif change == 2:
            body = body[:there] + body[here:there] * (1 + dice.below(20)) + body[there:]
        elif change == 3:
            body = body[:here] + bytes([dice.below(256)]) + body[here + 1 :]
        elif change == 4:
            body = body[: max(here, 40)]
        else:
            other = SEEDS[dice.below(len(SEEDS))]
            body = body[:here] + other[dice.below(len(other)) :][:400] + body[here:]
    return body


def read(body: bytes) -> ParsedFeed | None:
    """Read a document as a poll does; None where it is refused in a sentence."""
    decoded = decode(body, content_type=None)
    try:
        feed = parse(decoded, url="https://a.example/rss")
    except ParseError:
        return None
    normalise(feed, SOURCE, now=NOW)
    return feed


def survive(first: int, count: int) -> None:
    fallen, slowest = [], 0.0
    reached = 0
    for number in range(first, first + count):
        started = time.process_time()
        try:
            reached += read(mutant(number)) is not None
        except Exception as error:
            fallen.append(f"{number}: {error!r}")
        slowest = max(slowest, time.process_time() - started)
    assert fallen == []
    assert slowest < SECONDS
    assert reached > count / 4


def test_a_thousand_mutants_raise_nothing_and_burn_nothing() -> None:
    survive(0, 1000)


@pytest.mark.soak
@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(10))
def test_a_hundred_thousand_mutants_raise_nothing_and_burn_nothing(part: int) -> None:
    survive(10_000 * part, 10_000)
