"""A world of feeds to poll: many distinct copies of real-shaped documents, in two states.

The second state gives every twentieth feed one entry more. All follows from the templates and the
seed alone, so that two runs poll the same bytes. `expected` is what feedparser sees of a feed.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import feedparser

from bench import rewriting

BYTES = range(5_000, 300_000)
ENTRIES = range(5, 101)
"""Which real documents serve as templates: outliers would decide the means of all."""

OLD_ENCODINGS = ("windows-1251", "koi8-r")
CHANGED_SHARE = 0.05
WRITTEN_ENTRIES = 20
"""How many entries a template of our own is grown to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A document to make feeds of."""

    name: str
    body: bytes

    @property
    def media_type(self) -> str:
        """Return the type it is served as; XML types leave the encoding to the document."""
        return "application/feed+json" if rewriting.is_json(self.body) else "application/xml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """One feed of the world: its files, and the distinct entries feedparser sees in each state."""

    number: int
    template: str
    media_type: str
    first: str
    second: str
    expected_first: int
    expected_second: int

    @property
    def path(self) -> str:
        """Return the path of its address."""
        return f"/{self.slug}"

    @property
    def slug(self) -> str:
        """Return its name as a source."""
        return mark_of(self.number)

    @property
    def is_changed(self) -> bool:
        """Tell whether the second state differs from the first."""
        return self.first != self.second


def mark_of(number: int) -> str:
    """Return what distinguishes a feed's hosts, ids and titles from those of its template."""
    return f"f{number:05}"


def build(folder: Path, templates: Sequence[Template], *, count: int, seed: int) -> list[Feed]:
    """Write a world of so many feeds into a folder, with a list of them in feeds.json."""
    for state in ("t0", "t1"):
        (folder / state).mkdir(parents=True, exist_ok=True)
    ordered = sorted(templates, key=lambda template: _lot(seed, template.name))
    changed = _changed(ordered, count, seed)
    seen: dict[tuple[str, str], int] = {}
    feeds = []
    for number, template in enumerate(islice(cycle(ordered), count), start=1):
        feeds.append(_feed(folder, number, template, number in changed, seen))
    text = json.dumps([asdict(feed) for feed in feeds], ensure_ascii=False)
    (folder / "feeds.json").write_text(text, encoding="utf-8")
    return feeds


def load(folder: Path) -> list[Feed]:
    """Read the list of feeds that `build` wrote."""
    rows = json.loads((folder / "feeds.json").read_text(encoding="utf-8"))
    return [Feed(**row) for row in rows]


def _changed(ordered: Sequence[Template], count: int, seed: int) -> frozenset[int]:
    """Choose the feeds that gain an entry; those that hold nothing to gain from are passed over."""
    able = {template.name for template in ordered if _gains(template)}
    numbers = [n for n in range(1, count + 1) if ordered[(n - 1) % len(ordered)].name in able]
    numbers.sort(key=lambda number: _lot(seed, str(number)))
    return frozenset(numbers[: round(count * CHANGED_SHARE)])


def _gains(template: Template) -> bool:
    try:
        more = rewriting.with_new_entry(template.body, "n1")
    except ValueError:
        return False
    return len(distinct_entries(more)) == len(distinct_entries(template.body)) + 1


def _lot(seed: int, name: str) -> bytes:
    return blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()


def _feed(
    folder: Path,
    number: int,
    template: Template,
    is_changed: bool,
    seen: dict[tuple[str, str], int],
) -> Feed:
    body = rewriting.marked(template.body, mark_of(number))
    states = {"t0": body}
    if is_changed:
        states["t1"] = rewriting.with_new_entry(body, "n1")
    for state, bytes_of in states.items():
        (folder / state / mark_of(number)).write_bytes(bytes_of)
        # Copies differ in a mark of one length only: what is seen in one is seen in all.
        if (template.name, state) not in seen:
            seen[template.name, state] = len(distinct_entries(bytes_of))
    last = max(states)
    return Feed(
        number=number,
        template=template.name,
        media_type=template.media_type,
        first=f"t0/{mark_of(number)}",
        second=f"{last}/{mark_of(number)}",
        expected_first=seen[template.name, "t0"],
        expected_second=seen[template.name, last],
    )


def distinct_entries(body: bytes) -> frozenset[str]:
    """Return what tells a document's entries apart, as feedparser sees them (JSON Feed: items)."""
    if rewriting.is_json(body):
        rows: list[dict[str, Any]] = json.loads(body)["items"]
    else:
        headers = {"content-type": "application/xml"}
        # the yardstick itself, on bytes of our own making
        rows = feedparser.parse(BytesIO(body), response_headers=headers).entries  # noqa: TID251
    return frozenset(_identity(row) for row in rows)


def _identity(row: dict[str, Any]) -> str:
    own = row.get("id") or row.get("link") or row.get("url")
    return str(own) if own else f"{row.get('title', '')}\n{row.get('summary', '')}"


# -- templates ----------------------------------------------------------------------------------


def templates_of(folder: Path | None) -> list[Template]:
    """Return the real documents of a folder with a manifest, else those written for this project.

    Cyrillic ones are rare among real documents and are our matter: they come twice as they are,
    and once in each of the old encodings.
    """
    plain = _real(folder) if folder is not None else _written()
    return [variant for template in plain for variant in _variants(template)]


def _real(folder: Path) -> Iterable[Template]:
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if int(row["bytes"]) in BYTES and int(row["entries_by_feedparser"]) in ENTRIES:
                yield Template(name=row["file"], body=(folder / row["file"]).read_bytes())


def _written() -> Iterable[Template]:
    for path in sorted((Path(__file__).parent / "templates").iterdir()):
        body = path.read_bytes()
        for number in range(WRITTEN_ENTRIES - 1):
            body = rewriting.with_new_entry(body, f"e{number:02}")
        yield Template(name=path.name, body=body)


def _variants(template: Template) -> Iterable[Template]:
    yield template
    if rewriting.is_json(template.body) or not rewriting.is_cyrillic(template.body):
        return
    yield Template(name=f"{template.name} again", body=template.body)
    declared = rewriting.declared_encoding(template.body)
    for encoding in OLD_ENCODINGS:
        if encoding == declared:
            continue
        body = rewriting.in_encoding(template.body, declared, encoding)
        yield Template(name=f"{template.name} in {encoding}", body=body)
