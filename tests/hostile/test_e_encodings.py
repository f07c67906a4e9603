"""E01 to E03: Russian text in every disguise comes out as it was meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

import pytest

from tests.hostile.documents import around
from tests.hostile.server import Reply
from tests.hostile.siege import FRESH, Siege, besiege, harm, world

MEANT = "Совет «Связь» обсудил № 7 — ёлки и щавель"
HIDDEN = "\u202e\u202d\u2066\u2067\u2068\u2069\u200e\u200f\u200b\u200c\u2060\ufeff\u00ad"


def feed(slug: str, title: str = MEANT, declared: str = "utf-8") -> str:
    text = around(slug, body="Тело: " + MEANT).replace(f">{FRESH}<", f">{title}<")
    return text.replace('encoding="utf-8"', f'encoding="{declared}"')


def coded(slug: str, real: str, declared: str, header: str | None = None) -> Reply:
    """Return the feed in one encoding that says, in its head and its header, another."""
    content_type = f"text/xml; charset={header}" if header else "text/xml"
    return Reply(
        body=feed(slug, declared=declared).encode(real, "replace"), content_type=content_type
    )


def marked(mark: bytes, reply: Reply) -> Reply:
    return Reply(body=mark + reply.body, content_type=reply.content_type)


def broken_byte(slug: str) -> Reply:
    body = feed(slug).encode()
    return Reply(body=body.replace("Агентство".encode(), "Агентств".encode() + b"\xd0"))


def encoded_twice(slug: str, taken_for: str) -> Reply:
    return Reply(body=feed(slug).encode().decode(taken_for).encode())


ENCODINGS: dict[str, Callable[[str], Reply]] = {
    "e01-windows": lambda slug: coded(slug, "cp1251", "windows-1251"),
    "e01-koi": lambda slug: coded(slug, "koi8-r", "koi8-r"),
    "e01-dos": lambda slug: coded(slug, "cp866", "ibm866"),
    "e01-utf16-le": lambda slug: marked(b"\xff\xfe", coded(slug, "utf-16-le", "utf-16")),
    "e01-utf16-be": lambda slug: marked(b"\xfe\xff", coded(slug, "utf-16-be", "utf-16")),
    "e01-utf16-bare": lambda slug: coded(slug, "utf-16-le", "utf-16"),
    "e01-mark-wins": lambda slug: marked(b"\xef\xbb\xbf", coded(slug, "utf-8", "windows-1251")),
    "e01-windows-as-utf8": lambda slug: coded(slug, "cp1251", "utf-8"),
    "e01-utf8-as-windows": lambda slug: coded(slug, "utf-8", "windows-1251"),
    "e01-header-lies": lambda slug: coded(slug, "utf-8", "utf-8", "windows-1251"),
    "e01-header-knows": lambda slug: coded(slug, "cp1251", "utf-8", "windows-1251"),
    "e01-latin": lambda slug: coded(slug, "cp1251", "iso-8859-1"),
    "e01-nonsense": lambda slug: coded(slug, "utf-8", "no-such-thing"),
    "e01-broken-byte": broken_byte,
    "e01-twice": lambda slug: encoded_twice(slug, "latin-1"),
    "e01-twice-windows": lambda slug: encoded_twice(slug, "cp1251"),
}
NOT_IN_THEM = {"koi": "«»№—", "dos": "«»—"}
"""Signs that an encoding does not have: they were lost before we came."""

TITLES = {
    "e02-undeclared": ("Совет&nbsp;&laquo;Связь&raquo; &mdash; итоги", "Совет «Связь» — итоги"),
    "e02-twice": ("Совет &amp;laquo;Связь&amp;raquo; &amp;mdash; итоги", "Совет «Связь» — итоги"),
    "e02-thrice": ("Совет &amp;amp;laquo;Связь", "Совет «Связь"),
    "e02-ampersand": ("Науки & техника", "Науки & техника"),
    "e02-plain": ("5 &lt; 7 и AT&amp;T", "5 < 7 и AT&T"),
    "e03-override": ("Дом \u202eмод\u202c за рекой", "Дом мод за рекой"),
    "e03-isolate": ("\u2067Новость\u2069 дня", "Новость дня"),
    "e03-zero-width": ("Но\u200bвость\u2060 д\ufeffня", "Новость дня"),
    "e03-soft": ("Ново\u00adсть дня", "Новость дня"),
    "e03-apart": (unicodedata.normalize("NFD", "Ёлка йода"), "Ёлка йода"),
    "e03-reference": ("Дом &#x202e;мод", "Дом мод"),
}


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    made = {slug: make(slug) for slug, make in ENCODINGS.items()}
    made |= {slug: Reply(body=feed(slug, raw).encode()) for slug, (raw, _) in TITLES.items()}
    with world(tmp_path_factory.mktemp("encodings"), fetch="per_host: 64") as place:
        yield besiege(place, made)


def test_nothing_else_is_harmed(siege: Siege) -> None:
    assert harm(siege) == ""


@pytest.mark.parametrize("slug", ENCODINGS)
def test_text_in_any_encoding_comes_out_exactly(siege: Siege, slug: str) -> None:
    meant, real = MEANT, slug.removeprefix("e01-")
    for sign in NOT_IN_THEM.get(real, ""):
        meant = meant.replace(sign, "?")
    (row,) = [
        row for row in siege.after.values() if row["source"] == slug and row["url"][-1] == "f"
    ]
    assert row["title"] == meant
    assert f"Тело: {meant}" in row["content"]


@pytest.mark.parametrize("slug", TITLES)
def test_a_title_is_text_without_entities_and_hidden_signs(siege: Siege, slug: str) -> None:
    (row,) = [
        row for row in siege.after.values() if row["source"] == slug and row["url"][-1] == "f"
    ]
    assert row["title"].replace("\u00a0", " ") == TITLES[slug][1]


def test_no_page_or_feed_can_be_turned_around(siege: Siege) -> None:
    for path, (_, body) in siege.published.items():
        text = body.decode()
        assert not set(HIDDEN[:8]) & set(text), path
        assert unicodedata.is_normalized("NFC", text), path
