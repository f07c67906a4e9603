"""Read the plain part of YAML fast, line by line: what a configuration is nearly always written in.

Block mappings and lists, unquoted and simply quoted scalars, flow collections on one line. For
anything else (block scalars, anchors, tags, rare escapes, values over several lines) the answer is
None, and `reader` asks ruamel.yaml. Why: ruamel without its C part needs 4 s for 10,000 sources,
these lines a tenth. That both read the same is held by a test on random documents.
"""

from __future__ import annotations

import re

from feedhub.config.tree import Document, Fault, Path, Series, Table, put, scalar

# Without tabs, lone carriage returns, and what YAML or some reader takes for a line break.
_ORDINARY = re.compile("[\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*")
_KEY = re.compile(r"([^\W\d_][\w-]{0,99}(?: [\w-]{1,99}){0,5}):(?: +(.*))?")
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`")
_QUOTED = re.compile(r"""(?:"((?:[^"\\]|\\[\\"/nt])*)"|'((?:[^']|'')*)')(?: *| +#.*)""")
_AFTER = re.compile(r" *(?: #.*)?")
_FLOW_QUOTED = re.compile(r""" *(?:"((?:[^"\\]|\\[\\"/nt])*)"|'((?:[^']|'')*)') *(?=[,\]}])""")
_FLOW_WORD = re.compile(
    r" *([^\W_](?:[\w.«»№()%/+-]|:(?=//)| +(?=[\w«»№(]))*) *(?=[,\]}])",
)
_FLOW_KEY = re.compile(r" *([^\W\d_][\w-]{0,99}(?: [\w-]{1,99}){0,5}): +")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"\\": "\\", '"': '"', "/": "/", "n": "\n", "t": "\t"}
_DEEPEST = 20

Row = tuple[int, int, str]
"""A line that says something: its number, its indentation, its text without both ends' spaces."""


class _Unusual(Exception):
    """Something this reader leaves to ruamel.yaml."""


def read(text: str) -> Document | None:
    """Return the document, or None where `text` is not plain enough, or wrong."""
    if _ORDINARY.fullmatch(text) is None:
        return None
    rows = _rows(text)
    if not rows or rows[0][1] != 0:
        return None
    faults: list[Fault] = []
    try:
        root, end = _mapping(rows, 0, 0, (), faults)
    except _Unusual:
        return None
    return Document(root, tuple(faults)) if end == len(rows) else None


def _rows(text: str) -> list[Row]:
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        said = line.strip(" ")
        if said and said[0] != "#":
            rows.append((number, len(line) - len(line.lstrip(" ")), said))
    return rows


def _mapping(
    rows: list[Row], at: int, indent: int, path: Path, faults: list[Fault]
) -> tuple[Table, int]:
    if len(path) > _DEEPEST:
        raise _Unusual
    table = Table()
    while at < len(rows) and rows[at][1] >= indent:
        number, column, said = rows[at]
        match = _KEY.fullmatch(said)
        if column > indent or match is None:
            raise _Unusual
        key, rest = match.groups()
        at += 1
        if rest and rest[0] != "#":
            value = _inline(rest, number, (*path, key), faults)
        else:
            value, at = _nested(rows, at, indent, (*path, key), faults)
        put(table, key, value, number, path, faults)
    return table, at


def _nested(
    rows: list[Row], at: int, indent: int, path: Path, faults: list[Fault]
) -> tuple[object, int]:
    """Read what stands below a key without a value; a list may stand as far left as its key."""
    if at == len(rows) or rows[at][1] < indent:
        return None, at
    _, column, said = rows[at]
    if said.startswith("- "):
        return _sequence(rows, at, column, path, faults)
    return _mapping(rows, at, column, path, faults) if column > indent else (None, at)


def _sequence(
    rows: list[Row], at: int, indent: int, path: Path, faults: list[Fault]
) -> tuple[Series, int]:
    series = Series()
    while at < len(rows) and rows[at][1] >= indent:
        number, column, said = rows[at]
        if column > indent:
            raise _Unusual
        if not said.startswith("- "):
            break
        rest = said[2:].lstrip(" ")
        value: object
        if _KEY.fullmatch(rest):
            rows[at] = (number, column + len(said) - len(rest), rest)
            value, at = _mapping(rows, at, rows[at][1], (*path, len(series)), faults)
        else:
            value = _inline(rest, number, (*path, len(series)), faults)
            at += 1
        series.append(value)
        series.lines.append(number)
    return series, at


def _inline(said: str, line: int, path: Path, faults: list[Fault]) -> object:
    """Return the value that stands behind `key: ` or `- `, a comment after it left out."""
    first = said[0]
    if first not in _INDICATORS:
        word = said.partition(" #")[0].rstrip(" ")
        if ": " in word or word[-1] == ":":
            raise _Unusual
        return scalar(word)
    if first in "[{":
        value, end = _flow(said, 0, line, path, faults)
        if _AFTER.fullmatch(said, end) is None:
            raise _Unusual
        return value
    quoted = _QUOTED.fullmatch(said)
    if quoted is None:
        raise _Unusual
    return _unquoted(quoted)


def _unquoted(match: re.Match[str]) -> str:
    double, single = match.group(1), match.group(2)
    if double is None:
        return str(single).replace("''", "'")
    return _ESCAPE.sub(lambda found: _ESCAPED[found[1]], double) if "\\" in double else str(double)


def _flow(said: str, at: int, line: int, path: Path, faults: list[Fault]) -> tuple[object, int]:
    """Read the flow collection or flow scalar at a position; return it and where it ends."""
    if len(path) > _DEEPEST:
        raise _Unusual
    if said.startswith("[", at):
        return _flow_list(said, at + 1, line, path, faults)
    if said.startswith("{", at):
        return _flow_table(said, at + 1, line, path, faults)
    quoted = _FLOW_QUOTED.match(said, at)
    if quoted:
        return _unquoted(quoted), quoted.end()
    word = _FLOW_WORD.match(said, at)
    if word is None:
        raise _Unusual
    return scalar(word.group(1)), word.end()


def _flow_list(
    said: str, at: int, line: int, path: Path, faults: list[Fault]
) -> tuple[Series, int]:
    series = Series()
    at = _skip(said, at)
    if said.startswith("]", at):
        return series, at + 1
    while True:
        value, at = _flow(said, at, line, (*path, len(series)), faults)
        series.append(value)
        series.lines.append(line)
        at, is_last = _separator(said, at, "]")
        if is_last:
            return series, at


def _flow_table(
    said: str, at: int, line: int, path: Path, faults: list[Fault]
) -> tuple[Table, int]:
    table = Table()
    at = _skip(said, at)
    if said.startswith("}", at):
        return table, at + 1
    while True:
        match = _FLOW_KEY.match(said, at)
        if match is None:
            raise _Unusual
        key = match.group(1)
        value, at = _flow(said, match.end(), line, (*path, key), faults)
        put(table, key, value, line, path, faults)
        at, is_last = _separator(said, at, "}")
        if is_last:
            return table, at


def _separator(said: str, at: int, closing: str) -> tuple[int, bool]:
    """Pass the comma or bracket after an item; say whether it was the bracket."""
    at = _skip(said, at)
    sign = said[at : at + 1]
    if sign != "," and sign != closing:
        raise _Unusual
    return (at + 1, True) if sign == closing else (_skip(said, at + 1), False)


def _skip(said: str, at: int) -> int:
    while said.startswith(" ", at):
        at += 1
    return at
