"""`serve`, `web`, `poller`: the service, as one process tree or as separate roles.

    serve ─┬─ granian ─── web workers (a worker that dies is replaced)
           └─ poller ──── worker processes that parse (started again when it dies)

SIGTERM lets requests and polls under way finish, and everything ends within ten seconds.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click
import structlog

from feedhub import clock
from feedhub.cli.family import end_with_service, name_service
from feedhub.cli.lock import LOCK_VARIABLE, take_lock
from feedhub.cli.setting_up import LAST_GOOD, live_settings, store_of
from feedhub.config.live import LiveSettings
from feedhub.errors import FeedHubError
from feedhub.scheduler import Poller
from feedhub.store import Store

log = structlog.get_logger()

THREADS = 4
"""Requests one web worker answers side by side."""
KILL_AFTER_SECONDS = 3
"""How long a web worker may go on with requests under way when it is asked to stop."""
POLLER_EXIT_SECONDS = 8
"""How long the poller may take to end, counted from when it was asked."""
RESTART_SECONDS = 3

# What tidies up behind a killed poller complains in plain text, between the lines of the log.
_QUIET = ("-W", "ignore:resource_tracker:UserWarning")

# The server's own lines go where ours go, in the same form; otherwise it writes plain ones.
_SERVER_LOG: dict[str, Any] = {
    "loggers": {
        "_granian": {"handlers": [], "propagate": True},
        "granian.access": {"handlers": [], "propagate": True},
    }
}

host_option = click.option("--host", default="127.0.0.1", show_default=True)
port_option = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
workers_option = click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Web workers."
)


@click.command()
@host_option
@port_option
@workers_option
@click.option("--no-poll", is_flag=True, help="Serve only; polling runs elsewhere, or not at all.")
@click.pass_obj
def serve(config: Path, host: str, port: int, workers: int, no_poll: bool) -> int:
    """Run web workers and one poller in one process tree."""
    return run_service(config, host=host, port=port, workers=workers, with_poller=not no_poll)


@click.command()
@host_option
@port_option
@workers_option
@click.pass_obj
def web(config: Path, host: str, port: int, workers: int) -> int:
    """Run web workers only."""
    return run_service(config, host=host, port=port, workers=workers, with_poller=False)


@click.command()
@click.pass_obj
def poller(config: Path) -> int:
    """Run a poller only; any number of them on one PostgreSQL database."""
    end_with_service()
    live = live_settings(config)
    take_lock(live.current.database)
    with store_of(live.current) as store:
        asyncio.run(_poll_until_told(store, live))
    return 0


async def _poll_until_told(store: Store, live: LiveSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Poller(store, live, now=clock.now) as polling:
        await polling.run(stop)


def run_service(config: Path, *, host: str, port: int, workers: int, with_poller: bool) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code.

    Raises ConfigError for a bad file, StoreError when another instance runs on the same data, and
    FeedHubError when the port is taken.
    """
    os.environ["FEEDHUB_ADDRESS"] = _address(host, port)
    with tempfile.TemporaryDirectory(prefix="feedhub-") as folder:
        os.environ[LAST_GOOD] = str(Path(folder) / "last-good.yaml")
        try:
            return _run(config, host, port, workers, with_poller=with_poller)
        finally:
            del os.environ[LAST_GOOD]


def _run(config: Path, host: str, port: int, workers: int, *, with_poller: bool) -> int:
    settings = live_settings(config).current
    lock = take_lock(settings.database) if with_poller else None
    with store_of(settings):
        pass  # whatever the database needs is done once, before anybody else opens it
    _check_port(host, port)
    os.environ["FEEDHUB_CONFIG"] = settings.path
    name_service()
    child = _PollerProcess(settings.path, lock) if with_poller else None
    if child is not None:
        child.start()
    try:
        _serve(host, port, workers, child)
    finally:
        if child is not None:
            child.stop()
    return 0


def _serve(host: str, port: int, workers: int, child: _PollerProcess | None) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    class Parting(Server):  # type: ignore[misc, valid-type]  # which one, granian finds out
        """A server that asks the poller to end at the same time as its own workers."""

        def shutdown(self, exit_code: int = 0) -> None:
            """End the workers, each in its time; the poller uses the same time."""
            if child is not None:
                child.ask_to_stop()
            super().shutdown(exit_code)

    server = Parting(
        "feedhub.cli.wsgi:make_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=_SERVER_LOG,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
    )
    log.info("serving", address=f"http://{host}:{port}/", workers=workers)
    server.serve()


def _address(host: str, port: int) -> str:
    """Return the site's address on this machine; nothing where others are to find it."""
    shown = f"[{host}]" if ":" in host else host
    is_ours = host == "localhost" or (_is_ip(host) and ip_address(host).is_loopback)
    return f"http://{shown}:{port}" if is_ours else ""


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _check_port(host: str, port: int) -> None:
    """Refuse a taken port: the server itself would share it without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise FeedHubError(
                f"{host}:{port} cannot be listened on ({error.strerror}); "
                "stop what runs there, or choose another with --port"
            ) from error


class _PollerProcess:
    """The poller as a child of this process; one that dies is started again."""

    def __init__(self, config: str, lock: int | None) -> None:
        self._config, self._lock = config, lock
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._asked: float | None = None
        self._watcher = threading.Thread(target=self._watch, name="poller", daemon=True)

    def start(self) -> None:
        """Start the process and the thread that watches over it."""
        self._process = self._spawn()
        self._watcher.start()

    def ask_to_stop(self) -> None:
        """Ask the process to finish what it does, and start no other."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._asked = clock.stopwatch()
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """End the process; it is killed when it does not end in time."""
        self.ask_to_stop()
        if self._process is None or self._asked is None:
            return
        left = POLLER_EXIT_SECONDS - clock.elapsed_ms(self._asked) / 1000
        try:
            self._process.wait(max(left, 0))
        except subprocess.TimeoutExpired:
            log.error("the poller did not end in time and is killed")
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> subprocess.Popen[bytes]:
        environ = dict(os.environ)
        kept: tuple[int, ...] = ()
        if self._lock is not None:
            environ[LOCK_VARIABLE] = str(self._lock)
            kept = (self._lock,)
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, *_QUIET, "-m", "feedhub", "--config", self._config, "poller"],
            env=environ,
            pass_fds=kept,
            stdin=subprocess.DEVNULL,
        )

    def _watch(self) -> None:
        while not self._stopping.wait(0.5):
            if self._process is not None and self._process.poll() is not None:
                log.error("the poller ended and is started again", code=self._process.returncode)
                if self._stopping.wait(RESTART_SECONDS):
                    return
                self._process = self._spawn()
                if self._stopping.is_set():  # asked while it was being started
                    self._process.send_signal(signal.SIGTERM)
