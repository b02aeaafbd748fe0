"""A project whose stored files are damaged, one way after the other, in child processes.

The child says which damage it puts in place before it looks at anything, so that one that
kills it has a name; another child goes on behind it.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets_core import RunFailed, Workspace
from assets_core.errors import AssetsError
from assets_core.upkeep.doctor import examine
from tests.faults.damages import NIGHTLY, Damage
from tests.faults.damages_duckdb import (
    damages_of_duckdb,
    damages_of_log,
    log_of,
    move_into_log,
)
from tests.faults.damages_parquet import damages_of_parquet

ROOT = Path(__file__).parents[2]
KEYS = ("orders", "totals", "apart")
MEMORY = 16 << 30  # of addresses; the libraries reserve far more than they use
SECONDS = 900  # of CPU
START = 'modules = ["pipeline"]\n[executor]\ntype = "inline"\n'
LAKE = '[io.lake]\ntype = "parquet"\n'
WAREHOUSE = f'{START}[io.warehouse]\ntype = "duckdb"\n'
SETTINGS = {  # the first section is the default
    "parquet": f"{START}{LAKE}",
    "duckdb": f"{WAREHOUSE}{LAKE}",
    "log": f"{WAREHOUSE}{LAKE}",
    "views": f'{WAREHOUSE}storage = "views"\nroot = "shown"\n{LAKE}',
}
PIPELINE = """
from pathlib import Path

import pyarrow as pa

from assets_core import asset, source

rates = source("rates", path="rates.txt")


@asset
def orders() -> pa.Table:
    numbers = list(range(2000))
    return pa.table(
        {
            "id": numbers,
            "total": [(n * n % 997) / 8 for n in numbers],
            "buyer": [f"customer {n * 7919 % 1009}" for n in numbers],
        }
    )


@asset
def totals(orders: pa.Table, rates: Path) -> pa.Table:
    rate = int(rates.read_text())
    return pa.table({"total": [rate * n for n in orders["total"].to_pylist()]})


@asset(io="lake")
def apart(rates: Path) -> pa.Table:
    return pa.table({"rate": [int(rates.read_text())]})
"""


@dataclass(frozen=True)
class Seen:
    """What a reader found behind one damage; all empty if it was the right data."""

    errors: dict[str, dict[str, str]]
    wrong: list[str]
    verified: list[str]
    examined: list[str]


def make_project(folder: Path, store: str) -> None:
    """Make a project with everything in it fresh."""
    folder.mkdir()
    (folder / "assets.toml").write_text(SETTINGS[store])
    (folder / "pipeline.py").write_text(PIPELINE)
    (folder / "rates.txt").write_text("2")
    with Workspace.open(folder) as workspace:
        workspace.materialize()
    if store == "log":
        move_into_log(target_of(folder, store))


def target_of(folder: Path, store: str) -> Path:
    """Return the file that is damaged: that of `orders`, or the database."""
    if store == "parquet":
        return folder / "data" / (folder / "data" / "orders.parquet").readlink()
    return folder / "data" / "warehouse.duckdb"


def damages_of(folder: Path, store: str) -> list[Damage]:
    """Return all damages of a project, which is whole; of a database some of each kind."""
    target = target_of(folder, store)
    whole = target.read_bytes()
    if store == "parquet":
        return damages_of_parquet(whole)
    if store == "log":
        found = damages_of_log(whole, log_of(target).read_bytes())
    else:
        found = damages_of_duckdb(whole)
    # A database is opened many times for each, and that takes longer than reading a file.
    return found if NIGHTLY else thinned(found, {"duckdb": 3, "log": 6, "views": 8}[store])


def thinned(damages: list[Damage], step: int) -> list[Damage]:
    """Return every n-th damage of each kind, and at least one."""
    kinds: dict[str, list[Damage]] = {}
    for damage in damages:
        kinds.setdefault(damage.kind, []).append(damage)
    return [one for some in kinds.values() for one in some[len(some) // 2 % step :: step]]


def rows_of(workspace: Workspace) -> dict[str, Any]:
    """Return all rows of a project."""
    return {key: workspace.load_arrow(key).to_pydict() for key in KEYS}


def look(folder: Path, right: dict[str, Any]) -> Seen:
    """Read everything, each way there is."""
    errors: dict[str, dict[str, str]] = {}
    wrong = []
    with Workspace.open(folder) as workspace:
        for key in KEYS:
            try:
                if workspace.load_arrow(key).to_pydict() != right[key]:
                    wrong.append(key)
            except AssetsError as error:
                errors[key] = as_dict(error)
        verified = [str(one.asset) for one in workspace.verify().findings]
        try:
            found = examine(workspace.tools, workspace.graph_of_assets, "main")
            examined = [str(one.asset) for one in found.findings]
        except AssetsError as error:
            examined = [f"doctor gave up: {error}"]
    return Seen(errors, wrong, verified, examined)


def as_dict(error: AssetsError) -> dict[str, str]:
    """Return the parts of an error."""
    parts = {"problem": error.problem, "where": error.where, "fix": error.fix}
    return {"kind": type(error).__name__, **parts}


def run_and_mend(folder: Path, damage: Damage, store: str) -> dict[str, Any]:
    """Run what reads damaged data, then mend it as the errors say, in a copy."""
    copy = folder.with_name("mended")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy, symlinks=True)
    target = target_of(copy, store)
    damage.apply(target)
    (copy / "rates.txt").write_text("3")
    found: dict[str, Any] = {"run": materialize(copy)}
    found["forced"] = materialize(copy, "orders", "totals", force=True)
    if found["forced"]["errors"]:
        for path in (target, log_of(target)):
            if path.exists() or path.is_symlink():
                path.rename(path.with_name(f"damaged {path.name}"))
        found["moved away"] = materialize(copy)
    with Workspace.open(copy) as workspace:
        rows = rows_of(workspace)
        found["rows"] = (rows["apart"]["rate"], sum(rows["totals"]["total"]))
        found["left"] = workspace.plan().counts["compute"]
    return found


def materialize(folder: Path, *keys: str, force: bool = False) -> dict[str, Any]:
    """Materialize and return how each step ended."""
    with Workspace.open(folder) as workspace:
        try:
            result = workspace.materialize(keys or None, force=force)
        except RunFailed as error:
            result = error.result
        except AssetsError as error:
            return {"steps": {}, "errors": {"run": [type(error).__name__, str(error)]}}
        steps = {step.cell.asset: step.status for step in result.steps}
        errors = {
            step.cell.asset: [step.error.type, step.error.message]
            for step in result.steps
            if step.error
        }
        return {"steps": steps, "errors": errors}


def outcomes(folder: Path, store: str, *, mend: bool = False) -> Iterator[dict[str, Any]]:
    """Yield what happened behind each damage, even if it killed the process."""
    names = [damage.name for damage in chosen(folder, store, mend=mend)]
    done = 0
    while done < len(names):
        arguments = (str(folder), store, str(done), str(int(mend)))
        child = subprocess.run(
            [sys.executable, "-B", __file__, *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=3600,
        )
        found = [json.loads(line) for line in child.stdout.splitlines()]
        yield from found
        done += len(found)
        if child.returncode:
            name = names[min(done, len(names) - 1)]
            yield {"name": name, "died": child.returncode, "said": child.stderr[-2000:]}
            done += 1
        elif not found:
            raise AssertionError(f"nothing was looked at: {child.stderr}")


def chosen(folder: Path, store: str, *, mend: bool) -> list[Damage]:
    """Return the damages to look at: all, or one of each kind, or of some kinds."""
    damages = damages_of(folder, store)
    if not mend:
        return damages
    kinds = thinned(damages, len(damages))
    return kinds if NIGHTLY or store == "parquet" else kinds[::3]


def child(folder: Path, store: str, start: int, *, mend: bool) -> None:
    """Look at one damage after the other, and print a line for each."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    target = target_of(folder, store)
    copy = folder.with_name("copy")
    if not copy.exists():
        shutil.copytree(folder, copy, symlinks=True)
    with Workspace.open(folder.with_name("right")) as workspace:
        right = rows_of(workspace)
    for damage in chosen(folder, store, mend=mend)[start:]:
        if mend:
            found = run_and_mend(folder, damage, store)
        else:
            damage.apply(copy / target.relative_to(folder))
            found = vars(look(copy, right))
        sys.stdout.write(json.dumps({"name": damage.name, **found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    child(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), mend=sys.argv[4] == "1")
