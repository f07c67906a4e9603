"""The lists of news on a page: repeated parts with a link, a headline and a date, as CSS selectors.

    candidates ─► parts that look alike ─► measured ─► ranked ─► what stands within each

A guess only: the reader of pages proves it. Everything is bounded by numbers of elements looked at,
so that a page of a million parts costs no more than one of a thousand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from feedhub.core.probe.tree import Element, address, is_furniture, is_same_site, said

FEWEST = 3
_MOST = 300
_MOST_LINKS = 2000
_LEVELS = 6
_GROUPS = 80
_MEASURED = 40
_WITHIN = 60
_RANKED = 8

_MONTH = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|студ|лют|сак|крас|чэрв|ліп|жні|вер|каст"
    r"|ліст|снеж|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[^\W\d_]{0,8}"
)
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}[./-]\d{{2}}[./-]\d{{2}}|\d{{1,2}}\s{_MONTH}"
    rf"|{_MONTH}\s\d{{1,2}}|сегодня|вчера|сёння|учора|today|yesterday)\b",
    re.IGNORECASE,
)
_DATE_CHARS = 45
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{1,60}")
_PASSING = re.compile(
    r"(?:is-)?(?:active|first|last|odd|even|current|selected|open|hidden|visible|lazy|clearfix|row"
    r"|hover|show|fade|animated|container|wrapper|inner|flex|grid)$|(?:col|w|h|m|p|mt|mb|ml|mr|pt|pb|px"
    r"|py|mx|my|d|text|bg|bx)[-_].*|.*(?:\d{3,}|__[A-Za-z0-9]{5,}|--[\w-]+).*|css-.*|sc-.*",
    re.IGNORECASE,
)
_NEWSY = re.compile(
    r"news|novost|press|article|post|item|story|release|material|public", re.IGNORECASE
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListGuess:
    """Selectors of a list's items and of what stands within each (None: the reader finds it).

    `count` items were seen, `dated` of those looked at hold a date; `why` says so in words.
    """

    item: str
    title: str | None = None
    link: str | None = None
    date: str | None = None
    count: int
    dated: int
    score: float
    why: str


def page_lists(root: Element, base: str) -> tuple[ListGuess, ...]:
    """Return the lists of a page that may be its news, best first, at most 8."""
    groups = _groups(root, base)
    largest = sorted(groups.items(), key=lambda pair: -min(len(pair[1]), 20))[:_GROUPS]
    measure = _Measure(base)
    found = (measure.guess(selector, [*items]) for selector, items in largest)
    ranked = sorted((guess for guess in found if guess), key=lambda guess: -guess.score)
    return tuple(ranked[:_RANKED])


def _groups(root: Element, base: str) -> dict[str, dict[Element, None]]:
    """Group what stands around links by the selectors that fit it, outer parts first."""
    groups: dict[str, dict[Element, None]] = {}
    for link in islice(root.iter("a"), _MOST_LINKS):
        url = address(link.get("href"), base)
        if url is None or not is_same_site(url, base):
            continue
        around = [link, *islice(link.iterancestors(), _LEVELS)]
        for element in reversed(around):
            for selector in _selectors(element):
                held = groups.setdefault(selector, {})
                if len(held) <= _MOST:
                    held.setdefault(element)
    return {name: held for name, held in groups.items() if FEWEST <= len(held) <= _MOST}


def _selectors(element: Element) -> tuple[str, ...]:
    """Return selectors for elements like this one: by class, else by what it stands in."""
    if element.tag in ("html", "body"):
        return ()
    own = [f"{element.tag}.{name}" for name in _classes(element)[:3]]
    if own:
        return tuple(own)
    for depth, above in enumerate(islice(element.iterancestors(), 2)):
        joint = " > " if depth == 0 else " "
        if named := _identity(above):
            return (f"{named}{joint}{element.tag}",)
    return ()


def _identity(element: Element) -> str:
    held = (element.get("id") or "").strip()
    if _NAME.fullmatch(held) and not _PASSING.fullmatch(held):
        return f"#{held}"
    classes = _classes(element)
    return f"{element.tag}.{classes[0]}" if classes else ""


def _classes(element: Element) -> list[str]:
    """Return the classes that say what an element is, those that sound of news first.

    Names that a build tool makes, that place something on a grid, or that hold for the moment only
    (active, odd) are no ground for a selector.
    """
    written = (element.get("class") or "")[:500].split()[:12]
    names = [name for name in written if _NAME.fullmatch(name) and not _PASSING.fullmatch(name)]
    return sorted(names, key=lambda name: _NEWSY.search(name) is None)


class _Measure:
    """Measures groups; what an element says is looked up once."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._said: dict[Element, str] = {}

    def guess(self, selector: str, items: Sequence[Element]) -> ListGuess | None:
        """Return what a group is worth, None where it is no list of entries."""
        held = set(items)
        if any(above in held for item in items[:_MEASURED] for above in item.iterancestors()):
            return None
        looked = [item for item in items[:_MEASURED] if not is_furniture(item)]
        if len(looked) < FEWEST or 2 * len(looked) < len(items[:_MEASURED]):
            return None
        heads = [self._headline(item) for item in looked]
        links = [self._links(item) for item in looked]
        first = {found[0] for found in links if found}
        if len(first) < 0.7 * len(looked) or median(map(len, links)) > 2:
            return None
        length = median(len(head) for head in heads)
        dated = sum(_DATE.search(self._words(item)) is not None for item in looked)
        if length < 15 or (2 * dated < len(looked) and length < 30):
            return None
        score = self._score(selector, looked, dated, length, first)
        return self._told(selector, items, looked, dated, score)

    def _score(
        self, selector: str, looked: Sequence[Element], dated: int, length: float, first: set[str]
    ) -> float:
        part = dated / len(looked)
        kin = Counter(url.rpartition("/")[0].rstrip("0123456789-/") for url in first)
        alike = max(kin.values(), default=0) / len(looked)
        headed = sum(next(item.iter(*_HEADINGS), None) is not None for item in looked) / len(looked)
        named = 0.5 if _NEWSY.search(selector) else 0.0
        amount = min(len(looked), 20) / 20
        wordy = 1.0 if 25 <= length <= 250 else 0.0
        return 4 * part + wordy + alike + 0.5 * headed + named + amount

    def _told(
        self,
        selector: str,
        items: Sequence[Element],
        looked: Sequence[Element],
        dated: int,
        score: float,
    ) -> ListGuess:
        date = _common(looked, self._is_date, least=0.6) if dated else None
        title = _common(looked, self._is_headline, least=0.9)
        link = _common(looked, self._leads_on, least=0.9, only="a")
        dates = f"{dated} of {len(looked)} hold a date" if dated else "none holds a date"
        return ListGuess(
            item=selector,
            title=title,
            link=link,
            date=date,
            count=len(items),
            dated=dated,
            score=round(score, 2),
            why=f"{len(items)} parts alike, each with a link of its own; {dates}",
        )

    def _words(self, element: Element) -> str:
        if element not in self._said:
            self._said[element] = said(element, 600)
        return self._said[element]

    def _links(self, item: Element) -> list[str]:
        """Return the different addresses in an item whose links have words, else all of them."""
        within = islice(item.iter("a"), _WITHIN)
        found = [(link, address(link.get("href"), self._base)) for link in within]
        spoken = [url for link, url in found if url and len(self._words(link)) >= 15]
        return [*dict.fromkeys(spoken or (url for _, url in found if url))]

    def _headline(self, item: Element) -> str:
        """Return the longest words of a link or heading in an item."""
        within = islice(item.iter("a", *_HEADINGS), _WITHIN)
        return max((self._words(each) for each in within), key=len, default="")

    def _is_date(self, element: Element, item: Element) -> bool:
        if element is item:
            return False
        if element.tag == "time":
            return True
        words = self._words(element)
        return 5 <= len(words) <= _DATE_CHARS and _DATE.search(words) is not None

    def _is_headline(self, element: Element, item: Element) -> bool:
        head = self._headline(item)
        return element is not item and bool(head) and self._words(element) == head

    def _leads_on(self, element: Element, item: Element) -> bool:
        links = self._links(item)
        found = address(element.get("href"), self._base)
        return element is not item and bool(links) and found == links[0]


def _common(
    items: Sequence[Element],
    is_it: Callable[[Element, Element], bool],
    *,
    least: float,
    only: str | None = None,
) -> str | None:
    """Return the selector whose first match in most items is what is looked for, or None."""
    rows = [list(islice(item.iterdescendants(), _WITHIN)) for item in items]
    right: Counter[str] = Counter()
    for item, row in zip(items, rows, strict=True):
        right.update(_first_right(row, item, is_it, only))
    usual = [(count, name) for name, count in right.items() if count >= least * len(items)]
    if not usual:
        return None
    return min(usual, key=lambda pair: (-pair[0], "." not in pair[1], len(pair[1]), pair[1]))[1]


def _first_right(
    row: Iterable[Element],
    item: Element,
    is_it: Callable[[Element, Element], bool],
    only: str | None,
) -> set[str]:
    """Return the selectors whose first match in an item is what is looked for."""
    first: dict[str, Element] = {}
    for element in row:
        for name in _names(element):
            first.setdefault(name, element)
    return {
        name
        for name, element in first.items()
        if (only is None or element.tag == only) and is_it(element, item)
    }


def _names(element: Element) -> tuple[str, ...]:
    own = tuple(f"{element.tag}.{name}" for name in _classes(element)[:3])
    is_telling = element.tag in (*_HEADINGS, "time")
    return (*own, element.tag) if is_telling else own
