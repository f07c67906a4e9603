"""What it costs to read the newest of a list, as the store grows: `python -m bench.lists`.

Fills SQLite databases with 10,000 and 100,000 entries (with `--big` also 1,000,000), each with
four tags of 500 that are spread as words are (Zipf), and reads the 50 newest of every kind of
list through `feedhub.store.lists`. What is read from an index of its own takes as long in all.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from feedhub.core.text.fold import search_words
from feedhub.store import Connection, Store, facts, lists, open_store
from feedhub.store.lists import Cursor, Selection, TagGroup, Window
from feedhub.store.rows import insert_many
from feedhub.store.schema import body, entry, entry_tag, source, tag

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TAGS = 500
TAGS_OF_AN_ENTRY = 4
SOURCES = 100
SECTIONS = ("news", "press-releases", "events", "articles", "companies")
SPAN = 5 * 365 * 24 * 3600
"""Seconds over which the entries are spread."""

BATCH = 5_000
TEXT = "Ведомство сообщает о ходе работ и о том, что сделано за неделю. " * 20
TURNS = 200
"""How often each list is read; the median counts."""

_WEIGHTS = list(accumulate(1 / rank for rank in range(1, TAGS + 1)))


def throw(number: int, what: str) -> float:
    """Return a number from 0 to 1 that is the same in every run."""
    digest = blake2b(f"{what} {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def ranks_of(number: int) -> set[int]:
    """Return which tags an entry bears, 0 being the most frequent one."""
    found: set[int] = set()
    turn = 0
    while len(found) < TAGS_OF_AN_ENTRY:
        found.add(bisect(_WEIGHTS, throw(number, f"tag {turn}") * _WEIGHTS[-1]))
        turn += 1
    return found


def entry_row(number: int, count: int, sources: Sequence[str]) -> dict[str, Any]:
    """Return one entry of so many, of one of these sources."""
    published = int(NOW.timestamp()) - int(throw(number, "time") * SPAN) - 60
    return {
        "number": number,
        "source": sources[int(throw(number, "source") * len(sources))],
        "identity": f"guid:{number}",
        "uri": f"urn:bench:{number}",
        "url": f"https://agency.example/news/{number}",
        "canonical_url": f"agency.example/news/{number}",
        "slug": f"novost-{number}",
        "title": f"Ведомство сообщает: запись {number} из {count}",
        "teaser": TEXT[:200],
        "summary": TEXT[:300],
        "authors": ["Пресс-служба"],
        "categories": [],
        "enclosures": [],
        "see_also": [],
        "language": "ru",
        "section": SECTIONS[int(throw(number, "section") * len(SECTIONS))],
        "published": published,
        "updated": published,
        "changed": published,
        "first_seen": published,
        "last_seen": published,
        "digest": f"{number:032}",
    }


def fill(store: Store, count: int) -> None:
    """Write so many entries with their tags, past the usual way in, which is made for few."""
    with store.write() as conn:
        conn.execute(
            insert(source), [{"slug": f"source-{n}", "title": f"№ {n}"} for n in range(SOURCES)]
        )
        conn.execute(
            insert(tag),
            [
                {"id": n, "key": f"тема {n}", "slug": f"tema-{n}", "name": f"Тема {n}"}
                for n in range(1, TAGS + 1)
            ],
        )
    slugs = [f"source-{n}" for n in range(SOURCES)]
    numbers = range(1, count + 1)
    pour(store, (entry_row(number, count, slugs) for number in numbers), range(1, TAGS + 1))


def pour(
    store: Store, entries: Iterator[dict[str, Any]], tags: Sequence[int], *, text: str = TEXT
) -> None:
    """Write entries with texts, tags and counts; `tags` are the ids, the most frequent first."""
    for rows in _batches(entries):
        given = [
            {"tag": tag_id, "published": row["published"], "entry": row["number"]}
            for row in rows
            for tag_id in {tags[rank % len(tags)] for rank in ranks_of(row["number"])}
        ]
        texts = [{"entry": row["number"], "content": text, "text": text} for row in rows]
        # one transaction for all would make a log several times the size of the store
        with store.write() as conn:
            insert_many(conn, entry, rows)
            insert_many(conn, body, texts)
            insert_many(conn, entry_tag, given)
            facts.add_counts(conn, Counter(f"tag:{row['tag']}" for row in given))


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def group(*all_of: int, none_of: tuple[int, ...] = ()) -> TagGroup:
    """Return a group of an expression by the ids of its tags."""
    return TagGroup(
        all_of=tuple(frozenset({one}) for one in all_of),
        none_of=tuple(frozenset({one}) for one in none_of),
    )


LISTS = {
    "the most frequent tag": Selection(groups=(group(1),)),
    "a tag of the middle": Selection(groups=(group(50),)),
    "a rare tag": Selection(groups=(group(TAGS),)),
    "a+b, both frequent": Selection(groups=(group(1, 2),)),
    "a+b, one of them rare": Selection(groups=(group(1, 400),)),
    "a,b": Selection(groups=(group(1), group(2))),
    "a,b,c": Selection(groups=(group(1), group(2), group(50))),
    "!c": Selection(groups=(group(none_of=(1,)),)),
    "a+!c": Selection(groups=(group(1, none_of=(2,)),)),
    "a section": Selection(section="news"),
    "a source": Selection(source="source-7"),
    "home": Selection(),
}


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median CPU time of a piece of work, which neighbours on the machine move least."""
    times: list[float] = []
    for _ in range(TURNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1000


def measure(conn: Connection) -> dict[str, tuple[float, float]]:
    """Return for each list the milliseconds of finding its newest 50, and of reading them too."""
    window = Window(now=NOW, limit=50, withdrawn=True)
    half = Cursor(published=int(NOW.timestamp()) - SPAN // 2, number=0)
    asked = {name: (selection, window) for name, selection in LISTS.items()}
    asked["the most frequent tag, from its middle"] = (
        LISTS["the most frequent tag"],
        Window(now=NOW, limit=50, withdrawn=True, before=half),
    )
    return {
        name: (
            milliseconds(partial(lists.places, conn, selection, window)),
            milliseconds(partial(lists.page, conn, selection, window)),
        )
        for name, (selection, window) in asked.items()
    }


def built_and_measured(count: int, folder: Path) -> dict[str, tuple[float, float]]:
    """Build a store of so many entries, tell what that cost, and measure its lists."""
    path = folder / f"{count}.db"
    store = open_store(f"sqlite:///{path}", words=search_words)
    start = time.process_time()
    fill(store, count)
    spent = time.process_time() - start
    size = path.stat().st_size / 2**20
    print(f"{count:,} entries: built in {spent:.1f} CPU-s, {size:.0f} MiB", flush=True)
    with store.read() as conn:
        found = measure(conn)
    store.close()
    path.unlink()
    return found


def main() -> None:
    """Measure and print a table: a line a list, a pair of columns a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--big", action="store_true", help="also with 1,000,000 entries (6 GB)")
    sizes = [10_000, 100_000] + [1_000_000] * parser.parse_args().big
    with tempfile.TemporaryDirectory() as folder:
        found = {size: built_and_measured(size, Path(folder)) for size in sizes}
    print(f"\nCPU ms, median of {TURNS}: finding the newest 50 / finding and reading them")
    print(f"{'':40}" + "".join(f"{size:>18,}" for size in sizes) + f"{'grows by':>12}")
    for name in found[sizes[0]]:
        pairs = [found[size][name] for size in sizes]
        grows = pairs[-1][0] / pairs[0][0]
        cells = "".join(f"{walk:>10.2f} /{whole:>6.2f}" for walk, whole in pairs)
        print(f"{name:40}{cells}{grows:>11.1f}x")


if __name__ == "__main__":
    main()
