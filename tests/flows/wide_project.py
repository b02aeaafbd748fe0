"""Projects of many large tables: all are made before the first is read, or each at once.

It is run in a process of its own, which says on stdout what came of it, and by how many
bytes its memory grew at most.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SETTINGS = """
name = "wide"
modules = ["pipeline"]
[executor]
jobs = 2
memory_limit = "{limit}"
"""
WIDE = """
import numpy as np
import pyarrow as pa

from assets_core import asset


def part(number):
    @asset(key=f"part{{number}}", code_version="1")
    def made() -> pa.Table:
        return pa.table({{"n": np.full({rows}, number)}})

    return made


def total(number):
    @asset(key=f"total{{number}}", inputs={{"rows": f"part{{number}}"}}, code_version="1")
    def made(rows: pa.Table) -> pa.Table:
        return pa.table({{"rows": [rows.num_rows], "first": [rows["n"][0].as_py()]}})

    return made


for number in range({tables}):
    globals().update({{f"part{{number}}": part(number), f"total{{number}}": total(number)}})
"""
CHAIN = """
import numpy as np
import pyarrow as pa

from assets_core import asset


@asset
def part0() -> pa.Table:
    return pa.table({{"n": np.full({rows}, 0)}})


def part(number):
    before = f"part{{number - 1}}"

    @asset(key=f"part{{number}}", inputs={{"rows": before}}, code_version="1")
    def made(rows: pa.Table) -> pa.Table:
        return pa.table({{"n": np.full(rows.num_rows, number)}})

    return made


globals().update({{f"part{{number}}": part(number) for number in range(1, {tables})}})
"""
RUN = """
import json
from pathlib import Path

import pyarrow.parquet
from assets_core import Workspace


def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))


with Workspace.open(".") as workspace:
    workspace.materialize("part0", force=True)
    before = peak()
    steps = workspace.materialize(force=True).steps
    print(json.dumps({"grown": peak() - before, "rows": [step.rows for step in steps]}))
"""


def run_tables(
    folder: Path, pipeline: str, tables: int, size: int, limit: str
) -> dict[str, Any]:
    """Make and read so many tables of so many bytes."""
    (folder / "assets.toml").write_text(SETTINGS.format(limit=limit))
    (folder / "pipeline.py").write_text(pipeline.format(rows=size // 8, tables=tables))
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
