"""A project that lives: edited, damaged, run in parts, and rebuilt from nothing.

A day and a month, a trailing window, a product of days and regions, and a whole.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell

SETTINGS = 'name = "lived"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
PIPELINE = """
import json

import pandas as pd
import pyarrow as pa
from pathlib import Path

from assets_core import *

raw = source("raw", path="raw.json")
DAYS = DailyPartitions("2024-01-30", "2024-02-04", timezone="{zone}")
BOTH = ProductPartitions(date=DAYS, region=StaticPartitions(["eu", "us"]))


@asset
def read(raw: Path):
    values = json.loads(raw.read_text())
    return pd.DataFrame({{"key": list(values), "value": list(values.values())}})


@asset(partitions=DAYS, batch={batch})
def day(read: pd.DataFrame, context):
    values = dict(zip(read["key"], read["value"]))
    rows = []
    for one in context.partitions:
        rows.append({{"date": one.key, "n": values[one.key] * {day}, "m": 7}})
    return pd.DataFrame(rows)


@asset(partitions=MonthlyPartitions("2024-01-01", "2024-03-01", timezone="{zone}"),
       inputs={{"day": Upstream("day", missing="skip")}})
def month(day: pd.DataFrame):
    return pd.DataFrame({{"sum": [day["n"].sum() + {month}]}})


@asset(partitions=DAYS,
       inputs={{"day": Upstream("day", mapping=Window(-1, 0), missing="skip")}})
def trail(day: pd.DataFrame):
    return pd.DataFrame({{"top": [day["n"].max() + {trail}]}})


@asset(partitions=BOTH, inputs={{"day": Upstream("day", columns=["n"])}})
def both(day: pd.DataFrame, context):
    return pd.DataFrame({{"n": day["n"] * len(context.partition.keys["region"]) + {both}}})


@asset
def whole(both: pd.DataFrame, month: pd.DataFrame):
    return pd.DataFrame({{"n": [both["n"].sum() + month["sum"].sum() + {whole}]}})
"""
DAYS = tuple(f"2024-{day}" for day in ("01-30", "01-31", "02-01", "02-02", "02-03"))
ASSETS = ("read", "day", "month", "trail", "both", "whole")
Shown = dict[str, str]


@dataclass
class Lived:
    """The project in a folder."""

    folder: Path
    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DAYS, 1))
    code: dict[str, int] = field(
        default_factory=lambda: {"day": 1, "month": 0, "trail": 0, "both": 0, "whole": 0}
    )
    batch: str = "1"
    zone: str = "UTC"

    def write(self) -> None:
        """Write every file as it is to be now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "assets.toml").write_text(SETTINGS)
        text = PIPELINE.format(batch=self.batch, zone=self.zone, **self.code)
        (self.folder / "pipeline.py").write_text(text)
        (self.folder / "raw.json").write_text(json.dumps(self.values))

    def run(self, *selection: str, partitions: str | None = None) -> set[str]:
        """Materialize; return the cells that were computed."""
        self.write()
        with Workspace.open(self.folder) as workspace:
            done = workspace.materialize(selection or None, partitions=partitions)
        return {str(step.cell) for step in done.steps if step.status == "computed"}

    def stale(self) -> int:
        """Return how many cells are still to be made."""
        self.write()
        with Workspace.open(self.folder) as workspace:
            return len(workspace.plan().steps)

    def delete(self, key: str, partition: str | None) -> None:
        """Delete what a cell has stored, if it has any."""
        with Workspace.open(self.folder) as workspace:
            store = workspace.tools.store
            head = store.head("main", Cell(AssetKey(key), partition))
            if head is None:
                return
            stored = store.stored([head.materialization])[head.materialization]
        (self.folder / "data" / stored.location).unlink(missing_ok=True)

    def shown(self) -> Shown:
        """Return the data of every asset, as text, and the version of every cell."""
        with Workspace.open(self.folder) as workspace:
            found = {key: str(workspace.load_arrow(key).to_pydict()) for key in ASSETS}
            keys = workspace.keys()
            heads = workspace.tools.store.heads("main")
        return found | {
            str(cell): head.data_version
            for cell, head in heads.items()
            if cell.partition is None or cell.partition in keys[cell.asset]
        }
