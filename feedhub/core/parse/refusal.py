"""What came instead of a feed, in one sentence for the person who has to put it right."""

from __future__ import annotations

import re

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


def is_page(root: str) -> bool:
    """Say whether a document with this root element is a web page."""
    return root.lower() in _HTML_ROOTS


def refusal(text: str, root: str, content_type: str | None = None) -> str:
    """Say what a document without entries or feed elements is; `root` is its first element."""
    if not text.strip("\ufeff\x00 \t\r\n"):
        return "an empty answer instead of a feed"
    head = text[:_HEAD]
    if is_page(root) or re.match(r"\s*<!doctype html", head, re.IGNORECASE):
        return _page(head)
    if root:
        return _ELSEWHERE.get(root.lower(), f"XML, but no feed: its root is <{root[:40]}>")
    kind = (content_type or "").split(";")[0].strip()[:60]
    return "not XML, RSS, Atom or JSON Feed" + (f" (the answer is called {kind})" if kind else "")


def _page(head: str) -> str:
    if _CHECKS.search(head):
        return "an HTML page instead of a feed: it asks whether we are a robot"
    if _SIGN_IN.search(head):
        return "an HTML page instead of a feed: it asks to sign in"
    title = _TITLE.search(head)
    name = " ".join(title.group(1).split())[:80] if title else ""
    return "an HTML page instead of a feed" + (f": «{name}»" if name else "")
