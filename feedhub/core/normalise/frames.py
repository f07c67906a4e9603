"""The state of writing a body: blocks that are open, and the paragraph being written."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedhub.core.normalise.lines import Kind


@dataclass(slots=True)
class Frame:
    """An open block: `para` wraps loose words here, `holder` is the nearest tag that is written.

    `mark`, `count`, `lines` and `images` are the writer's sizes when it opened; `loose` is where
    loose words last ended.
    """

    tag: str
    para: str
    kind: Kind = "text"
    holder: str = ""
    mark: int = -1
    count: int = 0
    lines: int = 0
    images: int = 0
    loose: int = -1
    caption: str = ""


@dataclass(slots=True)
class Paragraph:
    """The paragraph being written: HTML pieces, words of the present line, lines ended so far."""

    pieces: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    lines: list[tuple[str, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    has_content: bool = False
    is_splittable: bool = True
    breaks: int = 0
    ends_blank: bool = True

    def clear(self) -> None:
        """Begin anew: cheaper than another paragraph."""
        self.pieces.clear()
        self.words.clear()
        self.links.clear()
        self.lines.clear()
        self.starts.clear()
        self.has_content = False
        self.is_splittable = True
        self.breaks = 0
        self.ends_blank = True
