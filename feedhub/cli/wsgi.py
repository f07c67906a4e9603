"""What a web worker runs: the application on the configuration and database of its parent."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from feedhub import clock
from feedhub.cli.family import end_with_service
from feedhub.cli.logs import set_up_logs
from feedhub.cli.setting_up import live_settings
from feedhub.config.live import LiveSettings
from feedhub.core.text.fold import search_words
from feedhub.model import Settings
from feedhub.store import open_store
from feedhub.web import create_app

LOOK_MS = 1000
"""How often, at most, a worker looks whether the configuration file changed."""


class Followed:
    """The settings in force at each request: the file is looked at once a second at most."""

    def __init__(self, live: LiveSettings) -> None:
        self._live = live
        self._looked = clock.stopwatch()

    def __call__(self) -> Settings:
        """Return the settings in force."""
        if clock.elapsed_ms(self._looked) > LOOK_MS:
            self._looked = clock.stopwatch()
            self._live.refresh()
        return self._live.current


def make_app() -> Flask:
    """Make the application from FEEDHUB_CONFIG: called once in each web worker."""
    end_with_service()
    set_up_logs(os.environ.get("FEEDHUB_LOG"), is_verbose=False)
    live = live_settings(Path(os.environ["FEEDHUB_CONFIG"]))
    store = open_store(live.current.database, words=search_words)
    return create_app(Followed(live), store)
