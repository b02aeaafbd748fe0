"""The benchmarks do what they say, in a size that takes seconds. No time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.benchmarks import bare_check, plots, report, sampling
from tests.benchmarks.measuring import (
    Point,
    Profile,
    Row,
    Sample,
    WrongResultError,
    expect,
    run_program,
)
from tests.benchmarks.projects import Layered

HERE = Path(__file__).parent
TINY = (
    *("--assets", "20", "--many", "40", "--rows", "1000", "--repeat", "1"),
    *("--days", "5", "--cells", "2000", "--objects", "5", "--megabytes", "9"),
    *("--steps", "1000"),
    *("--most-assets", "30", "--most-runs", "12"),
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
        for size in ("1x1", "1x100", "1x2000", "2x1000")
        for name in (*MEASURED, "status", "one-changed", "why")
    ),
    *(
        f"growth-assets-30-{name}"
        for name in ("load", "plan-from-nothing", "full-run", "nothing-to-do")
    ),
    *(
        f"growth-runs-{size}-{name}"
        for size in (10, 12)
        for name in ("list", "plan", "materialize", "runs", "why", "plan-one-changed")
    ),
}


PAGE = f"# Ours\n\nBy hand.\n\n{report.BEGIN}\nold\n{report.END}\n\nAlso by hand.\n"


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


ABOUT = {
    "machine": {
        "at": "2026-01-01T00:00:00Z",
        "cores": 2,
        "cores_used": 2,
        "system": "Linux",
        "load_before": [3.0, 2.0, 1.0],
        "versions": {"python": "3.11.7"},
    },
    "sizes": {"repeat": 3},
    "took": {"first": 2.0},
}
ROW = Row(
    "first",
    "One asset",
    "a script",
    [Sample(3.0, 1.0, 10.0)],
    [Sample(1.0, 1.0, 10.0)],
    "looked",
    budget=1.3,
    profile=Profile(3.0, {"imports": 0.75, "syncs": 0.25}),
    floor={"the bare script": 1.0},
)


def grown(seconds: dict[int, float]) -> list[Row]:
    """Return rows of one line in a plot."""
    return [
        replace(
            ROW,
            name=f"load-{size}",
            ours=[Sample(took, took, 1.0)],
            bare=[],
            point=Point("assets", "load", size),
            profile=None,
        )
        for size, took in seconds.items()
    ]


def written(docs: Path, rows: list[Row]) -> str:
    """Return the page of the documentation with these rows."""
    for name in ("reference", "images"):
        (docs / name).mkdir()
    page = docs / "reference" / "performance.md"
    page.write_text(PAGE, encoding="utf-8")
    report.write_docs(docs, rows, ABOUT)
    return page.read_text(encoding="utf-8")


def test_what_is_written_by_hand_stays_on_the_page(tmp_path: Path) -> None:
    """Only what stands between the two marks is made anew."""
    page = written(tmp_path, [ROW])

    assert page.startswith("# Ours\n\nBy hand.\n\n<!--")
    assert page.endswith("-->\n\nAlso by hand.\n")
    assert "old" not in page


def test_the_page_says_what_the_numbers_were_measured_beside(tmp_path: Path) -> None:
    """Nobody takes numbers of a busy machine for those of a quiet one."""
    page = written(tmp_path, [ROW])

    assert "python 3.11.7" in page
    assert "**Measured under load**" in page


def test_a_profile_stands_beside_the_floor(tmp_path: Path) -> None:
    """A missed budget is explained where it is told."""
    page = written(tmp_path, [ROW])

    assert "| imports | 75% |" in page
    assert "* `first`: the bare script, 1 s" in page


def test_growth_is_drawn_and_its_power_told(tmp_path: Path) -> None:
    """What grows with the square of the size is seen at once."""
    page = written(tmp_path, grown({10: 1.0, 100: 100.0}))
    drawing = (tmp_path / "images" / "performance-assets.svg").read_text("utf-8")

    assert "| load | 1 s | 100 s | n^2.00 |" in page
    assert drawing.count("<circle") == 2


def test_the_json_beside_the_page_keeps_every_sample(tmp_path: Path) -> None:
    """Anyone can compute other numbers from it."""
    written(tmp_path, [ROW])
    kept = json.loads((tmp_path / "reference" / "performance.json").read_text("utf-8"))

    assert kept["rows"][0]["ours"] == [{"seconds": 3.0, "cpu": 1.0, "peak": 10.0}]


def test_a_bar_that_is_over_its_budget_is_told_apart() -> None:
    """By its colour, and by where it ends."""
    drawing = plots.ratios("Ratios", [("one", 2.0, 1.0), ("other", 0.5, 1.0)])

    assert drawing.count('<rect class="missed"') == 1
    assert drawing.count('<rect class="met"') == 1


def test_the_sampler_tells_imports_from_what_imports(tmp_path: Path) -> None:
    """Late imports count as such, whoever asks for them."""
    machinery = sys.modules["importlib._bootstrap"]._find_and_load.__code__
    own = compile("def made(): ...", str(tmp_path / "work.py"), "exec")

    assert sampling.part_of(machinery, f"{tmp_path}/") == sampling.IMPORTS
    assert sampling.part_of(own, f"{tmp_path}/") == sampling.USER
    assert sampling.part_of(compile("", "/other.py", "exec"), f"{tmp_path}/") is None
