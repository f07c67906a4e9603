"""What `plan` shows: the difference between the last applied snapshot and a file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from feedhub.config import Difference, compare, load, snapshot
from feedhub.model import Section, Settings, Source, TagSpec, Timeout

EVERYTHING = Path(__file__).parent / "accepted" / "everything.yaml"


def kept(settings: Settings) -> dict[str, object]:
    """Return a snapshot as it comes back from where it was kept."""
    back: dict[str, object] = json.loads(json.dumps(snapshot(settings)))
    return back


def plan(old: Settings, new: Settings) -> list[str]:
    return [str(difference) for difference in compare(kept(old), new)]


def test_nothing_differs_from_itself() -> None:
    settings = load(EVERYTHING, {})
    assert compare(kept(settings), settings) == ()


def test_a_move_of_the_file_is_no_difference() -> None:
    settings = load(EVERYTHING, {})
    assert plan(settings, replace(settings, path="/elsewhere/config.yaml")) == []


def test_without_a_snapshot_everything_listed_is_added() -> None:
    found = compare(None, load(EVERYTHING, {}))
    assert {it.kind for it in found} == {"added"}
    assert [(it.what, it.name) for it in found] == [
        ("section", "news"),
        ("section", "press"),
        ("source", "agency-example"),
        ("source", "loopback"),
        ("source", "xn--b1aew-example"),
        ("tag", "Белоруссия"),
        ("tag", "2026"),
    ]
    assert str(found[0]) == "section news added"


def test_added_removed_and_changed_sources_are_told_by_slug_and_key() -> None:
    old = load(EVERYTHING, {})
    first = replace(old.sources[0], every=timedelta(minutes=5), tags=("связь",), proxy=None)
    new = replace(
        old, sources=(first, old.sources[1], Source(slug="c", title="c", url="https://c.example/"))
    )
    assert plan(old, new) == [
        "source xn--b1aew-example removed",
        'source agency-example changed: tags: ["связь", "2026"] → ["связь"]; every: 1h → 5m',
        "source c added",
    ]


def test_changed_tags_sections_and_settings_are_told() -> None:
    old = load(EVERYTHING, {})
    new = replace(
        old,
        site=replace(old.site, accent="#000000"),
        sections=(Section(slug="news", title="Вести"), old.sections[1]),
        tags=(replace(old.tags[0], match=None), TagSpec(name="новый")),
        fetch=replace(old.fetch, timeout=Timeout(connect=2, total=50), concurrency=9),
    )
    assert plan(old, new) == [
        "section news changed: title: Новости → Вести",
        "tag 2026 removed",
        'tag Белоруссия changed: match: ["белоруссия", "=РБ", "/белорус\\\\w+/"] → none',
        "tag новый added",
        "setting fetch.concurrency changed: 8 → 9",
        "setting fetch.timeout.total changed: 60.0 → 50",
        "setting site.accent changed: #abcdef → #000000",
    ]


def test_another_order_of_sections_is_a_difference_of_the_menu() -> None:
    old = load(EVERYTHING, {})
    new = replace(old, sections=old.sections[::-1])
    line = 'setting sections changed: order: ["news", "press"] → ["press", "news"]'
    assert plan(old, new) == [line]


def test_secrets_are_kept_as_hashes_and_their_change_shows() -> None:
    old = replace(
        load(EVERYTHING, {}), database="postgresql://user:hunter2@db/feeds?application_name=a@b"
    )
    held = json.dumps(kept(old), ensure_ascii=False)
    assert not [secret for secret in ("hunter2", "Bearer", "word@", "user:") if secret in held]
    assert "@db/feeds?application_name=a@b" in held
    other = replace(old.sources[1], headers=(("Authorization", "Bearer xyz"),))
    new = replace(old, sources=(old.sources[0], other, old.sources[2]))
    (line,) = plan(old, new)
    assert line.startswith("source loopback changed: headers.Authorization: #")
    assert "Bearer" not in line


def test_a_long_value_is_cut_in_the_line() -> None:
    old = load(EVERYTHING, {})
    new = replace(old, site=replace(old.site, title="я" * 200))
    (line,) = plan(old, new)
    assert line.endswith("я…")
    assert len(line) < 120


def test_a_snapshot_that_lost_its_shape_is_compared_all_the_same() -> None:
    settings = load(EVERYTHING, {})
    found = compare({"sources": [], "tags": None, "order": 5}, settings)
    assert Difference("added", "source", "loopback") in found
    assert Difference("changed", "setting", "feeds.items", ("none → 20",)) in found
