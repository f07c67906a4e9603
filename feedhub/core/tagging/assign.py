"""The river's stage `tag`: an entry in, the same entry with its tags and their whys out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from feedhub.core.tagging.furniture import furniture
from feedhub.core.tagging.matcher import Hit, find
from feedhub.core.tagging.rules import Rules
from feedhub.core.text.fold import WORD, fold, tag_key
from feedhub.model.entry import Entry, Tagged
from feedhub.model.settings import Source, Tagging

BODY_HITS = 3
"""More hits in the body do not make a tag surer."""

_LEAD_WITHIN = 60
"""The lead is looked for in the first words of the text, behind a dateline at most."""

_BEHIND = 2 * _LEAD_WITHIN - 1
"""So many characters hold no more words than that."""

_RANKS = ("article", "source", "category", "keyword")


class _Found(NamedTuple):
    field: str
    quote: str
    hit: Hit


def tag(
    entry: Entry,
    rules: Rules,
    source: Source | None,
    *,
    repeated: frozenset[str] = frozenset(),
) -> Entry:
    """Return the entry with its tags; `source` is None for an article written here.

    A tag has one why, the best: the editor's, the source's, its category, or the keywords; the
    score is always that of the keywords. `repeated` are marks of segments that stand on every
    page of the source (`repeated_segments`); nothing in them counts.
    """
    best: dict[str, tuple[int, Tagged]] = {}
    scored = {tagged.key: tagged for tagged in _by_keywords(entry, rules, repeated)}
    for tagged in (*_by_hand(entry, rules), *_by_source(entry, rules, source), *scored.values()):
        rank = _RANKS.index(tagged.rule.partition(" ")[0])
        if tagged.key not in best or rank < best[tagged.key][0]:
            best[tagged.key] = (rank, tagged)
    if not best:  # as for most entries; what changes nothing need not be copied
        return replace(entry, tags=()) if entry.tags else entry
    ordered = sorted(best.values(), key=lambda row: (row[0], -row[1].score, row[1].key))
    return replace(entry, tags=tuple(_with_score(tagged, scored) for _, tagged in ordered))


def _with_score(tagged: Tagged, scored: dict[str, Tagged]) -> Tagged:
    words = scored.get(tagged.key)
    return tagged if words is None or words is tagged else replace(tagged, score=words.score)


def _named(name: str, rules: Rules) -> tuple[str, str]:
    """Return key and name of a tag given by name, alias or slug; an unknown name is a new tag."""
    key = rules.key_of(name)
    return (key, rules.names[key]) if key else (tag_key(name), " ".join(name.split()))


def _given(name: str, rules: Rules) -> Tagged | None:
    key, shown = _named(name, rules)
    if not key:
        return None
    version = rules.versions.get(key, "")
    return Tagged(key=key, name=shown, version=version, threshold=rules.tagging.threshold)


def _by_hand(entry: Entry, rules: Rules) -> Iterator[Tagged]:
    for name in entry.own_tags:
        tagged = _given(name, rules)
        if tagged:
            yield replace(
                tagged, state="manual", rule="article", field="article", quote=name, by="article"
            )


def _by_source(entry: Entry, rules: Rules, source: Source | None) -> Iterator[Tagged]:
    if source is None:
        return
    for name in source.tags:
        tagged = _given(name, rules)
        if tagged:
            yield replace(tagged, rule="source", field="source", quote=name, by=source.slug)
    yield from _by_category(entry, rules, source)


def _by_category(entry: Entry, rules: Rules, source: Source) -> Iterator[Tagged]:
    """Yield tags for the source's categories: mapped ones, and those named like a known tag."""
    mapped = {_key(category): name for category, name in source.categories}
    for category in entry.categories:
        name = category.name
        key = _key(name)
        wanted = mapped.get(key, name if key in rules.aliases else None)
        tagged = _given(wanted, rules) if wanted else None
        if tagged:
            yield replace(
                tagged, rule=f"category «{name}»", field="category", quote=name, by=source.slug
            )


_key = lru_cache(maxsize=4096)(tag_key)
"""A source's categories are few, and stand in every entry."""


def _by_keywords(entry: Entry, rules: Rules, repeated: frozenset[str]) -> Iterator[Tagged]:
    found: dict[str, list[_Found]] = {}
    for one in _in_fields(entry, rules, repeated):
        found.setdefault(rules.keywords[one.hit.keyword].tag, []).append(one)
    for key, hits in found.items():
        yield _scored(key, hits, rules)


def _scored(key: str, found: list[_Found], rules: Rules) -> Tagged:
    score = score_of([one.field for one in found], rules.tagging)
    if any(rules.keywords[one.hit.keyword].is_phrase for one in found):
        score += 1
    weights = {"title": rules.tagging.title, "lead": rules.tagging.lead, "body": rules.tagging.body}
    why = max(found, key=lambda one: weights[one.field])
    return Tagged(
        key=key,
        name=rules.names[key],
        state="auto" if score >= rules.tagging.threshold else "proposed",
        rule=f"keyword «{rules.keywords[why.hit.keyword].text}»",
        version=rules.versions[key],
        field=why.field,
        quote=why.quote,
        start=why.hit.start,
        end=why.hit.end,
        score=score,
        threshold=rules.tagging.threshold,
        by="rules",
    )


def score_of(fields: list[str], tagging: Tagging) -> float:
    """Return the sum of the weights of hits by field, of at most `BODY_HITS` in the body."""
    return (
        tagging.title * fields.count("title")
        + tagging.lead * fields.count("lead")
        + tagging.body * min(fields.count("body"), BODY_HITS)
    )


def _in_fields(entry: Entry, rules: Rules, repeated: frozenset[str]) -> Iterator[_Found]:
    yield from _in_field("title", entry.title, rules, frozenset())
    if entry.lead and entry.text.startswith(entry.lead):
        yield from _in_field("body", entry.text, rules, repeated, lead=len(entry.lead))
        return
    yield from _in_field("lead", entry.lead, rules, repeated)
    body = list(_in_field("body", entry.text, rules, repeated))
    start, end = _lead_in_text(entry) if body else (0, 0)
    yield from (one for one in body if not start <= one.hit.start < end)


def _in_field(
    field: str, text: str, rules: Rules, repeated: frozenset[str], *, lead: int = 0
) -> Iterator[_Found]:
    """Yield what was found in one field; the first `lead` characters of a body are the lead."""
    hits = find(text, rules) if text else ()
    if not hits:
        return
    silent = () if field == "title" else furniture(text, repeated)
    for hit in hits:
        if not silent or not any(start <= hit.start < end for start, end in silent):
            where = "lead" if hit.end <= lead else field
            yield _Found(where, text[hit.start : hit.end], hit)


def _lead_in_text(entry: Entry) -> tuple[int, int]:
    """Return where the lead stands in the text, word for word; (0, 0) where it does not."""
    at = entry.text.find(entry.lead, 0, len(entry.lead) + _BEHIND) if entry.lead else -1
    end = at + len(entry.lead)
    if at > 0 and not (entry.text[at - 1].isalnum() or entry.text[end : end + 1].isalnum()):
        return at, end
    lead = WORD.findall(fold(entry.lead))
    if not lead or not entry.text:
        return 0, 0
    words = list(WORD.finditer(fold(entry.text[: 2 * len(entry.lead) + 1000])))
    heads = [word[0] for word in words]
    for first in range(min(_LEAD_WITHIN, len(heads))):
        if heads[first] == lead[0] and heads[first : first + len(lead)] == lead:
            return words[first].start(), words[first + len(lead) - 1].end()
    return 0, 0
