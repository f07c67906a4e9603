"""Russian typography of pages: spaces only; letters, quotes and dashes stay as written."""

from __future__ import annotations

import re

NBSP = "\u00a0"

_SMALL = "а|в|и|к|о|с|у|я|во|да|до|за|из|ко|на|не|ни|но|об|от|по|со"
_UNITS = (
    "км|м|см|мм|кг|г|т|га|л|ч|мин|сек|лет|год|года|руб|тыс|млн|млрд|трлн|кв|куб|МВт|ГВт|кВт|шт|чел"
)
_MONTHS = "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря"
_BREAKS = (
    (re.compile(rf"(?<![\w-])({_SMALL}) (?=\S)", re.IGNORECASE), rf"\1{NBSP}"),
    (re.compile(r"(?<=\S) (?=[—–](?:\s|$))"), NBSP),
    (re.compile(rf"(?<=\d) (?=(?:{_UNITS})\b)"), NBSP),
    (re.compile(r"(?<=\d) (?=[%‰°₽€$])"), NBSP),
    (re.compile(rf"(?<=\d) (?=(?:{_MONTHS})\b)", re.IGNORECASE), NBSP),
    (re.compile(rf"(?<![\w-])({_MONTHS}) (?=\d{{4}}\b)", re.IGNORECASE), rf"\1{NBSP}"),
    (re.compile(r"(?<=№) (?=\d)"), NBSP),
)
_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
_VERBATIM = re.compile(r"</?(pre|code|kbd|samp)\b", re.IGNORECASE)


def typography(text: str) -> str:
    """Put non-breaking spaces after short words and before dashes, units, months and years."""
    for pattern, replacement in _BREAKS:
        text = pattern.sub(replacement, text)
    return text


def typography_html(html: str) -> str:
    """Do the same to the text of cleaned HTML; tags, attributes and code stay untouched."""
    pieces, depth = [], 0
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            if _VERBATIM.match(piece):
                depth = max(0, depth + (-1 if piece.startswith("</") else 1))
            pieces.append(piece)
        else:
            pieces.append(piece if depth else typography(piece))
    return "".join(pieces)
