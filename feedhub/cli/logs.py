"""Logging: one line an event on stderr, for people or as JSON; never a secret, never two lines."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

# Where rich happens to be installed structlog loads it, to draw what we write in plain lines: that
# would be half of what `feedhub --help` costs.
_HAS_RICH = "rich" in sys.modules
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # None: "there is no such module"
import structlog  # noqa: E402

if not _HAS_RICH:
    del sys.modules["rich"]

VALUE_LIMIT = 1000
"""Characters of one logged value; a longer one is cut, so that no source can flood the log."""

_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s@]*@", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SECRET_NAME = re.compile(r"password|secret|token|authorization|cookie", re.IGNORECASE)

LEVEL = "FEEDHUB_LOG_LEVEL"
"""Names the least serious events to log: debug, info (the default), warning, error."""

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

Event = MutableMapping[str, Any]


def set_up_logs(style: str | None, *, is_verbose: bool) -> None:
    """Send all logging, ours and the libraries', to stderr in one style.

    `style` is "json" or "console"; None means console on a terminal, JSON otherwise.
    """
    if style is None:
        style = "console" if sys.stderr.isatty() else "json"
    level = logging.DEBUG if is_verbose else _LEVELS.get(os.environ.get(LEVEL, ""), logging.INFO)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        clean,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=shared,
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("apscheduler", "_granian", "asyncio", "aiohttp", "alembic", "pymorphy3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It warns whenever a tick takes longer than a second, which is no fault.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def clean(_logger: object, _name: str, event: Event) -> Event:
    """Make every value one line of bounded length, without credentials."""
    return {name: _clean_value(name, value) for name, value in event.items()}


def _clean_value(name: str, value: Any) -> Any:
    if name.startswith("_"):
        return value
    if _SECRET_NAME.search(name):
        return "***"
    if not isinstance(value, str):
        return value
    if name == "exception":
        return _USERINFO.sub(r"\1***@", value)
    return _CONTROL.sub(" ", _USERINFO.sub(r"\1***@", value))[:VALUE_LIMIT]
