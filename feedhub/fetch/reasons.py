"""Why a source gave nothing: each failure as one plain sentence, with its weight."""

from __future__ import annotations

import errno
import socket
import ssl
from datetime import datetime
from typing import TYPE_CHECKING

import aiohttp

from feedhub.errors import AddressRefused, SourceError, TooLarge
from feedhub.fetch.address import shown
from feedhub.fetch.answer import KEPT_OF_FAILURES, kept_headers, retry_after
from feedhub.fetch.inflate import BadCoding, Incomplete
from feedhub.fetch.tls import BadBundle, handshake_failed
from feedhub.model import Failed, FailureKind, Fault, Timeout

if TYPE_CHECKING:
    from feedhub.fetch.answer import Headers

_LATER = "it is tried again later."

_WORDS = {
    204: "The server sent an empty answer (204); check the address of the feed.",
    205: "The server sent an empty answer (205); check the address of the feed.",
    206: "The server sent only a part of the feed (206); tell the publisher.",
    226: "The server sent a difference that cannot be used (226); tell the publisher.",
    304: "The server says nothing changed (304) though it was not asked that.",
    401: "The server wants a password (401); put the headers it needs into this source.",
    403: "The server forbids it (403), often a block of robots or of foreign addresses; "
    "try another fetch.user_agent, or a proxy for this source.",
    404: "Nothing is at this address (404); look for the feed's new address.",
    407: "The proxy wants a password (407); write it into the proxy's address.",
    410: "The publisher says this feed is gone for good (410); find its successor or pause "
    "this source.",
    429: f"The server says we ask too often (429); {_LATER}",
    451: "The server refuses for legal reasons (451), often by country; try a proxy for this "
    "source.",
    503: f"The server is overloaded or under repair (503); {_LATER}",
}

_EMPTY = frozenset({204, 205})

_HARD = frozenset({401, 403, 404, 410, 451})


class Untrusted(SourceError):
    """The server's certificate was not believed; `missing_issuer` is who ought to be."""

    def __init__(self, message: str, missing_issuer: str | None = None) -> None:
        super().__init__(message)
        self.missing_issuer = missing_issuer


class RedirectLoop(SourceError):
    """The server sends us round in a circle, or on and on."""


class Dropped(aiohttp.ClientError):
    """The server closed a fresh connection without an answer; asking at once again is no use."""


def empty_answer(status: int = 200) -> Failed:
    """Return the failure of an answer without a body."""
    return Failed(
        kind="soft",
        message=f"The server sent an empty answer ({status}); check the address of the feed.",
        status=status,
        fault="empty",
    )


def of_status(status: int, headers: Headers, now: datetime, head: bytes = b"") -> Failed:
    """Return the failure that a status means; its Retry-After is read whatever the status.

    `head` is the beginning of the body. The fault of most statuses is the status itself.
    """
    kind: FailureKind = "temporary" if status == 429 or status >= 500 else "soft"
    if status in _HARD:
        kind = "hard"
    message = _WORDS.get(status) or _other_status(status)
    return Failed(
        kind=kind,
        message=message,
        status=status,
        fault="empty" if status in _EMPTY else None,
        retry_after=retry_after(headers, now),
        headers=kept_headers(headers, KEPT_OF_FAILURES),
        head=head,
    )


def of_error(error: BaseException, host: str, timeout: Timeout) -> Failed:
    """Return the failure that an error means: ours, the network's, or one nobody thought of."""
    refused = _refusal(error)
    if refused:
        return Failed(kind="hard", message=refused, fault="other")
    if isinstance(error, SourceError):
        return _of_ours(error)
    if isinstance(error, TimeoutError):
        message = _too_slow(error, host, timeout)
        return Failed(kind="temporary", message=message, fault="unreachable")
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return _no_tls(error, host)
    return Failed(
        kind=_network_kind(error), message=_network(error, host), fault=_network_fault(error)
    )


def _refusal(error: BaseException | None) -> str | None:
    """Find the guard's word in what a connector made of it."""
    while error is not None:
        if isinstance(error, AddressRefused):
            return (error.strerror if isinstance(error, OSError) else None) or str(error)
        error = error.__cause__ or getattr(error, "os_error", None)
    return None


def _of_ours(error: SourceError) -> Failed:
    fault: Fault = "other"
    if isinstance(error, Untrusted):
        fault = "certificate"
    elif isinstance(error, (BadCoding, Incomplete, TooLarge)):
        fault = "unreadable"
    return Failed(
        kind=_weight(error),
        message=str(error),
        fault=fault,
        missing_issuer=getattr(error, "missing_issuer", None),
    )


def _weight(error: SourceError) -> FailureKind:
    if isinstance(error, Incomplete):
        return "temporary"
    return "hard" if isinstance(error, (Untrusted, BadBundle)) else "soft"


def _too_slow(error: TimeoutError, host: str, timeout: Timeout) -> str:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return (
            f"{host} could not be reached within {timeout.connect:g} s; {_LATER[:-1]}, and "
            f"timeout.connect of this source can be raised."
        )
    if isinstance(error, aiohttp.SocketTimeoutError):
        return f"{host} fell silent before its answer was complete; {_LATER}"
    return (
        f"{host} took longer than {timeout.total:g} s for its answer; {_LATER[:-1]}, and "
        f"timeout.total of this source can be raised."
    )


def _no_tls(error: aiohttp.ClientConnectorSSLError, host: str) -> Failed:
    cause = error.os_error
    if not isinstance(cause, ssl.SSLError) or isinstance(cause, ssl.SSLEOFError):
        message = f"{host} broke off while agreeing on encryption; {_LATER}"
        return Failed(kind="temporary", message=message, fault="unreachable")
    return Failed(kind="hard", message=handshake_failed(cause, host), fault="other")


def _network_kind(error: BaseException) -> FailureKind:
    is_wrong_address = isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError))
    return "hard" if is_wrong_address else "temporary"


def _network_fault(error: BaseException) -> Fault:
    """Return what kind of failure it was: no answer came, one that is no answer, or neither."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return "password" if error.status == 407 else "other"
    if isinstance(error, (aiohttp.ClientPayloadError, aiohttp.ClientResponseError)):
        return "unreadable"
    is_wrong_address = isinstance(error, (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError))
    is_silence = isinstance(error, (Dropped, aiohttp.ClientConnectionError))
    return "unreachable" if is_silence and not is_wrong_address else "other"


def _network(error: BaseException, host: str) -> str:
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return f"The proxy cannot be reached; check `proxy`, {_LATER}"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"The proxy refused the connection ({error.status}); check `proxy`."
    if isinstance(error, aiohttp.InvalidURL):
        return "The host in the address cannot be read; write a name or a full address."
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return _no_name(error.os_error, host)
    if isinstance(error, aiohttp.ClientConnectorError):
        return _no_connection(error.os_error, host)
    return _broken(error, host)


def _no_name(error: OSError, host: str) -> str:
    missing = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
    if isinstance(error, socket.gaierror) and error.errno in missing:
        return f"The name {host} is unknown (DNS); check the address, {_LATER}"
    return f"The name {host} could not be looked up just now (DNS); {_LATER}"


def _no_connection(error: OSError, host: str) -> str:
    if error.errno == errno.ECONNREFUSED:
        return f"{host} refused the connection: nothing listens there now; {_LATER}"
    if error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH}:
        return f"No way leads to {host} from here; {_LATER}"
    if isinstance(error, ConnectionError):
        return f"{host} closed the connection before anything was asked; {_LATER}"
    return f"No connection to {host} came about ({_why(error)}); {_LATER}"


def _broken(error: BaseException, host: str) -> str:
    if isinstance(error, aiohttp.ClientPayloadError):
        return f"The answer of {host} was cut short; {_LATER}"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{host} answered in something that is no HTTP we can read; {_LATER}"
    if isinstance(error, (Dropped, aiohttp.ClientOSError, aiohttp.ServerDisconnectedError)):
        return f"{host} closed the connection without a complete answer; {_LATER}"
    return f"The answer of {host} could not be read ({type(error).__name__}); {_LATER}"


def _why(error: OSError) -> str:
    return shown(error.strerror or type(error).__name__, 60).lower()


def _other_status(status: int) -> str:
    if status >= 500:
        return f"The server failed ({status}); {_LATER}"
    if 300 <= status < 400:
        return f"The server points elsewhere without saying where ({status}); check the address."
    return f"The server answered {status}, which is no feed; check the address."
