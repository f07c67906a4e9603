"""Worker processes: the guilty task dies alone, the others never notice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from feedhub.refine import STAGES
from feedhub.workers.pool import TaskDiedError, Workers
from tests.flows import tasks

ROOT = Path(__file__).resolve().parents[2]


def run(work: Callable[[Workers], Awaitable[Any]], **limits: Any) -> Any:
    """Run some work with two workers and a second of processor time a task."""

    async def whole() -> Any:
        options: dict[str, Any] = {
            "prepare": tasks.prepare,
            "arguments": ("озеро",),
            "cpu_seconds": 1,
            "wall_seconds": 20.0,
            **limits,
        }
        workers = Workers(processes=2, **options)
        try:
            return await asyncio.wait_for(work(workers), 60)
        finally:
            await asyncio.to_thread(workers.close)

    return asyncio.run(whole())


def test_a_task_returns_or_raises_what_it_would_here() -> None:
    async def work(workers: Workers) -> list[Any]:
        with pytest.raises(LookupError, match="no such thing"):
            await workers.run(tasks.fail)
        return [await workers.run(tasks.double, 21), await workers.run(tasks.word)]

    assert run(work) == [42, "озеро"]


def test_only_the_task_that_burns_dies() -> None:
    async def work(workers: Workers) -> list[Any]:
        every = [workers.run(tasks.double, n) for n in range(6)]
        burning = workers.run(tasks.burn)
        done = await asyncio.gather(*every, burning, return_exceptions=True)
        return [*done, await workers.run(tasks.double, 50)]

    *doubled, burnt, after = run(work)
    assert doubled == [0, 2, 4, 6, 8, 10]
    assert isinstance(burnt, TaskDiedError)
    assert "1 s of CPU time" in str(burnt)
    assert after == 100


def test_a_process_that_dies_takes_only_its_task_with_it() -> None:
    async def work(workers: Workers) -> int:
        with pytest.raises(TaskDiedError, match=r"died \(code 3\)"):
            await workers.run(tasks.die)
        return await workers.run(tasks.double, 4)

    assert run(work) == 8


def test_a_task_that_sleeps_is_ended_by_the_clock() -> None:
    async def work(workers: Workers) -> int:
        with pytest.raises(TaskDiedError, match=r"more than 0\.5 s"):
            await workers.run(tasks.sleep)
        return await workers.run(tasks.double, 1)

    assert run(work, wall_seconds=0.5) == 2


def test_a_task_gets_no_more_memory_than_allowed() -> None:
    async def work(workers: Workers) -> int:
        with pytest.raises(MemoryError):
            await workers.run(tasks.hoard)
        return await workers.run(tasks.double, 2)

    assert run(work) == 4


def test_the_limit_is_of_a_task_and_not_of_its_process() -> None:
    async def work(workers: Workers) -> set[int]:
        return {await workers.run(tasks.process) for _ in range(20)}

    assert len(run(work)) <= 2


def test_a_queue_that_is_soon_worked_off_takes_one_process() -> None:
    async def work(workers: Workers) -> set[int]:
        return set(await asyncio.gather(*(workers.run(tasks.process) for _ in range(16))))

    assert len(run(work)) == 1


@pytest.mark.parametrize("limits", [{"in_a_row": 3}, {"patience": 0.01}], ids=str)
def test_another_process_comes_when_tasks_keep_waiting(limits: dict[str, Any]) -> None:
    async def work(workers: Workers) -> set[int]:
        return set(await asyncio.gather(*(workers.run(tasks.nap) for _ in range(60))))

    assert len(run(work, **limits)) == 2


LOADED = """
import asyncio
from feedhub.core.tagging import compile_vocabulary, rules_to_json
from feedhub.model import Tagging
from feedhub.refine import STAGES, prepare_worker
from feedhub.workers.pool import Workers
from tests.flows.tasks import modules

async def told():
    rules = rules_to_json(compile_vocabulary((), tagging=Tagging()))
    workers = Workers(processes=1, prepare=prepare_worker, arguments=(rules,), preload=STAGES)
    try:
        return await workers.run(modules)
    finally:
        workers.close()

print(*sorted(asyncio.run(told())))
"""


def test_a_process_loads_what_is_preloaded_and_neither_the_loop_nor_the_network() -> None:
    # In a process of its own: the server that workers are forked from is started once in each.
    told = subprocess.check_output([sys.executable, "-c", LOADED], cwd=ROOT, text=True, timeout=60)
    loaded = set(told.split())
    assert set(STAGES) <= loaded
    assert not {"asyncio", "aiohttp", "sqlalchemy", "click", "structlog"} & loaded


def test_what_cannot_be_sent_back_fails_its_task_alone() -> None:
    async def work(workers: Workers) -> int:
        with pytest.raises(RuntimeError, match="Odd"):
            await workers.run(tasks.fail_oddly)
        with pytest.raises(Exception, match="pickle"):
            await workers.run(tasks.answer_with_what_cannot_be_sent)
        return await workers.run(tasks.double, 3)

    assert run(work) == 6


def test_an_error_tells_where_in_the_worker_it_was_raised() -> None:
    async def work(workers: Workers) -> list[str]:
        with pytest.raises(LookupError) as raised:
            await workers.run(tasks.fail)
        return raised.value.__notes__

    (note,) = run(work)
    assert "in fail" in note


def test_closing_ends_a_task_under_way() -> None:
    async def closed(workers: Workers) -> None:
        sleeping = asyncio.create_task(workers.run(tasks.sleep))
        await asyncio.sleep(1)
        await asyncio.to_thread(workers.close)
        with pytest.raises(TaskDiedError):
            await sleeping

    run(closed)


def test_closing_without_a_task_is_nothing() -> None:
    async def work(workers: Workers) -> None:
        return None

    assert run(work) is None


def test_processes_that_all_died_are_started_again(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    mark.touch()

    async def work(workers: Workers) -> int:
        with pytest.raises(TaskDiedError, match="died"):
            await workers.run(tasks.double, 1)
        mark.unlink()
        return await workers.run(tasks.double, 2)

    assert run(work, prepare=tasks.prepare_while, arguments=(str(mark),)) == 4
