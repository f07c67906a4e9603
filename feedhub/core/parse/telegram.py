"""A public Telegram channel, read from the page with which it previews itself.

Such pages (`https://t.me/s/<channel>`) hold the last twenty messages or so. What is said for
clients only (views, reactions, buttons, the message replied to) is passed over, and so are
service messages: «закрепил сообщение» is no news.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from lxml import etree  # type: ignore[import-untyped]

from feedhub.core.parse.hypertext import Element, background, inner_html, read_html, words
from feedhub.core.parse.links import web_link
from feedhub.core.text.sentences import sentences
from feedhub.errors import ParseError
from feedhub.model.entry import Category, Image
from feedhub.model.parsed import ParsedEntry, ParsedFeed

TITLE_CHARS = 160
_HOME = "https://t.me"
_HOSTS = frozenset({"t.me", "www.t.me", "telegram.me", "www.telegram.me", "telegram.dog"})
_CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_NOT_CHANNELS = frozenset(
    ["joinchat", "addstickers", "addemoji", "share", "proxy", "socks", "iv", "login", "setlanguage"]
)
_POST = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,63})/(\d{1,18})")
_STARTS = re.compile(r"^[^\w«\"'“„(\[№#@$€₽+-]+")
_SENTENCE_MIN = 20
_PIXELS = re.compile(r"(?:^|;)\s*width:\s*(\d{2,5})px")
_RATIO = re.compile(r"padding-top:\s*(\d{1,4}(?:\.\d{1,6})?)%")


def _classed(name: str) -> str:
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def _all(name: str, limit: int = 50) -> etree.XPath:
    """Find the elements of one class within another, but not in the message that is replied to."""
    quoted = f"ancestor::*[{_classed('tgme_widget_message_reply')}]"
    return etree.XPath(f"(.//*[{_classed(name)}][not({quoted})])[position() <= {limit}]")


_MESSAGES = etree.XPath(f"(//*[@data-post][{_classed('tgme_widget_message')}])[position() <= 1000]")
_HISTORY = etree.XPath(
    f"//*[{_classed('tgme_channel_history')} or {_classed('tgme_channel_info')}]"
)
_CHANNEL_TITLE = _all("tgme_channel_info_header_title", 1)
_TEXTS = etree.XPath(
    f".//*[{_classed('js-message_text')} or {_classed('tgme_widget_message_text')}]"
    f"[not({_classed('js-message_reply_text')})]"
    f"[not(ancestor::*[{_classed('tgme_widget_message_reply')}])]"
    f"[not(.//*[{_classed('tgme_widget_message_text')}])]"
)
_DATE = etree.XPath(f".//*[{_classed('tgme_widget_message_date')}]//time[@datetime]")
_ANY_DATE = etree.XPath("(.//time[@datetime])[last()]")
_PHOTOS = _all("tgme_widget_message_photo_wrap")
_VIDEOS = _all("tgme_widget_message_video_thumb")
_DOCUMENTS = _all("tgme_widget_message_document_wrap")
_DOCUMENT_NAME = _all("tgme_widget_message_document_title", 1)
_DOCUMENT_SIZE = _all("tgme_widget_message_document_extra", 1)
_PREVIEWS = _all("tgme_widget_message_link_preview", 5)
_PREVIEW_TITLE = _all("link_preview_title", 1)
_PREVIEW_TEXT = _all("link_preview_description", 1)
_PREVIEW_SITE = _all("link_preview_site_name", 1)
_PREVIEW_IMAGES = (_all("link_preview_image", 1), _all("link_preview_right_image", 1))
_QUESTION = _all("tgme_widget_message_poll_question", 1)
_ANSWERS = _all("tgme_widget_message_poll_option_text", 20)
_FORWARDED = _all("tgme_widget_message_forwarded_from_name", 1)
_SIGNED = _all("tgme_widget_message_from_author", 1)
_EMOJI = etree.XPath(f".//*[{_classed('emoji')} or self::tg-emoji]")


def channel_url(address: str) -> str:
    """Return the preview page of a channel named as `@name`, `t.me/name` or a link to a message.

    An address on another host is a mirror of such a page and stays as it is. Raises `ValueError`,
    a sentence for the admin, for invitations and private channels, which have no preview.
    """
    written = address.strip()
    shown = " ".join(address.split())[:120]
    if bare := re.fullmatch(r"@?([A-Za-z]\w{3,31})", written, re.ASCII):
        written = f"{_HOME}/{bare[1]}"
    try:
        parts = urlsplit(written if "://" in written else f"https://{written}")
        name = _channel_in(parts)
    except ValueError as error:
        raise ValueError(f'"{shown}" is no address: {error}') from error
    if name is None and "://" in written and parts.scheme in {"http", "https"} and parts.hostname:
        return written
    if name is None:
        raise ValueError(f'"{shown}" names no Telegram channel: write https://t.me/<channel>')
    if not _CHANNEL.fullmatch(name) or name.lower() in _NOT_CHANNELS:
        raise ValueError(f'"{shown}" is no public channel: only these have a page to read')
    asked = f"?{parts.query}" if parts.path.startswith("/s/") and parts.query else ""
    return f"{_HOME}/s/{name}{asked}"


def _channel_in(parts: SplitResult) -> str | None:
    """Return the name in an address of Telegram's; None in one of another host."""
    host = (parts.hostname or "").lower()
    if parts.scheme == "tg":
        return next(iter(parse_qs(parts.query).get("domain", ())), "")
    if host in _HOSTS:
        steps = [unquote(step) for step in parts.path.split("/") if step]
        return next((step for step in steps[:2] if step != "s"), "")
    return host.removesuffix(".t.me") if host.endswith(".t.me") else None


def read_channel(text: str, *, url: str) -> ParsedFeed:
    """Read a channel's preview page found at `url`, newest message first.

    The identity of a message is `channel/number`; an album has the number of its first picture.
    Telegram says that a message was edited, but not when, so that only its text can tell. Raises
    `ParseError` where the page holds no messages: a private channel, a person, or no preview.
    """
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise ParseError("an empty answer instead of a Telegram channel")
    root, warnings = read_html(text)
    messages = _MESSAGES(root)
    if not messages:
        raise ParseError(_without_messages(root))
    channel = _said(_CHANNEL_TITLE(root)) or _called(root)
    entries = [
        (int(post[2]), _entry(message, post, channel, url))
        for message in messages
        if (post := _POST.fullmatch(message.get("data-post").strip())) and not _is_service(message)
    ]
    entries.sort(key=lambda numbered: -numbered[0])
    said = tuple(entry for _, entry in entries if entry.content or entry.images)
    silent = len(entries) - len(said)
    were = "1 message was" if silent == 1 else f"{silent} messages were"
    told = (f"{were} left out, having neither text nor pictures",) if silent else ()
    return ParsedFeed(
        format="telegram",
        title=escape(channel, quote=False),
        home_url=web_link(url),
        entries=said,
        warnings=(*warnings, *told),
    )


def _without_messages(root: Element) -> str:
    name = _called(root)
    whose = f" of «{name[:80]}»" if name else ""
    if _HISTORY(root):
        return f"the Telegram channel{whose} shows no messages"
    return (
        f"the Telegram page{whose} holds no messages: a private channel, a group, a person, "
        "or a channel whose preview is turned off"
    )


def _called(root: Element) -> str:
    metas = (meta for meta in root.iter("meta") if meta.get("property") == "og:title")
    return next((" ".join((meta.get("content") or "").split())[:300] for meta in metas), "")


def _is_service(message: Element) -> bool:
    return "service_message" in (message.get("class") or "").split()


def _entry(message: Element, post: re.Match[str], channel: str, url: str) -> ParsedEntry:
    texts = _TEXTS(message)
    for element in texts:
        _plainer(element)
    body = "\n".join(f"<div>{html}</div>" for text in texts if (html := inner_html(text)))
    images = {image.url: image for image in _images(message, url)}
    dates = _DATE(message) or _ANY_DATE(message)
    sources = _FORWARDED(message) or _SIGNED(message)
    return ParsedEntry(
        guid=post[0],
        url=f"{_HOME}/{post[0]}",
        title=escape(_title(message, texts) or channel, quote=False),
        content="\n".join((body, *_besides(message, url))).strip(),
        published=dates[0].get("datetime").strip()[:100] if dates else None,
        authors=tuple(name for source in sources if (name := words(source, limit=200))),
        categories=tuple(Category(term=tag) for tag in dict.fromkeys(_hashtags(texts))),
        images=tuple(images.values()),
        base_url=url,
    )


def _plainer(text: Element) -> None:
    """Write emoji as the characters they are, and links as they were meant.

    Since 2024 the page writes `&` in the links of a message twice as a reference.
    """
    for emoji in _EMOJI(text):
        said = "".join(emoji.itertext())
        emoji[:] = []
        emoji.text = said
        emoji.attrib.clear()
        emoji.tag = "span"
    for link in text.iter("a"):
        if href := link.get("href"):
            link.set("href", href.replace("&amp;", "&"))


def _title(message: Element, texts: Iterable[Element]) -> str:
    """Return a headline: the first line that says something, or its first sentence, cut at a word.

    A message without text is called by its document, its question or what it links to; a picture
    without any word has the channel's name for a title.
    """
    for text in texts:
        for line in _lines(text):
            said = _STARTS.sub("", line).strip()
            if any(char.isalpha() for char in said):
                return _cut(said)
    named = (_DOCUMENT_NAME, _QUESTION, _PREVIEW_TITLE)
    return next((_cut(said) for find in named if (said := _said(find(message)))), "")


def _lines(text: Element) -> list[str]:
    pieces: list[str] = []
    for event, node in etree.iterwalk(text, events=("start", "end")):
        breaks = "\n" if node.tag in ("br", "p", "div", "blockquote", "pre") else ""
        held = node.text if event == "start" else (node.tail if node is not text else "")
        pieces.append(breaks + (held or ""))
        if len(pieces) > 2000:
            break
    lines = "".join(pieces)[:4000].split("\n")
    return [" ".join(line.split()) for line in lines if line.strip()]


def _cut(line: str) -> str:
    """Cut a line at its first sentence of some length, else at a word."""
    said = ""
    for sentence in sentences(line, limit=1000):
        said = f"{said} {sentence}".strip()
        if len(said) >= _SENTENCE_MIN:
            break
    if len(said) <= TITLE_CHARS:
        return said.removesuffix(".") if not said.endswith("..") else said
    start = said[:TITLE_CHARS]
    return (start.rpartition(" ")[0] or start).rstrip(" ,;:-–—") + "…"


def _hashtags(texts: Iterable[Element]) -> list[str]:
    links = [link for text in texts for link in text.iter("a")]
    tagged = (words(link, limit=200) for link in links if "q=%23" in (link.get("href") or ""))
    return [tag.removeprefix("#").replace("_", " ").strip() for tag in tagged if len(tag) > 1][:50]


def _images(message: Element, base: str) -> list[Image]:
    """Return photos, then stills of videos, then pictures of pages that are linked to."""
    found = [_photo(place, base) for place in _PHOTOS(message)]
    stills = list(_VIDEOS(message))
    for preview in _PREVIEWS(message):
        stills += [place for find in _PREVIEW_IMAGES for place in find(preview)]
    found += [Image(url=link) for place in stills if (link := background(place, base))]
    return [image for image in found if image is not None]


def _photo(place: Element, base: str) -> Image | None:
    """Return a photo; its size is known where it stands alone (an album says that of its tiles)."""
    link = background(place, base)
    if link is None:
        return None
    style = place.get("style") or ""
    width, ratio = _PIXELS.search(style[:1000]), None
    if "grouped_media_wrap" not in (place.get("class") or ""):
        ratio = next((held for one in place.iter() if (held := _RATIO.search(_style(one)))), None)
    if width is None or ratio is None:
        return Image(url=link)
    wide = int(width[1])
    return Image(url=link, width=wide, height=round(wide * float(ratio[1]) / 100))


def _style(element: Element) -> str:
    return str(element.get("style") or "")[:1000]


def _besides(message: Element, base: str) -> list[str]:
    """Write what a message holds beside its text: poll, documents, a linked page, its origin."""
    told = []
    if question := _said(_QUESTION(message)):
        answers = (words(answer, limit=300) for answer in _ANSWERS(message))
        told.append(f"<p>{escape(question)}</p>{_list(answers)}")
    for document in _DOCUMENTS(message):
        size = _said(_DOCUMENT_SIZE(document))
        name = _anchor(document, _said(_DOCUMENT_NAME(document)), base)
        told.append(f"<p>{name}{f' ({escape(size)})' if size else ''}</p>" if name else "")
    for preview in _PREVIEWS(message):
        title = _said(_PREVIEW_TITLE(preview)) or _said(_PREVIEW_SITE(preview))
        text = _said(_PREVIEW_TEXT(preview))
        name = _anchor(preview, title, base)
        told.append(f"<blockquote><p>{name}</p>{_paragraph(text)}</blockquote>" if name else "")
    for source in _FORWARDED(message):
        name = _anchor(source, words(source, limit=200), base)
        told.append(f"<p>↪ {name}</p>" if name else "")
    return [each for each in told if each]


def _anchor(element: Element, name: str, base: str) -> str:
    link = web_link((element.get("href") or "").replace("&amp;", "&"), base)
    return f'<a href="{escape(link)}">{escape(name)}</a>' if link and name else escape(name)


def _list(lines: Iterable[str]) -> str:
    rows = "".join(f"<li>{escape(line)}</li>" for line in lines if line)
    return f"<ul>{rows}</ul>" if rows else ""


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _said(found: Any) -> str:
    return next((said for element in found if (said := words(element, limit=1000))), "")
