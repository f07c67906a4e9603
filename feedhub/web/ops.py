"""Plain files and questions of machines: stylesheet, icon, robots, health."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from feedhub.errors import NotFound
from feedhub.web.assets import Asset
from feedhub.web.conditional import conditional
from feedhub.web.desk import at, desk, now, settings

bp = Blueprint("ops", __name__)

SHORT = "public, max-age=300"
FOR_EVER = "public, max-age=31536000, immutable"
ICON = "favicon.svg"


@bp.get("/static/<name>")
def static(name: str) -> Response:
    """Answer a file of ours; for a year where the address holds the hash of these very bytes."""
    asset = _asset(name)
    is_pinned = request.args.get("v") == asset.version
    return _file(asset, FOR_EVER if is_pinned else SHORT)


@bp.get("/static/logo")
def logo() -> Response:
    """Answer the portal's logo, where the configuration names a file."""
    file = settings().site.logo
    found = desk().assets.logo(file) if file and "://" not in file else None
    if found is None:
        raise NotFound("file", "logo")
    response = _file(found, FOR_EVER if request.args.get("v") == found.version else SHORT)
    # An SVG opened by itself is a document: it must not run anything here.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Answer the icon, which readers ask of every host; cheap, and kept for a day."""
    return _file(_asset(ICON), "public, max-age=86400")


@bp.get("/robots.txt")
def robots() -> Response:
    """Let crawlers read everything but searches, which have no end."""
    response = _text(f"User-agent: *\nDisallow: {at('/search/')}\n")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/healthz")
def alive() -> Response:
    """Say that this process answers."""
    return _text("ok\n")


@bp.get("/readyz")
def ready() -> Response:
    """Say whether we are able to serve and polling is not stalled: 200, or 503 with the reason."""
    is_ready, reason = desk().flow.is_ready(desk().store, settings(), now=now())
    return _text(f"{reason}\n", 200 if is_ready else 503)


def _asset(name: str) -> Asset:
    found = desk().assets.get(name, settings().site.accent)
    if found is None:
        raise NotFound("file", name)
    return found


def _file(asset: Asset, cache: str) -> Response:
    response = make_response(asset.body)
    response.headers["Content-Type"] = asset.media_type
    response.headers["Cache-Control"] = cache
    return conditional(response, asset.version)


def _text(text: str, code: int = 200) -> Response:
    response = make_response(text, code)
    response.mimetype = "text/plain"
    response.headers["Cache-Control"] = "no-store"
    return response
