"""Lines of a body that are no text of it: photo credits, see-also lines, datelines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from feedhub.model import SeeAlso

Kind = Literal["text", "item", "heading", "cell", "caption", "code"]

CREDIT_CHARS = 120
"""A longer line is a text about a photograph, not its credit."""


class Line(NamedTuple):
    """One line as a reader sees it; `before` is the space that parts it from the line above.

    `links` are the pairs (address, words) that end in it; `block` and `part` say where its HTML
    stands: the number of the block, and which of its lines between `<br>`.
    """

    text: str
    kind: Kind
    before: str
    links: tuple[tuple[str, str], ...]
    block: int
    part: int


_SIGN = r"(?:\(\s*[cсCС]\s*\)|©)"
_PHOTO = (
    r"(?:Фото(?:граф(?:ия)?)?|Изображение|Иллюстрация|Photo(?:graph)?(?:\s+(?:credit|by))?|Image)"
)
_CREDIT = re.compile(
    rf"[\W_]*?(?:{_PHOTO}\s*(?:{_SIGN}\s*:?|:|[—–/|-]|(?<=by)\s)|{_SIGN}(?!\s*(?:\d{{4}}|Copyright)))"
    r"\s*(?P<who>\S.*)",
    re.IGNORECASE,
)
_IN_CAPTION = re.compile(
    rf"(?:^|[\s.;,/|(\[—–-])(?:{_PHOTO}\s*(?:{_SIGN}\s*:?|:|[—–/|-])|{_SIGN})\s*(?P<who>[^\n]+)$",
    re.IGNORECASE,
)
_CREDIT_THEN_TEXT = re.compile(
    rf"{_PHOTO}\s*(?:{_SIGN}\s*:?|:)\s*(?P<who>[^.!?\n]{{2,60}}[^\W\d_]{{3}}[»\"]?)\.\s+(?=[«\"A-ZА-ЯЁ])",
    re.IGNORECASE,
)

_STRONG = r"(?:см\.?|смотрите|читайте|читать|смотри)\s+(?:так\s?же|ещ[её])|(?:see|read)\s+also|read\s+more"
_WEAK = (
    r"(?:материалы?|новости|статьи|публикации|ранее)?\s*по\s+теме|похожие\s+(?:новости|материалы)"
    r"|related(?:\s+(?:news|articles|links))?"
)
_SEE_ALSO = re.compile(
    rf"[\W_]*(?:(?:{_STRONG})(?:\s*[:—–-]|(?=\W*$|\s|>))"
    rf"|(?:{_WEAK})(?:\s*:|(?=\W*$)))",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W_]")
_LOOSE_LETTERS = 20
"""A see-also line may hold a word or two beside its links («и», «подробнее»)."""

_MONTH = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-яё]*\.?"
_MONTH_EN = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DAY = (
    rf"(?:\d{{1,2}}\s+{_MONTH}(?:\s+\d{{4}}(?:\s*г(?:ода|\.))?)?"
    rf"|{_MONTH_EN}\s+\d{{1,2}}|\d{{1,2}}\s+{_MONTH_EN})"
)
_AGENCY = (
    r"(?:/[^/\n]{2,40}/|\([^()\n]{2,30}\)|РИА\s+Новости(?:\s+[A-ZА-ЯЁ]\w+)?|ИТАР-ТАСС|ТАСС|БЕЛТА|БелТА"
    r"|[Ии]нтерфакс(?:-\w+)?|ИНТЕРФАКС(?:-\w+)?|INTERFAX(?:\.RU)?|ПРАЙМ|РАПСИ|Sputnik)"
)
_NAMES = r"[A-ZА-ЯЁ][\w-]*(?:\s[A-ZА-ЯЁ][\w-]*){0,2}"
_CITY = r"[A-ZА-ЯЁ][\w-]*(?:[\s-][A-ZА-ЯЁ][\w-]*){0,3}"
_DATELINE = re.compile(
    rf"{_CITY}\s*[,.]\s*{_DAY}\s*"
    rf"(?:[.,]?\s*[—–-]?\s*{_AGENCY}\s*[.,:—–-]*\s+|[—–-]+\s*{_NAMES}\s*[.—–-]\s+|[—–-]+\s+)"
)
_PLACE_AGENCY = re.compile(rf"{_CITY}\s*[.,]?\s*/[^/\n]{{2,40}}/\s*[.,:—–-]*\s+")


def credit_of(line: str) -> str:
    """Return whom a photo credit line names («Фото (с) X», "Photo: X", «© X»), or an empty string."""
    if not line or len(line) > CREDIT_CHARS + 20:
        return ""
    found = _CREDIT.fullmatch(line)
    return _name(found["who"]) if found else ""


def split_caption(caption: str) -> tuple[str, str]:
    """Part a picture's caption into its words and the photo credit at its end."""
    if not caption:
        return "", ""
    start = max(0, len(caption) - CREDIT_CHARS - 40)
    found = _IN_CAPTION.search(caption, start)
    if found is None or len(found["who"]) > CREDIT_CHARS:
        return caption, ""
    return caption[: found.start()].strip(" .,;/|([—–-"), _name(found["who"])


def without_credit(text: str) -> str:
    """Return a paragraph without the photo credit it begins with or consists of."""
    if credit_of(text) and not _CREDIT_THEN_TEXT.match(text):
        return ""
    return text[found.end() :] if (found := _CREDIT_THEN_TEXT.match(text)) else text


def without_dateline(text: str) -> str:
    """Return a paragraph without the dateline it begins with («МОСКВА, 24 сен — РИА Новости.»)."""
    head = text[:160]
    found = _DATELINE.match(head)
    if found is None and "/" in head:
        found = _PLACE_AGENCY.match(head)
    return text[found.end() :] if found else text


def see_also(lines: Iterable[Line]) -> tuple[frozenset[int], tuple[SeeAlso, ...]]:
    """Find see-also lines: their positions, and the links they hold.

    A line counts when it begins with such words and holds links and hardly anything else; when it
    holds the words alone, the lines of nothing but links after it count.
    """
    places: set[int] = set()
    found: list[SeeAlso] = []
    announced: int | None = None
    for place, line in enumerate(lines):
        begins = _SEE_ALSO.match(line.text) if _may_announce(line) else None
        rest = line.text[begins.end() :] if begins else line.text
        if begins and not _LETTERS.search(rest):
            announced = place
        elif line.links and (begins or announced is not None) and _is_links(rest, line.links):
            places.add(place)
            if announced is not None:
                places.add(announced)
            found.extend(_named(line.links))
        else:
            announced = None
    return frozenset(places), tuple(dict.fromkeys(found))


def _may_announce(line: Line) -> bool:
    return bool(line.links) or len(line.text) <= 40


def _is_links(rest: str, links: tuple[tuple[str, str], ...]) -> bool:
    for _, words in links:
        rest = rest.replace(words, " ", 1)
    return len(_LETTERS.findall(rest)) <= _LOOSE_LETTERS


def _named(links: tuple[tuple[str, str], ...]) -> Iterable[SeeAlso]:
    for url, words in links:
        title = words.strip(" \t\u00a0>›→").strip()
        if _LETTERS.search(title):
            yield SeeAlso(title=title, url=url)


def _name(who: str) -> str:
    name = " ".join(who.split()).strip(" .,;")
    if name.endswith(")") and "(" not in name:
        name = name[:-1].rstrip()
    return name if _LETTERS.search(name) and len(name) <= CREDIT_CHARS else ""
