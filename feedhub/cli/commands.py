"""All commands, and what becomes of what they return or raise.

Exit codes: 0 done, 1 the work failed, 2 wrong usage or configuration. Commands are imported when
they are called, so that `feedhub --help` answers at once.
"""

from __future__ import annotations

import gc
import importlib
import os
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click

from feedhub import __version__
from feedhub.errors import ConfigError, FeedHubError

_COMMANDS = {
    "check": ("feedhub.cli.configuration", "Validate the configuration."),
    "plan": ("feedhub.cli.configuration", "Show what the configuration would change."),
    "apply": ("feedhub.cli.configuration", "Make the running state what the configuration says."),
    "poll": ("feedhub.cli.polling", "Poll sources once, now."),
    "serve": ("feedhub.cli.service", "Run web workers and one poller."),
    "web": ("feedhub.cli.service", "Run web workers only."),
    "poller": ("feedhub.cli.service", "Run a poller only."),
    "probe": ("feedhub.cli.probe", "Find out how to read a site; print a ready source."),
    "import": ("feedhub.cli.exchange", "Take sources over from other programs."),
    "export": ("feedhub.cli.exchange", "Hand sources or the configuration out."),
    "catalogue": ("feedhub.cli.exchange", "Search the addresses that ship with the program."),
    "demo": ("feedhub.cli.demonstration", "Run sample agencies and a service that reads them."),
    "db": ("feedhub.cli.database", "Look after the database."),
}


class _Lazy(click.Group):
    """A group whose commands are loaded when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in _COMMANDS:
            return None
        from feedhub.cli import logs  # noqa: F401  (before anything that logs: see there)

        module = importlib.import_module(_COMMANDS[cmd_name][0])
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(module, name)
        gc.freeze()  # what is loaded stays: it is not looked at again and again
        gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feedhub")
@click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    help="The configuration file; default: $FEEDHUB_CONFIG, else ./config.yaml.",
)
@click.option("--log-format", type=click.Choice(["console", "json"]), help="How to write the log.")
@click.option("-v", "--verbose", is_flag=True, help="Log every poll.")
@click.pass_context
def feedhub(ctx: click.Context, config: Path | None, log_format: str | None, verbose: bool) -> None:
    """Poll agency feeds, merge them with local articles by tag, publish tag feeds."""
    from feedhub.cli.logs import set_up_logs

    set_up_logs(log_format or os.environ.get("FEEDHUB_LOG"), is_verbose=verbose)
    ctx.obj = config or Path(os.environ.get("FEEDHUB_CONFIG", "config.yaml"))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    try:
        result: Any = feedhub.main(args=arguments, prog_name="feedhub", standalone_mode=False)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return 2
    except FeedHubError as error:
        click.echo(f"feedhub: {error}", err=True)
        return 1
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        return 1
    except click.ClickException as error:
        error.show()
        return 2
    return result if isinstance(result, int) else 0
