"""config.yaml → Settings: every fault named with file, line and a suggestion; and what a change changes.

The way: `reader` (YAML, lines) → `later` (keys to come) → `parts` (each against `schema`) →
`rules` (parts together) → `build` (Settings). `plan` compares by `snapshot` and `compare`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from feedhub.config import build, later, reader, rules
from feedhub.config.difference import Difference, compare, snapshot
from feedhub.config.doubts import warnings
from feedhub.config.parts import Checking
from feedhub.config.tree import Fault, problems
from feedhub.errors import ConfigError
from feedhub.model import Settings

__all__ = ["Difference", "compare", "load", "snapshot", "warnings"]


LOOPBACK = "http://127.0.0.1:8000"
"""Where the site is found unless the file or whoever serves it says otherwise."""


def load(path: Path, environ: Mapping[str, str], *, text_of: Path | None = None) -> Settings:
    """Read and check a configuration file; paths in it are relative to its folder.

    `FEEDHUB_DATABASE` of `environ`, where set, takes the place of `database`. `FEEDHUB_ADDRESS`
    is where the site is served, for a file without `site.base_url`; set but empty, it is served
    where others find it, and the file must say how. Raises ConfigError that holds every fault of
    the file, in the order of its lines. With `text_of` the words of that file are read as if they
    stood in this one.
    """
    document = reader.read(text_of or path)
    here = path.absolute()
    faults = [*document.faults, *later.take_out(document.root)]
    checking = Checking(document.root, here.parent)
    parts = checking.parts(environ)
    faults += [*checking.faults, *rules.check(document.root, parts)]
    address = environ.get("FEEDHUB_ADDRESS", LOOPBACK)
    if parts.site and not (parts.site.base_url or address):
        faults.append(
            Fault(("site",), "base_url is needed where others than this machine are served")
        )
    if faults:
        raise ConfigError(problems(str(path), document.root, faults))
    return replace(build.settings(str(here), parts, address=address), stamp=_stamp(text_of or here))


def _stamp(path: Path) -> str:
    """Return a digest of the file's bytes."""
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()
