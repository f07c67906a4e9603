"""An article's text: Markdown (CommonMark with tables and strikethrough) to HTML, its pictures found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from feedhub.articles.faults import Fault, Wrong
from feedhub.articles.pictures import address_of
from feedhub.model import Media

# HTML in the text is shown, not obeyed: what an editor may use is Markdown.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|\\|#|$")


class Written(NamedTuple):
    """HTML with our own addresses for its pictures, the pictures, and what is wrong with them."""

    html: str
    media: tuple[Media, ...]
    faults: tuple[Fault, ...]


def written(body: str, *, first_line: int, read: Callable[[str], Media]) -> Written:
    """Render a text that begins in this line of its file; `read` reads a picture by relative path.

    Pictures with an address of their own, on another site or from our root, stay as they are.
    """
    tokens = _MARKDOWN.parse(body)
    media: dict[str, Media] = {}
    faults: list[Fault] = []
    for line, picture in _pictures(tokens):
        src = unquote(str(picture.attrs.get("src", "")))
        if _ELSEWHERE.match(src):
            continue
        try:
            found = read(src)
        except Wrong as wrong:
            faults.append(Fault(first_line + line, "", wrong.message))
            continue
        media[found.hash] = found
        picture.attrs |= {
            "src": address_of(found),
            "width": str(found.width),
            "height": str(found.height),
        }
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return Written(html, tuple(media.values()), tuple(faults))


def _pictures(tokens: Iterable[Token]) -> Iterator[tuple[int, Token]]:
    """Yield each picture with the line of its paragraph, counted from 0."""
    for token in tokens:
        line = token.map[0] if token.map else 0
        for child in token.children or ():
            if child.type == "image":
                yield line, child
