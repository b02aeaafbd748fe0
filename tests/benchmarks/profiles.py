"""Where the time of a row goes, and what nobody who does that work can save."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.measuring import Profile, WrongResultError, run_program
from tests.benchmarks.sampling import PARTS

HERE = Path(__file__).parent
_BYTES = 4096  # about what a table of 100 rows takes as Parquet


def profiled(command: Sequence[object], folder: Path) -> Profile:
    """Run a program of Python once more, apart from the timed runs, and see what it does.

    Args:
        command: The script and its arguments, without the interpreter.
    """
    with tempfile.TemporaryDirectory() as temporary:
        into = Path(temporary, "seen.json")
        run_program([sys.executable, HERE / "sampling.py", into, *command], folder)
        found = json.loads(into.read_text(encoding="utf-8"))
    seen, total = found["seen"], sum(found["seen"].values())
    if not total:
        raise WrongResultError(f"{command[0]} ended before anything was seen of it")
    parts = {part: seen[part] / total for part in PARTS if part in seen}
    return Profile(found["seconds"], parts)


def durable_writes(folder: Path, count: int) -> float:
    """Return the seconds that small files take, each synced, and then their folder."""
    folder.mkdir(parents=True)
    content = os.urandom(_BYTES)
    started = time.perf_counter()
    for number in range(count):
        with (folder / str(number)).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return time.perf_counter() - started
