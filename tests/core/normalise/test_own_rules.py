"""Headlines by a source's own rules, and passages cut out of its texts."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.core.normalise.cutting import _PIECE, MAX_CUT_IN
from feedhub.core.normalise.html import clean
from feedhub.core.normalise.own_rules import (
    VALUE_CHARS,
    all_compiled,
    compiled,
    headline,
    is_number_only,
    without,
)
from feedhub.core.parse import decode, parse
from feedhub.model import TitleRules

NOTICE = """Закупки по: закон о закупках
Электронный аукцион № 0123400056726000001
Наименование объекта закупки: Поставка трёх паромов для переправы Бережная
Наименование Заказчика: КАЗЁННОЕ УЧРЕЖДЕНИЕ "РЕЧНОЙ ПУТЬ"
Начальная цена контракта: 1500000.00 Валюта: рубль
Срок
до 1 декабря
"""
TEMPLATE = "{Объект закупки} — {Заказчик}"
MADE = 'Поставка трёх паромов для переправы Бережная — КАЗЁННОЕ УЧРЕЖДЕНИЕ "РЕЧНОЙ ПУТЬ"'


# -- strip -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "strip", "left"),
    [
        ("Мост открыт - Приреченская газета", (" - Приреченская газета",), "Мост открыт"),
        ("Пресс-релиз: мост открыт", ("Пресс-релиз:",), "мост открыт"),
        ("Мост открыт | Новости | Приречье", (" | Приречье", " | Новости"), "Мост открыт"),
        ("Мост открыт | Новости | Приречье", (" | Новости", " | Приречье"), "Мост открыт"),
        ("Мост!!!", ("!",), "Мост"),
        ("Важно: важно: мост", ("Важно: ", "важно: "), "мост"),
        ("Мост открыт || Вести", (" ||\u00a0\n Вести",), "Мост открыт"),
        ("Вести", ("Вести",), "Вести"),
        ("— Вести", ("Вести",), "— Вести"),
        ("Вести Вести", ("Вести",), "Вести"),
        ("РГБ открыта для всех", ("РГ",), "РГБ открыта для всех"),
        ("Открыта РГ", ("РГ",), "Открыта"),
        ("Мост открыт", ("мост",), "Мост открыт"),
        ("Мост открыт", ("", "  ", "\n"), "Мост открыт"),
        ("Мост открыт", (), "Мост открыт"),
        ("", (" - Вести",), ""),
    ],
)
def test_edges_go_as_written_and_never_to_nothing(
    title: str, strip: tuple[str, ...], left: str
) -> None:
    assert headline(title, "", TitleRules(strip=strip)) == left


@given(st.text("аб -№1", max_size=40), st.lists(st.text("аб -", max_size=4), max_size=4))
@settings(database=None, deadline=None)
def test_what_is_left_is_a_part_that_nothing_more_can_be_cut_from(
    title: str, strip: list[str]
) -> None:
    rules = TitleRules(strip=tuple(strip))
    left = headline(title, "", rules)
    assert left in title
    assert headline(left, "", rules) == left
    assert bool(re.search(r"\w", left)) == bool(re.search(r"\w", title))


# -- when a title is a number ----------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "",
        "0373200566326000068",
        "№ 15",
        "12.08.2026",
        "№ 1234-р от 5 мая 2026 г.",
        "Электронный аукцион №0123",
        "Электронный аукцион №0123400056726000001",
        "«Электронный аукцион № 0123400056726000001»",
        "Запрос котировок в электронной форме №0123400056726000002",
        "Закупка у единственного поставщика №0123400056726000003",
        "Электронный аукцион 0123400056726000001",
        "Постановление № 15",
        "Приказ № 12-н от 05.05.2026",
        "Распоряжение от 5 мая 2026 года № 1234-р",
        "Лот 3",
        "Извещение: №0123400056726000001",
        "Tender No. 4411",
        "News item 15",
    ],
)
def test_a_number_with_the_name_of_a_paper_is_a_number_only(title: str) -> None:
    assert is_number_only(title)


@pytest.mark.parametrize(
    "title",
    [
        "Мост открыт",
        "Курс валюты 92,1234",
        "Переправа откроется в 2030",
        "Приказ № 15 о переправе Бережная",
        "Постановление № 15: цены на паром",
        "Открыта школа № 15",
        "Министр: подписан приказ №0123400056726000001",
        "Вчера в области речной порт принял сто судов и после этого открыл причал №0123400056",
        "Аукцион",
        "Аукцион №0123400056726000001 отменён",
    ],
)
def test_a_title_that_says_something_is_none(title: str) -> None:
    assert not is_number_only(title)


# -- pattern ---------------------------------------------------------------------------------

NUMBER = "Электронный аукцион №0123400056726000001"


@pytest.mark.parametrize(
    ("pattern", "made"),
    [
        (TEMPLATE, MADE),
        ("{наименование объекта закупки} — {НАИМЕНОВАНИЕ ЗАКАЗЧИКА:}", MADE),
        ("{Объект закупки}", "Поставка трёх паромов для переправы Бережная"),
        ("Закупка: {Объект закупки}.", "Закупка: Поставка трёх паромов для переправы Бережная."),
        ("{Начальная цена контракта}, {Валюта}", "1500000.00, рубль"),
        ("{Начальная цена контракта}", "1500000.00 Валюта: рубль"),
        ("{Срок}", "до 1 декабря"),
        ("{Закупки по}", "закон о закупках"),
        ("{Объект закупки} — {Поставщик}", NUMBER),
        ("{Купки}", NUMBER),
        ("/объекта закупки: (.+)/", "Поставка трёх паромов для переправы Бережная"),
        ("/(?s)закупки: ([^\\n]+).*Заказчика: ([^\\n]+)/", MADE),
        ("/закупки: (.+)|(никогда)/", "Поставка трёх паромов для переправы Бережная"),
        ("/\\d{7}\\.\\d\\d/", "1500000.00"),
        ("/никогда/", NUMBER),
        ("/(никогда)?/", NUMBER),
    ],
)
def test_a_number_gives_way_to_what_the_pattern_finds(pattern: str, made: str) -> None:
    assert headline(NUMBER, NOTICE, TitleRules(pattern=pattern)) == made


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Заказчик: Речной путь", "Речной путь"),
        ("ЗАКАЗЧИК : Речной путь ;", "Речной путь"),
        ("Заказчик — Речной путь", "Речной путь"),
        ("Заказчик Речной путь", "Речной путь"),
        ("Заказчик\nРечной путь", "Речной путь"),
        ("Заказчик:\n\n  Речной путь\nЕщё", "Речной путь"),
        ("Зака\u0437чик:\u00a0Речной\u00a0путь", "Речной путь"),
        ("Сведения: Заказчик: Речной путь", "Речной путь"),
        ("Заказчик не назван\nНаименование заказчика: Речной путь", "Речной путь"),
        ("Заказчик:\nПоставщик: Бережной", NUMBER),
        ("Заказчик:", NUMBER),
        ("Заказчик: —", NUMBER),
        ("Заказчики спорят", NUMBER),
        ("Новый заказчик Речной путь", NUMBER),
        ("", NUMBER),
    ],
)
def test_a_label_is_found_however_it_is_set(text: str, made: str) -> None:
    assert headline(NUMBER, text, TitleRules(pattern="{Заказчик}")) == made


def test_case_and_yo_do_not_matter_in_a_label() -> None:
    assert headline("15", "СЧЕТ: 5 паромов", TitleRules(pattern="{Счёт}")) == "5 паромов"


def test_a_headline_that_says_something_stays() -> None:
    rules = TitleRules(pattern=TEMPLATE, strip=(" | Закупки",))
    assert headline("Паромы для Бережной | Закупки", NOTICE, rules) == "Паромы для Бережной"
    assert headline(f"{NUMBER} | Закупки", NOTICE, rules) == MADE


def test_a_made_headline_is_bounded() -> None:
    long = "паром " * 1000
    text = f"Объект закупки: {long}\nЗаказчик: {long}"
    made = headline(NUMBER, text, TitleRules(pattern=TEMPLATE))
    assert made.endswith("…")
    assert 400 < len(made) <= 2 * VALUE_CHARS + 3
    assert len(headline(NUMBER, text, TitleRules(pattern="/(?s).+/"))) <= 500


def test_a_label_far_down_is_not_looked_for() -> None:
    assert headline(NUMBER, "а\n" * 6000 + NOTICE, TitleRules(pattern=TEMPLATE)) == NUMBER


@pytest.mark.parametrize("text", ["а " * 5000, "объект закупки " * 700, ": " * 5000, "\n" * 10_000])
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    headline(" " * 500, text, TitleRules(pattern=TEMPLATE, strip=(" ",)))
    is_number_only(("№" + " 1" * 250)[:500])
    is_number_only("а " * 250)
    assert time.process_time() - began < 0.5


def test_the_notices_of_the_procurement_site_get_names(shared: Path) -> None:
    body = (shared / "feeds" / "ru_zakupki_rss_head.xml").read_bytes()
    found = parse(decode(body, content_type=None), url="https://a.example/", content_type=None)
    made = []
    for entry in found.entries:
        assert is_number_only(entry.title)
        text = clean(entry.summary, base="https://a.example/").text
        made.append(headline(entry.title, text, TitleRules(pattern=TEMPLATE)))
    assert len(made) == 2
    for title in made:
        assert " — ГОСУДАРСТВЕННОЕ БЮДЖЕТНОЕ УЧРЕЖДЕНИЕ" in title
        assert title[0].isupper()
        assert "Наименование" not in title


# -- passages --------------------------------------------------------------------------------

DATELINE = r"^[А-ЯЁ][А-ЯЁа-яё -]+, \d{1,2} [а-я]{3} - РИА Новости\.\s*"


@pytest.mark.parametrize(
    ("html", "pattern", "left"),
    [
        ("МОСКВА, 24 сен - РИА Новости. Мост открыт.", DATELINE, "Мост открыт."),
        (
            "<p>МОСКВА, 24 сен - РИА Новости. Мост открыт.</p>",
            DATELINE,
            "<p>Мост открыт.</p>",
        ),
        (
            '<div>\n <p><b>МОСКВА,&nbsp;24&#32;сен</b> - <a href="/r">РИА\n Новости</a>. Мост.</p></div>',
            DATELINE,
            '<div>\n <p><b></b><a href="/r"></a>Мост.</p></div>',
        ),
        (
            "<p>Мост.</p><p>Реклама: купите</p><p>Ещё.</p>",
            "Реклама.*",
            "<p>Мост.</p><p></p><p>Ещё.</p>",
        ),
        ("<p>Мост.</p><p>Реклама</p>", r"Мост\.\nРеклама", "<p></p><p></p>"),
        ("<p>Мост. Теги: мост река</p>", r"\s*Теги:.*\Z", "<p>Мост.</p>"),
        ("а1б1в", "1", "абв"),
        ("<p>Мост</p>", "никогда", "<p>Мост</p>"),
        ("<p>Мост</p>", "x*", "<p>Мост</p>"),
        ("<p class='Мост'>Мост</p><!-- Мост -->", "Мост", "<p class='Мост'></p><!-- Мост -->"),
        ("<script>Мост</script>Мост", "Мост", "<script>Мост</script>"),
        ('<a title="a > Мост">Мост</a>', "Мост", '<a title="a > Мост"></a>'),
        ("<a title=don't>Мост</a>", "Мост|don't", "<a title=don't></a>"),
        ("<p", "p", "<p"),
        ("5 < 6 и Мост > 3", " и Мост", "5 < 6 > 3"),
        ("<Мост b>", "Мост ", "< b>"),
        ("&Мостlt;b&gt;", "Мост", "& lt;b&gt;"),
        ("&laquo;Мост&raquo; &amp; река", "«Мост» & ", "река"),
        ("Мост &copy; река", " ©", "Мост река"),
        ("", "а", ""),
    ],
)
def test_what_is_found_goes_and_tags_stay(html: str, pattern: str, left: str) -> None:
    assert without(html, all_compiled((pattern,))) == left


def test_expressions_are_tried_in_their_turn() -> None:
    patterns = all_compiled(("Фото: [^.]+\\.", DATELINE, "река"))
    html = "<p>Фото: Речной. МОСКВА, 24 сен - РИА Новости. Мост и река.</p>"
    assert without(html, patterns) == "<p> Мост и .</p>"
    assert without(html, ()) == html


def test_the_end_of_an_enormous_body_is_left_as_it_is() -> None:
    html = "а" * MAX_CUT_IN + "б"
    assert without(html, all_compiled(("б",))) == html


PIECES = """
<p> </p> <br/> <a_href="x>y"> </a> <!--_а_--> &amp; &nbsp; < & аб _ \\ lt; p> /p> !-- ' " <script> </script>
"""
BODIES = st.lists(
    st.sampled_from([it.replace("_", " ").replace("\\", "\n") for it in PIECES.split()]),
    max_size=30,
)


@given(BODIES, st.sampled_from(["а", "б", r"\w+", r"\s+", ".", "(?s).+", "аб", "[<&]", "[a-z]+"]))
@settings(max_examples=400, database=None, deadline=None)
def test_no_tag_is_lost_or_made(pieces: list[str], pattern: str) -> None:
    html = "".join(pieces)
    left = without(html, all_compiled((pattern,)))
    assert tags(left) == tags(html)


def tags(html: str) -> list[str]:
    # of a tag that is never closed, blanks at the end may go
    return [found[0].rstrip() for found in _PIECE.finditer(html) if not found["reference"]]


def test_a_long_body_is_read_fast() -> None:
    html = "<p>Министерство &laquo;связи&raquo; <b>открыло</b> новый узел.</p>\n" * 1500
    odd = ("<" * 90_000, "<a '\"" * 15_000, "&" * 90_000, "<script" * 12_000, "< a" * 30_000)
    for body in (html, *odd):
        began = time.process_time()
        without(body, all_compiled(("никогда",)))
        assert time.process_time() - began < 1


def test_an_expression_is_compiled_once() -> None:
    assert compiled("[[а]б+") is compiled("[[а]б+")
    with pytest.raises(re.error):
        compiled("(")
