"""How a source is, in one sentence, in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from feedhub.core.health import Condition, Health, health
from feedhub.model import SourceState
from tests import builders as a

MOSCOW = ZoneInfo("Europe/Moscow")
HERE = a.NOW.astimezone(MOSCOW)
POLLED = {"last_poll_at": a.NOW - a.HOUR, "next_poll_at": a.NOW + a.HOUR}


def ask(
    language: str = "ru", *, is_configured: bool = True, now: datetime = HERE, **state: Any
) -> Health:
    return health(
        SourceState(slug=a.SOURCE, **state),
        is_configured=is_configured,
        language=language,
        now=now,
    )


CASES: list[tuple[Condition, bool, bool, dict[str, Any], str, str]] = [
    ("waiting", True, True, {}, "Ещё не опрашивался.", "Not polled yet."),
    (
        "gone",
        False,
        False,
        {"is_active": False, "error": "x", "last_success_at": a.NOW},
        "Больше не опрашивается; записи сохранены.",
        "No longer polled; its entries are kept.",
    ),
    (
        "paused",
        False,
        True,
        {"is_active": False, "error": "x", "last_success_at": a.NOW},
        "Опрос приостановлен; записи сохранены.",
        "Polling is paused; its entries are kept.",
    ),
    (
        "failing",
        False,
        True,
        {"error": "x", "last_success_at": a.NOW - a.DAY, **POLLED},
        "Не читается: последняя попытка 14:00 не удалась, повтор 16:00.",
        "Cannot be read: the last try at 14:00 failed, the next is at 16:00.",
    ),
    (
        "well",
        True,
        True,
        {"last_success_at": a.NOW - a.HOUR, **POLLED},
        "Работает: последний опрос 14:00.",
        "Works: last polled at 14:00.",
    ),
]


@pytest.mark.parametrize(
    ("condition", "is_healthy", "is_configured", "state", "russian", "english"), CASES
)
def test_each_condition_has_its_sentence_in_both_languages(
    condition: Condition,
    is_healthy: bool,
    is_configured: bool,
    state: dict[str, Any],
    russian: str,
    english: str,
) -> None:
    for language, sentence in (("ru", russian), ("en", english), ("de", english)):
        assert ask(language, is_configured=is_configured, **state) == Health(
            condition=condition, is_healthy=is_healthy, sentence=sentence
        )


def test_a_time_of_another_day_comes_with_its_day() -> None:
    late = datetime(2026, 11, 22, 21, 30, tzinfo=a.NOW.tzinfo)  # the 23rd in Moscow
    assert ask(last_success_at=late).sentence == "Работает: последний опрос 23.11.2026 00:30."
    after = late.astimezone(MOSCOW)
    assert ask(last_success_at=late, now=after).sentence == "Работает: последний опрос 00:30."


def test_a_source_that_was_never_read_and_fails_has_no_next_time_to_tell() -> None:
    found = ask("en", error="x", last_poll_at=a.NOW)
    assert found.sentence == "Cannot be read: the last try at 15:00 failed, the next is at —."


def test_the_fault_itself_is_not_told_to_readers() -> None:
    for language in ("ru", "en"):
        assert "secret" not in ask(language, error="secret.host refused").sentence
