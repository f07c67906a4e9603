"""Compiled rules: what a process that only matches needs, without the dictionary of word forms.

`Rules` are plain values: they can be pickled to workers and kept as JSON.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from feedhub.core.text.fold import tag_key
from feedhub.model.settings import Tagging

Edges = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Keyword:
    """One entry of a tag's `match` or `unless_near`: `text` as written, `words` how many it has.

    `is_phrase`: written as several words; one with hyphens is a single name of several `words`.
    `surfaces` has a place for each word: the spellings allowed there where letter case counts,
    else None; empty where it counts nowhere. `exact` must stand so, letter for letter.
    """

    tag: str
    text: str
    words: int = 1
    is_phrase: bool = False
    surfaces: tuple[tuple[str, ...] | None, ...] = ()
    exact: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A place in a trie of word forms: keywords that end here, and where each next form leads."""

    ends: tuple[int, ...] = ()
    edges: Edges


Trie = tuple[Node, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """A vocabulary made ready to match; tags are named by their keys throughout.

    `aliases` leads from every folded name and alias to the key, `slugs` from every configured
    slug. `versions` change with a tag's own rule, `fingerprint` with anything that could change
    the outcome. `near` and `sure` hold tries by tag: what cancels a hit, and the names of several
    words that keep it whatever stands near. `longest_near` is the most words of any of either.
    """

    fingerprint: str
    tagging: Tagging
    names: Mapping[str, str]
    aliases: Mapping[str, str]
    slugs: Mapping[str, str]
    versions: Mapping[str, str]
    keywords: tuple[Keyword, ...]
    trie: Trie
    near_keywords: tuple[Keyword, ...]
    near: Mapping[str, Trie]
    longest_near: int
    sure: Mapping[str, Trie]
    patterns: tuple[tuple[int, re.Pattern[str]], ...]

    def key_of(self, name: str) -> str | None:
        """Return the key of the tag that has this name, alias or slug; None when there is none."""
        key = tag_key(name)
        return self.aliases.get(key) or self.slugs.get(key)


def rules_to_json(rules: Rules) -> str:
    """Write rules as one JSON document; `rules_from_json` gives them back equal."""
    return json.dumps(
        {
            "fingerprint": rules.fingerprint,
            "tagging": asdict(rules.tagging),
            "names": dict(rules.names),
            "aliases": dict(rules.aliases),
            "slugs": dict(rules.slugs),
            "versions": dict(rules.versions),
            "keywords": [_keyword_out(keyword) for keyword in rules.keywords],
            "trie": _trie_out(rules.trie),
            "near_keywords": [_keyword_out(keyword) for keyword in rules.near_keywords],
            "near": {key: _trie_out(trie) for key, trie in rules.near.items()},
            "longest_near": rules.longest_near,
            "sure": {key: _trie_out(trie) for key, trie in rules.sure.items()},
            "patterns": [[number, pattern.pattern] for number, pattern in rules.patterns],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def rules_from_json(text: str) -> Rules:
    """Read rules that `rules_to_json` wrote; raises KeyError, TypeError or ValueError on others."""
    read = json.loads(text)
    return Rules(
        fingerprint=read["fingerprint"],
        tagging=Tagging(**read["tagging"]),
        names=read["names"],
        aliases=read["aliases"],
        slugs=read["slugs"],
        versions=read["versions"],
        keywords=tuple(map(_keyword_in, read["keywords"])),
        trie=_trie_in(read["trie"]),
        near_keywords=tuple(map(_keyword_in, read["near_keywords"])),
        near={key: _trie_in(rows) for key, rows in read["near"].items()},
        longest_near=read["longest_near"],
        sure={key: _trie_in(rows) for key, rows in read["sure"].items()},
        patterns=tuple((number, re.compile(pattern)) for number, pattern in read["patterns"]),
    )


def _keyword_out(keyword: Keyword) -> list[Any]:
    return [getattr(keyword, name) for name in Keyword.__slots__]


def _keyword_in(row: list[Any]) -> Keyword:
    values = dict(zip(Keyword.__slots__, row, strict=True))
    surfaces = tuple(None if place is None else tuple(place) for place in values["surfaces"])
    return Keyword(**{**values, "surfaces": surfaces})


def _trie_out(trie: Trie) -> list[Any]:
    return [[node.ends, dict(node.edges)] for node in trie]


def _trie_in(rows: list[Any]) -> Trie:
    return tuple(Node(ends=tuple(ends), edges=shared_edges(edges)) for ends, edges in rows)


def shared_edges(edges: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, ...]]:
    """Return edges in which equal forms and equal targets are one object: half the memory."""
    targets: dict[tuple[int, ...], tuple[int, ...]] = {}
    return {
        sys.intern(form): targets.setdefault(target, target)
        for form, target in ((form, tuple(to)) for form, to in edges.items())
    }
