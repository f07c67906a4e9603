"""Lists that we publish and that stopped changing: everything, and each section.

A list is looked at once an hour, which counts as a poll of it. What it usually brings is counted
only where nothing came for two days: core calls no list silent before three.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from feedhub.alerting.subject import Subject
from feedhub.core.health import Condition, Standing, list_conditions, standings
from feedhub.model import Section, Settings
from feedhub.store import Connection, alerts

QUIET = timedelta(days=2)

_HOME = {"ru": "Всё", "en": "Everything"}

Known = Mapping[str, tuple[Standing, ...]]


def look_at_lists(
    conn: Connection, settings: Settings, known: Known, *, is_new_look: bool, now: datetime
) -> tuple[Subject, ...]:
    """Return the lists, those of sections by their slug and that of everything by no name.

    While the whole does not change its parts are left as they stand: one message is enough.
    """
    home = _look_at(conn, settings, None, known, is_new_look=is_new_look, now=now)
    is_idle = any(one.is_raised or one.doubts for one in home.standings)
    sections = (
        _look_at(conn, settings, section, known, is_new_look=is_new_look and not is_idle, now=now)
        for section in settings.sections
    )
    return (home, *sections)


def _look_at(
    conn: Connection,
    settings: Settings,
    section: Section | None,
    known: Known,
    *,
    is_new_look: bool,
    now: datetime,
) -> Subject:
    name = section.slug if section else ""
    before = known.get(name, ())
    seen: tuple[Condition, ...] = ()
    if is_new_look or any(one.is_raised for one in before):
        habit = alerts.habit(conn, name or None, now=now, quiet=QUIET)
        seen = list_conditions(habit.by_day, habit.newest, now=now)
    return Subject(
        about="list",
        name=name,
        title=section.title if section else _HOME.get(settings.site.language, _HOME["en"]),
        url=f"{settings.site.base_url}/{f'sections/{name}/' if name else ''}",
        standings=standings(before, seen, polled_at=now, now=now) if is_new_look else before,
        seen=seen,
    )
