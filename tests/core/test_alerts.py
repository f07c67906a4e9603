"""People are told once that a state began and once that it ended, and a storm is no storm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.health import (
    Alert,
    Condition,
    Kind,
    Severity,
    Standing,
    Told,
    alerts,
    messages,
    signs,
    standings,
    standings_from_json,
    standings_to_json,
)
from tests import builders as a

BEGAN, ENDED = Alert(kind="broken"), Alert(kind="broken", is_over=True)


def seen(kind: Kind, severity: Severity = "warning") -> tuple[Condition, ...]:
    return (Condition(kind=kind, severity=severity),)


WELL = seen("well", "ok")
DOWN = seen("unreachable", "broken")
SILENT = seen("silent")


class Watch:
    """A source that is looked at poll by poll, with all that was told of it."""

    def __init__(self, now: datetime = a.NOW) -> None:
        self.now = now
        self.memory: tuple[Standing, ...] = ()
        self.told: list[tuple[Alert, datetime]] = []

    def poll(
        self,
        conditions: Sequence[Condition],
        times: int = 1,
        *,
        gap: timedelta = a.HOUR,
        is_outage: bool = False,
    ) -> list[Alert]:
        """Poll so many times and return what is told meanwhile."""
        already = len(self.told)
        for _ in range(times):
            self.now += gap
            self.look(conditions, polled_at=self.now, is_outage=is_outage)
        return [alert for alert, _ in self.told[already:]]

    def look(
        self,
        conditions: Sequence[Condition],
        *,
        polled_at: datetime | None,
        is_outage: bool = False,
    ) -> None:
        before = self.memory
        after = standings(
            before, conditions, polled_at=polled_at, now=self.now, is_outage=is_outage
        )
        self.memory = standings_from_json(standings_to_json(after))
        assert self.memory == after
        self.told.extend((alert, self.now) for alert in alerts(before, after))


def test_a_failure_is_told_once_when_it_held_for_three_polls() -> None:
    watch = Watch()
    assert watch.poll(WELL, 5) == []
    assert watch.memory == ()
    assert watch.poll(DOWN, 2, gap=10 * a.MINUTE) == []
    assert watch.poll(DOWN) == [BEGAN]
    assert watch.poll(DOWN, 30 * 24) == []
    assert watch.poll(WELL) == []
    assert watch.poll(WELL) == [ENDED]
    assert watch.poll(WELL, 100) == []
    assert watch.memory == ()


def test_a_failure_that_passes_is_never_told() -> None:
    watch = Watch()
    for _ in range(50):
        assert watch.poll(DOWN, 2) == []
        assert watch.poll(WELL) == []


def test_a_rarely_polled_source_counts_by_hours() -> None:
    watch = Watch()
    assert watch.poll(DOWN) == []
    assert watch.poll(DOWN, gap=6 * a.HOUR) == [BEGAN]
    assert watch.poll(WELL) == []
    watch.now += 2 * a.HOUR
    watch.look(WELL, polled_at=watch.now - 2 * a.HOUR)
    assert watch.told[-1][0] == ENDED


def test_looking_often_at_one_poll_counts_once() -> None:
    watch = Watch()
    watch.poll(DOWN)
    for _ in range(100):
        watch.look(DOWN, polled_at=watch.now)
    assert watch.told == []


def test_a_flapping_source_makes_no_storm() -> None:
    watch = Watch()
    for _ in range(6):  # an hour down, an hour up, for half a day
        watch.poll(DOWN, 6, gap=10 * a.MINUTE)
        watch.poll(WELL, 6, gap=10 * a.MINUTE)
    assert [alert for alert, _ in watch.told] == [BEGAN, ENDED]
    assert watch.poll(DOWN, 48, gap=10 * a.MINUTE) == [BEGAN]
    assert watch.poll(WELL, 12, gap=10 * a.MINUTE) == []
    assert watch.poll(WELL, 30 * 6, gap=10 * a.MINUTE) == [ENDED]


def test_each_state_is_told_by_itself() -> None:
    watch = Watch()
    both = (*SILENT, *seen("no_entries"))
    assert watch.poll(both, 3) == [Alert(kind="silent"), Alert(kind="shrinking")]
    assert watch.poll(SILENT, 2) == [Alert(kind="shrinking", is_over=True)]
    assert watch.poll(seen("flooding"), 3) == [
        Alert(kind="silent", is_over=True),
        Alert(kind="flooding"),
    ]


def test_silence_that_becomes_staleness_is_the_same_state() -> None:
    watch = Watch()
    assert watch.poll(SILENT, 3) == [Alert(kind="silent")]
    assert watch.poll(seen("stale"), 300) == []


def test_another_failure_of_a_broken_source_is_the_same_state() -> None:
    watch = Watch()
    assert watch.poll(DOWN, 3) == [BEGAN]
    assert watch.poll(seen("blocked", "broken"), 20) == []


def test_a_silent_source_that_breaks_is_not_said_to_speak_again() -> None:
    watch = Watch()
    watch.poll(SILENT, 3)
    assert watch.poll(DOWN, 20) == [BEGAN]
    assert watch.poll(SILENT, 20) == [ENDED]


def test_a_source_at_rest_forgets_and_tells_nothing() -> None:
    watch = Watch()
    watch.poll(DOWN, 3)
    assert watch.poll(seen("paused")) == []
    assert watch.memory == ()
    watch.poll(DOWN, 3)
    assert watch.poll(seen("unpolled")) == []
    watch.look(WELL, polled_at=None)
    assert watch.memory == ()


def test_while_our_own_connection_is_down_sources_that_do_not_answer_are_not_told() -> None:
    watch = Watch()
    assert watch.poll(DOWN, 20, is_outage=True) == []
    assert watch.poll(WELL, 5) == []
    assert watch.poll(seen("blocked", "broken"), 3, is_outage=True) == [BEGAN]


def test_our_own_outage_is_one_state_and_no_broken_source() -> None:
    watch = Watch()
    assert watch.poll(seen("outage", "broken"), 5) == [Alert(kind="outage")]
    assert watch.poll(WELL, 5) == [Alert(kind="outage", is_over=True)]


def test_an_alert_names_the_condition_that_made_it() -> None:
    found = (*seen("overflow"), *seen("stale"), *seen("held_back", "note"))
    assert signs(Alert(kind="silent"), found) == found[1]
    assert signs(BEGAN, DOWN) == DOWN[0]
    assert signs(BEGAN, WELL) is None


def test_the_memory_of_another_version_is_read_as_far_as_it_is_known() -> None:
    assert standings_from_json("") == ()
    assert standings_from_json('[["mood",true,null,0,null,[]],["silent",true,null,0,null,[]]]') == (
        Standing(kind="silent", is_raised=True),
    )


# -- the messages -------------------------------------------------------------------------------


def send(told: Iterable[Told], language: str = "ru") -> tuple[str, ...]:
    return messages(tuple(told), language=language, now=a.NOW)


def test_a_message_names_the_source_and_says_how_it_is() -> None:
    silent = Told(title="Озёрная служба", alert=Alert(kind="silent"), sentence="Молчит 6 дней.")
    blocked = Told(title="Лесная служба", alert=BEGAN, sentence="HTTP 403 с 12 ноября.")
    since = Told(title="Речная служба", alert=BEGAN, sentence="С 12 ноября страница.")
    again = Told(title="Лесная служба", alert=ENDED)
    assert send([again, silent, blocked, since]) == (
        "Лесная служба: HTTP 403 с 12 ноября.",
        "Речная служба: с 12 ноября страница.",
        "Озёрная служба: молчит 6 дней.",
        "Лесная служба: снова читается.",
    )
    assert send([again], "en") == ("Лесная служба: can be read again.",)
    assert send([again], "de") == send([again], "en")
    assert send([]) == ()


def test_many_at_once_are_one_message() -> None:
    down = [Told(title=f"S{n}", alert=BEGAN, sentence="Не отвечает.") for n in range(300)]
    assert send(down) == ("Перестали читаться 300 источников: S0, S1, S2, S3, S4 и ещё 295.",)
    assert send(down[:21], "en") == (
        "21 sources can no longer be read: S0, S1, S2, S3, S4 and 16 more.",
    )
    assert len(send(down[:5])) == 5
    up = [Told(title=f"S{n}", alert=ENDED) for n in range(6)]
    assert send(up) == ("Снова в порядке 6 источников: S0, S1, S2, S3, S4 и ещё 1.",)
    outages = [Told(title=f"S{n}", alert=Alert(kind="outage"), sentence="?") for n in range(9)]
    assert len(send(outages)) == 9


# -- what always holds --------------------------------------------------------------------------

LOOKS = st.lists(
    st.tuples(
        st.sampled_from([WELL, DOWN, SILENT, seen("flooding"), seen("no_entries")]),
        st.integers(1, 12),
        st.integers(1, 120).map(lambda minutes: minutes * a.MINUTE),
    ),
    max_size=15,
)


@settings(deadline=None)
@given(looks=LOOKS)
def test_beginnings_and_ends_take_turns_and_come_seldom(
    looks: list[tuple[tuple[Condition, ...], int, timedelta]],
) -> None:
    watch = Watch()
    for conditions, times, gap in looks:
        watch.poll(conditions, times, gap=gap)
    for kind in ("broken", "silent", "flooding", "shrinking"):
        told = [(alert.is_over, at) for alert, at in watch.told if alert.kind == kind]
        assert [is_over for is_over, _ in told] == [n % 2 == 1 for n in range(len(told))]
        for _, at in told:
            assert sum(at <= other < at + a.DAY for _, other in told) <= 5
