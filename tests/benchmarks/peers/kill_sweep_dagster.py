"""Kill a project of three assets at each call that changes its stored files, and look.

The same for two targets: Dagster with its default IO manager, and assets-core with Parquet.
Each point is a process of its own that `strace` kills when it is about to make one call,
once in a first run and once in an update. Then a reader opens what is stored:

torn           a stored file is there and cannot be loaded, or holds neither version
lost           after an update that was killed, neither the old nor the new version is there
not converged  after the next run, which nothing disturbs, the result is not the right one

It needs Linux, strace, and for Dagster a package index: Dagster is installed from there
into a virtual environment in a temporary folder, which is removed at the end.

    python tests/benchmarks/peers/kill_sweep_dagster.py
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))  # as a script it is started from anywhere

from tests.benchmarks.peers.kill_targets import (  # noqa: E402 - needs the line above
    Target,
    call,
    make_dagster,
    make_ours,
)

CALLS = (
    *("openat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync"),
    *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "symlink", "symlinkat", "chmod", "fchmod"),
)
LINE = re.compile(r"^(?P<thread>\d+)\s+(?P<call>\w+)\((?P<rest>.*)$")
OLD, NEW = [1, 2, 3], [4, 5]


@dataclass(frozen=True, order=True)
class Point:
    """One call of a run: the thread makes it for the n-th time."""

    call: str
    count: int
    text: str


@dataclass
class Figures:
    """What was found behind all points of one target."""

    points: int = 0
    torn: int = 0
    lost: int = 0
    not_converged: int = 0
    missed: int = 0


def prepare(target: Target, folder: Path, *, update: bool) -> None:
    """Make the project, with an old version of everything if it is to be updated."""
    for name, text in target.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    set_values(folder, OLD)
    if update:
        if call(target.command(), folder).returncode:
            sys.exit(f"{target.name}: a run that nothing disturbs fails in {folder}")
        set_values(folder, NEW)


def set_values(folder: Path, values: list[int]) -> None:
    """Write what the first asset reads."""
    (folder / "values.txt").write_text(" ".join(map(str, values)), encoding="utf-8")


def expected(values: list[int]) -> dict[str, list[int]]:
    """Return what the three assets are made of these values."""
    twice = [2 * n for n in values]
    return {"first": values, "second": twice, "third": [n + 1 for n in twice]}


def find_points(target: Target, folder: Path) -> list[Point]:
    """Run once under a trace; return the calls that change files in the storage folder."""
    trace = folder / "trace.txt"
    strace = [
        "strace",
        "-f",
        "-y",
        "-qq",
        "-o",
        str(trace),
        "-e",
        f"trace={','.join(CALLS)}",
    ]
    done = call([*strace, *target.command()], folder)
    if done.returncode:
        sys.exit(f"{target.name}: it does not run under strace ({done.returncode})")
    inside = str(folder / target.storage)
    counts: Counter[tuple[str, str]] = Counter()
    points = set()
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if found := LINE.match(line):
            key = (found["thread"], found["call"])
            counts[key] += 1
            if inside in found["rest"] and changes(found["call"], found["rest"]):
                text = found["rest"].replace(str(folder), "")[:80]
                points.add(Point(found["call"], counts[key], text))
    return sorted(points)


def changes(name: str, rest: str) -> bool:
    """Return whether a call changes something; opening does if it makes or empties."""
    if "ENOENT" in rest or "compute_logs" in rest:
        return False
    return name != "openat" or "O_CREAT" in rest or "O_TRUNC" in rest


def evenly(points: list[Point], limit: int) -> list[Point]:
    """Return no more than so many points, from all parts of the list."""
    if len(points) <= limit:
        return points
    return [points[number * len(points) // limit] for number in range(limit)]


def sweep(target: Target, folder: Path, limit: int) -> Figures:
    """Kill a first run and an update at every chosen point."""
    figures = Figures()
    for update in (False, True):
        whole = folder / "whole"
        prepare(target, whole, update=update)
        # The files of a project are traced and killed under one path: one at a time.
        place = folder / "project"
        shutil.copytree(whole, place, symlinks=True)
        points = evenly(find_points(target, place), limit)
        for point in points:
            shutil.rmtree(place)
            shutil.copytree(whole, place, symlinks=True)
            kill_and_look(target, place, point, figures, update=update)
        shutil.rmtree(place)
        shutil.rmtree(whole)
    return figures


def kill_and_look(
    target: Target, place: Path, point: Point, figures: Figures, *, update: bool
) -> None:
    """Kill a run at one point, read what is there, run again, and count what is wrong."""
    trace = place / "trace.txt"
    inject = f"inject={point.call}:signal=SIGKILL:when={point.count}"
    strace = ["strace", "-f", "-y", "-qq", "-o", str(trace), "-e", f"trace={point.call}"]
    call([*strace, "-e", inject, *target.command()], place)
    if not killed_inside(trace, point.call, place / target.storage):
        figures.missed += 1
        return
    before, after = expected(OLD), expected(NEW if update else OLD)
    seen = read(target, place)
    torn = {name for name, one in seen.items() if is_torn(one, before[name], after[name])}
    gone = {name for name, one in seen.items() if "rows" not in one} if update else set()
    again = call(target.command(), place)
    rows = {name: one.get("rows") for name, one in read(target, place).items()}
    figures.points += 1
    figures.torn += bool(torn)
    figures.lost += bool(gone)
    figures.not_converged += bool(again.returncode) or rows != after
    if torn or gone or rows != after:
        what = "update" if update else "first run"
        print(f"{target.name}, {what}, {point.call} {point.text}", seen, file=sys.stderr)


def killed_inside(trace: Path, name: str, storage: Path) -> bool:
    """Return whether the process was killed at a call to the storage folder."""
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    last = [one for one in lines if f" {name}(" in one and str(storage) in one][-1:]
    dead = any("+++ killed by SIGKILL +++" in one for one in lines)
    return dead and any(one.endswith(("= ?", "<unfinished ...>")) for one in last)


def is_torn(seen: dict[str, object], before: list[int], after: list[int]) -> bool:
    """Return whether a stored file is neither of the two versions."""
    return "torn" in seen or ("rows" in seen and seen["rows"] not in (before, after))


def read(target: Target, place: Path) -> dict[str, dict[str, object]]:
    """Return what a reader finds in each stored file."""
    done = call([str(target.python), "-B", "-c", target.reader], place)
    found: dict[str, dict[str, object]] = json.loads(done.stdout)
    return found


def table(figures: dict[str, tuple[str, Figures]]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| target | version | points | torn reads | lost versions | not converged |"
    yield "|---|---|---|---|---|---|"
    for name, (version, found) in figures.items():
        counts = (found.points, found.torn, found.lost, found.not_converged)
        yield f"| {name} | {version} | " + " | ".join(map(str, counts)) + " |"


def main(arguments: list[str]) -> None:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = ("dagster", "ours")
    parser.add_argument("--target", choices=known, action="append", help="default: both")
    parser.add_argument("--points", type=int, default=60, help="at most, for each target")
    parser.add_argument("--all", action="store_true", help="every point")
    parser.add_argument("--venv", type=Path, help="an environment that has Dagster")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    given = parser.parse_args(arguments)
    names = given.target or known
    limit = sys.maxsize if given.all else max(1, given.points // 2)
    if given.dry_run:
        print(f"targets: {', '.join(names)}; points of each run: {limit}")
        print(f"calls: {', '.join(CALLS)}")
        return
    if shutil.which("strace") is None:
        sys.exit("strace is not installed, and nothing can be killed without it.")
    with tempfile.TemporaryDirectory(prefix="kill-sweep-") as kept:
        folder = Path(kept).resolve()
        figures = {}
        for name in names:
            target = make_dagster(folder, given.venv) if name == "dagster" else make_ours()
            figures[target.name] = (target.version, sweep(target, folder, limit))
    print("\n".join(table(figures)))
    print(f"\nPython {platform.python_version()}, {platform.platform()}")
    for name, (_, found) in figures.items():
        if found.missed:
            print(f"{name}: at {found.missed} more points the kill came at another call")


if __name__ == "__main__":
    main(sys.argv[1:])
