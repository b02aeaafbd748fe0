"""Measure the work that has a budget, each against a reference taken in the same run.

`python3 run.py bench` does all of it in full size, which takes some minutes. It prints a
table in Markdown; `--json FILE` keeps every sample. A missed budget does not fail. A wrong
result does: what was computed, and what came out, is checked for everything measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import rows_few, rows_many, rows_partitions, rows_s3
from tests.benchmarks.measuring import Measure, Row, Sample, WrongResultError, values
from tests.benchmarks.projects import Layered

CORES = 2  # what the budgets are written for
PACKAGES = ("assets-core", "pandas", "pyarrow", "duckdb", "numpy")
GROUPS = ("first", "small", "many", "large", "hash", "starting", "days", "cells", "s3")
FULL = {
    "assets": 1000,
    "many": 10_000,
    "rows": 5_000_000,
    "days": 365,
    "cells": 1_000_000,
    "objects": 1000,
    "megabytes": 1024,
    "repeat": 10,
}
QUICK = {
    "assets": 100,
    "many": 1000,
    "rows": 200_000,
    "days": 365,
    "cells": 20_000,
    "objects": 100,
    "megabytes": 64,
    "repeat": 5,
}


def measure(sizes: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Yield the rows that were asked for, as they are measured."""
    often = sizes.repeat
    seldom = (often + 1) // 2  # for what takes seconds
    if "starting" in sizes.only:
        yield from rows_few.starting(folder / "starting", often)
    if "first" in sizes.only:
        yield from rows_few.first(folder / "first", often)
    if "small" in sizes.only:
        small = rows_many.Many(folder / "small", Layered(sizes.assets))
        yield from rows_many.everything(small, seldom)
        yield from rows_many.nothing(small, often, None)
        yield from rows_many.one_changed(small, often)
    if "many" in sizes.only:
        for lean in (False, True):
            name = "many-lean" if lean else "many"
            many = rows_many.Many(folder / name, Layered(sizes.many, lean=lean))
            many.write()
            many.compute()
            yield from rows_many.nothing(many, often, 4.0)
    if "large" in sizes.only:
        yield from rows_few.large(folder / "large", sizes.rows, seldom)
    if "hash" in sizes.only:
        yield from rows_few.hashing(folder / "hash", sizes.rows, seldom)
    yield from _partitions(sizes, folder, seldom)


def _partitions(sizes: argparse.Namespace, folder: Path, times: int) -> Iterator[Row]:
    if "days" in sizes.only:
        yield from rows_partitions.days(folder / "days", sizes.days, times)
    if "cells" in sizes.only:
        yield from rows_partitions.cells(folder / "cells-one", 1, sizes.cells)
        many = max(1, sizes.cells // 1000)
        yield from rows_partitions.cells(folder / "cells-many", many, sizes.cells // many)
    if "s3" in sizes.only:
        yield from rows_s3.objects(folder / "s3", sizes.objects, sizes.megabytes, times)


def machine(folder: Path, cores: int | None) -> dict[str, Any]:
    """Return what the numbers depend on besides the code."""
    return {
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "cores_used": cores,
        "load_before": os.getloadavg(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "free_disk": os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "versions": {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            **{name: version(name) for name in PACKAGES},
        },
    }


def keep_to(cores: int) -> int | None:
    """Keep this process and its children to some cores, where the system can do that."""
    if sys.platform != "linux":
        return os.cpu_count()
    chosen = sorted(os.sched_getaffinity(0))[:cores]
    os.sched_setaffinity(0, chosen)
    return len(chosen)


def table(rows: Sequence[Row]) -> str:
    """Return rows as a table in Markdown."""
    lines = [
        "| work | against | ours | bare | ratio | of CPU time | budget | met? |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        ratios = ["–" if r is None else f"{r:.2f}" for r in (row.ratio, row.cpu_ratio)]
        budget = "–" if row.budget is None else f"≤ {row.budget:g}"
        met = {None: "–", True: "yes", False: "no"}[row.met]
        bare = shown(row.bare, row.of) if row.bare else row.missing
        cells = (row.work, row.reference, shown(row.ours, row.of), bare, *ratios)
        lines.append("| " + " | ".join((*cells, budget, met)) + " |")
    return "\n".join(lines)


def shown(samples: Sequence[Sample], of: Measure) -> str:
    """Return the median of samples, with the lowest and the highest."""
    found = values(samples, of)
    middle, low, high = statistics.median(found), min(found), max(found)
    unit, digits = ("MB", 0) if of == "peak" else ("s", 3 if middle < 1 else 2)
    return f"{middle:,.{digits}f} {unit} ({low:,.{digits}f}–{high:,.{digits}f})"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options, sizes filled in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, for CI")
    for name, value in FULL.items():
        text = f"by default {value:,}, with --quick {QUICK[name]:,}"
        parser.add_argument(f"--{name}", type=int, metavar="N", help=text)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every sample")
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="work in this new folder and keep it; by default in one that is removed",
    )
    given = parser.parse_args(arguments)
    for name, value in (QUICK if given.quick else FULL).items():
        if getattr(given, name) is None:
            setattr(given, name, value)
    return given


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, keep the samples; return the exit code."""
    sizes = parse(arguments)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        if sizes.folder is not None:
            folder = sizes.folder.resolve()
            folder.mkdir(parents=True)
        about = machine(folder, keep_to(CORES))
        try:
            for row in measure(sizes, folder):
                print(f"{row.name}: {shown(row.ours, row.of)}", file=sys.stderr)
                rows.append(row)
        except WrongResultError as error:
            print(f"Wrong result: {error}", file=sys.stderr)
            return 1
    print(table(rows))
    if sizes.json is not None:
        given = {name: getattr(sizes, name) for name in FULL}
        kept = {"machine": about, "sizes": given, "rows": [row.as_json() for row in rows]}
        sizes.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
