"""How a source is, in plain sentences, in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.health import (
    Condition,
    Health,
    Kind,
    advise,
    conditions,
    fault_of_status,
    health,
    list_conditions,
    say,
    site_conditions,
)
from feedhub.core.health.quantity import flood, short, shrinking, silence
from feedhub.core.health.sentences import ADVICE, CADENCE, ENDED, MANY, STATES
from feedhub.core.health.words import counted, fill
from feedhub.model import SourceState
from feedhub.model.history import Fault, History, PollFact, Push, Redirect
from tests import builders as a

MOSCOW = ZoneInfo("Europe/Moscow")
HERE = a.NOW.astimezone(MOSCOW)
POLLED: dict[str, Any] = {"last_poll_at": a.NOW - a.HOUR, "next_poll_at": a.NOW + 6 * a.HOUR}
WORKING: dict[str, Any] = {
    "first_poll_at": a.NOW - 90 * a.DAY,
    "last_success_at": a.NOW - a.HOUR,
    "last_new_at": a.NOW - a.HOUR,
    **POLLED,
}
FAILING: dict[str, Any] = {
    **WORKING,
    "error": "secret.host refused",
    "last_success_at": a.NOW - 10 * a.DAY,
}
UNKNOWN = History()


def ask(
    language: str = "ru",
    *,
    is_configured: bool = True,
    now: datetime = HERE,
    history: History = UNKNOWN,
    **state: Any,
) -> Health:
    return health(
        SourceState(slug=a.SOURCE, **state),
        is_configured=is_configured,
        language=language,
        now=now,
        history=history,
    )


def works(language: str = "ru", **history: Any) -> Health:
    return ask(language, history=History(**history), **WORKING)


def fails(language: str, fault: Fault | None, status: int | None = None, **history: Any) -> Health:
    facts = tuple(
        PollFact(at=a.NOW - n * 5 * a.DAY, outcome="failed", fault=fault, status=status)
        for n in range(3)
    )
    before = PollFact(at=a.NOW - 11 * a.DAY, outcome="fetched", status=200)
    return ask(language, history=History(polls=(*facts, before), **history), **FAILING)


# -- at rest, waiting, well ---------------------------------------------------------------------

CASES: list[tuple[Kind, bool, bool, dict[str, Any], str, str]] = [
    ("waiting", True, True, {}, "Ещё не опрашивался.", "Not polled yet."),
    (
        "unpolled",
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
        "other",
        False,
        True,
        {"error": "x", "last_success_at": a.NOW - a.DAY, **POLLED},
        "Не читается с 14:00; повтор через 6 ч.",
        "Cannot be read since 14:00; next try in 6 h.",
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
def test_without_a_history_there_is_a_sentence_all_the_same(
    condition: Kind,
    is_healthy: bool,
    is_configured: bool,
    state: dict[str, Any],
    russian: str,
    english: str,
) -> None:
    for language, sentence in (("ru", russian), ("en", english), ("de", english)):
        found = ask(language, is_configured=is_configured, **state)
        assert (found.condition, found.is_healthy) == (condition, is_healthy)
        assert (found.sentence, found.more) == (sentence, ())


def test_a_time_of_another_day_comes_with_its_day() -> None:
    late = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)  # the 23rd in Moscow
    assert ask(last_success_at=late).sentence == "Работает: последний опрос 23.11.2026 00:30."
    after = late.astimezone(MOSCOW)
    assert ask(last_success_at=late, now=after).sentence == "Работает: последний опрос 00:30."


def test_a_source_that_was_never_read_and_fails_has_no_time_of_the_next_try() -> None:
    found = ask("en", error="x", last_poll_at=a.NOW)
    assert found.sentence == "Cannot be read since 15:00; next try soon."


# -- failing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status", "russian", "english"),
    [
        ("password", 401, "сервер требует пароль", "the server wants a password"),
        ("blocked", 403, "сервер не пускает роботов", "keeps out robots or other countries"),
        ("blocked", 451, "сервер не пускает роботов", "keeps out robots or other countries"),
        ("missing", 404, "по этому адресу ничего нет", "nothing is at this address"),
        ("gone", 410, "издатель закрыл эту ленту", "the publisher closed this feed"),
        ("busy", 429, "просит реже", "asks for less"),
        ("server", 502, "ошибка на стороне сервера", "the server fails"),
    ],
)
def test_an_answer_that_is_no_feed_says_status_since_when_and_when_it_is_tried_again(
    fault: Fault, status: int, russian: str, english: str
) -> None:
    found = fails("ru", fault, status)
    assert found.sentence.startswith(f"HTTP {status} с 12 ноября: ")
    assert russian in found.sentence
    assert found.sentence.endswith("; повтор через 6 ч.")
    assert (found.condition, found.severity, found.is_healthy) == (fault, "broken", False)
    found = fails("en", fault, status)
    assert found.sentence.startswith(f"HTTP {status} since 12 November: ")
    assert english in found.sentence
    assert found.sentence.endswith("; next try in 6 h.")
    assert fault_of_status(status) == fault


@pytest.mark.parametrize(
    ("fault", "russian", "english"),
    [
        ("unreachable", "Не отвечает с 12 ноября", "No answer since 12 November"),
        ("page", "С 12 ноября вместо ленты приходит HTML-страница", "An HTML page comes instead"),
        ("robot_check", "приходит проверка на робота", "A check for robots comes instead"),
        ("sign_in", "приходит страница входа", "A sign-in page comes instead"),
        ("empty", "приходит пустой ответ", "An empty answer comes instead"),
        ("unreadable", "документ не удаётся прочитать", "The document cannot be read"),
        ("certificate", "Сертификат не принимается с 12 ноября;", "Its certificate is not"),
        ("other", "Не читается с 12 ноября", "Cannot be read since 12 November"),
        (None, "Не читается с 12 ноября", "Cannot be read since 12 November"),
    ],
)
def test_other_failures_say_what_comes_instead(
    fault: Fault | None, russian: str, english: str
) -> None:
    assert russian in fails("ru", fault).sentence
    assert english in fails("en", fault).sentence


def test_a_certificate_that_is_not_accepted_names_who_signed_it() -> None:
    found = fails("ru", "certificate", missing_issuer="Ведомственный УЦ")
    assert "с 12 ноября: нет доверия к издателю «Ведомственный УЦ»; повтор" in found.sentence
    assert "ca_bundle" in found.advice[0]
    found = fails("en", "certificate", missing_issuer="Agency CA")
    assert "since 12 November: «Agency CA», who signed it, is not trusted;" in found.sentence


def test_failures_that_began_before_the_log_does_are_told_since_the_last_success() -> None:
    facts = tuple(PollFact(at=a.NOW - n * a.DAY, outcome="failed") for n in range(5))
    history = History(polls=facts)
    assert ask(history=history, **FAILING).sentence.startswith("Не читается с 12 ноября;")
    last_year = FAILING | {"last_success_at": datetime(2025, 3, 8, tzinfo=UTC)}
    assert ask(history=history, **last_year).sentence.startswith("Не читается с 8 марта 2025;")
    never = FAILING | {"last_success_at": None}
    assert ask(history=history, **never).sentence.startswith("Не читается с 18 ноября;")


def test_the_fault_itself_and_whole_addresses_are_not_told_to_readers() -> None:
    for language in ("ru", "en"):
        found = ask(
            language,
            history=History(
                fallback_url="https://key:secret@b.example/secret?secret",
                redirect=Redirect(target="https://b.example/secret", times=9),
            ),
            **FAILING,
        )
        assert "secret" not in " ".join((found.sentence, *found.more))
        assert found.more
        assert "b.example" in found.more[0]


def test_an_address_that_cannot_be_read_breaks_no_sentence() -> None:
    assert works(fallback_url="http://[nothing").more == (
        "Читается по запасному адресу (—): основной не отвечает.",
    )


def test_while_a_source_fails_nothing_is_said_of_how_much_it_brings() -> None:
    found = fails("ru", "blocked", 403, by_day=(500, *[1] * 20), window=0, overflowed_at=a.NOW)
    assert found.more == ()


@pytest.mark.parametrize(
    ("status", "fault"),
    [(None, None), (200, None), (304, "other"), (418, "other"), (500, "server")],
)
def test_a_status_names_its_fault(status: int | None, fault: Fault | None) -> None:
    assert fault_of_status(status) == fault


# -- working, with something to say --------------------------------------------------------------


def test_an_overflow_says_what_the_feed_holds_for_a_day() -> None:
    found = works(overflowed_at=a.NOW - a.HOUR, window=20)
    assert found.sentence == "Между опросами потеряны записи: лента держит 20."
    assert (found.condition, found.is_healthy) == ("overflow", False)
    assert works(overflowed_at=a.NOW).sentence == "Между опросами потеряны записи."
    english = works("en", overflowed_at=a.NOW, window=20)
    assert english.sentence == "Entries were lost between polls: the feed holds 20."
    assert works(overflowed_at=a.NOW - 25 * a.HOUR, window=20).condition == "well"


def test_a_silent_source_says_for_how_long_and_what_is_usual() -> None:
    state = WORKING | {"last_new_at": a.NOW - 6 * a.DAY - a.HOUR}
    by_day = (0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 0, 0, 6, 4, 4, 4, 6)
    found = ask(history=History(by_day=by_day), **state)
    assert found.sentence == "Молчит 6 дней, обычно 4 новости в день."
    assert (found.condition, found.severity) == ("silent", "warning")
    found = ask("en", history=History(by_day=by_day), **state)
    assert found.sentence == "Silent for 6 days, usually 4 entries a day."


def test_a_stale_source_answers_but_its_newest_entry_is_old() -> None:
    state = WORKING | {"last_new_at": WORKING["first_poll_at"]}
    history = History(newest_published=a.NOW - 366 * a.DAY)
    assert ask(history=history, **state).sentence == "Отвечает, но новейшей записи 366 дней."
    assert (
        ask("en", history=history, **state).sentence
        == "Answers, but its newest entry is 366 days old."
    )
    fresh = History(newest_published=a.NOW - 2 * a.DAY)
    assert ask(history=fresh, **state).condition == "well"


def test_a_flood_and_its_opposite_are_told_with_what_is_usual() -> None:
    found = works(by_day=(240, *[12] * 10))
    assert found.sentence == "За сутки 240 новостей, обычно 12 новостей в день."
    assert works("en", by_day=(240, *[12] * 10)).sentence == (
        "240 entries in a day, usually 12 entries a day."
    )
    found = works(by_day=(0, 0, 1, 1, 0, 0, 1, *[4] * 21))
    assert found.sentence == "За неделю 3 новости, обычно 4 новости в день."
    assert found.condition == "shrinking"


def test_a_document_without_entries_or_with_few_is_told() -> None:
    assert works(window=0).sentence == "Отвечает, но в ленте нет ни одной записи."
    facts = tuple(
        PollFact(at=a.NOW - n * a.HOUR, outcome="fetched", entries=held)
        for n, held in enumerate((5, 20, 20, 21, 19, 20))
    )
    found = works(window=5, polls=facts)
    assert found.sentence == "Лента укоротилась: 5 записей вместо обычных 20."
    assert works(window=5, polls=facts[:5]).condition == "well", "it does not count itself"
    assert works("en", window=5, polls=facts).sentence == (
        "The feed became short: 5 entries instead of the usual 20."
    )


def test_a_repeated_permanent_redirect_is_proposed_and_a_single_one_is_not() -> None:
    target = "https://new.example/feed.xml"
    found = works(redirect=Redirect(target=target, times=3))
    assert found.is_healthy
    assert found.more == ("Переехал на new.example: постоянное перенаправление 3 раза подряд.",)
    assert found.advice == (f"Впишите новый адрес: url: {target}",)
    assert works(redirect=Redirect(target=target, times=2)).more == ()
    parked = works(redirect=Redirect(target="https://parked.example/", times=9, is_doubtful=True))
    assert parked.condition == "parked"
    assert "Впишите" not in " ".join(parked.advice)


def test_what_is_only_remarkable_follows_behind_the_sentence_that_it_works() -> None:
    found = works(
        held_back=97,
        is_guid_churning=True,
        declared_encoding="utf-8",
        real_encoding="windows-1251",
        fallback_url="https://portal.example/department/7/rss",
        push=Push(lease_until=a.NOW + a.DAY, last_push_at=a.NOW - a.HOUR),
    )
    assert found.sentence == "Работает: последний опрос 14:00."
    assert found.is_healthy
    assert found.more == (
        "Читается по запасному адресу (portal.example): основной не отвечает.",
        "Удержано 97: старые.",
        "Идентификаторы записей меняются при каждом опросе; узнаём записи по адресу.",
        "Кодировка исправлена: объявлена utf-8, на деле windows-1251.",
        "Новости присылает хаб, последний раз 14:00.",
    )


def test_warnings_lead_and_take_the_place_of_the_sentence_that_it_works() -> None:
    found = works(overflowed_at=a.NOW, window=20, held_back=1, by_day=(240, *[12] * 10))
    assert found.condition == "overflow"
    assert found.more == (
        "За сутки 240 новостей, обычно 12 новостей в день.",
        "Удержано 1: старые.",
    )


def test_an_encoding_that_is_as_declared_or_not_declared_is_not_told() -> None:
    assert works(declared_encoding="UTF-8", real_encoding="utf-8").more == ()
    assert works(real_encoding="windows-1251").more == ()


def test_a_subscription_without_pushes_or_run_out_is_not_told() -> None:
    assert works(push=Push(lease_until=a.NOW + a.DAY)).more == ()
    assert works(push=Push(lease_until=a.NOW, last_push_at=a.NOW)).more == ()


# -- how much is usual ---------------------------------------------------------------------------


def days(*counts: int) -> tuple[int, ...]:
    return counts


@pytest.mark.parametrize(
    ("by_day", "quiet_days", "is_silent"),
    [
        (days(*[0] * 3, *[4] * 10), 3, True),
        (days(*[0] * 2, *[4] * 10), 2, False),
        (days(*[0] * 3, 4, 4, 4, 0, 0, 4, 4, 4, 4), 3, False),
        (days(*[0] * 4, 4, 4, 4, 0, 0, 4, 4, 4, 4), 4, True),
        (days(*[0] * 9, *[0, 0, 0, 0, 0, 0, 1] * 4), 9, False),
        (days(*[0] * 25, *[0, 0, 0, 0, 0, 0, 1] * 4), 25, True),
        (days(*[0] * 20, *[0, 0, 0, 0, 0, 0, 0, 0, 0, 1] * 2), 20, False),
        (days(*[0] * 5, *[4] * 6), 5, False),
        (days(), 29, False),
        (days(), 30, True),
    ],
    ids=[
        "three days of a daily source",
        "two days are nothing",
        "three days where weekends are quiet",
        "four days where weekends are quiet",
        "nine days of a weekly source",
        "twenty-five days of a weekly source",
        "too few entries missed to tell",
        "not known for a week before",
        "unknown habit, a month",
        "unknown habit, longer",
    ],
)
def test_silence_is_judged_by_the_habit_of_the_source(
    by_day: Sequence[int], quiet_days: int, is_silent: bool
) -> None:
    last = a.NOW - quiet_days * a.DAY - a.HOUR
    assert (silence(by_day, last, a.NOW) is not None) == is_silent


def test_silence_of_what_never_spoke_or_speaks_from_the_future_is_no_silence() -> None:
    assert silence((0,) * 30, None, a.NOW) is None
    assert silence((4,) * 30, a.NOW + 5 * a.DAY, a.NOW) is None


def test_a_long_silence_goes_over_into_staleness_without_a_gap() -> None:
    habit = [4] * 14
    for quiet in range(3, 90):
        by_day = tuple([0] * quiet + habit)[:60]
        last = a.NOW - quiet * a.DAY - a.HOUR
        assert silence(by_day, last, a.NOW) is not None, quiet


@pytest.mark.parametrize(
    ("by_day", "is_flood"),
    [
        ((240, *[12] * 7), True),
        ((240, *[12] * 6), False),
        ((29, *[1] * 9), False),
        ((30, *[1] * 9), True),
        ((90, 31, *[1] * 9), False),
        ((), False),
    ],
)
def test_a_flood_is_far_above_the_busiest_day(by_day: tuple[int, ...], is_flood: bool) -> None:
    assert (flood(by_day) is not None) == is_flood


@pytest.mark.parametrize(
    ("by_day", "is_shrinking"),
    [
        ((0, 0, 1, 1, 0, 0, 1, *[4] * 21), True),
        ((0, 0, 1, 1, 0, 0, 1, *[4] * 20), False),
        ((0,) * 7 + (4,) * 21, False),
        ((0, 0, 1, 1, 0, 0, 1, *[4] * 14, *[0, 0, 0, 1, 0, 0, 0]), False),
        ((1, 0, 0, 0, 0, 0, 0, *[1] * 21), False),
        ((2,) * 7 + (4,) * 21, False),
        ((), False),
    ],
)
def test_shrinking_is_a_quarter_of_the_usual_and_less_than_ever(
    by_day: tuple[int, ...], is_shrinking: bool
) -> None:
    assert (shrinking(by_day) is not None) == is_shrinking


@pytest.mark.parametrize(
    ("window", "earlier", "usual"),
    [
        (5, (20,) * 5, 20),
        (10, (20,) * 5, None),
        (5, (20,) * 4, None),
        (1, (5,) * 9, None),
        (0, (20,) * 5, None),
        (None, (20,) * 5, None),
    ],
)
def test_a_document_is_short_by_its_own_measure(
    window: int | None, earlier: tuple[int, ...], usual: int | None
) -> None:
    assert short(window, earlier) == usual


# -- lists we publish, and we ourselves -----------------------------------------------------------


def test_a_list_we_publish_falls_silent_by_the_same_measure() -> None:
    (found,) = list_conditions((0, 0, 0, *[9] * 20), a.NOW - 3.5 * a.DAY, now=a.NOW)
    assert say(found, "ru", now=HERE) == "Молчит 3 дня, обычно 9 новостей в день."
    (found,) = list_conditions((9,) * 20, a.NOW - a.HOUR, now=a.NOW)
    assert found.kind == "well"


def test_when_hardly_anyone_answers_it_is_our_own_connection() -> None:
    def facts(unreachable: int, well: int, ago: timedelta = a.MINUTE) -> list[PollFact]:
        failed = PollFact(at=a.NOW - ago, outcome="failed", fault="unreachable")
        return [failed] * unreachable + [PollFact(at=a.NOW - ago, outcome="fetched")] * well

    (found,) = site_conditions(facts(40, 10), now=a.NOW)
    assert (found.kind, found.severity) == ("outage", "broken")
    assert say(found, "ru", now=HERE) == (
        "Похоже, у нас нет связи: не отвечают 40 из 50 опрошенных источников."
    )
    for calm in (facts(39, 11), facts(4, 0), facts(40, 0, ago=a.HOUR), []):
        assert site_conditions(calm, now=a.NOW)[0].kind == "well"


# -- the catalogue of sentences -------------------------------------------------------------------


def every_kind() -> set[str]:
    fault, other = get_args(Kind)
    return set(get_args(fault)) | set(get_args(other))


def test_every_condition_has_a_sentence_in_both_languages_and_no_sentence_is_for_none() -> None:
    assert set(STATES["ru"]) == set(STATES["en"]) == every_kind()
    assert set(ADVICE["ru"]) == set(ADVICE["en"]) <= every_kind()
    for catalogue in (CADENCE, ENDED, MANY):
        assert set(catalogue["ru"]) == set(catalogue["en"])


def test_both_languages_fill_the_same_places() -> None:
    for catalogue in (STATES, ADVICE, CADENCE, ENDED, MANY):
        for key, russian in catalogue["ru"].items():
            places = [set(re.findall(r"\{(\w+)", text)) for text in (russian, catalogue["en"][key])]
            assert places[0] == places[1], key


def test_every_failure_and_warning_says_what_to_do_or_waits_by_itself() -> None:
    patient = {"busy", "server", "unreachable", "unpolled", "paused", "waiting", "well"}
    notes = {"held_back", "guid_churn", "encoding", "pushed"}
    assert every_kind() - set(ADVICE["ru"]) == patient | notes
    assert advise(Condition(kind="well", severity="ok"), "ru", now=HERE) == ""
    condition = Condition(kind="gone", severity="broken")
    assert "запис" in advise(condition, "ru", now=HERE)
    assert "successor" in advise(condition, "de", now=HERE)


@pytest.mark.parametrize(
    ("number", "russian", "english"),
    [
        (0, "0 новостей", "0 entries"),
        (1, "1 новость", "1 entry"),
        (2, "2 новости", "2 entries"),
        (5, "5 новостей", "5 entries"),
        (11, "11 новостей", "11 entries"),
        (12, "12 новостей", "12 entries"),
        (21, "21 новость", "21 entries"),
        (24, "24 новости", "24 entries"),
        (111, "111 новостей", "111 entries"),
        (112, "112 новостей", "112 entries"),
        (1001, "1001 новость", "1001 entries"),
    ],
)
def test_numbers_and_nouns_agree(number: int, russian: str, english: str) -> None:
    assert counted(number, "новость|новости|новостей", "ru") == russian
    assert counted(number, "entry|entries", "en") == english


@pytest.mark.parametrize(
    ("wait", "russian"),
    [
        (timedelta(seconds=1), "через 1 с"),
        (timedelta(seconds=0), "в ближайшее время"),
        (-a.HOUR, "в ближайшее время"),
        (timedelta(seconds=89), "через 89 с"),
        (12 * a.MINUTE, "через 12 мин"),
        (89 * a.MINUTE, "через 89 мин"),
        (6 * a.HOUR + 20 * a.MINUTE, "через 6 ч"),
        (35 * a.HOUR, "через 35 ч"),
        (3 * a.DAY, "через 3 д"),
    ],
)
def test_the_next_try_is_told_in_a_fitting_unit(wait: timedelta, russian: str) -> None:
    assert fill("{next:in}", {"next": a.NOW + wait}, "ru", HERE) == russian


@pytest.mark.parametrize(
    ("in_28_days", "russian", "english"),
    [
        (112, "4 новости в день", "4 entries a day"),
        (28, "1 новость в день", "1 entry a day"),
        (27, "7 новостей в неделю", "7 entries a week"),
        (3, "3 новости в месяц", "3 entries a month"),
        (0, "0 новостей в месяц", "0 entries a month"),
    ],
)
def test_a_rate_is_told_in_the_unit_that_has_one(
    in_28_days: int, russian: str, english: str
) -> None:
    assert fill("{n:rate}", {"n": in_28_days}, "ru", HERE) == russian
    assert fill("{n:rate}", {"n": in_28_days}, "en", HERE) == english


INSTANTS = st.builds(
    lambda minutes: a.NOW + timedelta(minutes=minutes), st.integers(-(10**6), 10**5)
)
HISTORIES = st.builds(
    History,
    polls=st.lists(
        st.builds(
            PollFact,
            at=INSTANTS,
            outcome=st.sampled_from(["fetched", "not_modified", "unchanged", "failed"]),
            status=st.none() | st.integers(100, 599),
            fault=st.none() | st.sampled_from(get_args(Fault)),
            entries=st.none() | st.integers(0, 30),
        ),
        max_size=12,
    ).map(tuple),
    by_day=st.lists(st.integers(0, 300), max_size=60).map(tuple),
    window=st.none() | st.integers(0, 500),
    overflowed_at=st.none() | INSTANTS,
    newest_published=st.none() | INSTANTS,
    declared_encoding=st.none() | st.text(max_size=9),
    real_encoding=st.none() | st.text(max_size=9),
    is_guid_churning=st.booleans(),
    held_back=st.integers(0, 999),
    redirect=st.none()
    | st.builds(
        Redirect, target=st.text(max_size=30), times=st.integers(1, 99), is_doubtful=st.booleans()
    ),
    fallback_url=st.none() | st.text(max_size=30),
    missing_issuer=st.none() | st.text(max_size=30),
    push=st.none() | st.builds(Push, lease_until=INSTANTS, last_push_at=st.none() | INSTANTS),
)
STATES_OF_SOURCES = st.builds(
    SourceState,
    slug=st.just(a.SOURCE),
    is_active=st.booleans(),
    error=st.sampled_from(["", "secret"]),
    first_poll_at=st.none() | INSTANTS,
    last_poll_at=st.none() | INSTANTS,
    last_success_at=st.none() | INSTANTS,
    last_new_at=st.none() | INSTANTS,
    next_poll_at=st.none() | INSTANTS,
)


@settings(deadline=None)
@given(state=STATES_OF_SOURCES, history=HISTORIES, is_configured=st.booleans())
def test_whatever_happened_there_are_whole_sentences_the_worst_first(
    state: SourceState, history: History, is_configured: bool
) -> None:
    found = conditions(state, history, is_configured=is_configured, now=HERE)
    ranks = ["broken", "warning", "ok", "note"]
    order = [ranks.index(one.severity) for one in found if one.kind != "pushed"]
    assert order == sorted(order)
    assert len({one.kind for one in found}) == len(found)
    for language in ("ru", "en"):
        said = health(
            state, is_configured=is_configured, language=language, now=HERE, history=history
        )
        for sentence in (said.sentence, *said.more):
            assert sentence.endswith(".")
            assert len(sentence) < 200
            assert "secret" not in sentence
