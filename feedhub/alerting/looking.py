"""One look at everything: what was polled since the last one, our own connection, our own lists.

A look costs little, however many sources there are: it takes those that failed since, those of
which something stands, and a number of the others in turn, whose silence or flood is a matter of
hours. It reads and thinks without holding anybody up, and stores what it found in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from feedhub.alerting import outbox
from feedhub.alerting.lists import look_at_lists
from feedhub.alerting.subject import Subject
from feedhub.alerting.telling import record_from_json, tell
from feedhub.core.health import (
    Standing,
    conditions,
    site_conditions,
    standings,
    standings_from_json,
    standings_to_json,
)
from feedhub.core.health.conditions import Condition
from feedhub.core.history import recall
from feedhub.model import Settings, Site
from feedhub.model.history import PollFact
from feedhub.store import Connection, Store, alerts, facts
from feedhub.store.alerts import Watched

AGAIN = timedelta(seconds=30)
"""A look so soon after the last one, perhaps another poller's, does nothing."""

OVERLAP = timedelta(seconds=30)
"""Polls so long before the last look are looked at again: they may have been written after it."""

TURN = 200
"""Sources that are looked at in turn: 10,000 of them in 50 minutes."""

LISTS_EVERY = timedelta(hours=1)

_SAMPLE = 500
"""Polls by which an outage is judged, the last ones."""

_WINDOWS = (timedelta(minutes=30), timedelta(minutes=10))
"""An outage is sought in the last polls of half an hour, and of a shorter time, which shows sooner
that it began: before many sources have failed three times."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """What a look leaves to the next: when it was, when an outage was last seen, what stands.

    `turn` is the last source that was looked at in turn.
    """

    at: datetime | None = None
    turn: str = ""
    outage_at: datetime | None = None
    lists_at: datetime | None = None
    site: tuple[Standing, ...] = ()
    lists: dict[str, tuple[Standing, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a look found: all of which something stands, and the new texts of sources' standings."""

    left: Left
    subjects: tuple[Subject, ...]
    changed: Mapping[str, str]


def look(store: Store, settings: Settings, *, now: datetime) -> tuple[str, ...]:
    """Look at sources, site and lists; return the sentences to tell now, which are in the outbox.

    Call it about once a minute; one that comes within 30 s of the last does nothing. Each state
    is told once when it began and once when it ended. Raises StoreError.
    """
    with store.read() as conn:
        known = facts.get_all(conn, (alerts.LOOK, alerts.TOLD))
        left = _left_from_json(known.get(alerts.LOOK, ""), now=now)
        if left.at is not None and now - left.at < AGAIN:
            return ()
        found = _look(conn, settings, left, now)
    record = record_from_json(known.get(alerts.TOLD, ""))
    said, record = tell(found.subjects, record, site=settings.site, now=now)
    with store.write() as conn:
        if facts.get(conn, alerts.LOOK) != known.get(alerts.LOOK):
            return ()  # another poller has looked meanwhile, and tells
        alerts.put_standings(conn, found.changed)
        facts.put(conn, alerts.LOOK, _left_to_json(found.left))
        if record.to_json() != known.get(alerts.TOLD):
            facts.put(conn, alerts.TOLD, record.to_json())
        waiting = outbox.from_json(facts.get(conn, alerts.OUTBOX) or "")
        kept = outbox.put(waiting, settings.alerts, said, now=now)
        if kept != waiting:
            facts.put(conn, alerts.OUTBOX, outbox.to_json(kept))
    return said


def _look(conn: Connection, settings: Settings, left: Left, now: datetime) -> Found:
    site, is_outage = _look_at_site(conn, settings, left, now)
    outage_at = now if is_outage else left.outage_at
    turn = alerts.next_in_turn(conn, left.turn, limit=TURN)
    since = left.at - OVERLAP if left.at else None
    watched = alerts.watched(conn, failed_since=since, turn=turn)
    sources = _look_at_sources(watched, settings, outage_at, now)
    is_time = left.lists_at is None or now - left.lists_at >= LISTS_EVERY
    lists = look_at_lists(conn, settings, left.lists, is_new_look=is_time, now=now)
    after = Left(
        at=now,
        turn=turn[1] if turn else "",
        outage_at=outage_at,
        lists_at=now if is_time else left.lists_at,
        site=site.standings,
        lists={one.name: one.standings for one in lists if one.standings},
    )
    return Found(
        left=after,
        subjects=(site, *(one for one in sources if one.standings), *lists),
        changed=_changed(watched, sources),
    )


# -- the site -----------------------------------------------------------------------------------


def _look_at_site(
    conn: Connection, settings: Settings, left: Left, now: datetime
) -> tuple[Subject, bool]:
    """Return how we are, and whether sources that do not answer say nothing now.

    While nobody at all answers an outage goes on, also when too few are asked to tell it anew:
    sources that fail are asked ever more seldom.
    """
    seen = _site_conditions(conn, now)
    is_outage = seen[0].kind == "outage"
    n, failed = alerts.polled(conn, since=now - _WINDOWS[0])
    is_raised = any(one.is_raised for one in left.site)
    if is_raised and not is_outage and n == failed:
        after, is_outage = left.site, True
    else:
        after = standings(left.site, seen, polled_at=now, now=now)
    title = settings.site.title
    site = Subject(about="site", name="", title=title, url="", standings=after, seen=seen)
    return site, is_outage


def _site_conditions(conn: Connection, now: datetime) -> tuple[Condition, ...]:
    for window in _WINDOWS:
        n, failed = alerts.polled(conn, since=now - window)
        if failed * 2 > n:  # else it is no outage, and no history need be read
            found = site_conditions(_last_polls(conn, now - window, now), now=now)
            if found[0].kind == "outage":
                return found
    return site_conditions((), now=now)


def _last_polls(conn: Connection, since: datetime, now: datetime) -> list[PollFact]:
    """Return the last poll of each source that was polled since then."""
    memories = alerts.memories(conn, since=since, limit=_SAMPLE)
    pasts = (recall(memory, now=now) for memory in memories)
    return [past.polls[0] for past in pasts if past.polls and past.polls[0].at >= since]


# -- the sources --------------------------------------------------------------------------------


def _look_at_sources(
    watched: Sequence[Watched], settings: Settings, outage_at: datetime | None, now: datetime
) -> tuple[Subject, ...]:
    """Return how sources are; those last polled in our outage say nothing of not answering."""
    configured = frozenset(source.slug for source in settings.sources)
    found = []
    for one in watched:
        polled_at = one.state.last_poll_at
        was_cut_off = bool(outage_at and polled_at and polled_at <= outage_at)
        seen = conditions(
            one.state,
            recall(one.memory, now=now),
            is_configured=one.state.slug in configured,
            now=now,
        )
        before = standings_from_json(one.standings)
        after = standings(before, seen, polled_at=polled_at, now=now, is_outage=was_cut_off)
        found.append(_source(one, settings.site, seen, after))
    return tuple(found)


def _source(
    one: Watched, site: Site, seen: tuple[Condition, ...], after: tuple[Standing, ...]
) -> Subject:
    slug = one.state.slug
    return Subject(
        about="source",
        name=slug,
        title=one.state.title or slug,
        url=f"{site.base_url}/sources/{slug}/",
        standings=after,
        seen=seen,
    )


def _changed(watched: Sequence[Watched], sources: Sequence[Subject]) -> dict[str, str]:
    """Return the new texts of what stands of sources, where they are new."""
    texts = (standings_to_json(one.standings) if one.standings else "" for one in sources)
    return {
        one.state.slug: text
        for one, text in zip(watched, texts, strict=True)
        if text != one.standings
    }


# -- what is left as text -----------------------------------------------------------------------


def _left_to_json(left: Left) -> str:
    moments = {"at": left.at, "outage_at": left.outage_at, "lists_at": left.lists_at}
    return json.dumps(
        {
            **{name: int(at.timestamp()) for name, at in moments.items() if at},
            "turn": left.turn,
            "site": standings_to_json(left.site),
            "lists": {name: standings_to_json(it) for name, it in sorted(left.lists.items())},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _left_from_json(text: str, *, now: datetime) -> Left:
    """Return what the last look left; moments to come are of a clock that was wrong: unknown."""
    found: dict[str, Any] = json.loads(text) if text else {}

    def moment(name: str) -> datetime | None:
        at = datetime.fromtimestamp(found[name], UTC) if name in found else None
        return at if at is None or at <= now else None

    return Left(
        at=moment("at"),
        turn=found.get("turn", ""),
        outage_at=moment("outage_at"),
        lists_at=moment("lists_at"),
        site=standings_from_json(found.get("site", "")),
        lists={name: standings_from_json(it) for name, it in found.get("lists", {}).items()},
    )
