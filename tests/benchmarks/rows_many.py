"""The rows about many small assets: all, none, and a few of them computed."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.benchmarks import bare_check
from tests.benchmarks.measuring import (
    Profile,
    Row,
    Sample,
    alternate,
    expect,
    median,
    program,
    run_program,
)
from tests.benchmarks.profiles import durable_writes, profiled
from tests.benchmarks.projects import LAYERS, ROWS_OF_SMALL, Layered, forget
from tests.benchmarks.rows_few import BARE, HERE, OURS, compare

SETTLED = 3.0
HAND_ON = "the functions, and a file of each by pyarrow alone, neither read nor synced"
_EPOCH = 1_000_000  # numbers that no function has from the start


@dataclass(frozen=True, slots=True)
class Many:
    """A project of many small assets in a folder, with and without the framework."""

    folder: Path
    layered: Layered

    @property
    def count(self) -> int:
        """Return how many assets it has."""
        return self.layered.count

    def write(self) -> None:
        """Write the modules of both."""
        for name in (OURS, BARE):
            self.layered.write(self.folder / name, framework=name == OURS)

    def compute(self) -> Sample:
        """Compute everything, from nothing."""
        forget(self.folder / OURS)
        return self.materialize(self.layered.graph())

    def materialize(self, wanted: object) -> Sample:
        """Run ours, and raise if it computed anything but what it should."""
        place = self.folder / OURS
        sample = run_program(
            [program("assets"), "--project", place, "materialize", "--json"], place
        )
        report = sample.document()
        steps = {step["asset"]: step["status"] for step in report["steps"]}
        expect("steps", steps, dict.fromkeys(wanted, "computed"))  # type: ignore[call-overload]
        rows = {step["rows"] for step in report["steps"]}
        expect("rows of each step", rows, {ROWS_OF_SMALL} if steps else set())
        fresh = self.count - len(steps)
        expect("fresh assets", report["counts"]["fresh"], fresh)
        return replace(sample, output="")

    def profile(self) -> Profile:
        """Look at what a run of ours does, of what there is to do now."""
        place = self.folder / OURS
        command = [program("assets"), "--project", place, "materialize", "--json"]
        return profiled(command, place)

    def loop(self, *names: str) -> Sample:
        """Run the bare loop, over everything from nothing or over some names."""
        place = self.folder / BARE
        if not names:
            forget(place)
        sample = run_program([sys.executable, HERE / "bare_loop.py", place, *names], place)
        expect("calls", sample.document()["count"], len(names) or self.count)
        return sample

    def hand_on(self) -> Sample:
        """Run the bare loop with frames handed on in memory, each written once."""
        place = self.folder / BARE
        forget(place)
        command = [sys.executable, HERE / "bare_loop.py", place, "--hand-on"]
        sample = run_program(command, place)
        expect("files", len([*place.glob("data/*.parquet")]), self.count)
        return sample

    def imports(self) -> Sample:
        """Import the modules without the framework, and do nothing."""
        command = [sys.executable, HERE / "bare_loop.py", self.folder / BARE, "--import"]
        sample = run_program(command, self.folder)
        expect("functions", sample.document()["count"], self.count)
        return sample

    def compare(self) -> None:
        """Raise if the two do not hold the same data."""
        wanted = {"tables": self.count, "rows": self.count * ROWS_OF_SMALL}
        compare(self.folder / OURS, self.folder / BARE, wanted)


def everything(many: Many, times: int) -> Iterator[Row]:
    """Measure computing all assets; leaves them computed."""
    many.write()
    programs = {OURS: many.compute, HAND_ON: many.hand_on, BARE: many.loop}
    samples = alternate(programs, times)
    many.compare()
    forget(many.folder / OURS)
    profile = many.profile()
    written = durable_writes(many.folder / "durable", many.count)
    yield Row(
        name="all",
        work=f"{many.count:,} small assets in {LAYERS} layers, all computed, durable",
        reference="bare loop: files read back, no fsync",
        ours=samples[OURS],
        bare=samples[BARE],
        checked="each computed once; the same data as the loop's",
        budget=0.8,
        profile=profile,
        floor={
            "the bare loop, nothing durable": median(samples[BARE], "seconds"),
            HAND_ON: median(samples[HAND_ON], "seconds"),
            f"{many.count:,} files of 4 kB, each synced": written,
        },
    )


def nothing(many: Many, times: int, budget: float | None) -> Iterator[Row]:
    """Measure a run that finds nothing to do, in a project that is computed."""
    graph = many.layered.graph()
    # What was computed just now is not trusted yet: one run looks, and remembers.
    time.sleep(SETTLED)
    many.materialize([])
    programs = {
        OURS: lambda: many.materialize([]),
        "check": _check(many.folder / "check", graph),
        "imports": many.imports,
    }
    ninja = None if many.layered.lean else _ninja(many.folder / "ninja", graph)
    if ninja is not None:
        programs["ninja"] = ninja
    samples = alternate(programs, times)
    lean = ", modules that load no pandas" if many.layered.lean else ""
    common = Row(
        name=f"none-{many.count}{'-lean' if lean else ''}",
        work=f"Nothing to do, {many.count:,} assets{lean}",
        reference="bare SQLite-and-stat check",
        ours=samples[OURS],
        bare=samples["check"],
        checked="nothing computed, every asset fresh",
        budget=budget,
        profile=many.profile(),
        floor={"the bare check": median(samples["check"], "seconds")},
    )
    yield common
    both = zip(samples["check"], samples["imports"], strict=True)
    together = [check.then(imports) for check, imports in both]
    yield replace(
        common,
        name=f"{common.name}-imports",
        reference="the check, and importing the same modules without the framework",
        bare=together,
        budget=None,
        profile=None,
    )
    if many.layered.lean:
        return
    yield replace(
        common,
        name=f"{common.name}-ninja",
        reference="`ninja` on the same graph",
        bare=samples.get("ninja", ()),
        budget=None,
        profile=None,
        missing="" if ninja else "ninja is not installed",
    )


def one_changed(many: Many, times: int) -> Iterator[Row]:
    """Measure a change in the middle of a project that is computed."""
    name = many.layered.middle()
    affected = many.layered.affected(name)
    numbers = iter(range(_EPOCH, _EPOCH + times))
    now = _EPOCH

    def edit(where: str) -> None:
        many.layered.change(many.folder / where, name, now, framework=where == OURS)

    def change() -> Sample:
        nonlocal now
        now = next(numbers)
        edit(OURS)
        return many.materialize(affected)

    def loop() -> Sample:
        edit(BARE)
        sample = many.loop(*affected)
        return replace(sample, **sample.document()["took"])

    samples = alternate(
        {"change": change, "loop": loop, "nothing": lambda: many.materialize([])}, times
    )
    many.compare()
    now = _EPOCH + times
    edit(OURS)
    profile = many.profile()
    both = zip(samples["nothing"], samples["loop"], strict=True)
    yield Row(
        name="one",
        work=f"One asset changed in the middle of {many.count:,}",
        reference=f"nothing to do, and the bare loop over {len(affected)} assets",
        ours=samples["change"],
        bare=[nothing.then(loop) for nothing, loop in both],
        checked=f"exactly the {len(affected)} computed; the same data as the loop's",
        budget=1.3,
        profile=profile,
        floor={"the bare loop over these": median(samples["loop"], "seconds")},
    )


def _check(folder: Path, graph: dict[str, tuple[str, ...]]) -> Callable[[], Sample]:
    """Return the bare check, which was tried on a change first."""
    bare_check.write_state(folder, graph)
    command = [sys.executable, HERE / "bare_check.py", folder]
    removed = folder / "data" / next(iter(graph))
    kept = removed.stat()
    moved = removed.rename(folder / "kept")
    count, changed = map(int, run_program(command, folder).output.split())
    expect("a removed file is noticed", (count, changed > 1), (len(graph), True))
    moved.rename(removed)
    expect("the file is back as it was", removed.stat().st_mtime_ns, kept.st_mtime_ns)

    def run() -> Sample:
        sample = run_program(command, folder)
        expect("bare check", sample.output.strip(), f"{len(graph)} 0")
        return sample

    return run


def _ninja(folder: Path, graph: dict[str, tuple[str, ...]]) -> Callable[[], Sample] | None:
    """Return a run of ninja that has nothing to do; None where it is not installed."""
    found = program("ninja")
    ninja = str(found) if found.exists() else shutil.which("ninja")
    if ninja is None:
        return None
    folder.mkdir(parents=True)
    lines = ["rule touch", "  command = : > $out"]
    for name, above in graph.items():
        inputs = " ".join(f"data/{other}" for other in above) or "source"
        lines.append(f"build data/{name}: touch {inputs}")
    (folder / "build.ninja").write_text("\n".join([*lines, ""]))
    (folder / "source").touch()
    run_program([ninja], folder)

    def run() -> Sample:
        sample = run_program([ninja], folder)
        expect("ninja", sample.output.strip(), "ninja: no work to do.")
        return sample

    return run
