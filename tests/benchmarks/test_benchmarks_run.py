"""The benchmarks do what they say, in a size that takes seconds. No time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import bare_check
from tests.benchmarks.measuring import Row, Sample, WrongResultError, expect, run_program
from tests.benchmarks.projects import Layered

HERE = Path(__file__).parent
TINY = (
    *("--assets", "20", "--many", "40", "--rows", "1000", "--repeat", "1"),
    *("--days", "5", "--cells", "2000", "--objects", "5", "--megabytes", "9"),
    *("--steps", "1000"),
)
MEASURED = ("open", "plan-from-nothing", "fill", "look-at-every-cell", "nothing-to-do")
NAMES = {
    *("help", "import", "first", "all", "one", "large-time", "large-memory", "hash"),
    *("s3-small", "s3-large"),
    *(
        f"cores-{work}-{executor}"
        for work in ("busy", "small")
        for executor in ("threads", "processes", "both")
    ),
    *("none-20", "none-20-imports", "none-20-ninja"),
    *("none-40", "none-40-imports", "none-40-ninja"),
    *("none-40-lean", "none-40-lean-imports"),
    *("days", "days-batch", "days-single-unpublished", "days-batch-unpublished"),
    *(
        f"cells-{size}-{name}"
        for size in ("1x2000", "2x1000")
        for name in (*MEASURED, "status", "one-changed", "why")
    ),
}


def test_every_row_is_measured_and_its_result_is_right(tmp_path: Path) -> None:
    """A benchmark that nobody runs is broken on the day it is needed."""
    kept = tmp_path / "samples.json"
    done = subprocess.run(
        [sys.executable, HERE / "run.py", "--quick", *TINY, "--json", kept],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(kept.read_text(encoding="utf-8"))
    rows = {row["name"]: row for row in found["rows"]}

    assert rows.keys() == NAMES
    assert all(row["ours"] and row["checked"] for row in rows.values())
    assert all(row["bare"] or row["missing"] for row in rows.values())
    assert found["machine"]["versions"].keys() >= {"python", "pandas", "sqlite"}
    assert [line.count("|") for line in done.stdout.splitlines()] == [9] * (len(rows) + 2)


def test_a_program_that_fails_is_no_sample(tmp_path: Path) -> None:
    """What it said is in the error."""
    command = [sys.executable, "-c", "import sys; sys.exit('no such table')"]

    with pytest.raises(WrongResultError, match="no such table"):
        run_program(command, tmp_path)


def test_a_result_that_differs_is_an_error() -> None:
    """A fast way to do nothing is not measured."""
    with pytest.raises(WrongResultError, match="steps: 3 instead of 0"):
        expect("steps", 3, 0)


def test_the_bare_check_follows_a_change_downstream(tmp_path: Path) -> None:
    """A reference that sees less than we do would be no reference."""
    layered = Layered(40)
    bare_check.write_state(tmp_path, layered.graph())
    (tmp_path / "data" / layered.middle()).write_text("something else")

    assert bare_check.stale(tmp_path) == (40, len(layered.affected(layered.middle())))


def test_a_row_without_a_reference_has_no_ratio() -> None:
    """Where a program is missing, the table says so and claims nothing."""
    row = Row(
        "x",
        "work",
        "other",
        [Sample(1.0, 1.0, 1.0)],
        [],
        "looked",
        budget=2.0,
        missing="not here",
    )

    assert (row.ratio, row.cpu_ratio, row.met) == (None, None, None)
