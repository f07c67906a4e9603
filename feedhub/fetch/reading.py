"""Read one answer to its end and say what came of it."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from datetime import datetime

import aiohttp

from feedhub.fetch.answer import conditions, kept_headers, validators_of
from feedhub.fetch.delta import is_delta
from feedhub.fetch.inflate import BadCoding, Body, beginning, coding_of, too_large
from feedhub.fetch.reasons import empty_answer, of_status
from feedhub.model import Failed, Fetched, NotModified, Outcome, Unchanged, Validators

_WITH_BODY = frozenset({200, 203})

HEAD = 4096
"""Bytes read and kept of the body of a failure, for the admin to look at."""

HEAD_PATIENCE = 2.0
"""Seconds to wait for those bytes at most; without them the failure is the same."""


async def outcome_of(
    response: aiohttp.ClientResponse,
    *,
    url: str,
    validators: Validators,
    body_hash: str | None,
    max_bytes: int,
    now: datetime,
    patience: float = HEAD_PATIENCE,
    takes_delta: bool = False,
) -> Outcome:
    """Return the outcome; `validators` and `body_hash` are those of the last good poll.

    Only a 200 is read whole, and a 226 when only what is new was asked for; of errors the first
    bytes are, for `patience` seconds at most. Raises what the body's limits and the connection
    raise.
    """
    if response.status == 304 and conditions(validators):
        return NotModified(
            url=url,
            status=304,
            headers=kept_headers(response.headers),
            validators=validators_of(response.headers, validators),
        )
    if takes_delta and is_delta(response.status, response.headers.items()):
        body = await _body(response, max_bytes)
        return _difference(response, url, body, validators, body_hash)
    if response.status not in _WITH_BODY:
        head = await _head(response, min(patience, HEAD_PATIENCE))
        return of_status(response.status, response.headers, now, head)
    body = await _body(response, max_bytes)
    return _with_body(response, url, body, body_hash) if body else empty_answer()


def _difference(
    response: aiohttp.ClientResponse,
    url: str,
    body: bytes,
    validators: Validators,
    old_hash: str | None,
) -> Fetched | Failed:
    """Return what only is new; without an ETag of its own it is counted from the old one again."""
    if not body:
        return empty_answer(response.status)
    return Fetched(
        url=url,
        status=response.status,
        headers=kept_headers(response.headers),
        validators=validators_of(response.headers, validators),
        body=body,
        body_hash=old_hash or "",
        is_partial=True,
    )


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


async def _head(response: aiohttp.ClientResponse, patience: float) -> bytes:
    """Read the beginning of a body, as far as it comes in time; never fail for it."""
    wire = bytearray()
    with suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(patience):
            while len(wire) < HEAD and (piece := await response.content.read(HEAD - len(wire))):
                wire += piece
    try:
        coding = coding_of(response.headers.getall("content-encoding", ()))
    except BadCoding:
        return b""
    return beginning(coding, bytes(wire), HEAD)


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    coding = coding_of(response.headers.getall("content-encoding", ()))
    if coding == "identity" and (response.content_length or 0) > max_bytes:
        raise too_large(max_bytes)
    body = Body(coding, max_bytes)
    async for piece in response.content.iter_any():
        body.add(piece)
    return body.finish()
