"""The work that every tool is given, and how its results are checked."""

from __future__ import annotations

import compileall
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import (
    Sample,
    TooLongError,
    WrongResultError,
    expect,
    run_program,
)
from tests.benchmarks.peers.figures import Figures, Sizes
from tests.benchmarks.peers.peer import Files, Peer, Verb
from tests.benchmarks.projects import Layered

HERE = Path(__file__).resolve().parent
WORKS = ("layers", "days", "days_at_once", "large", "many")
BY_THE_DAY = ("days", "days_at_once")
_PATIENCE = 10  # times the limit, for what is not measured
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder in which tools do the same work, one after the other.

    Attributes:
        everyone: The bare loop comes first; its tables are what others' have to be.
        programs: The folder of programs of each.
    """

    folder: Path
    everyone: Sequence[Peer]
    programs: Mapping[str, Path]
    sizes: Sizes
    figures: Figures

    def measure(self, work: str) -> None:
        """Measure one work with everyone, in turn, so often."""
        if work == "many":
            for peer in self.everyone:
                self._guarded(peer, "load_many", self._many)
            return
        for turn in range(self.sizes.repeat):
            for peer in self.everyone:
                if not self.figures.ended(peer.name, work):
                    self._guarded(peer, work, partial(self._once, work=work, turn=turn))
        shutil.rmtree(self.folder / work)

    def _guarded(self, peer: Peer, work: str, measure: Callable[[Peer], None]) -> None:
        try:
            measure(peer)
        except (WrongResultError, TooLongError) as error:
            self.figures.fail(peer.name, work, str(error))

    def _once(self, peer: Peer, work: str, turn: int) -> None:
        """Compute from nothing; look, the first time, whether the tables are right."""
        files = self._files(peer, work)
        if files is None:
            return
        place = self.folder / work / peer.name
        shutil.rmtree(place, ignore_errors=True)
        write(place, files)
        if work == "layers":
            self._load(peer, "load", place, self.sizes.assets)
        if not self._timed(peer, work, "run", place):
            return
        if turn == 0:
            self._check(peer, work, place)
        if work == "layers":
            self._again(peer, "again", place)
        if peer is not self.everyone[0]:
            shutil.rmtree(place)

    def _many(self, peer: Peer) -> None:
        """Load many definitions; find nothing to do where computing them is bearable."""
        place = self.folder / "many" / peer.name
        layered = Layered(self.sizes.many)
        write(place, peer.layers(layered))
        self._load(peer, "load_many", place, self.sizes.many)
        once = self.figures.median(peer.name, "layers")
        if "again" in peer.commands and once is not None:
            needed = once * self.sizes.many / self.sizes.assets
            if needed > self.sizes.limit:
                self.figures.leave_out(peer.name, "again_many", "not tried")
            elif self._timed(peer, "all_many", "run", place):
                self._again(peer, "again_many", place)
        shutil.rmtree(place)

    def _again(self, peer: Peer, work: str, place: Path) -> None:
        if "again" not in peer.commands:
            return
        before = stored(place)
        sample = self._timed(peer, work, "again", place)
        if sample is None:
            return
        if peer.nothing and peer.nothing not in sample.output:
            raise WrongResultError(f"it did something: {sample.output[-500:]}")
        expect("its files are as they were", stored(place) == before, True)  # noqa: FBT003

    def _load(self, peer: Peer, work: str, place: Path, count: int) -> None:
        sample = self._timed(peer, work, "load", place)
        if sample is not None:
            expect("definitions", last_number(sample.output), count)

    def _timed(self, peer: Peer, work: str, verb: Verb, place: Path) -> Sample | None:
        try:
            sample = self._run(peer, verb, place, self.sizes.limit)
        except TooLongError:
            self.figures.leave_out(peer.name, work, f"more than {self.sizes.limit} s")
            return None
        self.figures.add(peer.name, work, replace(sample, output=""))
        print(f"{peer.title}, {work}: {sample.seconds:.2f} s", file=sys.stderr)
        return sample

    def _run(self, peer: Peer, verb: Verb, place: Path, limit: float) -> Sample:
        programs = self.programs[peer.name]
        name, *arguments = peer.commands[verb]
        given = {key: one.format(folder=place) for key, one in peer.variables.items()}
        variables = {
            "HOME": str(place),
            "PATH": f"{programs}:/usr/bin:/bin",
            **given,
        }
        command = [programs / name, *arguments]
        return run_program(command, place, variables=variables, limit=limit)

    def _check(self, peer: Peer, work: str, place: Path) -> None:
        """Raise if the tables are not those of the bare loop."""
        if "dump" in peer.commands:
            self._run(peer, "dump", place, _PATIENCE * self.sizes.limit)
        elif work in BY_THE_DAY:
            run_program([sys.executable, HERE / "gather.py", place], place)
        bare = self.folder / work / self.everyone[0].name
        if peer is self.everyone[0]:
            return
        compare = [sys.executable, HERE.parent / "compare.py", tables(place), tables(bare)]
        found = run_program(compare, place).document()
        wanted = self.sizes.assets if work == "layers" else 2 if work == "large" else 3
        expect("tables that are those of the loop", found["tables"], wanted)

    def _files(self, peer: Peer, work: str) -> Files | None:
        if work == "layers":
            return peer.layers(Layered(self.sizes.assets))
        if work == "large":
            return peer.large(self.sizes.rows)
        make = peer.days if work == "days" else peer.days_at_once
        return None if make is None else make(self.sizes.days)


def write(place: Path, files: Files) -> None:
    """Write a project, compiled, as it is after any earlier run."""
    for path, text in files.items():
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    compileall.compile_dir(place, quiet=1)


def tables(place: Path) -> Path:
    """Return the folder of a project in which there is a file for each table."""
    dumped = place / "tables"
    return dumped if dumped.is_dir() else place / "data"


def stored(place: Path) -> dict[str, int]:
    """Return when each file with data was last written."""
    found = [*place.rglob("*.parquet"), *place.glob("home/storage/*")]
    return {str(path): path.stat().st_mtime_ns for path in found if path.is_file()}


def last_number(text: str) -> int:
    """Return the last number of an output; what comes before it is for people."""
    found = NUMBER.findall(text)
    if not found:
        raise WrongResultError(f"no number in {text[-200:]!r}")
    return int(found[-1])
