"""What alerts are about: a source, a list that we publish, or the site as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from feedhub.core.health import Condition, Standing

About = Literal["site", "source", "list"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """One thing that was looked at: what stands of it after the look, and how it is seen now.

    `name` is its key among those of its kind; `url` is where the admin sees more of it.
    """

    about: About
    name: str
    title: str
    url: str
    standings: tuple[Standing, ...] = ()
    seen: tuple[Condition, ...] = ()

    @property
    def key(self) -> str:
        """Return under which name it is remembered."""
        return f"{self.about}:{self.name}"
