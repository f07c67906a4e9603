"""What we remember of a source between polls, and what a poll and a round came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedhub.model.fetched import Validators
from feedhub.model.settings import BodyPolicy

PollOutcome = Literal["fetched", "not_modified", "unchanged", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """A source's memory. `failures` is the weighted count since the last success.

    `ttl` is the publisher's hint in minutes. `first_poll_at` is None until a poll succeeded once.
    `memory` is the text of its `History`, read by `core.history`.
    """

    slug: str
    title: str = ""
    home_url: str | None = None
    feed_url: str = ""
    section: str = "news"
    body: BodyPolicy = "full"
    validators: Validators = Validators()
    body_hash: str | None = None
    next_poll_at: datetime | None = None
    first_poll_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    last_document_at: datetime | None = None
    failures: float = 0.0
    error: str = ""
    notice: str = ""
    cadence: str = ""
    ttl: int | None = None
    is_active: bool = True
    memory: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NextPoll:
    """When to poll again, with the reason in words."""

    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PollReport:
    """What one poll of one source came to; `error` and `notice` are sentences or empty."""

    source: str
    outcome: PollOutcome
    new: int = 0
    updated: int = 0
    skipped: int = 0
    withdrawn: int = 0
    error: str = ""
    notice: str = ""
    ms: int = 0
