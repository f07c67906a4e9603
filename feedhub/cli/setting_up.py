"""What commands begin with: the settings of the file they are given, and its database."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from feedhub.cli.flaws import flaw_of
from feedhub.config.live import LiveSettings
from feedhub.core.text.fold import search_words
from feedhub.model import Settings
from feedhub.store import Store, open_store

LAST_GOOD = "FEEDHUB_LAST_GOOD"
"""Names the file in which a running service keeps the last good words of its configuration."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def live_settings(config: Path) -> LiveSettings:
    """Load the configuration; raise ConfigError with every problem of it.

    Within a running service the last good one stands in for a bad one.
    """
    kept = os.environ.get(LAST_GOOD)
    return LiveSettings(config, os.environ, kept=Path(kept) if kept else None, flaw_of=flaw_of)


@contextmanager
def store_of(settings: Settings) -> Iterator[Store]:
    """Open the database of these settings, creating or upgrading it as needed."""
    store = open_store(settings.database, words=search_words)
    try:
        yield store
    finally:
        store.close()


def print_json(value: Any) -> None:
    """Print one JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
