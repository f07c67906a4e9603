"""The configuration of a running service: a changed valid file takes over, a bad one never does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import structlog

from feedhub.config import load
from feedhub.config.kinds import FlawOf
from feedhub.errors import ConfigError
from feedhub.model import Settings

log = structlog.get_logger()


class LiveSettings:
    """The settings in force, and the file they follow.

    Loading at the start raises ConfigError, unless `kept` holds the last good words of the file:
    a process that is started anew in a running service goes on with those. Good ones are put there.
    """

    def __init__(
        self,
        path: Path,
        environ: Mapping[str, str],
        *,
        kept: Path | None = None,
        flaw_of: FlawOf | None = None,
    ) -> None:
        self._path, self._environ, self._kept, self._flaw_of = path, environ, kept, flaw_of
        self._seen = self._look()
        self.problems: tuple[str, ...] = ()
        self.current: Settings = self._begin()

    def _begin(self) -> Settings:
        try:
            settings = load(self._path, self._environ, flaw_of=self._flaw_of)
        except ConfigError as error:
            if self._kept is None or not self._kept.is_file():
                raise
            self._complain(error)
            return load(self._path, self._environ, text_of=self._kept, flaw_of=self._flaw_of)
        self._keep()
        return settings

    def _keep(self) -> None:
        """Put the words of the file by, whole or not at all."""
        if self._kept is None:
            return
        beside = self._kept.with_name(f"{self._kept.name}.{os.getpid()}")
        beside.write_bytes(self._path.read_bytes())
        beside.replace(self._kept)

    def _complain(self, error: ConfigError) -> None:
        self.problems = tuple(str(problem) for problem in error.problems)
        for problem in self.problems:
            log.error("configuration not taken over; the last good one stays", problem=problem)

    def refresh(self) -> bool:
        """Look at the file; tell whether other settings are in force now.

        A file that cannot be used is reported once, and the last good settings stay.
        """
        seen = self._look()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            settings = load(self._path, self._environ, flaw_of=self._flaw_of)
        except ConfigError as error:
            self._complain(error)
            return False
        self.problems = ()
        self._keep()
        if settings.stamp == self.current.stamp:
            return False
        self.current = settings
        return True

    def _look(self) -> tuple[int, int, int] | None:
        """Return what changes when the file does: time, size and inode; None when it is gone."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
