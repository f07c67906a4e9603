"""What an article's own page says, wherever it stands: text, headline, time, lead picture."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree  # type: ignore[import-untyped]

from feedhub.core.parse.hypertext import Element, picture, words
from feedhub.core.parse.items import date_of
from feedhub.core.parse.links import web_link
from feedhub.core.parse.media import number
from feedhub.model.entry import Image

_PARAGRAPH = 60
"""A paragraph with fewer characters than this is a caption, a button or a line of a menu."""
_MAX_PARAGRAPHS = 3000
_MAX_META = 300

_BESIDE = ("h1", "nav", "aside", "footer", "form", "button", "noscript")
"""What stands around a text, or shows it once more, without being part of it."""

_MARKED = etree.XPath("(//*[@itemprop = 'articleBody'])[position() <= 3]")
_PARAGRAPHS = etree.XPath(
    f"(//p[not(ancestor::footer or ancestor::nav or ancestor::aside)])[position() <= {_MAX_PARAGRAPHS}]"
)
_METAS = etree.XPath(f"(//meta[@content])[position() <= {_MAX_META}]")
_DATED = etree.XPath("(//*[@itemprop = 'datePublished'])[position() <= 3]")
_TIMES = etree.XPath("(.//time[@datetime])[position() <= 3]")
_HEADINGS = etree.XPath("(//h1)[position() <= 3]")
_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "dc.date",
    "dcterms.created",
)


def longest_text(root: Element) -> list[Element]:
    """Find the text of an article: what is marked as it, else the parent of the longest paragraphs.

    Empty where no paragraph is long enough to be one. Headline, forms and menus are cut from what
    was found; so ask for the headline first.
    """
    if marked := [each for each in _MARKED(root) if len(words(each, limit=200)) > _PARAGRAPH]:
        return marked[:1]
    weights: dict[Element, int] = {}
    for paragraph in _PARAGRAPHS(root):
        size = len(words(paragraph))
        parent = paragraph.getparent()
        if size >= _PARAGRAPH and parent is not None:
            weights[parent] = weights.get(parent, 0) + size
    heaviest = max(weights, key=lambda parent: weights[parent], default=None)
    if heaviest is None:
        return []
    etree.strip_elements(heaviest, *_BESIDE, with_tail=False)
    return [heaviest]


def headline(root: Element) -> str:
    """Return an article's headline: what it tells social networks, else its first heading."""
    told = _meta(root, ("og:title", "headline"))
    return told or next((name for one in _HEADINGS(root) if (name := words(one))), "")


def published(root: Element, chosen: Iterable[Element]) -> str | None:
    """Return when an article was published as its page says it for machines, as a raw string."""
    told = _meta(root, _PUBLISHED)
    if told:
        return told[:100]
    for place in (*_DATED(root), *(time for text in chosen for time in _TIMES(text))):
        if raw := date_of(place):
            return raw[:100]
    return next((raw for time in _TIMES(root) if (raw := date_of(time))), None)


def lead_image(root: Element, chosen: Iterable[Element], base: str) -> Image | None:
    """Return an article's main picture: `og:image` with its size, else the first in its text."""
    named = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "image")
    if link := web_link(_meta(root, named), base):
        sizes = (number(_meta(root, (f"og:image:{side}",))) for side in ("width", "height"))
        width, height = sizes
        return Image(url=link, width=width, height=height, alt=_meta(root, ("og:image:alt",)))
    return next((image for text in chosen if (image := picture(text, base))), None)


def _meta(root: Element, names: tuple[str, ...]) -> str:
    """Return the content of the first `meta` of these names, the names in order of preference."""
    held: dict[str, str] = {}
    for meta in _METAS(root):
        content = " ".join((meta.get("content") or "").split())[:2000]
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if content:
            held.setdefault(name.lower(), content)
    return next((held[name] for name in names if name in held), "")
