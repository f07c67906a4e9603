"""A web in memory: documents by address, for probes in the test's own process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any, TypeVar

from feedhub.core.tagging import compile_vocabulary, rules_to_json
from feedhub.model import Failed, Fetched, Outcome, Section, Settings, Site, Source
from feedhub.probing import flow
from feedhub.probing.values import Probe
from feedhub.refine import prepare_worker

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = "https://agency.example"


@dataclass
class Web:
    """What stands at which address; everything else is a 404. `asked` are the addresses asked."""

    documents: dict[str, Outcome | float] = field(default_factory=dict)
    asked: list[Source] = field(default_factory=list)

    def put(self, url: str, body: str, *, came: str | None = None, **headers: str) -> None:
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        self.documents[url] = Fetched(
            url=came or url,
            status=200,
            headers=named,
            body=body.encode(),
            body_hash=blake2b(body.encode()).hexdigest(),
        )

    def fail(self, url: str, message: str, status: int | None = None, **more: Any) -> None:
        self.documents[url] = Failed(kind="hard", message=message, status=status, **more)

    def hang(self, url: str) -> None:
        """Answer nothing for an hour."""
        self.documents[url] = 3600.0

    async def get(self, source: Source) -> Outcome:
        self.asked.append(source)
        held = self.documents.get(source.url)
        if isinstance(held, float):
            await asyncio.sleep(held)
        if held is None or isinstance(held, float):
            return Failed(kind="hard", message="Nothing is at this address (404).", status=404)
        return held

    @property
    def urls(self) -> list[str]:
        return [source.url for source in self.asked]


async def here(task: Callable[..., T], /, *arguments: Any) -> T:
    """Run work in this process."""
    return task(*arguments)


def settings(*sources: Source, zone: str = "Europe/Moscow", section: str = "news") -> Settings:
    return Settings(
        path="config.yaml",
        site=Site(title="Портал", base_url="http://127.0.0.1:8000", timezone=zone),
        database="sqlite:///x.db",
        articles="articles",
        sections=(Section(slug=section, title="Раздел"),),
        sources=sources,
    )


def probed(web: Web, address: str, given: Settings | None = None, **more: Any) -> Probe:
    held = given or settings()
    prepare_worker(rules_to_json(compile_vocabulary(held.tags, tagging=held.tagging)))
    run = more.pop("run", here)
    return asyncio.run(flow.probe(address, held, fetch=web, run=run, now=NOW, **more))


def feed(
    *, title: str = "Ведомство", days: int = 0, count: int = 6, zone: str = "GMT", hours: int = 0
) -> str:
    """Return a feed whose newest entry is `days` old; times are `hours` off, and name `zone`."""
    stamps = (NOW.timestamp() - 86400 * (days + n) + 3600 * hours for n in range(count))
    dates = [
        format_datetime(datetime.fromtimestamp(one, UTC), usegmt=True).replace("GMT", zone).strip()
        for one in stamps
    ]
    items = "".join(
        f"<item><title>{title}: сообщение № {n} о работе</title><link>{SITE}/{n}</link>"
        f"<pubDate>{date}</pubDate></item>"
        for n, date in enumerate(dates)
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


def page(body: str = "", *, title: str = "Ведомство переправ", head: str = "") -> str:
    text = "Сайт рассказывает о работе ведомства, его документах и приёме граждан. " * 8
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}<p>{text}</p>"
        "</body></html>"
    )


def rows(path: str = "/n/", day: str = "2{n}.11.2026") -> str:
    return "".join(
        f'<div class="row-news"><a href="{path}{n}/">Ведомство сообщает о работе {path}{n}</a> '
        f"<i>{day.format(n=n)}</i></div>"
        for n in range(3)
    )
