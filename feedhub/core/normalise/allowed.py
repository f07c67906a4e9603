"""What may stand in a cleaned body: tags by their role, attributes, limits."""

from __future__ import annotations

from feedhub.core.normalise.lines import Kind

INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
        "var",
    }
)
PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
HOLDERS = frozenset(
    {
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "figure",
        "figcaption",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "details",
        "summary",
    }
)
BOXES = frozenset(
    {
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "address",
        "center",
        "hgroup",
        "fieldset",
    }
)
"""These are not written: each of their edges ends a paragraph."""

VOID = frozenset({"br", "hr", "img"})

DROPPED = frozenset(
    {
        "script",
        "style",
        "iframe",
        "noembed",
        "noframes",
        "template",
        "textarea",
        "select",
        "button",
        "svg",
        "math",
        "title",
        "canvas",
        "datalist",
    }
)
"""These go with all they hold."""

ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "time": {"datetime"},
    "img": {
        *("src", "alt", "width", "height", "style", "srcset"),
        *("data-src", "data-srcset", "data-original", "data-lazy-src"),
    },
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
"""What is read; a picture's other sources and its style are not written again."""

MAX_TEXT = 1_000_000
MAX_LINKS = 2_000
MAX_DEPTH = 64
MAX_INLINE = 16

PARENT = {
    "li": ("ul", "ol"),
    "dt": ("dl",),
    "dd": ("dl",),
    "figcaption": ("figure",),
    "summary": ("details",),
}
"""Elsewhere these are not written."""

LOOSE = {"ul": "li", "ol": "li", "dl": "dd", "blockquote": "p", "details": "p"}
"""What wraps words that stand in a holder by themselves; nothing in all others."""

PHRASING = frozenset({"dt", "figcaption", "caption", "summary"})
"""Holders without paragraphs inside."""

KINDS: dict[str, Kind] = {
    "li": "item",
    "dt": "item",
    "dd": "item",
    "td": "cell",
    "th": "cell",
    "pre": "code",
    "figcaption": "caption",
    "caption": "caption",
    "summary": "heading",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
}
