"""The configuration of a running service: a changed valid file takes over, a bad one never does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog

from feedhub.config import load
from feedhub.errors import ConfigError
from feedhub.model import Settings

log = structlog.get_logger()


class LiveSettings:
    """The settings in force, and the file they follow. Loading at the start raises ConfigError."""

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path, self._environ = path, environ
        self._seen = self._look()
        self.current: Settings = load(path, environ)
        self.problems: tuple[str, ...] = ()

    def refresh(self) -> bool:
        """Look at the file; tell whether other settings are in force now.

        A file that cannot be used is reported once, and the last good settings stay.
        """
        seen = self._look()
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            settings = load(self._path, self._environ)
        except ConfigError as error:
            self.problems = tuple(str(problem) for problem in error.problems)
            for problem in self.problems:
                log.error("configuration not taken over; the last good one stays", problem=problem)
            return False
        self.problems = ()
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
