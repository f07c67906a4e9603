"""What a valid feed is, as assertions of our own: no network, no validator service.

Each function takes a document's bytes and returns sentences, one a fault; an empty list means
that nothing is wrong. They hold RSS 2.0 to the RSS Board's profile, Atom to RFC 4287 and
RFC 6721, JSON Feed to version 1.1, OPML to 2.0, and besides to what the usual validators do
not see: order, dates that contradict one another, broken HTML inside, ids that repeat.

    problems_rss(body, self_url=...)    problems_atom(body, self_url=...)
    problems_json(body, self_url=...)   problems_opml(body)      PROBLEMS["rss" | "atom" | "json"]

`self_url` is the address the document was served at; without it only its form is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.validity.atom import problems_atom
from tests.validity.jsonfeed import problems_json
from tests.validity.opml import problems_opml
from tests.validity.rss import problems_rss
from tests.validity.shared import html_faults, is_web_address

PROBLEMS: Mapping[str, Callable[..., list[str]]] = {
    "rss": problems_rss,
    "atom": problems_atom,
    "json": problems_json,
}

__all__ = [
    "PROBLEMS",
    "html_faults",
    "is_web_address",
    "problems_atom",
    "problems_json",
    "problems_opml",
    "problems_rss",
]
