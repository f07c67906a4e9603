"""Every form a Russian word takes: for keywords of tags (strictly) and for search (generously).

The dictionary (pymorphy3: about 0.2 s and 30 MiB) is loaded at the first word asked for, not at
import, and then kept: the one piece of state in this stage, read-only and the same for everybody.
A process that only matches compiled rules never loads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest
from typing import Any

from feedhub.core.text.fold import WORD, bare, fold, repair

LEAST_SHARE = 0.3
"""A reading of a keyword counts from this probability: «ии» is the name «Ия» with 0.06."""

MAX_QUERY_FORMS = 60
"""So many forms stand for one word of a search; verbs with their participles have over 100."""

_ABBREVIATION = re.compile(r"[A-ZА-ЯЁІЎЎЄҚҒӘ0-9]{1,5}\Z")
_FOREIGN = re.compile(r"[A-Za-z0-9+#]")
_HYPHENATED = re.compile(r"\w+(?:-\w+)+\Z")
_CHUNK = re.compile(rf"{WORD.pattern}(?:-{WORD.pattern})*")
_SURNAME = re.compile(r"\w{3,}(?:[оеё]в|[иы]н)(а?)\Z")
_CONSONANT = re.compile(r"\w{2,}[бвгджзклмнпрстфхцчшщ]\Z")
_MALE = ("", "а", "у", "ым", "е", "ы", "ых", "ыми")
_FEMALE = ("а", "ой", "у", "ою")
_MASCULINE = ("", "а", "у", "ом", "е", "ы", "ов", "ам", "ами", "ах")
_HUSHING = ("", "а", "у", "ем", "е", "и", "ей", "ам", "ами", "ах")
_INFLECTED = {
    "NOUN": frozenset({"NOUN"}),
    "ADJF": frozenset({"ADJF", "ADJS"}),
    "ADJS": frozenset({"ADJF", "ADJS"}),
    "PRTF": frozenset({"PRTF", "PRTS"}),
    "PRTS": frozenset({"PRTF", "PRTS"}),
    "NUMR": frozenset({"NUMR"}),
    "NPRO": frozenset({"NPRO"}),
    "INFN": frozenset({"INFN", "VERB", "PRTF", "PRTS", "GRND"}),
    "VERB": frozenset({"INFN", "VERB", "PRTF", "PRTS", "GRND"}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """One form of a keyword's word: `text` folded; `surface` when letter case must be so, too.

    `is_ambiguous`: this form is more often another word («стали» is «стать» in 98 of 100); then
    `share` is the probability (0..1) that it is ours and `rival` the other word.
    """

    text: str
    surface: str | None = None
    is_ambiguous: bool = False
    share: float = 1.0
    rival: str = ""


@cache
def _morph() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


def is_abbreviation(word: str) -> bool:
    """Tell whether a word is matched literally, in its letter case: МИД, ЖКХ, 5G, 1С, Yandex."""
    return bool(_ABBREVIATION.match(word)) or bool(_FOREIGN.search(word))


def word_forms(word: str) -> tuple[Form, ...]:
    """Return the forms of one word of a keyword, folded and sorted, itself always among them.

    Abbreviations (at most five letters, all capitals) and words with Latin letters or digits
    stay as they are, in their letter case (without capitals: in any); an abbreviation that the
    dictionary inflects takes lower-case endings (МИДом).
    """
    plain = bare(repair(word))
    if is_abbreviation(plain):
        return _literal(plain)
    return tuple(_guarded(text, _lemmas(fold(plain))) for text in sorted(_texts(fold(plain))))


def phrase_forms(phrase: str) -> tuple[tuple[Form, ...], ...]:
    """Return, for each word of a phrase as `WORD` parts it, the forms that may stand there.

    Only the forms of a single word are marked as ambiguous: in a phrase the neighbours decide.
    Words joined by a hyphen are inflected as one where they are plain Cyrillic (Санкт-Петербург)
    and each by itself otherwise (IT-компания); they match with or without the hyphen.
    """
    chunks = _CHUNK.findall(bare(repair(phrase)))
    if len(chunks) == 1 and not _HYPHENATED.match(chunks[0]):
        return (word_forms(chunks[0]),)
    return tuple(slot for chunk in chunks for slot in _slots(chunk))


def _slots(chunk: str) -> list[tuple[Form, ...]]:
    """Return the slots of a word of a phrase; its neighbours say what it means, so no guard."""
    if not _HYPHENATED.match(chunk):
        literal = is_abbreviation(chunk)
        return [_literal(chunk) if literal else _unguarded(_texts(fold(chunk)))]
    parts = chunk.split("-")
    whole = [form.split("-") for form in _texts(fold(chunk))]
    if any(map(is_abbreviation, parts)) or any(len(form) != len(parts) for form in whole):
        return [slot for part in parts for slot in _slots(part)]
    return [_unguarded({form[place] for form in whole}) for place in range(len(parts))]


def _unguarded(texts: Iterable[str]) -> tuple[Form, ...]:
    return tuple(Form(text=text) for text in sorted(texts))


def _literal(word: str) -> tuple[Form, ...]:
    if word == word.lower():
        return (Form(text=fold(word)),)
    surfaces = {word}
    if len(word) > 2 and not _FOREIGN.search(word):
        for parse in _morph().parse(word):
            if parse.is_known and "Abbr" in parse.tag and "Fixd" not in parse.tag:
                surfaces |= {_with_ending(word, form.word) for form in parse.lexeme}
    return tuple(Form(text=fold(surface), surface=surface) for surface in sorted(surfaces))


def _with_ending(word: str, form: str) -> str:
    return word + form[len(word) :] if form.startswith(word.lower()) else word


@lru_cache(maxsize=4096)
def _readings(word: str) -> tuple[tuple[str, str, bool, float, Any], ...]:
    """Return (lemma, part of speech, is known, probability, a parse), the likeliest first."""
    found: dict[tuple[str, str, bool], tuple[float, Any]] = {}
    for parse in _morph().parse(word):
        key = (fold(parse.normal_form), str(parse.tag.POS), bool(parse.is_known))
        share, first = found.get(key, (0.0, parse))
        found[key] = (share + parse.score, first)
    rows = [(*key, share, parse) for key, (share, parse) in found.items()]
    return tuple(sorted(rows, key=lambda row: -row[3]))


def _chosen(word: str) -> tuple[Any, ...]:
    """Return the parses whose lexemes a keyword means: those it is the base form of, if any."""
    readings = [row for row in _readings(word) if row[1] in _INFLECTED]
    known = [row for row in readings if row[2] and row[3] >= LEAST_SHARE]
    based = [row for row in known or readings if row[0] == word]
    if known or based:
        return tuple(row[4] for row in based or known)
    if any(row[2] for row in _readings(word)) or _paradigm(word):
        return ()
    return tuple(row[4] for row in readings if row[3] >= LEAST_SHARE)


def _paradigm(word: str) -> frozenset[str]:
    """Return forms by the endings alone, for names and coinages the dictionary lacks."""
    surname = _SURNAME.match(word)
    if surname and surname[1]:
        return frozenset(word[:-1] + ending for ending in _FEMALE)
    if surname:
        return frozenset(word + ending for ending in _MALE)
    if _CONSONANT.match(word):
        endings = _HUSHING if word[-1] in "жчшщц" else _MASCULINE
        soft = "и" if word[-1] in "гкх" else "ы"
        return frozenset(word + (soft if ending == "ы" else ending) for ending in endings)
    return frozenset()


def _lexeme(parse: Any) -> set[str]:
    wanted = _INFLECTED[str(parse.tag.POS)]
    same = {"PRTF": 2, "PRTS": 2}.get(str(parse.tag.POS), 0)
    return {
        fold(form.word)
        for form in parse.lexeme
        if str(form.tag.POS) in wanted
        and (not same or (form.tag.voice, form.tag.tense) == (parse.tag.voice, parse.tag.tense))
    }


@lru_cache(maxsize=4096)
def _texts(word: str) -> frozenset[str]:
    texts = {word}
    chosen = _chosen(word)
    for parse in chosen:
        texts |= _lexeme(parse)
    if not chosen and not any(row[2] for row in _readings(word)):
        texts |= _paradigm(word)
    return frozenset(texts)


def _lemmas(word: str) -> frozenset[str]:
    return frozenset({fold(parse.normal_form) for parse in _chosen(word)} | {word})


def _guarded(text: str, lemmas: frozenset[str]) -> Form:
    """Return the form, marked when it is likelier to be another word that the dictionary knows."""
    readings = _readings(text)
    share = sum(row[3] for row in readings if row[0] in lemmas)
    rivals = [row[0] for row in readings if row[2] and row[0] not in lemmas]
    if share >= 0.5 or not rivals:
        return Form(text=text)
    return Form(text=text, is_ambiguous=True, share=round(share, 3), rival=rivals[0])


@lru_cache(maxsize=20_000)
def query_forms(word: str) -> tuple[str, ...]:
    """Return the folded forms of all words that a word of a search may belong to, itself first.

    At most `MAX_QUERY_FORMS`. For a word that the dictionary lacks its guess is taken, and for a
    name or a coinage its endings as well.
    """
    text = bare(fold(word))
    found = dict.fromkeys([text])
    if not _FOREIGN.search(text):
        lexemes = [_lexeme(row[4]) for row in _readings(text) if row[1] in _INFLECTED]
        if not any(row[2] for row in _readings(text)):
            lexemes.insert(0, set(_paradigm(text)))
        ordered = [sorted(lexeme, key=lambda form: (len(form), form)) for lexeme in lexemes]
        for row in zip_longest(*ordered):
            found |= dict.fromkeys(form for form in row if form)
    return tuple(found)[:MAX_QUERY_FORMS]
