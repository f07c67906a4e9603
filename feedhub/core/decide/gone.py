"""What a source took back: said by the source, or proved by its document's window.

An entry that merely scrolled out of a document is not gone. One that is missing between newer and
older ones of its neighbours, time and again, is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from feedhub.model import KnownEntry, Withdraw

ABSENCES = 3
"""Documents running in which an entry must be missing, this one included."""

NEIGHBOURS = 3
"""Entries of the document that must be older than the missing one."""

REASONS = {
    "ru": ("Снято источником.", "Источник убрал эту запись из своей ленты."),
    "en": ("The source took it back.", "The source took this entry out of its feed."),
}
"""Said by the source itself, and proved by its window; readers see these."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentWindow:
    """What is known of a document as a window: `earlier` is when those before it were read, the
    newest first, `usual` how many entries the last of them held, `count` how many this one holds.

    `deleted` are the identities that it says were taken back.
    """

    earlier: tuple[datetime, ...] = ()
    usual: int | None = None
    count: int = 0
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """Which entries would be gone: listed between these times, not seen since."""

    older_than: datetime
    newer_than: datetime
    unseen_since: datetime


def proof(present: Sequence[KnownEntry], window: DocumentWindow) -> Proof | None:
    """Return what this document's window proves of entries that are missing, or None.

    `present` are the known entries of the document, in its order. A document that is not in the
    order of time proves nothing, nor does one that has shrunk to half.
    """
    is_short = window.count * 2 < (window.usual or 0)
    if len(window.earlier) < ABSENCES - 1 or len(present) <= NEIGHBOURS or is_short:
        return None
    times = [one.published for one in present]
    if any(later > before for before, later in pairwise(times)):
        return None
    return Proof(
        older_than=times[0],
        newer_than=times[-NEIGHBOURS],
        unseen_since=window.earlier[ABSENCES - 2],
    )


def gone(
    missing: Sequence[KnownEntry], deleted: Sequence[KnownEntry], language: str
) -> tuple[Withdraw, ...]:
    """Return the withdrawals of what is missing by proof and of what the source says it deleted."""
    said, proved = REASONS.get(language, REASONS["en"])
    reasons = {one.number: proved for one in missing} | {one.number: said for one in deleted}
    open_ones = {one.number for one in (*missing, *deleted) if not one.is_withdrawn}
    return tuple(
        Withdraw(number=number, reason=reason)
        for number, reason in reasons.items()
        if number in open_ones
    )
