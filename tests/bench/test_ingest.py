"""How the measured rounds are judged."""

from __future__ import annotations

from bench import ingest
from bench.ingest import STEPS, Poll
from bench.measured import Usage
from bench.world import Feed

FEED = Feed(
    number=1,
    template="x",
    media_type="application/xml",
    first="t0/f00001",
    second="t0/f00001",
    expected_first=4,
    expected_second=4,
)


def poll(step: int, program: str, cpu: float, *, complete: float = 1.0, empty: int = 0) -> Poll:
    """Return a round as if it had been measured."""
    usage = Usage(
        code=0, cpu=cpu, sampled_cpu=cpu, wall=cpu, rss=100 * 2**20, pss=2**20, processes=1
    )
    return Poll(
        step=STEPS[step].name,
        program=program,
        usage=usage,
        server_cpu=0.1,
        stored=4,
        complete=complete,
        empty_feeds=empty,
    )


def rounds(*own: float) -> list[Poll]:
    """Return three rounds of ours with these CPU seconds, and of reader with 10 each."""
    return [
        one
        for step, cpu in enumerate(own)
        for one in (poll(step, "feedhub", cpu), poll(step, "reader", 10.0))
    ]


def test_every_goal_is_met_up_to_its_share_of_the_peers_cpu() -> None:
    assert all(goal.is_met for goal in ingest.judged(rounds(6.0, 2.0, 1.0)))


def test_a_round_that_takes_more_is_missed_by_name() -> None:
    missed = [goal.name for goal in ingest.judged(rounds(6.0, 2.1, 1.0)) if not goal.is_met]
    assert missed == ["5 % have one new entry: CPU of reader's"]


def test_entries_lost_and_feeds_refused_in_any_round_are_missed() -> None:
    polls = [*rounds(1.0, 1.0, 1.0), poll(1, "feedhub", 1.0, complete=0.998, empty=1)]
    missed = [goal.name for goal in ingest.judged(polls) if not goal.is_met]
    assert missed == ["entries missing of those feedparser sees", "feeds refused or stored empty"]


def test_of_repeats_the_median_counts() -> None:
    polls = [*rounds(1.0, 1.0, 1.0), *rounds(9.0, 1.0, 1.0), *rounds(2.0, 1.0, 1.0)]
    assert ingest.judged(polls)[0].measured == 0.2
    assert f"{STEPS[0].name:28} feedhub     2.00" in ingest.table(polls, [FEED])
