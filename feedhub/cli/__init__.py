"""The command line: `feedhub [--config FILE] COMMAND`; `commands` lists them, one file per group.

Worker processes load this package when they start, for it is what their parent was started with:
so nothing is loaded here that only a command needs.
"""

from __future__ import annotations

import gc
import os
import sys

# Variables of the process's environment that look like CGI would reach every request as headers
# (the server copies the environment into each request's environ), so they go before anything else.
_CGI = ("HTTP_", "REMOTE_", "SERVER_")


def main() -> None:
    """Run the command line; turn errors into sentences and exit codes."""
    for name in [name for name in os.environ if name.startswith(_CGI)]:
        del os.environ[name]
    gc.disable()  # until a command is loaded: nothing of that is garbage
    from feedhub.cli.commands import run

    sys.exit(run(sys.argv[1:]))
