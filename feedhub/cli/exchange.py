"""`import`, `export`, `catalogue`: sources in from other programs, out to them, and ready to paste."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from feedhub import clock
from feedhub.catalogue import CatalogueItem, matching
from feedhub.cli.setting_up import json_option, print_json
from feedhub.config import load
from feedhub.config.adding import item_lines
from feedhub.core.text.near import near
from feedhub.errors import FeedHubError
from feedhub.exporting import Copied, Exported, export_config, export_opml, write_opml
from feedhub.importing import MOST_BYTES, ImportPlan, apply_import, plan_import, read_list

_INDENT = 2
"""Items are printed as they stand in the sample configuration."""

folder_argument = click.argument(
    "folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path)
)


# -- import --------------------------------------------------------------------------------------


@click.group("import")
def import_() -> None:
    """Take sources over from other programs."""


@import_.command("opml")
@click.argument("file", metavar="FILE", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Print the items; write nothing.")
@json_option
@click.pass_obj
def import_opml(config: Path, file: BinaryIO, dry_run: bool, as_json: bool) -> int:
    """Add the feeds of an OPML file to the configuration; - reads stdin."""
    settings = load(config, os.environ)
    body = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise FeedHubError(f"The list is larger than {MOST_BYTES // 2**20} MiB; split it.")
    plan = plan_import(read_list(body), settings)
    is_written = bool(plan.added) and not dry_run
    if is_written:
        apply_import(plan, config, os.environ)
    if as_json:
        print_json(_document(plan, config, is_written=is_written))
    else:
        _print(plan, config, is_dry=dry_run)
    return 0 if plan.added or plan.known else 1


def _document(plan: ImportPlan, config: Path, *, is_written: bool) -> dict[str, object]:
    return {
        "file": str(config),
        "written": is_written,
        "added": [new.item() for new in plan.added],
        "known": [asdict(it) for it in plan.known],
        "refused": [asdict(it) for it in plan.refused],
    }


def _print(plan: ImportPlan, config: Path, *, is_dry: bool) -> None:
    for left_out in sorted((*plan.known, *plan.refused), key=lambda it: it.line):
        click.echo(str(left_out), err=True)
    counts = f"{len(plan.known)} read already, {len(plan.refused)} refused"
    if is_dry:
        for new in plan.added:
            click.echo("\n".join(item_lines(new.item(), _INDENT)))
        click.echo(f"{len(plan.added)} sources would be added, {counts}", err=True)
        return
    click.echo(f"{config}: {len(plan.added)} sources added, {counts}")


# -- export --------------------------------------------------------------------------------------


@click.group()
def export() -> None:
    """Hand sources or the configuration out."""


@export.command("opml")
@click.argument(
    "folder",
    metavar="[DIR|-]",
    default="-",
    type=click.Path(file_okay=False, allow_dash=True, path_type=Path),
)
@json_option
@click.pass_obj
def opml(config: Path, folder: Path, as_json: bool) -> int:
    """Write the sources as OPML, to stdout or as sources.opml into a folder."""
    is_stdout = str(folder) == "-"
    if is_stdout and as_json:
        raise click.UsageError("--json tells which file was written; name a folder")
    exported = export_opml(load(config, os.environ), now=clock.now())
    if is_stdout:
        click.echo(exported.body)
        _warn(exported)
        return 0
    return _copied(write_opml(exported, folder), as_json)


@export.command("config")
@folder_argument
@json_option
@click.pass_obj
def export_the_config(config: Path, folder: Path, as_json: bool) -> int:
    """Copy the configuration and the files it names into a folder."""
    return _copied(export_config(load(config, os.environ), folder), as_json)


def _copied(copied: Copied, as_json: bool) -> int:
    if as_json:
        print_json(asdict(copied))
        return 0
    for path in copied.written:
        click.echo(path)
    _warn(copied)
    return 0


def _warn(done: Copied | Exported) -> None:
    for sentence in done.left_out:
        click.echo(f"warning: {sentence}", err=True)


# -- catalogue -----------------------------------------------------------------------------------


@click.command()
@click.argument("words", nargs=-1, metavar="[WORD]...")
@json_option
def catalogue(words: tuple[str, ...], as_json: bool) -> int:
    """Search the addresses that ship with the program; print items to paste below `sources:`."""
    found = matching(words)
    if as_json:
        print_json({"sources": [_row(item) for item in found]})
        return 0
    for item in found:
        click.echo("\n".join(_pasteable(item)))
    if not found:
        click.echo(f"nothing in the catalogue{_near(words)}", err=True)
    return 0


def _row(item: CatalogueItem) -> dict[str, object]:
    return {
        "item": item.item(),
        "ready": item.is_ready,
        "group": item.group,
        "checked": item.checked,
        "notes": list(item.notes),
    }


def _pasteable(item: CatalogueItem) -> list[str]:
    """Return an item with what is known of it as comments; one that is not ready is a comment too."""
    known = [f"{item.group}, {item.status}", *item.notes]
    lines = [f"{' ' * _INDENT}# {sentence}" for sentence in known]
    if item.is_ready:
        return [*lines, *item_lines(item.item(), _INDENT)]
    probe = f"feedhub probe '{item.url}'"
    return [*lines, *(f"{' ' * _INDENT}# {line}" for line in (item.title, f"подобрать: {probe}"))]


def _near(words: tuple[str, ...]) -> str:
    known = {part for item in matching(()) for part in item.title.split()}
    names = [name for word in words for name in near(word, known, 1)]
    return f"; did you mean {', '.join(names)}?" if names else ""
