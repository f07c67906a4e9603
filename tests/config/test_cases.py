"""Bad configurations: `cases/<case>.yaml` is refused with the lines of `<case>.expected.txt`."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedhub.cli.flaws import flaw_of
from feedhub.config import load
from feedhub.errors import ConfigError

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"), key=lambda path: path.name)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_every_fault_named(case: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(case, {}, flaw_of=flaw_of)
    told = str(refused.value).replace(f"{case}:", f"{case.name}:")
    expected = case.with_name(f"{case.stem}.expected.txt").read_text(encoding="utf-8")
    assert told == expected.removesuffix("\n")


def test_there_are_many_cases_and_each_has_its_expectation() -> None:
    assert len(CASES) >= 60
    named = {path.name.removesuffix(".expected.txt") for path in CASES[0].parent.glob("*.txt")}
    assert named == {case.stem for case in CASES}


def test_a_missing_file_is_named_as_the_admin_named_it(tmp_path: Path) -> None:
    path = tmp_path / "sub" / ".." / "none.yaml"
    with pytest.raises(ConfigError, match="no such file") as refused:
        load(path, {})
    assert [(it.file, it.line) for it in refused.value.problems] == [(str(path), None)]


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path, {})


def test_a_path_that_no_system_takes_is_refused() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(Path("a\0b"), {})


def test_an_enormous_file_is_refused_before_it_is_read_as_yaml(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    with path.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    with pytest.raises(ConfigError, match="larger than 32 MiB"):
        load(path, {})


def test_a_bad_database_in_the_environment_is_named_with_its_variable(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("site: {title: a}\nsections: []\n", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path, {"FEEDHUB_DATABASE": "mysql://user:secret@db/feeds"})
    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (None, "$FEEDHUB_DATABASE")
    assert "secret" not in str(problem)


def test_no_message_repeats_a_secret(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "site: {title: a}\nsections: [{slug: news, title: a}]\n"
        "database: mysql://user:hunter2@db/feeds\n"
        "fetch: {proxy: 'socks5://user:hunter2@proxy.example'}\n"
        "sources:\n  - url: https://user:hunter2@agency.example/\n"
        '    headers: {Authorization: "hunter2\\r\\n"}\n  - {url: a, headers: hunter2}\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as refused:
        load(path, {})
    assert len(refused.value.problems) == 6
    assert "hunter2" not in str(refused.value)
