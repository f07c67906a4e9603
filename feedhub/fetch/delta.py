"""Asking for new entries only: the instance manipulation "feed" of RFC 3229.

A server that knows it answers a conditional request with 226 and a document which holds nothing
but what is new since the ETag that was sent. What is absent from such a document was not taken
out, and its ETag is that of the whole document.
"""

from __future__ import annotations

from collections.abc import Iterable

from feedhub.model import Validators

IM_USED = 226


def delta_headers(validators: Validators) -> dict[str, str]:
    """Return the request headers that ask for a difference; none without an ETag to count from."""
    return {"A-IM": "feed"} if validators.etag else {}


def is_delta(status: int, headers: Iterable[tuple[str, str]]) -> bool:
    """Tell whether an answer is the difference that was asked for, and nothing was done to it besides.

    A 226 that names another manipulation, or none, cannot be read (RFC 3229, 10.4.1, 10.5.2).
    """
    if status != IM_USED:
        return False
    values = [value for name, value in headers if name.lower() == "im"]
    named = [one.partition(";")[0].strip().lower() for value in values for one in value.split(",")]
    return named == ["feed"]
