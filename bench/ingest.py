"""Poll a world of feeds with our own command and with `reader`, side by side, in one run.

Three rounds: everything new; one feed of twenty has a new entry; the same bodies again from a
server that ignores validators. CPU is that of the whole process tree. Subscribing is free for
`reader` and part of the first round for us.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import measured, world
from bench.goals import Goal
from bench.measured import Usage
from bench.peers import programs
from bench.peers.programs import Program
from bench.serving import cpu_of, serving, switch
from bench.world import Feed

SEED = 20_261_118
MEMORY_MIB = 300
COMPLETE = 0.999


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One round of the comparison and the share of the peer's CPU that we may use.

    `goal` is the share that a change must not lose again, `next` the one that is aimed at.
    """

    name: str
    switch: str
    goal: float
    next: float


STEPS = (
    Step(name="first fetch", switch="state=t0&validators=1", goal=0.6, next=1 / 4),
    Step(
        name="5 % have one new entry",
        switch="state=t1&validators=1",
        goal=1 / 5,
        next=1 / 8,
    ),
    Step(
        name="equal bodies, no validators",
        switch="state=t1&validators=0",
        goal=1 / 10,
        next=1 / 25,
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Poll:
    """One round by one program."""

    step: str
    program: str
    usage: Usage
    server_cpu: float
    stored: int
    complete: float
    empty_feeds: int


def main(arguments: Sequence[str]) -> tuple[Goal, ...]:
    """Measure, print the table, and return how the goals came out.

    `--quick` takes 200 feeds for 1,000; `--repeat N` repeats all and judges the medians.
    """
    count = 200 if "--quick" in arguments else 1000
    repeat = int(arguments[arguments.index("--repeat") + 1]) if "--repeat" in arguments else 1
    shared = Path(__file__).resolve().parents[2] / "shared" / "feeds"
    templates = world.templates_of(shared if shared.is_dir() else None)
    with tempfile.TemporaryDirectory(prefix="feedhub-bench-") as scratch:
        folder = Path(scratch)
        feeds = world.build(folder / "world", templates, count=count, seed=SEED)
        describe(folder / "world", feeds)
        polls = [
            poll
            for number in range(repeat)
            for poll in _once(folder, feeds, number, keep_as=_log_folder())
        ]
    print(table(polls, feeds))
    goals = judged(polls)
    _write(polls, goals, feeds)
    return goals


def describe(folder: Path, feeds: Sequence[Feed]) -> None:
    """Print what kind of world it is."""
    size = sum((folder / feed.first).stat().st_size for feed in feeds)
    print(
        f"{len(feeds)} feeds, {size / len(feeds) / 1e3:.0f} KB and "
        f"{sum(feed.expected_first for feed in feeds) / len(feeds):.1f} distinct entries each; "
        f"{sum(feed.is_changed for feed in feeds)} gain one; peer: reader "
        f"{programs.version_of_reader()}",
        flush=True,
    )


def _once(folder: Path, feeds: Sequence[Feed], number: int, *, keep_as: Path) -> Iterator[Poll]:
    """Run every step by both programs in turn, on one server."""
    with serving(folder / "world") as (port, server):
        own = programs.ours(folder / f"feedhub-{number}", feeds, port)
        peer = programs.reader(folder / f"reader-{number}", feeds, port)
        # Who goes first changes from step to step, as the machine's mood does.
        for place, step in enumerate(STEPS):
            for program in (own, peer) if (place + number) % 2 == 0 else (peer, own):
                switch(port, step.switch)
                yield _polled(step, program, feeds, server, keep_as)
        for program in (own, peer):
            shutil.rmtree(program.folder)


def _polled(
    step: Step, program: Program, feeds: Sequence[Feed], server: int, keep_as: Path
) -> Poll:
    before = cpu_of(server)
    out = keep_as / f"{program.name}-{STEPS.index(step) + 1}.out"
    usage = measured.run(program.poll, cwd=program.folder, out=out)
    if usage.code:
        raise RuntimeError(f"{program.name} ended with {usage.code}; see {out.with_suffix('.err')}")
    stored = program.stored()
    expected = {feed.number: _expected(feed, step) for feed in feeds}
    held = sum(min(stored.get(number, 0), count) for number, count in expected.items())
    poll = Poll(
        step=step.name,
        program=program.name,
        usage=usage,
        server_cpu=cpu_of(server) - before,
        stored=sum(stored.values()),
        complete=held / sum(expected.values()),
        empty_feeds=sum(not stored.get(n) for n, count in expected.items() if count),
    )
    print(_line(poll), flush=True)
    return poll


def _expected(feed: Feed, step: Step) -> int:
    return feed.expected_first if step is STEPS[0] else feed.expected_second


# -- what came of it ----------------------------------------------------------------------------


def _line(poll: Poll) -> str:
    used = poll.usage
    return (
        f"{poll.step:28} {poll.program:8} {used.cpu:7.2f} {used.wall:7.2f} "
        f"{used.rss / 2**20:7.0f} {used.pss / 2**20:7.0f} {used.processes:5} "
        f"{poll.server_cpu:7.2f} {poll.stored:7} {poll.complete:8.2%} {poll.empty_feeds:6}"
    )


HEAD = (
    f"{'round':28} {'program':8} {'CPU s':>7} {'wall s':>7} {'RSS MiB':>7} {'PSS MiB':>7} "
    f"{'procs':>5} {'server':>7} {'stored':>7} {'complete':>8} {'empty':>6}"
)


def table(polls: Sequence[Poll], feeds: Sequence[Feed]) -> str:
    """Return the medians as a table for a person."""
    lines = ["", HEAD]
    for step in STEPS:
        lines += [_line(_median(polls, step, name)) for name in ("feedhub", "reader")]
    total = sum(feed.expected_first for feed in feeds)
    lines.append(
        f"complete: of the {total} distinct entries that feedparser sees in the first round"
    )
    return "\n".join(lines)


def _median(polls: Sequence[Poll], step: Step, program: str) -> Poll:
    """Return the round with the median of CPU among its repeats."""
    rows = [poll for poll in polls if (poll.step, poll.program) == (step.name, program)]
    rows.sort(key=lambda poll: poll.usage.cpu)
    return rows[len(rows) // 2]


def judged(polls: Sequence[Poll]) -> tuple[Goal, ...]:
    """Return every goal with what was measured."""
    own = [poll for poll in polls if poll.program == "feedhub"]
    goals = [
        Goal(
            name=f"{step.name}: CPU of reader's",
            most=step.goal,
            next=step.next,
            measured=_ratio(polls, step),
        )
        for step in STEPS
    ]
    return (
        *goals,
        Goal(
            name="entries missing of those feedparser sees",
            most=round(1 - COMPLETE, 6),
            measured=1 - min(poll.complete for poll in own),
        ),
        Goal(
            name="feeds refused or stored empty",
            most=0,
            measured=max(poll.empty_feeds for poll in own),
        ),
        Goal(
            # pages that processes share count once, as the machine has them once
            name="peak memory of the process tree (PSS), MiB",
            most=MEMORY_MIB,
            measured=max(poll.usage.pss for poll in own) / 2**20,
        ),
    )


def _ratio(polls: Sequence[Poll], step: Step) -> float:
    cpu = {
        name: median(p.usage.cpu for p in polls if (p.step, p.program) == (step.name, name))
        for name in ("feedhub", "reader")
    }
    return cpu["feedhub"] / cpu["reader"]


def _log_folder() -> Path:
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    return folder


def _write(polls: Sequence[Poll], goals: Sequence[Goal], feeds: Sequence[Feed]) -> None:
    result: dict[str, Any] = {
        "feeds": len(feeds),
        "reader": programs.version_of_reader(),
        "goals": [asdict(goal) | {"is_met": goal.is_met} for goal in goals],
        "polls": [asdict(poll) for poll in polls],
    }
    path = _log_folder() / "ingest.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    found = main(sys.argv[1:])
    print(*(goal.line() for goal in found), sep="\n")
    raise SystemExit(not all(goal.is_met for goal in found))
