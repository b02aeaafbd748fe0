"""Measure the work that has a budget, each against a reference taken in the same run.

`python3 run.py bench` does all of it in full size, which takes some minutes. It prints a
table in Markdown; `--json FILE` keeps every sample, and `--write-docs` writes the page of
the documentation. A missed budget does not fail. A wrong result does: what was computed,
and what came out, is checked for everything measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import (
    report,
    rows_cores,
    rows_few,
    rows_growth,
    rows_many,
    rows_partitions,
    rows_s3,
)
from tests.benchmarks.measuring import Row, WrongResultError
from tests.benchmarks.projects import Layered

CORES = 2  # what the budgets are written for
PACKAGES = ("assets-core", "pandas", "pyarrow", "duckdb", "numpy")
DOCS = Path(__file__).resolve().parents[2] / "docs"
DOCUMENTED = ("starting", "first", "small", "many", "large", "days", "growth")
"""Groups of rows that the page of the documentation shows."""

GROUPS = (*DOCUMENTED, "hash", "cells", "s3", "cores")
FULL = {
    "assets": 1000,
    "many": 10_000,
    "rows": 5_000_000,
    "days": 365,
    "cells": 1_000_000,
    "steps": 10_000_000,
    "most_assets": 100_000,
    "most_runs": 100_000,
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
    "steps": 100_000,
    "most_assets": 1000,
    "most_runs": 100,
    "objects": 100,
    "megabytes": 64,
    "repeat": 5,
}


def measure(group: str, sizes: argparse.Namespace, folder: Path) -> Iterator[Row]:
    """Yield the rows of a group, as they are measured, in a new folder."""
    often = sizes.repeat
    seldom = (often + 1) // 2  # for what takes seconds
    groups: dict[str, Callable[[], Iterator[Row]]] = {
        "starting": lambda: rows_few.starting(folder, often),
        "first": lambda: rows_few.first(folder, often),
        "small": lambda: _small(folder, sizes),
        "many": lambda: _many(folder, sizes),
        "large": lambda: rows_few.large(folder, sizes.rows, seldom),
        "hash": lambda: rows_few.hashing(folder, sizes.rows, seldom),
        "days": lambda: rows_partitions.days(folder, sizes.days, seldom),
        "cells": lambda: _cells(folder, sizes.cells),
        "growth": lambda: _growth(folder, sizes),
        "cores": lambda: rows_cores.scaled(folder, sizes.steps, sizes.assets, seldom),
        "s3": lambda: rows_s3.objects(folder, sizes.objects, sizes.megabytes, seldom),
    }
    yield from groups[group]()


def _small(folder: Path, sizes: argparse.Namespace) -> Iterator[Row]:
    small = rows_many.Many(folder, Layered(sizes.assets))
    yield from rows_many.everything(small, (sizes.repeat + 1) // 2)
    yield from rows_many.nothing(small, sizes.repeat, None)
    yield from rows_many.one_changed(small, sizes.repeat)


def _many(folder: Path, sizes: argparse.Namespace) -> Iterator[Row]:
    for name, lean in (("usual", False), ("lean", True)):
        many = rows_many.Many(folder / name, Layered(sizes.many, lean=lean))
        many.write()
        many.compute()
        yield from rows_many.nothing(many, sizes.repeat, 4.0)


def _cells(folder: Path, count: int) -> Iterator[Row]:
    assets = max(1, count // 1000)
    return rows_partitions.cells(folder, assets, count // assets)


def _growth(folder: Path, sizes: argparse.Namespace) -> Iterator[Row]:
    yield from rows_growth.assets(folder / "assets", sizes.most_assets, sizes.repeat)
    yield from rows_growth.partitions(folder / "partitions", sizes.cells)
    yield from rows_growth.runs(folder / "runs", sizes.most_runs, sizes.repeat)


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


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options, sizes filled in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, for CI")
    for name, value in FULL.items():
        text = f"by default {value:,}, with --quick {QUICK[name]:,}"
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=int, metavar="N", help=text)
    parser.add_argument("--only", nargs="+", choices=GROUPS, help="groups of rows")
    parser.add_argument(
        "--write-docs",
        type=Path,
        metavar="DIR",
        nargs="?",
        const=DOCS,
        help="write the page of the documentation, by default with all that it shows",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every sample")
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="work in this new folder and keep it; by default in one that is removed",
    )
    given = parser.parse_args(arguments)
    given.only = given.only or (DOCUMENTED if given.write_docs else GROUPS)
    for name, value in (QUICK if given.quick else FULL).items():
        if getattr(given, name) is None:
            setattr(given, name, value)
    return given


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, keep the samples; return the exit code."""
    sizes = parse(arguments)
    rows: list[Row] = []
    took: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        if sizes.folder is not None:
            folder = sizes.folder.resolve()
            folder.mkdir(parents=True)
        about = {
            "machine": machine(folder, keep_to(CORES)),
            "sizes": {name: getattr(sizes, name) for name in FULL},
            "took": took,
        }
        try:
            for group in sizes.only:
                began = time.perf_counter()
                for row in measure(group, sizes, folder / group):
                    found = report.shown(row.ours, row.of) if row.ours else row.missing
                    print(f"{row.name}: {found}", file=sys.stderr)
                    rows.append(row)
                took[group] = time.perf_counter() - began
        except WrongResultError as error:
            print(f"Wrong result: {error}", file=sys.stderr)
            return 1
    print(report.table(rows))
    if sizes.json is not None:
        kept = json.dumps(report.document(rows, about), indent=1) + "\n"
        sizes.json.write_text(kept, encoding="utf-8")
    if sizes.write_docs is not None:
        report.write_docs(sizes.write_docs, rows, about)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
