"""Read one answer to its end and say what came of it."""

from __future__ import annotations

import hashlib
from datetime import datetime

import aiohttp

from feedhub.fetch.answer import conditions, kept_headers, validators_of
from feedhub.fetch.inflate import Body, coding_of, too_large
from feedhub.fetch.reasons import empty_answer, of_status
from feedhub.model import Fetched, NotModified, Outcome, Unchanged, Validators

_WITH_BODY = frozenset({200, 203})


async def outcome_of(
    response: aiohttp.ClientResponse,
    *,
    url: str,
    validators: Validators,
    body_hash: str | None,
    max_bytes: int,
    now: datetime,
) -> Outcome:
    """Return the outcome; `validators` and `body_hash` are those of the last good poll.

    Only a 200 is read: the bodies of errors are nobody's business. Raises what the body's limits
    and the connection raise.
    """
    if response.status == 304 and conditions(validators):
        return NotModified(
            url=url,
            status=304,
            headers=kept_headers(response.headers),
            validators=validators_of(response.headers, validators),
        )
    if response.status not in _WITH_BODY:
        return of_status(response.status, response.headers, now)
    body = await _body(response, max_bytes)
    return _with_body(response, url, body, body_hash) if body else empty_answer()


def _with_body(
    response: aiohttp.ClientResponse, url: str, body: bytes, old_hash: str | None
) -> Fetched | Unchanged:
    new_hash = hashlib.blake2b(body).hexdigest()
    headers, validators = kept_headers(response.headers), validators_of(response.headers)
    if new_hash == old_hash:
        return Unchanged(
            url=url,
            status=response.status,
            headers=headers,
            validators=validators,
            body_hash=new_hash,
        )
    return Fetched(
        url=url,
        status=response.status,
        headers=headers,
        validators=validators,
        body=body,
        body_hash=new_hash,
    )


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    coding = coding_of(response.headers.getall("content-encoding", ()))
    if coding == "identity" and (response.content_length or 0) > max_bytes:
        raise too_large(max_bytes)
    body = Body(coding, max_bytes)
    async for piece in response.content.iter_any():
        body.add(piece)
    return body.finish()
