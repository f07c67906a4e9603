"""The table of hostile cases is complete, and every test that it names exists."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.e2e.commands import ROOT
from tests.hostile.outcomes import IDS, Case, outcome, read_cases, showing, shows, table

CASES = read_cases()


@pytest.fixture(scope="module")
def collected() -> tuple[str, ...]:
    """The ids of all tests in the files that the table names, slow ones included."""
    files = sorted({one.partition("::")[0] for case in CASES for one in case.shown})
    told = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:randomly"),
            *("-p", "no:cacheprovider", "-p", "no:xdist", "-m", "soak or not soak", *files),
        ],
        cwd=ROOT,
        capture_output=True,
        timeout=110,
    )
    assert told.returncode == 0, told.stdout[-3000:]
    return tuple(line for line in told.stdout.decode().splitlines() if "::" in line)


def test_the_table_has_every_case_once_in_order() -> None:
    assert tuple(case.id for case in CASES) == IDS
    assert len(IDS) == 95


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_case_is_shown_or_waits_for_something_named(case: Case) -> None:
    assert case.what and case.expected
    assert case.shown or case.waits
    assert len(set(case.shown)) == len(case.shown)


def test_every_test_that_is_named_exists(collected: tuple[str, ...]) -> None:
    named = {one for case in CASES for one in case.shown}
    missing = [one for one in named if not any(shows(one, test) for test in collected)]
    assert missing == []


def test_every_hostile_test_shows_a_case(collected: tuple[str, ...]) -> None:
    shown = {test for case in CASES for test in showing(case, collected)}
    ours = [test for test in collected if test.startswith("tests/hostile/")]
    assert [test for test in ours if test not in shown] == []


def test_the_table_tells_what_came_of_each_case() -> None:
    case = Case(id="X01", what="a bomb", expected="ends", shown=("t.py::test_a", "t.py::test_b[x"))
    results = {
        "t.py::test_a[1]": "passed",
        "t.py::test_b[x-2]": "passed",
        "t.py::test_b[y]": "failed",
    }
    assert outcome(case, results) == "survived 2 tests"
    assert outcome(case, results | {"t.py::test_a[2]": "failed"}) == "FELL in 1 of 3 tests"
    assert outcome(case, {}) == "not run"
    assert outcome(case, {"t.py::test_a": "skipped"}) == "skipped"
    later = Case(id="A01", what="a crowd", expected="waits", waits="the admin")
    assert outcome(later, results) == "waits for the admin"
    text = table([case, later], results)
    assert text.splitlines()[-1] == "2 hostile cases: 1 survived, 1 waits"
    assert "a bomb: ends" in text
