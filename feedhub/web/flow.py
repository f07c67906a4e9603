"""What the web view asks of the flow that empties the store (`feedhub.publish`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from feedhub.model import (
    ByTags,
    EntryPage,
    FeedOptions,
    ListPage,
    ListRef,
    Media,
    Rendered,
    Settings,
    SourceRow,
    TagRow,
)


class Resolved(Protocol):
    """A tag expression as understood, with the one spelling it is served under."""

    @property
    def ref(self) -> ByTags:
        """The list that the expression names."""

    @property
    def canonical(self) -> str:
        """The one spelling; another one is answered with 301."""


class Flow(Protocol):
    """The questions; every one may raise `NotFound`, `ExpressionError` or `StoreError`."""

    def resolve_tags(self, store: Any, text: str) -> Resolved:
        """Read a tag expression as written in an address."""

    def list_page(
        self,
        store: Any,
        settings: Settings,
        ref: ListRef,
        *,
        now: datetime,
        before: str | None = None,
    ) -> ListPage:
        """Return one page of a list."""

    def list_feed(
        self,
        store: Any,
        settings: Settings,
        ref: ListRef,
        fmt: str,
        options: FeedOptions,
        *,
        now: datetime,
    ) -> Rendered:
        """Return a list as a feed; `fmt` is rss, atom or json."""

    def entry_page(
        self, store: Any, settings: Settings, number: int, *, now: datetime
    ) -> EntryPage:
        """Return one entry."""

    def tag_index(self, store: Any, settings: Settings, *, now: datetime) -> tuple[TagRow, ...]:
        """Return all tags."""

    def source_index(
        self, store: Any, settings: Settings, *, now: datetime
    ) -> tuple[SourceRow, ...]:
        """Return all sources."""

    def tags_opml(self, store: Any, settings: Settings, *, now: datetime) -> Rendered:
        """Return every tag feed as OPML."""

    def sources_opml(self, store: Any, settings: Settings, *, now: datetime) -> Rendered:
        """Return every source as OPML."""

    def media(self, store: Any, hash: str) -> Media:  # noqa: A002  (the interface's own word)
        """Return a stored picture."""

    def is_ready(self, store: Any, settings: Settings, *, now: datetime) -> tuple[bool, str]:
        """Tell whether we are able to serve and polling is not stalled, in a sentence."""
