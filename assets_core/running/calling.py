"""Call a user's function: with its context, its log, and its repetitions."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from assets_core.errors import AssetsError, CommandError
from assets_core.files import make_folder
from assets_core.folders import remove_whole
from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.hiding import hide
from assets_core.model.keys import Cell
from assets_core.model.policies import Retry
from assets_core.model.versions import digest
from assets_core.running.context import OwnPartition, RunContext
from assets_core.running.tools import Tools

_LONGEST = 180

T = TypeVar("T")


@frozen
class Call:
    """One call of a function, and what it leaves beside its data.

    Attributes:
        partitions: What it makes, of an asset with partitions.
        add_partitions: Adds keys to a growing list.
        metadata: What the function said with `context.metadata`.
        uses: What it asked for that no version covers: `previous`.
        path: Where it may write its file, of a file asset.
    """

    run_id: str
    asset: Asset
    previous: Callable[[], Any]
    partitions: tuple[OwnPartition, ...] = ()
    add_partitions: Callable[[str, Iterable[str]], int] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    uses: dict[str, str] = field(default_factory=dict)
    path: Path | None = None


def call_function(
    tools: Tools, call: Call, arguments: Mapping[str, Any], finish: Callable[[Any], T]
) -> T:
    """Return what is made of what the function returns.

    It is repeated as its retry policy says.

    Args:
        finish: Reads what was returned, which may be where a generator works.
    """
    retry = call.asset.retry
    if retry is None and not call.asset.takes_context:
        return finish(call.asset.function(**arguments))
    with _log(tools, call) as log:
        failures = 0
        while True:
            try:
                return finish(call.asset.function(**arguments, **_context(call, log)))
            except Exception as error:
                if (
                    retry is None
                    or failures >= retry.times
                    or not _may_get_better(error, retry)
                ):
                    raise
                pause = retry.pause(failures)
                log.warning("failed; calling it again in %s s", pause, exc_info=error)
                tools.clock.sleep(pause)
                failures += 1
                call.metadata.clear()
                if call.path is not None:
                    remove_whole(call.path)


def _may_get_better(error: Exception, retry: Retry) -> bool:
    if isinstance(error, AssetsError):  # bad data does not
        return isinstance(error, CommandError)
    return isinstance(error, retry.on)


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
        call.path,
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
    handler.setFormatter(_HidingFormatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    try:
        yield log
    finally:
        with suppress(OSError):
            handler.close()


class _HidingFormatter(logging.Formatter):
    """Writes no secret that is known, also of a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return hide(super().format(record))


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
