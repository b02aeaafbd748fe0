"""What people read: plans, lists, reasons, runs, in 80 columns and without colour."""

from __future__ import annotations

import pytest

from tests.flows.cli.program import Ended, MakeProject, Project

LONG = "a_name_that_goes_on_and_on_for_longer_than_any_column_is_wide"
CODE = f"""
from pathlib import Path
import pyarrow as pa
from assets_core import asset, source

file = source("files/input", path="input.csv")
FACTOR = 2

@asset(inputs={{"file": file}})
def numbers(file: Path) -> pa.Table:
    "Whole numbers."
    return pa.table({{"n": [int(line) for line in file.read_text().split()]}})

@asset
def {LONG}(numbers: pa.Table) -> pa.Table:
    return numbers

@asset
def doubled(numbers: pa.Table) -> pa.Table:
    return pa.table({{"n": [FACTOR * one for one in numbers["n"].to_pylist()]}})

@asset
def total(doubled: pa.Table) -> pa.Table:
    return pa.table({{"total": [sum(doubled["n"].to_pylist())]}})
"""


@pytest.fixture(scope="module")
def shop(shared_project: MakeProject) -> Project:
    """Return the project."""
    made = shared_project(CODE)
    made.write("input.csv", "1\n2\n3\n")
    return made


@pytest.fixture(scope="module")
def run(shop: Project) -> Ended:
    """Return the first run."""
    return shop.run("materialize")


@pytest.fixture(scope="module")
def changed(shop: Project, run: Ended) -> Project:
    """Return the project after a constant has changed."""
    shop.write("assets.py", CODE.replace("FACTOR = 2", "FACTOR = 3"))
    return shop


def test_a_run_has_a_line_for_each_step_and_one_at_the_end(run: Ended) -> None:
    """Figures stand below each other; a long name pushes only its own."""
    head, *steps, empty, end = run.out.splitlines()

    assert run.code == 0
    assert head.startswith("run ")
    assert head.endswith(": 4 steps")
    assert {step.split()[0] for step in steps} == {"computed"}
    assert {step.split()[1] for step in steps} == {"numbers", LONG, "doubled", "total"}
    lines = {step.split()[1]: step for step in steps}
    assert "  3 rows  " in lines["numbers"]
    assert lines["numbers"].index(" rows") == lines["doubled"].index(" rows")
    assert max(len(line) for name, line in lines.items() if name != LONG) <= 80
    assert empty == ""
    assert end.startswith("success: 4 computed in ")


def test_a_check_that_only_warns_is_told_during_the_run(project: MakeProject) -> None:
    """A warning that nobody sees is none; the run still succeeds."""
    done = project(
        "import pyarrow as pa\n"
        "from assets_core import CheckResult, asset, check\n"
        "@asset\n"
        "def orders() -> pa.Table:\n"
        "    return pa.table({'n': [1]})\n"
        "@check('orders', blocking=False)\n"
        "def has_many(orders: pa.Table):\n"
        "    return CheckResult(orders.num_rows > 1, 'only 1 row')\n"
    ).run("materialize")

    assert done.code == 0
    assert "warning      orders: has_many: only 1 row" in done.out


def test_nothing_to_do_is_one_line(shop: Project, run: Ended) -> None:
    """The command that runs every night mostly says this."""
    assert shop.run("materialize", "numbers").out == "Everything is fresh\n"
    assert shop.run("plan", "numbers").out == "Everything is fresh\n"


def test_a_plan_names_what_changed_and_what_only_may(changed: Project) -> None:
    """The constant by its name, with both values."""
    done = changed.run("plan")

    assert done.out.splitlines() == [
        "compute     doubled",
        "            constant assets.FACTOR: 2 → 3",
        "compute     total  (only if its upstream changes)",
        "            'doubled' will run and may change",
        "",
        "2 to compute, 2 fresh",
    ]


def test_why_draws_the_chain_of_causes(changed: Project) -> None:
    """The root cause is the last line."""
    assert changed.run("why", "total").out.splitlines() == [
        "total is stale",
        "└─ 'doubled' will run and may change",
        "   └─ doubled: constant assets.FACTOR: 2 → 3",
    ]


def test_why_of_what_is_fresh_says_since_when(changed: Project) -> None:
    """That nothing changed is an answer as well."""
    first, second = changed.run("why", "numbers").out.splitlines()

    assert first == "numbers is fresh"
    assert second.startswith("nothing changed since 20")


def test_a_list_is_a_table_with_a_count(changed: Project) -> None:
    """A long name is not cut off."""
    lines = changed.run("list").out.splitlines()

    assert lines[0].split() == ["status", "asset", "rows", "updated", "(UTC)", "reads"]
    assert lines[1].startswith("fresh   files/input")
    assert lines[1].endswith("source")
    assert any(LONG in line for line in lines)
    assert any(line.startswith("stale   total") for line in lines)
    assert lines[-1] == "5 assets: 3 fresh, 2 stale"


def test_show_fits_on_a_screen(changed: Project) -> None:
    """Facts, columns with their first values, history."""
    text = changed.run("show", "doubled", "--rows", "2").out

    assert text.startswith("doubled  stale\n  stale: constant assets.FACTOR: 2 → 3\n")
    assert "\npath          data/doubled.parquet\n" in text
    assert "\nreads         numbers\n" in text
    assert "\nread by       total\n" in text
    assert "\n  n       int64  2, 4\n" in text
    assert "it was never built" in text


def test_lineage_is_a_tree_from_what_is_read(changed: Project) -> None:
    """What follows an asset is written once."""
    assert changed.run("lineage").out.splitlines() == [
        "files/input (source)",
        "└─ numbers",
        f"   ├─ {LONG}",
        "   └─ doubled",
        "      └─ total",
    ]


def test_lineage_of_one_asset_shows_both_directions(changed: Project) -> None:
    """A selection with a plus is taken as it stands."""
    both = changed.run("lineage", "doubled").out
    up = changed.run("lineage", "+doubled").out

    assert "total" in both
    assert "files/input" in both
    assert LONG not in both
    assert "total" not in up


def test_lineage_can_be_drawn_by_others(changed: Project) -> None:
    """Mermaid for pages, DOT for Graphviz."""
    mermaid = changed.run("lineage", "--format", "mermaid", "+doubled").out
    dot = changed.run("lineage", "--format", "dot", "+doubled").out

    assert mermaid.splitlines() == [
        "flowchart LR",
        '  n0[("files/input")]',
        '  n1["numbers"]',
        '  n2["doubled"]',
        "  n0 --> n1",
        "  n1 --> n2",
    ]
    assert dot.splitlines() == [
        "digraph assets {",
        "  rankdir=LR;",
        '  "files/input" [shape=cylinder];',
        '  "numbers" [shape=box];',
        '  "doubled" [shape=box];',
        '  "files/input" -> "numbers";',
        '  "numbers" -> "doubled";',
        "}",
    ]


def test_runs_are_a_table_and_one_is_told_in_full(changed: Project, run: Ended) -> None:
    """The id is short, and as long as it must be to be found again."""
    lines = changed.run("runs").out.splitlines()
    id_ = run.out.split()[1].rstrip(":")
    one = changed.run("runs", id_).out

    assert lines[0].split()[:2] == ["run", "status"]
    assert any(
        line.startswith(f"{id_}  success") and line.endswith("4 computed") for line in lines
    )
    assert "\nselection  everything\n" in one
    assert "\ncomputed     doubled" in one


def test_a_check_without_anything_to_check_says_so(changed: Project) -> None:
    """Silence would look like success."""
    done = changed.run("check")

    assert done.code == 0
    assert done.out.startswith("There is nothing to check")


def test_a_selection_that_fits_nothing_says_so(changed: Project) -> None:
    """A pattern may match nothing; it is told, and no error."""
    told = "Nothing is selected: no asset fits, or none is declared yet\n"
    assert changed.run("plan", "nothing_*").out == told
    assert changed.run("list", "nothing_*").out == told
