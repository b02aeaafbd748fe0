"""Projects written into an empty folder, edited and run again, as a user would."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets_core import RunFailed, RunResult, Workspace
from assets_core.planning.plan import Plan

SETTINGS = 'name = "test"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
HEAD = """
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets_core import CheckResult, Freshness, Retry, Upstream, asset, check, source
"""


@dataclass
class Project:
    """A project in a folder."""

    folder: Path

    def write(self, body: str, *, settings: str = SETTINGS) -> None:
        """Write its one module and its settings."""
        (self.folder / "assets.toml").write_text(settings)
        (self.folder / "pipeline.py").write_text(HEAD + textwrap.dedent(body))

    def edit(self, old: str, new: str) -> None:
        """Replace a text of the module that stands there once."""
        path = self.folder / "pipeline.py"
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the module"
        path.write_text(text.replace(old, new))

    def run(self, *selection: str, **options: Any) -> RunResult:
        """Open it afresh and materialize."""
        with Workspace.open(self.folder) as workspace:
            try:
                return workspace.materialize(selection or None, **options)
            except RunFailed as failed:
                result: RunResult = failed.result
                return result

    def ended(self, *selection: str, **options: Any) -> dict[str, str]:
        """Materialize, and return the status of every step."""
        return {
            step.cell.asset: step.status for step in self.run(*selection, **options).steps
        }

    def plan(self, *selection: str) -> Plan:
        """Return what would be done."""
        with Workspace.open(self.folder) as workspace:
            return workspace.plan(selection or None)

    def reasons(self, key: str) -> dict[str, str]:
        """Return the planned reasons of an asset by kind."""
        for step in self.plan().steps:
            if step.cell.asset == key:
                return {reason.kind: str(reason) for reason in step.reasons}
        return {}

    def read(self, key: str) -> dict[str, list[object]]:
        """Return the data of an asset."""
        with Workspace.open(self.folder) as workspace:
            found: dict[str, list[object]] = workspace.load_arrow(key).to_pydict()
            return found

    def error(self, key: str, result: RunResult) -> str:
        """Return the error of a step."""
        step = next(step for step in result.steps if step.cell.asset == key)
        assert step.error is not None, f"{key} {step.status}"
        return step.error.message

    def stable(self, key: str) -> Path:
        """Return the stable path of an asset."""
        return self.folder / "data" / f"{key}.parquet"
