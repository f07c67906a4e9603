"""What lies on the desk while a request is answered: wiring, and settings and time read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, g

from feedhub.model import Settings
from feedhub.web.assets import Assets
from feedhub.web.flow import Flow


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What `create_app` was given; one an application."""

    KEY: ClassVar[str] = "feedhub"

    settings: Callable[[], Settings]
    store: Any
    now: Callable[[], datetime]
    flow: Flow
    assets: Assets


def desk() -> Desk:
    """Return the wiring of the present application."""
    found: Desk = current_app.extensions[Desk.KEY]
    return found


def open_desk() -> None:
    """Read settings and time once, so that one answer never mixes two configurations."""
    g.settings = desk().settings()
    g.now = desk().now()


def settings() -> Settings:
    """Return the settings that this request is answered with."""
    found: Settings = g.settings
    return found


def now() -> datetime:
    """Return the instant that this request is answered at."""
    found: datetime = g.now
    return found


def zone() -> ZoneInfo:
    """Return the site's time zone."""
    return ZoneInfo(settings().site.timezone)


def base_path(base_url: str) -> str:
    """Return the path part of the site's address, without a trailing slash: mostly empty."""
    return urlsplit(base_url).path.rstrip("/")


def at(path: str) -> str:
    """Return the link, relative to the host, to a path of ours."""
    return base_path(settings().site.base_url) + path


def absolute(path: str) -> str:
    """Return the absolute address of a path of ours."""
    return settings().site.base_url + path


def local(url: str) -> str:
    """Cut scheme and host off an absolute address of ours; leave any other as it is."""
    base = settings().site.base_url
    rest = url.removeprefix(base)
    return at(rest or "/") if url.startswith(base) and rest[:1] in ("", "/") else url
