"""Make a project grow without computing anything, or load it: what `rows_growth` starts.

`load FOLDER` opens a project. `fill FOLDER` lets all its assets show a result.
`history FOLDER FROM TO` makes it look as if so many runs had each computed its first asset.
What is remembered is written by the store's own code, as a run writes it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assets_core import Workspace
from assets_core.model.keys import Cell
from assets_core.model.records import (
    Claim,
    Commit,
    Head,
    Materialization,
    RunRequest,
    StepRecord,
)
from assets_core.running.journaling import write_journals
from tests.benchmarks.cells import fill

JOURNAL_EVERY = 1000  # runs
_DAY = 86_400.0
_APART = 0.5  # seconds


def load(workspace: Workspace) -> None:
    """Print how many assets a project has."""
    print(len(workspace.graph_of_assets.assets))


def fill_all(workspace: Workspace) -> None:
    """Let every asset show a result; all show the same bytes."""
    fill(workspace, list(workspace.graph_of_assets.assets))
    write_journals(workspace.tools)


def history(workspace: Workspace, numbers: range) -> None:
    """Remember runs that each computed the first asset, all within the last day."""
    tools, env = workspace.tools, workspace.env
    cell = Cell(workspace.graph_of_assets.assets[0].key)
    head = tools.store.head(env, cell)
    assert head is not None
    (made,) = tools.store.materializations([head.materialization]).values()
    began = time.time() - _DAY
    for number in numbers:
        made, head = _one_run(workspace, made, head, began + number * _APART)
        if number % JOURNAL_EVERY == 0:
            write_journals(tools)
    write_journals(tools)


def _one_run(
    workspace: Workspace, before: Materialization, shown: Head, at: float
) -> tuple[Materialization, Head]:
    """Let a run make a result again, and return it with its head."""
    tools, env, cell = workspace.tools, workspace.env, before.cell
    store, run = tools.store, tools.new_id()
    store.begin_run(run, env, RunRequest((cell.asset,)), tools.owner, at)
    claim = store.claim(env, cell, tools.new_id(), tools.owner)
    assert isinstance(claim, Claim)
    made = replace(before, id=claim.attempt, run_id=run)
    head = shown._replace(materialization=made.id)
    validation = made.validation
    store.commit(
        Commit(claim, head, before.id, made, (), validation, (), False, "")  # noqa: FBT003
    )
    step = StepRecord(
        cell,
        "computed",
        rows=made.rows,
        bytes=made.stored.bytes,
        data_version=made.data_version,
        seconds=0.1,
        reasons=("forced",),
        materialization=made.id,
    )
    store.record_steps(run, env, [step], at)
    store.end_run(run, "success", {"computed": 1}, at + 0.1)
    return made, head


def main(arguments: Sequence[str]) -> None:
    """Do what was asked for."""
    what, folder, *numbers = arguments
    doing: dict[str, Callable[[Workspace], None]] = {
        "load": load,
        "fill": fill_all,
        "history": lambda workspace: history(workspace, range(*map(int, numbers))),
    }
    with Workspace.open(Path(folder)) as workspace:
        doing[what](workspace)


if __name__ == "__main__":
    main(sys.argv[1:])
