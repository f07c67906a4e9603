"""Score dates, encodings, addresses and tags on annotated cases: `python -m bench.gold [FOLDER]`.

FOLDER holds `gold/`; its README says what each case means. Dates, encodings and addresses must
all be as expected: each that is not is named, and the exit code is 1. Tags are a score.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bench import gold_tags
from feedhub import clock
from feedhub.core.normalise.dates import ParsedTime, parse_time
from feedhub.core.normalise.urls import canonical_url
from feedhub.core.parse import decode, parse
from feedhub.errors import ParseError
from feedhub.fetch import Client
from feedhub.model import FetchSettings, Source

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"


@dataclass(frozen=True, slots=True)
class Case:
    """One annotated case: what it is called, what was expected and what came."""

    name: str
    expected: object
    found: object
    accepted: tuple[object, ...] = ()

    @property
    def is_right(self) -> bool:
        """Tell whether what came is expected, or also accepted."""
        return self.found == self.expected or self.found in self.accepted


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Return the JSON objects of a file, one a line."""
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def dates(gold: Path) -> Iterator[Case]:
    """Read every annotated date in its source's zone."""
    for row in rows(gold / "dates.dev.jsonl"):
        now = datetime.fromisoformat(row["reference_now"])
        found = parse_time(row["raw"], zone=ZoneInfo(row["source_timezone"]), now=now)
        accepted = tuple(row.get("also_accepted", ()))
        yield Case(f"{row['raw']!r} ({row['note']})", row["expected"], _shown(found), accepted)


def _shown(found: ParsedTime) -> str | None:
    if found.is_date_only:
        return f"date-only {found.day}"
    return f"{found.instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if found.instant else None


def encodings(gold: Path) -> Iterator[Case]:
    """Decode and parse every annotated document as its server would send it."""
    folder = gold / "encodings.dev"
    for row in rows(folder / "manifest.jsonl"):
        expected = (row["true_encoding"], row["expected_title"], row["expected_first_entry_title"])
        body = (folder / row["file"]).read_bytes()
        yield Case(row["file"], expected, _titles(body, row["http_content_type"]))


def _titles(body: bytes, content_type: str) -> tuple[str, ...]:
    decoded = decode(body, content_type=content_type)
    try:
        feed = parse(decoded, url="https://gold.example/", content_type=content_type)
    except ParseError as error:
        return (decoded.real, str(error))
    return (decoded.real, feed.title, *(entry.title for entry in feed.entries[:1]))


def addresses(gold: Path) -> Iterator[Case]:
    """Compare every group: one key for all that are the same, another for each that is not."""
    for row in rows(gold / "urls.dev.jsonl"):
        same = {canonical_url(url) for url in row["same"]}
        yield Case(f"{row['note']}: the same", 1, len(same))
        different = [canonical_url(url) for url in row["different"]]
        distinct = len({*same, *different}) - len(same)
        yield Case(f"{row['note']}: different", len(different), distinct)
        if fetched := row.get("fetch"):
            target = asyncio.run(request_target(fetched["url"]))
            yield Case(f"{row['note']}: request", fetched["request_target"], target)


async def request_target(url: str) -> str:
    """Ask a server on loopback for the path and query of an address; return what came over."""
    seen: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    local = f"http://{place}{url.partition(urlsplit(url).netloc)[2]}"
    settings = FetchSettings(gap=0.0, allow_private=(place,))
    async with server, Client(settings, now=clock.now) as client:
        await client.get(Source(slug="gold", title="gold", url=local))
    return seen[0].split(" ")[1] if seen else ""


PARTS: Mapping[str, Callable[[Path], Iterator[Case]]] = {
    "dates": dates,
    "encodings": encodings,
    "addresses": addresses,
}


def main(arguments: list[str]) -> int:
    """Print the scores and every case that is not as expected."""
    here = Path(__file__).resolve().parent.parent
    folder = Path(arguments[0]) if arguments else here.parent / "shared"
    gold = folder / "gold"
    if not gold.is_dir():
        print(f"no annotated cases in {folder}; name the folder that holds gold/", file=sys.stderr)
        return 2
    is_right = True
    for name, part in PARTS.items():
        cases = list(part(gold))
        wrong = [case for case in cases if not case.is_right]
        is_right = is_right and not wrong
        print(f"{name:10} {len(cases) - len(wrong):4} of {len(cases)} as expected")
        for case in wrong:
            print(f"  {case.name}\n    expected {case.expected!r}\n    found    {case.found!r}")
    print()
    tags = gold_tags.main([str(folder)])
    return tags if is_right else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
