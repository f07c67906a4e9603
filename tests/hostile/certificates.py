"""Servers whose certificates nobody should believe."""

from __future__ import annotations

import ssl
import warnings
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trustme

from tests.e2e.server import Server

HOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Untrusted:
    """Servers by what is wrong with them, and a bundle that completes the chain of the last."""

    servers: dict[str, Server]
    bundle: Path


def open_untrusted(held: ExitStack, folder: Path) -> Untrusted:
    """Start a server for each fault of a certificate; they stop with `held`."""
    root = trustme.CA(organization_name="Ведомство")
    bundle = folder / "bundle.pem"
    root.cert_pem.write_to_path(bundle)
    past = datetime(2020, 1, 1, tzinfo=UTC)
    issued = {
        "expired": root.issue_cert(
            HOST, not_before=past, not_after=datetime(2021, 1, 1, tzinfo=UTC)
        ),
        "stranger": trustme.CA().issue_cert(HOST),
        "wrong-host": root.issue_cert("other.example"),
        "old-protocol": root.issue_cert(HOST),
        "completed": root.issue_cert(HOST),
    }
    servers = {}
    for name, leaf in issued.items():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        if name == "old-protocol":
            _speak_tls_1_0(context)
        servers[name] = held.enter_context(Server(tls=context))
    return Untrusted(servers=servers, bundle=bundle)


def _speak_tls_1_0(context: ssl.SSLContext) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
