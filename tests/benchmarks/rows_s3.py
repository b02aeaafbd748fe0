"""The rows about objects in S3, against the same client used bare."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import Row, Sample, alternate, expect, run_program
from tests.object_store.swift_server import Swift, running_swift

HERE = Path(__file__).parent
SMALL = 20_000
MEGABYTE = 1 << 20


def objects(folder: Path, count: int, megabytes: int, times: int) -> Iterator[Row]:
    """Measure many small objects, and a large one."""
    folder.mkdir()
    with running_swift() as swift:
        for name, work, number, size in (
            ("s3-small", f"{count:,} objects of 20 kB to S3", count, SMALL),
            ("s3-large", f"One object of {megabytes:,} MB to S3", 1, megabytes * MEGABYTE),
        ):
            put = partial(_put, swift, folder, (number, size))
            programs = {what: partial(put, what) for what in ("store", "bare")}
            samples = alternate(programs, times)
            yield Row(
                name=name,
                work=work,
                reference="obstore, the same client, alone",
                ours=samples["store"],
                bare=samples["bare"],
                checked="as many objects of as many bytes are there",
                budget=1.15,
            )


def _put(swift: Swift, folder: Path, sizes: tuple[int, int], what: str) -> Sample:
    (count, size), prefix = sizes, swift.new_prefix()
    command = [sys.executable, HERE / "put_objects.py", what, swift.url, prefix]
    sample = run_program([*command, count, size], folder)
    names = swift.names(f"{prefix}/")
    expect("how many objects are there", len([n for n in names if "/" in n]), count)
    for name in names:
        swift.delete(name)
    shutil.rmtree(folder / ".assets", ignore_errors=True)
    return replace(sample, output="", **sample.document()["took"])
