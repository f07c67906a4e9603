"""config.yaml → Settings: every fault named with file, line and a suggestion; and what a change changes.

The way: `reader` (YAML, lines) → `later` (keys to come) → `parts` (each against `schema`) →
`rules` (parts together) → `build` (Settings). `plan` compares by `snapshot` and `compare`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from feedhub.config import build, kinds, later, reader, rules
from feedhub.config.difference import Difference, compare, snapshot
from feedhub.config.doubts import warnings
from feedhub.config.parts import Checking, Parts
from feedhub.config.tree import Fault, problems
from feedhub.errors import ConfigError
from feedhub.model import Settings

__all__ = ["Difference", "compare", "load", "snapshot", "warnings"]


LOOPBACK = "http://127.0.0.1:8000"
"""Where the site is found unless the file or whoever serves it says otherwise."""


def load(
    path: Path,
    environ: Mapping[str, str],
    *,
    text_of: Path | None = None,
    flaw_of: kinds.FlawOf | None = None,
    flaw_of_alert: Callable[[str], str] | None = None,
) -> Settings:
    """Read and check a configuration file; paths in it are relative to its folder.

    `FEEDHUB_DATABASE` of `environ`, where set, takes the place of `database`. `FEEDHUB_ADDRESS`
    is where the site is served, for a file without `site.base_url`; set but empty, it is served
    where others find it, and the file must say how. Raises ConfigError that holds every fault of
    the file, in the order of its lines. With `text_of` the words of that file are read as if they
    stood in this one. `flaw_of` judges selectors, field paths and channels (see `kinds`); without
    it they are believed, and a bad one fails when its source is read. `flaw_of_alert` says what is
    wrong with an address of `alerts` that looks like one (empty: nothing); without it they are
    believed, for finding out takes half a second.
    """
    document = reader.read(text_of or path)
    here = path.absolute()
    faults = [*document.faults, *later.take_out(document.root)]
    checking = Checking(document.root, here.parent)
    parts = checking.parts(environ)
    faults += [*checking.faults, *rules.check(document.root, parts)]
    faults += kinds.judge(parts, flaw_of) if flaw_of else ()
    faults += _bad_alerts(parts, flaw_of_alert)
    address = environ.get("FEEDHUB_ADDRESS", LOOPBACK)
    if parts.site and not (parts.site.base_url or address):
        faults.append(
            Fault(("site",), "base_url is needed where others than this machine are served")
        )
    if faults:
        raise ConfigError(problems(str(path), document.root, faults))
    return replace(build.settings(str(here), parts, address=address), stamp=_stamp(text_of or here))


def _bad_alerts(parts: Parts, flaw_of: Callable[[str], str] | None) -> Iterator[Fault]:
    if parts.alerts is None or flaw_of is None:
        return
    for at, address in enumerate(parts.alerts.alerts):
        if flaw := flaw_of(address):
            yield Fault(("alerts", at), flaw)


def _stamp(path: Path) -> str:
    """Return a digest of the file's bytes."""
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()
