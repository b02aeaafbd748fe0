"""Run a program in this process and count where its time goes: a sampler of our own.

Called with a file for what it finds, and with a program that is written in Python and its
arguments. Every two milliseconds it looks at what each thread is at, which delays the
program far less than cProfile does and sees threads too. A thread that only waits is not
counted, unless all of them do.
"""

from __future__ import annotations

import json
import runpy
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

EVERY = 0.002  # seconds

IMPORTS, USER, WAITING, REST = "imports", "user functions", "waiting", "the rest"
SYNCS, RUNNING = "syncs", "running steps"

_WAITS = {
    "threading.py": {"wait", "_wait_for_tstate_lock", "join"},
    "selectors.py": {"select"},
    "queue.py": {"get"},
    "thread.py": {"_worker"},
    "schedule.py": {"_wait"},  # of ours: it waits in `SimpleQueue.get`, which has no frame
}
"""Functions that do nothing until something happens."""

_PARTS = (
    ("/io_managers/formats/", "Parquet"),
    ("/pyarrow/parquet/", "Parquet"),
    ("/assets_core/versioning/data_version", "hashing"),
    ("/assets_core/versioning/canonical", "hashing"),
    ("/assets_core/versioning/", "code versions"),
    ("/assets_core/workspace/expectations", "code versions"),
    ("/assets_core/backends/frames", "Arrow conversion"),
    ("/assets_core/backends/metadata/", "metadata store"),
    ("/assets_core/backends/sqlite/", "metadata store"),
    ("/assets_core/planning/", "planning"),
    ("/assets_core/files.py", "files"),
    ("/io_managers/", "files"),
    ("/assets_core/syncing.py", SYNCS),
    ("/assets_core/parallel.py", SYNCS),  # threads of which one is in `os.fsync` itself
    ("/assets_core/running/", RUNNING),
)
"""Which part of the work a file of code is, told by a piece of its path."""

PARTS = (
    *(IMPORTS, "code versions", "planning", USER, "Arrow conversion", "hashing"),
    *("Parquet", "files", SYNCS, "metadata store", RUNNING, WAITING, REST),
)
"""All parts, in the order in which a run comes to them."""


def part_of(code: CodeType, project: str) -> str | None:
    """Return the part of the work that a function is; None for whoever calls it to tell.

    Args:
        project: The folder of the program's own modules.
    """
    name = code.co_filename
    if name.startswith("<frozen importlib"):
        return IMPORTS
    if name.endswith(("/assets_core/files.py", "/assets_core/appending.py")):
        return SYNCS if "sync" in code.co_name else "files"
    if name.startswith(project):
        return USER
    return next((part for piece, part in _PARTS if piece in name), None)


class Sampler:
    """Counts what the threads of this process are at, until it is stopped."""

    def __init__(self, project: Path) -> None:
        self.seen: Counter[str] = Counter()
        self._project = f"{project}/"
        self._known: dict[CodeType, str | None] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._thread.join()

    def _go(self) -> None:
        own = threading.get_ident()
        while not self._stopped.wait(EVERY):
            frames = sys._current_frames()
            parts = [self._of_thread(f) for number, f in frames.items() if number != own]
            busy = [part for part in parts if part != WAITING] or [WAITING]
            self.seen.update(busy)

    def _of_thread(self, frame: FrameType) -> str:
        if frame.f_code.co_name in _WAITS.get(Path(frame.f_code.co_filename).name, ()):
            return WAITING
        parts = [part for part in self._parts(frame) if part is not None]
        if IMPORTS in parts:
            return IMPORTS
        return parts[0] if parts else REST

    def _parts(self, frame: FrameType | None) -> Iterator[str | None]:
        while frame is not None:
            code = frame.f_code
            if code not in self._known:
                self._known[code] = part_of(code, self._project)
            yield self._known[code]
            frame = frame.f_back


def main(arguments: list[str]) -> None:
    """Run the program, and write how often each part was seen."""
    into, script, *rest = arguments
    sys.argv = [script, *rest]
    sys.path[0] = str(Path(script).parent)
    sampler = Sampler(Path.cwd())
    started = time.perf_counter()
    sampler.start()
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            raise
    finally:
        sampler.stop()
        found = {"seconds": time.perf_counter() - started, "seen": dict(sampler.seen)}
        Path(into).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
