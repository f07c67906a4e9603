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


def _open_secrets(settings: Settings) -> Iterator[str]:
    for source in settings.sources:
        is_open = source.url.lower().startswith("http://")
        allowed = settings.fetch.allow_private
        if source.headers and is_open and not addresses.is_allowed(source.url, allowed):
            yield f"source {source.slug} sends its headers over http, where others can read them"


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
