"""A form posted to a hub: through the same guard, within the same limits, and as a value."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from feedhub.fetch.posting import PostingClient
from feedhub.model import Failed, Timeout

FORM = b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fagency.example%2F"


def post(bench: Any, replies: Any, path: str = "/hub", **options: Any) -> tuple[Any, Any]:
    """Post once to a fresh site that is opened; return the outcome and what the site saw."""
    opened = options.pop("opened", True)

    async def once() -> tuple[Any, Any]:
        async with bench.site(replies) as site:
            settings = bench.settings(*([site] if opened else []), **options)
            async with PostingClient(settings, now=lambda: None) as client:
                return await client.post(site.url(path), FORM), site.seen

    return bench.run(once())


@pytest.mark.parametrize("status", ["202 Accepted", "204 No Content", "200 OK"])
def test_any_2xx_is_an_acceptance(bench: Any, status: str) -> None:
    outcome, seen = post(bench, bench.reply(b"", status))
    assert outcome is None
    assert [one.line for one in seen] == ["POST /hub HTTP/1.1"]
    assert seen[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen[0].headers["content-length"] == str(len(FORM))
    assert "cookie" not in seen[0].headers


@pytest.mark.parametrize(
    ("status", "kind"),
    [("400 Bad Request", "hard"), ("404 Not Found", "hard"), ("503 Busy", "temporary")],
)
def test_a_refusal_says_what_the_hub_says(bench: Any, status: str, kind: str) -> None:
    said = b"topic <b>unknown\x1b[31m</b>\r\n\r\nsorry" + b"!" * 100_000
    outcome, _ = post(bench, bench.reply(said, status, "Retry-After: 7"))
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.retry_after) == (kind, 7)
    assert outcome.message.startswith(f"The hub answered {status[:3]}: topic <b>unknown [31m")
    assert len(outcome.message) < 250
    assert outcome.message.isprintable()


@pytest.mark.parametrize("status", ["301 M", "302 F", "307 T", "308 P"])
def test_a_redirect_on_the_same_host_is_posted_again(bench: Any, status: str) -> None:
    replies = {
        "/hub": bench.reply(b"", status, "Location: /there", "Connection: close"),
        "/there": bench.reply(b"", "202 Accepted"),
    }
    outcome, seen = post(bench, replies)
    assert outcome is None
    assert [one.line for one in seen] == ["POST /hub HTTP/1.1", "POST /there HTTP/1.1"]


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.2/hub", "http://other.example/", "//other.example/", "file:///etc", ""],
)
def test_a_redirect_elsewhere_is_not_followed(bench: Any, location: str) -> None:
    outcome, seen = post(
        bench, bench.reply(b"", "307 T", f"Location: {location}", "Connection: close")
    )
    assert isinstance(outcome, Failed)
    assert len(seen) == 1


def test_a_circle_of_redirects_ends(bench: Any) -> None:
    outcome, seen = post(bench, bench.reply(b"", "307 T", "Location: /hub", "Connection: close"))
    assert isinstance(outcome, Failed)
    assert "redirects more than 3 times" in outcome.message
    assert len(seen) == 4


def test_a_hub_at_a_private_address_is_not_asked(bench: Any) -> None:
    outcome, seen = post(bench, bench.reply(b"", "202 Accepted"), opened=False)
    assert isinstance(outcome, Failed)
    assert "not on the public internet" in outcome.message
    assert seen == []


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/hub", "http://0x7f.1:8080/", "http://[::ffff:10.0.0.1]/", "ftp://h/"],
)
def test_no_spelling_leads_past_the_guard(bench: Any, url: str) -> None:
    async def once() -> Failed | None:
        async with PostingClient(bench.settings(), now=lambda: None) as client:
            return await client.post(url, FORM)

    outcome = bench.run(once())
    assert isinstance(outcome, Failed)
    assert outcome.kind == "hard"


def test_a_hub_that_never_answers_is_given_up(bench: Any) -> None:
    async def hang(*_: object) -> None:
        await asyncio.sleep(20)

    outcome, _ = post(bench, hang, timeout=Timeout(connect=0.3, total=0.3))
    assert isinstance(outcome, Failed)
    assert outcome.kind == "temporary"
    assert "took longer than 0.3 s" in outcome.message


def test_a_closed_client_is_a_fault_of_the_caller(bench: Any) -> None:
    with pytest.raises(RuntimeError, match="not open"):
        bench.run(PostingClient(bench.settings(), now=lambda: None).post("http://h/", FORM))
