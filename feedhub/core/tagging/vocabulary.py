"""From the admin's words to compiled rules: every form of every keyword, once, ahead of matching."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from hashlib import sha256
from itertools import count

from feedhub.core.tagging.rules import Keyword, Node, Rules, Trie, shared_edges
from feedhub.core.text.fold import WORD, bare, fold, repair, tag_key
from feedhub.core.text.forms import Form, phrase_forms
from feedhub.core.text.slug import slugify
from feedhub.errors import ConfigError, Problem
from feedhub.model.settings import Tagging, TagSpec

ENGINE = 1
"""Raised when the same rules may give other tags than before, so that entries are tagged again."""

Slots = tuple[tuple[Form, ...], ...]
Phrase = tuple[Keyword, Slots]


def fingerprint(specs: Iterable[TagSpec], tagging: Tagging) -> str:
    """Return a short hash that changes when the meaning of the vocabulary changes.

    Order of tags, kinds and parents do not count: parents are rolled up when read.
    """
    meaning = sorted([tag_key(spec.name), _slug(spec), rule_version(spec)] for spec in specs)
    return _hash([ENGINE, asdict(tagging), meaning])


def rule_version(spec: TagSpec) -> str:
    """Return a short hash of what one tag matches."""
    match = None if spec.match is None else list(spec.match)
    return _hash([spec.name, list(spec.aliases), match, list(spec.unless_near)])[:8]


def _hash(value: object) -> str:
    return sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()[:16]


def _slug(spec: TagSpec) -> str:
    return spec.slug or slugify(spec.name)


def match_of(spec: TagSpec) -> tuple[str, ...]:
    """Return the keywords of a tag: its `match`, or name and aliases where it has none."""
    return (spec.name, *spec.aliases) if spec.match is None else spec.match


def compile_vocabulary(specs: tuple[TagSpec, ...], *, tagging: Tagging) -> Rules:
    """Compile the vocabulary: about 0.3 ms a word and 0.2 s for the dictionary; done once.

    Raises ConfigError naming every regular expression that cannot be read. Where two tags claim
    one alias, a tag of that name has it, else the tag whose key comes first.
    """
    _check_patterns(specs)
    specs = tuple(sorted(specs, key=lambda spec: tag_key(spec.name)))
    patterns: list[tuple[int, re.Pattern[str]]] = []
    phrases: list[Phrase] = []
    for spec in specs:
        for written in dict.fromkeys(match_of(spec)):
            if is_pattern(written):
                patterns.append((len(phrases), re.compile(written[1:-1])))
            phrases.append(_keyword(tag_key(spec.name), written))
    near = _near(specs)
    sure = {tag_key(spec.name): _sure_names(spec) for spec in specs if spec.unless_near}
    near_keywords = [keyword for rows in near.values() for keyword, _ in rows]
    numbers = count()
    return Rules(
        fingerprint=fingerprint(specs, tagging),
        tagging=tagging,
        names={tag_key(spec.name): spec.name for spec in specs},
        aliases=_aliases(specs),
        slugs={_slug(spec): tag_key(spec.name) for spec in reversed(specs)},
        versions={tag_key(spec.name): rule_version(spec) for spec in specs},
        keywords=tuple(keyword for keyword, _ in phrases),
        trie=_trie(enumerate(slots for _, slots in phrases)),
        near_keywords=tuple(near_keywords),
        near={key: _trie((next(numbers), row[1]) for row in rows) for key, rows in near.items()},
        longest_near=_longest(near, sure),
        sure={key: _trie(enumerate(row[1] for row in rows)) for key, rows in sure.items() if rows},
        patterns=tuple(patterns),
    )


def is_pattern(written: str) -> bool:
    """Tell whether an entry of `match` is a regular expression: `/.../`."""
    return len(written) > 2 and written.startswith("/") and written.endswith("/")


def _check_patterns(specs: Iterable[TagSpec]) -> None:
    problems: list[Problem] = []
    for spec in specs:
        for written in filter(is_pattern, match_of(spec)):
            try:
                re.compile(written[1:-1])
            except re.error as error:
                message = f"{written} is no regular expression: {error}"
                problems.append(Problem("vocabulary", None, f"tags «{spec.name}».match", message))
    if problems:
        raise ConfigError(tuple(problems))


def _aliases(specs: tuple[TagSpec, ...]) -> dict[str, str]:
    aliases: dict[str, str] = {tag_key(spec.name): tag_key(spec.name) for spec in specs}
    for spec in specs:
        for alias in spec.aliases:
            aliases.setdefault(tag_key(alias), tag_key(spec.name))
    return aliases


def _near(specs: tuple[TagSpec, ...]) -> dict[str, list[Phrase]]:
    """Return what cancels the hits of each tag; a tag's name there stands for all of its names."""
    aliases = _aliases(specs)
    names: dict[str, list[str]] = {tag_key(spec.name): [spec.name, *spec.aliases] for spec in specs}
    near: dict[str, list[Phrase]] = {}
    for spec in specs:
        key = tag_key(spec.name)
        written = dict.fromkeys(spec.unless_near)
        for word in spec.unless_near:
            other = aliases.get(tag_key(word), key)
            written |= dict.fromkeys(names[other] if other != key else ())
        if written:
            near[key] = [_keyword(key, word, guarded=False) for word in written]
    return near


def _sure_names(spec: TagSpec) -> list[Phrase]:
    """Return the names of several words: a hit in one of them means this tag, whatever is near."""
    key = tag_key(spec.name)
    phrases = [_keyword(key, name, guarded=False) for name in (spec.name, *spec.aliases)]
    return [phrase for phrase in phrases if phrase[0].is_phrase]


def _longest(*tables: dict[str, list[Phrase]]) -> int:
    phrases = (row for table in tables for rows in table.values() for row in rows)
    return max((len(slots) for _, slots in phrases), default=0)


def _keyword(tag: str, written: str, *, guarded: bool = True) -> Phrase:
    if is_pattern(written):
        return Keyword(tag=tag, text=written, words=0), ()
    if written.startswith("="):
        exact = bare(repair(written[1:])).strip()
        slots: Slots = tuple((Form(text=fold(word)),) for word in WORD.findall(exact))
        keyword = Keyword(tag=tag, text=written, words=len(slots), exact=exact)
        return replace(keyword, is_phrase=len(exact.split()) > 1), slots
    slots = phrase_forms(written)
    if guarded and len(slots) == 1:
        own = fold(bare(repair(written))).strip()
        slots = (tuple(f for f in slots[0] if not f.is_ambiguous or f.text == own),)
    surfaces = tuple(map(_surfaces, slots)) if any(map(_surfaces, slots)) else ()
    keyword = Keyword(tag=tag, text=written, words=len(slots), surfaces=surfaces)
    return replace(keyword, is_phrase=len(written.split()) > 1), slots


def _surfaces(slot: tuple[Form, ...]) -> tuple[str, ...] | None:
    return tuple(form.surface for form in slot if form.surface) or None


def _trie(phrases: Iterable[tuple[int, Slots]]) -> Trie:
    """Build the trie: below one place, equal sets of forms share a branch."""
    ends: list[list[int]] = [[]]
    branches: list[dict[tuple[str, ...], int]] = [{}]
    for number, slots in phrases:
        place = 0
        for slot in slots:
            texts = tuple(sorted({form.text for form in slot}))
            if texts not in branches[place]:
                branches[place][texts] = len(ends)
                ends.append([])
                branches.append({})
            place = branches[place][texts]
        if slots:
            ends[place].append(number)
    return tuple(
        Node(ends=tuple(here), edges=_edges(below))
        for here, below in zip(ends, branches, strict=True)
    )


def _edges(below: dict[tuple[str, ...], int]) -> dict[str, tuple[int, ...]]:
    edges: dict[str, list[int]] = {}
    for texts, place in below.items():
        for text in texts:
            edges.setdefault(text, []).append(place)
    return shared_edges(edges)
