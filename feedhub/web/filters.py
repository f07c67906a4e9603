"""What templates may call: links, times, counts and typography, in the request's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from babel.numbers import format_decimal
from flask import Flask
from markupsafe import Markup

from feedhub import __version__
from feedhub.model import OutEntry, TagKind
from feedhub.web import times, wording
from feedhub.web.addresses import PATH_SAFE
from feedhub.web.desk import absolute, at, desk, local, now, settings, zone
from feedhub.web.language import gettext as _
from feedhub.web.language import locale_name, ngettext
from feedhub.web.typography import NBSP, typography, typography_html

FORMATS = (
    ("rss", "RSS", "application/rss+xml"),
    ("atom", "Atom", "application/atom+xml"),
    ("json", "JSON", "application/feed+json"),
)


def install(app: Flask) -> None:
    """Bind filters and names to the application's templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        typo=typography,
        typo_html=lambda markup: Markup(typography_html(markup)),  # noqa: S704  (cleaned when stored)
        teaser=wording.teaser,
        local=local,
        host=host,
        number=number,
        size=file_size,
    )
    app.jinja_env.tests.update(
        edited=times.is_edited,
        own_lead=wording.has_own_lead,
        credit_untold=wording.is_credit_untold,
    )
    app.context_processor(words)


def words() -> dict[str, Any]:
    """Return the names that every template knows."""
    return {
        "site": settings().site,
        "sections": settings().sections,
        "version": __version__,
        "formats": FORMATS,
        "at": at,
        "absolute": absolute,
        "asset": asset_link,
        "logo": logo_link(),
        "moment": moment,
        "machine": lambda when, date_only=False: times.machine(when, zone(), date_only),
        "clock_time": lambda when: times.clock_time(when, zone()),
        "day_heading": day_heading,
        "short_day": lambda when: times.short_day(when.astimezone(zone()).date(), locale_name()),
        "full_day": lambda when: times.day_name(when.astimezone(zone()).date(), locale_name()),
        "reading_time": reading_time,
        "entry_count": entry_count,
        "lead_image": wording.lead_image,
        "wide_image": wording.wide_image,
        "kind_name": kind_name,
        "bars": bars,
        "quoted": lambda text: quote(text, safe=PATH_SAFE),
    }


def asset_link(name: str) -> str:
    """Return the link to a file of ours, with the hash of its bytes."""
    found = desk().assets.get(name, settings().site.accent)
    return at(f"/static/{name}") + (f"?v={found.version}" if found else "")


def logo_link() -> str:
    """Return the address of the portal's logo, nothing where there is none to show."""
    logo = settings().site.logo
    if not logo or "://" in logo:
        return logo or ""
    found = desk().assets.logo(logo)
    return f"{at('/static/logo')}?v={found.version}" if found else ""


def moment(when: datetime, date_only: bool = False) -> str:
    """Write a time as the reader wants it: today's by the clock, a bare day as a day."""
    if date_only:
        return times.day_name(when.astimezone(zone()).date(), locale_name())
    return times.moment(when, now(), zone(), locale_name())


def day_heading(day: date, age: int) -> str:
    """Write «Сегодня, 22 ноября», «Вчера, 21 ноября», else «20 ноября 2026, пятница»."""
    if age in (0, 1):
        name = _("Today") if age == 0 else _("Yesterday")
        return f"{name}, {times.short_day(day, locale_name())}"
    return f"{times.day_name(day, locale_name())}, {times.weekday(day, locale_name())}"


def reading_time(entry: OutEntry) -> str:
    """Write «1 минута», «2 минуты», «5 минут»."""
    text = ngettext("%(num)s minute", "%(num)s minutes", entry.reading_minutes)
    return text.replace(" ", NBSP)


def entry_count(count: int) -> str:
    """Write «1 запись», «2 записи», «1 234 записи»."""
    text = ngettext("%(num)s entry", "%(num)s entries", count)
    return text.replace(str(count), number(count)).replace(" ", NBSP)


def number(value: float) -> str:
    """Write a number with the language's own separators."""
    return str(format_decimal(value, locale=locale_name()))


def file_size(length: int) -> str:
    """Write a size in kilobytes or megabytes."""
    if length >= 1_000_000:
        value, unit = round(length / 1_000_000, 1), _("MB")
    else:
        value, unit = max(1, round(length / 1000)), _("KB")
    return f"{number(value)}{NBSP}{unit}"


def host(url: str) -> str:
    """Return the host of an address, as a person would say it."""
    return url.partition("://")[2].partition("/")[0].removeprefix("www.") or url


def kind_name(kind: str) -> str:
    """Return the heading of a kind of tags."""
    names: dict[TagKind, str] = {
        "place": _("Places"),
        "organisation": _("Organisations"),
        "person": _("People"),
        "topic": _("Topics"),
        "event": _("Events"),
        "document": _("Documents"),
        "company": _("Companies"),
    }
    return {str(known): name for known, name in names.items()}.get(kind, kind)


def bars(weeks: tuple[int, ...], height: int = 48, width: int = 10) -> list[dict[str, int]]:
    """Return the bars of a chart of entries a week; a week with an entry is never invisible."""
    top = max(weeks, default=0) or 1
    heights = [max(round(count / top * height), 2 if count else 1) for count in weeks]
    return [
        {"x": place * width, "y": height - tall, "height": tall, "count": count}
        for place, (tall, count) in enumerate(zip(heights, weeks, strict=True))
    ]
