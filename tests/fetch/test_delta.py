"""Asking for new entries only, and what counts as an answer to that."""

from __future__ import annotations

import pytest

from feedhub.fetch.delta import delta_headers, is_delta
from feedhub.model import Failed, Fetched, NotModified, Validators

KNOWN = Validators(etag='"1"', last_modified="Sun, 22 Nov 2026 11:00:00 GMT")
ASKED = {"validators": KNOWN, "body_hash": "whole"}
NEW = b"<rss>only what is new</rss>"


def test_a_difference_is_asked_for_only_from_something_that_is_known() -> None:
    assert delta_headers(Validators(etag='"1"')) == {"A-IM": "feed"}
    assert delta_headers(Validators(last_modified="Sun, 22 Nov 2026 11:00:00 GMT")) == {}
    assert delta_headers(Validators()) == {}


@pytest.mark.parametrize("value", ["feed", " Feed ", "feed;x=1"])
def test_a_226_that_says_feed_holds_what_is_new(value: str) -> None:
    assert is_delta(226, [("etag", '"2"'), ("im", value)])
    assert is_delta(226, [("IM", value)])


@pytest.mark.parametrize(
    ("status", "values"),
    [(200, ["feed"]), (226, []), (226, ["gzip"]), (226, ["feed, gzip"]), (226, ["vcdiff", "feed"])],
)
def test_any_other_answer_does_not(status: int, values: list[str]) -> None:
    assert not is_delta(status, [("im", value) for value in values])


def test_what_only_is_new_is_a_part_with_a_tag_of_its_own(bench) -> None:
    reply = bench.reply(NEW, "226 IM Used", "IM: feed", 'ETag: "2"', "Cache-Control: no-store, im")
    outcome, site = bench.ask(reply, asked=ASKED)
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.body, outcome.is_partial) == (226, NEW, True)
    assert outcome.validators == Validators(etag='"2"', last_modified=KNOWN.last_modified)
    assert outcome.body_hash == "whole"  # that of the last whole document still
    headers = site.seen[0].headers
    assert (headers["a-im"], headers["if-none-match"]) == ("feed", '"1"')


def test_a_part_without_a_tag_is_counted_from_the_old_one(bench) -> None:
    reply = bench.reply(NEW, "226 IM Used", "IM: feed")
    outcome, _ = bench.ask(reply, asked={"validators": KNOWN})
    assert (outcome.validators, outcome.body_hash) == (KNOWN, "")


def test_a_server_that_knows_nothing_of_it_answers_as_before(bench) -> None:
    whole, _ = bench.ask(bench.reply(NEW, "200 OK", 'ETag: "2"', "IM: feed"), asked=ASKED)
    assert isinstance(whole, Fetched)
    assert (whole.is_partial, whole.body_hash != "whole") == (False, True)
    same, _ = bench.ask(bench.reply(b"", "304 Not Modified"), asked=ASKED)
    assert isinstance(same, NotModified)


@pytest.mark.parametrize(
    ("kind", "validators"),
    [
        ("feed", Validators()),
        ("feed", Validators(last_modified="Sun, 22 Nov 2026 11:00:00 GMT")),
        ("page", KNOWN),
        ("sitemap", KNOWN),
    ],
)
def test_nobody_else_asks_for_a_part(bench, kind: str, validators: Validators) -> None:
    reply = bench.reply(NEW, "226 IM Used", "IM: feed")
    outcome, site = bench.ask(reply, kind=kind, asked={"validators": validators})
    assert ["a-im" in one.headers for one in site.seen] == [False]
    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.status) == ("soft", 226)


@pytest.mark.parametrize("fields", [(), ("IM: vcdiff",), ("IM: feed, gzip",)])
def test_a_part_that_cannot_be_used_is_asked_for_whole_at_once(bench, fields: tuple[str]) -> None:
    async def odd(seen, writer) -> None:
        wants_part = "a-im" in seen.headers
        part = bench.reply(b"?", "226 IM Used", *fields, "Connection: close")
        writer.write(part if wants_part else bench.reply(NEW))

    outcome, site = bench.ask(odd, asked=ASKED)
    assert isinstance(outcome, Fetched)
    assert (outcome.body, outcome.is_partial) == (NEW, False)
    assert ["a-im" in one.headers for one in site.seen] == [True, False]


def test_an_empty_part_is_asked_for_whole_too(bench) -> None:
    outcome, site = bench.ask(bench.reply(b"", "226 IM Used", "IM: feed"), asked=ASKED)
    assert isinstance(outcome, Failed)
    assert len(site.seen) == 2  # and not again and again


def test_a_part_is_held_to_the_same_limit(bench) -> None:
    reply = bench.reply(b"x" * 2000, "226 IM Used", "IM: feed")
    outcome, _ = bench.ask(reply, asked=ASKED, settings={"max_bytes": 1000})
    assert (outcome.kind, outcome.fault) == ("soft", "unreadable")
