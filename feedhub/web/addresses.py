"""Addresses in and out: the query's fields, the one spelling of a path, the 301 to it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.datastructures import MultiDict

from feedhub.model import FeedOptions, ListRef, Search
from feedhub.web.answer import Answer
from feedhub.web.desk import at
from feedhub.web.errors import WrongValue, cursor_sentence
from feedhub.web.language import gettext as _

MAX_WORDS = 200
"""Characters of a search query; more is a mistake or an attack."""
MAX_CURSOR = 200
PATH_SAFE = "/+,!~-._$&'()*;=:@"
LINK_SAFE = PATH_SAFE + "%?#[]"
PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
BODIES = ("full", "summary", "none")
SEARCH_FIELDS = ("q", "section", "source", "tag", "since", "until")
SEARCHED = (("q", "query"), *((name, name) for name in SEARCH_FIELDS[1:]))
FEED_FIELDS = ("limit", "body", "images", "before")


def requested_path() -> str:
    """Return the decoded path as it was sent, doubled slashes and all."""
    raw: str = request.environ.get("PATH_INFO", "")
    return raw.encode("latin-1").decode("utf-8", "replace") or "/"


def settle(path: str) -> Answer | None:
    """Return a 301 to `path`, keeping the query, unless the request stands there already.

    The Location is relative, and built from our own spelling of the path, never from the
    request's: it cannot lead off this host.
    """
    if requested_path() == path:
        return None
    query = quote(request.query_string, safe=PRINTABLE)
    location = at(quote(path, safe=PATH_SAFE)) + (f"?{query}" if query else "")
    return Answer(
        status=301, headers={"Location": location, "Cache-Control": "public, max-age=3600"}
    )


def feed_options(fields: MultiDict[str, str], max_items: int) -> FeedOptions:
    """Read what a reader asks of a feed; unknown fields are ignored, wrong values are told."""
    return FeedOptions(
        limit=_limit(fields.get("limit"), max_items),
        body=_one_of("body", fields.get("body"), BODIES),
        images=_one_of("images", fields.get("images"), ("0", "1")) != "0",
        before=cursor(fields),
    )


def cursor(fields: MultiDict[str, str]) -> str | None:
    """Read the cursor of an older page."""
    text = fields.get("before")
    if text is not None and not re.fullmatch(rf"[!-~]{{1,{MAX_CURSOR}}}", text):
        raise WrongValue(cursor_sentence())
    return text


def search(fields: MultiDict[str, str], zone: ZoneInfo) -> Search | None:
    """Read a search, None where no words were given; the tag is left as it was typed."""
    words = " ".join(fields.get("q", "").split())
    if not words:
        return None
    if len(words) > MAX_WORDS:
        raise WrongValue(_("Please search for at most %(num)s characters.", num=MAX_WORDS))
    return Search(
        query=words,
        section=fields.get("section") or None,
        source=fields.get("source") or None,
        tag=fields.get("tag", "").strip() or None,
        since=_bound("since", fields.get("since", "").strip(), zone, timedelta(0)),
        until=_bound("until", fields.get("until", "").strip(), zone, timedelta(days=1)),
    )


def kept_query(names: tuple[str, ...], fields: MultiDict[str, str]) -> str:
    """Return the query with only the known fields that were filled in, always in one order."""
    return urlencode([(name, fields[name]) for name in names if fields.get(name)], quote_via=quote)


def self_query(ref: ListRef, options: FeedOptions) -> str:
    """Return the query that a feed names itself by: what was understood, in one order."""
    fields: dict[str, object] = {}
    if isinstance(ref, Search):
        fields = {name: getattr(ref, field) for name, field in SEARCHED}
    fields |= {"limit": options.limit, "body": options.body, "before": options.before}
    fields["images"] = None if options.images else "0"
    order = (*SEARCH_FIELDS, *FEED_FIELDS)
    given = [(name, fields[name]) for name in order if fields.get(name) is not None]
    return urlencode([(name, _spelt(value)) for name, value in given], quote_via=quote)


def _spelt(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _limit(text: str | None, highest: int) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= highest:
        raise WrongValue(_("“limit” must be a whole number from 1 to %(num)s.", num=highest))
    return int(text)


def _one_of(name: str, text: str | None, allowed: tuple[str, ...]) -> str | None:
    if text is not None and text not in allowed:
        raise WrongValue(
            _("“%(name)s” must be one of: %(values)s.", name=name, values=", ".join(allowed))
        )
    return text


def _bound(name: str, text: str, zone: ZoneInfo, whole_day: timedelta) -> datetime | None:
    """Read a day or a time; a bare day as an upper bound still includes that day."""
    if not text:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            day = datetime.combine(date.fromisoformat(text) + whole_day, time(), zone)
            return day.astimezone(UTC)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise WrongValue(_("“%(name)s” must be a date like 2026-11-22.", name=name)) from fault
