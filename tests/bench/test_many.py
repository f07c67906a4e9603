"""How rounds in which nothing is new are judged, and what is measured."""

from __future__ import annotations

import dataclasses

import pytest

from bench import many
from bench.goals import Goal
from bench.many import Round
from bench.measured import Usage
from feedhub import clock
from feedhub.core.history import DAYS, POLLS, recall


def used(cpu: float, pss: int = 100) -> Usage:
    """Return so many CPU seconds and MiB as if they had been measured."""
    return Usage(
        code=0, cpu=cpu, sampled_cpu=cpu, wall=cpu, rss=pss * 2**20, pss=pss * 2**20, processes=1
    )


def a_round(scene: str, sources: int, entries: int, cpu: float, start: float = 0.5) -> Round:
    """Return a round as if it had been measured."""
    return Round(
        scene=scene, sources=sources, entries=entries, whole=used(cpu), start=used(start, 10)
    )


FEW = a_round("few sources", 1000, 10_000, cpu=1.0)
MANY = a_round("many sources", 10_000, 30_000, cpu=5.5)
FULL = a_round("many entries", 1000, 1_000_000, cpu=1.3)


def missed(*rounds: Round) -> list[str]:
    return [goal.name for goal in many.judged(rounds) if not goal.is_met]


def test_a_source_costs_its_share_of_the_round_with_and_without_the_start() -> None:
    assert FEW.each == 1.0
    assert FEW.each_less_start == pytest.approx(0.5, rel=0.01)


def test_rounds_within_all_bounds_meet_every_goal() -> None:
    assert missed(FEW, MANY, FULL) == []


def test_a_round_that_is_dear_or_grows_is_missed_by_name() -> None:
    dear = dataclasses.replace(MANY, whole=used(8.1, pss=401))
    assert missed(FEW, dear, FULL) == [
        "a round of 304s, 10,000 sources: CPU ms a source",
        "peak memory of the process tree (PSS), MiB",
        "CPU a source less the start, 10,000 sources against 1,000",
    ]
    slow = dataclasses.replace(FULL, whole=used(1.31))
    assert missed(FEW, MANY, slow) == ["CPU a source, 1,000,000 entries against 10,000"]


def test_of_repeats_the_median_counts() -> None:
    slow = dataclasses.replace(MANY, whole=used(90.0))
    quick = dataclasses.replace(MANY, whole=used(0.6))
    assert missed(FEW, MANY, slow, quick, FULL) == []
    assert "many sources     10000     30000    5.50" in many.table([FEW, MANY, slow, quick, FULL])


def test_every_source_has_a_past_of_two_months() -> None:
    past = recall(many._past(), now=clock.now())
    assert (len(past.polls), past.polls[0].outcome) == (POLLS, "not_modified")
    assert sum(past.by_day) >= 3 * (DAYS - 2)


def test_the_next_goal_is_told_and_fails_nothing() -> None:
    goal = Goal(name="x", most=0.6, next=0.25, measured=0.3)
    assert goal.is_met
    assert goal.line() == "met    x: 0.3 (goal: at most 0.6; next: 0.25, not reached)"
    reached = dataclasses.replace(goal, measured=0.25)
    assert reached.line().endswith("next: 0.25, reached)")
