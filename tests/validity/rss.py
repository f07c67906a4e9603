"""RSS 2.0 as the RSS Board's profile wants it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.validity.shared import (
    LANGUAGE,
    MEDIA_TYPE,
    NS,
    A,
    address_faults,
    html_faults,
    is_web_address,
    link_faults,
    media_faults,
    order_faults,
    parsed,
    repeated,
    rfc822,
    rfc3339,
    self_faults,
    text_faults,
)


def problems_rss(body: bytes, *, self_url: str | None = None) -> list[str]:
    """Return what is wrong with an RSS 2.0 document."""
    root, faults = parsed(body, "rss")
    if root is None:
        return faults
    channels = root.findall("channel")
    if root.get("version") != "2.0" or len(channels) != 1:
        return [*faults, "rss is not version 2.0 with one channel"]
    channel, items = channels[0], channels[0].findall("item")
    faults += _channel_faults(channel, self_url)
    for number, item in enumerate(items, 1):
        faults += [f"item {number}: {fault}" for fault in _item_faults(item)]
    faults += [f"guid {guid} repeats" for guid in repeated(i.findtext("guid") for i in items)]
    faults += order_faults([rfc822(item.findtext("pubDate")) for item in items])
    return faults


def _channel_faults(channel: Element, self_url: str | None) -> Iterator[str]:
    names = [child.tag for child in channel]
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        if names.count(name) != 1:
            yield f"channel has {names.count(name)} {name}"
    yield from text_faults("channel title", channel.findtext("title"))
    yield from text_faults("channel description", channel.findtext("description"))
    yield from address_faults("channel link", channel.findtext("link"))
    yield from self_faults(
        channel.findall(f"{A}link"), self_url, channel.findtext("link"), "application/rss+xml"
    )
    if "item" in names and any(name != "item" for name in names[names.index("item") :]):
        yield "an item stands before other channel elements"
    if not LANGUAGE.fullmatch(channel.findtext("language") or ""):
        yield "channel language is no language tag"
    if "feedgen" in (channel.findtext("generator") or ""):
        yield "generator is the library, not the program"
    yield from _build_date_faults(channel)


def _build_date_faults(channel: Element) -> Iterator[str]:
    built = rfc822(channel.findtext("lastBuildDate"))
    changes = [rfc3339(item.findtext(f"{A}updated")) for item in channel.findall("item")]
    if built is None:
        yield f"lastBuildDate is no RFC 822 time: {channel.findtext('lastBuildDate')}"
    elif any(change > built for change in changes if change):
        yield "lastBuildDate is older than the newest change"


def _item_faults(item: Element) -> Iterator[str]:
    names = [child.tag for child in item]
    many = {"category", f"{A}link", f"{{{NS['dc']}}}creator", f"{{{NS['media']}}}content"}
    yield from (f"{name} repeats" for name in repeated(names) if name not in many)
    if not {"title", "description"} & set(names):
        yield "neither title nor description"
    for name in ("title", "category", f"{{{NS['dc']}}}creator"):
        for child in item.findall(name):
            yield from text_faults(name, child.text)
    yield from address_faults("link", item.findtext("link"))
    yield from _guid_faults(item.find("guid"))
    if rfc822(item.findtext("pubDate")) is None:
        yield f"pubDate is no RFC 822 time: {item.findtext('pubDate')}"
    yield from _item_text_faults(item, names)
    yield from _item_parts_faults(item)
    if item.find("author") is not None and item.find("dc:creator", NS) is not None:
        yield "both author and dc:creator"
    if "@" not in (item.findtext("author") or "@"):
        yield "author is no e-mail address"


def _guid_faults(guid: Element | None) -> Iterator[str]:
    if guid is None or not (guid.text or "").strip():
        yield "no guid"
    elif guid.get("isPermaLink", "true") != "false" and not is_web_address(guid.text):
        yield f"guid {guid.text} is no permalink"


def _item_text_faults(item: Element, names: list[str]) -> Iterator[str]:
    full = f"{{{NS['content']}}}encoded"
    if full in names and (
        "description" not in names or names.index(full) < names.index("description")
    ):
        yield "content:encoded without a description before it"
    for name in ("description", full):
        child = item.find(name)
        if child is not None:
            yield from html_faults(child.text or "")
            if not (child.text or "").strip():
                yield f"{name} is blank"


def _item_parts_faults(item: Element) -> Iterator[str]:
    for enclosure in item.findall("enclosure"):
        yield from address_faults("enclosure", enclosure.get("url"))
        if not MEDIA_TYPE.fullmatch(enclosure.get("type") or ""):
            yield f"enclosure type: {enclosure.get('type')}"
        if not (enclosure.get("length") or "").isdigit():
            yield f"enclosure length: {enclosure.get('length')}"
    source = item.find("source")
    if source is None or not (source.text or "").strip():
        yield "no source with a title"
    else:
        yield from address_faults("source", source.get("url"))
    yield from media_faults(item)
    yield from link_faults(item.findall(f"{A}link"))
