"""Conditional requests (RFC 9110, 13): strong ETag, Last-Modified, and 304 when nothing changed."""

from __future__ import annotations

import re
from datetime import datetime

from flask import Response, request

_SUFFIX = re.compile(r'(?:[-;]|--)(?:gzip|br|deflate|zstd)(?="|,|\s|$)')


def without_suffixes(if_none_match: str) -> str:
    """Strip what compressing proxies put behind an ETag: `"abc-gzip"`, `"abc;gzip"`, `"abc"-br`.

    Werkzeug compares the whole string, so that a reader behind such a proxy would never get a
    304 (measured). None of our own tags ends so: they are hexadecimal.
    """
    return _SUFFIX.sub("", if_none_match)


def conditional(
    response: Response, etag: str, last_modified: datetime | None = None, *, weak: bool = False
) -> Response:
    """Set the validators, and turn the response into a 304 where the asker has these bytes.

    If-None-Match wins over If-Modified-Since; a 304 keeps every header of the 200 but those
    that describe the body.
    """
    response.set_etag(etag.removeprefix("W/").strip('"'), weak=weak)
    if last_modified is not None:
        response.last_modified = last_modified
    asked = request.headers.get("If-None-Match")
    environ = request.environ
    if asked is not None:
        environ = {**environ, "HTTP_IF_NONE_MATCH": without_suffixes(asked)}
    response.make_conditional(environ)
    return response
