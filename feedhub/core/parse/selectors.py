"""CSS selectors of the configuration, checked and made ready to be asked."""

from __future__ import annotations

import re
from collections.abc import Callable

import cssselect
from lxml import etree  # type: ignore[import-untyped]

from feedhub.core.parse.hypertext import Element

MAX_SELECTOR = 500
"""Characters of a selector; longer ones are pasted by mistake."""

Finder = Callable[[Element], list[Element]]
Condition = Callable[[Element, str], bool]
_LONGEST_ADDRESS = 2000


def check_selector(text: str) -> None:
    """Raise `ValueError`, a sentence for the admin, where a text is no CSS selector we can use."""
    finder(text)


def check_condition(text: str) -> None:
    """Raise `ValueError` where a text is neither a CSS selector nor `/a regular expression/`."""
    condition(text)


def finder(selector: str, *, limit: int = 50) -> Finder:
    """Return what finds the first `limit` elements, in document order, within and including one."""
    xpath = etree.XPath(f"({_xpath(selector)})[position() <= {limit}]")

    def found(element: Element) -> list[Element]:
        return list(xpath(element))

    try:
        found(etree.Element("html"))
    except etree.XPathError as error:
        raise ValueError(_told(selector, "no CSS selector that can be used", error)) from error
    return found


def condition(text: str) -> Condition:
    """Return what says whether an item, with its address, is meant by `include` or `exclude`."""
    if len(text) > 1 and text.startswith("/") and text.endswith("/"):
        try:
            pattern = re.compile(text[1:-1])
        except (re.error, RecursionError, OverflowError) as error:
            raise ValueError(_told(text, "no regular expression", error)) from error
        return lambda _, address: pattern.search(address[:_LONGEST_ADDRESS]) is not None
    found = finder(text, limit=1)
    return lambda item, _: bool(found(item))


def _xpath(selector: str) -> str:
    if not selector.strip():
        raise ValueError("an empty selector: write a CSS selector such as div.news-item")
    if len(selector) > MAX_SELECTOR:
        raise ValueError(f"a selector of more than {MAX_SELECTOR} characters")
    try:
        return cssselect.HTMLTranslator().css_to_xpath(selector)
    except (cssselect.SelectorError, ValueError, RecursionError) as error:
        raise ValueError(_told(selector, "no CSS selector", error)) from error


def _told(text: str, what: str, error: Exception) -> str:
    """Say in one line what is wrong with a text of the admin's."""
    return " ".join(f'"{text[:120]}" is {what}: {error}'.split())[:400]
