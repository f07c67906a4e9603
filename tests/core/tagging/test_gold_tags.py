"""The engine on annotated entries: it must stay better than a plain word-form matcher."""

from __future__ import annotations

from pathlib import Path

from bench.gold_tags import Counts, score


def test_the_engine_beats_a_plain_matcher_on_annotated_entries(shared: Path) -> None:
    result = score(shared)
    assert result.all.precision > 0.955
    assert result.all.recall > 0.867
    assert result.by_origin["real"].recall > 0.9


def test_precision_and_recall_are_counted_as_told() -> None:
    counts = Counts(true=6, false=2, missed=4)
    assert (counts.precision, counts.recall) == (0.75, 0.6)
    counts.add(Counts(missed=2))
    assert counts.recall == 0.5
    assert (Counts().precision, Counts().recall) == (1.0, 1.0)
