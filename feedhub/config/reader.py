"""Read a configuration file: its bytes, its YAML (1.2), its lines; never a traceback."""

from __future__ import annotations

from pathlib import Path as FilePath

from feedhub.config import plain
from feedhub.config.tree import Document
from feedhub.config.tree import Unreadable as Unreadable
from feedhub.errors import ConfigError, Problem

MOST_BYTES = 32 * 1024 * 1024


def read(path: FilePath) -> Document:
    """Read a file whose root is a mapping.

    Raises ConfigError with one problem where the file is missing, is no UTF-8, no YAML, no
    mapping, or is built to explode (nesting, aliases, size).
    """
    try:
        return parse(_text(path))
    except Unreadable as broken:
        raise ConfigError((Problem(str(path), broken.line, "", broken.message),)) from None


def _text(path: FilePath) -> str:
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise Unreadable("no such file; name one with --config or $FEEDHUB_CONFIG") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(f"cannot be read: {reason}") from None
    if len(body) > MOST_BYTES:
        raise Unreadable(f"larger than {MOST_BYTES // 1024 // 1024} MiB; this is no configuration")
    try:
        return body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise Unreadable("not UTF-8; save the file in UTF-8", line) from None


def parse(text: str) -> Document:
    """Read YAML text; raises Unreadable. The fast way first, ruamel.yaml for all it leaves."""
    return plain.read(text) or parse_with_ruamel(text)


def parse_with_ruamel(text: str) -> Document:
    """Read YAML text by ruamel.yaml; raises Unreadable."""
    from feedhub.config import whole  # loading it costs 20 ms, and few files need it

    return whole.read(text)
