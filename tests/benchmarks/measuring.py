"""Run programs, take their time and memory, and compare ours with a reference.

This module and all that `run.py` imports load the standard library only: the peak of a
child's memory, as the system tells it, is never below that of the process it came from.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_MEGABYTE = 1 << 20
_SHOWN = 4000  # characters of a failed program's output

Measure = Literal["seconds", "cpu", "peak"]


class WrongResultError(Exception):
    """A workload did something else than it was measured for."""


class TooLongError(Exception):
    """A program was ended because it took longer than it may."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of one program.

    Attributes:
        cpu: The seconds for which it kept a core busy; other work delays it less.
        peak: The most memory that it held at once, in megabytes.
    """

    seconds: float
    cpu: float
    peak: float
    output: str = ""

    def document(self) -> dict[str, Any]:
        """Return its output, which is one JSON document."""
        found: dict[str, Any] = json.loads(self.output)
        return found

    def then(self, other: Sample) -> Sample:
        """Return what this and another would take, one after the other."""
        return Sample(
            self.seconds + other.seconds,
            self.cpu + other.cpu,
            max(self.peak, other.peak),
        )


@dataclass(frozen=True, slots=True)
class Point:
    """Where a row stands in a plot of how something grows."""

    chart: str
    series: str
    size: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What one more run, looked at from within, spent its time on.

    Attributes:
        seconds: How long it took, looked at.
        parts: The share of each part of the work, of all the time that was seen.
    """

    seconds: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: ours against a reference.

    Attributes:
        bare: The reference; empty when it could not be measured here.
        checked: What the results were checked for.
        of: What of the samples is compared.
        profile: Where the time of ours goes.
        floor: Seconds that nobody who does this work saves, by what they are for.
    """

    name: str
    work: str
    reference: str
    ours: Sequence[Sample]
    bare: Sequence[Sample]
    checked: str
    budget: float | None = None
    of: Measure = "seconds"
    missing: str = ""
    point: Point | None = None
    profile: Profile | None = None
    floor: Mapping[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """Return the median of ours over the median of the reference."""
        return self._ratio(self.of)

    @property
    def cpu_ratio(self) -> float | None:
        """Return the same of the time for which cores were busy."""
        return None if self.of == "peak" else self._ratio("cpu")

    def _ratio(self, of: Measure) -> float | None:
        if not self.bare:
            return None
        return median(self.ours, of) / median(self.bare, of)

    @property
    def met(self) -> bool | None:
        """Return whether the budget is met; None where there is none to compare with."""
        if self.ratio is None or self.budget is None:
            return None
        return self.ratio <= self.budget

    def as_json(self) -> dict[str, Any]:
        """Return the row with all its samples."""
        found = {**asdict(self), "ratio": self.ratio, "met": self.met}
        for sample in (*found["ours"], *found["bare"]):
            del sample["output"]
        return found


def values(samples: Sequence[Sample], of: Measure) -> list[float]:
    """Return one measure of samples."""
    return [float(getattr(sample, of)) for sample in samples]


def median(samples: Sequence[Sample], of: Measure) -> float:
    """Return the median of one measure of samples."""
    return statistics.median(values(samples, of))


def run_program(
    command: Sequence[object],
    folder: Path,
    *,
    variables: Mapping[str, str] | None = None,
    limit: float | None = None,
) -> Sample:
    """Run a program to its end in a folder; raise if it fails.

    With a limit in seconds it is ended after that, and so is all that it has started.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env={**_environment(), **(variables or {})},
            start_new_session=limit is not None,
        )
        status, used = _wait(process.pid, limit)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if limit is not None and seconds >= limit:
            raise TooLongError(f"{command[0]} took more than {limit:g} s")
        text = _read(output)
        if process.returncode:
            told = (text[-_SHOWN:] + _read(errors)[-_SHOWN:]).strip()
            line = " ".join(map(str, command))
            raise WrongResultError(f"{line} ended with {process.returncode}:\n{told}")
    cpu = used.ru_utime + used.ru_stime
    return Sample(seconds, cpu, used.ru_maxrss * _RSS_UNIT / _MEGABYTE, text)


def _wait(pid: int, limit: float | None) -> tuple[int, resource.struct_rusage]:
    """Wait for a child; under a limit it leads a group, of which nothing is left."""
    if limit is None:
        return os.wait4(pid, 0)[1:]
    timer = threading.Timer(limit, _end_group, (pid,))
    timer.start()
    try:
        return os.wait4(pid, 0)[1:]
    finally:
        timer.cancel()
        _end_group(pid)


def _end_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def alternate(
    programs: Mapping[str, Callable[[], Sample]], times: int
) -> dict[str, list[Sample]]:
    """Run programs in turn, A B A B, so that what else the machine does hits all alike."""
    samples: dict[str, list[Sample]] = {name: [] for name in programs}
    for _ in range(times):
        for name, program in programs.items():
            samples[name].append(program())
    return samples


def expect(what: str, found: object, wanted: object) -> None:
    """Raise if a result is not what it has to be."""
    if found != wanted:
        raise WrongResultError(f"{what}: {found!r} instead of {wanted!r}")


def program(name: str) -> Path:
    """Return the path of a program that is installed with this Python."""
    return Path(sysconfig.get_path("scripts"), name)


def _environment() -> dict[str, str]:
    """Return the variables for a child: none that would make it do something else."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ASSETS_", "COVERAGE_", "PYTHON", "PYTEST_"))
    }


def _read(file: Any) -> str:
    file.seek(0)
    text: str = file.read().decode("utf-8", "replace")
    return text
