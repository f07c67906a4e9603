"""Between rows and the nouns of `model`: times as whole seconds, small records as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import RowMapping

from feedhub.model import Category, Enclosure, Entry, Event, Image, SeeAlso, SourceState, Validators

CHUNK = 400
"""How many values one IN list takes; SQLite allows 32,766 in a statement, short ones plan best."""

LONGEST_KEY = 600
"""Characters of a text that is looked up: an index of PostgreSQL takes at most 2704 bytes."""


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a long list of values into pieces that fit into one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def short_key(text: str) -> str:
    """Return what stands in the store for a text that is looked up: itself, or a digest of it."""
    if len(text) <= LONGEST_KEY:
        return text
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{text[: LONGEST_KEY - 40]}…{digest}"


def to_seconds(instant: datetime) -> int:
    """Return an aware instant as whole seconds since 1970."""
    return int(instant.timestamp())


def maybe_seconds(instant: datetime | None) -> int | None:
    """Return seconds, or None for None."""
    return None if instant is None else to_seconds(instant)


def to_instant(seconds: int) -> datetime:
    """Return the aware UTC instant of whole seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def maybe_instant(seconds: int | None) -> datetime | None:
    """Return the instant, or None for None."""
    return None if seconds is None else to_instant(seconds)


def entry_columns(entry: Entry) -> dict[str, Any]:
    """Return the columns that an entry's own content fills; times and keys are the writer's."""
    return {
        "identity": short_key(entry.identity),
        "identity_why": entry.identity_why,
        "url": entry.url,
        "canonical_url": entry.canonical_url and short_key(entry.canonical_url),
        "title": entry.title,
        "summary": entry.summary,
        "lead": entry.lead,
        "teaser": entry.teaser,
        "authors": list(entry.authors),
        "published_raw": entry.published_raw,
        "published_why": entry.published_why,
        "date_only": entry.date_only,
        "language": entry.language,
        "section": entry.section,
        "categories": [_record(category) for category in entry.categories],
        "enclosures": [_record(enclosure) for enclosure in entry.enclosures],
        "image": _record(entry.image) if entry.image else None,
        "see_also": [_record(link) for link in entry.see_also],
        "event": _event_record(entry.event) if entry.event else None,
        "reading_minutes": entry.reading_minutes,
        "digest": entry.digest,
        "stamp": entry.stamp,
    }


def _record(noun: Category | Enclosure | Image | SeeAlso) -> dict[str, Any]:
    """Return a flat noun as a JSON record; `dataclasses.asdict` copies deeply, ten times slower."""
    return {name: getattr(noun, name) for name in noun.__slots__}


def entry_value(row: RowMapping) -> Entry:
    """Return the entry as the stages know it, from a row of `entry` joined with `body`."""
    return Entry(
        source=row["source"],
        identity=row["identity"],
        identity_why=row["identity_why"],
        uri=row["uri"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        summary=row["summary"],
        content=row["content"],
        text=row["text"],
        lead=row["lead"],
        teaser=row["teaser"],
        authors=tuple(row["authors"]),
        published=to_instant(row["published"]),
        published_raw=row["published_raw"],
        published_why=row["published_why"],
        date_only=row["date_only"],
        updated=to_instant(row["updated"]),
        language=row["language"],
        section=row["section"],
        categories=tuple(Category(**record) for record in row["categories"]),
        enclosures=tuple(Enclosure(**record) for record in row["enclosures"]),
        image=image_value(row["image"]),
        see_also=tuple(SeeAlso(**record) for record in row["see_also"]),
        reading_minutes=row["reading_minutes"],
        event=event_value(row["event"]),
        slug=row["slug"],
        digest=row["digest"],
        stamp=row["stamp"],
    )


def image_value(record: Mapping[str, Any] | None) -> Image | None:
    """Return the image of its JSON record, without the marks of our own that stand there too."""
    if not record:
        return None
    return Image(**{name: record[name] for name in Image.__slots__ if name in record})


def event_value(record: Mapping[str, Any] | None) -> Event | None:
    """Return the event of its JSON record."""
    if not record:
        return None
    return Event(
        start=to_instant(record["start"]),
        end=maybe_instant(record["end"]),
        place=record["place"],
        url=record["url"],
    )


def _event_record(event: Event) -> dict[str, Any]:
    return {
        "start": to_seconds(event.start),
        "end": maybe_seconds(event.end),
        "place": event.place,
        "url": event.url,
    }


def source_value(row: RowMapping) -> SourceState:
    """Return a source's memory from its row."""
    return SourceState(
        slug=row["slug"],
        title=row["title"],
        home_url=row["home_url"],
        feed_url=row["feed_url"],
        section=row["section"],
        body=row["body"],
        validators=Validators(etag=row["etag"], last_modified=row["last_modified"]),
        body_hash=row["body_hash"],
        next_poll_at=maybe_instant(row["next_poll_at"]),
        first_poll_at=maybe_instant(row["first_poll_at"]),
        last_poll_at=maybe_instant(row["last_poll_at"]),
        last_success_at=maybe_instant(row["last_success_at"]),
        last_new_at=maybe_instant(row["last_new_at"]),
        last_document_at=maybe_instant(row["last_document_at"]),
        failures=row["failures"],
        error=row["error"],
        notice=row["notice"],
        cadence=row["cadence"],
        ttl=row["ttl"],
        is_active=row["is_active"],
        memory=row["memory"],
    )
