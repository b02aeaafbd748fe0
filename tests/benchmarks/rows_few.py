"""The rows about one asset, one large frame, and starting up."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import assets_core
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
from tests.benchmarks.projects import LARGE, ROWS_OF_SMALL, SMALL, write_script

HERE = Path(__file__).parent
OURS, BARE = "ours", "bare"
_TOTALS = 8  # kinds of events
_COLUMNS = 8  # of the large table


def first(folder: Path, times: int) -> Iterator[Row]:
    """Measure one small asset, from nothing."""
    tables = {"tables": 1, "rows": ROWS_OF_SMALL}
    samples = _scripts(folder, SMALL, {}, tables, times)
    yield Row(
        name="first",
        work="Whole process, one 100-row asset to Parquet, first time",
        reference="bare pandas + pyarrow script",
        ours=samples[OURS],
        bare=samples[BARE],
        checked="the same 100 rows in both files",
        budget=1.3,
        profile=_profile(folder / "looked-at", SMALL, {}),
        floor={
            "the bare script": median(samples[BARE], "seconds"),
            "one file of 4 kB, synced": durable_writes(folder / "durable", 1),
        },
    )


def large(folder: Path, rows: int, times: int) -> Iterator[Row]:
    """Measure a large frame that a downstream asset reads."""
    tables = {"tables": 2, "rows": rows + _TOTALS}
    samples = _scripts(folder, LARGE, {"rows": rows}, tables, times)
    work = f"{rows:,} rows × 8 columns through Parquet to a downstream asset"
    time = Row(
        name="large-time",
        work=f"{work}: time",
        reference="bare pandas + pyarrow script",
        ours=samples[OURS],
        bare=samples[BARE],
        checked="the same rows in both files of both",
        budget=1.0,
        profile=_profile(folder / "looked-at", LARGE, {"rows": rows}),
        floor={"the bare script": median(samples[BARE], "seconds")},
    )
    yield time
    title = f"{work}: peak memory"
    yield replace(
        time, name="large-memory", work=title, budget=1.05, of="peak", profile=None
    )


def hashing(folder: Path, rows: int, times: int) -> Iterator[Row]:
    """Measure the data version alone: what every table costs on its way to the disk."""
    module = write_script(folder, LARGE, {"rows": rows}, framework=False)

    def run(what: str) -> Sample:
        target = folder / "table.parquet"
        command = [sys.executable, HERE / "hash_table.py", module, what, target]
        sample = run_program(command, folder)
        found = sample.document()
        expect("the table", found["shape"], [rows, _COLUMNS])
        target.unlink(missing_ok=True)
        return replace(sample, output="", **found["took"])

    samples = alternate({OURS: lambda: run("hash"), BARE: lambda: run("write")}, times)
    yield Row(
        name="hash",
        work=f"{rows:,} rows × {_COLUMNS} columns: the data version, in memory",
        reference="pyarrow writes the same table as Parquet",
        ours=samples[OURS],
        bare=samples[BARE],
        checked="the same rows and columns in both",
    )


def starting(folder: Path, times: int) -> Iterator[Row]:
    """Measure what every command pays before it does anything."""
    folder.mkdir(parents=True)
    report = (
        "import sys, assets_core;"
        "print(len(assets_core.__all__), 'pandas' in sys.modules, 'pyarrow' in sys.modules)"
    )
    samples = alternate(
        {
            "help": lambda: run_program([program("assets"), "--help"], folder),
            "import": lambda: run_program([sys.executable, "-c", report], folder),
            "pass": lambda: run_program([sys.executable, "-c", "pass"], folder),
        },
        times,
    )
    names = len(assets_core.__all__)
    for sample in samples["help"]:
        expect("words of the help", {"materialize"} - set(sample.output.split()), set())
    for sample in samples["import"]:
        expect("import assets_core", sample.output.strip(), f"{names} False False")
    bare = samples["pass"]
    reference = "`python -c pass`"
    yield Row(
        name="help",
        work="`assets --help`",
        reference=reference,
        ours=samples["help"],
        bare=bare,
        checked="the help was printed",
        budget=5.0,
        profile=profiled([program("assets"), "--help"], folder),
        floor={reference: median(bare, "seconds")},
    )
    yield Row(
        name="import",
        work="`import assets_core`",
        reference=reference,
        ours=samples["import"],
        bare=bare,
        checked="neither pandas nor pyarrow was loaded",
    )


def _scripts(
    folder: Path, text: str, given: Mapping[str, object], tables: object, times: int
) -> dict[str, list[Sample]]:
    """Run a script with the framework and one without, each time in a new folder."""
    done = {OURS: 0, BARE: 0}

    def run(name: str) -> Sample:
        place = folder / f"{name}-{done[name]}"
        done[name] += 1
        script = write_script(place, text, given, framework=name == OURS)
        sample = run_program([sys.executable, script], place)
        if name == BARE:  # the second of a pair
            both = (folder / f"{OURS}-{done[OURS] - 1}", place)
            compare(*both, tables)
            for one in both:
                shutil.rmtree(one)
        return sample

    return alternate({OURS: lambda: run(OURS), BARE: lambda: run(BARE)}, times)


def _profile(place: Path, text: str, given: Mapping[str, object]) -> Profile:
    """Look at what a script with the framework does."""
    found = profiled([write_script(place, text, given, framework=True)], place)
    shutil.rmtree(place)
    return found


def compare(ours: Path, bare: Path, wanted: object) -> None:
    """Raise if two projects do not hold the same tables, as many as wanted."""
    command = [sys.executable, HERE / "compare.py", ours / "data", bare / "data"]
    found = run_program(command, HERE).document()
    expect("tables that are the same with and without the framework", found, wanted)
