"""A project with partitions in a folder: written, edited, run, and looked into."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assets_core import RunFailed, RunResult, Workspace
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head
from assets_core.planning.plan import Plan

SETTINGS = 'name = "test"\nmodules = ["pipeline"]\n[executor]\ntype = "threads"\njobs = 1\n'
HEAD = """
import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa

from assets_core import *
"""


@dataclass
class Sliced:
    """A project in a folder."""

    folder: Path
    answers: dict[str, object] = field(default_factory=dict)

    def write(self, body: str) -> None:
        """Write its one module and its settings."""
        (self.folder / "assets.toml").write_text(SETTINGS)
        (self.folder / "pipeline.py").write_text(HEAD + textwrap.dedent(body))

    def edit(self, old: str, new: str) -> None:
        """Replace a text of the module that stands there once."""
        path = self.folder / "pipeline.py"
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the module"
        path.write_text(text.replace(old, new))

    def run(
        self,
        *selection: str,
        partitions: str | list[str] | None = None,
        force: bool = False,
        upstream: bool = True,
        jobs: int | None = None,
    ) -> RunResult:
        """Open it afresh and materialize."""
        with Workspace.open(self.folder) as workspace:
            try:
                return workspace.materialize(
                    selection or None,
                    partitions=partitions,
                    force=force,
                    upstream=upstream,
                    jobs=jobs,
                )
            except RunFailed as failed:
                result: RunResult = failed.result
                return result

    def plan(
        self, *selection: str, partitions: str | None = None, upstream: bool = True
    ) -> Plan:
        """Return what would be done."""
        with Workspace.open(self.folder) as workspace:
            return workspace.plan(
                selection or None, partitions=partitions, upstream=upstream
            )

    def planned(
        self, *selection: str, partitions: str | None = None, upstream: bool = True
    ) -> set[str]:
        """Return the cells that would be looked at, as `asset[partition]`."""
        plan = self.plan(*selection, partitions=partitions, upstream=upstream)
        return {str(step.cell) for step in plan.steps}

    def read(self, key: str, partitions: str | None = None) -> dict[str, list[object]]:
        """Return the data of an asset."""
        with Workspace.open(self.folder) as workspace:
            table = workspace.load_arrow(key, partitions=partitions)
            found: dict[str, list[object]] = table.to_pydict()
            return found

    def heads(self) -> dict[Cell, Head]:
        """Return what every cell shows."""
        with Workspace.open(self.folder) as workspace:
            return dict(workspace.tools.store.heads("main"))

    def versions(self) -> dict[str, tuple[str, str]]:
        """Return the data version and the checksum of the file of every cell."""
        with Workspace.open(self.folder) as workspace:
            store = workspace.tools.store
            heads = store.heads("main")
            made = store.materializations(head.materialization for head in heads.values())
            return {
                str(cell): (
                    head.data_version,
                    made[head.materialization].stored.checksum,
                )
                for cell, head in heads.items()
            }

    def delete(self, key: str, partition: str | None = None) -> None:
        """Delete the stored file of one cell."""
        with Workspace.open(self.folder) as workspace:
            store = workspace.tools.store
            head = store.head("main", Cell(AssetKey(key), partition))
            assert head is not None
            stored = store.stored([head.materialization])[head.materialization]
        (self.folder / "data" / stored.location).unlink()

    def inside(self, look: Callable[[Workspace], object]) -> object:
        """Return what a function finds in the open workspace."""
        with Workspace.open(self.folder) as workspace:
            return look(workspace)


def ended(result: RunResult) -> dict[str, str]:
    """Return the status of every step by its cell."""
    return {str(step.cell): step.status for step in result.steps}


def computed(result: RunResult) -> set[str]:
    """Return the cells that were computed."""
    return {str(step.cell) for step in result.steps if step.status == "computed"}


def counted(result: RunResult) -> dict[str, int]:
    """Return how many steps ended in which way."""
    return dict(Counter(step.status for step in result.steps))


def errors(result: RunResult) -> dict[str, str]:
    """Return what went wrong, by cell."""
    return {
        str(step.cell): step.error.message
        for step in result.steps
        if step.error is not None
    }
