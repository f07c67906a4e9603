"""The flow out of the configuration: its sources as a list for other programs, and the file itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copystat

from feedhub.config import rules
from feedhub.core.render import Outline, opml
from feedhub.errors import FeedHubError
from feedhub.model import Settings, Source

OPML_NAME = "sources.opml"
CONFIG_NAME = "config.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A list of feeds for other programs; `left_out` are sentences about what it cannot carry."""

    body: bytes
    sources: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """Files written, as paths; `left_out` are sentences about what has to be carried by hand."""

    written: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def export_opml(settings: Settings, *, now: datetime) -> Exported:
    """Return the configured feeds as OPML: a folder for each section, tags as `category`.

    Read back by `plan_import` it gives the same titles, addresses, sections and tags. Sources that
    are no feeds cannot stand in it: to another program a page or a channel means nothing.
    """
    feeds = [source for source in settings.sources if source.kind == "feed"]
    folders = _folders(settings)
    outlines = tuple(
        Outline(
            title=source.title,
            xml_url=source.url,
            folder=folders.get(source.section),
            categories=source.tags,
        )
        for source in feeds
    )
    body = opml(settings.site.title, outlines, updated=now)
    return Exported(body=body, sources=len(feeds), left_out=tuple(_lost(settings.sources)))


def _folders(settings: Settings) -> dict[str, str]:
    """Return the folder of each section: its title, or where two have the same one, its slug."""
    counts = Counter(rules.fold(section.title) for section in settings.sections)
    return {
        it.slug: it.title if counts[rules.fold(it.title)] == 1 else it.slug
        for it in settings.sections
    }


def _lost(sources: tuple[Source, ...]) -> Iterator[str]:
    for source in sources:
        if source.kind != "feed":
            yield f"source {source.slug} is left out: a list of feeds cannot name a {source.kind}"
            continue
        for tag in source.tags:
            if "," in tag:
                yield f"source {source.slug}: its tag «{tag}» is left out, for its comma"


def write_opml(exported: Exported, folder: Path) -> Copied:
    """Write the list into a folder, made where it is missing; raises FeedHubError."""
    place = folder / OPML_NAME
    _write(place, exported.body)
    return Copied(written=(str(place),), left_out=exported.left_out)


def export_config(settings: Settings, folder: Path) -> Copied:
    """Copy the configuration, byte for byte, and the files beside it that it names, into a folder.

    Certificates and a logo keep their places relative to the file; what lies outside its folder
    is named and not copied. Modes stay: headers may hold secrets. Raises FeedHubError.
    """
    origin = Path(settings.path).resolve()
    home = origin.parent
    if (folder / CONFIG_NAME).resolve() == origin:
        raise FeedHubError(f"{folder} is where the configuration itself lies; name another folder")
    copies, outside = {origin: folder / CONFIG_NAME}, []
    for name in sorted(_named(settings)):
        path = Path(name).resolve()
        if path.is_relative_to(home):
            copies[path] = folder / path.relative_to(home)
        else:
            outside.append(f"{name} lies outside the folder of the configuration; copy it yourself")
    for path, copy in copies.items():
        _copy(path, copy)
    return Copied(written=tuple(map(str, copies.values())), left_out=tuple(outside))


def _named(settings: Settings) -> set[str]:
    """Return the paths of files that the configuration names."""
    logo = settings.site.logo or ""
    bundles = [settings.fetch.ca_bundle, *(source.ca_bundle for source in settings.sources)]
    local = [logo] if not logo.startswith(("http://", "https://")) else []
    return {path for path in (*local, *bundles) if path}


def _copy(path: Path, copy: Path) -> None:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise FeedHubError(f"{path} cannot be read: {error.strerror}") from error
    _write(copy, body, like=path)


def _write(place: Path, body: bytes, *, like: Path | None = None) -> None:
    """Write a file whole or not at all, with the mode of another one from its first byte on."""
    beside = place.with_name(f".{place.name}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600 if like else 0o666)
        beside.write_bytes(body)
        if like:
            copystat(like, beside)
        beside.replace(place)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise FeedHubError(f"{place} cannot be written: {error.strerror}") from error
