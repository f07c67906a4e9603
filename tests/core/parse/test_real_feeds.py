"""Real documents, where this checkout has them: every entry is found, every letter is right."""

import csv
import re
from pathlib import Path

import pytest

from feedhub.core.parse import decode, parse
from feedhub.errors import ParseError
from feedhub.model.parsed import ParsedFeed

NO_FEEDS = {"opml_win1251.xml", "ritzau_feed.xml", "ru_gov_sources_snailshepherd.json"}
MOJIBAKE = re.compile("[ÃÐÑÂ][\x80-\xbf]|(?:Р[°-ї]|С[‚ѓ„…€‰]){2}|[ðâ]€")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def read(path: Path) -> ParsedFeed:
    return parse(decode(path.read_bytes(), content_type=None), url="https://a.example/feed")


def words(feed: ParsedFeed) -> str:
    parts = [feed.title]
    for entry in feed.entries:
        parts += [entry.title, entry.summary, entry.content, *entry.authors]
        parts += [category.name for category in entry.categories]
    return "\n".join(parts)


def test_every_entry_of_every_document_is_found(
    shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, short = [], []
    for row in rows(shared / "feeds" / "manifest.tsv"):
        feed = read(shared / "feeds" / row["file"])
        wanted = int(row["entries_by_feedparser"])
        table.append(f"{row['file'][:50]:50} {feed.format:8} {len(feed.entries):5} of {wanted:5}")
        if len(feed.entries) < wanted:
            short.append(table[-1])
    with capsys.disabled():
        print("", *table, sep="\n")
    assert len(table) > 100
    assert not short


def test_no_document_comes_out_as_garbage(shared: Path) -> None:
    names = [
        row["file"]
        for name in ("manifest.tsv", "manifest-more.tsv")
        for row in rows(shared / "feeds" / name)
    ]
    for name in names:
        if name in NO_FEEDS:
            continue
        text = words(read(shared / "feeds" / name))
        assert len(MOJIBAKE.findall(text)) * 2000 <= len(text), name
        assert text.count("\ufffd") <= 3, name
        assert "\x00" not in text, name


@pytest.mark.parametrize("name", sorted(NO_FEEDS))
def test_what_is_no_feed_is_refused(shared: Path, name: str) -> None:
    with pytest.raises(ParseError, match=r"no feed|no JSON Feed"):
        read(shared / "feeds" / name)


@pytest.mark.parametrize(
    ("name", "entries", "word"),
    [
        ("ru_miniflux_cp1251.xml", 50, "а"),
        ("ru_miniflux_koi8r.xml", 2, "о"),
        ("ru_ibash.xml", 50, "о"),
        ("ru_mos_ru_news.xml", 10, "Моспром"),
        ("by_tutby_all.xml", 100, "Гороскоп"),
        ("us_wh_blog.xml", 3, "the"),
    ],
)
def test_smaller_and_stranger_ones_are_read(
    shared: Path, name: str, entries: int, word: str
) -> None:
    feed = read(shared / "feeds" / name)
    assert len(feed.entries) == entries
    assert word in words(feed)
