"""Turns: how many at once, how far apart, in which order."""

from __future__ import annotations

import asyncio
import contextlib
from itertools import pairwise

from feedhub.fetch import Pacing

SLACK = 0.02
"""Seconds that a busy machine may make a measured gap shorter than the true one."""


async def _many(pacing, hosts, work=0.0):
    """Take a turn for each of `hosts` at once; return (host, order asked, start), as started."""
    clock = asyncio.get_running_loop().time
    log, running, most = [], {"all": 0}, {"all": 0}

    async def one(number, host):
        async with pacing.turn(host):
            log.append((host, number, clock()))
            for key in (host, "all"):
                running[key] = running.get(key, 0) + 1
                most[key] = max(most.get(key, 0), running[key])
            await asyncio.sleep(work)
            for key in (host, "all"):
                running[key] -= 1

    await asyncio.gather(*(one(number, host) for number, host in enumerate(hosts)))
    return log, most


def test_two_starts_at_one_host_are_a_gap_apart():
    log, _ = asyncio.run(_many(Pacing(concurrency=9, per_host=9, gap=0.05), ["a"] * 6))
    starts = [start for _, _, start in log]
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(starts))


def test_turns_at_one_host_go_in_the_order_they_were_asked_for():
    log, _ = asyncio.run(_many(Pacing(concurrency=3, per_host=2, gap=0.001), ["a", "b"] * 20))
    for host in ("a", "b"):
        numbers = [number for name, number, _ in log if name == host]
        assert numbers == sorted(numbers)


def test_no_more_than_per_host_and_concurrency_run_at_once():
    pacing = Pacing(concurrency=5, per_host=2, gap=0.0)
    _, most = asyncio.run(_many(pacing, ["a", "b", "c", "d"] * 8, work=0.01))
    assert most == {"all": 5, "a": 2, "b": 2, "c": 2, "d": 2}


def test_waiting_for_a_gap_takes_no_place_of_the_others():
    async def measure():
        pacing = Pacing(concurrency=1, per_host=5, gap=0.3)
        started = asyncio.get_running_loop().time()
        log, _ = await _many(pacing, ["slow", "slow", "b", "c", "d"])
        return {(host, number): start - started for host, number, start in log}

    starts = asyncio.run(measure())
    assert max(starts[key] for key in [("b", 2), ("c", 3), ("d", 4)]) < 0.25
    assert starts[("slow", 1)] >= 0.3


def test_a_gap_counts_from_when_the_request_left():
    async def measure():
        pacing = Pacing(concurrency=2, per_host=2, gap=0.1)
        clock = asyncio.get_running_loop().time

        async def slow_to_connect():
            async with pacing.turn("a") as sent:
                await asyncio.sleep(0.06)
                sent()
                return clock()

        async def next_one():
            await asyncio.sleep(0.01)
            async with pacing.turn("a"):
                return clock()

        return await asyncio.gather(slow_to_connect(), next_one())

    left, started = asyncio.run(measure())
    assert started - left >= 0.1 - SLACK / 10


def test_a_cancelled_wait_gives_its_place_back():
    async def measure():
        pacing = Pacing(concurrency=1, per_host=1, gap=0.05)
        async with pacing.turn("a"):
            waiting = [asyncio.create_task(_many(pacing, ["a"])) for _ in range(3)]
            other = asyncio.create_task(_many(pacing, ["b"]))
            await asyncio.sleep(0.01)
            for task in [*waiting[:2], other]:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        log, _ = await asyncio.wait_for(waiting[2], 1)
        await asyncio.wait_for(_many(pacing, ["a", "b"]), 1)
        return log

    assert len(asyncio.run(measure())) == 1


def test_a_host_nobody_asks_is_forgotten_after_its_gap():
    async def measure():
        pacing = Pacing(concurrency=100, per_host=1, gap=0.05)
        await _many(pacing, [f"host{number}" for number in range(50)])
        kept = len(pacing)
        await asyncio.sleep(0.06)
        await _many(pacing, ["last"])
        return kept, len(pacing)

    assert asyncio.run(measure()) == (50, 1)


def test_without_a_gap_nothing_is_remembered():
    async def measure():
        pacing = Pacing(concurrency=4, per_host=1, gap=0.0)
        await _many(pacing, [f"host{number}" for number in range(50)])
        return len(pacing)

    assert asyncio.run(measure()) == 0
