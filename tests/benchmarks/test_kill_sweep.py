"""The kill sweep says what it would do without a network, and counts rightly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.peers import kill_sweep_dagster as sweep

SCRIPT = Path(__file__).parent / "peers" / "kill_sweep_dagster.py"


def said(folder: Path, *arguments: str) -> str:
    """Return what the script prints, started in a folder as a user starts it."""
    done = subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_help_says_what_is_counted(tmp_path: Path) -> None:
    """Words such as 'torn' mean little by themselves."""
    text = said(tmp_path, "--help")

    assert all(word in text for word in ("torn", "lost", "not converged", "--points"))


def test_a_dry_run_installs_and_kills_nothing(tmp_path: Path) -> None:
    """It names the targets and the calls."""
    text = said(tmp_path, "--dry-run", "--points", "10")

    assert "targets: dagster, ours; points of each run: 5" in text
    assert "rename" in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("seen", "torn"),
    [
        ({"rows": [1]}, False),
        ({"rows": [2]}, False),
        ({"rows": [1, 2]}, True),
        ({"torn": "EOFError"}, True),
        ({"missing": True}, False),
    ],
)
def test_torn_is_what_is_neither_version(seen: dict[str, object], *, torn: bool) -> None:
    """A file that is not there yet is not torn."""
    assert sweep.is_torn(seen, [1], [2]) is torn


def test_only_calls_that_change_something_are_points() -> None:
    """Opening a file to read it is none."""
    assert sweep.changes("openat", 'AT_FDCWD, "x", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3')
    assert not sweep.changes("openat", 'AT_FDCWD, "x", O_RDONLY|O_CLOEXEC) = 3')
    assert not sweep.changes("unlink", '"x") = -1 ENOENT (No such file or directory)')


def test_fewer_points_are_chosen_from_all_parts() -> None:
    """The first ones alone would all be of the first asset."""
    points = [sweep.Point("write", number, "") for number in range(10)]

    assert [point.count for point in sweep.evenly(points, 3)] == [0, 3, 6]
    assert sweep.evenly(points, 10) == points


def test_a_kill_at_another_call_is_no_point(tmp_path: Path) -> None:
    """Counts of calls may differ from run to run; only what was hit is counted."""
    trace = tmp_path / "trace.txt"
    inside = f"7 write(3<{tmp_path}/data/x>, 1, 1"

    for text, hit in (
        (f"{inside}) = ?\n7 +++ killed by SIGKILL +++\n", True),
        (f"{inside} <unfinished ...>\n7 +++ killed by SIGKILL +++\n", True),
        (f"{inside}) = 1\n7 write(2</dev/null>) = ?\n7 +++ killed by SIGKILL +++\n", False),
        (f"{inside}) = 1\n", False),
    ):
        trace.write_text(text)
        assert sweep.killed_inside(trace, "write", tmp_path / "data") is hit
