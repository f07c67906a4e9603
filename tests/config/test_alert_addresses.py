"""`alerts`: addresses with secrets, believed by a running service and looked at by `check`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from feedhub.cli.commands import feedhub
from feedhub.config import compare, load, snapshot
from feedhub.errors import ConfigError

# Apprise asks for a module that the next Python but one will not have.
APPRISE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TEXT = """\
site: {title: Портал}
sections: [{slug: news, title: Новости}]
alerts:
  - json://reader:hunter2@127.0.0.1:9/hook
  - tgram://hunter2
  - tgrm://hunter2/42
  - json://reader:hunter2@127.0.0.1:9/hook
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_addresses_are_read_once_each_in_their_order(config: Path) -> None:
    assert load(config, {}).alerts == (
        "json://reader:hunter2@127.0.0.1:9/hook",
        "tgram://hunter2",
        "tgrm://hunter2/42",
    )


def test_who_can_tell_is_asked_for_flaws_which_are_faults_with_their_lines(config: Path) -> None:
    asked: list[str] = []

    def flaw(address: str) -> str:
        asked.append(address)
        return "no such service" if address.startswith("tgrm:") else ""

    with pytest.raises(ConfigError) as refused:
        load(config, {}, flaw_of_alert=flaw)
    assert str(refused.value) == f"{config}:6: alerts[2]: no such service"
    assert len(asked) == 4


@APPRISE
def test_check_names_addresses_that_apprise_cannot_use_without_their_secrets(config: Path) -> None:
    done = CliRunner().invoke(feedhub, ["--config", str(config), "check", "--json"])
    told = json.loads(done.stdout)
    assert told["ok"] is False
    assert told["problems"] == [
        (
            f"{config}:5: alerts[1]: Apprise cannot use this tgram:// address: "
            "a part of it is missing or malformed"
        ),
        (
            f"{config}:6: alerts[2]: Apprise has no service for addresses of this kind; "
            'did you mean "tgram://"?'
        ),
    ]
    assert "hunter2" not in done.output


def test_a_change_of_an_address_shows_and_its_secret_does_not(config: Path) -> None:
    old = load(config, {})
    held = json.loads(json.dumps(snapshot(old)))
    assert not [word for word in ("hunter2", "reader", "hook", "127.0.0.1:9") if word in str(held)]
    new = replace(old, alerts=("json://reader:other@127.0.0.1:9/hook",))
    (difference,) = compare(held, new)
    assert str(difference).startswith('setting alerts changed: ["json://#')
    assert not [word for word in ("hunter2", "other", "hook") if word in str(difference)]
    assert compare(held, old) == ()
