"""What is polled with what: a configuration that an admin could have written, and goals."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request  # noqa: TID251 - asks the server under test
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import world
from bench.goals import Goal
from bench.peers import programs
from bench.peers.vocabulary import TAGS
from feedhub import config


@pytest.fixture
def feeds(tmp_path: Path) -> list[world.Feed]:
    return world.build(tmp_path / "world", world.templates_of(None), count=20, seed=1)


@pytest.fixture
def served(tmp_path: Path, feeds: list[world.Feed]) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.server", str(tmp_path / "world")]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()
        process.wait(10)


def asked(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an answer."""
    request = urllib.request.Request(address, headers=headers)  # noqa: TID251
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # noqa: TID251
    try:
        with straight.open(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_the_configuration_is_valid_and_names_every_feed(
    tmp_path: Path, feeds: list[world.Feed]
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(programs.configuration(feeds, 8080), encoding="utf-8")
    settings = config.load(path, {})
    assert [source.slug for source in settings.sources] == [feed.slug for feed in feeds]
    assert len(settings.tags) == len(TAGS) == 30
    assert settings.fetch.gap == 0


def test_the_server_answers_304_to_its_validators_and_200_when_it_ignores_them(
    tmp_path: Path, served: str, feeds: list[world.Feed]
) -> None:
    address = served + feeds[0].path
    status, headers, body = asked(address)
    assert (status, body) == (200, (tmp_path / "world" / feeds[0].first).read_bytes())
    assert asked(address, **{"If-None-Match": headers["ETag"]})[0] == 304
    assert asked(address, **{"If-Modified-Since": headers["Last-Modified"]})[0] == 304
    asked(f"{served}/switch?state=t0&validators=0")
    status, bare, again = asked(address, **{"If-None-Match": headers["ETag"]})
    assert (status, again) == (200, body)
    assert not {"ETag", "Last-Modified"} & set(bare)


def test_the_second_state_brings_new_bodies_to_changed_feeds_only(
    tmp_path: Path, served: str, feeds: list[world.Feed]
) -> None:
    before = {feed.slug: asked(served + feed.path)[1]["ETag"] for feed in feeds}
    asked(f"{served}/switch?state=t1&validators=1")
    for feed in feeds:
        status, _, _ = asked(served + feed.path, **{"If-None-Match": before[feed.slug]})
        assert status == (200 if feed.is_changed else 304)


def test_a_goal_is_met_up_to_its_bound_and_says_so() -> None:
    assert Goal(name="x", most=0.2, measured=0.2).is_met
    assert Goal(name="x", most=0.2, measured=0.21).line().startswith("MISSED x: 0.21")


@pytest.mark.skipif(os.name != "posix", reason="a path of this kind")
def test_our_command_is_the_installed_one() -> None:
    (command, *_) = programs.own_command()
    assert Path(command).exists()
