"""Documents of each kind beside what must be read from them; a case is a folder.

`source.json` is what an admin would configure, `document.*` what the site sends, `expected.json`
what comes of it: a feed, the addresses of an index, an article, or the sentence of an error.
"""

import dataclasses
import html
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedhub.core.normalise import normalise
from feedhub.core.parse import decode
from feedhub.core.parse.kinds import parse_kind
from feedhub.core.parse.page import read_article
from feedhub.errors import ParseError
from feedhub.model.history import Hints
from feedhub.model.parsed import ParsedFeed
from feedhub.model.settings import FieldPaths, PageRules, Source

FOLDER = Path(__file__).parent / "cases"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())


def shown(value: Any) -> Any:
    """What a person would write down: no fields that hold their default."""
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.name != "encoding"]
        held = {name: getattr(value, name) for name in names}
        return {
            name: shown(each) for name, each in held.items() if each not in ("", None, (), Hints())
        }
    return [shown(each) for each in value] if isinstance(value, tuple) else value


def source_of(raw: Any) -> Source:
    page = PageRules(**raw["page"]) if "page" in raw else None
    paths = FieldPaths(**raw["json"]) if "json" in raw else None
    return Source(slug="a", title="a", url=raw["url"], kind=raw["kind"], page=page, json=paths)


def parsed(case: Path, raw: Any) -> Any:
    (path,) = case.glob("document.*")
    decoded = decode(path.read_bytes(), content_type=None, override="utf-8")
    if raw.get("article"):
        return read_article(decoded.text, url=raw["url"], rules=PageRules(**raw["page"]))
    return parse_kind(decoded, url=raw["url"], source=source_of(raw), content_type=None)


def read(case: Path) -> Any:
    """Read a case's document as its source says."""
    try:
        return shown(parsed(case, json.loads((case / "source.json").read_text(encoding="utf-8"))))
    except ParseError as error:
        return {"error": str(error)}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_document_is_read_as_written_down(case: Path) -> None:
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert read(case) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_an_error_is_one_plain_sentence(case: Path) -> None:
    told = read(case).get("error")
    assert told is None or (10 < len(told) <= 300 and "\n" not in told)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_what_is_read_becomes_entries_with_titles_and_times(case: Path) -> None:
    raw = json.loads((case / "source.json").read_text(encoding="utf-8"))
    try:
        feed = None if raw.get("article") else parsed(case, raw)
    except ParseError:
        return
    if not isinstance(feed, ParsedFeed):
        return
    made = normalise(feed, source_of(raw), now=datetime(2026, 8, 15, tzinfo=UTC))
    assert made.problems == ()
    assert len(made.entries) == len(feed.entries)
    for entry, said in zip(made.entries, feed.entries, strict=True):
        assert entry.title == html.unescape(said.title)
        believable = said.published or (said.updated or "")[:2] == "20"
        assert (entry.published is not None) == bool(believable)


@pytest.mark.parametrize("kind", ["page", "article", "telegram", "sitemap", "json"])
def test_every_kind_has_its_cases(kind: str) -> None:
    assert sum(case.name.startswith(f"{kind}-") for case in CASES) >= 4
