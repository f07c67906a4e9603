"""Read all of YAML, by ruamel.yaml's events: for the configurations that `plain` leaves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from ruamel.yaml.reader import ReaderError

from feedhub.config.tree import Document, Fault, Path, Series, Table, Unreadable, put, scalar

_DEEPEST = 40
_MOST_ALIASED = 200_000  # values that aliases may stand for, all together
_TEXT_TAGS = {"!", "tag:yaml.org,2002:str"}
_TREE_TAGS = {"!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def read(text: str) -> Document:
    """Read YAML text; raises Unreadable."""
    events = _events(text)
    first = next(events)
    if isinstance(first, StreamEndEvent):
        raise Unreadable("the file is empty; it needs at least `site:` and `sections:`")
    composer = _Composer(events)
    root, _ = composer.node(next(events), (), 0)
    next(events)  # the end of the document
    after = next(events)
    if not isinstance(after, StreamEndEvent):
        raise Unreadable("a second document begins here; one file holds one", _line(after))
    if not isinstance(root, Table):
        raise Unreadable("the file must be a mapping: site, sections, sources, tags ...", 1)
    return Document(root, tuple(composer.faults))


def _events(text: str) -> Iterator[Any]:
    """Yield the events after the start of the stream, every trouble turned into Unreadable."""
    yaml = YAML(typ="safe", pure=True)
    line = 1
    try:
        for event in islice(yaml.parse(text), 1, None):
            line = _line(event)
            yield event
    except MarkedYAMLError as error:
        raise _unreadable(error, text) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable("a control character; remove it", line) from None
    except Exception as error:  # its scanner lets ValueError, OverflowError and others out
        raise Unreadable(f"not valid YAML after this line ({error})", line) from None


def _unreadable(error: MarkedYAMLError, text: str) -> Unreadable:
    problem, mark = str(error.problem or error.context), error.problem_mark
    if "end of stream" in problem or "<stream end>" in problem:
        problem, mark = "opened here and never closed", error.context_mark or mark
    elif problem.startswith("mapping values are not allowed"):
        problem = '": " where no key can stand; check the indentation, or put the value in quotes'
    line = mark.line + 1 if mark else None
    if line and "\t" in text.split("\n")[line - 1]:
        problem = "a tab; YAML is indented with spaces"
    return Unreadable(f"not valid YAML: {problem}", line)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class _Anchored(NamedTuple):
    """A value that aliases may name, and how many values it stands for."""

    value: object
    weight: int


class _Composer:
    """Build tables and lists out of one document's events; bounded in depth and in aliases."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.faults: list[Fault] = []
        self._events = events
        self._anchors: dict[str, _Anchored] = {}
        self._aliased = 0

    def node(self, event: Any, path: Path, depth: int) -> _Anchored:
        """Return the value that begins with `event`, and its weight."""
        if depth > _DEEPEST:
            raise Unreadable(f"nested deeper than {_DEEPEST} levels", _line(event))
        if isinstance(event, AliasEvent):
            return self._alias(event)
        self._check_tag(event)
        if isinstance(event, ScalarEvent):
            built = _Anchored(_scalar(event), 1 + len(event.value) // 64)
        elif isinstance(event, MappingStartEvent):
            built = self._table(path, depth)
        else:
            built = self._series(path, depth)
        if event.anchor:
            self._anchors[event.anchor] = built
        return built

    def _alias(self, event: Any) -> _Anchored:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            raise Unreadable(f"*{event.anchor} names no anchor above it", _line(event))
        self._aliased += anchored.weight
        if self._aliased > _MOST_ALIASED:
            raise Unreadable(f"aliases stand for more than {_MOST_ALIASED} values", _line(event))
        return anchored

    def _check_tag(self, event: Any) -> None:
        allowed = _TEXT_TAGS if isinstance(event, ScalarEvent) else _TREE_TAGS
        if event.tag is not None and event.tag not in allowed:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise Unreadable(f"the tag {tag} is not allowed; write plain values", _line(event))

    def _table(self, path: Path, depth: int) -> _Anchored:
        table, weight = Table(), 1
        inherited: list[tuple[object, int]] = []
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise Unreadable("a key must be plain text", _line(event))
            self._check_tag(event)
            key, line = _text_of(event), _line(event)
            value = self.node(next(self._events), (*path, key), depth + 1)
            weight += 1 + value.weight
            if key == "<<" and event.implicit[0]:
                inherited.append((value.value, line))
            else:
                put(table, key, value.value, line, path, self.faults)
        for merged, line in inherited:
            _merge(table, merged, line)
        return _Anchored(table, weight)

    def _series(self, path: Path, depth: int) -> _Anchored:
        series, weight = Series(), 1
        while not isinstance(event := next(self._events), SequenceEndEvent):
            value = self.node(event, (*path, len(series)), depth + 1)
            weight += value.weight
            series.append(value.value)
            series.lines.append(_line(event))
        return _Anchored(series, weight)


def _scalar(event: Any) -> object:
    is_plain = event.implicit[0] and event.style is None and event.tag is None
    text = _text_of(event)
    return scalar(text) if is_plain else text


def _text_of(event: Any) -> str:
    text = str(event.value)
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Unreadable("half of a surrogate pair, which is no character", _line(event))
    return text


def _merge(table: Table, merged: object, line: int) -> None:
    """Take over the keys of `<<: *anchor` that the mapping does not give itself."""
    sources = merged if isinstance(merged, Series) else [merged]
    for source in sources:
        if not isinstance(source, Table):
            raise Unreadable("`<<` takes a mapping or a list of mappings", line)
        for key in source:
            if key not in table:
                table[key] = source[key]
                table.lines[key] = line
