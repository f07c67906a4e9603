"""One thread writes: in order, together where it is busy, and only what is at fault fails."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import wraps

import pytest

from feedhub.writer import TOGETHER, Writer


def in_a_loop(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    """Run a test in a loop of its own, for a while at most."""

    @wraps(test)
    def run() -> None:
        asyncio.run(asyncio.wait_for(test(), 30))

    return run


@asynccontextmanager
async def a_writer() -> AsyncIterator[Writer]:
    writer = Writer()
    try:
        yield writer
    finally:
        await asyncio.to_thread(writer.close)


class Book:
    """Writes numbers down, a batch a page; refuses every page that holds a forbidden number."""

    def __init__(self, forbidden: int | None = None) -> None:
        self.pages: list[list[int]] = []
        self.threads: set[str] = set()
        self._forbidden = forbidden

    def write(self, numbers: Sequence[int]) -> list[int]:
        self.threads.add(threading.current_thread().name)
        if self._forbidden in numbers:
            raise ValueError(f"{self._forbidden} is not written here")
        self.pages.append(list(numbers))
        return [number * 10 for number in numbers]


@in_a_loop
async def test_what_runs_is_answered_and_what_it_raises_is_raised() -> None:
    def fail() -> None:
        raise LookupError("nowhere")

    async with a_writer() as writer:
        assert await writer.run(lambda: threading.current_thread().name) == "store"
        with pytest.raises(LookupError, match="nowhere"):
            await writer.run(fail)


@in_a_loop
async def test_what_comes_in_one_moment_is_written_together_in_its_order() -> None:
    book = Book()
    async with a_writer() as writer:
        first = await writer.together(book.write, 0)
        rest = await asyncio.gather(*(writer.together(book.write, n) for n in range(1, 50)))
    assert [first, *rest] == [n * 10 for n in range(50)]
    assert book.pages == [[0], list(range(1, 50))]
    assert book.threads == {"store"}


@in_a_loop
async def test_no_batch_is_larger_than_the_bound() -> None:
    book = Book()
    count = 2 * TOGETHER + 5
    async with a_writer() as writer:
        await asyncio.gather(*(writer.together(book.write, n) for n in range(count)))
    assert max(map(len, book.pages)) == TOGETHER
    assert [n for page in book.pages for n in page] == list(range(count))


@in_a_loop
async def test_one_that_cannot_be_written_fails_alone() -> None:
    book = Book(forbidden=3)
    async with a_writer() as writer:
        await writer.together(book.write, 0)
        work = (writer.together(book.write, n) for n in range(1, 6))
        answers = await asyncio.gather(*work, return_exceptions=True)
    assert [repr(answer) for answer in answers] == [
        "10",
        "20",
        "ValueError('3 is not written here')",
        "40",
        "50",
    ]
    assert book.pages == [[0], [1], [2], [4], [5]]


@in_a_loop
async def test_different_work_is_never_mixed() -> None:
    odd, even = Book(), Book()
    async with a_writer() as writer:
        work = (writer.together((odd if n % 2 else even).write, n) for n in range(6))
        assert await asyncio.gather(*work) == [0, 10, 20, 30, 40, 50]
    assert (odd.pages, even.pages) == ([[1], [3], [5]], [[0], [2], [4]])


@in_a_loop
async def test_what_runs_at_once_does_not_wait_for_a_batch() -> None:
    book, order = Book(), list[str]()

    def write(numbers: Sequence[int]) -> list[int]:
        order.append("batch")
        return book.write(numbers)

    async with a_writer() as writer:
        await writer.together(write, 0)
        waiting = asyncio.ensure_future(writer.together(write, 1))
        await asyncio.sleep(0)
        await writer.run(lambda: order.append("at once"))
        await waiting
    assert order == ["batch", "at once", "batch"]


@in_a_loop
async def test_whoever_stopped_waiting_disturbs_nobody() -> None:
    book = Book()
    async with a_writer() as writer:
        await writer.together(book.write, 0)
        gone, stays = (asyncio.ensure_future(writer.together(book.write, n)) for n in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        assert await stays == 20
    assert book.pages == [[0], [1, 2]]


@in_a_loop
async def test_closing_writes_what_waits_and_takes_nothing_more() -> None:
    book = Book()
    async with a_writer() as writer:
        await writer.together(book.write, 0)
        waiting = [asyncio.ensure_future(writer.together(book.write, n)) for n in (1, 2)]
        await asyncio.sleep(0)
        await asyncio.to_thread(writer.close)
        assert await asyncio.gather(*waiting) == [10, 20]
        with pytest.raises(RuntimeError, match="nothing is written"):
            await writer.run(lambda: None)
