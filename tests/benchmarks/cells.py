"""Plan assets of very many partitions, and print what that took as one JSON document.

Called with how many assets and how many partitions each, in a new folder. Computing them
is not what is measured, so results are written into the metadata store as a run would
write them; all show the same bytes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from assets_core import Asset, HourlyPartitions, Workspace, asset
from assets_core.files import SETTLED_SECONDS
from assets_core.model.keys import Cell
from assets_core.model.records import Claim, Commit, Head, Materialization
from assets_core.planning.reads import AllKeys, Outcome, input_version, reads_of
from assets_core.planning.staleness import Making
from assets_core.running.heads import head_window
from assets_core.workspace.settings import read_settings

AT_ONCE = 10_000
FIRST = datetime(1900, 1, 1, tzinfo=UTC)


def declared(assets: int, cells: int) -> list[Asset]:
    """Return a chain of assets, each with so many hours."""
    hours = HourlyPartitions(FIRST, FIRST + timedelta(hours=cells))

    def made(number: int) -> Asset:
        inputs = {"before": f"asset{number - 1}"} if number else {}

        def first() -> pd.DataFrame:
            return pd.DataFrame({"n": [1]})

        def next_one(before: pd.DataFrame) -> pd.DataFrame:
            return before

        declare = asset(
            key=f"asset{number}", partitions=hours, inputs=inputs, code_version="1"
        )
        return declare(next_one if number else first)

    return [made(number) for number in range(assets)]


def commits(
    workspace: Workspace, one: Asset, keys: AllKeys, like: Materialization
) -> Iterator[Commit]:
    """Yield a commit for each cell of an asset that has none yet."""
    store, expected = workspace.tools.store, workspace.expected[one.key]
    reads = reads_of(one, keys)
    for positions in batched_range(reads.count):
        cells = [reads.cell(position) for position in positions]
        attempts = {cell: f"{one.key}{cell.partition}" for cell in cells}
        ids = {cell: _id(text) for cell, text in attempts.items()}
        claims = store.claim_all("main", ids, workspace.tools.owner)
        assert isinstance(claims, tuple)
        for claim, position in zip(claims, positions, strict=True):
            version = like.data_version
            inputs = tuple(
                input_version(read, [Outcome(version)] * len(read.cells))
                for read in reads.at(position)
            )
            making = Making(claim.cell, reads.windows(position), inputs)
            made = replace(
                like,
                id=claim.attempt,
                cell=claim.cell,
                recipe=expected.recipe(making),
                inputs=inputs,
            )
            yield _commit(claim, made, expected.stamp, making)


def batched_range(count: int) -> Iterator[range]:
    """Yield the numbers up to a count, some thousand at a time."""
    for start in range(0, count, AT_ONCE):
        yield range(start, min(start + AT_ONCE, count))


def _id(text: str) -> str:
    return text.encode().hex()[-32:].rjust(32, "0")


def _commit(claim: Claim, made: Materialization, stamp: str, making: Making) -> Commit:
    window = head_window(making.windows)
    head = Head(made.id, made.recipe, made.data_version, stamp, 1.0, window=window, rows=1)
    return Commit(claim, head, None, made, (), made.validation, (), False, "")  # noqa: FBT003


def fill(workspace: Workspace, assets: Sequence[Asset]) -> None:
    """Let every cell show a result."""
    keys = workspace.keys()
    own = keys.get(assets[0].key)
    first = own[0] if own else None
    workspace.materialize(assets[0].key, partitions=first)
    store = workspace.tools.store
    (like,) = store.history(Cell(assets[0].key, first))
    for one in assets:
        waiting: list[Commit] = []
        for commit in commits(workspace, one, keys, like):
            if commit.claim.cell == like.cell:
                store.release(commit.claim)
                continue
            waiting.append(commit)
            if len(waiting) == AT_ONCE:
                store.commit_all(waiting)
                waiting.clear()
        if waiting:
            store.commit_all(waiting)


def main(arguments: Sequence[str]) -> None:
    """Measure what was asked for."""
    assets, cells = map(int, arguments)
    started, used = time.perf_counter(), time.process_time()
    chain = declared(assets, cells)
    settings = read_settings(Path.cwd(), {})
    took: dict[str, float] = {}
    busy: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        begun, used = time.perf_counter(), time.process_time()
        found = work()
        took[name] = time.perf_counter() - begun
        busy[name] = time.process_time() - used
        return found

    with Workspace(settings, chain) as workspace:
        took["open"] = time.perf_counter() - started
        busy["open"] = time.process_time() - used
        plan = timed("plan from nothing", workspace.plan)
        assert len(plan.steps) == assets * cells
        del plan
        timed("fill", lambda: fill(workspace, chain))
        time.sleep(SETTLED_SECONDS + 0.1)
        plan = timed("look at every cell", workspace.plan)
        assert plan.counts["fresh"] == assets * cells
        plan = timed("nothing to do", workspace.plan)
        assert (plan.counts["fresh"], len(plan.fresh)) == (assets * cells, 0)
        status = timed("status", workspace.statuses)[chain[-1].key]
        assert status.counts["fresh"] == cells
        _change(workspace, chain[0], cells // 2)
        plan = timed("one changed", workspace.plan)
        assert len(plan.steps) == assets - 1
        timed("why", lambda: workspace.why(chain[-1].key))
    size = sum(path.stat().st_size for path in Path(".assets").glob("metadata.db*"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {
        "took": took,
        "busy": busy,
        "bytes_per_cell": size / assets / cells,
        "peak_mb": peak,
    }
    print(json.dumps(found))


def _change(workspace: Workspace, one: Asset, position: int) -> None:
    """Let one cell show other data, as if its source had changed and back again."""
    store, keys = workspace.tools.store, workspace.keys()
    cell = Cell(one.key, keys[one.key][position])
    claim = store.claim("main", cell, "f" * 32, workspace.tools.owner)
    head = store.head("main", cell)
    assert isinstance(claim, Claim)
    assert head is not None
    (made,) = store.materializations([head.materialization]).values()
    other = replace(made, id=claim.attempt, data_version="e" * 32)
    moved = head._replace(materialization=other.id, data_version=other.data_version)
    store.commit(
        Commit(claim, moved, made.id, other, (), made.validation, (), False, "")  # noqa: FBT003
    )


if __name__ == "__main__":
    main(sys.argv[1:])
