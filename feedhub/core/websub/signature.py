"""Whether what came was signed with the secret that only the hub was told."""

from __future__ import annotations

import hmac

METHODS = ("sha256", "sha384", "sha512", "sha1")
"""The recognised names (WebSub, 7.1.1). SHA-1 too: it is what most hubs sign with, and what is
broken of it, finding two texts of one digest, does not help to forge an HMAC."""


def is_signed(body: bytes, header: str | None, secret: str) -> bool:
    """Tell whether the header `X-Hub-Signature` ("method=hex") is that of this body and secret.

    Compared in constant time; without a secret nothing is signed.
    """
    method, _, given = (header or "").strip().partition("=")
    method = method.lower()
    if not secret or method not in METHODS or not given.isascii():
        return False
    right = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(right, given.lower())
