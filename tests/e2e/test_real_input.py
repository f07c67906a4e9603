"""Real documents through the real command: everything in them arrives, nothing arrives twice."""

from __future__ import annotations

import csv
import re
import sqlite3
from collections.abc import Iterator
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
    """What two rounds came to."""

    documents: tuple[Document, ...]
    first: dict[str, Any]
    second: dict[str, Any]
    stored: dict[str, list[str]]


def documents_of(folder: Path) -> tuple[Document, ...]:
    found = []
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
    assert [ran.code for ran in rounds] == [0, 0], rounds[0].err + rounds[1].err
    yield Polled(
        documents=documents,
        first=by_source(rounds[0].json),
        second=by_source(rounds[1].json),
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


def test_every_entry_of_every_document_is_stored(
    polled: Polled, capsys: pytest.CaptureFixture[str]
) -> None:
    table, lost = [f"{'document':56} manifest stored  outcome"], []
    for one in polled.documents:
        stored = len(polled.stored.get(one.slug, ()))
        wanted = (one.entries or 0)
        row = f"{one.file[:56]:56} {wanted:8} {stored:6}  {polled.first[one.slug]['outcome']}"
        table.append(row)
        if stored < wanted and one.file not in NO_FEEDS:
            lost.append(row)
    with capsys.disabled():
        print("", *table, sep="\n")
    assert len(polled.documents) > 140
    assert not lost
