"""What a test puts into the processes of the command from outside: names, and a watch on sockets.

Python imports `sitecustomize` from its path before anything else. The one written here answers
name lookups from a file (which a test may change between and during runs) and notes every address
that any process connects to, with the modules that asked for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.commands import ROOT

_SITE = """
import json, os, socket, sys

NAMES, CONNECTED = os.environ["HOSTILE_NAMES"], os.environ["HOSTILE_CONNECTED"]
asked = {}
real = socket.getaddrinfo

def getaddrinfo(host, port, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    with open(NAMES) as file:
        names = json.load(file)
    answers = names.get(name, names.get("*") if name and name.endswith(".example") else None)
    if answers is None:
        return real(host, port, *args, **kwargs)
    number = asked[name] = asked.get(name, -1) + 1
    found = answers[min(number, len(answers) - 1)]
    if not found:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

def watch(event, arguments):
    if event == "socket.connect" and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
        frame, modules = sys._getframe(1), []
        while frame is not None:
            modules.append(frame.f_globals.get("__name__", "?"))
            frame = frame.f_back
        line = json.dumps({"address": list(arguments[1]), "by": modules}) + "\\n"
        fd = os.open(CONNECTED, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(fd, line.encode())
        os.close(fd)

socket.getaddrinfo = getaddrinfo
sys.addaudithook(watch)
"""


@dataclass(frozen=True, slots=True)
class Inside:
    """The folder of the module, the names it answers, and what it noted."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "sitecustomize.py").write_text(_SITE)
        self.answer({})

    def answer(self, names: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """Say what names resolve to: each lookup of a process takes the next answer, the last stays.

        An empty answer is a name server that is down; "*" is any other name under .example.
        """
        fresh = self.folder / "names.new"
        fresh.write_text(json.dumps(names))
        fresh.replace(self.folder / "names.json")

    @property
    def environ(self) -> dict[str, str]:
        """Return what a command must find in its environment."""
        return {
            "PYTHONPATH": f"{self.folder}:{ROOT}",
            "HOSTILE_NAMES": str(self.folder / "names.json"),
            "HOSTILE_CONNECTED": str(self.folder / "connected"),
        }

    def connected(self) -> list[tuple[str, int]]:
        """Return every address that was connected to, in order."""
        return [(line["address"][0], line["address"][1]) for line in self._lines()]

    def makers(self) -> set[str]:
        """Return the modules of ours that stand behind the connections."""
        return {name for line in self._lines() for name in line["by"] if name.startswith("feedhub")}

    def _lines(self) -> list[dict[str, Any]]:
        path = self.folder / "connected"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
