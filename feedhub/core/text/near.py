"""Names that look like a mistyped one, for pages that say what was perhaps meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

from feedhub.core.text.fold import tag_key
from feedhub.core.text.slug import slugify

LEAST_LIKENESS = 0.6
"""From this ratio (0..1) of common letters a name is near."""

_MAX_NAME = 100


def near(name: str, candidates: Iterable[str], limit: int = 5) -> tuple[str, ...]:
    """Return at most `limit` candidates that look like the name, nearest first.

    Names are compared folded and as slugs, the better counts; so a slug finds a Cyrillic name and
    the other way round. One that begins with the other counts as near. The first 100 characters
    of the name are compared.
    """
    asked = tuple(dict.fromkeys(_spellings(name[:_MAX_NAME])))
    scored = [(_likeness(asked, candidate), candidate) for candidate in dict.fromkeys(candidates)]
    close = [row for row in scored if row[0] >= LEAST_LIKENESS]
    return tuple(candidate for _, candidate in sorted(close, key=lambda row: (-row[0], row[1])))[
        :limit
    ]


def _spellings(name: str) -> tuple[str, str]:
    return tag_key(name), slugify(name)


def _likeness(asked: tuple[str, ...], candidate: str) -> float:
    return max(_ratio(mine, theirs) for mine in asked for theirs in _spellings(candidate))


def _ratio(mine: str, theirs: str) -> float:
    short, long = sorted((mine, theirs), key=len)
    if len(short) >= 3 and long.startswith(short):
        return max(0.75, len(short) / len(long))
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.real_quick_ratio() < LEAST_LIKENESS or matcher.quick_ratio() < LEAST_LIKENESS:
        return 0.0
    return matcher.ratio()
