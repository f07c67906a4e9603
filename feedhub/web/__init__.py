"""The web view: `create_app` wires routes, templates and translations to a settings and a store.

Nothing here opens an outgoing connection, sets a cookie or believes the Host header: absolute
links come from `settings.site.base_url` alone. Only the callback of hubs takes a request's body.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from feedhub import clock
from feedhub.errors import FeedHubError
from feedhub.model import Settings
from feedhub.web import errors, feeds, filters, headers, ops, pages, websub
from feedhub.web.answer import Answer
from feedhub.web.assets import Assets
from feedhub.web.desk import Desk, open_desk
from feedhub.web.flow import Flow
from feedhub.web.language import install_languages

HERE = Path(__file__).resolve().parent
MAX_BODY = 1024
"""Bytes of a request's body that are read before it is refused, where an address takes none."""


def create_app(
    settings: Callable[[], Settings] | Settings,
    store: Any,
    *,
    now: Callable[[], datetime] = clock.now,
    flow: Flow | None = None,
    templates: Path | None = None,
) -> Flask:
    """Return the WSGI application.

    `settings` may be a callable, which is asked once a request, so that a changed configuration
    is picked up while running. `store` is only handed on to `flow` (`feedhub.publish`).
    """
    folder = templates or find_templates(HERE.parent)
    app = Flask("feedhub.web", static_folder=None, template_folder=str(folder))
    app.response_class = Answer
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.extensions[Desk.KEY] = Desk(
        settings=settings if callable(settings) else lambda: settings,
        store=store,
        now=now,
        flow=flow or published(),
        assets=Assets(folder / "static"),
    )
    app.before_request(open_desk)
    install_languages(app, HERE / "translations")
    for part in (headers, filters, errors):
        part.install(app)
    for blueprint in (pages.bp, feeds.bp, ops.bp, websub.bp):
        app.register_blueprint(blueprint)
    return app


def find_templates(package: Path) -> Path:
    """Return the folder of templates: inside the wheel, else beside the package in a checkout."""
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise FeedHubError(f"no templates in {package} nor beside it: reinstall the package")


def published() -> Flow:
    """Return the flow that empties the store, for an application that was given no other."""
    from feedhub import publish

    return publish
