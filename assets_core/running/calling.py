"""Call a user's function: with its context, its log, and its repetitions."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assets_core.errors import AssetsError
from assets_core.files import make_folder
from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.model.versions import digest
from assets_core.running.context import Partition, RunContext
from assets_core.running.tools import Tools

_LONGEST = 180


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function, and what it leaves beside its data.

    Attributes:
        partitions: What it makes, of an asset with partitions.
        add_partitions: Adds keys to a growing list.
        metadata: What the function said with `context.metadata`.
        uses: What it asked for that no version covers: `previous`.
    """

    run_id: str
    asset: Asset
    previous: Callable[[], Any]
    partitions: tuple[Partition, ...] = ()
    add_partitions: Callable[[str, Iterable[str]], int] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    uses: dict[str, str] = field(default_factory=dict)


def call_function(tools: Tools, call: Call, arguments: Mapping[str, Any]) -> Any:
    """Return what the function returns, repeating it as its retry policy says."""
    retry = call.asset.retry
    with _log(tools, call) as log:
        failures = 0
        while True:
            try:
                return call.asset.function(**arguments, **_context(call, log))
            except AssetsError:
                raise  # bad data does not get better
            except Exception as error:
                if (
                    retry is None
                    or failures >= retry.times
                    or not isinstance(error, retry.on)
                ):
                    raise
                pause = retry.pause(failures)
                log.warning("failed; calling it again in %s s", pause, exc_info=error)
                tools.clock.sleep(pause)
                failures += 1
                call.metadata.clear()


def _context(call: Call, log: logging.Logger) -> dict[str, RunContext]:
    if not call.asset.takes_context:
        return {}

    def previous() -> Any:
        call.uses["previous"] = "read"
        return call.previous()

    context = RunContext(
        call.run_id,
        call.asset.config,
        log,
        previous,
        call.metadata,
        call.partitions,
        call.add_partitions,
    )
    return {"context": context}


def log_path(logs: Path, run_id: str, cell: Cell) -> Path:
    """Return the file that holds what one step of a run logged."""
    name = cell.asset.replace("/", ".")
    if cell.partition is not None:
        name += f".{quote(cell.partition, safe=' =')}"
    if len(name) > _LONGEST:  # a file name has 255 bytes, and a product has long keys
        name = f"{name[:_LONGEST]}.{digest(name)}"
    return logs / run_id / f"{name}.log"


@contextmanager
def _log(tools: Tools, call: Call) -> Iterator[logging.Logger]:
    first = call.partitions[0].key if call.partitions else None
    path = log_path(tools.logs, call.run_id, Cell(call.asset.key, first))
    with open_log(path) as log:
        yield log


@contextmanager
def open_log(path: Path) -> Iterator[logging.Logger]:
    """Give a logger whose file is made when the first line is written."""
    log = logging.Logger(path.stem, logging.INFO)  # noqa: LOG001 - not one of the global ones
    handler = _LateFileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    try:
        yield log
    finally:
        with suppress(OSError):
            handler.close()


class _LateFileHandler(logging.FileHandler):
    """Makes its folder and file only when there is something to write.

    A disk that takes no log must not hide what was to be logged, which is told elsewhere.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._path = path

    def _open(self) -> Any:
        make_folder(self._path.parent)
        return super()._open()

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(OSError):
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)
