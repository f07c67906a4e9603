"""Measure how soon the command line answers: `python -m bench.startup`."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from statistics import median

from bench.goals import Goal
from bench.measured import environment
from bench.peers.programs import own_command

TIMES = 10
SECONDS = 0.4


def main(command: Sequence[str] = ()) -> tuple[Goal, ...]:
    """Run `feedhub --help` ten times, after one to warm the disk's cache; judge the median."""
    wanted = [*(command or own_command()), "--help"]
    _, *times = [_wall(wanted) for _ in range(TIMES + 1)]
    return (Goal(name="feedhub --help, wall s", most=SECONDS, measured=median(times)),)


def _wall(command: Sequence[str]) -> float:
    before = time.perf_counter()
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - before


if __name__ == "__main__":
    found = main()
    print(*(goal.line() for goal in found), sep="\n")
    raise SystemExit(not all(goal.is_met for goal in found))
