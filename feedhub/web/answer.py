"""The response class of the application."""

from __future__ import annotations

from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers

AS_SET = ("Location", "Last-Modified")


class Answer(Response):
    """A response two of whose headers go out as they were set.

    Werkzeug re-quotes a Location (`|` becomes %7C), and takes Last-Modified off a 304; a redirect
    of ours keeps the query byte for byte, and a 304 its validators (RFC 9110, 15.4.5).
    """

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Return the headers to send."""
        headers = super().get_wsgi_headers(environ)
        for name in AS_SET:
            if name in self.headers:
                headers[name] = self.headers[name]
        return headers
