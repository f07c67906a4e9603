"""What a process tree used: orphans counted, the stuck ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench import measured

BURN = "t = __import__('time'); e = t.process_time() + {}\nwhile t.process_time() < e: pass"
ORPHAN = (
    "import subprocess, sys\n"
    f"subprocess.Popen([sys.executable, '-c', {BURN.format(0.4)!r}], start_new_session=True)"
)


def test_an_orphan_counts_as_part_of_the_tree(tmp_path: Path) -> None:
    usage = measured.run([sys.executable, "-c", ORPHAN], cwd=tmp_path, out=tmp_path / "out")
    assert usage.code == 0
    assert usage.cpu >= 0.4
    assert usage.rss > 1_000_000


def test_output_and_errors_are_kept_and_the_exit_code_told(tmp_path: Path) -> None:
    script = "import sys; print('said'); print('wrong', file=sys.stderr); sys.exit(3)"
    usage = measured.run([sys.executable, "-c", script], cwd=tmp_path, out=tmp_path / "x.out")
    assert usage.code == 3
    assert (tmp_path / "x.out").read_text() == "said\n"
    assert (tmp_path / "x.err").read_text() == "wrong\n"


def test_a_tree_that_is_stuck_is_killed(tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.run(['sleep', '60'])"
    usage = measured.run(
        [sys.executable, "-c", script], cwd=tmp_path, out=tmp_path / "out", timeout=1.0
    )
    assert usage.code == -9
    assert usage.wall < 30


def test_descendants_are_seen_with_what_they_use() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        found = measured.descendants(child.pid)
        mine = measured.descendants(__import__("os").getpid())
        child.kill()
    assert found == {}
    assert child.pid in mine
