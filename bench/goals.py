"""A goal of the project with what was measured: what `make bench` is judged by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """A measured figure and the most it may be, in the unit that its name tells."""

    name: str
    most: float
    measured: float

    @property
    def is_met(self) -> bool:
        """Tell whether the figure is within its bound."""
        return self.measured <= self.most

    def line(self) -> str:
        """Return the goal as a line for a person."""
        verdict = "met   " if self.is_met else "MISSED"
        return f"{verdict} {self.name}: {self.measured:.4g} (goal: at most {self.most:.4g})"
