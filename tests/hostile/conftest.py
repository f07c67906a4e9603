"""The table of hostile cases is printed with what came of them in this very run.

Tests run in several processes; each notes what came of the tests that show a case in a file that
all of them share. Whichever of these tests is the last one hands the table to the report.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.hostile.outcomes import read_cases, showing, table


class Outcomes:
    """Notes what comes of the tests that show a case, of this process and all others of the run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._cases = read_cases()
        self._wanted: frozenset[str] = frozenset()

    @property
    def _noted(self) -> Path:
        """The file that all processes of this run share."""
        factory: pytest.TempPathFactory = self._config._tmp_path_factory  # type: ignore[attr-defined]
        base = factory.getbasetemp()
        return (base.parent if hasattr(self._config, "workerinput") else base) / "hostile-outcomes"

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        ids = [item.nodeid for item in session.items]
        self._wanted = frozenset(test for case in self._cases for test in showing(case, ids))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if item.nodeid in self._wanted and (report.when == "call" or not report.passed):
            with self._noted.open("a", encoding="utf-8") as file:
                file.write(f"{report.outcome} {report.nodeid}\n")
            results = self._results()
            if results.keys() >= self._wanted:
                report.user_properties.append(("table", table(self._cases, results)))
        return report

    def _results(self) -> dict[str, str]:
        lines = self._noted.read_text("utf-8").splitlines()
        found = (line.partition(" ") for line in lines)
        results: dict[str, str] = {}
        for came, _, test in found:
            results[test] = "failed" if "failed" in (came, results.get(test)) else came
        return results


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note, once in each process that runs tests."""
    if not config.pluginmanager.has_plugin("hostile-outcomes"):
        config.pluginmanager.register(Outcomes(config), "hostile-outcomes")
