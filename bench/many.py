"""What a round costs in which nothing is new: `python -m bench.many [--quick] [--repeat N]`.

10,000 sources whose server answers 304 to all, by the real command; 1,000 of them with as many
stored entries as those have; and 1,000 with a million stored entries. What is new never comes, so
the documents are small; every source has the past of one that was polled for two months.
`--quick` takes 2,000 sources for 10,000, 500 for 1,000, and 100,000 entries for a million.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select, update

from bench import lists, measured, world
from bench.goals import Goal
from bench.measured import Usage
from bench.peers import programs
from bench.peers.programs import Program
from bench.serving import serving
from bench.world import Feed, Template
from feedhub import clock
from feedhub.core.history import DAYS, POLLS, DocumentRead, remember
from feedhub.core.text.fold import search_words
from feedhub.model.history import PollFact
from feedhub.store import open_store
from feedhub.store.schema import entry, source, tag

SEED = 20_261_122
FEW_ENTRIES = 10_000
MILLISECONDS = 0.8
MEMORY_MIB = 400
GROWTH_WITH_SOURCES = 1.1
GROWTH_WITH_ENTRIES = 1.3
ENTRIES_OF_A_FEED = 3

_TEXT = "Ведомство сообщает о ходе работ."
"""All of an entry's text: no round reads it, and a million of them are to fit on a small disk."""

_ITEM = """<item><guid isPermaLink="false">n{0}</guid><title>Сообщение {0} о ходе работ</title>
<link>https://agency.example/news/{0}</link><pubDate>Sun, 22 Nov 2026 0{0}:00:00 +0300</pubDate>
<description>Ведомство сообщает, что сделано за неделю и что ещё предстоит.</description></item>"""
_FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Новости ведомства</title>
<link>https://agency.example/</link><description>Все новости</description>
{}
</channel></rss>
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """An installation in which all sources were polled once, and how many entries it holds."""

    name: str
    program: Program
    sources: int
    entries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What a round of 304s took, and what the command took for a single one of its sources.

    The latter is the price of a start: reading the configuration, opening the store, the client.
    """

    scene: str
    sources: int
    entries: int
    whole: Usage
    start: Usage

    @property
    def each(self) -> float:
        """Milliseconds of CPU a source, the start included."""
        return self.whole.cpu * 1000 / self.sources

    @property
    def each_less_start(self) -> float:
        """Milliseconds of CPU for one source more."""
        return (self.whole.cpu - self.start.cpu) * 1000 / (self.sources - 1)


def main(arguments: Sequence[str]) -> tuple[Goal, ...]:
    """Measure, print the table, and return how the goals came out: medians of three or N rounds."""
    is_quick = "--quick" in arguments
    many, some, entries = (2000, 500, 100_000) if is_quick else (10_000, 1000, 1_000_000)
    repeat = int(arguments[arguments.index("--repeat") + 1]) if "--repeat" in arguments else 3
    with tempfile.TemporaryDirectory(prefix="feedhub-bench-") as scratch:
        folder = Path(scratch)
        feeds = world.build(folder / "world", [_template()], count=many, seed=SEED)
        with serving(folder / "world") as (port, _):
            scenes = (
                _scene("few sources", folder, feeds[:some], port, FEW_ENTRIES),
                _scene("many sources", folder, feeds, port, FEW_ENTRIES),
                _scene("many entries", folder, feeds[:some], port, entries),
            )
            print(HEAD, flush=True)
            # in turns, so that the machine's mood is the same for all
            rounds = [_round(scene) for _ in range(repeat) for scene in scenes]
    print(table(rounds))
    goals = judged(rounds)
    _write(rounds, goals)
    return goals


def _template() -> Template:
    items = "\n".join(_ITEM.format(number) for number in range(1, ENTRIES_OF_A_FEED + 1))
    return Template(name="small", body=_FEED.format(items).encode())


# -- making a scene -----------------------------------------------------------------------------


def _scene(name: str, folder: Path, feeds: Sequence[Feed], port: int, entries: int) -> Scene:
    """Poll these feeds for the first time, and add entries and a past to what was stored."""
    program = programs.ours(folder / name.replace(" ", "-"), feeds, port)
    first = measured.run(program.poll, cwd=program.folder, out=program.folder / "first.out")
    stored = sum(program.stored().values())
    if first.code or stored != len(feeds) * ENTRIES_OF_A_FEED:
        raise RuntimeError(f"the first round ended with {first.code} and {stored} entries")
    held = _grown(program.folder / "feedhub.db", [feed.slug for feed in feeds], entries)
    print(
        f"{name}: {len(feeds):,} sources, first round {first.cpu:.1f} CPU-s, "
        f"{first.pss / 2**20:.0f} MiB; {held:,} entries",
        flush=True,
    )
    return Scene(name=name, program=program, sources=len(feeds), entries=held)


def _grown(database: Path, slugs: Sequence[str], entries: int) -> int:
    """Give the sources a past and the store so many entries; return how many it holds."""
    store = open_store(f"sqlite:///{database}", words=search_words)
    try:
        with store.write() as conn:
            conn.execute(update(source).where(source.c.feed_url != "").values(memory=_past()))
            tags = list(conn.execute(select(tag.c.id).order_by(tag.c.id)).scalars())
            held = conn.execute(select(func.count()).select_from(entry)).scalar_one()
            last = conn.execute(select(func.max(entry.c.number))).scalar_one()
        numbers = range(last + 1, last + 1 + max(entries - held, 0))
        lists.pour(store, (lists.entry_row(n, entries, slugs) for n in numbers), tags, text=_TEXT)
    finally:
        store.close()
    return max(held, entries)


def _past() -> str:
    """Return what is remembered of a source that brought three entries a day for two months."""
    start = clock.now().replace(microsecond=0) - timedelta(days=DAYS)
    memory = ""
    for day in range(DAYS):
        at = start + timedelta(days=day)
        listed = tuple(at - timedelta(hours=hours) for hours in (1, 6, 11))
        fetched = PollFact(
            at=at, outcome="fetched", status=200, new=3, entries=20, ms=120, bytes=48_000
        )
        _, memory = remember(memory, fetched, DocumentRead(entries=20, listed=listed))
    for turn in range(POLLS):
        at = start + timedelta(days=DAYS - 1, minutes=40 * (turn + 1))
        _, memory = remember(memory, PollFact(at=at, outcome="not_modified", status=304, ms=90))
    return memory


# -- measuring ----------------------------------------------------------------------------------


def _round(scene: Scene) -> Round:
    start = _run(scene, [*scene.program.poll[:-2], "f00001", "--json"], 1)
    found = Round(
        scene=scene.name,
        sources=scene.sources,
        entries=scene.entries,
        whole=_run(scene, scene.program.poll, scene.sources),
        start=start,
    )
    print(_line(found), flush=True)
    return found


def _run(scene: Scene, command: Sequence[str], sources: int) -> Usage:
    """Run a round; raise RuntimeError unless each of so many sources said 304."""
    out = scene.program.folder / "round.out"
    usage = measured.run(command, cwd=scene.program.folder, out=out)
    reports = json.loads(out.read_bytes())["sources"] if usage.code == 0 else []
    answers = [report["outcome"] for report in reports]
    if answers != ["not_modified"] * sources:
        errors = out.with_suffix(".err").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"not a round of 304s: {usage.code}, {len(answers)} reports\n{errors}")
    return usage


# -- what came of it ----------------------------------------------------------------------------

HEAD = (
    f"{'':14}{'sources':>8} {'entries':>9} {'CPU s':>7} {'start s':>8} {'ms each':>8} "
    f"{'less start':>10} {'wall s':>7} {'PSS MiB':>8}"
)


def _line(one: Round) -> str:
    return (
        f"{one.scene:14}{one.sources:8} {one.entries:9} {one.whole.cpu:7.2f} {one.start.cpu:8.2f} "
        f"{one.each:8.3f} {one.each_less_start:10.3f} {one.whole.wall:7.2f} "
        f"{one.whole.pss / 2**20:8.0f}"
    )


def table(rounds: Sequence[Round]) -> str:
    """Return the median rounds as a table for a person."""
    names = dict.fromkeys(one.scene for one in rounds)
    return "\n".join(["", "medians", HEAD, *(_line(_median(rounds, name)) for name in names)])


def _of(rounds: Sequence[Round], scene: str) -> list[Round]:
    return sorted((one for one in rounds if one.scene == scene), key=lambda one: one.whole.cpu)


def _median(rounds: Sequence[Round], scene: str) -> Round:
    """Return the round with the median of CPU."""
    found = _of(rounds, scene)
    return found[len(found) // 2]


def judged(rounds: Sequence[Round]) -> tuple[Goal, ...]:
    """Return every goal with what was measured."""
    some, many, full = (
        _median(rounds, name) for name in ("few sources", "many sources", "many entries")
    )
    grown = f"{many.sources:,} sources against {some.sources:,}"
    return (
        Goal(
            name=f"a round of 304s, {many.sources:,} sources: CPU ms a source",
            most=MILLISECONDS,
            measured=many.each,
        ),
        Goal(
            name="peak memory of the process tree (PSS), MiB",
            most=MEMORY_MIB,
            measured=max(one.whole.pss for one in rounds) / 2**20,
        ),
        Goal(
            name=f"CPU a source, {grown}",
            most=GROWTH_WITH_SOURCES,
            measured=many.each / some.each,
        ),
        Goal(
            name=f"CPU a source less the start, {grown}",
            most=GROWTH_WITH_SOURCES,
            measured=_less_start(rounds, many) / _less_start(rounds, some),
        ),
        Goal(
            name=f"CPU a source, {full.entries:,} entries against {some.entries:,}",
            most=GROWTH_WITH_ENTRIES,
            measured=full.each / some.each,
        ),
    )


def _less_start(rounds: Sequence[Round], like: Round) -> float:
    return median(one.each_less_start for one in _of(rounds, like.scene))


def _write(rounds: Sequence[Round], goals: Sequence[Goal]) -> None:
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    result: dict[str, Any] = {
        "goals": [asdict(goal) | {"is_met": goal.is_met} for goal in goals],
        "rounds": [asdict(one) for one in rounds],
    }
    path = folder / "many.json"
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    found = main(sys.argv[1:])
    print(*(goal.line() for goal in found), sep="\n")
    raise SystemExit(not all(goal.is_met for goal in found))
