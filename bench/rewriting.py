"""Make many distinct feeds of one document by rewriting its text: every quirk of it stays.

Works on bytes, since all these encodings hold ASCII as it is; nothing is parsed, so that what is
broken stays broken in the same way.
"""

from __future__ import annotations

import json
import re

_KEPT_HOST = rb"(?:www\.)?w3\.org|purl\.org|jsonfeed\.org|schemas\."
# Names of namespaces and versions look like addresses, but a feed with others is no feed.
_ADDRESS = re.compile(
    rb"(?P<kept>xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')|<!DOCTYPE[^>]*>)"
    rb"|(?P<scheme>\bhttps?:\\?/\\?/)(?!" + _KEPT_HOST + rb")"
    rb"(?=[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z])"
)
_ID = re.compile(rb"(<(?:guid|id)\b[^>/]*>\s*(?:<!\[CDATA\[)?\s*)([^<>\]\s][^<>\]]*)")
_TITLE = re.compile(rb"(<title\b[^>/]*>\s*(?:<!\[CDATA\[)?)(?=[^<\s])")
_JSON_ID = re.compile(rb'("id"\s*:\s*")([^"]+)')
_JSON_TITLE = re.compile(rb'("title"\s*:\s*")')
_BLOCK = re.compile(rb"<(?P<name>(?:\w+:)?(?:item|entry))\b[^>]*>.*?</(?P=name)\s*>", re.DOTALL)
_JSON_ITEMS = re.compile(r'"items"\s*:\s*\[\s*')
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>\s*")


def is_json(body: bytes) -> bool:
    """Tell a JSON Feed from XML."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def marked(body: bytes, mark: str) -> bytes:
    """Put a mark (ASCII letters and digits) into every host, id and title of a document."""
    name = mark.encode("ascii")
    body = _ADDRESS.sub(
        lambda m: m["kept"] or m["scheme"] + name + b".",
        body,
    )
    if is_json(body):
        body = _JSON_ID.sub(lambda m: m[0] if b"//" in m[2] else m[1] + name + b"-" + m[2], body)
        return _JSON_TITLE.sub(lambda m: m[1] + name + b" ", body)
    body = _ID.sub(lambda m: m[0] if b"//" in m[2] else m[1] + name + b"-" + m[2], body)
    return _TITLE.sub(lambda m: m[1] + name + b" ", body)


def with_new_entry(body: bytes, mark: str) -> bytes:
    """Return the document with one entry more on top: its first again, under another identity.

    Raises ValueError when no entry can be told in its text.
    """
    if is_json(body):
        return _with_new_item(body, mark)
    first = _BLOCK.search(body)
    if first is None:
        raise ValueError("no <item> or <entry> in the document")
    return body[: first.start()] + marked(first[0], mark) + b"\n" + body[first.start() :]


def _with_new_item(body: bytes, mark: str) -> bytes:
    text = body.decode("utf-8")
    start = _JSON_ITEMS.search(text)
    if start is None:
        raise ValueError("no items in the document")
    _, end = json.JSONDecoder().raw_decode(text, start.end())
    item = marked(text[start.end() : end].encode(), mark)
    return text[: start.end()].encode() + item + b",\n" + text[start.end() :].encode()


def in_encoding(body: bytes, old: str, new: str) -> bytes:
    """Return an XML document in another encoding, declared; what it lacks becomes references."""
    text = _DECLARATION.sub("", body.decode(old, "replace").lstrip("\ufeff"), count=1)
    declaration = f'<?xml version="1.0" encoding="{new}"?>\n'
    return (declaration + text).encode(new, "xmlcharrefreplace")


def declared_encoding(body: bytes) -> str:
    """Return the encoding that an XML document declares, UTF-8 if none."""
    found = re.search(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)["']""", body[:200])
    return found[1].decode("ascii").lower() if found else "utf-8"


def is_cyrillic(body: bytes) -> bool:
    """Tell whether a good part of the letters of a document is Cyrillic."""
    text = body.decode(declared_encoding(body), "replace")
    cyrillic = len(re.findall("[а-яё]", text.lower()))
    return cyrillic > 0.05 * len(text)
