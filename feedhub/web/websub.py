"""Where hubs call: one address a subscription, known to nobody but its hub.

A GET asks whether we meant a request, a POST brings a document. Nothing is answered but a status
and, to whom we asked, the challenge. Nothing is read here of what is brought.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from feedhub import subscribing
from feedhub.subscribing import Reply
from feedhub.web.desk import desk, now, settings

bp = Blueprint("websub", __name__)

CALLBACK = f"{subscribing.CALLBACK}<token>"
FOR_NOBODY = "default-src 'none'; sandbox; frame-ancestors 'none'"


@bp.route(CALLBACK, methods=["GET"], provide_automatic_options=False)
def verify(token: str) -> Response:
    """Answer a hub's question whether we meant to subscribe."""
    if request.method != "GET":
        return _plain(Reply(404))
    query = request.args.items(multi=True)
    return _plain(subscribing.verify(desk().store, token, query, now=now()))


@bp.route(CALLBACK, methods=["POST"], provide_automatic_options=False)
def receive(token: str) -> Response:
    """Take what a hub sends; the body of a call to an unknown address is not even read."""
    if not subscribing.knows(desk().store, token):
        return _plain(Reply(404))
    body = _body(settings().fetch.max_bytes)
    headers = dict(request.headers.items())
    return _plain(subscribing.receive(desk().store, settings(), token, headers, body, now=now()))


def _body(limit: int) -> bytes | None:
    """Return the request's body, or None when it holds more than `limit` bytes.

    Of a body without a length Werkzeug reads as much as it may and says nothing of the rest, so
    it may read one byte more: such a body is too long by that byte.
    """
    request.max_content_length = limit + 1
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        return None


def _plain(reply: Reply) -> Response:
    """Answer in a form that no browser takes for a document of ours."""
    response = make_response(reply.body, reply.status)
    response.headers["Content-Type"] = "text/plain; charset=us-ascii"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = FOR_NOBODY
    if reply.retry_after is not None:
        response.headers["Retry-After"] = str(reply.retry_after)
    return response
