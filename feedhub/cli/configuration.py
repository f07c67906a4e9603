"""`check`, `plan`, `apply`: what the configuration says, what it would change, and doing it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import asdict
from pathlib import Path

import click

from feedhub import clock, notifying
from feedhub.articles import read_folder
from feedhub.cli.flaws import flaw_of
from feedhub.cli.setting_up import json_option, live_settings, print_json, store_of
from feedhub.config import Difference, load, warnings
from feedhub.config.live import LiveSettings
from feedhub.editorial import checked
from feedhub.errors import ConfigError
from feedhub.model import Settings
from feedhub.scheduler import Poller
from feedhub.settle import plan as differences_of
from feedhub.store import Store


@click.command()
@json_option
@click.pass_obj
def check(config: Path, as_json: bool) -> int:
    """Validate the configuration and the articles; name each problem with file and line."""
    try:
        settings = load(config, os.environ, flaw_of=flaw_of, flaw_of_alert=notifying.flaw)
    except ConfigError as error:
        return _report([str(problem) for problem in error.problems], [], None, as_json)
    return _report(_article_problems(settings), list(warnings(settings)), settings, as_json)


def _article_problems(settings: Settings) -> list[str]:
    folder = Path(settings.articles)
    if not folder.is_dir():
        return []
    files = read_folder(folder, zone=settings.site.timezone)
    return [file.error for file in checked(files, settings) if file.error]


def _report(
    problems: list[str], doubts: list[str], settings: Settings | None, as_json: bool
) -> int:
    if as_json:
        print_json({"ok": not problems, "problems": problems, "warnings": doubts})
        return 2 if problems else 0
    for problem in problems:
        click.echo(problem, err=True)
    for doubt in doubts:
        click.echo(f"warning: {doubt}", err=True)
    if problems or settings is None:
        return 2
    click.echo(
        f"{settings.path}: all good: {len(settings.sources)} sources,"
        f" {len(settings.tags)} tags, {len(settings.sections)} sections"
    )
    return 0


@click.command()
@json_option
@click.pass_obj
def plan(config: Path, as_json: bool) -> int:
    """Show the difference between the configuration file and the running state."""
    settings = live_settings(config).current
    with store_of(settings) as store:
        _print(differences_of(store, settings), as_json, empty="nothing to change")
    return 0


@click.command()
@json_option
@click.pass_obj
def apply(config: Path, as_json: bool) -> int:
    """Make the running state what the configuration says, and wait for it."""
    live = live_settings(config)
    with store_of(live.current) as store:
        differences = asyncio.run(_settle(store, live))
    _print(differences, as_json, empty="nothing to change", end="applied")
    return 0


async def _settle(store: Store, live: LiveSettings) -> tuple[Difference, ...]:
    async with Poller(store, live, now=clock.now) as poller:
        settled = await poller.settle()
        await poller.bring_tags_up()
        await poller.read_articles()
    return settled.differences


def _print(
    differences: tuple[Difference, ...], as_json: bool, *, empty: str, end: str = ""
) -> None:
    if as_json:
        print_json({"differences": [asdict(difference) for difference in differences]})
        return
    for difference in differences:
        click.echo(str(difference))
    if not differences:
        click.echo(empty)
    elif end:
        click.echo(end)
