"""How the work grows: with assets, with partitions, and with the runs that there were."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import rows_partitions
from tests.benchmarks.measuring import Point, Row, Sample, expect, program, run_program
from tests.benchmarks.projects import LAYERS, Layered
from tests.benchmarks.rows_few import HERE

ASSETS, PARTITIONS, RUNS = "assets", "partitions", "runs"
SETTLED = 2.1  # seconds after which nothing is too new to be trusted
_MOST_COMPUTED = 10_000  # assets; more are filled in, which takes minutes less
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where syncs cost nothing
_IN_HISTORY = 100  # assets of the project with a long history
_OTHER_NUMBER = 1_000_000  # that no function has


@dataclass(frozen=True, slots=True)
class _Measured:
    """What rows of one size are about."""

    chart: str
    size: int
    work: str

    def row(
        self, series: str, samples: Sequence[Sample], checked: str, missing: str = ""
    ) -> Row:
        """Return a row; without samples, why there are none."""
        words = series.replace(",", "").replace(" ", "-")
        return Row(
            name=f"growth-{self.chart}-{self.size}-{words}",
            work=f"{self.work}: {series}",
            reference="nothing does it",
            ours=samples,
            bare=[],
            checked=checked,
            missing=missing or "there is no reference",
            point=Point(self.chart, series, self.size),
        )


def sizes(first: int, most: int, factor: int = 10) -> list[int]:
    """Return the sizes from the first to the last, each so many times the one before."""
    found = []
    while first < most:
        found.append(first)
        first *= factor
    return [*found, most]


def assets(folder: Path, most: int, times: int) -> Iterator[Row]:
    """Measure loading, planning, computing and finding nothing to do, of ever more."""
    for count in sizes(min(100, most), most):
        layered, place = Layered(count), folder / str(count)
        layered.write(place, framework=True)
        row = _Measured(ASSETS, count, f"{count:,} assets in {LAYERS} layers").row
        often = times if count <= _MOST_COMPUTED else 1
        found = [_load(place, count) for _ in range(often)]
        yield row("load", found, "all assets found")
        planned = _assets(place, "plan")
        expect("planned steps", len(planned.document()["steps"]), count)
        yield row("plan from nothing", [planned], "a step for each")
        yield _filled(place, count, row)
        time.sleep(SETTLED)
        _nothing(place, count)  # the first that finds nothing remembers that
        found = [_nothing(place, count) for _ in range(often)]
        yield row("nothing to do", found, "each is fresh")
        shutil.rmtree(place)


def _filled(place: Path, count: int, row: Callable[..., Row]) -> Row:
    """Let every asset show a result, computed or as if it had been."""
    if count <= _MOST_COMPUTED:
        sample = _assets(place, "materialize")
        expect("computed", sample.document()["counts"]["computed"], count)
        return row("full run", [sample], "each computed once")
    run_program([sys.executable, HERE / "growth.py", "fill", place], place)
    return row("full run", [], "not run", "not run: it takes more than ten minutes")


def _load(place: Path, count: int) -> Sample:
    sample = run_program([sys.executable, HERE / "growth.py", "load", place], place)
    expect("assets", sample.output.strip(), str(count))
    return sample


def _nothing(place: Path, count: int) -> Sample:
    sample = _assets(place, "materialize")
    expect("fresh", sample.document()["counts"]["fresh"], count)
    return sample


def _assets(place: Path, *words: str) -> Sample:
    """Run a command of ours that answers with a document."""
    return run_program([program("assets"), "--project", place, *words, "--json"], place)


def partitions(folder: Path, most: int) -> Iterator[Row]:
    """Measure planning of one asset of ever more hours."""
    for count in sizes(1, most, 100):
        yield from rows_partitions.cells(folder / str(count), 1, count)


def runs(folder: Path, most: int, times: int) -> Iterator[Row]:
    """Measure commands in a project that ever more runs have computed something in."""
    place = folder / "project"
    Layered(_IN_HISTORY).write(place, framework=True)
    with (place / "assets.toml").open("a") as file:
        file.write(f"[retention]\nruns = {10 * most}\n")
    _assets(place, "materialize")
    begun = _metadata(place)
    done = 0
    for count in sizes(min(10, most), most):
        _add_history(place, range(done, count))
        done = count
        size = (_metadata(place) - begun) / count
        yield from _commands(place, count, times, f"{size:,.0f} bytes of metadata a run")


def _commands(place: Path, count: int, times: int, size: str) -> Iterator[Row]:
    time.sleep(SETTLED)
    _nothing(place, _IN_HISTORY)
    layered = Layered(_IN_HISTORY)
    name = next(iter(layered.graph()))
    row = _Measured(RUNS, count, f"{_IN_HISTORY} assets, {count:,} runs before").row
    for words in (("list",), ("plan",), ("materialize",), ("runs",), ("why", name)):
        samples = [_assets(place, *words) for _ in range(times)]
        checked = f"a document; {size}" if words == ("runs",) else "a document"
        yield row(words[0], samples, checked)
    layered.change(place, name, _OTHER_NUMBER, framework=True)
    samples = [_assets(place, "plan") for _ in range(times)]
    layered.change(place, name, 0, framework=True)  # as it was
    found = [step["asset"] for step in samples[-1].document()["steps"]]
    expect("planned after a change", name in found, True)  # noqa: FBT003
    yield row("plan, one changed", samples, "a step for what has changed")


def _add_history(place: Path, numbers: range) -> None:
    """Let the project be run, where syncs cost nothing; what is remembered is the same."""
    state = place / ".assets"
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as temporary:
        fast = Path(temporary, "project")
        shutil.copytree(place, fast, symlinks=True)
        command = ["history", fast, numbers.start, numbers.stop]
        run_program([sys.executable, HERE / "growth.py", *command], fast)
        for path in fast.glob(".assets/metadata.db*"):
            shutil.copy2(path, state / path.name)


def _fast_folder() -> Path | None:
    return _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None


def _metadata(place: Path) -> int:
    return sum(path.stat().st_size for path in place.glob(".assets/metadata.db*"))
