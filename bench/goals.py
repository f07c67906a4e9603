"""A goal of the project with what was measured: what `make bench` is judged by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """A measured figure and the most it may be, in the unit that its name tells.

    `next` is the stronger bound that is aimed at, where there is one: it is shown beside and
    missing it fails nothing, so that a step on the way can be held before the next one is made.
    """

    name: str
    most: float
    measured: float
    next: float | None = None

    @property
    def is_met(self) -> bool:
        """Tell whether the figure is within its bound."""
        return self.measured <= self.most

    def line(self) -> str:
        """Return the goal as a line for a person."""
        verdict = "met   " if self.is_met else "MISSED"
        return f"{verdict} {self.name}: {self.measured:.4g} (goal: at most {self.most:.4g}{self._aim()})"

    def _aim(self) -> str:
        if self.next is None:
            return ""
        reached = "reached" if self.measured <= self.next else "not reached"
        return f"; next: {self.next:.4g}, {reached}"
