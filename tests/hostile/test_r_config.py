"""R12 and R13: a bad configuration starts nothing, and never replaces a good one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.commands import Service, feedhub, service, wait_for
from tests.hostile.server import Hostile
from tests.hostile.siege import World, good, world

BAD = {
    "unknown key": ("souces: []", ":1:"),
    "wrong type": ("fetch: {per_host: many}", ":1:"),
    "key twice": ("fetch: {}\nfetch: {}", ":2:"),
    "tab": ("fetch:\n\tper_host: 2", ":2:"),
    "no as a name": ("sources:\n  - {slug: a, url: no}", ":2:"),
    "clock": ("fetch: {gap: 12:30}", ":1:"),
    "python tag": ("site: !!python/object/apply:os.system ['touch PWNED']", ":1:"),
    "anchors": (
        "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]",
        ":1:",
    ),
    "two documents": ("site: {}\n---\nsite: {}", ":2:"),
    "cut": ("sources:\n  - {slug: a, url: 'https://a.ex", ":3:"),
    "bytes": ("site: {title: \x00}", ""),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_its_line_and_nothing_runs_half(
    tmp_path: Path, name: str
) -> None:
    text, line = BAD[name]
    config = tmp_path / "config.yaml"
    with Hostile() as server:
        server.put("/rss", good("agency"))
        source = f"{{slug: good, url: '{server.url('/rss')}'}}"
        config.write_text(f"{text}\n# {source}\n", "utf-8")
        ran = feedhub(config, "poll", "--all", seconds=20)
        assert ran.code == 2, ran.out
        assert f"config.yaml{line}" in ran.out + ran.err
        assert "Traceback" not in ran.err
        assert server.connections == 0
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Service]]:
    with world(tmp_path_factory.mktemp("reload")) as place:
        place.add("agency", more=", every: 1s")
        place.server.put("/agency", good("agency"))
        with service(place.write()) as running:
            wait_for("the first round", lambda: len(running.titles("/feed.json")) == 2)
            yield place, running


def changes(good_text: str) -> dict[str, list[str]]:
    """Return what is written into the file, step by step; the last step is never good."""
    half = good_text[: len(good_text) // 2]
    return {
        "empty": [""],
        "half": [half],
        "in two steps": ["", half],
        "invalid": [good_text + "souces: []\n"],
        "other text": ["<html>not yaml</html>\n" * 10],
        "binary": ["\x00\x01\x02"],
    }


@pytest.mark.parametrize("how", changes("ab"))
@pytest.mark.parametrize("is_swapped", [False, True], ids=["written", "swapped"])
def test_a_bad_file_never_replaces_a_good_one(
    served: tuple[World, Service], how: str, is_swapped: bool
) -> None:
    place, running = served
    text = place.config.read_text("utf-8")
    told = len(problems(running))
    try:
        for step in changes(text)[how]:
            if is_swapped:
                fresh = place.folder / "fresh.yaml"
                fresh.write_text(step, "utf-8")
                fresh.replace(place.config)
            else:
                place.config.write_text(step, "utf-8")
        wait_for("the bad file to be told", lambda: len(problems(running)) > told)
        asked = place.server.count("/agency")
        wait_for("polling to go on", lambda: place.server.count("/agency") > asked)
        assert len(running.titles("/feed.json")) == 2
        assert running.get("/readyz").status == 200
    finally:
        place.config.write_text(text, "utf-8")
    wait_for("the good file", lambda: running.get("/sources/agency/").status == 200)
    assert running.process.poll() is None


def problems(running: Service) -> list[str]:
    return [e["problem"] for e in running.events() if "not taken over" in e["event"]]
