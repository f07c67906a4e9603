"""The demonstration's site: config.yaml and local articles, written into a folder of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from feedhub.demo.agencies import Agency
from feedhub.demo.landscape import landscape

TAG = "belorussiya"
"""The tag in which entries of several agencies meet a local article."""

ZONE = "Europe/Moscow"
PICTURE = "dolina.png"


def write_site(
    folder: Path, *, base_url: str, feeds: Sequence[tuple[Agency, str]], now: datetime
) -> Path:
    """Write the configuration and the articles; return the path of config.yaml.

    `feeds` pairs each agency with the address of its document; times in articles are set
    relative to `now`.
    """
    articles = folder / "articles"
    articles.mkdir(parents=True)
    (articles / PICTURE).write_bytes(landscape(1200, 675))
    times = _times(now)
    for source in files("feedhub.demo").joinpath("articles").iterdir():
        if source.name.endswith(".md"):
            text = Template(source.read_text("utf-8")).substitute(times)
            (articles / source.name).write_text(text, "utf-8")
    path = folder / "config.yaml"
    path.write_text(_config(base_url, feeds), "utf-8")
    return path


def _times(now: datetime) -> dict[str, str]:
    spans = {
        "just_now": timedelta(minutes=-3),
        "an_hour_ago": timedelta(hours=-1),
        "in_two_minutes": timedelta(minutes=2),
        "in_ten_days": timedelta(days=10),
    }
    local = now.astimezone(ZoneInfo(ZONE))
    return {name: f"{local + span:%Y-%m-%d %H:%M}" for name, span in spans.items()}


def _config(base_url: str, feeds: Sequence[tuple[Agency, str]]) -> str:
    template = Template(files("feedhub.demo").joinpath("config.yaml").read_text("utf-8"))
    ports = ", ".join(f'"{url.split("/")[2]}"' for _, url in feeds)
    addresses = {agency.slug.replace("-", "_"): url for agency, url in feeds}
    return template.substitute(base_url=base_url, ports=ports, **addresses)
