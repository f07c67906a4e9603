"""Asking for new entries only, and what counts as an answer to that."""

from __future__ import annotations

import pytest

from feedhub.fetch.delta import delta_headers, is_delta
from feedhub.model import Validators


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
