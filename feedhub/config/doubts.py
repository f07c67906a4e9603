"""What is legal in a configuration and yet probably not meant: a few sentences for `feedhub check`."""

from __future__ import annotations

from collections.abc import Iterator

from feedhub.config import addresses
from feedhub.model import Settings, TagSpec

_WIDEST = {4: 8, 6: 8}  # a shorter prefix opens more than any private range has
_SHORTEST_WORD = 3


def warnings(settings: Settings) -> tuple[str, ...]:
    """Return the doubts about checked settings, each one sentence that names its place."""
    return (
        *_same_url(settings),
        *_unread_channels(settings),
        *_open_secrets(settings),
        *_wide_openings(settings),
        *_short_words(settings),
    )


def _same_url(settings: Settings) -> Iterator[str]:
    first: dict[str, str] = {}
    for source in settings.sources:
        other = first.setdefault(source.url, source.slug)
        if other != source.slug:
            yield f"sources {other} and {source.slug} read the same address {source.url}"


def _unread_channels(settings: Settings) -> Iterator[str]:
    for source in settings.sources:
        if source.kind == "feed" and addresses.host_of(source.url) == "t.me":
            yield f"source {source.slug} is a channel of Telegram, no feed; write kind: telegram"


def _open_secrets(settings: Settings) -> Iterator[str]:
    for source in settings.sources:
        asked = (source.url, *source.fallback_urls, source.warm_up or source.url)
        if source.headers and any(_is_open(url, settings) for url in asked):
            yield f"source {source.slug} sends its headers over http, where others can read them"


def _is_open(url: str, settings: Settings) -> bool:
    is_plain = url.lower().startswith("http://")
    return is_plain and not addresses.is_allowed(url, settings.fetch.allow_private)


def _wide_openings(settings: Settings) -> Iterator[str]:
    for entry in settings.fetch.allow_private:
        network, _ = addresses.private(entry)
        if network.prefixlen < _WIDEST[network.version]:
            yield f"fetch.allow_private: {entry} opens far more than a private network"


def _short_words(settings: Settings) -> Iterator[str]:
    for tag in settings.tags:
        for word in _words(tag):
            if len(word) < _SHORTEST_WORD and word.isalpha() and not word.isupper():
                yield (
                    f'tag {tag.name}: "{word}" is shorter than {_SHORTEST_WORD} letters and no '
                    "abbreviation in capitals; it will hit many texts"
                )


def _words(tag: TagSpec) -> tuple[str, ...]:
    return (tag.name, *tag.aliases) if tag.match is None else tag.match
