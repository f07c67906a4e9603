"""Trust: which certificates are believed, and in plain words why one was not."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedhub.errors import SourceError
from feedhub.fetch.address import shown

Certificate = dict[str, Any]
"""A certificate as the standard library tells it: subject, issuer, notAfter, subjectAltName."""

# OpenSSL's X509_V_ERR_* numbers (x509_vfy.h), part of its stable interface.
_NOT_YET_VALID = 9
_EXPIRED = 10
_SELF_SIGNED = 18
_WRONG_NAME = frozenset({62, 64})

_HANDSHAKE = {
    "UNSUPPORTED_PROTOCOL": "offers only TLS older than 1.2, which is not safe",
    "TLSV1_ALERT_PROTOCOL_VERSION": "offers only TLS older than 1.2, which is not safe",
    "WRONG_VERSION_NUMBER": "does not speak TLS at this port; perhaps the url should be http",
    "HTTP_REQUEST": "does not speak TLS at this port; perhaps the url should be http",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "knows no cipher that we know; perhaps it wants GOST",
    "DH_KEY_TOO_SMALL": "uses a key too short to be safe",
}


class BadBundle(SourceError):
    """A file of extra certificates cannot be used."""


class Trust:
    """Make TLS contexts, one for each set of bundles, and again when a bundle's file changes.

    Extra certificates are added to the system's roots, and nothing switches verification off.
    Making a context takes about 25 ms, so they are kept.
    """

    def __init__(self, common: str | None = None) -> None:
        self._common = common
        self._kept: dict[tuple[str, ...], tuple[tuple[int, ...], ssl.SSLContext]] = {}

    def context(self, extra: str | None = None) -> ssl.SSLContext:
        """Return the context for the common bundle and `extra`; raises `BadBundle`."""
        paths = tuple(path for path in (self._common, extra) if path)
        changed = tuple(map(_changed_at, paths))
        known = self._kept.get(paths)
        if known and known[0] == changed:
            return known[1]
        context = _verifying(paths)
        self._kept[paths] = (changed, context)
        return context


def untrusted(error: ssl.SSLCertVerificationError, chain: Sequence[Certificate], host: str) -> str:
    """Say why a certificate was not believed; `chain` is what the server sent, leaf first."""
    code = error.verify_code
    if code == _EXPIRED:
        return f"The certificate of {host} has expired{_expiry(chain)}; {_RENEW}"
    if code == _NOT_YET_VALID:
        return f"The certificate of {host} is not valid yet; check this machine's clock."
    if code in _WRONG_NAME:
        return f"The certificate is not for {host}{_names(chain)}; check the host in the url."
    if code == _SELF_SIGNED:
        return f"The certificate of {host} is self-signed, so nobody vouches for it; {_BUNDLE}"
    return f"The certificate of {host} is signed by {_issuer(chain)}; {_BUNDLE}"


def issuer_lacking(error: ssl.SSLCertVerificationError, chain: Sequence[Certificate]) -> str | None:
    """Name the issuer whose certificate is missing here; None where something else is wrong."""
    is_other = error.verify_code in {_EXPIRED, _NOT_YET_VALID, *_WRONG_NAME}
    return None if is_other else missing_issuer(chain)


def handshake_failed(error: ssl.SSLError, host: str) -> str:
    """Say why no encrypted connection came about, certificates aside."""
    reason = error.reason or ""
    told = _HANDSHAKE.get(reason) or f"could not agree on encryption ({_words(reason)})"
    return f"The server {host} {told}; tell the publisher or use another address."


def missing_issuer(chain: Sequence[Certificate]) -> str | None:
    """Name the certificate authority at which the chain breaks off, or None when unreadable.

    Follow issuers from the leaf through what was sent; the first that was not sent is missing.
    """
    sent = {certificate["subject"]: certificate for certificate in chain[1:]}
    last = chain[0] if chain else None
    for _ in chain:
        above = sent.get(last["issuer"]) if last else None
        if above is None or above is last:
            break
        last = above
    return _common_name(last["issuer"]) if last else None


_RENEW = "the publisher has to renew it, and it is tried again later."
_BUNDLE = (
    "if that is right, put the missing root and intermediate certificates into a PEM file and "
    "name it as ca_bundle of this source."
)


def _verifying(paths: Sequence[str]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for path in paths:
        try:
            context.load_verify_locations(cafile=path)
        except (OSError, ValueError) as error:
            raise BadBundle(_bad_bundle(path)) from error
    return context


def _changed_at(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except (OSError, ValueError) as error:
        raise BadBundle(_bad_bundle(path)) from error


def _bad_bundle(path: str) -> str:
    return f"The file of certificates {path} cannot be read as PEM; check ca_bundle."


def _expiry(chain: Sequence[Certificate]) -> str:
    """Name the earliest end of a chain known to have ended: it is the one that did."""
    ends = [ssl.cert_time_to_seconds(one["notAfter"]) for one in chain if "notAfter" in one]
    return f" on {datetime.fromtimestamp(min(ends), UTC):%Y-%m-%d}" if ends else ""


def _names(chain: Sequence[Certificate]) -> str:
    names = [shown(str(name[1]), 80) for one in chain[:1] for name in one.get("subjectAltName", ())]
    if not names:
        return ""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f" but for {', '.join(names[:5])}{more}"


def _issuer(chain: Sequence[Certificate]) -> str:
    name = missing_issuer(chain)
    known = f"«{name}», which is" if name else "an authority that is"
    return f"{known} not trusted here or was not sent along"


def _common_name(name: Sequence[Sequence[tuple[str, str]]]) -> str:
    """Return the common name of a distinguished name, else its most specific part."""
    parts = {key: value for relative in name for key, value in relative}
    wanted = ("commonName", "organizationalUnitName", "organizationName")
    return next((shown(parts[key]) for key in wanted if key in parts), "a nameless authority")


def _words(reason: str) -> str:
    return shown(reason).replace("_", " ").lower() or "the connection was closed"
