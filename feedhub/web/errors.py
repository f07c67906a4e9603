"""Errors become answers here and nowhere else: a plain sentence and a next step, never a trace."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from feedhub.errors import ExpressionError, FeedHubError, NotFound, StoreError
from feedhub.store.lists import BadCursor
from feedhub.web.desk import at, settings
from feedhub.web.language import gettext as _

log = logging.getLogger("feedhub.web")

SHOWN = 80
"""Characters of an unknown name that the page repeats."""


class WrongValue(FeedHubError):
    """A field of the query holds what it cannot; the text is shown to whoever asked."""


@dataclass(frozen=True, kw_only=True)
class NearName:
    """A name that looks like the unknown one, with its link."""

    name: str
    href: str


def install(app: Flask) -> None:
    """Bind the handlers to the application."""
    app.register_error_handler(NotFound, not_found)
    app.register_error_handler(ExpressionError, wrong_expression)
    app.register_error_handler(WrongValue, wrong_value)
    app.register_error_handler(BadCursor, wrong_cursor)
    app.register_error_handler(StoreError, store_refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, crash)


def not_found(fault: NotFound) -> Response:
    """Answer 404 with the names that look alike."""
    name = fault.name if len(fault.name) <= SHOWN else fault.name[:SHOWN] + "…"
    return page(
        404, _("Nothing here is called “%(name)s”.", name=name), near=near_names(fault, kind(fault))
    )


def kind(fault: NotFound) -> str:
    """Return which list the unknown name belongs to: tags, sections, sources, or nothing."""
    for known in ("tag", "section", "source"):
        if fault.what.casefold().startswith(known):
            return f"{known}s"
    return ""


def near_names(fault: NotFound, folder: str) -> tuple[NearName, ...]:
    """Return links to the near names, with the words people know them by where we know them."""
    if not folder:
        return ()
    names = {tag.slug: tag.name for tag in settings().tags if tag.slug}
    if folder == "sections":
        names = {section.slug: section.title for section in settings().sections}
    if folder == "sources":
        names = {source.slug: source.title for source in settings().sources}
    return tuple(
        NearName(name=names.get(slug, slug), href=at(f"/{folder}/{slug}/")) for slug in fault.near
    )


def wrong_expression(fault: ExpressionError) -> Response:
    """Answer 400: the address is no tag expression."""
    return page(
        400,
        _("This address is not a tag expression that can be read."),
        detail=str(fault) if settings().site.language == "en" else "",
        expression=True,
    )


def wrong_value(fault: WrongValue) -> Response:
    """Answer 400 with the sentence about the field."""
    return page(400, str(fault))


def wrong_cursor(fault: BadCursor) -> Response:
    """Answer 400: the field `before` holds something that no link of ours gave."""
    return page(400, cursor_sentence())


def cursor_sentence() -> str:
    """Return what is wrong with a cursor."""
    return _("“before” must be a cursor copied from a link to older entries, unchanged.")


def store_refused(fault: StoreError) -> Response:
    """Answer 503: the database is busy or away; the reader can only wait."""
    log.error("the store refused %r: %s", request.path, fault)
    response = page(503, _("The database cannot answer just now."))
    response.headers["Retry-After"] = "30"
    return response


def http_error(fault: HTTPException) -> Response:
    """Answer any other refusal in our own words."""
    given = fault.get_response()
    code = given.status_code
    response = page(code, sentence(code))
    for name in ("Allow", "Retry-After"):
        if name in given.headers:
            response.headers[name] = given.headers[name]
    return response


def crash(fault: Exception) -> Response:
    """Log what broke, with the path, and answer 500 without a word of it."""
    log.error("answering %r failed", request.path, exc_info=fault)
    return page(500, sentence(500))


def sentence(code: int) -> str:
    """Return what a status means for the person who reads it."""
    known = {
        400: _("This address cannot be read: it holds bytes that are no text."),
        404: _("There is no page at this address."),
        405: _("This address is only for reading."),
        413: _("This address takes no data."),
        500: _("Something broke on our side. It has been written down for the administrator."),
    }
    return known.get(code, _("This request cannot be answered."))


def page(
    code: int,
    message: str,
    *,
    detail: str = "",
    near: tuple[NearName, ...] = (),
    expression: bool = False,
) -> Response:
    """Return the page of an error; only a missing page may be kept by a cache, for a minute."""
    if "settings" not in g:
        # The configuration itself could not be read: no title, language or links to draw with.
        response = make_response(f"{code}\n", code)
        response.mimetype = "text/plain"
    else:
        html = render_template(
            "error.html",
            code=code,
            message=message,
            detail=detail,
            near=near,
            expression=expression,
        )
        response = make_response(html, code)
    response.headers["Cache-Control"] = "public, max-age=60" if code == 404 else "no-store"
    return response
