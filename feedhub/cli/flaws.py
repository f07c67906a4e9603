"""What of a configuration only the readers of documents can judge; they are loaded when it is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from feedhub.config.kinds import Judged


@lru_cache(maxsize=4096)
def flaw_of(sort: Judged, value: str) -> str:
    """Say in one sentence what is wrong with a value of a source; nothing where it can be used."""
    try:
        _check(sort)(value)
    except ValueError as error:
        return str(error)
    return ""


def _check(sort: Judged) -> Callable[[str], object]:
    if sort == "channel":
        from feedhub.core.parse.telegram import channel_url

        return channel_url
    if sort == "path":
        from feedhub.core.parse.fields import check_path

        return check_path
    from feedhub.core.parse.page import check_condition, check_selector

    return check_condition if sort == "condition" else check_selector
