"""Write more sources into config.yaml: the new lines go in, and every other byte of it stays.

A file that people keep under version control must not come back in another layout, so the text
is not read and dumped anew: the list's end is found by the lines that `reader` remembers. Whether
that was done right is not believed but read back: the new file must say what the old one said,
and the new sources besides, or it never takes the old one's place.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

from feedhub.config import load, reader
from feedhub.config.tree import Series, Table, scalar
from feedhub.errors import ConfigError, FeedHubError, Problem
from feedhub.model import Settings

Item = Mapping[str, object]
"""A source as it stands in the file: `slug`, `title`, `url` and further keys, in that order."""

_BOM = "\ufeff"
_PLAIN = re.compile(r"[^\W\d_][\w .«»()№/+%-]*(?<! )")
_PLAIN_URL = re.compile(r"https?://[!-~]*[^\s:]")
_WORDS_OF_OLD_YAML = {"yes", "no", "on", "off", "y", "n"}
_NOTHING = re.compile(r"( *[\"']?sources[\"']?\s*:)\s+\[\s*\]\s*?(\s#.*)?\r?")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_NO_WAY = "its `sources` are written in a way that cannot be added to; add the items by hand"
_DASH = re.compile(r" *-(?: |\r?$)")


def add_sources(path: Path, items: Sequence[Item], environ: Mapping[str, str]) -> Settings:
    """Add sources at the end of the file's list; return the settings that are now in it.

    All or nothing: the new file is checked as `load` checks any, written whole and put in the
    old one's place, with its mode. Raises ConfigError for a file that is bad before, or would be
    after, and FeedHubError where it is written in a way that nothing can be added to, is changed
    by somebody else meanwhile, or cannot be written. A link stays a link.
    """
    before = load(path, environ)
    place = path.resolve()
    try:
        body = place.read_bytes()
        with _beside(place, _with_sources(path, body, items)) as fresh:
            after = _checked(path, fresh, before, items, environ)
            if place.read_bytes() != body:
                raise FeedHubError(f"{path} was changed meanwhile; nothing was added, try again")
            fresh.replace(place)
        _sync(place.parent)
    except OSError as error:
        raise FeedHubError(f"{path} cannot be written: {error.strerror}") from error
    return after


def _with_sources(path: Path, body: bytes, items: Sequence[Item]) -> bytes:
    try:
        return with_sources(body.decode(), items).encode()
    except (ValueError, reader.Unreadable) as error:
        raise FeedHubError(f"{path} was not changed: {error}") from error


@contextmanager
def _beside(place: Path, body: bytes) -> Iterator[Path]:
    """Write a file beside another, with its mode; take it away again unless it was moved."""
    handle, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".new", dir=place.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            status = place.stat()
            os.fchmod(file.fileno(), S_IMODE(status.st_mode))
            with suppress(PermissionError):  # only an administrator may give files away
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Make the new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _checked(
    path: Path, fresh: Path, before: Settings, items: Sequence[Item], environ: Mapping[str, str]
) -> Settings:
    """Load the new file; raise unless it says what the old one said, and these sources besides."""
    try:
        after = load(path, environ, text_of=fresh)
    except ConfigError as error:
        if any(problem.file == str(fresh) for problem in error.problems):  # no YAML any more
            raise FeedHubError(f"{path} was not changed: {_NO_WAY}") from None
        raise ConfigError(tuple(_not_written(problem) for problem in error.problems)) from None
    known, added = after.sources[: len(before.sources)], after.sources[len(before.sources) :]
    rest = replace(after, sources=before.sources, stamp=before.stamp)
    wanted = [(item["slug"], item["url"]) for item in items]
    is_right = known == before.sources and [(it.slug, it.url) for it in added] == wanted
    if not is_right or rest != before:
        raise FeedHubError(f"{path} was not changed: {_NO_WAY}")
    return after


def _not_written(problem: Problem) -> Problem:
    return replace(problem, message=f"{problem.message} (nothing was written)")


def with_sources(text: str, items: Sequence[Item]) -> str:
    """Return the words of a configuration with these sources at the end of its list.

    The items look like those before them: as far indented, with a blank line between where there
    was one. Raises ValueError where no place for them is found, and `reader.Unreadable`.
    """
    if not items:
        return text
    ending = "\r" if "\r\n" in text else ""
    lines = text.split("\n")
    root = reader.parse(text.removeprefix(_BOM).replace("\r\n", "\n")).root
    at, new = _place_for(items, lines, root)
    new = [line + ending for line in new]
    if at == len(lines):  # no line end at the end of the file
        lines[-1] += ending
        new.append("")
    return "\n".join([*lines[:at], *new, *lines[at:]])


def _place_for(items: Sequence[Item], lines: list[str], root: Table) -> tuple[int, list[str]]:
    """Return where in the lines to add, and what; an empty list is opened, a bracket moved down."""
    if "sources" not in root:
        return _at_the_end(lines, root, items)
    key = root.lines["sources"]
    sources = root["sources"]
    if not isinstance(sources, Series) or not sources:
        lines[key - 1] = _opened(lines[key - 1])
        margin = _margin(lines, root) + 2
        return key, [line for item in items for line in item_lines(item, margin)]
    if any(map(_DASH.match, lines[key : sources.lines[0]])):
        return _after_the_last(lines, root, sources, items)
    return _before_the_bracket(lines, _end_of(lines, root, key), items)


def _before_the_bracket(lines: list[str], end: int, items: Sequence[Item]) -> tuple[int, list[str]]:
    """Add to `sources: [...]`: the closing bracket, and what follows it, moves behind the items."""
    closing = next((at for at in reversed(range(end)) if "]" in lines[at]), 0)
    before, _, after = lines[closing].rpartition("]")
    said = [_COMMENT.sub("", line).strip() for line in (*lines[:closing], before)]
    comma = "" if "".join(said).endswith((",", "[")) else ","
    lines[closing] = before.rstrip()
    inner = [_written(item) for item in items]
    new = [f"  {comma if at == 0 else ','} {it}".rstrip() for at, it in enumerate(inner)]
    return closing + 1, [*new, f"]{after}".rstrip("\r")]


def _after_the_last(
    lines: list[str], root: Table, sources: Series, items: Sequence[Item]
) -> tuple[int, list[str]]:
    first = lines[_dash_above(lines, sources.lines[0])]
    column = len(first) - len(first.lstrip(" "))
    at = _end_of(lines, root, root.lines["sources"])
    while _is_gap(lines[at - 1], column):
        at -= 1
    is_loose = len(sources) > 1 and not lines[_dash_above(lines, sources.lines[1]) - 1].strip()
    gap = [""] if is_loose else []
    return at, [line for item in items for line in (*gap, *item_lines(item, column))]


def _dash_above(lines: list[str], line: int) -> int:
    """Return the index of the line in which an item begins; its first key may stand below it."""
    at = line - 1
    while at > 0 and not _DASH.match(lines[at]):
        at -= 1
    return at


def _end_of(lines: list[str], root: Table, line: int) -> int:
    """Return the index of the line that follows all that belongs to the key in a line."""
    following = [other for other in root.lines.values() if other > line]
    if following:
        return min(following) - 1
    ends = [at for at in range(line, len(lines)) if lines[at].startswith(("...", "---"))]
    return ends[0] if ends else len(lines)


def _is_gap(line: str, column: int) -> bool:
    """Tell whether a line stands between two keys of the root: blank, or a comment further left."""
    said = line.strip()
    indent = len(line) - len(line.lstrip(" "))
    return not said or (said[0] == "#" and (indent < column or indent == 0))


def _opened(line: str) -> str:
    found = _NOTHING.fullmatch(line)
    if found is None:
        raise ValueError(_NO_WAY)
    return found[1] + (found[2] or "") + ("\r" if line.endswith("\r") else "")


def _at_the_end(lines: list[str], root: Table, items: Sequence[Item]) -> tuple[int, list[str]]:
    margin = _margin(lines, root)
    at = _end_of(lines, root, max(root.lines.values()))
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    new = [line for item in items for line in item_lines(item, margin + 2)]
    return at, ["", f"{' ' * margin}sources:", *new]


def _margin(lines: list[str], root: Table) -> int:
    """Return how far the keys of the root are indented."""
    line = lines[min(root.lines.values()) - 1].removeprefix(_BOM)
    return len(line) - len(line.lstrip(" "))


# -- items as YAML -------------------------------------------------------------------------------


def item_lines(item: Item, indent: int) -> list[str]:
    """Return a source as an item of a block list, ready to paste; `indent` is the dash's column."""
    keys = [f"{key}: {_written(value)}" for key, value in item.items()]
    margin = " " * indent
    return [f"{margin}{'  ' if at else '- '}{line}" for at, line in enumerate(keys)]


def _written(value: object) -> str:
    """Spell a value on one line; text without quotes where any reader takes it for that text."""
    if isinstance(value, str):
        return value if _PLAIN_URL.fullmatch(value) else _word(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(key)}: {_inner(it)}" for key, it in value.items()) + "}"
    return _inner(value)


def _inner(value: object) -> str:
    """Spell a value inside brackets, where addresses need quotes."""
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_inner, value)) + "]"
    return json.dumps(value)


def _word(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and scalar(text) == text
    if is_plain and text.lower() not in _WORDS_OF_OLD_YAML:
        return text
    return json.dumps(text, ensure_ascii=False)
