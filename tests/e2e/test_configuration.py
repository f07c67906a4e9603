"""The configuration file: what is wrong with it, what it would change, and following it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.commands import Service, feedhub, service, wait_for, write_config
from tests.e2e.documents import Note, instant, rss
from tests.e2e.server import Server

FEED = rss([Note(title="Озеро замёрзло", url="https://a.example/1", published=instant(5))])
PROMPT = 5.0
"""Seconds in which a running service follows a file: two, and some for a slow machine."""


def test_a_good_file_is_good(tmp_path: Path) -> None:
    config = write_config(tmp_path, sources="{slug: a, url: 'https://a.example/rss'}")
    ran = feedhub(config, "check")
    assert ran.code == 0
    assert "1 sources" in ran.out


def test_every_problem_is_named_with_file_and_line(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "site: {title: Портал}\n"
        "sections:\n"
        "  - {slug: news, title: Новости}\n"
        "sources:\n"
        "  - url: https://a.example/rss\n"
        "    intreval: 5m\n"
        "  - url: ftp://b.example/rss\n",
        encoding="utf-8",
    )
    ran = feedhub(config, "check")
    assert ran.code == 2
    lines = ran.err.splitlines()
    assert any("config.yaml:6: sources[0].intreval" in line for line in lines), lines
    assert any("config.yaml:7: sources[1].url" in line for line in lines), lines
    as_json = feedhub(config, "check", "--json")
    assert as_json.code == 2
    assert as_json.json["ok"] is False
    assert len(as_json.json["problems"]) == len(lines)


def test_a_missing_file_is_a_sentence_and_no_trace(tmp_path: Path) -> None:
    for command in ("check", "serve"):
        ran = feedhub(tmp_path / "nowhere.yaml", command, cwd=tmp_path)
        assert ran.code == 2, command
        assert "nowhere.yaml" in ran.err
        assert "Traceback" not in ran.err


def test_an_article_with_an_error_is_named_by_check(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text("---\ntitel: Так\n---\nТекст\n", encoding="utf-8")
    ran = feedhub(config, "check", "--json")
    assert ran.code == 2
    assert any("articles/a.md:2" in problem for problem in ran.json["problems"])


def test_help_and_version_need_no_configuration(tmp_path: Path) -> None:
    for arguments in (["--help"], ["--version"], ["serve", "--help"]):
        ran = feedhub(None, *arguments, cwd=tmp_path)
        assert ran.code == 0, arguments
        assert ran.out
        assert ran.err == ""


def test_a_wrong_command_is_wrong_usage(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    for arguments in (["pol"], ["poll", "--al"], ["--konfig", "x"], ["serve", "--port", "0x"]):
        ran = feedhub(config, *arguments)
        assert ran.code == 2, arguments
        assert "Traceback" not in ran.err


def test_an_unknown_source_is_told_with_names_like_it(tmp_path: Path) -> None:
    config = write_config(tmp_path, sources="{slug: ministry, url: 'https://a.example/rss'}")
    ran = feedhub(config, "poll", "minstry")
    assert ran.code == 2
    assert "«minstry»" in ran.err
    assert "ministry" in ran.err.replace("«minstry»", "")


def test_plan_shows_what_apply_then_does(tmp_path: Path) -> None:
    config = write_config(tmp_path, sources="{slug: lake, url: 'https://a.example/rss'}")
    planned = feedhub(config, "plan", "--json").json["differences"]
    assert {"kind": "added", "what": "source", "name": "lake"}.items() <= planned[2].items()
    applied = feedhub(config, "apply", "--json")
    assert applied.code == 0
    assert applied.json["differences"] == planned
    assert feedhub(config, "plan").out.strip() == "nothing to change"
    write_config(tmp_path, sources="{slug: lake, url: 'https://a.example/other'}")
    changed = feedhub(config, "plan").out
    assert "source lake changed" in changed
    assert "https://a.example/other" in changed


@pytest.fixture(scope="module")
def agency() -> Iterator[Server]:
    with Server() as server:
        server.put("/rss", FEED, content_type="text/xml")
        yield server


@pytest.fixture(scope="module")
def running(agency: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    config = write_config(tmp_path_factory.mktemp("live"), private=[agency.place])
    with service(config) as started:
        yield started


def test_a_changed_file_is_followed_and_a_bad_one_is_not(running: Service, agency: Server) -> None:
    folder = running.log_path.parent
    assert running.get("/sections/science/").status == 404
    assert running.get("/tags/ozero/").status == 404
    write_config(
        folder,
        private=[agency.place],
        sections="{slug: science, title: Наука}",
        sources=f"{{slug: lake, url: '{agency.url('/rss')}', section: science}}",
        tags="{name: озеро}",
    )
    wait_for("the new section", lambda: running.answers("/sections/science/"), seconds=PROMPT)
    wait_for("the new tag", lambda: running.answers("/tags/ozero/"), seconds=PROMPT)
    wait_for("the new source", lambda: agency.count("/rss"), seconds=PROMPT)
    wait_for("its entry", lambda: running.titles("/tags/ozero/feed.json") == ["Озеро замёрзло"])

    good = (folder / "config.yaml").read_text(encoding="utf-8")
    (folder / "config.yaml").write_text(good + "souces: []\n", encoding="utf-8")
    told = wait_for(
        "the bad file to be told",
        lambda: [e for e in running.events() if "not taken over" in e["event"]],
    )
    assert "config.yaml:" in told[0]["problem"]
    assert "souces" in told[0]["problem"]
    assert running.answers("/sections/science/")
    assert running.titles("/tags/ozero/feed.json") == ["Озеро замёрзло"]

    write_config(folder, private=[agency.place])
    wait_for(
        "the mended file",
        lambda: running.get("/sections/science/").status == 404,
        seconds=PROMPT,
    )
    assert running.titles("/sources/lake/feed.json") == ["Озеро замёрзло"]
