"""`import`, `export` and `catalogue` as commands, and a list made to hurt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.commands import environment, feedhub, write_config

LIST = """<?xml version="1.0" encoding="windows-1251"?>
<opml version="1.1"><body>
<outline text="Пресс-релизы">
  <outline text="Связь"><outline text="Ведомство связи" xmlUrl="https://net.example/rss?a=1&b=2"/></outline>
</outline>
<outline text="Озеро" xmlUrl="https://lake.example/rss"/>
<outline text="Секреты" xmlUrl="file:///etc/passwd"/>
<outline text="Облако" xmlUrl="http://169.254.169.254/latest/meta-data/"/>
<outline text="Мысль"/>
</body></opml>
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(
        tmp_path, sources="{slug: lake, url: 'https://lake.example/rss'}  # первое озеро"
    )


@pytest.fixture
def opml(tmp_path: Path) -> Path:
    path = tmp_path / "list.opml"
    path.write_bytes(LIST.encode("cp1251"))
    return path


def test_a_list_is_imported_and_told_line_by_line(config: Path, opml: Path) -> None:
    before = config.read_text("utf-8")
    ran = feedhub(config, "import", "opml", str(opml))
    assert ran.code == 0, ran.err
    assert "1 sources added, 1 read already, 3 refused" in ran.out
    told = ran.err.splitlines()
    assert [line.partition(":")[0] for line in told] == ["line 6", "line 7", "line 8", "line 9"]
    assert "by source lake" in told[0]
    assert "http:// or https://" in told[1]
    assert "not on the public internet" in told[2]
    assert "no xmlUrl" in told[3]
    after = config.read_text("utf-8")
    assert after.startswith(before)
    assert after.removeprefix(before).splitlines() == [
        "  - slug: net-example",
        "    title: Ведомство связи",
        "    url: https://net.example/rss?a=1&b=2",
        "    section: press-releases",
        "    tags: [Связь]",
    ]
    assert feedhub(config, "check").code == 0
    again = feedhub(config, "import", "opml", str(opml), "--json")
    assert again.code == 0
    assert again.json["written"] is False
    assert [it["line"] for it in again.json["known"]] == [4, 6]
    assert config.read_text("utf-8") == after


def test_a_dry_run_prints_the_items_only(config: Path, opml: Path) -> None:
    before = config.read_text("utf-8")
    ran = feedhub(config, "import", "opml", str(opml), "--dry-run")
    assert ran.code == 0
    assert ran.out.startswith("  - slug: net-example\n    title: Ведомство связи\n")
    assert "would be added" in ran.err
    as_json = feedhub(config, "import", "opml", str(opml), "--dry-run", "--json").json
    assert as_json["written"] is False
    assert as_json["added"] == [
        {
            "slug": "net-example",
            "title": "Ведомство связи",
            "url": "https://net.example/rss?a=1&b=2",
            "section": "press-releases",
            "tags": ["Связь"],
        }
    ]
    assert [it["line"] for it in as_json["refused"]] == [7, 8, 9]
    assert config.read_text("utf-8") == before


def test_a_list_comes_from_stdin_too(config: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "feedhub", "--config", str(config), "import", "opml", "-"],
        input=b'<opml><outline text="a" xmlUrl="https://a.example/rss"/></opml>',
        capture_output=True,
        env=environment(),
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "slug: a-example" in config.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "body", "code", "words"),
    [
        ("a page", b"<html><body>404</body></html>", 1, "an HTML page"),
        ("nothing", b"", 1, "no OPML"),
        ("too many bytes", b"<opml>" + b" " * (10 * 2**20), 1, "larger than 10 MiB"),
        ("too many outlines", b"<opml>" + b"<outline/>" * 20_001, 1, "more than 20,000"),
        ("too deep", b'<opml><outline text="a">' + b"<outline>" * 100_000, 1, "more than 20,000"),
        ("only bad ones", b'<opml><outline xmlUrl="file:///etc/passwd"/></opml>', 1, "http://"),
        ("no feeds", b"<opml><outline/></opml>", 1, "no xmlUrl"),
        (
            "entities",
            b'<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><outline text="&a;" url="&a;"/>',
            1,
            "http://",
        ),
    ],
)
def test_a_bad_list_is_refused_in_a_sentence_and_changes_nothing(
    name: str, body: bytes, code: int, words: str, config: Path
) -> None:
    before = config.read_bytes()
    path = config.with_name("list.opml")
    path.write_bytes(body)
    ran = feedhub(config, "import", "opml", str(path), seconds=40)
    assert ran.code == code, name
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert "root:" not in ran.err
    assert config.read_bytes() == before
    assert sorted(it.name for it in config.parent.iterdir()) == ["config.yaml", "list.opml"]


def test_twenty_thousand_feeds_are_imported_while_one_is_bad(config: Path) -> None:
    rows = [f'<outline text="Л" xmlUrl="https://h{at}.example/"/>' for at in range(19_998)]
    rows += ['<outline xmlUrl="https://h1.example/"/>', '<outline xmlUrl="gopher://x/"/>']
    path = config.with_name("list.opml")
    path.write_text("<opml>\n" + "\n".join(rows), encoding="utf-8")
    ran = feedhub(config, "import", "opml", str(path), seconds=100)
    assert ran.code == 0, ran.err
    assert "19998 sources added, 0 read already, 2 refused" in ran.out
    assert len(ran.err.splitlines()) == 2
    assert feedhub(config, "check").code == 0


def test_wrong_usage_is_2(config: Path, tmp_path: Path) -> None:
    for arguments in (
        ["import", "opml"],
        ["import", "opml", str(tmp_path / "nowhere.opml")],
        ["import", "wordpress", "x"],
        ["export", "site", str(tmp_path)],
        ["export", "config"],
        ["export", "opml", "--json"],
    ):
        ran = feedhub(config, *arguments)
        assert ran.code == 2, arguments
        assert "Traceback" not in ran.err
    bad = tmp_path / "bad.yaml"
    bad.write_text("sauces: []\n", encoding="utf-8")
    assert feedhub(bad, "export", "opml").code == 2


def test_what_is_exported_is_imported_elsewhere(config: Path, opml: Path, tmp_path: Path) -> None:
    feedhub(config, "import", "opml", str(opml))
    out = feedhub(config, "export", "opml")
    assert out.code == 0
    done = feedhub(config, "export", "opml", str(tmp_path / "out"), "--json").json
    assert Path(done["written"][0]).name == "sources.opml"
    (tmp_path / "other").mkdir()
    other = write_config(tmp_path / "other")
    ran = feedhub(other, "import", "opml", done["written"][0], "--json")
    assert ran.code == 0, ran.err
    wanted = feedhub(config, "import", "opml", done["written"][0], "--dry-run", "--json").json
    assert [it["title"] for it in ran.json["added"]] == [it["name"] for it in wanted["known"]]
    assert {it["section"] for it in ran.json["added"]} == {"news", "press-releases"}
    assert json.loads(json.dumps(ran.json["added"][1]["tags"])) == ["Связь"]


def test_the_configuration_is_exported_as_it_is(config: Path, tmp_path: Path) -> None:
    ran = feedhub(config, "export", "config", str(tmp_path / "copy"))
    assert ran.code == 0, ran.err
    copy = tmp_path / "copy" / "config.yaml"
    assert copy.read_bytes() == config.read_bytes()
    assert feedhub(copy, "check").code == 0


def test_the_catalogue_needs_no_configuration_and_prints_what_can_be_pasted(tmp_path: Path) -> None:
    ran = feedhub(None, "catalogue", "cbr.ru", cwd=tmp_path)
    assert ran.code == 0, ran.err
    assert "не проверено" in ran.out
    head = "site: {title: П}\nsections:\n- {slug: news, title: Н}\n- {slug: press-releases, title: П}\n"
    path = tmp_path / "config.yaml"
    path.write_text(f"{head}sources:\n{ran.out}", encoding="utf-8")
    checked = feedhub(path, "check")
    assert checked.code == 0, checked.err
    assert "3 sources" in checked.out
    found = feedhub(None, "catalogue", "cbr.ru", "--json", cwd=tmp_path).json["sources"]
    assert [it["item"]["slug"] for it in found] == ["cbr-news", "cbr-press", "cbr-events"]
    assert {it["checked"] for it in found} == {False}
    everything = feedhub(None, "catalogue", cwd=tmp_path).out
    assert "# подобрать: feedhub probe 'https://sakhalin.gov.ru/'" in everything
    nothing = feedhub(None, "catalogue", "министерстсво", cwd=tmp_path)
    assert (nothing.code, nothing.out) == (0, "")
    assert "did you mean Министерство?" in nothing.err
