"""A project whose one asset is a stream of generated batches, run in a process of its own.

Says on stdout what came of it, and by how many bytes its memory grew at most.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SETTINGS = 'name = "stream"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
PIPELINE = """
import numpy as np
import pandera.pandas as pa_schema
import pyarrow as pa

from assets_core import Quarantine, asset

SIZE = int(open("size.txt").read())
ROWS = 1 << 16
SCHEMA = pa.schema([("id", pa.int64()), ("price", pa.float64()), ("note", pa.string())])
RULES = pa_schema.DataFrameSchema({
    "id": pa_schema.Column(int, pa_schema.Check.ge(0)),
    "price": pa_schema.Column(float, pa_schema.Check.in_range(0, 1000)),
})


@asset(schema=RULES, on_invalid="quarantine")
def orders() -> pa.RecordBatchReader:
    notes = pa.array(["left at the door, as was asked for, " * 5] * ROWS)
    prices = np.linspace(0, 1000, ROWS)

    def batches():
        made = first = 0
        while made < SIZE:
            ids = np.arange(first, first + ROWS)
            ids[5000::10_000] *= -1
            yield pa.record_batch([pa.array(ids), pa.array(prices), notes], schema=SCHEMA)
            first += ROWS
            made += ROWS * (16 + 180)

    return pa.RecordBatchReader.from_batches(SCHEMA, batches())
"""
RUN = """
import json
from pathlib import Path

import pandera.pandas
import pyarrow.parquet
from assets_core import Workspace
from assets_core.running.result import succeeded
from assets_core.workspace.partitioning import asked_for


def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


with Workspace.open(".") as workspace:
    workspace.plan()
    before = peak()
    (step,) = succeeded(workspace.run(asked_for(None, None))).steps
    print(json.dumps({
        "rows": step.rows, "aside": step.quarantined, "grown": peak() - before,
    }))
"""


def run_stream(folder: Path, size: int) -> dict[str, Any]:
    """Materialize so many bytes, and return what came of it."""
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "size.txt").write_text(str(size))
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
