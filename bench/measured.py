"""Run a command and measure its whole process tree: `python -m bench.measured OUT -- COMMAND...`.

The processes of a tree often outlive their parent for a moment (a forkserver, a resource tracker)
and would not be counted. This process makes itself the one that orphans fall to (Linux:
PR_SET_CHILD_SUBREAPER), waits for every one of them, and only then reads what all of them used.
Run it as a process of its own: what it waits for is all that it has measured.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SUBREAPER = 36
SAMPLE_SECONDS = 0.05
PROPORTIONAL_EVERY = 5
"""Proportional set sizes are dear to read: so many samples apart."""

STUCK_SECONDS = 480


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What a process tree used: CPU and wall in seconds, memory in bytes.

    `sampled_cpu` adds up what /proc last said of each process seen: a check on `cpu`, always
    lower. `rss` counts shared pages once a process, `pss` splits them between their users.
    """

    code: int
    cpu: float
    sampled_cpu: float
    wall: float
    rss: int
    pss: int
    processes: int


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    out: Path,
    timeout: float = STUCK_SECONDS,
) -> Usage:
    """Run a command in a measuring process; its stdout goes to a file, stderr beside it.

    Raises subprocess.TimeoutExpired when it has not ended in time; its tree is then killed.
    """
    with tempfile.NamedTemporaryFile(suffix=".json") as report, out.open("wb") as stdout:
        errors = out.with_suffix(".err")
        with errors.open("wb") as stderr:
            measuring = [
                sys.executable,
                "-m",
                "bench.measured",
                report.name,
                str(timeout),
                str(cwd),
            ]
            subprocess.run(
                [*measuring, "--", *command],
                cwd=Path(__file__).resolve().parent.parent,
                env=environment(),
                stdout=stdout,
                stderr=stderr,
                check=True,
            )
        return Usage(**json.loads(Path(report.name).read_bytes()))


def environment() -> dict[str, str]:
    """Return this environment as it is where programs are installed and run for good.

    A variable that keeps Python from storing compiled modules would make every start dear; a
    proxy has no business on loopback; settings of FeedHub's own belong to another installation.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONDONTWRITEBYTECODE"
        and not name.lower().endswith("_proxy")
        and not name.startswith("FEEDHUB_")
    }


# -- in the measuring process -------------------------------------------------------------------


class _Sampler(threading.Thread):
    """Looks at the descendants of this process, many times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.cpu: dict[int, float] = {}
        self.rss = self.pss = 0

    def run(self) -> None:
        count = 0
        while not self.done.wait(SAMPLE_SECONDS):
            self._sample(is_proportional=count % PROPORTIONAL_EVERY == 0)
            count += 1

    def _sample(self, *, is_proportional: bool) -> None:
        rss = pss = 0
        for pid, (cpu, resident) in descendants(os.getpid()).items():
            self.cpu[pid] = cpu
            rss += resident
            if is_proportional:
                pss += _proportional(pid)
        self.rss, self.pss = max(self.rss, rss), max(self.pss, pss)


def descendants(root: int) -> dict[int, tuple[float, int]]:
    """Return CPU seconds and resident bytes of every process below a process."""
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    parents, found = {}, {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = Path("/proc", name, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(name)] = int(fields[1])
            found[int(name)] = (
                (int(fields[11]) + int(fields[12])) / tick,
                int(fields[21]) * page,
            )
    return {pid: found[pid] for pid in parents if _is_below(pid, root, parents)}


def _is_below(pid: int, root: int, parents: Mapping[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == root:
            return True
    return False


def _proportional(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _measure(command: Sequence[str], cwd: str, timeout: float) -> Usage:
    ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0)
    sampler = _Sampler()
    sampler.start()
    before = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd)
    guard = threading.Timer(timeout, _kill_descendants)
    guard.daemon = True
    guard.start()
    code = child.wait()
    wall = time.perf_counter() - before
    _reap_orphans()
    guard.cancel()
    sampler.done.set()
    sampler.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(
        code=code,
        cpu=used.ru_utime + used.ru_stime,
        sampled_cpu=sum(sampler.cpu.values()),
        wall=wall,
        rss=sampler.rss,
        pss=sampler.pss,
        processes=len(sampler.cpu),
    )


def _kill_descendants() -> None:
    for pid in descendants(os.getpid()):
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            continue


def _reap_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def main(arguments: list[str]) -> int:
    """Measure a command and write what it used to a file, as JSON."""
    report, timeout, cwd, separator, *command = arguments
    if separator != "--" or not command:
        print("usage: python -m bench.measured OUT SECONDS FOLDER -- COMMAND...", file=sys.stderr)
        return 2
    usage = _measure(command, cwd, float(timeout))
    Path(report).write_text(json.dumps(asdict(usage)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
