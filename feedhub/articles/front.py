"""Front matter: the lines between two `---` at the head of a file, read as YAML that knows its lines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.reader import ReaderError

from feedhub.articles.faults import Fault, Unusable

MOST_CHARACTERS = 64 * 1024
"""Characters of front matter; more is no front matter, and YAML is slow to read."""

_DEEPEST = 4
_MOST_VALUES = 5_000
"""Values that one front matter may stand for, aliases included."""

_KINDS: dict[str, Literal["number", "truth", "nothing"]] = {
    "tag:yaml.org,2002:int": "number",
    "tag:yaml.org,2002:float": "number",
    "tag:yaml.org,2002:bool": "truth",
    "tag:yaml.org,2002:null": "nothing",
}


class Scalar(NamedTuple):
    """A single value, as its characters were written."""

    text: str
    kind: Literal["text", "number", "truth", "nothing"]
    line: int


class Series(NamedTuple):
    """A YAML sequence."""

    items: tuple[Node, ...]
    line: int


class Table(NamedTuple):
    """A YAML mapping; repeated keys are still there."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int


Node = Scalar | Series | Table


class Parts(NamedTuple):
    """A file in two: `body` begins in line `body_line` of the file, counted from 1."""

    head: Table
    body: str
    body_line: int


def split(text: str) -> Parts:
    """Part a file's text into front matter and body; raise Unusable where there is no telling."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((at for at, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise Unusable(Fault(None, "", "the file is empty; was it saved half?"))
    if lines[start].rstrip() != "---":
        message = "front matter is missing; the file must begin with a line ---, then title: ..."
        raise Unusable(Fault(start + 1, "", message))
    ends = (at for at in range(start + 1, len(lines)) if lines[at].rstrip() in ("---", "..."))
    end = next(ends, None)
    if end is None:
        message = "the front matter begins here and never ends; close it with a line ---"
        raise Unusable(Fault(start + 1, "", message))
    head = table("\n".join(lines[start + 1 : end]), start + 2)
    return Parts(head, "\n".join(lines[end + 1 :]), end + 2)


# Reading YAML costs 6 ms an article, and a folder is read whole when one file changes.
@lru_cache(maxsize=4096)
def table(text: str, first_line: int) -> Table:
    """Read front matter that begins in this line of its file; raise Unusable."""
    if len(text) > MOST_CHARACTERS:
        message = f"front matter longer than {MOST_CHARACTERS // 1024} KiB; is a line --- missing?"
        raise Unusable(Fault(first_line, "", message))
    root = _composed(text, first_line)
    if root is None:
        return Table((), first_line)
    if not isinstance(root, MappingNode):
        message = "front matter must be lines such as `title: ...`"
        raise Unusable(Fault(first_line, "", message))
    read = _Reading(first_line).node(root, 0)
    if not isinstance(read, Table):
        raise TypeError(root)
    return read


def _composed(text: str, first_line: int) -> Any:
    try:
        return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line, text.count("\n")) + first_line if mark else None
        raise Unusable(Fault(line, "", f"not valid YAML: {_reason(error)}")) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + first_line
        raise Unusable(Fault(line, "", "a control character; remove it")) from None
    except Exception as error:  # its scanner lets ValueError, OverflowError, RecursionError out
        reason = str(error)[:80]
        raise Unusable(Fault(first_line, "", f"not valid YAML: {reason}")) from None


def _reason(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context)
    if problem.startswith("mapping values are not allowed"):
        return '": " inside a value; put the value in quotes, or check the indentation'
    if "end of stream" in problem or "<stream end>" in problem:
        return "something is opened here and never closed: a quote or a bracket"
    if "'\\t'" in problem:
        return "a tab; YAML is indented with spaces"
    return problem


class _Reading:
    """One walk through YAML nodes; bounded in depth and, as aliases repeat values, in number."""

    def __init__(self, first_line: int) -> None:
        self._first_line = first_line
        self._left = _MOST_VALUES

    def node(self, node: Any, depth: int) -> Node:
        """Return a YAML node as a plain value."""
        line = int(node.start_mark.line) + self._first_line
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise Unusable(Fault(line, "", "too many or too deeply nested values"))
        if isinstance(node, ScalarNode):
            return _scalar(node, line)
        if isinstance(node, MappingNode):
            return Table(tuple(self._pairs(node, depth)), line)
        return Series(tuple(self.node(each, depth + 1) for each in node.value), line)

    def _pairs(self, node: Any, depth: int) -> Iterator[tuple[Scalar, Node]]:
        for key, value in node.value:
            name = self.node(key, depth + 1)
            if not isinstance(name, Scalar):
                raise Unusable(Fault(name.line, "", "a key must be a plain word"))
            yield name, self.node(value, depth + 1)


def _scalar(node: Any, line: int) -> Scalar:
    text = str(node.value)
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise Unusable(Fault(line, "", "half of a surrogate pair, which is no character"))
    return Scalar(text, _KINDS.get(str(node.tag), "text"), line)
