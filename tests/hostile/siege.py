"""One round of the real command with many hostile sources, and a control source beside each.

First every source is good and is polled; then those under test turn hostile while the controls
bring one entry more; then everything is good again. What "survived" means for every case is
checked here in one place: `harm` names whatever was harmed.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import measured
from tests.e2e.commands import ROOT, by_source, service, write_config
from tests.e2e.documents import Note, instant, rss
from tests.hostile.server import Hostile, Reply
from tests.validity import PROBLEMS

ROUND_SECONDS = 60.0
"""What a round may take by the clock."""
LATE_SECONDS = 30.0
"""How late a control source may be asked."""
GROWTH = 300 * 2**20
"""Bytes by which the processes of a hostile round may be larger than those of a quiet one."""

BEFORE = ("Прежняя первая", "Прежняя вторая")
BODY = "Ведомство рассказало о сделанном за месяц и о том, что будет в следующем. " * 6
FRESH = "Свежая"


def notes(slug: str, *titles: str) -> tuple[Note, ...]:
    """Return entries of an agency, one an hour."""
    return tuple(
        Note(title=title, url=f"https://{slug}.example/{n}", published=instant(5, n), body=BODY)
        for n, title in enumerate(titles, 1)
    )


def good(slug: str, *more: str) -> Reply:
    """Return the feed that a source has before, and after."""
    return Reply(body=rss(tuple(reversed(notes(slug, *BEFORE, *more)))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What one run of `poll` came to; `asked` are the controls' delays in seconds."""

    rows: dict[str, dict[str, Any]]
    code: int
    log: str
    usage: measured.Usage
    asked: dict[str, float]


@dataclass(kw_only=True)
class World:
    """A folder with a configuration, the server its sources are at, and the canary."""

    folder: Path
    server: Hostile
    canary: Hostile
    fetch: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    private: tuple[str, ...] = ()
    tags: str = ""
    site: str = ""
    environ: Mapping[str, str] = field(default_factory=dict)

    def write(self) -> Path:
        """Write the configuration; `sources` are YAML pairs by slug, without their slug."""
        return write_config(
            self.folder,
            private=[self.server.place, *self.private],
            fetch=self.fetch,
            tags=self.tags,
            site=self.site,
            sources="\n".join(f"{{slug: {slug}, {rest}}}" for slug, rest in self.sources.items()),
        )

    def add(self, slug: str, path: str | None = None, more: str = "") -> None:
        """Add a source that lives on the server."""
        url = self.server.url(path or f"/{slug}")
        self.sources[slug] = f"title: Источник {slug}, url: '{url}'{more}"

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def database(self) -> Path:
        return self.folder / "feedhub.db"

    def query(self, text: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.database)) as conn:
            conn.row_factory = sqlite3.Row
            return [dict(row) for row in conn.execute(text)]

    def execute(self, text: str) -> None:
        with closing(sqlite3.connect(self.database, timeout=10)) as conn, conn:
            conn.execute(text)

    def titles(self, slug: str) -> list[str]:
        found = self.query(f"SELECT title FROM entry WHERE source = '{slug}' ORDER BY number")
        return [str(row["title"]) for row in found]

    def state(self, slug: str) -> dict[str, Any]:
        return self.query(f"SELECT * FROM source WHERE slug = '{slug}'")[0]

    def poll(self, *slugs: str) -> Round:
        """Run `poll --json` measured: all sources, or these."""
        out = self.folder / "poll.json"
        environ = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | dict(self.environ)
        started = time.monotonic()
        usage = measured.run(
            [
                *("env", *(f"{name}={value}" for name, value in environ.items())),
                *(sys.executable, "-m", "feedhub", "--config", str(self.write())),
                *("poll", *(slugs or ("--all",)), "--json"),
            ],
            cwd=self.folder,
            out=out,
            timeout=100,
        )
        log = out.with_suffix(".err").read_text("utf-8", "replace")
        assert out.stat().st_size, log[-3000:]
        return Round(
            rows=by_source(json.loads(out.read_bytes())),
            code=usage.code,
            log=log,
            usage=usage,
            asked={one.target: one.at - started for one in self.server.asked if one.at > started},
        )

    def entries(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return all that readers may see of every stored entry, by source and identity."""
        rows = self.query(
            "SELECT source, identity, number, uri, url, title, summary, published, updated, content,"
            " withdrawn_at FROM entry JOIN body ON body.entry = number"
        )
        return {(row["source"], row["identity"]): row for row in rows}


@contextmanager
def world(folder: Path, **options: Any) -> Iterator[World]:
    """Open a server and a canary that no source may be at; give an empty world."""
    with ExitStack() as held:
        server, canary = held.enter_context(Hostile()), held.enter_context(Hostile())
        yield World(folder=folder, server=server, canary=canary, **options)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Siege:
    """Three rounds, what stood in the store after each, and what is published at the end."""

    world: World
    hostile: tuple[str, ...]
    controls: tuple[str, ...]
    quiet: Round
    round: Round
    mended: Round
    before: dict[tuple[str, str], dict[str, Any]]
    after: dict[tuple[str, str], dict[str, Any]]
    stored: dict[str, list[str]]
    states: dict[str, dict[str, Any]]
    published: dict[str, tuple[int, bytes]]


def besiege(
    place: World,
    hostile: Mapping[str, Reply],
    *,
    controls: int | None = None,
    shown: Iterable[str] | None = None,
) -> Siege:
    """Play the three rounds; hostile sources that are not among `place.sources` are added.

    `controls` of them have a control beside them (all), `shown` are those whose own lists are
    published and judged at the end (all); the list of everything always is.
    """
    names = tuple(f"control{n}" for n in range(len(hostile) if controls is None else controls))
    order = [one for pair in zip(hostile, names, strict=False) for one in pair]
    for slug in (*order, *(slug for slug in hostile if slug not in order)):
        if slug not in place.sources:
            place.add(slug)
        place.server.put(f"/{slug}", good(slug))
    quiet = place.poll()
    before = place.entries()
    place.server.put_all(hostile)
    place.server.put_all({slug: good(slug, FRESH) for slug in names})
    attacked = place.poll()
    after = place.entries()
    stored = {slug: place.titles(slug) for slug in place.sources}
    states = {row["slug"]: row for row in place.query("SELECT * FROM source")}
    place.server.put_all({slug: good(slug, "После") for slug in hostile})
    mended = place.poll(*hostile)
    return Siege(
        world=place,
        hostile=tuple(hostile),
        controls=names,
        quiet=quiet,
        round=attacked,
        mended=mended,
        before=before,
        after=after,
        stored=stored,
        states=states,
        published=publish(place, hostile if shown is None else shown),
    )


def publish(place: World, slugs: Iterable[str]) -> dict[str, tuple[int, bytes]]:
    """Serve what is stored; return status and body of every list of these sources, and of home."""
    lists = ["", *(f"/sources/{slug}" for slug in slugs if place.titles(slug))]
    paths = [f"{one}/feed.{fmt}" for one in lists for fmt in PROBLEMS] + [
        f"{one}/" for one in lists
    ]
    with service(place.config, "--no-poll", environ=place.environ) as running:
        found = {path: running.get(path) for path in (*paths, "/sources/", "/tags/")}
        assert "Traceback" not in running.log, running.log[-3000:]
    return {path: (got.status, got.body) for path, got in found.items()}


def harm(siege: Siege) -> str:
    """Name everything that was harmed in the hostile round, a line each; nothing should be."""
    return "\n".join(
        (
            *_process(siege),
            *(one for slug in siege.controls for one in _control(siege, slug)),
            *_kept(siege),
            *_told(siege),
            *broken(siege.published),
            *_recovered(siege),
        )
    )


def _process(siege: Siege) -> Iterator[str]:
    usage = siege.round.usage
    if siege.round.code != 0:
        yield f"the command ended with {siege.round.code}"
    for words in ("Traceback", "a fault of FeedHub"):
        if words in siege.round.log:
            yield f"the log says {words}: {siege.round.log[-2000:]}"
    if usage.wall > ROUND_SECONDS:
        yield f"the round took {usage.wall:.0f} s"
    grown = usage.rss - siege.quiet.usage.rss
    if grown > GROWTH:
        yield f"memory grew by {grown / 2**20:.0f} MiB"
    if siege.world.canary.connections:
        yield f"the canary was connected to {siege.world.canary.connections} times"


def _control(siege: Siege, slug: str) -> Iterator[str]:
    row = siege.round.rows[slug]
    if (row["outcome"], row["new"], row["updated"]) != ("fetched", 1, 0):
        yield f"{slug}: {row}"
    if siege.stored[slug] != [*BEFORE, FRESH]:
        yield f"{slug} holds {siege.stored[slug]}"
    late = siege.round.asked.get(f"/{slug}", 1e9)
    if late > LATE_SECONDS:
        yield f"{slug} was asked after {late:.0f} s"


def _kept(siege: Siege) -> Iterator[str]:
    for key, row in siege.before.items():
        if key not in siege.after:
            yield f"lost: {row['source']} «{row['title']}»"
        elif siege.after[key] != row:
            changed = [name for name in row if siege.after[key][name] != row[name]]
            yield f"changed {changed}: {row['source']} «{row['title']}»"
    for slug, titles in siege.stored.items():
        if any(titles.count(title) > 1 for title in BEFORE):
            yield f"not once each: {slug} {titles[:10]}"


def _told(siege: Siege) -> Iterator[str]:
    for slug, row in siege.round.rows.items():
        error = row["error"] or ""
        if (row["outcome"] == "failed") != bool(error):
            yield f"{slug}: {row['outcome']} and says {error!r}"
        if not error.isprintable() or len(error) > 400:
            yield f"{slug} says what cannot be shown: {error!r}"


def broken(published: Mapping[str, tuple[int, bytes]]) -> Iterator[str]:
    """Name every published feed or page that is not whole."""
    for path, (status, body) in published.items():
        if status != 200:
            yield f"{path} answers {status}"
        elif "/feed." in path and (problems := PROBLEMS[path.rpartition(".")[2]](body)):
            yield f"{path}: {problems[:3]}"


def _recovered(siege: Siege) -> Iterator[str]:
    for slug in siege.hostile:
        row = siege.mended.rows[slug]
        if row["outcome"] != "fetched" or "После" not in siege.world.titles(slug):
            yield f"{slug} did not recover: {row}"
