"""Children end with the service that started them, however it ended.

A service that is killed cannot tell its children; left alone they would go on, holding the lock of
the data and the port, and no new service could start (measured: both stayed for good).
"""

from __future__ import annotations

import os
import signal
import threading
import time

SERVICE_VARIABLE = "FEEDHUB_SERVICE_PID"
"""Names the process id of the service to its children."""

LOOK_SECONDS = 0.5


def name_service() -> None:
    """Let the children that this process starts know whose they are."""
    os.environ[SERVICE_VARIABLE] = str(os.getpid())


def end_with_service() -> None:
    """End this process as by SIGTERM once the service that started it is gone; else do nothing."""
    service = os.environ.get(SERVICE_VARIABLE)
    if service is not None:
        threading.Thread(target=_watch, args=(int(service),), name="family", daemon=True).start()


def _watch(service: int) -> None:
    while os.getppid() == service:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
