"""Score the tagging on annotated entries: `python -m bench.gold_tags [FOLDER]`.

FOLDER holds `gold/tags.dev.jsonl`, `gold/entries.dev.json.gz` and `gold/vocabulary.yaml`. True
positives are produced tags that are gold, false positives those neither gold nor acceptable,
false negatives gold tags not produced.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from feedhub.core.tagging import Rules, compile_vocabulary, repeated_segments, tag
from feedhub.core.text.sentences import sentences
from feedhub.model.entry import Entry
from feedhub.model.settings import Source, Tagging, TagSpec

LEAD_CHARS = 300


@dataclass(slots=True)
class Counts:
    """True positives, false positives and false negatives."""

    true: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """Return the share of produced tags (but acceptable ones) that are right."""
        return self.true / (self.true + self.false) if self.true + self.false else 1.0

    @property
    def recall(self) -> float:
        """Return the share of gold tags that were produced."""
        return self.true / (self.true + self.missed) if self.true + self.missed else 1.0

    def add(self, other: Counts) -> None:
        """Add the counts of another to these."""
        self.true += other.true
        self.false += other.false
        self.missed += other.missed


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong or missed tag, with what the engine said of it."""

    title: str
    tag: str
    kind: str
    why: str


@dataclass(slots=True)
class Score:
    """Counts over all, by origin (real, written) and by tag, and every mistake."""

    all: Counts = field(default_factory=Counts)
    by_origin: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    by_tag: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    mistakes: list[Mistake] = field(default_factory=list)


def load_specs(path: Path) -> tuple[TagSpec, ...]:
    """Read the vocabulary in the form of the configuration's `tags`."""
    rows = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["tags"]
    return tuple(
        TagSpec(
            name=row["name"],
            slug=row["slug"],
            kind=row["kind"],
            parent=row["parent"],
            aliases=tuple(row["aliases"]),
            match=tuple(row["match"]),
            unless_near=tuple(row["unless_near"]),
        )
        for row in rows
    )


def plain_text(html: str) -> str:
    """Return text without tags; the entries at hand carry hardly any."""
    return unescape(re.sub(r"<[^>]{1,500}>", " ", html)).strip()


def lead_of(text: str) -> str:
    """Return the first whole sentences of a text, about `LEAD_CHARS` characters of it."""
    end = 0
    for sentence in sentences(text[:2000]):
        start = text.find(sentence, end)
        if end and start + len(sentence) > LEAD_CHARS:
            break
        end = start + len(sentence)
    return text[:end]


def make_entry(item: Mapping[str, Any]) -> Entry:
    """Return a JSON Feed item as the tagging stage gets it."""
    text = plain_text(item.get("content_text") or "")
    return Entry(
        source=item["source"],
        identity=item["url"],
        identity_why="gold",
        title=plain_text(item["title"]),
        text=text,
        lead=lead_of(text),
    )


def read_entries(gold: Path) -> dict[str, Entry]:
    """Read the annotated entries, by address."""
    feed = json.loads(gzip.decompress((gold / "entries.dev.json.gz").read_bytes()))
    return {item["url"]: make_entry(item) for item in feed["items"]}


def score(shared: Path) -> Score:
    """Tag every annotated entry and compare."""
    gold = shared / "gold"
    rules = compile_vocabulary(load_specs(gold / "vocabulary.yaml"), tagging=Tagging())
    entries = read_entries(gold)
    repeated = _repeated(entries.values())
    result = Score()
    for line in (gold / "tags.dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        _judge(row, entries[row["entry_url"]], rules, repeated, result)
    return result


def _repeated(entries: Iterable[Entry]) -> dict[str, frozenset[str]]:
    texts: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        texts[entry.source].append(entry.text)
    return {source: repeated_segments(rows) for source, rows in texts.items()}


def _judge(
    row: Mapping[str, Any],
    entry: Entry,
    rules: Rules,
    repeated: Mapping[str, frozenset[str]],
    result: Score,
) -> None:
    source = Source(slug="gold", title=entry.source, url="http://127.0.0.1/")
    tags = tag(entry, rules, source, repeated=repeated[entry.source]).tags
    produced = {tagged.name for tagged in tags if tagged.state == "auto"}
    whys = {
        tagged.name: f"{tagged.state} {tagged.score:g}: {tagged.rule} in {tagged.field} «{tagged.quote}»"
        for tagged in tags
    }
    right, fine = set(row["gold"]), set(row["acceptable"])
    for name in produced | right:
        counts = Counts(
            true=int(name in produced and name in right),
            false=int(name in produced - right - fine),
            missed=int(name in right - produced),
        )
        for total in (result.all, result.by_origin[row["origin"]], result.by_tag[name]):
            total.add(counts)
        if not counts.true and (counts.false or counts.missed):
            kind = "wrong" if counts.false else "missed"
            result.mistakes.append(
                Mistake(row["title"][:110], name, kind, whys.get(name, "no hit"))
            )


def table(result: Score) -> str:
    """Return the scores as plain lines for a person."""
    rows = [("all", result.all), *sorted(result.by_origin.items()), *sorted(result.by_tag.items())]
    lines = [f"{'':28} precision recall   true wrong missed"]
    lines += [
        f"{name:28} {c.precision:9.3f} {c.recall:6.3f} {c.true:6} {c.false:5} {c.missed:6}"
        for name, c in rows
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the table and every mistake."""
    here = Path(__file__).resolve().parent.parent
    folder = Path(arguments[0]) if arguments else here.parent / "shared"
    result = score(folder)
    print(table(result))
    for mistake in sorted(result.mistakes, key=lambda mistake: (mistake.kind, mistake.tag)):
        print(f"\n{mistake.kind} {mistake.tag}: {mistake.why}\n  {mistake.title}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
