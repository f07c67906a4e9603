"""The one thread in which a process writes: work in the order it came, equal work together.

A transaction has a price of its own: the lock, the log, the segments of the word index. In a busy
round what comes within a moment is therefore written together; after a quiet moment nothing waits.
A batch that fails is done again one by one: then only what is at fault fails.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")

TOGETHER = 128
"""Pieces of work that one batch holds at most: enough to share its price, soon done."""

MOMENT = 0.2
"""Seconds from the beginning of one batch to the next, unless one is full: nobody notices them."""

_Answer = tuple["_Work", Any, BaseException | None]


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    write: Callable[[Sequence[Any]], Sequence[Any]]
    one: Any
    answer: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class Writer:
    """A thread and what waits for it; `close` lets it finish."""

    def __init__(self) -> None:
        self._at_once: deque[_Work] = deque()
        self._waiting: deque[_Work] = deque()
        self._not_before = 0.0
        self._changed = threading.Condition()
        self._is_closing = False
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[], T]) -> T:
        """Run a function where writing happens; return what it returns or raise what it raises."""
        done: T = await self._add(self._at_once, lambda _: (work(),), None)
        return done

    async def together(self, write: Callable[[Sequence[A]], Sequence[B]], one: A) -> B:
        """Give `one` to `write`, with whatever else waits for the same `write`.

        `write` returns an answer for each; it keeps all or raises and has kept nothing.
        """
        answer: B = await self._add(self._waiting, write, one)
        return answer

    def close(self) -> None:
        """Finish what waits, then stop."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()

    def _add(
        self, queue: deque[_Work], write: Callable[[Sequence[Any]], Sequence[Any]], one: Any
    ) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        with self._changed:
            if self._is_closing:
                raise RuntimeError("nothing is written any more")
            queue.append(_Work(write, one, answer, loop))
            if queue is self._at_once or len(queue) in (1, TOGETHER):
                self._changed.notify()
        return answer

    # -- in the thread ----------------------------------------------------------------------

    def _work(self) -> None:
        while batch := self._next():
            answers = _done(batch)
            # one wake-up of the loop for the whole batch
            batch[0].loop.call_soon_threadsafe(_deliver, answers)

    def _next(self) -> list[_Work]:
        """Wait for work; return it with all that may be done together with it; nothing at the end."""
        with self._changed:
            while not (self._at_once or self._is_closing or self._is_ripe()):
                wait = self._not_before - monotonic() if self._waiting else None
                self._changed.wait(wait)
            if self._at_once:
                return [self._at_once.popleft()]
            self._not_before = monotonic() + MOMENT
            batch: list[_Work] = []
            while self._waiting and len(batch) < TOGETHER and _fits(self._waiting[0], batch):
                batch.append(self._waiting.popleft())
            return batch

    def _is_ripe(self) -> bool:
        waiting = len(self._waiting)
        return waiting >= TOGETHER or (waiting > 0 and monotonic() >= self._not_before)


def _fits(one: _Work, batch: Sequence[_Work]) -> bool:
    return not batch or (one.write == batch[0].write and one.loop is batch[0].loop)


def _done(batch: Sequence[_Work]) -> list[_Answer]:
    try:
        found = batch[0].write([work.one for work in batch])
        return [(work, answer, None) for work, answer in zip(batch, found, strict=True)]
    except BaseException as error:
        if len(batch) == 1:
            return [(batch[0], None, error)]
        return [answer for work in batch for answer in _done([work])]


def _deliver(answers: Sequence[_Answer]) -> None:
    for work, answer, error in answers:
        if work.answer.done():  # whoever asked has gone
            continue
        if error is None:
            work.answer.set_result(answer)
        else:
            work.answer.set_exception(error)
