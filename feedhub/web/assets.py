"""The stylesheet and the icon: read from disk, coloured by settings, named by content hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from feedhub.web.colours import accent_rules

TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}


@dataclass(frozen=True, kw_only=True)
class Asset:
    """A file to serve, with the hash that stands in its address."""

    body: bytes
    media_type: str
    version: str


class Assets:
    """The files of one folder; read again only when a file's time or the accent changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, str, int], Asset] = {}

    def get(self, name: str, accent: str) -> Asset | None:
        """Return the file of this plain name, None where there is no such file to serve."""
        path = self._folder / name
        if path.suffix not in TYPES or path.parent != self._folder or not path.is_file():
            return None
        return self._kept(path, TYPES[path.suffix], accent)

    def logo(self, file: str) -> Asset | None:
        """Return the portal's logo, None where the file is away or is no picture."""
        path = Path(file)
        if path.suffix.lower() not in PICTURES or not path.is_file():
            return None
        return self._kept(path, PICTURES[path.suffix.lower()], "")

    def _kept(self, path: Path, media_type: str, accent: str) -> Asset:
        key = (str(path), accent, path.stat().st_mtime_ns)
        if key not in self._known:
            self._known = {k: v for k, v in self._known.items() if k[0] != str(path)}
            self._known[key] = _read(path, media_type, accent)
        return self._known[key]


def _read(path: Path, media_type: str, accent: str) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".css":
        body += accent_rules(accent).encode()
    version = hashlib.sha256(body).hexdigest()[:12]
    return Asset(body=body, media_type=media_type, version=version)
