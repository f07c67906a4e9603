"""What the river that fills the store is made of: who fetches, reads, keeps, and where it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from feedhub.model import Fetched, Outcome, Source, Validators
from feedhub.polled import Keeping
from feedhub.refine import More, Refined

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


class Fetch(Protocol):
    """What a poll needs of the client."""

    async def get(
        self, source: Source, *, validators: Validators, body_hash: str | None
    ) -> Outcome:
        """Ask once, within limits; return an outcome, never raise."""


class Writing(Protocol):
    """Where writing happens: one thread."""

    async def run(self, work: Callable[[], T], /) -> T:
        """Return what the function returns, once it ran there."""

    async def together(self, write: Callable[[Sequence[A]], Sequence[B]], one: A, /) -> B:
        """Return the answer of `write` for this one, given to it with others of its kind."""


class Refine(Protocol):
    """Makes entries of a document, somewhere."""

    async def __call__(
        self,
        fetched: Fetched,
        source: Source,
        now: datetime,
        known: frozenset[str],
        more: More = (),
        /,
    ) -> Refined:
        """Return what the document came to; raise FeedHubError where it went beyond limits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class River:
    """What the flow is made of: who fetches, who reads documents, what keeps, where it is kept.

    `doubtful` is the room for sources whose last poll failed, or that are new: however many of
    them keep silent, the others find room.
    """

    fetch: Fetch
    refine: Refine
    keeping: Keeping
    writer: Writing
    doubtful: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(32))
