"""Documents of all formats beside what must be read from them; a case is a pair of files."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from feedhub.core.parse import decode, parse
from feedhub.model.history import Hints

CASES = Path(__file__).resolve().parents[2] / "data" / "feeds"
DOCUMENTS = sorted(p for p in CASES.iterdir() if not p.name.endswith(".expected.json"))
URL = "https://feeds.example/export/rss.xml"


def shown(value: Any) -> Any:
    """What a person would write down: no fields that hold their default."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        pairs = {f.name: (getattr(value, f.name), f) for f in fields if f.name != "encoding"}
        return {
            name: shown(held)
            for name, (held, f) in pairs.items()
            if held not in ("", None, (), Hints()) or f.name == "title"
        }
    return [shown(each) for each in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_read_as_written_down(document: Path) -> None:
    feed = parse(decode(document.read_bytes(), content_type=None), url=URL)
    expected = document.with_name(f"{document.name}.expected.json")
    assert shown(feed) == json.loads(expected.read_text(encoding="utf-8"))


def test_every_expectation_has_its_document() -> None:
    expected = {p.name.removesuffix(".expected.json") for p in CASES.glob("*.expected.json")}
    assert expected == {p.name for p in DOCUMENTS}
    assert len(DOCUMENTS) >= 12
