"""Measure everything and judge it by the goals: `python -m bench [--quick] [--repeat N]`.

Exit code 0 when every goal is met, else 1. `--quick` polls 200 feeds for 1,000, and
2,000 sources for 10,000; parts may be named (`python -m bench startup ingest many`), all are run
otherwise. Parts other than these three are programs of their own and are judged by their exit code.
A goal's `next` is the stronger bound that is aimed at: it is told, and fails nothing.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench import ingest, many, startup
from bench.goals import Goal

ROOT = Path(__file__).resolve().parent.parent
NEEDS = {"tagging": ROOT.parent / "shared" / "gold"}
"""Parts that measure on annotated entries: passed over where there are none."""


def main(arguments: Sequence[str]) -> int:
    """Run the parts, print every goal at the end, and return the exit code."""
    goals: list[Goal] = []
    for name, run in _wanted(arguments).items():
        print(f"\n== {name}", flush=True)
        needed = NEEDS.get(name)
        if needed is not None and not needed.is_dir():
            print("passed over: there are no annotated entries beside this checkout")
            continue
        goals += run()
    print("\n== goals")
    print(*(goal.line() for goal in goals), sep="\n")
    return int(not all(goal.is_met for goal in goals))


def _wanted(arguments: Sequence[str]) -> dict[str, Callable[[], tuple[Goal, ...]]]:
    parts: dict[str, Callable[[], tuple[Goal, ...]]] = {
        "startup": startup.main,
        "lists": partial(_program, "lists"),
        "tagging": partial(_program, "tagging"),
        "ingest": partial(ingest.main, arguments),
        "many": partial(many.main, arguments),
    }
    named = [part for part in parts if part in arguments]
    return {part: parts[part] for part in named or parts}


def _program(name: str) -> tuple[Goal, ...]:
    """Run a part as a program; what it says of its own goals is its exit code."""
    code = subprocess.run([sys.executable, "-m", f"bench.{name}"], cwd=ROOT, check=False).returncode
    return (Goal(name=f"{name}: exit code", most=0, measured=abs(code)),)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
