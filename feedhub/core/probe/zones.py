"""The time zone of times that name none: by the host, by the server's clock, or by neither.

A zone-less time of a Moscow source read as UTC is three hours wrong, and silently so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_BY_TLD = {
    "by": "Europe/Minsk",
    "kz": "Asia/Almaty",
    "kg": "Asia/Bishkek",
    "uz": "Asia/Tashkent",
    "tj": "Asia/Dushanbe",
    "tm": "Asia/Ashgabat",
    "am": "Asia/Yerevan",
    "az": "Asia/Baku",
    "ge": "Asia/Tbilisi",
    "md": "Europe/Chisinau",
    "ua": "Europe/Kyiv",
    "ee": "Europe/Tallinn",
    "lv": "Europe/Riga",
    "lt": "Europe/Vilnius",
    "fi": "Europe/Helsinki",
    "pl": "Europe/Warsaw",
    "de": "Europe/Berlin",
    "fr": "Europe/Paris",
    "it": "Europe/Rome",
    "es": "Europe/Madrid",
    "uk": "Europe/London",
    "rs": "Europe/Belgrade",
    "tr": "Europe/Istanbul",
    "cn": "Asia/Shanghai",
    "jp": "Asia/Tokyo",
    "in": "Asia/Kolkata",
    "mn": "Asia/Ulaanbaatar",
}
_RUSSIAN = frozenset({"ru", "su", "рф", "xn--p1ai", "moscow", "москва"})
_MOSCOW = "Europe/Moscow"
_REGIONS = {
    "Europe/Kaliningrad": "gov39 kaliningrad klgd",
    "Europe/Samara": "samara udmurt izhevsk",
    "Europe/Saratov": "saratov",
    "Europe/Astrakhan": "astrakhan astrobl",
    "Asia/Yekaterinburg": "midural sverdlovsk ekaterinburg ekburg perm permkrai bashkortostan ufa "
    "chelyabinsk gubernator74 pravmin74 kurganobl tyumen admtyumen admhmao ugra yanao orenburg",
    "Asia/Omsk": "omsk omskportal",
    "Asia/Novosibirsk": "nso novosibirsk",
    "Asia/Tomsk": "tomsk",
    "Asia/Barnaul": "altairegion22 altai barnaul",
    "Asia/Krasnoyarsk": "krskstate krasnoyarsk krasgov khakassia tuva rtyva",
    "Asia/Novokuznetsk": "ako kemerovo kuzbass",
    "Asia/Irkutsk": "irkobl irkutsk buryatia egov-buryatia",
    "Asia/Yakutsk": "yakutia sakha sakhagov amurobl zabaykalsky chita 75",
    "Asia/Vladivostok": "primorsky vladivostok vlc khabkrai khabarovsk eao",
    "Asia/Sakhalin": "sakhalin sakhminfin",
    "Asia/Magadan": "magadan 49gov",
    "Asia/Kamchatka": "kamgov kamchatka chukotka",
}
_BY_REGION = {name: zone for zone, names in _REGIONS.items() for name in names.split()}
_BY_OFFSET = {
    2: "Europe/Kaliningrad",
    3: _MOSCOW,
    4: "Europe/Samara",
    5: "Asia/Yekaterinburg",
    6: "Asia/Omsk",
    7: "Asia/Krasnoyarsk",
    8: "Asia/Irkutsk",
    9: "Asia/Yakutsk",
    10: "Asia/Vladivostok",
    11: "Asia/Magadan",
    12: "Asia/Kamchatka",
}
_HOUR = timedelta(hours=1)
_SOON = timedelta(minutes=10)
_GENERATED = timedelta(minutes=30)
"""A Last-Modified nearer to the server's Date than this is when the answer was made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """What the zone is guessed from: the newest time without a zone, as it stands there (taken for
    UTC), and two of the server's headers, as aware instants. `site_zone` is used unless they say
    otherwise.
    """

    host: str
    site_zone: str
    newest: datetime | None = None
    date: datetime | None = None
    last_modified: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneGuess:
    """A zone's name and why it is that."""

    zone: str
    why: str


def guess_zone(clues: Clues) -> ZoneGuess:
    """Return the zone of a source's zone-less times; the host's own, unless clocks speak against it."""
    named = zone_of_host(clues.host) or clues.site_zone
    by_host = ZoneGuess(zone=named, why=_why_host(clues, named))
    if clues.newest is None:
        return by_host
    hours = _measured(clues)
    if hours is not None and hours != _hours(named, clues.newest):
        zone = _zone_at(hours, clues, named)
        if zone:
            why = f"the newest time is {hours:+} h from when the server says it changed"
            return ZoneGuess(zone=zone, why=why)
    least = _least(clues)
    if least is not None and least > _hours(named, clues.newest):
        zone = _zone_at(least, clues, named)
        if zone:
            why = f"the newest time is ahead of {named} by the server's clock"
            return ZoneGuess(zone=zone, why=why)
    return by_host


def zone_of_host(host: str) -> str | None:
    """Return the zone of a host by the region or country in its name, None where it names none."""
    labels = host.lower().rstrip(".").split(".")
    parts = [part for label in labels[:-1] for part in (label, *re.split(r"[-_]", label))]
    if labels[-1] in _RUSSIAN:
        return next((_BY_REGION[part] for part in parts if part in _BY_REGION), _MOSCOW)
    return _BY_TLD.get(labels[-1])


def _why_host(clues: Clues, zone: str) -> str:
    if zone_of_host(clues.host):
        return f"the host {clues.host[:100]}"
    return "the zone of the site: neither host nor clock says another"


def _measured(clues: Clues) -> int | None:
    """Return whole hours by which the newest time is ahead of Last-Modified, where they fit.

    A document changes when its newest entry comes; one that is made anew for each answer says
    nothing.
    """
    newest, changed = clues.newest, clues.last_modified
    if newest is None or changed is None:
        return None
    if clues.date is not None and abs(clues.date - changed) < _GENERATED:
        return None
    hours = round((newest - changed) / _HOUR)
    lag = changed - (newest - hours * _HOUR)
    return hours if -timedelta(minutes=2) <= lag <= _SOON and -12 <= hours <= 14 else None


def _least(clues: Clues) -> int | None:
    """Return the least offset at which the newest time is not ahead of the server's clock."""
    if clues.newest is None or clues.date is None:
        return None
    ahead = clues.newest - clues.date - _SOON
    hours = -(-ahead // _HOUR)
    return hours if ahead > timedelta(0) and hours <= 12 else None


def _zone_at(hours: int, clues: Clues, named: str) -> str | None:
    """Return a zone with this offset: the site's, a Russian one for Russian hosts."""
    if clues.newest is not None and _hours(clues.site_zone, clues.newest) == hours:
        return clues.site_zone
    is_russian = clues.host.lower().rpartition(".")[2] in _RUSSIAN or named == _MOSCOW
    return _BY_OFFSET.get(hours) if is_russian else ("Etc/UTC" if hours == 0 else None)


def _hours(zone: str, at: datetime) -> int:
    offset = at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    return round(offset / _HOUR)
