"""The second half of cleaning: writes sanitised HTML anew, as well-nested blocks, and reads it.

It takes what nh3 let through (balanced, lower case, quoted attributes) token by token, so depth
costs nothing, and writes only tags and attributes it knows. Paragraphs hold inline tags, never
the other way round; boxes (`div`, `section`) become paragraph ends; what is empty is not written.
Lines, links and pictures are noted on the way, so that nothing has to be parsed a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from itertools import pairwise
from typing import ClassVar

from feedhub.core.normalise.allowed import (
    BOXES,
    HOLDERS,
    INLINE,
    KINDS,
    LOOSE,
    MAX_DEPTH,
    MAX_INLINE,
    MAX_LINKS,
    MAX_TEXT,
    PARAGRAPHS,
    PARENT,
    PHRASING,
)
from feedhub.core.normalise.frames import Frame, Paragraph
from feedhub.core.normalise.lines import Line, split_caption
from feedhub.core.normalise.markup import (
    TOKEN,
    as_read,
    attributes_of,
    kept,
    numbers,
    one_space,
    quoted,
)
from feedhub.core.normalise.media import best_source, is_tracker, pixels
from feedhub.core.normalise.text import one_line
from feedhub.model import Image


class Flow:
    """Writes one body. `link` and `picture` make an address absolute or refuse it (None)."""

    def __init__(
        self, *, link: Callable[[str], str | None], picture: Callable[[str], str | None]
    ) -> None:
        self.out: list[str] = []
        self.parts: dict[int, list[str]] = {}
        self.lines: list[Line] = []
        self.links: list[tuple[str, str]] = []
        self.images: list[Image] = []
        self.is_cut = False
        self._link, self._picture = link, picture
        self._frames = [Frame(tag="", para="p")]
        self._top = self._frames[0]
        self._too_deep = 0
        self._inline: list[tuple[str, str]] = []
        self._inline_too_deep = 0
        self._written = 0
        self._now = Paragraph()
        self._anchor: tuple[str, list[str]] | None = None
        self._anchors = 0
        self._last_picture = ""
        self._count = 0
        self._room = MAX_TEXT
        self._cell_gap = "\n"

    @property
    def has_lost_links(self) -> bool:
        """Tell whether there were more links than are kept."""
        return self._anchors > MAX_LINKS

    def run(self, canonical: str) -> None:
        """Write all of what nh3 returned, up to the cap of text."""
        start = canonical.partition("<")[0]
        if start:
            self._text(start)
        openers, closers = self._openers, self._closers
        for paragraph, slash, tag, attributes, words in TOKEN.findall(canonical):
            if paragraph:
                self._paragraph(paragraph)
            elif slash:
                closers[tag](self, tag)
            else:
                openers[tag](self, tag, attributes)
            if words and not self.is_cut:
                self._text(words)
            if self.is_cut:
                break
        while len(self._frames) > 1:
            self._close_frame("")
        self._flush()

    def _paragraph(self, words: str) -> None:
        """Write a paragraph of words alone, at once where nothing around it has a say in it."""
        top = self._top
        is_plain = not self._inline and len(words) <= self._room and top.para in ("p", "")
        if not is_plain or top.holder in PHRASING or len(self._frames) > MAX_DEPTH:
            self._open_frame("p", "")
            self._text(words)
            if not self.is_cut:
                self._close_frame("p")
            return
        if self._now.pieces:
            self._flush()
        words = one_space(words.lstrip())
        if words:
            self._room -= len(words)
            self._now.lines.append((as_read(words), ()))
            self._note_lines()
            self._now.lines.clear()
            self.out.append(f"<p>{words.rstrip()}</p>")
            self._count += 1

    # -- words ---------------------------------------------------------------------------------
    def _text(self, words: str) -> None:
        now = self._now
        if self._top.para != "pre":
            if now.ends_blank or now.breaks:
                words = words.lstrip()
                if not words:
                    return
            words = one_space(words)
        elif not now.has_content:
            words = words.lstrip("\n")
        if len(words) > self._room:
            words = self._cut(words)
        self._room -= len(words)
        if not words or words.isspace():
            now.pieces.append(words)
        else:
            now = self._put(words)
        now.words.append(words)
        now.ends_blank = words[-1:].isspace()
        if self._anchor is not None:
            self._anchor[1].append(words)

    def _cut(self, words: str) -> str:
        """Cut at the last block, or at a word where this block is most of the text."""
        self.is_cut = True
        if self._count and self._room > MAX_TEXT // 2 - sum(map(len, self._now.words)):
            self._drop_paragraph()
            return ""
        return words[: self._room].rpartition(" ")[0]

    def _put(self, piece: str) -> Paragraph:
        """Write a piece of content, with the break and the opening tags that wait before it."""
        if self._now.breaks:
            self._break()
        now = self._now
        if self._written < len(self._inline):
            now.pieces.extend(opener for _, opener in self._inline[self._written :])
            self._written = len(self._inline)
        now.pieces.append(piece)
        now.has_content = True
        return now

    def _br(self, _tag: str, _attributes: str) -> None:
        if self._top.para == "pre":
            self._text("\n")
        elif self._now.has_content:
            self._now.breaks += 1

    def _break(self) -> None:
        now = self._now
        if now.breaks > 1 and self._top.para in ("p", ""):
            self._flush()
            return
        now.breaks = 0
        now.is_splittable = now.is_splittable and not self._written
        self._end_line()
        now.pieces.append("<br>")
        now.starts.append(len(now.pieces))
        now.ends_blank = True

    def _end_line(self) -> None:
        now = self._now
        now.lines.append((as_read("".join(now.words)), tuple(now.links)))
        now.words.clear()
        now.links.clear()

    # -- paragraphs ----------------------------------------------------------------------------
    def _flush(self) -> None:
        """End the paragraph: write it, if it holds anything, and note its lines."""
        now, top = self._now, self._top
        if not now.has_content:
            self._drop_paragraph()
            return
        self._end_line()
        if now.pieces[-1].isspace():
            now.pieces.pop()
        now.pieces[-1] = now.pieces[-1].rstrip("\n" if top.para == "pre" else None)
        if self._written:
            open_now = reversed(self._inline[: self._written])
            now.pieces.extend(f"</{tag}>" for tag, opener in open_now if opener)
        before, after = (f"<{top.para}>", f"</{top.para}>") if top.para else ("", "")
        if not top.para and top.loose == len(self.out):
            before = "<br>"
        if len(now.lines) > 1 and now.is_splittable and top.para == "p":
            self._note_parts(before, after)
        self._note_lines()
        self.out.append(before + "".join(now.pieces) + after)
        top.loose = len(self.out)
        self._count += 1
        self._drop_paragraph()

    def _drop_paragraph(self) -> None:
        self._now.clear()
        self._written = 0

    def _note_parts(self, before: str, after: str) -> None:
        now = self._now
        edges = [0, *now.starts, len(now.pieces) + 1]
        cuts = ["".join(now.pieces[a : b - 1]) for a, b in pairwise(edges)]
        self.parts[len(self.out)] = [before, *cuts, after]

    def _note_lines(self) -> None:
        kind = self._top.kind
        gap = "\n\n"
        if kind == "cell":
            gap, self._cell_gap = self._cell_gap, " "
        elif kind == "item":
            gap = "\n"
        for part, (words, links) in enumerate(self._now.lines):
            if words:
                self.lines.append(Line(words, kind, gap, links, len(self.out), part))
                gap = " " if kind == "cell" else "\n"

    # -- blocks --------------------------------------------------------------------------------
    def _box(self, _tag: str, _attributes: str = "") -> None:
        if self._top.para == "pre":
            if self._now.has_content:
                self._text("\n")
        elif self._now.pieces:
            self._flush()

    def _open_frame(self, tag: str, attributes: str) -> None:
        if self._now.pieces:
            self._flush()
        if len(self._frames) > MAX_DEPTH:
            self._too_deep += 1
            return
        top = self._top
        kind = KINDS.get(tag, top.kind)
        if tag in PARAGRAPHS:
            frame = Frame("", self._paragraph_tag(tag), kind, top.holder)
        elif tag not in PARENT or top.tag in PARENT[tag]:
            frame = Frame(tag, LOOSE.get(tag, ""), kind, tag, len(self.out), self._count)
            frame.lines, frame.images = len(self.lines), len(self.images)
            self.out.append(f"<{tag}{numbers(attributes)}>")
            if tag == "tr":
                self._cell_gap = "\n"
        else:
            frame = Frame("", top.para, kind, top.holder)
        self._frames.append(frame)
        self._top = frame

    def _paragraph_tag(self, tag: str) -> str:
        top = self._top
        if top.holder in PHRASING or top.para[:1] == "h":
            return top.para
        return "h2" if tag == "h1" else tag

    def _close_frame(self, _tag: str) -> None:
        if self._now.pieces:
            self._flush()
        if self._too_deep:
            self._too_deep -= 1
            return
        frame = self._frames.pop()
        self._top = self._frames[-1]
        if frame.mark < 0:
            return
        if frame.tag == "figcaption":
            self._note_caption(frame.lines)
        elif frame.tag == "figure" and frame.caption:
            self._caption(frame)
        if frame.count == self._count and frame.tag not in ("td", "th"):
            del self.out[frame.mark :]
        else:
            self.out.append(f"</{frame.tag}>")

    def _note_caption(self, start: int) -> None:
        """Keep the caption's words as one line of text, without the photo credit."""
        lines = self.lines[start:]
        caption = self._top.caption = " ".join(line.text for line in lines)
        words, credit = split_caption(caption)
        if credit:
            self.lines[start:] = [lines[0]._replace(text=words)] if words else []

    def _caption(self, frame: Frame) -> None:
        words, credit = split_caption(frame.caption)
        for place in range(frame.images, len(self.images)):
            self.images[place] = replace(self.images[place], caption=words, credit=credit)

    def _rule(self, _tag: str, _attributes: str) -> None:
        self._flush()
        if self.out and self.out[-1] != "<hr>" and self._top.holder not in ("ul", "ol", "dl"):
            self.out.append("<hr>")

    # -- inline --------------------------------------------------------------------------------
    def _open_inline(self, tag: str, attributes: str) -> None:
        if len(self._inline) >= MAX_INLINE:
            self._inline_too_deep += 1
            return
        opener = f"<{tag}>"
        if tag == "a":
            opener = self._open_link(attributes)
        elif attributes:
            opener = f"<{tag}{kept(attributes)}>"
        if self._inline and any(opener == other for _, other in self._inline):
            opener = ""  # <b><b>: once is enough
        self._inline.append((tag, opener))

    def _close_inline(self, tag: str) -> None:
        if self._inline_too_deep:
            self._inline_too_deep -= 1
            return
        _, opener = self._inline.pop()
        if self._written > len(self._inline):
            self._written -= 1
            if opener:
                self._now.pieces.append(f"</{tag}>")
        if tag == "a" and self._anchor is not None:
            url, words = self._anchor
            self._anchor = None
            title = one_line(unescape("".join(words)))
            self.links.append((url, title))
            self._now.links.append((url, title))

    def _open_link(self, attributes: str) -> str:
        values = attributes_of(attributes)
        url = self._link(values["href"]) if values.get("href") else None
        self._anchors += url is not None
        if url is None or self._anchors > MAX_LINKS:
            return ""
        self._anchor = (url, [])
        title = f' title="{quoted(values["title"])}"' if values.get("title") else ""
        rel = "" if url.startswith("/") else ' rel="nofollow noopener"'
        return f'<a href="{quoted(url)}"{title}{rel}>'

    def _img(self, _tag: str, attributes: str) -> None:
        values = attributes_of(attributes)
        width, height = pixels(values.get("width")), pixels(values.get("height"))
        source = best_source(values)
        url = self._picture(source) if source else None
        if url is None or is_tracker(url, width, height, values.get("style", "")):
            return
        if url == self._last_picture and self._top.para != "pre":
            return  # a lazy picture and its twin in <noscript>
        self._last_picture = url
        alt = one_line(values.get("alt", ""))
        sizes = f' width="{width}"' if width else ""
        sizes += f' height="{height}"' if height else ""
        self._put(f'<img src="{quoted(url)}" alt="{quoted(alt)}"{sizes}>').ends_blank = False
        self.images.append(Image(url=url, alt=alt, width=width, height=height))

    _openers: ClassVar[dict[str, Callable[[Flow, str, str], None]]] = {
        **dict.fromkeys(INLINE, _open_inline),
        **dict.fromkeys(PARAGRAPHS | HOLDERS, _open_frame),
        **dict.fromkeys(BOXES, _box),
        "br": _br,
        "hr": _rule,
        "img": _img,
    }
    _closers: ClassVar[dict[str, Callable[[Flow, str], None]]] = {
        **dict.fromkeys(INLINE, _close_inline),
        **dict.fromkeys(PARAGRAPHS | HOLDERS, _close_frame),
        **dict.fromkeys(BOXES, _box),
    }
