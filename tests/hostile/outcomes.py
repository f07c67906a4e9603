"""The table of the 95 hostile cases, and what came of them in a run of the tests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

COUNTS = {"S": 9, "T": 11, "X": 11, "E": 3, "C": 9, "I": 9, "P": 7, "A": 16, "R": 18, "W": 2}
"""How many cases each letter has: addresses, transport, XML, encodings, content, identity,
publishing, admin, running, imports and hubs."""

IDS = tuple(f"{letter}{n:02}" for letter, count in COUNTS.items() for n in range(1, count + 1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One case: its tests, and what must be built before the rest of it can be shown."""

    id: str
    what: str
    expected: str
    shown: tuple[str, ...] = ()
    waits: str = ""


def read_cases() -> tuple[Case, ...]:
    """Read the table that stands beside this file."""
    raw = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return tuple(
        Case(id=name, **(row | {"shown": tuple(row.get("shown", ()))})) for name, row in raw.items()
    )


def shows(reference: str, test: str) -> bool:
    """Tell whether a reference of the table names a test: it, its parameters, or a part of them."""
    if "[" in reference:
        return test.startswith(reference)
    return test == reference or test.startswith(f"{reference}[")


def showing(case: Case, tests: Iterable[str]) -> tuple[str, ...]:
    """Return those of these tests that show a case."""
    return tuple(test for test in tests if any(shows(one, test) for one in case.shown))


def outcome(case: Case, results: Mapping[str, str]) -> str:
    """Say what came of a case: `results` are the outcomes of tests by id."""
    came = [results[test] for test in showing(case, results)]
    rest = f"; waits for {case.waits}" if case.waits else ""
    if not case.shown:
        return f"waits for {case.waits}"
    if not came:
        return "not run" + rest
    fallen = sum(one == "failed" for one in came)
    if fallen:
        return f"FELL in {fallen} of {len(came)} tests" + rest
    passed = sum(one == "passed" for one in came)
    return (f"survived {passed} tests" if passed else "skipped") + rest


def table(cases: Iterable[Case], results: Mapping[str, str]) -> str:
    """Return the table as text, one line a case, and the counts below it."""
    rows = [(case, outcome(case, results)) for case in cases]
    lines = [f"{case.id}  {came:44}  {case.what}: {case.expected}" for case, came in rows]
    kinds = ("survived", "FELL", "skipped", "not run", "waits")
    counts = {kind: sum(came.startswith(kind) for _, came in rows) for kind in kinds}
    total = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    return "\n".join([*lines, f"{len(rows)} hostile cases: {total}"])
