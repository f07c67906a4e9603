"""The words of written dates: months, days counted from today, units of «назад», names of zones.

All forms are case-folded. Russian, Belarusian, Ukrainian, Kazakh and English; a form may be
followed by a point in the text. Offsets of zones are minutes east of Greenwich.
"""

from __future__ import annotations

_MONTH_FORMS = """
1 jan january янв январь января январе сту студз студзень студзеня січ січень січня қаң қаңтар
2 feb febr february фев февр февраль февраля феврале лют люты лютага лютий лютого ақп ақпан
3 mar march мар март марта марте сак сакавік сакавіка бер берез березень березня нау наурыз
4 apr april апр апрель апреля апреле кра крас красавік красавіка кві квіт квітень квітня сәу сәуір
5 may май мая мае травень траўня травня тра трав мам мамыр
6 jun june июн июнь июня июне чэр чэрв чэрвень чэрвеня чер черв червень червня мау маусым
7 jul july июл июль июля июле ліп ліпень ліпеня лип липень липня шіл шілде
8 aug august авг август августа августе жні жнівень жніўня сер серп серпень серпня там тамыз
9 sep sept september сен сент сентябрь сентября сентябре вер верасень верасня вересень вересня
9 қыр қырк қыркүйек
10 oct october окт октябрь октября октябре кас кастр кастрычнік кастрычніка жов жовт жовтень жовтня
10 қаз қазан
11 nov november ноя нояб ноябрь ноября ноябре ліс ліст лістапад лістапада лис лист листопад листопада
11 қар қараша
12 dec december дек декабрь декабря декабре сне снеж снежань снежня гру груд грудень грудня
12 жел желт желтоқсан
"""

MONTHS = {
    form: int(number)
    for number, *forms in map(str.split, _MONTH_FORMS.strip().splitlines())
    for form in forms
}
"""Form of a month's name to its number."""

DAYS_FROM_TODAY = {
    **dict.fromkeys(("сегодня", "сёння", "сьогодні", "бүгін", "today"), 0),
    **dict.fromkeys(("вчера", "учора", "вчора", "кеше", "yesterday"), -1),
    **dict.fromkeys(("позавчера", "пазаўчора", "заўчора", "позавчора"), -2),
    **dict.fromkeys(("завтра", "заўтра", "tomorrow"), 1),
}
"""A word for a day to its distance from today, in days."""

JUST_NOW = frozenset({"только что", "сейчас", "толькі што", "щойно", "just now", "now"})

UNITS = (
    ("сек", 1),
    ("sec", 1),
    ("мин", 60),
    ("min", 60),
    ("хвіл", 60),
    ("хвил", 60),
    ("полчаса", 1800),
    ("час", 3600),
    ("ч", 3600),
    ("гадз", 3600),
    ("годин", 3600),
    ("hour", 3600),
    ("hr", 3600),
    ("дн", 86400),
    ("ден", 86400),
    ("дзе", 86400),
    ("дзён", 86400),
    ("сут", 86400),
    ("day", 86400),
    ("недел", 7 * 86400),
    ("тыд", 7 * 86400),
    ("тиж", 7 * 86400),
    ("week", 7 * 86400),
    ("месяц", 30 * 86400),
    ("month", 30 * 86400),
    ("год", 365 * 86400),
    ("лет", 365 * 86400),
    ("year", 365 * 86400),
)
"""Beginning of a unit's name to its seconds; the first that fits counts («годин» before «год»)."""

MOSCOW = 180

ZONES = {
    **dict.fromkeys(("ut", "utc", "gmt", "z", "wet"), 0),
    **dict.fromkeys(("msk", "мск"), MOSCOW),
    **dict.fromkeys(("msd", "мсд", "samt"), 240),
    **dict.fromkeys(("cet", "mez", "west", "bst"), 60),
    **dict.fromkeys(("cest", "mesz", "eet"), 120),
    "eest": 180,
    "yekt": 300,
    "omst": 360,
    **dict.fromkeys(("krat", "novt"), 420),
    "irkt": 480,
    **dict.fromkeys(("yakt", "jst", "kst"), 540),
    "vlat": 600,
    **dict.fromkeys(("magt", "sakt", "sret"), 660),
    **dict.fromkeys(("pett", "anat"), 720),
    "edt": -240,
    **dict.fromkeys(("est", "cdt"), -300),
    **dict.fromkeys(("cst", "mdt"), -360),
    **dict.fromkeys(("mst", "pdt"), -420),
    "pst": -480,
}
"""Name of a zone to its offset in minutes. An unknown name counts as none: the source's zone."""
