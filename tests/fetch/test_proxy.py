"""A proxy is used only when the admin wrote one, and private targets stay refused behind it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import pytest
import trustme

from feedhub.model import Failed, Fetched


def _through(bench, reply, url: str, **where):
    """Ask `url` through a proxy that answers `reply`; nothing private is opened."""
    options = {"source": [], "settings": [], "userinfo": "", **where}

    async def ask():
        async with bench.site(reply) as proxy:
            address = f"http://{options['userinfo']}127.0.0.1:{proxy.port}"
            source = dict.fromkeys(options["source"], address)
            settings = dict.fromkeys(options["settings"], address)
            async with bench.client(**settings) as client:
                return await client.get(bench.source(url, **source)), proxy

    return bench.run(ask())


@pytest.mark.parametrize("where", ["source", "settings"])
def test_a_configured_proxy_is_asked_for_the_whole_address(bench, where):
    url = "http://agency.example/rss?a[]=1"
    outcome, proxy = _through(bench, bench.reply(b"<rss/>"), url, **{where: ["proxy"]})
    assert isinstance(outcome, Fetched)
    assert [seen.line for seen in proxy.seen] == [f"GET {url} HTTP/1.1"]


TARGETS = ["http://127.0.0.1/", "http://10.0.0.1/", "http://0x7f.1/", "http://localhost/"]


@pytest.mark.parametrize("url", [*TARGETS, "http://2130706433/", "http://[::ffff:10.0.0.1]/"])
def test_a_private_target_is_refused_behind_a_proxy_too(bench, url):
    outcome, proxy = _through(bench, bench.reply(b"secret"), url, source=["proxy"])
    assert isinstance(outcome, Failed)
    assert (outcome.kind, proxy.connections) == ("hard", 0)


def test_a_redirect_to_a_private_target_is_refused_behind_a_proxy(bench):
    to = bench.reply(b"", "302 Found", "Location: http://169.254.169.254/latest/")
    outcome, proxy = _through(bench, to, "http://agency.example/", source=["proxy"])
    assert (outcome.kind, len(proxy.seen)) == ("hard", 1)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_proxies_of_the_environment_are_ignored(bench, monkeypatch, name):
    async def ask():
        async with bench.site(bench.reply(b"<rss/>")) as site, bench.site(b"") as canary:
            monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            async with bench.client(site) as client:
                return await client.get(bench.source(site.url())), canary

    outcome, canary = bench.run(ask())
    assert isinstance(outcome, Fetched)
    assert canary.connections == 0


def test_the_proxys_password_goes_to_the_proxy_and_into_no_message(bench):
    reply = bench.reply(b"", "407 Proxy Authentication Required")
    outcome, proxy = _through(
        bench, reply, "http://agency.example/", source=["proxy"], userinfo="me:s3cret@"
    )
    assert proxy.seen[0].headers["proxy-authorization"] == "Basic bWU6czNjcmV0"
    assert (outcome.kind, outcome.status) == ("soft", 407)
    assert "s3cret" not in outcome.message


def test_a_proxy_that_refuses_the_tunnel_is_told(bench):
    reply = bench.reply(b"", "403 Forbidden", "Connection: close")
    outcome, proxy = _through(bench, reply, "https://agency.example/", source=["proxy"])
    assert [seen.line for seen in proxy.seen] == ["CONNECT agency.example:443 HTTP/1.1"]
    assert (outcome.kind, "The proxy refused" in outcome.message) == ("temporary", True)


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("http://127.0.0.1:1", "The proxy cannot be reached"),
        ("socks5://127.0.0.1:1", "Only proxies that start with"),
        ("http://me:s3cret@127.0.0.1:1", "The proxy cannot be reached"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_told(bench, proxy, words):
    async def ask():
        async with bench.client() as client:
            return await client.get(bench.source("http://agency.example/", proxy=proxy))

    outcome = bench.run(ask())
    assert isinstance(outcome, Failed)
    assert words in outcome.message
    assert "s3cret" not in outcome.message


async def _relay(reader, writer):
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()
    writer.close()


def _tunnel_to(port: int):
    """Make a proxy that answers each CONNECT with a way to the server at `port`."""

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.suppress(OSError):
            await asyncio.gather(_relay(reader, far_writer), _relay(far_reader, writer))

    return serve


@pytest.mark.parametrize("is_known", [True, False])
def test_a_tunnel_through_a_proxy_is_verified_end_to_end(bench, tmp_path, is_known):
    root, bundle = trustme.CA(), tmp_path / "root.pem"
    root.cert_pem.write_to_path(bundle)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    root.issue_cert("agency.example").configure_cert(server)

    async def ask():
        async with bench.site(bench.reply(b"<rss/>"), tls=server) as site:
            proxy = await asyncio.start_server(_tunnel_to(site.port), "127.0.0.1", 0)
            address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
            extra = {"ca_bundle": str(bundle)} if is_known else {}
            source = bench.source("https://agency.example/rss", proxy=address, **extra)
            async with proxy, bench.client() as client:
                return await client.get(source), site

    outcome, site = bench.run(ask())
    if is_known:
        assert isinstance(outcome, Fetched)
        assert [seen.target for seen in site.seen] == ["/rss"]
    else:
        assert (outcome.kind, site.seen) == ("hard", [])
        assert "The certificate of agency.example is signed by" in outcome.message
