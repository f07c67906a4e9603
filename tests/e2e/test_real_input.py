"""Real documents through the real command: everything in them arrives, nothing arrives twice."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.commands import by_source, feedhub, write_config
from tests.e2e.server import Server

NO_FEEDS = {"opml_win1251.xml", "ritzau_feed.xml", "ru_gov_sources_snailshepherd.json"}
MOJIBAKE = re.compile("[ÃÐÑÂ][\x80-\xbf]|(?:Р[°-ї]|С[‚ѓ„…€‰]){2}|[ðâ]€")


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One file: its source's slug, and the entries the manifest counts (None: not counted)."""

    slug: str
    file: str
    entries: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Polled:
    """What three rounds came to: the first, one of 304s, and one that reads all bodies anew."""

    documents: tuple[Document, ...]
    first: dict[str, Any]
    second: dict[str, Any]
    third: dict[str, Any]
    stored: dict[str, list[str]]


def documents_of(folder: Path) -> tuple[Document, ...]:
    found: list[Document] = []
    for manifest in ("manifest.tsv", "manifest-more.tsv"):
        with (folder / manifest).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                count = row.get("entries_by_feedparser")
                entries = int(count) if count is not None else None
                slug = f"d{len(found) + 1}"
                found.append(Document(slug=slug, file=row["file"], entries=entries))
    return tuple(found)


def content_type(number: int, file: str) -> str | None:
    """Return what a server says of a document: most say little, some say nothing."""
    if file.endswith(".json"):
        return "application/feed+json"
    return ("application/rss+xml", "text/xml", "application/xml", "text/html", None)[number % 5]


@pytest.fixture(scope="module")
def polled(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Polled]:
    folder = tmp_path_factory.mktemp("real")
    documents = documents_of(shared / "feeds")
    with Server() as server:
        for number, one in enumerate(documents):
            body = (shared / "feeds" / one.file).read_bytes()
            server.put(f"/{one.slug}", body, content_type=content_type(number, one.file))
        config = write_config(
            folder,
            private=[server.place],
            fetch="per_host: 16",
            sources="\n".join(
                f"{{slug: {one.slug}, title: {one.slug}, url: '{server.url('/' + one.slug)}'}}"
                for one in documents
            ),
        )
        rounds = [feedhub(config, "poll", "--all", "--json") for _ in range(2)]
        for number, one in enumerate(documents):
            # a blank more at the end: other bytes, another ETag, the same entries
            body = (shared / "feeds" / one.file).read_bytes() + b"\n"
            server.put(f"/{one.slug}", body, content_type=content_type(number, one.file))
        rounds.append(feedhub(config, "poll", "--all", "--json"))
    assert [ran.code for ran in rounds] == [0, 0, 0], [ran.err for ran in rounds]
    yield Polled(
        documents=documents,
        first=by_source(rounds[0].json),
        second=by_source(rounds[1].json),
        third=by_source(rounds[2].json),
        stored=stored_titles(folder / "feedhub.db"),
    )


def stored_titles(database: Path) -> dict[str, list[str]]:
    conn = sqlite3.connect(database)
    try:
        found: dict[str, list[str]] = {}
        for source, title in conn.execute("SELECT source, title FROM entry ORDER BY number"):
            found.setdefault(source, []).append(title)
        return found
    finally:
        conn.close()


LESS = {
    "codehollow__Rss20LeFigaro.xml": (1, "one item stands there twice, letter by letter"),
    "danmactough__illegally-nested.xml": (
        10,
        "each item wraps another one: the ten wrappers hold nothing of their own",
    ),
    "nicolus__rss_0.92.xml": (1, "the first and the last item are one and the same"),
    "rometools__v6.xml": (1, "one item is blank: no word, no link, no date"),
    "rust-syndication__rss092.xml": (1, "the same document as the one of nicolus"),
}
"""Entries that a document holds twice, or that hold nothing: how many less are stored, and why."""


def test_every_entry_of_every_document_is_stored(
    polled: Polled, record_property: Callable[[str, object], None]
) -> None:
    table, lost = [f"{'document':56} manifest stored  outcome"], []
    for one in polled.documents:
        stored = len(polled.stored.get(one.slug, ()))
        less, why = LESS.get(one.file, (0, ""))
        counted = "-" if one.entries is None else str(one.entries)
        outcome = polled.first[one.slug]["outcome"]
        row = f"{one.file[:56]:56} {counted:>8} {stored:6}  {outcome}  {why}"
        table.append(row.rstrip())
        if stored < (one.entries or 1) - less and one.file not in NO_FEEDS:
            lost.append(row)
    total = sum(map(len, polled.stored.values()))
    table.append(f"{len(polled.documents)} documents, {total} entries")
    record_property("table", "\n".join(table))
    assert len(polled.documents) > 140
    assert not lost


def test_what_is_no_feed_costs_its_own_row_only(polled: Polled) -> None:
    rows = {one.file: polled.first[one.slug] for one in polled.documents}
    failed = {file for file, row in rows.items() if row["outcome"] == "failed"}
    assert failed == NO_FEEDS
    for file in NO_FEEDS:
        assert "no feed" in rows[file]["error"] or "no JSON Feed" in rows[file]["error"]


def test_nothing_was_a_fault_of_ours(polled: Polled) -> None:
    for row in (*polled.first.values(), *polled.second.values()):
        assert "fault of FeedHub" not in (row["error"] or ""), row
        assert "was not read" not in (row["error"] or ""), row


def test_no_stored_title_is_garbage(polled: Polled) -> None:
    for one in polled.documents:
        titles = "\n".join(polled.stored.get(one.slug, ()))
        assert not MOJIBAKE.search(titles), (one.file, titles[:300])
        assert titles.count("\ufffd") <= 2, (one.file, titles[:300])
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", titles), one.file
        assert "" not in polled.stored.get(one.slug, ()), one.file


def test_a_second_round_finds_nothing_new(polled: Polled) -> None:
    for one in polled.documents:
        row = polled.second[one.slug]
        assert (row["new"], row["updated"], row["withdrawn"]) == (0, 0, 0), (one.file, row)
    outcomes = [polled.second[one.slug]["outcome"] for one in polled.documents]
    assert outcomes.count("not_modified") == len(outcomes) - len(NO_FEEDS)


def test_bodies_read_a_second_time_change_nothing(polled: Polled) -> None:
    row = polled.third
    for one in polled.documents:
        assert (row[one.slug]["new"], row[one.slug]["updated"]) == (0, 0), (one.file, row[one.slug])
        expected = "failed" if one.file in NO_FEEDS else "fetched"
        assert row[one.slug]["outcome"] == expected, one.file
