"""`demo`: sample agencies on this machine and a service that reads them, with nothing to set up."""

from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

import click

from feedhub import clock
from feedhub.cli.logs import LEVEL
from feedhub.cli.service import run_service
from feedhub.demo import AGENCIES, TAG, AgencyServer, write_site
from feedhub.errors import FeedHubError

PORTS_TRIED = 50
WAIT_SECONDS = 90
ENOUGH_SECONDS = 30
"""After so long the addresses are printed even if the tag's feed is not full yet."""
MEETING = 3
"""Publishers that meet in the tag's feed: two agencies at least, and the site itself."""
_PATH = f"/tags/{TAG}/"
# Settings of a real service on this machine must not reach the demonstration.
_FOREIGN = ("FEEDHUB_DATABASE", "FEEDHUB_CONFIG")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the site listens.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Its port; when it is taken, the next free one.",
)
def demo(host: str, port: int) -> int:
    """Run sample agencies and a service that reads them; Ctrl-C ends all."""
    for name in _FOREIGN:
        os.environ.pop(name, None)
    with _told_to_stop(), ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="feedhub-demo-")))
        started = clock.now()
        agencies = [
            held.enter_context(AgencyServer(agency, started=started, now=clock.now))
            for agency in AGENCIES
        ]
        free = free_port(host, port)
        base_url = f"http://{_reachable(host)}:{free}"
        config = write_site(
            folder,
            base_url=base_url,
            feeds=[(agency.agency, agency.feed_url) for agency in agencies],
            now=started,
        )
        click.echo("Starting sample agencies and the service ...", err=True)
        stop = threading.Event()
        held.callback(stop.set)
        threading.Thread(
            target=_announce, args=(base_url, stop), name="announce", daemon=True
        ).start()
        os.environ.setdefault(LEVEL, "warning")  # the addresses must not scroll away
        return run_service(config, host=host, port=free, workers=1, with_poller=True)


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """Until the service takes over the signals, let SIGTERM and SIGINT unwind what was started."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next that is free; any free one for 0.

    Raises FeedHubError where none of the next 50 is free, or the host is not ours.
    """
    last = min(wanted + PORTS_TRIED, 65536) if wanted else 1
    error: OSError | None = None
    for port in range(wanted, last):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as refused:
                error = refused
                continue
            return int(probe.getsockname()[1])
    reason = error.strerror if error else "no such port"
    raise FeedHubError(
        f"no free port at {host} from {wanted} on ({reason}); choose one with --port"
    )


def _reachable(host: str) -> str:
    """Return the host as a browser on this machine writes it."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  (asked for by the person at the keyboard)
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _announce(base_url: str, stop: threading.Event) -> None:
    """Print the addresses as soon as the tag's feed is filled; or answers, after a while."""
    for waited in range(2 * WAIT_SECONDS):
        if stop.wait(0.5):
            return
        sources = _sources(base_url)
        if len(sources) >= MEETING or (sources and waited > 2 * ENOUGH_SECONDS):
            break
    click.echo(_addresses(base_url))


def _sources(base_url: str) -> set[str]:
    """Return whose entries the tag's feed holds; none while it does not answer."""
    connection = HTTPConnection(base_url.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", f"{_PATH}feed.json")
        items = json.loads(connection.getresponse().read())["items"]
        return {item["_feedhub"]["source"]["slug"] for item in items}
    except (OSError, HTTPException, ValueError, LookupError, TypeError):
        return set()
    finally:
        connection.close()


def _addresses(base_url: str) -> str:
    tag = f"{base_url}{_PATH}"
    return "\n".join(
        (
            "",
            f"  Site            {base_url}/",
            f"  A tag           {tag}",
            f"  Its feed        {tag}feed.rss",
            f"                  {tag}feed.atom",
            f"                  {tag}feed.json",
            "",
            "  Three sample agencies publish something new every few seconds.",
            "  Ctrl-C ends everything and leaves nothing behind.",
            "",
        )
    )
