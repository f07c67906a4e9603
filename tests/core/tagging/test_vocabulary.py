"""Compiled rules: what they know, how they travel, when they change."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from feedhub.core.tagging import (
    Rules,
    compile_vocabulary,
    fingerprint,
    rule_version,
    rules_from_json,
    rules_to_json,
)
from feedhub.errors import ConfigError
from feedhub.model.settings import Tagging, TagSpec

ROOT = Path(__file__).resolve().parents[3]
TAG = TagSpec(
    name="Связь", aliases=("телеком",), match=("оператор связи",), unless_near=("дирекция",)
)
OTHER = TagSpec(name="Почта")

MATCH_ONLY = """
import sys
from feedhub.core.tagging import rules_from_json, tag
from feedhub.model.entry import Entry
rules = rules_from_json(sys.stdin.read())
entry = Entry(source="s", identity="1", identity_why="t", title="Встреча в Республике Беларусь")
print(*(tagged.key for tagged in tag(entry, rules, None).tags), "pymorphy3" in sys.modules)
"""


def test_rules_survive_json_and_pickle_unchanged(rules: Rules) -> None:
    text = rules_to_json(rules)
    assert rules_from_json(text) == rules
    assert rules_to_json(rules_from_json(text)) == text
    assert pickle.loads(pickle.dumps(rules)) == rules
    assert json.loads(text)["fingerprint"] == rules.fingerprint


def test_a_process_that_only_matches_loads_no_dictionary(rules: Rules) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", MATCH_ONLY],
        input=rules_to_json(rules),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == "белоруссия False"


def test_names_aliases_and_slugs_lead_to_the_tag(rules: Rules) -> None:
    for name in ("Белоруссия", "РЕСПУБЛИКА  БЕЛАРУСЬ", "рб", "belorussiya"):
        assert rules.key_of(name) == "белоруссия"
    assert rules.key_of("it") == "ит"
    assert rules.key_of("неизвестно") is None


def test_a_name_beats_an_alias_and_order_decides_nothing() -> None:
    specs = (TagSpec(name="а", aliases=("б", "в")), TagSpec(name="б", aliases=("в",)))
    one = compile_vocabulary(specs, tagging=Tagging())
    other = compile_vocabulary(specs[::-1], tagging=Tagging())
    assert one == other
    assert (one.key_of("б"), one.key_of("в")) == ("б", "а")


@pytest.mark.parametrize(
    "changed",
    [
        replace(TAG, name="связь"),
        replace(TAG, aliases=()),
        replace(TAG, match=("оператор",)),
        replace(TAG, match=None),
        replace(TAG, unless_near=()),
    ],
)
def test_fingerprint_and_version_change_with_the_meaning(changed: TagSpec) -> None:
    assert rule_version(changed) != rule_version(TAG)
    assert fingerprint((changed, OTHER), Tagging()) != fingerprint((TAG, OTHER), Tagging())


def test_fingerprint_stays_where_the_meaning_stays() -> None:
    before = fingerprint((TAG, OTHER), Tagging())
    assert fingerprint((OTHER, TAG), Tagging()) == before
    assert fingerprint((replace(TAG, kind="topic", parent="Почта"), OTHER), Tagging()) == before
    assert fingerprint((TAG,), Tagging()) != before
    assert fingerprint((TAG, OTHER), Tagging(threshold=4)) != before
    assert fingerprint((replace(TAG, slug="svyaz-2"), OTHER), Tagging()) != before


def test_a_broken_regular_expression_is_named() -> None:
    with pytest.raises(ConfigError) as refused:
        compile_vocabulary((TAG, TagSpec(name="Акты", match=("/№(/", "/[/"))), tagging=Tagging())
    assert [problem.key for problem in refused.value.problems] == ["tags «Акты».match"] * 2
    assert "/№(/" in str(refused.value)


def test_an_empty_vocabulary_gives_rules_that_find_nothing() -> None:
    empty = compile_vocabulary((), tagging=Tagging())
    assert rules_from_json(rules_to_json(empty)) == empty
    assert empty.key_of("связь") is None
