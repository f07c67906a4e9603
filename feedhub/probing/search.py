"""The search: one address after another, through the guarded client, until something alive is found.

    the address ─► feeds it names ─► its news pages ─► usual places ─► robots.txt, sitemaps ─► a channel

A site is asked no more than it takes, for most of these guesses cost it a 404.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

from feedhub.core.probe import FoundLink, usual_feeds
from feedhub.core.probe.tree import is_same_site
from feedhub.errors import FeedHubError
from feedhub.model import Failed, Fetched, Outcome, Settings, Source
from feedhub.probing import telling
from feedhub.probing.choice import BEST, LISTED, Find, rank
from feedhub.probing.item import bare_source
from feedhub.probing.reading import examine, sitemaps_in
from feedhub.probing.values import Examined, Step
from feedhub.refine import More, Refined, refine_here

T = TypeVar("T")

_NAMED = 4
"""Feeds that one page names, asked at most."""

_USUAL_BESIDE_LIST = 4
"""Usual places tried when there is a list already."""

_RESERVED = 3
"""Requests kept for robots.txt, a sitemap and a channel."""


class Fetch(Protocol):
    """What a probe needs of the client."""

    async def get(self, source: Source) -> Outcome:
        """Ask once, within limits; return an outcome, never raise."""


class Run(Protocol):
    """Runs work on a document in a worker process that was prepared with the rules of tagging."""

    async def __call__(self, task: Callable[..., T], /, *arguments: Any) -> T:
        """Return what the task returns; raise FeedHubError where it went beyond its limits."""


class Search:
    """One search: what was asked, what was found, how many requests are left."""

    def __init__(
        self,
        settings: Settings,
        *,
        fetch: Fetch,
        run: Run,
        now: datetime,
        tell: Callable[[Step], None],
        requests: int,
    ) -> None:
        self.steps: list[Step] = []
        self.finds: list[Find] = []
        self.first: Failed | Examined | None = None
        self._settings, self._fetch, self._run = settings, fetch, run
        self._now, self._tell, self._left = now, tell, requests
        self._asked: set[str] = set()
        self._bodies: dict[str, str] = {}

    @property
    def ranked(self) -> tuple[Find, ...]:
        """Return the finds, best first, those named first before those guessed.

        Of two lists that of a page of news is meant: a home page shows a part of it.
        """
        return tuple(
            sorted(self.finds, key=lambda find: (rank(find, self._now), _is_home_list(find)))
        )

    @property
    def _best(self) -> int:
        return min((rank(find, self._now) for find in self.finds), default=BEST + 100)

    @property
    def _is_done(self) -> bool:
        return self._best == BEST

    async def look(self, wanted: Sequence[str]) -> None:
        """Ask the address, then what is likely to hold more, until something alive is found."""
        for number, url in enumerate(wanted):
            why = "the same without encryption" if number else "the address given"
            self.first = await self._ask(FoundLink(url=url, why=why), takes_page=True)
            if not _is_unreached(self.first):
                break
        first = self.first
        if isinstance(first, Examined) and first.onward is not None:
            again = await self._ask(first.onward, takes_page=True)
            first = self.first = again if isinstance(again, Examined) else first
        if isinstance(first, Failed):
            # Where only the page was refused, and not the host, a feed may be open all the same.
            usual = usual_feeds(urljoin(url, "/")) if first.status else ()
            await self._each(usual[:5])
        elif first is not None and first.sitemaps:
            await self._ask_one_of(first.sitemaps)
        elif first is not None and first.is_page:
            await self._from_page(first)

    async def _from_page(self, page: Examined) -> None:
        await self._named(page.links[:_NAMED])
        for link in page.news[: 1 if self._best <= LISTED else 2]:
            if not self._is_done:
                found = await self._ask(link, takes_page=True)
                await self._named(found.links[: _NAMED - 1] if isinstance(found, Examined) else ())
        usual = page.usual[:_USUAL_BESIDE_LIST] if self._best <= LISTED else page.usual
        await self._each(usual)
        if self._best > LISTED:
            await self._robots(page.url)
        if self._best > LISTED:
            await self._each(page.channels[:1], keep=0, is_beside=True)

    async def _named(self, links: Iterable[FoundLink]) -> None:
        """Ask what a page names as feeds; a page among them may list the feeds themselves."""
        for link in links:
            found = await self._ask(link)
            if isinstance(found, Examined) and found.is_page and not self._is_done:
                for inner in found.links[:3]:
                    await self._ask(inner)

    async def _each(
        self, links: Iterable[FoundLink], *, keep: int = _RESERVED, is_beside: bool = False
    ) -> None:
        """Ask one address after another until one is alive, `keep` requests left over."""
        for link in links:
            if self._is_done or self._left <= keep:
                return
            await self._ask(link, is_beside=is_beside)

    async def _robots(self, url: str) -> None:
        link = FoundLink(url=urljoin(url, "/robots.txt"), why="it may name sitemaps")
        fetched = await self._get(link)
        named: tuple[FoundLink, ...] = ()
        if isinstance(fetched, Fetched):
            named = await self._run(sitemaps_in, fetched)
            told = ", ".join(one.url for one in named[:3])
            self._note(link, f"it names {told}" if told else "it names no sitemap")
        usual = FoundLink(url=urljoin(url, "/sitemap.xml"), why="the usual place of a sitemap")
        await self._ask_one_of(named or (usual,))

    async def _ask_one_of(self, sitemaps: Sequence[FoundLink]) -> None:
        """Ask the first sitemap, and of an index the one of news, else the first it lists."""
        found = await self._ask(sitemaps[0])
        inner = found.sitemaps if isinstance(found, Examined) else ()
        news = [link for link in inner if "news" in urlsplit(link.url).path.lower()]
        for link in (*news, *inner)[:1]:
            await self._ask(link)

    async def _ask(
        self, link: FoundLink, *, takes_page: bool = False, is_beside: bool = False
    ) -> Failed | Examined | None:
        """Ask one address and say what it is; None where that was known, or none may be asked.

        A page is a find only where one was asked for: some sites show their news on every page
        that is not there.
        """
        outcome = await self._get(link)
        if outcome is None or isinstance(outcome, Failed):
            return outcome
        try:
            found = await self._run(examine, outcome, self._settings.site.timezone, self._now)
        except (FeedHubError, MemoryError) as error:
            self._note(link, f"not read: {str(error) or 'it took too much memory'}")
            return None
        is_found = found.kind is not None and not found.sitemaps
        is_found = is_found and (takes_page or found.kind != "page")
        self._note(link, found.sentence, is_found=is_found)
        if is_found:
            url = _address_of(link.url, outcome.url)
            self.finds.append(
                Find(
                    examined=found,
                    fetched=outcome,
                    url=url,
                    title=link.title,
                    is_beside=is_beside,
                )
            )
        return found

    async def _get(self, link: FoundLink) -> Fetched | Failed | None:
        if link.url in self._asked or self._left <= 0:
            return None
        self._asked.add(link.url)
        self._left -= 1
        outcome = await self._fetch.get(bare_source(link.url, self._settings))
        if isinstance(outcome, Failed):
            self._note(link, telling.failure(outcome))
            return outcome
        if not isinstance(outcome, Fetched):
            return None
        self._asked.add(outcome.url)
        before = self._bodies.setdefault(outcome.body_hash, link.url)
        if before != link.url:
            self._note(link, f"the same document as {before}")
            return None
        return outcome

    def _note(self, link: FoundLink, outcome: str, *, is_found: bool = False) -> None:
        step = Step(url=link.url, why=link.why, outcome=outcome, is_found=is_found)
        self.steps.append(step)
        self._tell(step)

    async def refined(self, find: Find, source: Source) -> Refined:
        """Read a find as a poll would; raise FeedHubError where that went beyond limits."""
        none: frozenset[str] = frozenset()
        refined = await self._run(refine_here, find.fetched, source, self._now, none)
        if refined.wanted:
            more = await self._more(refined.wanted, source)
            refined = await self._run(refine_here, find.fetched, source, self._now, none, more)
        return refined

    async def _more(self, wanted: Sequence[str], source: Source) -> More:
        found: list[tuple[str, Fetched | None]] = []
        for url in wanted:
            outcome = await self._fetch.get(replace(source, url=url))
            found.append((url, outcome if isinstance(outcome, Fetched) else None))
        return tuple(found)


def _is_home_list(find: Find) -> bool:
    return find.examined.kind == "page" and urlsplit(find.url).path in ("", "/")


def _is_unreached(found: Failed | Examined | None) -> bool:
    """Tell whether the host did not answer at all: a bad certificate is no ground for going without."""
    return (
        isinstance(found, Failed)
        and found.status is None
        and "certificate" not in found.message.lower()
    )


def _address_of(asked: str, came: str) -> str:
    """Return the address to write down: where it led, if only scheme, host or path differ.

    What led to another site may be a parked or sign-in page, and another query be made for us
    alone: then the address stays as it was given.
    """
    is_kin = is_same_site(asked, came) and urlsplit(asked).query == urlsplit(came).query
    return came if is_kin else asked
