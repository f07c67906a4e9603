"""Times and sizes as an admin writes them: `30s`, `5m`, `1h`, `7d`, `15MiB`."""

from __future__ import annotations

import re
from datetime import timedelta

_MILLISECONDS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([A-Za-z]{1,3})", re.A)


def duration(value: object) -> timedelta:
    """Return a time such as `30s` or `1.5h`; raises ValueError for anything else, also a bare number."""
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in _MILLISECONDS:
        raise ValueError("write a time with its unit: 30s, 5m, 1h or 7d")
    return timedelta(milliseconds=round(float(match[1]) * _MILLISECONDS[match[2]]))


def size(value: object) -> int:
    """Return a size such as `15MiB` in bytes; raises ValueError for anything else, also a bare number."""
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in _BYTES:
        raise ValueError("write a size with its unit: 500KB, 512KiB or 15MiB")
    return round(float(match[1]) * _BYTES[match[2]])


def spell(value: timedelta) -> str:
    """Return a time as it would be written, in the largest unit that leaves no rest."""
    rest = round(value / timedelta(milliseconds=1))
    unit = next(unit for unit in ("d", "h", "m", "s", "ms") if rest % _MILLISECONDS[unit] == 0)
    return f"{rest // _MILLISECONDS[unit]}{unit}"
