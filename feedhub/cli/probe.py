"""`probe`: from the address of a site to a ready source."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from feedhub import __version__, clock
from feedhub.cli.setting_up import json_option, print_json
from feedhub.config import LOOPBACK, load
from feedhub.config.adding import item_lines
from feedhub.core.tagging import compile_vocabulary, rules_to_json
from feedhub.model import FetchSettings, Section, Settings, Site
from feedhub.probing import flow
from feedhub.probing.values import Alternative, Document, Probe, Sample, Step
from feedhub.tools import Tools

_INDENT = 2
"""Items are printed as they stand in the sample configuration."""

_LEAD = 200


@click.command()
@click.argument("url", metavar="URL")
@json_option
@click.pass_context
def probe(ctx: click.Context, url: str, as_json: bool) -> int:
    """Find out how to read a site, feed or channel; print a source to paste. Stores nothing."""
    settings = _settings(ctx)
    try:
        flow.starts(url)
    except ValueError as error:
        raise click.UsageError(f"URL: {error}") from error
    found = asyncio.run(_probed(url, settings))
    if as_json:
        print_json(_document(found))
    else:
        for line in _lines(found, settings):
            click.echo(line)
    return 0 if found.item else 1


def _settings(ctx: click.Context) -> Settings:
    """Return the settings of the file; the defaults where nobody named one and there is none."""
    config: Path = ctx.obj
    is_named = (
        bool(ctx.parent and ctx.parent.params.get("config")) or "FEEDHUB_CONFIG" in os.environ
    )
    if is_named or config.exists():
        return load(config, os.environ)
    return Settings(
        path=str(config.absolute()),
        site=Site(title="FeedHub", base_url=LOOPBACK),
        database="",
        articles="",
        sections=(Section(slug="news", title="Новости"),),
        fetch=FetchSettings(user_agent=f"FeedHub/{__version__}"),
    )


async def _probed(url: str, settings: Settings) -> Probe:
    rules = rules_to_json(compile_vocabulary(settings.tags, tagging=settings.tagging))
    tools = await Tools.open(settings.fetch, rules, "", now=clock.now)
    try:
        return await flow.probe(
            url,
            settings,
            fetch=tools.client,
            run=tools.workers.run,
            now=clock.now(),
            tell=lambda step: click.echo(_step(step), err=True),
        )
    finally:
        await tools.close()


def _step(step: Step) -> str:
    return f"{'+' if step.is_found else '-'} {step.url} ({step.why}): {step.outcome}"


# -- as JSON -----------------------------------------------------------------------------------


def _document(found: Probe) -> Any:
    return _plain(asdict(found))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime) else value


# -- for people ----------------------------------------------------------------------------------


def _lines(found: Probe, settings: Settings) -> Iterator[str]:
    if found.document is not None:
        yield from _of_document(found.document, settings)
        for sample in found.samples:
            yield from _of_sample(sample, settings)
    for sentence in found.warnings:
        yield f"warning: {sentence}"
    if found.alternatives:
        yield "also found:"
        yield from map(_of_alternative, found.alternatives)
    if found.item is not None:
        yield ""
        yield from item_lines(found.item, _INDENT)
        return
    yield "nothing was found that can be read as a source; what to try:"
    for sentence in found.advice:
        yield f"  {sentence}"


def _of_document(document: Document, settings: Settings) -> Iterator[str]:
    title = f" «{document.title}»" if document.title else ""
    yield f"{document.url}{title}"
    newest = _clock(document.newest, settings) if document.newest else "no time"
    rows = {
        "kind": f"{document.kind} ({document.format})",
        "entries": f"{document.count}, the newest of {newest}",
        "text": document.body,
        "encoding": document.encoding_why or document.real,
        "time zone": f"{document.zone}: {document.zone_why}",
        "server": _of_server(document),
        "hub": document.hub,
        "language": document.language,
        "categories": ", ".join(document.categories),
        "trackers": ", ".join(document.trackers),
    }
    for name, value in rows.items():
        if value:
            yield f"  {name + ':':<11}{value}"
    for sentence in document.guesses:
        yield f"  {'guessed:':<11}{sentence}"
    for line, count in document.repeated:
        yield f"  {'repeated:':<11}{count} entries hold «{line[:120]}»"


def _of_server(document: Document) -> str:
    offers = {
        "ETag": document.etag,
        "Last-Modified": document.last_modified,
        "Cache-Control": document.cache_control,
        "Expires": document.expires,
    }
    told = ", ".join(f"{name} {value}" for name, value in offers.items() if value)
    return told or "offers no validators: every poll costs a whole document"


def _of_sample(sample: Sample, settings: Settings) -> Iterator[str]:
    when = _clock(sample.published, settings) if sample.published else "no time"
    yield f"* {sample.title or '(no headline)'}"
    yield f"    {when} ({sample.published_why}); {sample.url or 'no address'}"
    if sample.lead:
        yield f"    {sample.lead[:_LEAD]}"
    if sample.image:
        yield f"    image: {sample.image}"
    for tag in sample.tags:
        yield f"    tag {tag.name}, {tag.state}: {tag.why}"


def _of_alternative(other: Alternative) -> str:
    title = f" «{other.title}»" if other.title else ""
    return f"  {other.kind} {other.url}{title}, {other.count} entries: {other.why}"


def _clock(instant: datetime, settings: Settings) -> str:
    there = instant.astimezone(ZoneInfo(settings.site.timezone))
    return f"{there:%Y-%m-%d %H:%M %Z}"
