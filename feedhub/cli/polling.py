"""`poll`: one round now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click

from feedhub import clock
from feedhub.cli.setting_up import json_option, live_settings, print_json, store_of
from feedhub.core.text.near import near
from feedhub.model import PollReport, Settings
from feedhub.scheduler import Round, one_round


@click.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option("--all", "is_all", is_flag=True, help="Poll every source, due or not.")
@json_option
@click.pass_obj
def poll(config: Path, slugs: tuple[str, ...], is_all: bool, as_json: bool) -> int:
    """Poll once: the sources that are due, the named ones, or all."""
    live = live_settings(config)
    wanted = _wanted(live.current, slugs, is_all)
    with store_of(live.current) as store:
        found = asyncio.run(one_round(store, live, wanted, now=clock.now))
    if as_json:
        print_json(_document(found))
    else:
        _print(found)
    is_failed = bool(found.polls) and all(one.outcome == "failed" for one in found.polls)
    return 1 if is_failed else 0


def _wanted(settings: Settings, slugs: Sequence[str], is_all: bool) -> list[str] | None:
    known = [source.slug for source in settings.sources]
    for slug in slugs:
        if slug not in known:
            hint = ", ".join(near(slug, known))
            raise click.UsageError(
                f"there is no source «{slug}»" + (f"; did you mean {hint}?" if hint else "")
            )
    if is_all:
        return [source.slug for source in settings.sources if not source.paused]
    return list(slugs) or None


_COUNTS = ("new", "updated", "skipped", "withdrawn")


def _document(found: Round) -> dict[str, Any]:
    totals: dict[str, int] = {name: sum(getattr(p, name) for p in found.polls) for name in _COUNTS}
    totals |= {
        "sources": len(found.polls),
        "failed": sum(one.outcome == "failed" for one in found.polls),
    }
    return {
        "round": totals,
        "articles": asdict(found.articles),
        "sources": [_row(one) for one in found.polls],
    }


_FIELDS = tuple(field.name for field in fields(PollReport))


def _row(report: PollReport) -> dict[str, Any]:
    """Return a report as JSON has it; `asdict` copies each value, which shows in a thousand."""
    row = {name: getattr(report, name) for name in _FIELDS}
    return row | {"error": report.error or None}


def _print(found: Round) -> None:
    for problem in found.articles.problems:
        click.echo(f"article: {problem}", err=True)
    for report in found.polls:
        click.echo(_line(report))
    if not found.polls:
        click.echo("no source is due; poll all with: feedhub poll --all")
        return
    new = sum(report.new for report in found.polls)
    failed = sum(report.outcome == "failed" for report in found.polls)
    click.echo(f"{len(found.polls)} sources, {new} new entries, {failed} failed")


def _line(report: PollReport) -> str:
    if report.error:
        return f"{report.source}: failed: {report.error}"
    counts = ", ".join(f"{getattr(report, name)} {name}" for name in _COUNTS)
    notice = f" ({report.notice})" if report.notice else ""
    return f"{report.source}: {report.outcome.replace('_', ' ')}: {counts}{notice}"
