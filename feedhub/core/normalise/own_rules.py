"""What the admin lays down for one source's words: endings cut off headlines, headlines made where
a source gives numbers only, passages cut out of its texts.

Expressions of the admin run on bounded texts; against one that takes for ever there is no remedy
here, but a worker process has a limit of time for each document.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from feedhub.core.normalise.cutting import without
from feedhub.core.normalise.text import TITLE_CHARS, clip, one_line
from feedhub.core.text.fold import fold
from feedhub.model import TitleRules

__all__ = ["all_compiled", "compiled", "headline", "is_number_only", "without"]

LOOKED_AT = 10_000
"""Characters of a text in which a headline is looked for."""

VALUE_CHARS = 240
"""So much of what stands behind a label goes into a headline."""

_MOST_WORDS = 8
_REGISTERED = 4
_LONG = 9

# -- headlines -----------------------------------------------------------------------------------

_LETTER = re.compile(r"[^\W\d_]")
_SAYS = re.compile(r"[^\W_]")
_WITH_DIGITS = re.compile(r"\S*\d\S*")
_LABEL = re.compile(r"\{([^{}]*)\}")
_MONTHS = "янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
_DATE = re.compile(
    rf"\b(?:от\s+)?(?:\d{{1,2}}\s+(?:{_MONTHS})[а-я]*\s+\d{{4}}|\d{{1,2}}\.\d{{1,2}}\.\d{{2,4}})"
    r"(?:\s*г(?:ода|\.)?(?!\w))?"
)
_NUMBERED = re.compile(
    r"(?P<words>[^\d№#]{0,200}?)\s*(?P<sign>№|#|\bno?\.?(?=\s*\d))?\s*(?P<number>\d[\w/.-]{0,60})\W*"
)
_PUNCTUATION = re.compile(r"[.,:;!?«»\"“”—–]")
_PAPERS = """
электронн открыт закрыт аукцион конкурс запрос котиров предложен закупк извещен лот процедур торг
тендер контракт договор постановлен распоряжен приказ указ закон законопроект проект решен протокол
объявлен документ сообщен новост материал публикац заявк форм
notice tender order document news item lot
"""
_GENERIC = tuple(_PAPERS.split())
_JOINTS = {"в", "во", "на", "о", "об", "по", "и", "у", "с", "для", "the", "of"}
_GAP = r"[^\S\n]"
_LOOKS_LABELLED = re.compile(r"[^\n:]{1,60}:(?:\s|\Z)")


def headline(title: str, text: str, rules: TitleRules) -> str:
    """Return a plain headline as the source's rules want it; `text` is the entry's plain text.

    Endings and beginnings of `strip` go, as written, again and again, but never so much that
    nothing is left, nor a part of a word. A title that is a number only (`is_number_only`) gives
    way to what `pattern` finds in the text; where it finds nothing, or not all of it, it stays.
    """
    kept = _stripped(title, rules.strip)
    if rules.pattern is None or not is_number_only(kept):
        return kept
    return clip(_made(rules.pattern, text[:LOOKED_AT]), TITLE_CHARS) or kept


def is_number_only(title: str) -> bool:
    """Tell whether a title says no more than a number, and perhaps what kind of thing has it.

    So it is when no letter stands outside of numbers and dates; when it ends in a registry number
    (№ and four digits, or nine digits without it) behind at most eight words without punctuation
    («Запрос котировок в электронной форме №0373200566326000068»); and when it ends in any number
    and the words before it are but names of papers and procedures («Приказ № 15 от 05.05.2026»).
    """
    told = " ".join(_DATE.sub(" ", fold(title[:TITLE_CHARS])).split())
    if not _LETTER.search(_WITH_DIGITS.sub(" ", told)):
        return True
    found = _NUMBERED.fullmatch(told)
    if found is None:
        return False
    head = found["words"].strip(" .,:;—–-([«\"'")
    words = head.split()
    if len(words) > _MOST_WORDS or _PUNCTUATION.search(head):
        return False
    digits = sum(map(str.isdigit, found["number"]))
    is_registered = digits >= (_REGISTERED if found["sign"] else _LONG)
    return is_registered or all(word in _JOINTS or word.startswith(_GENERIC) for word in words)


def _stripped(title: str, edges: Iterable[str]) -> str:
    """Cut edges off a title until none is left on it."""
    ready = tuple(edge for written in edges if (edge := _as_in_titles(written)).strip())
    before = ""
    while before != title:
        before = title
        for edge in ready:
            title = _without_edge(title, edge)
    return title


def _as_in_titles(edge: str) -> str:
    """Write white space as titles have it: a space each; those at the ends stay."""
    return re.sub(r"\s+", " ", edge)


def _without_edge(title: str, edge: str) -> str:
    size = len(edge)
    if title.endswith(edge) and not _parts_a_word(title, len(title) - size):
        rest = title[:-size].strip()
    elif title.startswith(edge) and not _parts_a_word(title, size):
        rest = title[size:].strip()
    else:
        return title
    return rest if _SAYS.search(rest) else title


def _parts_a_word(title: str, place: int) -> bool:
    around = title[max(place - 1, 0) : place + 1]
    return 0 < place < len(title) and around.isalnum()


def _made(pattern: str, text: str) -> str:
    if pattern.startswith("/"):
        return _of_groups(compiled(pattern[1:-1]), text)
    return _filled(_template(pattern), text)


def _of_groups(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        return ""
    parts = found.groups() if pattern.groups else (found[0],)
    return " — ".join(line for part in parts if part and (line := one_line(part)))


class _Label(NamedTuple):
    """How a label is found: as written or in other forms with a colon, or to begin a line."""

    written: re.Pattern[str]
    inflected: re.Pattern[str]
    bare: re.Pattern[str]


class _Template(NamedTuple):
    """Words with labels between them: one word more than there are labels."""

    words: tuple[str, ...]
    labels: tuple[_Label, ...]


@lru_cache(maxsize=1024)
def _template(pattern: str) -> _Template:
    pieces = _LABEL.split(pattern)
    return _Template(tuple(pieces[::2]), tuple(map(_label, pieces[1::2])))


def _label(label: str) -> _Label:
    words = fold(label).strip(" :").split()
    exactly = f"(?<!\\w){f'{_GAP}+'.join(map(re.escape, words))}"
    forms = f"(?<!\\w){f'{_GAP}+'.join(map(_any_ending, words))}"
    return _Label(
        re.compile(f"{exactly}{_GAP}*:"),
        re.compile(f"{forms}{_GAP}*:"),
        re.compile(f"^{_GAP}*{exactly}(?!\\w){_GAP}*[—–-]?", re.MULTILINE),
    )


def _any_ending(word: str) -> str:
    """Return an expression for a word in another case or number: объект, объекта."""
    if not word.isalpha() or len(word) < 4:
        return re.escape(word)
    return re.escape(word[: -2 if len(word) > 5 else -1]) + r"\w{0,4}"


def _filled(template: _Template, text: str) -> str:
    """Put what stands behind the labels in their places; nothing where one of them is missing."""
    folded = fold(text)
    parts = [template.words[0]]
    for label, words in zip(template.labels, template.words[1:], strict=True):
        value = _behind(label, template.labels, text, folded)
        if not value:
            return ""
        parts += (value, words)
    return one_line("".join(parts))


def _behind(label: _Label, labels: Iterable[_Label], text: str, folded: str) -> str:
    """Return what follows a label: up to the next label or the line's end, else the next line."""
    found = next((hit for way in label if (hit := way.search(folded))), None)
    if found is None:
        return ""
    start, end = found.end(), _line_end(folded, found.end())
    if not text[start:end].strip():
        start = end + len(text[end:]) - len(text[end:].lstrip())
        end = _line_end(folded, start)
        if _LOOKS_LABELLED.match(text, start, end):
            return ""
    others = (way for other in labels if other is not label for way in other[:2])
    stops = [hit.start() for way in others if (hit := way.search(folded, start, end))]
    value = one_line(text[start : min((end, *stops))]).strip(" ;,:—–-")
    return clip(value, VALUE_CHARS)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end


# -- expressions ---------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile an expression of the configuration once in this process; raise `re.error`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what may mean something else in a later Python
        return re.compile(pattern)


def all_compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Compile expressions, each once in this process."""
    return tuple(map(compiled, patterns))
