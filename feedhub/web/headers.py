"""What every answer carries, and what no request may bring."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from flask import Flask, Response, abort, g, request

from feedhub.web import addresses, desk

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No script, no frame, no font: only our stylesheet, and pictures from where the entries live."""
TAKE_A_BODY = frozenset({"websub.receive"})
"""The endpoints that read what a request brings, each within its own limit."""
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def install(app: Flask) -> None:
    """Bind both checks to the application."""
    app.before_request(refuse_garbled)
    app.after_request(add_headers)


def refuse_garbled() -> None:
    """Answer 400 to bytes that are no UTF-8 or hold NUL, and 413 to a body where nobody takes one."""
    if is_garbled(addresses.requested_path(), request.query_string):
        abort(400)
    is_unasked = request.routing_exception is None and request.endpoint not in TAKE_A_BODY
    if is_unasked and (request.content_length or 0) > 0:
        abort(413)


def is_garbled(path: str, query: bytes) -> bool:
    """Tell whether a decoded path or a raw query holds bytes that cannot be text."""
    if "\ufffd" in path or "\0" in path:
        return True
    try:
        return "\0" in unquote_to_bytes(query.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        return True


def add_headers(response: Response) -> Response:
    """Set the security headers that an answer does not set for itself."""
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if "settings" in g and desk.settings().site.base_url.startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
