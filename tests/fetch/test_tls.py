"""Certificates: verified always, extended by bundles, refused in plain words."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp.abc import AbstractResolver
from cryptography import x509
from cryptography.x509.oid import NameOID

from feedhub.fetch import Client
from feedhub.fetch.tls import BadBundle, Trust, handshake_failed, missing_issuer, untrusted
from feedhub.model import Failed, Fetched

HOST = "agency.example"


class Loopback(AbstractResolver):
    """A resolver that finds everybody here."""

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[Any]:
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": port,
                "family": socket.AF_INET,
                "proto": socket.IPPROTO_TCP,
                "flags": 0,
            }
        ]

    async def close(self) -> None:
        pass


@dataclass
class Authority:
    """A root with an intermediate, and servers that show their certificates."""

    root: trustme.CA
    middle: trustme.CA
    folder: Path

    def server(self, *names: str, sends_middle: bool = True, **dates: Any) -> ssl.SSLContext:
        leaf = self.middle.issue_cert(*(names or (HOST,)), **dates)
        sent = leaf.cert_chain_pems if sends_middle else leaf.cert_chain_pems[:1]
        return self.serving(leaf.private_key_pem.bytes(), b"".join(pem.bytes() for pem in sent))

    def serving(self, key: bytes, chain: bytes) -> ssl.SSLContext:
        file = self.folder / "server.pem"
        file.write_bytes(key + chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def bundle(self, *authorities: trustme.CA) -> str:
        file = self.folder / "bundle.pem"
        file.write_bytes(b"".join(one.cert_pem.bytes() for one in authorities))
        return str(file)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    root = trustme.CA(organization_name="State", organization_unit_name="State Root")
    return Authority(root, root.create_child_ca(), tmp_path)


def _client(bench, **settings: Any) -> Client:
    settings.setdefault("allow_private", ("127.0.0.1",))
    return bench.client(resolver=Loopback(), **settings)


def _ask(bench, server: ssl.SSLContext, bundle: str | None = None, **settings: Any):
    site = bench.site(bench.reply(b"<rss/>"), tls=server)

    async def ask():
        async with site, _client(bench, **settings) as client:
            source = bench.source(site.url(host=HOST), ca_bundle=bundle)
            return await client.get(source), site

    return bench.run(ask())


def test_a_bundle_of_root_and_intermediate_is_believed(bench, authority):
    bundle = authority.bundle(authority.root, authority.middle)
    assert isinstance(_ask(bench, authority.server(), bundle)[0], Fetched)
    without = authority.server(sends_middle=False)
    assert isinstance(_ask(bench, without, bundle)[0], Fetched)
    assert isinstance(_ask(bench, without, None, ca_bundle=bundle)[0], Fetched)


def test_the_common_bundle_and_the_sources_own_are_believed_together(bench, authority, tmp_path):
    common = tmp_path / "common.pem"
    common.write_bytes(authority.root.cert_pem.bytes())
    own = authority.bundle(authority.middle)
    server = authority.server(sends_middle=False)
    assert isinstance(_ask(bench, server, own, ca_bundle=str(common))[0], Fetched)


def test_a_bundle_helps_only_the_source_that_has_it(bench, authority):
    bundle = authority.bundle(authority.root, authority.middle)

    site = bench.site(bench.reply(b"<rss/>"), tls=authority.server())

    async def ask():
        async with site, _client(bench) as client:
            with_it = bench.source(site.url(host=HOST), ca_bundle=bundle)
            without = bench.source(site.url(host=HOST))
            return await client.get(with_it), await client.get(without), site

    first, second, site = bench.run(ask())
    assert isinstance(first, Fetched)
    assert isinstance(second, Failed)
    assert len(site.seen) == 1


def test_an_unknown_issuer_is_named(bench, authority):
    outcome, site = _ask(bench, authority.server(sends_middle=False))
    assert (outcome.kind, site.seen) == ("hard", [])
    subject = x509.load_pem_x509_certificate(authority.middle.cert_pem.bytes()).subject
    unit = subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value
    assert f"is signed by «{unit}»" in outcome.message
    assert (outcome.fault, outcome.missing_issuer) == ("certificate", unit)
    assert "ca_bundle" in outcome.message
    outcome, _ = _ask(bench, authority.server())
    assert "is signed by «State Root»" in outcome.message
    assert outcome.missing_issuer == "State Root"


def test_an_expired_certificate_is_told_with_its_date(bench, authority):
    dates = {
        "not_before": datetime(2019, 1, 1, tzinfo=UTC),
        "not_after": datetime(2020, 2, 29, tzinfo=UTC),
    }
    bundle = authority.bundle(authority.root, authority.middle)
    outcome, site = _ask(bench, authority.server(**dates), bundle)
    assert (outcome.kind, site.seen) == ("hard", [])
    assert "has expired on 2020-02-29" in outcome.message
    assert (outcome.fault, outcome.missing_issuer) == ("certificate", None)


def test_a_certificate_not_valid_yet_is_told(bench, authority):
    dates = {
        "not_before": datetime(2998, 1, 1, tzinfo=UTC),
        "not_after": datetime(2999, 1, 1, tzinfo=UTC),
    }
    bundle = authority.bundle(authority.root, authority.middle)
    outcome, _ = _ask(bench, authority.server(**dates), bundle)
    assert (outcome.kind, "not valid yet" in outcome.message) == ("hard", True)


def test_a_wrong_host_is_told_with_the_names_in_the_certificate(bench, authority):
    bundle = authority.bundle(authority.root, authority.middle)
    names = [f"n{number}.example" for number in range(7)]
    outcome, site = _ask(bench, authority.server(*names), bundle)
    assert (outcome.kind, site.seen) == ("hard", [])
    assert f"not for {HOST} but for n0.example, n1.example" in outcome.message
    assert "and 2 more" in outcome.message
    assert (outcome.fault, outcome.missing_issuer) == ("certificate", None)


def test_a_self_signed_certificate_is_told_and_may_be_believed_by_bundle(bench, authority):
    root = authority.root
    server = authority.serving(root.private_key_pem.bytes(), root.cert_pem.bytes())
    outcome, site = _ask(bench, server)
    assert (outcome.kind, site.seen) == ("hard", [])
    assert "self-signed" in outcome.message
    assert (outcome.fault, outcome.missing_issuer) == ("certificate", "State Root")


ANSWERS = {
    "plain": (b"HTTP/1.1 400 Bad Request\r\n\r\n", "hard", "does not speak TLS"),
    "old": (bytes.fromhex("15030100020246"), "hard", "only TLS older than 1.2"),
    "no cipher": (bytes.fromhex("15030300020228"), "hard", "perhaps it wants GOST"),
    "internal error": (bytes.fromhex("15030300020250"), "hard", "could not agree on encryption"),
    "nothing": (b"", "temporary", "tried again later"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_handshake_that_fails_is_told_in_words(bench, case):
    said, kind, words = ANSWERS[case]

    async def answer(reader, writer):
        await reader.read(1)
        writer.write(said)
        writer.close()

    async def ask():
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, bench.client(allow_private=("127.0.0.1",)) as client:
            return await client.get(bench.source(f"https://127.0.0.1:{port}/"))

    outcome = bench.run(ask())
    assert outcome.kind == kind
    assert words in outcome.message


def test_a_redirect_to_https_is_verified_too(bench, authority):
    secure, replies = bench.site(bench.reply(b"<rss/>"), tls=authority.server()), {}
    site = bench.site(replies)

    async def ask():
        async with secure, site, bench.client(site, secure, resolver=Loopback()) as client:
            replies["*"] = bench.reply(b"", "301 Moved", f"Location: {secure.url(host=HOST)}")
            return await client.get(bench.source(site.url(host=HOST))), secure

    outcome, secure = bench.run(ask())
    assert (outcome.kind, secure.seen) == ("hard", [])
    assert f"After a redirect to {HOST}: The certificate" in outcome.message
    assert (outcome.fault, outcome.missing_issuer) == ("certificate", "State Root")


@pytest.mark.parametrize("text", [None, "no certificate", ""])
def test_a_bundle_that_cannot_be_read_is_told(bench, authority, tmp_path, text):
    file = tmp_path / "broken.pem"
    if text is not None:
        file.write_text(text)
    outcome, site = _ask(bench, authority.server(), str(file))
    assert (outcome.kind, site.seen) == ("hard", [])
    assert "broken.pem" in outcome.message
    assert outcome.fault == "other"
    assert "ca_bundle" in outcome.message


def test_contexts_are_kept_per_bundle_until_the_file_changes(authority, tmp_path):
    trust, file = Trust(), tmp_path / "own.pem"
    file.write_bytes(authority.root.cert_pem.bytes())
    plain, own = trust.context(), trust.context(str(file))
    assert trust.context() is plain
    assert trust.context(str(file)) is own
    assert own is not plain
    file.write_bytes(authority.root.cert_pem.bytes() + authority.middle.cert_pem.bytes())
    os.utime(file, ns=(1, 1))
    assert trust.context(str(file)) is not own
    assert len(trust.context(str(file)).get_ca_certs()) == len(plain.get_ca_certs()) + 2


def test_every_context_verifies(authority):
    for context in (Trust().context(), Trust().context(authority.bundle(authority.root))):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    with pytest.raises(BadBundle):
        Trust("/nowhere.pem").context()


def _name(text: str) -> Any:
    return ((("commonName", text),),)


def test_the_missing_issuer_is_where_the_chain_breaks_off():
    leaf = {"subject": _name("leaf"), "issuer": _name("one")}
    one = {"subject": _name("one"), "issuer": _name("two")}
    ring = {"subject": _name("two"), "issuer": _name("one")}
    assert missing_issuer([leaf]) == "one"
    assert missing_issuer([leaf, one]) == "two"
    assert missing_issuer([leaf, one, ring]) in {"one", "two"}
    assert missing_issuer([]) is None


def test_without_a_chain_the_reason_is_told_all_the_same():
    error = ssl.SSLCertVerificationError()
    for code in (10, 9, 62, 18, 20):
        error.verify_code = code
        assert HOST in untrusted(error, (), HOST)


def test_a_failed_handshake_is_told_in_words():
    error = ssl.SSLError(1, "x")
    error.reason = "SOME_NEW_THING"
    assert "some new thing" in handshake_failed(error, HOST)


def test_a_context_that_is_not_ours_trusts_nobody():
    program = (
        "import os, feedhub.fetch, aiohttp.connector as c;"
        "print(c._SSL_CONTEXT_VERIFIED.get_ca_certs(), c._SSL_CONTEXT_VERIFIED.verify_mode.name,"
        " os.environ.get('SSL_CERT_FILE'), os.environ.get('SSL_CERT_DIR'))"
    )
    environ = {**os.environ, "SSL_CERT_FILE": "/some/file"}
    environ.pop("SSL_CERT_DIR", None)
    told = subprocess.check_output([sys.executable, "-c", program], env=environ, text=True)
    assert told.split() == ["[]", "CERT_REQUIRED", "/some/file", "None"]
