"""What came instead of a feed, in one sentence for the person who has to put it right."""

from __future__ import annotations

import re

from feedhub.errors import ParseError
from feedhub.model import Fault

_CHECKS = re.compile(
    r"captcha|smartcaptcha|ddos-guard|cf-browser-verification|are you a robot|вы не робот",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(r"<input[^>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,200})", re.IGNORECASE)
_HEAD = 65_536
_HTML_ROOTS = frozenset({"html", "head", "body", "script", "div", "meta", "title", "table"})
_ELSEWHERE = {
    "opml": "XML, but no feed: an OPML list of feeds",
    "urlset": "XML, but no feed: a sitemap",
    "sitemapindex": "XML, but no feed: a sitemap index",
}


_EMPTY = "an empty answer instead of a feed"
_ROBOTS = "it asks whether we are a robot"
_ASKS_TO_SIGN_IN = "it asks to sign in"
_PAGE = "an HTML page instead of a feed"


def refused(text: str, root: str, content_type: str | None = None) -> ParseError:
    """Return the error that a document without entries or feed elements is, with its fault."""
    sentence = refusal(text, root, content_type)
    return ParseError(sentence, fault_of(sentence))


def fault_of(sentence: str) -> Fault:
    """Return what kind of failure a refusal is."""
    if sentence.endswith(_ROBOTS):
        return "robot_check"
    if sentence.endswith(_ASKS_TO_SIGN_IN):
        return "sign_in"
    if sentence.startswith("an HTML page"):
        return "page"
    return "empty" if sentence.startswith("an empty answer") else "unreadable"


def is_page(root: str) -> bool:
    """Say whether a document with this root element is a web page."""
    return root.lower() in _HTML_ROOTS


def refusal(text: str, root: str, content_type: str | None = None) -> str:
    """Say what a document without entries or feed elements is; `root` is its first element."""
    if not text.strip("\ufeff\x00 \t\r\n"):
        return _EMPTY
    head = text[:_HEAD]
    if is_page(root) or re.match(r"\s*<!doctype html", head, re.IGNORECASE):
        return _page(head)
    if root:
        return _ELSEWHERE.get(root.lower(), f"XML, but no feed: its root is <{root[:40]}>")
    kind = (content_type or "").split(";")[0].strip()[:60]
    return "not XML, RSS, Atom or JSON Feed" + (f" (the answer is called {kind})" if kind else "")


def _page(head: str) -> str:
    if _CHECKS.search(head):
        return f"{_PAGE}: {_ROBOTS}"
    if _SIGN_IN.search(head):
        return f"{_PAGE}: {_ASKS_TO_SIGN_IN}"
    title = _TITLE.search(head)
    name = " ".join(title.group(1).split())[:80] if title else ""
    return _PAGE + (f": «{name}»" if name else "")
