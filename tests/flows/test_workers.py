"""Worker processes: the guilty task dies alone, the others never notice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from feedhub.workers import TaskDiedError, Workers
from tests.flows import tasks


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
